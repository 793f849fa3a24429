"""One case between the simulated ServiceNow and a real Znuny, by the daemon as a process; judged by Znuny's own database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from connector.sandbox.core import SimTicket
from tests.real.znuny_link import AT_VENDOR, LENA, VERA, WITH_L1, Link

pytestmark = pytest.mark.real

DATA = bytes(range(256)) * 40
AWKWARD = "It hums ✓ 👩‍👩‍👧 שלום\n\n  <b>very</b> & ]]> loud"


@pytest.fixture
def running(linked: Link) -> Iterator[Link]:
    with linked.here.daemon() as daemon:
        daemon.event("ready")
        yield linked


def files(ticket: SimTicket) -> list[tuple[str, str]]:
    """Names and hashes of what our user attached."""
    return [(file.text, file.sha256) for file in ticket.files if file.ours]


def test_an_incident_becomes_a_marked_case(running: Link) -> None:
    ref = running.incident("Übersicht <b> & 🔥")
    running.incident_shows(ref, correlation_id=running.case_of(ref).number)
    case = running.case_of(ref)  # whole: a portal writes case, fields and description one after the other
    assert case.ours
    assert case.fields["DynamicField_ConnectorMarker"]
    assert {name: case.fields[name] for name in ("Title", "State", "Priority", "Queue", "CustomerUserID")} == {
        "Title": "Übersicht <b> & 🔥",
        "State": "new",
        "Priority": "3 normal",
        "Queue": "Support",
        "CustomerUserID": "acme",
    }
    [description] = case.comments
    assert "Since noon." in description.text
    assert description.subject.endswith(f"[ref:{case.fields['DynamicField_ConnectorMarker']}]")
    running.all_agree()


def test_words_and_files_travel_both_ways(running: Link) -> None:
    ref = running.incident()
    case = running.case_of(ref)
    running.customer.comment(ref, LENA, AWKWARD, public=True)
    running.customer.comment(ref, LENA, "for us alone", public=False)
    running.customer.attach(ref, LENA, "Übersicht.bin", DATA)
    running.vendor.comment(case.ref, VERA, AWKWARD, public=True)
    running.vendor.comment(case.ref, VERA, "known in the backlog", public=False)
    running.vendor.attach(case.ref, VERA, "patch.bin", DATA[::-1])
    running.all_agree()
    there, here = running.vendor.ticket(case.ref), running.customer.ticket(ref)
    [said] = running.copies(there, AWKWARD)
    assert said.public
    [told] = running.copies(here, AWKWARD)
    assert not told.public, "the vendor's words are for level 1"
    assert files(there) == [("Übersicht.bin", hashlib.sha256(DATA).hexdigest())]
    assert files(here) == [("patch.bin", hashlib.sha256(DATA[::-1]).hexdigest())]
    assert not running.copies(there, "for us alone")
    assert not running.copies(here, "known in the backlog")


def test_status_and_priority_travel_both_ways(running: Link) -> None:
    ref = running.incident()
    case = running.case_of(ref)
    running.vendor.edit(case.ref, VERA, {"State": "open"})
    running.incident_shows(ref, correlation_display=f"CASE {case.number} (working)")
    running.vendor.edit(case.ref, VERA, {"State": "pending reminder"})
    running.incident_shows(ref, **WITH_L1)
    running.customer.edit(ref, LENA, AT_VENDOR)
    running.case_shows(case, State="open")
    running.customer.edit(ref, LENA, {"impact": "1", "urgency": "1"})
    running.case_shows(case, Priority="5 very high")
    running.vendor.edit(case.ref, VERA, {"Priority": "2 low"})
    running.incident_reads(ref, f"The vendor proposes for case {case.number}: 2 low.")
    assert running.customer.ticket(ref).fields["priority"] == "1", "a proposal is a person's to accept"
    running.customer.edit(ref, LENA, {"impact": "2", "urgency": "3"})
    running.all_agree()
    assert running.vendor.ticket(case.ref).fields["Priority"] == "2 low"


def test_two_people_name_one_thing_at_once(running: Link) -> None:
    ref = running.incident()
    case = running.case_of(ref)
    running.rest()
    running.customer.edit(ref, LENA, {"short_description": "Line 4 crackles"})
    running.vendor.edit(case.ref, VERA, {"Title": "Trunk 4 down", "State": "open"})
    running.all_agree()
    assert running.vendor.ticket(case.ref).fields["Title"] == "Line 4 crackles", "the customer owns the title"
    assert running.vendor.ticket(case.ref).fields["State"] == "open", "what only one side changed stays"
    texts = [item.text for ticket in (running.vendor.ticket(case.ref), running.customer.ticket(ref)) for item in ticket.comments]
    assert any("Trunk 4 down" in text for text in texts), "the displaced title stands in a note"


def test_the_vendor_solves_and_the_customer_closes(running: Link) -> None:
    ref = running.incident()
    case = running.case_of(ref)
    running.vendor.edit(case.ref, VERA, {"State": "open"})
    running.rest()
    running.vendor.comment(case.ref, VERA, "Mended by patch 7.", public=True)
    running.vendor.edit(case.ref, VERA, {"State": "pending auto close+"})
    running.incident_shows(ref, **WITH_L1)
    running.incident_reads(ref, "Mended by patch 7.")
    running.customer.edit(ref, LENA, {"state": "6", "close_code": "Solution provided", "close_notes": "Patch 7."})
    running.rest()
    assert running.vendor.ticket(case.ref).fields["State"] == "pending auto close+"
    running.customer.edit(ref, LENA, {"state": "7"})
    running.case_shows(case, State="closed successful")
    running.all_agree()
    moves = [deed for deed in running.here.world.deeds if deed.ticket == ref and deed.field == "state"]
    assert {deed.who for deed in moves if deed.new in ("6", "7")} == {LENA}


def test_the_vendor_closes_and_the_incident_stays_open(running: Link) -> None:
    ref = running.incident()
    case = running.case_of(ref)
    running.vendor.edit(case.ref, VERA, {"State": "closed successful"})
    running.incident_shows(ref, **WITH_L1)
    running.incident_reads(ref, f"closed case {case.number}")
    running.all_agree()

"""What service managers would refuse (D1 to D10), in the running engine: document 002 unless another is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import CLOSED, HANDED_OVER, HERE, LENA, TAKEN_BACK, House
from tests.installed.places import CLOUD, dialogue_cloud, partner, stated

FAULT = {"subcategory": "l2-3-support"}
P1 = {"impact": "1", "urgency": "1", **FAULT}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return dialogue_cloud(tmp_path)


@pytest.mark.parametrize("state", ["pending auto close+", "closed successful", "closed unsuccessful"])
def test_d1_no_end_of_the_vendors_mails_the_caller_or_starts_an_automatic_close(house: House, state: str) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, state)
    house.wait(3 * 86_400.0)
    ticket = house.ticket(ref)
    assert (ticket.fields["state"], ticket.fields["close_notes"], ticket.fields["close_code"]) == ("2", "", "")
    assert not [item for item in ticket.comments if item.ours and item.public]


def test_d2_a_p1_goes_with_its_gaps_and_one_person_alone_can_send_it(tmp_path: Path) -> None:
    house = dialogue_cloud(tmp_path, HERE.partition("  - {name: Lars Lind")[0])
    ref = house.opens("Nobody can call", **P1)
    house.wait()
    assert "Not complete when it was submitted" in house.case(ref).comments[0].text


def test_d3_no_consultation_by_itself_however_long_it_stays(house: House) -> None:
    refs = [house.opens("Disk full", subcategory=topic) for topic in ("change-request", "configure-tenant", "connections")]
    house.wait(3 * 86_400.0)
    assert house.cases() == []
    assert all(sum("does not go to the vendor" in note for note in house.told(ref)) == 1 for ref in refs)


def test_d4_what_nobody_is_responsible_for_is_nobodys_case(house: House) -> None:
    """No row routes by I: a topic that no row has is unclassified, and said so."""
    ref = house.opens("Canteen")
    house.wait()
    assert house.cases() == []
    assert any("No rule says who is responsible" in note for note in house.told(ref))


def test_d5_two_people_two_contacts_and_never_one_account_for_all(house: House) -> None:
    refs = [house.opens("Calls drop", by=who, **FAULT) for who in (LENA, "lars.l1")]
    for ref in refs:
        house.notes(ref, "#connector statement two users on two networks")
    house.wait()
    assert [house.case(ref).fields["CustomerUserID"] for ref in refs] == ["lena@acme", "lars@acme"]


def test_d6_closing_a_ticket_that_is_not_solved_closes_no_case(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "open")
    house.wait()
    house.edits(ref, CLOSED)
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "open"
    assert sum("Please stop the work" in item.text for item in house.told_vendor(ref)) == 1


def test_d7_a_case_that_the_vendor_ends_unsolved_is_returned_with_the_reason_and_may_go_again(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_writes(ref, "Not ours: the trunk is down.")
    house.vendor_sets(ref, "closed unsuccessful")
    house.wait()
    assert house.ticket(ref).fields["state"] == "2"
    assert any("ended case" in note and "without a solution" in note for note in house.told(ref))
    assert any("Not ours: the trunk is down." in note for note in house.told(ref))
    assert any("Rejected by the vendor" in str(line.ruling) for line in house.story(ref).told())


def test_d8_what_was_taken_back_does_not_go_when_it_is_complete_and_the_note_said_so(house: House) -> None:
    ref = house.opens("Calls drop", **FAULT)
    house.wait()
    assert any("it goes by itself, as long as it stays handed over" in note for note in house.told(ref))
    house.edits(ref, TAKEN_BACK)
    house.notes(ref, "#connector statement two users on two networks")
    house.wait(120.0)
    assert house.cases() == []
    house.edits(ref, HANDED_OVER)
    house.wait()
    assert len(house.cases()) == 1


def test_d9_joint_work_counts_for_both_until_the_vendor_has_done_its_part(house: House) -> None:
    ref = house.opens("CRM pop-up empty", subcategory="interfacing")
    house.wait(3600.0)
    house.vendor_sets(ref, "pending auto close+")
    house.wait(1800.0)
    waited = house.story(ref).as_dict()["waited"]
    assert 3400 < waited["both"] < 3800
    assert 1700 < waited["customer"] < 2000


def test_d9_a_partners_time_is_the_partners(tmp_path: Path) -> None:
    house = partner(tmp_path)
    house.opens("Calls drop", subcategory="l3-support", description="it is broken")
    (ticket,) = house.customer.tickets()
    house.wait(3600.0)
    assert house.story(ticket.ref).as_dict()["waited"].keys() == {"partner"}


def test_d10_a_poor_statement_goes_under_its_authors_name_and_nobody_vouches_for_it(house: House) -> None:
    ref = house.opens("Calls drop", **FAULT)
    house.notes(ref, "#connector statement I say so")
    house.wait()
    assert "Stated by Lena Lund: I say so" in house.case(ref).comments[0].text
    rulings = " ".join(
        str(line.ruling) for line in house.story(ref).told() if line.ruling and line.ruling["task"] == "submitting"
    )
    assert "is present" in rulings
    assert not any(word in rulings.casefold() for word in ("complete", "correct", "valid"))


def test_a_held_p1_of_somebody_who_may_not_is_told_to_those_who_may_at_once(house: House) -> None:
    """Setting p1.on_unauthorised, and D2: told at once, not held in silence."""
    ref = house.customer.create(LENA, {"short_description": "Nobody can call", **P1})
    house.edits(ref, HANDED_OVER, by="carl.caller")
    house.wait()
    assert house.cases() == []
    assert any("Lena Lund, Lars Lind" in note for note in house.told(ref))
    house.notes(ref, "#connector submit users stand in the rain")
    house.wait()
    assert house.case(ref).fields["CustomerUserID"] == "lena@acme"


def test_the_same_company_without_an_installation_is_asked_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, mapping=CLOUD, here="roster: []\n")
    ref = house.opens("Calls drop", by="carl.caller", **FAULT)
    house.notes(ref, "#connector statement anybody may say so", by="carl.caller")
    house.wait()
    assert len(house.cases()) == 1

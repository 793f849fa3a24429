"""Several tickets of the customer on one case, and what becomes of a bond whose case the vendor merged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connector.sandbox.core import SimItem
from connector.sandbox.judge import judge
from connector.store.records import BondState
from connector.sync import following
from connector.sync.report import report
from connector.sync.story import tell
from connector.words import Side
from tests.simulation.trouble_desk import CALM, DONE, L1, ON_HOLD, VENDOR, Desk

CLOSED = {"state": "7", **DONE}
NOT_YET = {"state": "2", "hold_reason": ""}
CANDIDATE = {"assignment_group": "vendor"}


class Case(Desk):
    """``a`` leads a case, ``f`` follows it, ``b`` is a healthy ticket with a case of its own."""

    def __init__(self, seed: int = 1, **fields: str) -> None:
        super().__init__(seed)
        self.f = self.follower(self.a, **fields)
        self.run(20)

    def follower(self, leader: str, **fields: str) -> str:
        """A ticket that an operator links to the case of another, before any poll has named it."""
        ref = self.incident("also on fire", **fields)
        snapshot = self.rig.connection.adapters[Side.CUSTOMER].read([ref])[ref]
        with self.rig.store.operator_transaction(self.bond(leader)) as tx:
            following.follow(tx, snapshot, self.rig.clock(), by="olga")
        return ref

    def bond(self, ref: str) -> str:
        return str(self.row(ref)["bond"])

    def spoken_here(self, case: str) -> list[SimItem]:
        return [i for i in self.portal.ticket(case).comments if i.ours]

    def told(self, ref: str, words: str) -> int:
        """How often L1 of one ticket reads some words of us."""
        return sum(words in i.text for i in self.customer.ticket(ref).comments if i.ours)

    def judged(self) -> None:
        """The judge finds nothing."""
        sentence = judge(self.rig.world, self.customer, self.portal, report(self.rig.store, "acme"))
        assert sentence.ok, (sentence.findings, sentence.summary())

    def calm(self, *refs: str) -> None:
        for ref in refs:
            row = self.row(ref)
            assert {name: row[name] for name in CALM} == CALM, row


@pytest.fixture
def desk() -> Case:
    return Case()


def test_a_follower_opens_no_case_and_names_the_one_it_follows(desk: Case) -> None:
    case = desk.case(desk.a)
    assert desk.cases(desk.f) == []
    row = desk.row(desk.f)
    assert (row["follows"], row["case_ref"]) == (f"{case.number}/{desk.customer.ticket(desk.a).number}", case.ref)
    assert desk.customer.ticket(desk.f).fields["correlation_id"] == case.number
    assert desk.told(desk.f, "This ticket follows the vendor's case") == 1
    desk.calm(desk.a, desk.f)
    desk.judged()
    desk.still()


def test_comments_and_files_of_a_follower_go_to_the_case_alone_under_its_number(desk: Case) -> None:
    desk.customer.comment(desk.f, L1, "here too, since noon", public=True)
    desk.customer.attach(desk.f, L1, "noon.log", b"noon", "text/plain")
    desk.run(20)
    case = desk.case(desk.a)
    said = [i for i in case.comments if i.ours and "since noon" in i.text]
    assert len(said) == 1
    assert desk.customer.ticket(desk.f).number in said[0].text.partition("\n")[0]
    assert [i.text for i in case.files] == ["noon.log"]
    assert desk.told(desk.a, "since noon") == 0
    assert desk.customer.ticket(desk.a).files == []
    desk.judged()


def test_the_vendors_word_goes_to_every_ticket_once(desk: Case) -> None:
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "switch it off", public=True)
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.bin", b"fix")
    desk.run(20)
    for ref in (desk.a, desk.f):
        assert desk.told(ref, "switch it off") == 1
        assert [i.text for i in desk.customer.ticket(ref).files] == ["fix.bin"]
    desk.judged()
    desk.still()


def test_the_status_of_the_case_goes_to_every_ticket_and_only_the_leads_moves_to_the_case(desk: Case) -> None:
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(20)
    assert [desk.customer.ticket(ref).fields["state"] for ref in (desk.a, desk.f)] == ["2", "2"]
    desk.customer.edit(desk.f, L1, ON_HOLD | {"short_description": "my own title", "impact": "1", "urgency": "1"})
    desk.run(20)
    there = desk.portal.ticket(case).fields
    assert (there["State"], there["Title"], there["Priority"]) == ("pending reminder", "printer on fire", "3 normal")
    assert desk.customer.ticket(desk.f).fields["state"] == "3", "nobody takes the follower's own move back"
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.run(20)
    assert desk.portal.ticket(case).fields["State"] == "open"
    desk.judged()


def test_an_urgent_follower_makes_the_bond_urgent(desk: Case) -> None:
    desk.customer.edit(desk.f, L1, {"impact": "1", "urgency": "1"})
    desk.run(20)
    assert desk.row(desk.a)["priority"] == 1
    work = desk.rig.store.work_of(desk.bond(desk.a))
    assert work is not None
    assert work.priority == 1
    assert desk.case(desk.a).fields["Priority"] == "3 normal"


def test_when_the_lead_closes_the_oldest_open_follower_leads_and_the_case_stays_open(desk: Case) -> None:
    second = desk.follower(desk.a)
    desk.run(20)
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    desk.customer.comment(desk.a, L1, "thank you", public=True)
    desk.customer.edit(desk.a, L1, CLOSED)
    desk.run(30)
    assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
    assert [desk.row(ref)["follows"] is None for ref in (desk.a, desk.f, second)] == [False, True, False]
    assert desk.portal.ticket(case).fields["Title"] == "printer on fire", "what differs stands"
    assert desk.row(desk.f)["standing"]["title"]["why"] == "leads"
    assert len([i for i in desk.spoken_here(case) if "thank you" in i.text]) == 1
    desk.judged()
    desk.customer.edit(desk.f, L1, {"short_description": "the printer of the second floor"})
    desk.run(20)
    assert desk.portal.ticket(case).fields["Title"] == "the printer of the second floor"
    for ref in (desk.f, second):
        assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
        desk.customer.edit(ref, L1, CLOSED)
        desk.run(30)
    assert desk.portal.ticket(case).fields["State"] == "closed successful", "it closes with the last"
    desk.never_closed_by_us()
    desk.judged()
    desk.still()


def test_a_follower_that_is_taken_up_again_leads_and_reopens_the_case(desk: Case) -> None:
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    for ref in (desk.f, desk.a):
        desk.customer.edit(ref, L1, CLOSED)
        desk.run(20)
    assert desk.portal.ticket(case).fields["State"] == "closed successful"
    desk.customer.edit(desk.f, L1, {**ON_HOLD, "close_code": "", "close_notes": ""})
    desk.run(30)
    assert desk.row(desk.f)["follows"] is None
    assert desk.portal.ticket(case).fields["State"] == "open"
    desk.judged()


def test_a_follower_that_is_gone_holds_itself_alone(desk: Case) -> None:
    desk.customer.hidden = {desk.f}
    desk.both_talk(desk.a)
    desk.run(60)
    assert desk.row(desk.f)["held"]
    desk.calm(desk.a)
    assert desk.told(desk.a, "how is it going") == 1
    desk.customer.hidden = set()
    desk.run(900, 50)
    assert desk.row(desk.f)["held"] is None
    assert desk.told(desk.f, "how is it going") == 1
    desk.judged()


def test_a_lead_that_is_gone_does_not_keep_its_followers(desk: Case) -> None:
    desk.customer.hidden = {desk.a}
    desk.customer.comment(desk.f, L1, "still burning", public=True)
    desk.portal.comment(desk.row(desk.a)["case_ref"], VENDOR, "we come", public=True)
    desk.run(60)
    assert desk.row(desk.a)["held"]
    assert desk.told(desk.f, "we come") == 1
    assert len([i for i in desk.spoken_here(desk.row(desk.a)["case_ref"]) if "still burning" in i.text]) == 1
    desk.customer.hidden = set()
    desk.run(900, 50)
    assert desk.told(desk.a, "we come") == 1
    desk.judged()

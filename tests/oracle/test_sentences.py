"""What the oracle and the canaries say of single deeds that no life of the simulation shows."""

from __future__ import annotations

from typing import Any

import pytest

from connector.sandbox.core import Deed, World
from connector.sandbox.otrs import Otrs
from connector.sandbox.otrs_store import Draft
from connector.sandbox.servicenow import ServiceNow
from tests.oracle.canaries import Secrets, leaks
from tests.oracle.documents import DOCUMENTS
from tests.oracle.log import read
from tests.oracle.oracle import forbidden
from tests.oracle.words import CASES, TICKETS

US, L1, VENDOR = "connector", "lena.l1", "vera.vendor"


class Stage:
    """An incident and its case, linked; time goes on by a minute with each act."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0
        self.world = World(lambda: self.now)
        self.customer, self.vendor = ServiceNow(self.world), Otrs(self.world)
        given = {"short_description": "broken", "impact": "2", "urgency": "2", "state": "3", "hold_reason": "4"}
        self.ticket = self.customer.create(L1, given)
        number = self.customer.ticket(self.ticket).number
        self.later()
        self.case = str(self._opened(number))
        self.later()

    def _opened(self, number: str) -> int:
        fields = {"Title": "broken", "State": "new", "Priority": "3 normal", "Queue": "Support", "CustomerUserID": "acme"}
        fields["DynamicField_CustomerReference"] = number
        return self.vendor.store.create(self.vendor.api.agent, fields, Draft("broken", "broken")).id

    def later(self) -> None:
        self.now += 60.0

    def we_edit(self, **fields: str) -> None:
        self.later()
        self.customer.edit(self.ticket, US, fields)

    def we_say(self, text: str, *, visible: bool, subject: str = "Note") -> None:
        self.later()
        ticket = self.vendor.store.tickets[int(self.case)]
        self.vendor.store.add(ticket, self.vendor.api.agent, Draft(subject, text, visible=visible))

    def we_move(self, state: str) -> None:
        self.vendor.store.change(self.vendor.store.tickets[int(self.case)], self.vendor.api.agent, {"State": state})

    def rules(self, model: str = "anywhere365-dialogue-cloud", **unknown: Any) -> set[str]:
        log = read(self.world, self.customer, self.vendor, [(self.ticket, self.case)], **unknown)
        return {one.rule for one in forbidden(log, DOCUMENTS[model])}

    def did(self, what: str, system: str = CASES, new: str = "", *, public: bool = False) -> None:
        ticket = self.case if system == CASES else self.ticket
        self.world.record(Deed(self.now, system, US, True, what, ticket, new=new, public=public, item="9"))  # noqa: FBT003 - ours


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_opening_a_case_for_a_ticket_that_was_handed_over_is_fine(stage: Stage) -> None:
    assert stage.rules() == set()


@pytest.mark.parametrize("what", ["delete", "visibility", "merge"])
def test_nothing_is_taken_away(stage: Stage, what: str) -> None:
    stage.did(what)
    assert "takes away" in stage.rules()


def test_the_connector_opens_no_ticket_for_the_vendor(stage: Stage) -> None:
    stage.customer.create(US, {"short_description": "told by the vendor"})
    assert "opens no ticket" in stage.rules()


@pytest.mark.parametrize(
    ("model", "state", "found"),
    [
        ("anywhere365-dialogue-cloud", "1", set()),
        ("anywhere365-dialogue-cloud", "8", {"closing invariant"}),
        ("anywhere365-partner-on-premises", "1", {"letters"}),
    ],
)
def test_a_ticket_of_ours_tells_of_what_the_vendor_started(stage: Stage, model: str, state: str, found: set[str]) -> None:
    case = stage.vendor.create(VENDOR, {"Title": "Maintenance"})
    stage.later()
    ticket = stage.customer.create(US, {"short_description": "Maintenance", "state": state})
    log = read(stage.world, stage.customer, stage.vendor, [(stage.ticket, stage.case), (ticket, case)])
    assert {
        one.rule for one in forbidden(log, DOCUMENTS[model]) if one.ticket != stage.customer.ticket(stage.ticket).number
    } >= found
    stage.later()
    stage.customer.edit(ticket, US, {"short_description": "over"})
    log = read(stage.world, stage.customer, stage.vendor, [(stage.ticket, stage.case), (ticket, case)])
    assert "only tells" in {one.rule for one in forbidden(log, DOCUMENTS[model])}


def test_a_ticket_moves_on_the_vendor_s_word(stage: Stage) -> None:
    stage.vendor.edit(stage.case, VENDOR, {"State": "pending reminder"})
    stage.we_edit(state="2", hold_reason="")
    assert stage.rules() == set()


def test_a_ticket_does_not_move_on_nobody_s_word(stage: Stage) -> None:
    stage.we_edit(state="2", hold_reason="")
    assert stage.rules() == {"somebody moved it"}


def test_a_put_back_end_is_the_customer_s_own(stage: Stage) -> None:
    stage.vendor.edit(stage.case, VENDOR, {"State": "pending reminder"})
    stage.customer.edit(stage.ticket, L1, {"state": "8"})
    stage.now += 2.0
    stage.customer.edit(stage.ticket, US, {"state": "2"})
    stage.we_edit(state="8")
    assert stage.rules() == set()


def test_an_end_that_our_move_crossed_is_mended_unless_nobody_can_know_of_it(stage: Stage) -> None:
    """No history is shown, or the store went back to a copy of before in the moment between."""
    stage.vendor.edit(stage.case, VENDOR, {"State": "pending reminder"})
    stage.customer.edit(stage.ticket, L1, {"state": "8"})
    stage.now += 2.0
    stage.customer.edit(stage.ticket, US, {"state": "2"})
    assert (
        stage.rules()
        == stage.rules(restored=stage.now - 10.0)
        == stage.rules(restored=stage.now + 600.0)
        == {"ended stays ended"}
    )
    assert stage.rules(blind=True) == stage.rules(restored=stage.now + 5.0) == set()


@pytest.mark.parametrize("deleted", ["ticket", "case", "case before"])
def test_an_end_that_our_move_crossed_stays_covered_where_either_of_the_two_is_gone(stage: Stage, deleted: str) -> None:
    """With one of them gone nothing about the other can be cleared up."""
    stage.vendor.edit(stage.case, VENDOR, {"State": "pending reminder"})
    stage.customer.edit(stage.ticket, L1, {"state": "8"})
    stage.now += 2.0
    if deleted == "case before":
        stage.vendor.delete(stage.case)
    stage.customer.edit(stage.ticket, US, {"state": "2"})
    assert (stage.rules() == {"ended stays ended"}) is (deleted != "case before")
    stage.later()
    if deleted == "case":
        stage.vendor.delete(stage.case)
    elif deleted == "ticket":
        stage.customer.delete(stage.ticket)
    assert stage.rules() == set()


@pytest.mark.parametrize(("seconds", "found"), [(2.0, set()), (600.0, {"declares nothing solved"})])
def test_without_history_a_status_that_our_text_covered_unread_is_not_the_one_that_is_brought_back(
    stage: Stage, seconds: float, found: set[str]
) -> None:
    stage.vendor.edit(stage.case, VENDOR, {"State": "pending auto close+"})
    stage.later()
    stage.vendor.edit(stage.case, VENDOR, {"State": "closed successful"})
    stage.now += seconds - 60.0
    stage.we_say("[Ticket connector] Not passed on: a file", visible=False)
    stage.we_move("open")
    stage.later()
    stage.we_move("pending auto close+")
    assert stage.rules() == {"declares nothing solved"}
    assert stage.rules(blind=True) == found


@pytest.mark.parametrize(("seconds", "found"), [(2.0, set()), (600.0, {"somebody moved it"})])
def test_without_history_what_our_text_made_of_the_vendors_move_looks_like_the_vendors(
    stage: Stage, seconds: float, found: set[str]
) -> None:
    stage.vendor.edit(stage.case, VENDOR, {"State": "closed successful"})
    stage.now += seconds - 60.0
    stage.we_say("[Ticket connector] Not passed on: a file", visible=False)
    stage.we_move("open")
    stage.later()
    stage.customer.edit(stage.ticket, L1, {"state": "2", "hold_reason": ""})
    stage.now += 600.0
    stage.we_edit(state="3", hold_reason="4")
    moved = {"nobody waits for an answer"}
    assert stage.rules() - moved == {"somebody moved it"}
    assert stage.rules(blind=True) - moved == found


def test_a_put_back_of_what_nobody_covered_ends_the_ticket(stage: Stage) -> None:
    stage.customer.edit(stage.ticket, L1, {"state": "8"})
    stage.later()
    stage.customer.edit(stage.ticket, L1, {"state": "3", "hold_reason": "4"})
    stage.we_edit(state="8")
    assert stage.rules() == {"closing invariant"}


def test_a_note_is_for_staff(stage: Stage) -> None:
    stage.we_say("[Ticket connector] Please stop the work on this case.", visible=True)
    assert stage.rules() == {"notes are for staff", "somebody withdrew"}


def test_a_further_secret_is_looked_for_everywhere(stage: Stage) -> None:
    """A roster's phone number belongs in neither system, in whatever shape it is written."""
    secrets = Secrets(1)
    secrets.keep("+31 20 555 0199")
    assert leaks(secrets.kept, stage.world, stage.customer, stage.vendor) == []
    stage.customer.comment(stage.ticket, US, "[Ticket connector] call +31-20-5550199", public=False)
    (found,) = leaks(secrets.kept, stage.world, stage.customer, stage.vendor)
    assert "work_notes" in found


def test_a_secret_may_be_told_to_its_own_staff_and_to_nobody_else(stage: Stage) -> None:
    secrets = Secrets(1)
    word = secrets.new(TICKETS)
    stage.customer.comment(stage.ticket, US, f"[Ticket connector] kept: {word}", public=False)
    assert leaks(secrets.kept, stage.world, stage.customer, stage.vendor) == []
    stage.customer.comment(stage.ticket, US, word, public=True)
    stage.we_say("hello", visible=False, subject=word.upper())
    assert len(leaks(secrets.kept, stage.world, stage.customer, stage.vendor)) == 2


def test_a_secret_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Secrets(1).keep("ok")

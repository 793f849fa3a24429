"""A vendor's service desk in Jira whose customer our account is: what its form, its one place and its silence make of the rules."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from connector.daemon.linking import Linker
from connector.daemon.pairs import Row
from connector.sandbox.core import Call, SimTicket
from connector.sandbox.judge import Table, judge
from connector.sandbox.judge_table import Finding
from connector.sandbox.kinds import bounds
from connector.sync import proposals
from connector.sync.at_creation import ONLY_AT_CREATION
from connector.sync.report import report
from tests.simulation.rig import Rig
from tests.simulation.run import reported
from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR


class Desk:
    """One incident of a ServiceNow and its request in the vendor's service desk."""

    def __init__(self) -> None:
        self.rig = Rig(1, kinds=("servicenow", "jsm"))
        self.rig.engine.check()
        self.customer, self.portal = self.rig.desk, self.rig.office

    def incident(self, **fields: str) -> str:
        given = {"short_description": "printer on fire", "description": "it burns", "impact": "2", "urgency": "2", **fields}
        return self.customer.create(L1, given)

    def handed_over(self) -> str:
        ref = self.incident(**ON_HOLD)
        self.run(30)
        return ref

    def run(self, seconds: float = 60.0) -> None:
        self.rig.settle(seconds, 4.0)

    def row(self, ref: str) -> dict[str, Any]:
        return next(row for row in report(self.rig.store, "acme") if row["ref"] == ref)

    def case(self, ref: str) -> SimTicket:
        return self.portal.ticket(self.row(ref)["case_ref"])

    def found(self) -> list[Finding]:
        """What the judge finds."""
        table = Table(**bounds(self.rig.customer_side, self.rig.vendor_side))
        return judge(self.rig.world, self.customer, self.portal, reported(self.rig), table).findings

    def judged(self) -> None:
        assert self.found() == []

    def ours(self, ticket: SimTicket) -> str:
        return "\n".join(item.text for item in ticket.comments if item.ours)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_new_case_has_what_the_form_asks_for_and_a_later_change_is_asked_for(desk: Desk) -> None:
    ref = desk.handed_over()
    begun = desk.case(ref).fields
    assert (begun["Title"], begun["Priority"], begun["State"]) == ("printer on fire", "3 normal", "new")
    assert begun["DynamicField_CustomerReference"] == desk.customer.ticket(ref).number
    desk.customer.edit(ref, L1, {"impact": "1", "urgency": "1"})
    desk.run()
    assert desk.case(ref).fields["Priority"] == "3 normal"
    assert desk.row(ref)["standing"]["priority"]["why"] == "only_at_creation"
    assert "priority was changed to: Highest" in desk.ours(desk.case(ref))
    desk.portal.edit(desk.case(ref).ref, VENDOR, {"Priority": "5 very high"})
    desk.run()
    assert desk.row(ref)["standing"] == {}


def test_what_the_vendor_changes_before_it_is_asked_crosses_that_however_late_we_come(desk: Desk) -> None:
    """The owner of the field stands, and the vendor is asked; the judge has the same reason."""
    ref = desk.handed_over()
    desk.customer.edit(ref, L1, {"short_description": "printer on the second floor"})
    desk.rig.clock.advance(300)  # nobody of ours is there
    desk.portal.edit(desk.case(ref).ref, VENDOR, {"Title": "printer: fuse"})
    desk.run(120)
    assert desk.row(ref)["standing"]["title"]["why"] == "only_at_creation"
    assert "title was changed to: printer on the second floor" in desk.ours(desk.case(ref))
    desk.judged()


def test_the_judge_misses_the_asking(desk: Desk) -> None:
    ref = desk.handed_over()
    desk.customer.edit(ref, L1, {"short_description": "printer on the second floor"})
    with patch.object(proposals, "ask_for", lambda scene, unit, *_: scene.stand(unit, ONLY_AT_CREATION, "nobody is told")):
        desk.run(200)
        assert "the titles differ" in str(desk.found())


def test_a_withdrawal_is_said_in_the_request_where_all_read_it(desk: Desk) -> None:
    ref = desk.handed_over()
    desk.customer.edit(ref, L1, {"state": "8", **DONE})
    desk.run()
    (note,) = [item for item in desk.case(ref).comments if "Please stop the work" in item.text]
    assert (note.ours, note.public) == (True, True)


def test_the_only_comment_made_internal_holds_nothing(desk: Desk) -> None:
    ref = desk.handed_over()
    said = desk.portal.comment(desk.case(ref).ref, VENDOR, "we look at it", public=True)
    desk.run()
    desk.portal.set_visible(desk.case(ref).ref, said, VENDOR, visible=False)
    desk.customer.comment(ref, L1, "and we wait", public=True)
    desk.run()
    assert desk.row(ref)["held"] is None
    assert "and we wait" in desk.ours(desk.case(ref))


def test_what_the_vendor_takes_back_at_once_stands_as_not_kept(desk: Desk) -> None:
    ref = desk.handed_over()
    case = desk.case(ref).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(300)

    def back(call: Call) -> None:
        if (call.system, call.write, call.phase) == ("jsm", True, "after") and desk.portal.ticket(case).fields["State"] == "open":
            desk.rig.world.on_call = lambda _call: None
            desk.portal.edit(case, VENDOR, {"State": "pending reminder"})

    desk.rig.world.on_call = back
    desk.customer.edit(ref, L1, ON_HOLD)
    desk.run(300)
    assert desk.row(ref)["standing"]["status"]["why"] == "dropped"
    assert "did not keep our change of status" in desk.ours(desk.customer.ticket(ref))
    desk.judged()


def test_what_the_vendor_sets_before_our_first_look_is_its_word(desk: Desk) -> None:
    """The answer to the creation showed what the request began with: a priority that differs since is proposed, not dropped."""
    ref = desk.incident(**ON_HOLD)
    desk.rig.world.on_call = lambda call: (
        desk.portal.edit(desk.portal.tickets()[0].ref, VENDOR, {"Priority": "2 low"})
        if (call.label, call.phase) == ("POST request", "after")
        else None
    )
    desk.run(30)
    desk.rig.world.on_call = lambda _call: None
    assert desk.row(ref)["standing"]["priority"]["why"] == "held"
    assert "The vendor proposes" in desk.ours(desk.customer.ticket(ref))


def test_what_the_vendor_does_before_a_lost_creation_is_found_is_news(desk: Desk) -> None:
    """Nothing tells who changed what there: still neither a status nor a title counts as dropped."""
    desk.rig.world.choose_fault = lambda call: "answer_lost" if call.label == "POST request" else None
    ref = desk.incident(**ON_HOLD)
    while not desk.portal.tickets():
        desk.rig.turn()
    desk.rig.world.choose_fault = lambda _call: None
    (case,) = desk.portal.tickets()
    desk.portal.edit(case.ref, VENDOR, {"State": "pending auto close+", "Title": "printer: fuse"})
    desk.run(120)
    assert len(desk.portal.tickets()) == 1
    ticket = desk.customer.ticket(ref).fields
    assert (ticket["state"], ticket["short_description"]) == ("2", "printer: fuse")
    assert desk.row(ref)["standing"] == {}


def test_a_request_that_was_there_is_linked_and_its_people_are_asked_for_our_number(desk: Desk) -> None:
    ref, case = desk.incident(state="2"), desk.portal.create(VENDOR, {"Title": "printer on fire", "State": "open"})
    linker = Linker(desk.rig.connection, desk.rig.store)
    number = desk.customer.ticket(ref).number
    (checked,) = linker.check([Row(number, desk.portal.ticket(case).number)])
    told = {one.unit: one.later for one in checked.outlook.differences}
    assert told["customer_reference"].startswith(f"the vendor's people are asked to set '{number}'")
    assert linker.link(checked, "olga"), checked.problems
    desk.run()
    assert f"customer reference was changed to: {number}" in desk.ours(desk.portal.ticket(case)).replace("_", " ")
    assert desk.row(ref)["standing"].keys() == {"customer_reference"}

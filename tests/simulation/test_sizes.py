"""How large the limits are that docs/limits.md admits: what is lost or doubled at worst, and that it is said."""

from __future__ import annotations

import pytest

from connector.sandbox.judge import Table, judge
from connector.sync.report import report
from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR, Desk

WINDOW = 22.0
"""Seconds after an announcement from which on a lost write counts as never made here: lease/3, ``settle_s``, ``read_lag_s``."""


def test_a_value_set_and_set_back_between_two_passes_is_not_seen() -> None:
    desk = Desk()
    before = desk.writes()
    desk.customer.edit(desk.a, L1, {"short_description": "a thought"})
    desk.customer.edit(desk.a, L1, {"short_description": "printer on fire"})
    desk.run(60)
    assert desk.writes() == before
    assert "a thought" not in desk.spoken(desk.a)
    desk.agree(desk.a, desk.b)


def test_an_end_taken_back_between_two_passes_is_not_told() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.customer.edit(desk.a, L1, {**ON_HOLD, "close_code": "", "close_notes": ""})
    desk.run(60)
    assert "closed" not in desk.spoken(desk.a)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_without_history_a_person_s_value_that_our_write_covered_is_lost_and_the_record_says_so() -> None:
    """One value, of the one field that we wrote, saved within the age of our read."""
    desk = Desk(linked=False)
    desk.portal.history_rights = False
    desk.customer.audit_rights = False
    desk.restart()
    desk.run(60)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"short_description": "L1 title", "impact": "1"}))
    desk.run(90)
    assert desk.acted()
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"
    assert desk.case(desk.a).fields["Priority"] == "4 high", "what we did not write is not covered"
    assert desk.audited(desk.a, "interleaved") == 1
    desk.still()


def test_without_history_a_status_that_our_comment_covered_is_lost() -> None:
    """What was agreed stands again; the judge, who sees all, excuses it only where no history is shown."""
    desk = Desk()
    desk.texts_reopen(history=False)
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(600)
    desk.customer.comment(desk.a, L1, "it still burns", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "closed successful"}))
    desk.run(120)
    assert desk.acted()
    assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
    told = [
        judge(desk.rig.world, desk.customer, desk.portal, report(desk.rig.store, "acme"), Table(window=15.0, blind=blind)).ok
        for blind in (True, False)
    ]
    assert told == [True, False]
    desk.still()


@pytest.mark.parametrize(("later", "copies"), [(WINDOW - 4.0, 1), (WINDOW + 20.0, 2)])
def test_a_lost_write_that_lands_later_than_settle_says_is_doubled_once_and_reported(later: float, copies: int) -> None:
    desk = Desk()
    desk.rig.world.late_after = (later, later)
    desk.fault("late", "PATCH incident")
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "once or twice", public=True)
    desk.run(150)
    assert len(desk.copies(desk.a, "once or twice")) == copies
    assert len(desk.row(desk.a)["second_copies"]) == desk.audited(desk.a, "second_copy") == copies - 1
    desk.agree(desk.b)
    desk.still()


@pytest.mark.parametrize(("jump", "copies"), [(8.0, 1), (3600.0, 2)])
def test_our_clock_may_jump_by_seconds_and_an_hour_doubles_one_write_under_way_and_reports_it(jump: float, copies: int) -> None:
    desk = Desk()
    desk.rig.world.late_after = (12.0, 12.0)
    desk.fault("late", "PATCH incident")
    desk.after("PATCH incident", lambda: desk.rig.wall.jump(jump))
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "once or twice", public=True)
    desk.run(150)
    assert desk.acted()
    assert len(desk.copies(desk.a, "once or twice")) == copies
    assert desk.audited(desk.a, "second_copy") == copies - 1
    desk.agree(desk.b)
    desk.still()


@pytest.mark.parametrize("jump", [-3600.0, -8.0])
def test_our_clock_jumps_back_and_nothing_is_lost_but_time(jump: float) -> None:
    desk = Desk()
    desk.both_talk(desk.a, "before")
    desk.rig.wall.jump(jump)
    desk.both_talk(desk.a, "after")
    desk.customer.edit(desk.a, L1, {"short_description": "after the jump"})
    desk.run(2 * -jump + 120.0, 30.0)
    desk.agree(desk.a, desk.b)
    desk.still()

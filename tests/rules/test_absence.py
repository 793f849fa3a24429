"""When nothing may be concluded from not finding a write: it may still land, or the look may lag behind."""

from __future__ import annotations

from dataclasses import replace

from connector.words import Side
from tests.rules.moments import stand_still
from tests.simulation.trouble_desk import L1, Desk

WORDS = "any news?"


def late_case(desk: Desk, *, begins: float, takes: float) -> None:
    """A creation begins so long after its announcement, lands so long after that, and is never answered."""
    desk.rig.world.late_after = (takes, takes)
    desk.before("TicketCreate", lambda: desk.rig.clock.advance(begins))
    desk.fault("late", "TicketCreate")


def test_a_case_that_lands_within_settle_is_not_opened_again() -> None:
    """Begun at once, it lands after 14 s: the settle time (10) is over only when a third of the lease (10) is too."""
    desk = Desk(linked=False)
    late_case(desk, begins=9.0, takes=9.5)
    desk.run(60, 1.0)
    assert len(desk.cases(desk.a)) == len(desk.cases(desk.b)) == 1


def test_a_case_whose_call_began_late_is_not_opened_again() -> None:
    desk = Desk(linked=False)
    late_case(desk, begins=9.5, takes=6.0)
    desk.run(60, 1.0)
    assert len(desk.cases(desk.a)) == len(desk.cases(desk.b)) == 1


def test_a_case_that_a_search_does_not_find_yet_is_not_opened_again() -> None:
    """The index of the portal is 40 s behind: the case is there, a search does not show it."""
    desk = Desk(linked=False)
    portal = desk.rig.connection.adapters[Side.VENDOR]
    portal.capabilities = replace(portal.capabilities, find_lag=40.0)
    desk.rig.world.stale_by = 40.0
    desk.fault("answer_lost", "TicketCreate")
    desk.fault("stale", "TicketSearch", times=60)
    desk.run(120, 1.0)
    assert len(desk.cases(desk.a)) == len(desk.cases(desk.b)) == 1


def test_a_comment_that_a_read_does_not_show_yet_is_not_sent_again() -> None:
    """It lands 20 s after its announcement, and the reads until then show what was there 2 s before."""
    desk = Desk()
    desk.rig.world.late_after = (10.0, 10.0)
    desk.before("TicketUpdate", lambda: desk.rig.clock.advance(9.9))
    desk.fault("late", "TicketUpdate")
    desk.customer.comment(desk.a, L1, WORDS, public=True)
    desk.run(12, 1.0)
    desk.fault("stale", "TicketGet", times=12)
    desk.run(40, 0.5)
    assert len(desk.copies(desk.a, WORDS)) == 1


def test_a_worker_that_stood_still_after_its_announcement_sends_nothing() -> None:
    """Another one has looked for the comment meanwhile, did not find it, and sent it."""
    desk = Desk()
    desk.customer.comment(desk.a, L1, WORDS, public=True)
    stand_still(desk, 45.0, announced=True)
    desk.run(60)
    assert len(desk.copies(desk.a, WORDS)) == 1


def test_a_worker_that_stood_still_before_its_announcement_sends_nothing() -> None:
    """Another one has sent the comment meanwhile: the commit of the announcement proves the lease."""
    desk = Desk()
    desk.customer.comment(desk.a, L1, WORDS, public=True)
    stand_still(desk, 45.0, announced=False)
    desk.run(60)
    assert len(desk.copies(desk.a, WORDS)) == 1


def test_a_worker_that_stood_still_opens_no_second_case() -> None:
    desk = Desk(linked=False)
    stand_still(desk, 45.0, announced=False)
    desk.run(60)
    assert len(desk.cases(desk.a)) == len(desk.cases(desk.b)) == 1

"""The poll of a portal that tells no times: what it notices, what it leaves to the sweep, and that it comes to an end."""

from __future__ import annotations

import pytest

from adapters.base import Misconfigured
from tests.contract.jsm_desk import FLAVOURS, Desk, new_desk


@pytest.fixture(params=FLAVOURS)
def desk(request: pytest.FixtureRequest) -> Desk:
    return new_desk(request.param)


def opened(desk: Desk, many: int) -> list[str]:
    refs = []
    for n in range(many):
        refs.append(desk.people_open(f"Ticket {n}"))
        desk.clock.advance(30)
    return refs


def test_changes_are_told_that_leave_the_order_as_it_was(desk: Desk) -> None:
    older, newer = opened(desk, 2)
    _, cursor = desk.hints(None)
    desk.people_say("first this", ref=older)
    desk.clock.advance(10)
    desk.people_say("then that", ref=newer)
    refs, cursor = desk.hints(cursor)
    assert refs == {older, newer}
    desk.people_say("again", ref=newer)
    assert desk.hints(cursor)[0] == {newer}


def test_what_customers_are_not_shown_is_no_news(desk: Desk) -> None:
    ref, _ = opened(desk, 2)
    _, cursor = desk.hints(None)
    desk.people_say("among us", ref=ref, public=False)
    desk.system.attach(ref, "vera.vendor", "inner.txt", b"x")
    assert desk.hints(cursor)[0] == set()


def test_a_state_is_told_by_the_same_stamp_as_a_read_has(desk: Desk) -> None:
    ref = desk.open().ref
    desk.say("ours")
    desk.attach(b"x")
    page = desk.adapter.changed_since(None)
    assert {one: page.stamps[one] for one in (ref, desk.ref)} == {
        one: read.stamp for one, read in desk.adapter.read([ref, desk.ref]).items()
    }


def test_a_quiet_poll_is_one_call(desk: Desk) -> None:
    opened(desk, 9)
    _, cursor = desk.hints(None)
    before = desk.world.calls[desk.system.name]["read"]
    assert desk.hints(cursor)[0] == set()
    assert desk.world.calls[desk.system.name]["read"] == before + 1


def test_after_an_outage_every_change_is_told(desk: Desk) -> None:
    refs = opened(desk, 12)
    _, cursor = desk.hints(None)
    for ref in refs[2:10]:
        desk.people_say("while nobody looked", ref=ref)
    assert desk.hints(cursor)[0] == set(refs[2:10])


def test_a_request_with_more_comments_than_a_list_shows_is_told_while_it_is_near_the_front(desk: Desk) -> None:
    desk.site.inline_parts = 3
    for n in range(5):
        desk.people_say(f"Comment {n}")
        desk.clock.advance(1)
    _, cursor = desk.hints(None)
    refs, cursor = desk.hints(cursor)
    assert refs == {desk.ref}
    opened(desk, 4)
    _, cursor = desk.hints(cursor)
    assert desk.hints(cursor)[0] == set()
    desk.people_say("One more")
    assert desk.ref in desk.hints(cursor)[0]


def test_what_a_cursor_forgot_is_no_news(desk: Desk) -> None:
    desk.again(remembered=10)
    refs = opened(desk, 15)
    told, cursor = desk.hints(desk.adapter.cursor_at(0))
    assert told == {desk.ref, *refs}
    assert len(cursor) < 10 * 60 + 100
    for ref in refs[-9:]:  # so that the poll comes down to what was forgotten
        desk.people_rename(ref, "Another name")
    assert desk.hints(cursor)[0] == set(refs[-9:])


def test_our_own_requests_alone_can_be_polled(desk: Desk) -> None:
    desk.again(requests="own")
    ours = desk.open().ref
    named = desk.system.create("vera.vendor", {"summary": "Maintenance", "reporter": desk.site.account.login})
    assert desk.hints(None)[0] == {ours, named}


def test_what_the_list_shows_late_is_told_when_it_does(desk: Desk) -> None:
    _, cursor = desk.hints(None)
    desk.clock.advance(100)
    desk.site.search_lag = 90
    desk.people_say("Now")
    refs, cursor = desk.hints(cursor)
    assert refs == set()
    desk.clock.advance(100)
    assert desk.hints(cursor)[0] == {desk.ref}


@pytest.mark.parametrize("cursor", ["{}", "no cursor", '{"since": 1, "start": 0, "seen": [1]}'])
def test_the_cursor_of_another_system_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(Misconfigured):
        desk.adapter.changed_since(cursor)

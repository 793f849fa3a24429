"""Polling ServiceNow, and the history of its records."""

from __future__ import annotations

import pytest
import requests

from adapters.around import Around
from adapters.base import Misconfigured, Refused
from adapters.servicenow import ServiceNow
from connector.sandbox.transport import InProcess
from tests.contract.rig import Clock
from tests.contract.servicenow_desk import URL, WORDS, Desk, fresh_desk, new_desk, settings


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def test_one_change_is_reported_once(desk: Desk) -> None:
    _, cursor = desk.hints(None)
    desk.clock.advance(60)
    desk.people_rename(desk.ref, "New")
    first, cursor = desk.hints(cursor)
    second, cursor = desk.hints(cursor)
    desk.people_rename(desk.ref, "New again, same second")
    third, _ = desk.hints(cursor)
    assert (first, second, third) == ({desk.ref}, set(), {desk.ref})


def test_what_becomes_visible_late_is_found_within_the_overlap(desk: Desk) -> None:
    late = desk.people_open("A long transaction")
    desk.system.hidden.add(late)
    _, cursor = desk.hints(None)
    desk.clock.advance(3)
    desk.people_rename(desk.ref, "Newer")
    _, cursor = desk.hints(cursor)
    desk.system.hidden.clear()
    assert late in desk.hints(cursor)[0]


def test_the_watermark_is_the_servers_time(desk: Desk) -> None:
    ahead = Clock(desk.clock.now + 7200)
    session = requests.Session()
    session.mount(URL, InProcess(desk.world, desk.system))
    desk.adapter = ServiceNow(
        settings(lookback_s=0, overlap_s=0), around=Around(session=session, clock=ahead, sleep=ahead.advance)
    )
    _, cursor = desk.hints(None)
    desk.clock.advance(1)
    desk.people_rename(desk.ref, "By their clock")
    assert desk.ref in desk.hints(cursor)[0]


def test_the_filter_of_the_poll_holds_on_every_page(desk: Desk) -> None:
    desk.again(query="impact=1")
    wanted = {desk.system.create("lena.l1", {**desk.words.ticket, "impact": "1"}) for _ in range(7)}
    for _ in range(7):
        desk.people_open("Impact 2")
    assert desk.hints(None)[0] == wanted


def test_an_empty_instance_can_be_polled() -> None:
    desk = fresh_desk()
    refs, cursor = desk.hints(None)
    ref = desk.people_open()
    assert (refs, desk.hints(cursor)[0]) == (set(), {ref})


def test_the_cursor_does_not_grow(desk: Desk) -> None:
    _, cursor = desk.hints(None)
    for n in range(40):
        desk.clock.advance(10)
        desk.people_rename(desk.ref, f"Title {n}")
        _, cursor = desk.hints(cursor)
    assert len(cursor) < 600


def test_the_cursor_of_a_long_round_does_not_grow(desk: Desk) -> None:
    for n in range(60):
        desk.clock.advance(60)
        desk.people_open(f"Ticket {n}")
    page = desk.adapter.changed_since(desk.adapter.cursor_at(0))
    longest = 0
    while page.more:
        page = desk.adapter.changed_since(page.cursor)
        longest = max(longest, len(page.cursor))
    assert longest < 700


def test_a_foreign_cursor_stops_the_side(desk: Desk) -> None:
    for cursor in ("2026-01-01", "[]", '{"tickets":{"since":1}}'):
        with pytest.raises(Misconfigured, match="cursor"):
            desk.adapter.changed_since(cursor)


# --- history ---


def test_history_counts_versions(desk: Desk) -> None:
    desk.rename("Ours")
    desk.clock.advance(5)
    desk.people_rename(desk.ref, "Theirs")
    desk.adapter.check(WORDS.uses)
    events = [e for e in desk.adapter.history([desk.ref])[desk.ref] if e.field == "short_description"]
    assert [(e.old, e.new, e.by_us) for e in events] == [("The first ticket", "Ours", True), ("Ours", "Theirs", False)]
    assert events[-1].version == desk.adapter.read([desk.ref])[desk.ref].version


def test_without_the_right_there_is_no_history(desk: Desk) -> None:
    desk.system.audit_rights = False
    desk.adapter.check(WORDS.uses)
    assert not desk.adapter.capabilities.history
    with pytest.raises(Refused):
        desk.adapter.history([desk.ref])

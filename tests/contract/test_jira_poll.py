"""Searches of Jira that lag, pages that shift, keys that change."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from adapters.base import Change, Gone, Misconfigured, NotApplied
from connector.sandbox.core import Request, Response
from connector.sandbox.jira_data import MARKER
from tests.contract import suite
from tests.contract.jira_desk import (
    DATA_CENTER,
    FLAVOURS,
    Desk,
    new_desk,
)


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture(params=FLAVOURS)
def either(request: pytest.FixtureRequest) -> Desk:
    return new_desk(request.param)


def move(desk: Desk, **fields: str) -> None:
    desk.send(Change(desk.ref, units={"status": fields}))


def test_a_search_that_lags_hides_for_a_while_only(either: Desk) -> None:
    either.site.search_lag = 20.0
    either.checked(find_lag_s=30.0, overlap_s=60)
    ref = either.open().ref
    assert either.adapter.find(suite.MARKER) == []
    assert either.adapter.read([ref])[ref].marker == suite.MARKER
    _, cursor = either.hints(None)
    either.clock.advance(either.adapter.capabilities.find_lag + 1)
    assert either.adapter.find(suite.MARKER) == [ref]
    assert ref in either.hints(cursor)[0]


def test_a_mark_in_a_field_of_its_own_is_found(either: Desk) -> None:
    either.checked(marker_field=MARKER)
    ref = either.open().ref
    assert (either.stored(MARKER, ref), either.stored("labels", ref)) == (suite.MARKER, "")
    assert either.adapter.find(suite.MARKER) == [ref]


def test_a_person_who_copies_the_label_makes_no_issue_of_ours(either: Desk) -> None:
    other = either.people_open("Not ours")
    either.site.edit(other, "anna", {"labels": suite.MARKER})
    assert either.adapter.find(suite.MARKER) == []
    assert either.adapter.find("k1-0000000000000000") == []
    with pytest.raises(ValueError, match="not a marker"):
        either.adapter.find('x" OR project = DEV OR labels = "')


def test_a_moved_issue_is_the_same_under_another_key(either: Desk) -> None:
    old = either.site.ticket(either.ref).number
    either.site.move(either.ref, "anna", "DEV")
    new = either.site.ticket(either.ref).number
    assert old != new
    assert either.adapter.read([either.ref])[either.ref].number == new
    assert either.adapter.resolve([old, new.lower()]) == {old: either.ref, new.lower(): either.ref}


def test_a_deleted_issue_is_gone_only_alone(either: Desk) -> None:
    other = either.people_open()
    either.site.delete(other)
    assert set(either.adapter.read([either.ref, other])) == {either.ref}
    with pytest.raises(Gone):
        either.adapter.read([other])


def test_an_issue_that_is_deleted_while_it_is_read_spoils_no_other(either: Desk) -> None:
    other = either.people_open()
    either.site.inline_comments = 0
    either.people_say("Hello", ref=other)
    either.people_say("Hello")

    def hidden(request: Request, answer: Response) -> Response:
        if request.path.endswith(f"/{other}/comment"):
            return either.site.handle(replace(request, path=request.path.replace(other, "999999")))
        return (
            answer
            if b'"comment"' not in answer.body
            else Response(200, answer.headers, answer.body.replace(b'"total": 1', b'"total": 2'))
        )

    either.answering(hidden)
    either.again()
    assert set(either.adapter.read([either.ref, other])) == {either.ref}


def test_the_zone_of_our_account_does_not_move_the_poll(either: Desk) -> None:
    either.site.zone = "Asia/Tokyo"
    _, cursor = either.hints(None)
    either.clock.advance(600)
    either.people_rename(either.ref, "Later")
    assert either.hints(cursor)[0] == {either.ref}


def test_a_quiet_poll_hints_at_nothing(either: Desk) -> None:
    either.clock.advance(60)
    _, cursor = either.hints(None)
    assert either.hints(cursor)[0] == set()
    assert len(cursor) < 1000


def test_a_page_token_that_comes_again_ends_the_round(desk: Desk) -> None:
    refs = [desk.people_open(f"Ticket {n}") for n in range(8)]
    stuck = False

    def repeated(request: Request, answer: Response) -> Response:
        nonlocal stuck
        body = json.loads(answer.body)
        if not request.path.endswith("/search/jql") or "nextPageToken" not in body:
            return answer
        first = desk.site.handle(replace(request, body=json.dumps({**json.loads(request.body), "nextPageToken": None}).encode()))
        stuck = True
        return Response(200, answer.headers, first.body)

    desk.answering(repeated)
    adapter = desk.again()
    with pytest.raises(NotApplied, match="same page"):
        desk.hints(adapter.cursor_at(0))
    assert stuck
    desk.watched = None
    desk.again()
    assert desk.hints(adapter.cursor_at(0))[0] == {desk.ref, *refs}


def test_a_token_that_ended_begins_the_round_anew(desk: Desk) -> None:
    refs = [desk.people_open(f"Ticket {n}") for n in range(8)]
    page = desk.adapter.changed_since(desk.adapter.cursor_at(0))
    raw = json.loads(page.cursor)
    cursor = json.dumps({**raw, "token": "ended long ago"})
    assert set(page.refs) | desk.hints(cursor)[0] == {desk.ref, *refs}


def test_rows_that_move_under_a_count_are_not_skipped() -> None:
    """On Data Center a change of a row that was told pulls all later rows one place forward."""
    desk = new_desk(DATA_CENTER)
    desk.clock.now -= desk.clock.now % 60
    refs = [desk.people_open(f"Ticket {n}") for n in range(9)]
    found: set[str] = set()
    cursor: str | None = desk.adapter.cursor_at(0)
    for n in range(40):
        page = desk.adapter.changed_since(cursor)
        found |= set(page.refs)
        cursor = page.cursor
        if not page.more:
            break
        if n < 3:
            desk.clock.advance(1)
            desk.people_rename(refs[n], f"Moved to the end {n}")
    assert {desk.ref, *refs} <= found


def test_a_cursor_of_another_kind_is_named() -> None:
    desk = new_desk()
    with pytest.raises(Misconfigured, match="cursor"):
        desk.adapter.changed_since("2026-11-22")


def test_a_poll_of_a_hidden_project_stops_the_side(desk: Desk) -> None:
    refused = {"errorMessages": ["The value 'SUP' does not exist for the field 'project'."], "errors": {}}

    def answer(request: Request, reply: Response) -> Response:
        return Response(400, reply.headers, json.dumps(refused).encode()) if "/search" in request.path else reply

    desk.answering(answer)
    with pytest.raises(Misconfigured, match="project"):
        desk.again().changed_since(None)

"""How Jira moves issues: along its workflow alone, and only from where a move was decided."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.base import Change, NotApplied, Refused, Stale, Unknown
from connector.sandbox.jira_data import SEVERITY
from tests.contract import suite
from tests.contract.jira_desk import (
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


def test_a_move_takes_the_fields_of_its_screen(either: Desk) -> None:
    either.site.edit(either.ref, "anna", {"status": "In Progress"})
    move(either, status="Resolved", resolution="Won't Do")
    assert (either.stored("status"), either.stored("resolution")) == ("Resolved", "Won't Do")


def test_a_move_without_what_its_screen_demands_is_refused(either: Desk) -> None:
    either.site.edit(either.ref, "anna", {"status": "In Progress"})
    either.site.conditions.add("91")
    with pytest.raises(Refused) as caught:
        move(either, status="Resolved")
    assert caught.value.fields == ("resolution",)
    assert either.stored("status") == "In Progress"


def test_what_is_brought_back_to_its_end_has_the_resolution_that_it_had_there(either: Desk) -> None:
    for fields in ({"status": "In Progress"}, {"status": "Resolved", "resolution": "10001"}, {"status": "In Progress"}):
        either.site.edit(either.ref, "anna", fields)
    assert either.stored("resolution") == ""
    either.site.conditions.add("91")
    move(either, status="Resolved")
    assert (either.stored("status"), either.stored("resolution")) == ("Resolved", "Won't Do")


def test_a_field_that_the_screen_does_not_show_is_refused_by_name(either: Desk) -> None:
    with pytest.raises(Refused) as caught:
        move(either, status="In Progress", **{SEVERITY: "High"})
    assert caught.value.fields == (SEVERITY,)
    assert either.stored("status") == "Open"


def test_a_way_of_several_steps_is_one_write(either: Desk) -> None:
    with pytest.raises(Refused, match="In Progress"):
        move(either, status="Waiting for vendor")
    either.checked(workflow={"waiting for vendor": ("In Progress",)})
    move(either, status="Waiting for vendor")
    assert either.stored("status") == "Waiting for vendor"


def test_a_field_goes_with_the_step_that_demands_it(desk: Desk) -> None:
    desk.site.conditions.add("91")
    desk.checked(workflow={"Closed": ("In Progress", "Resolved")})
    move(desk, status="Closed", resolution="Duplicate")
    assert (desk.stored("status"), desk.stored("resolution")) == ("Closed", "Duplicate")


@pytest.mark.parametrize("fault", ["limited", "refused"])
def test_a_way_that_breaks_off_is_unknown_and_goes_on_later(either: Desk, fault: str) -> None:
    either.checked(workflow={"Waiting for vendor": ("In Progress",)})
    calls = 0

    def second(call: Any) -> str | None:
        nonlocal calls
        calls += call.write
        return fault if call.write and calls == 2 else None

    either.world.choose_fault = second
    with pytest.raises(Unknown, match="on the way"):
        move(either, status="Waiting for vendor")
    assert either.stored("status") == "In Progress"
    move(either, status="Waiting for vendor")
    assert either.stored("status") == "Waiting for vendor"


def test_a_first_step_that_was_refused_says_so(either: Desk) -> None:
    either.checked(workflow={"Waiting for vendor": ("In Progress",)})
    with either.fault("limited", writes=True), pytest.raises(NotApplied):
        move(either, status="Waiting for vendor")


def test_where_an_issue_stands_already_only_fields_are_left(either: Desk) -> None:
    before = either.world.calls["jira"]["write"]
    move(either, status="Open")
    assert either.world.calls["jira"]["write"] == before
    move(either, status="open", **{SEVERITY: "High"})
    assert either.stored(SEVERITY) == "High"


def test_a_move_is_made_from_where_it_was_decided_only(either: Desk) -> None:
    """Transitions lead on from anywhere: one from where a person went meanwhile would undo what the person did."""
    seen = either.adapter.read([either.ref])[either.ref].fields
    either.site.edit(either.ref, "anna", {"status": "Resolved"})
    (write,) = either.adapter.split(Change(either.ref, units={"status": {"status": "In Progress"}}, seen=seen))
    with pytest.raises(Stale, match="decided in Open"):
        either.adapter.send(write)
    assert either.stored("status") == "Resolved"


@pytest.mark.parametrize("moment", ["GET issue/transitions", "POST issue/transitions"])
def test_a_person_who_moves_it_at_the_same_moment_makes_the_move_stale(either: Desk, moment: str) -> None:
    def moves(call: Any) -> None:
        if (call.label, call.phase) == (moment, "before"):
            either.world.on_call = lambda _call: None
            either.site.edit(either.ref, "anna", {"status": "Waiting for vendor"})

    either.world.on_call = moves
    with pytest.raises(Stale):
        move(either, status="Resolved")
    assert either.stored("status") == "Waiting for vendor"


def test_a_loop_in_the_workflow_comes_to_an_end(either: Desk) -> None:
    either.checked(workflow={"Closed": ("In Progress", "Waiting for customer")})
    with pytest.raises(Unknown):
        move(either, status="Closed")


def test_a_new_issue_begins_where_its_workflow_begins(either: Desk) -> None:
    answer = either.send(Change(None, units={"all": {"summary": "New", "status": "In Progress"}}, marker=suite.MARKER))
    assert either.stored("status", answer.ref) == "Open"

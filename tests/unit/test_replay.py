"""Real events on the simulated desk: what the log says is what the instance shows."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from connector.sandbox.core import World
from connector.sandbox.otrs import Otrs
from connector.sandbox.replay import STATES, Desk, Event, Vendor, choose, read
from connector.sandbox.servicenow import ServiceNow

SHARED = Path(__file__).parents[3] / "shared" / "data" / "servicenow-incident-events.csv.gz"
HEAD = "number,incident_state,sys_updated_by,sys_updated_at,category,subcategory,impact,urgency,priority,assignment_group"


def log(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def row(number: str, state: str, at: str, priority: str = "3 - Moderate", level: str = "2 - Medium") -> str:
    return f"{number},{state},Updated by 21,{at},Category 55,?,{level},{level},{priority},Group 56"


LOG = log(
    row("INC1", "New", "2/3/2016 10:00"),
    row("INC1", "Active", "2/3/2016 12:00"),
    row("INC1", "Awaiting User Info", "2/3/2016 11:00"),
    row("INC1", "Resolved", "2/3/2016 13:00"),
    row("INC1", "Closed", "3/3/2016 09:00"),
    row("INC2", "New", "1/3/2016 10:00", "4 - Low", "3 - Low"),
    row("INC3", "New", "4/3/2016 10:00"),
    row("INC3", "-100", "4/3/2016 10:05"),
    row("INC3", "Closed", "4/3/2016 10:06"),
)


@pytest.fixture
def events(tmp_path: Path) -> list[Event]:
    path = tmp_path / "events.csv"
    path.write_text(LOG, encoding="utf-8")
    return read(path)


@pytest.fixture
def world() -> World:
    return World(lambda: 1_780_000_000.0, seed=1)


def test_events_of_one_incident_never_go_back_in_time(events: list[Event]) -> None:
    own = [event for event in events if event.number == "INC1"]
    assert [event.n for event in own] == [0, 1, 2, 3, 4]
    assert own[2].at == own[1].at, "an update that the log dates before the one before it happens right after it"


def test_all_are_merged_by_time(events: list[Event]) -> None:
    merged = choose(events)
    assert [event.at for event in merged] == sorted(event.at for event in merged)
    assert merged[0].number == "INC2"


@pytest.mark.parametrize(("limit", "expected"), [(1, {"INC3"}), (2, {"INC3", "INC2"}), (3, {"INC1", "INC2", "INC3"})])
def test_a_limit_takes_the_first_and_always_those_of_an_unknown_state(
    events: list[Event], limit: int, expected: set[str]
) -> None:
    assert {event.number for event in choose(events, limit)} == expected


def test_a_compressed_log_is_the_same(tmp_path: Path, events: list[Event]) -> None:
    path = tmp_path / "events.csv.gz"
    path.write_bytes(gzip.compress(LOG.encode()))
    assert read(path) == events


def test_another_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.csv is no log of incident events"):
        read(path)


@pytest.mark.parametrize("state", [*STATES, "-100"])
def test_every_state_can_be_the_first(world: World, state: str) -> None:
    desk = Desk(ServiceNow(world))
    desk.apply(Event(0.0, "INC7", 0, state, "2", "2", "3", "updated.by.1", "", "Category 1"))
    fields = desk.customer.ticket(desk.refs["INC7"]).fields
    wanted = STATES.get(state, {"state": "-100"})
    assert not desk.refused
    assert {name: fields[name] for name in wanted} == dict(wanted)


def test_the_log_is_lived_through(world: World, events: list[Event]) -> None:
    desk = Desk(ServiceNow(world))
    for event in choose(events):
        desk.apply(event)
    assert not desk.refused
    assert desk.applied == len(events)
    shown = {number: desk.customer.ticket(ref) for number, ref in desk.refs.items()}
    assert {number: ticket.fields["state"] for number, ticket in shown.items()} == {"INC1": "7", "INC2": "1", "INC3": "7"}
    assert [comment.public for comment in shown["INC1"].comments] == [True], "whoever awaits the caller has asked something"
    assert desk.differing == 1, "3 - Low twice computes to 5 today; the log says 4"


def test_the_vendor_works_on_what_is_there(world: World) -> None:
    portal = Otrs(world)
    vendor = Vendor(portal, seed=3)
    vendor.turn()
    assert vendor.acts == 0, "nobody has anything to do"
    for n in range(20):
        portal.create("connector", {"Title": f"case {n}"})
    for _ in range(300):
        vendor.turn()
    states = {ticket.fields["State"] for ticket in portal.tickets()}
    assert {"closed successful", "closed unsuccessful"} & states
    assert any(file.who == vendor.login for ticket in portal.tickets() for file in ticket.files)
    assert {c.public for ticket in portal.tickets() for c in ticket.comments if c.who == vendor.login} == {True, False}


def test_the_same_seed_is_the_same_vendor() -> None:
    def play() -> list[str]:
        world = World(lambda: 1_780_000_000.0, seed=1)
        portal = Otrs(world)
        portal.create("connector", {"Title": "case"})
        vendor = Vendor(portal, seed=5)
        for _ in range(40):
            vendor.turn()
        return [f"{deed.what} {deed.field} {deed.new}" for deed in world.deeds]

    assert play() == play()


@pytest.mark.skipif(not SHARED.exists(), reason="the real log is not here")
def test_the_real_log() -> None:
    events = read(SHARED)
    assert (len(events), len({event.number for event in events})) == (28_240, 4_984)
    some = choose(events, 500)
    assert len({event.number for event in some}) == 500
    assert sum(event.unknown for event in some) == 3

"""Two hundred real incidents through the daemon into a real Znuny, judged by what stands in its own database."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from connector.sandbox.judge import Table
from connector.sandbox.replay import Desk, Event, Vendor, choose, read
from tests.process.place import ROOT
from tests.real.znuny_link import POLL, Link

EVENTS = ROOT.parent / "shared/data/servicenow-incident-events.csv.gz"
INCIDENTS = 200
VENDOR_ACTS = 0.25  # of the vendor's people for each event
CHUNK = 60  # events between two looks at the backlog, at most
BACKLOG = 15  # bonds that may be due while people go on
WINDOW = 30.0  # seconds within which two people's moves may cross: more than the daemon is ever behind
SEED = 1

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]


@pytest.fixture
def events() -> list[Event]:
    if not EVENTS.exists():
        pytest.skip("the recorded incidents are not here (../shared/data)")
    return choose(read(EVENTS), INCIDENTS)


def all_escalate(folder: Path) -> Path:
    """The shipped mapping without its condition on who awaits the vendor."""
    mapping = yaml.BaseLoader((ROOT / "mappings/servicenow-otrs.yaml").read_text(encoding="utf-8")).get_single_data()
    mapping["intake"] = {"record_type": "incident", "take": {"field": "state", "not_in": ["6", "7", "8"]}}
    file = folder / "mapping.yaml"
    file.write_text(json.dumps(mapping), encoding="utf-8")
    return file


class Crowd:
    """Keeps people from running ahead of the daemon: a second move of one incident waits until it could see the first."""

    def __init__(self, linked: Link) -> None:
        self._linked = linked
        self._states: dict[str, str] = {}
        self._moved: set[str] = set()
        self._n = 0

    def before(self, event: Event) -> None:
        moves = self._states.get(event.number) != event.state
        if self._n >= CHUNK or (moves and event.number in self._moved):
            self._catch_up()
        if moves:
            self._moved.add(event.number)
        self._states[event.number] = event.state
        self._n += 1

    def _catch_up(self) -> None:
        self._moved, self._n = set(), 0
        time.sleep(POLL * 1.2)
        while self._linked.backlog() > BACKLOG:
            time.sleep(0.1)


def test_two_hundred_real_incidents(linked: Link, events: Sequence[Event]) -> None:
    linked.settings(MAPPING=str(all_escalate(linked.here.folder)))
    desk, vendor = Desk(linked.customer), Vendor(linked.vendor, SEED, outages=False)
    with linked.here.daemon() as daemon:
        daemon.event("ready")
        play(events, desk, vendor, Crowd(linked))
        sentence = linked.sentence(Table(all_escalate=True, window=WINDOW))
    assert desk.refused == []
    assert sentence.ok, sentence.findings
    assert sentence.tickets == len(desk.refs) == INCIDENTS
    assert_one_case_each(linked, sentence.bonds)
    assert not [event for event in daemon.events() if event["level"] == "error"]


def play(events: Sequence[Event], desk: Desk, vendor: Vendor, crowd: Crowd) -> None:
    for event in events:
        crowd.before(event)
        desk.apply(event)
        if vendor.rng.random() < VENDOR_ACTS:
            vendor.turn()


def assert_one_case_each(linked: Link, bonds: int) -> None:
    """As the portal's own tables have it, without anybody's help."""
    for name in ("CustomerReference", "ConnectorMarker"):
        [row] = linked.vendor.rows(
            "SELECT count(*) AS cases, count(DISTINCT v.value_text) AS told"
            " FROM dynamic_field_value v JOIN dynamic_field f ON f.id = v.field_id WHERE f.name = %(name)s",
            name=name,
        )
        assert (row["cases"], row["told"]) == (bonds, bonds)
    assert len(linked.vendor.tickets()) == bonds

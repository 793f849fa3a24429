"""``connector demo --replay FILE``: real incidents through the real daemon, which runs as a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from connector.cli import show
from connector.cli.demo_books import Books, close_books
from connector.cli.demo_lab import Lab, Pace, laboratory
from connector.cli.demo_rest import await_rest
from connector.cli.demo_screen import summary
from connector.sandbox.judge import Table
from connector.sandbox.otrs import Otrs
from connector.sandbox.replay import ATTRIBUTION, Desk, Event, Vendor, choose, read
from connector.sandbox.servicenow import ServiceNow

PACE = Pace(
    poll=0.2, sweep=3600.0, settle=2.0, note_pause=1.0, apart=True,
    mapping={"intake": {"record_type": "incident", "take": {"field": "state", "not_in": ["6", "7", "8"]}}},
)  # fmt: skip
"""All incidents escalate: the shipped intake without its condition on who awaits the vendor."""

CHUNK = 100  # events between two looks at the backlog, at most
BACKLOG = 40  # bonds that may be due while people go on
VENDOR_ACTS = 0.3  # of the vendor's people for each event
OUTAGE_EVERY = 900  # events

Progress = Callable[[int, int], None]


def play(file: Path, limit: int, seed: int, keep: Path | None, *, json: bool) -> bool:
    """Replay a file; True where all is as it should be.

    :raises ValueError: it is no log of incident events.
    """
    events = choose(read(file), limit)
    with laboratory(seed, PACE, keep) as lab:
        instance, portal = lab.desk.served, lab.portal.served
        assert isinstance(instance, ServiceNow)  # noqa: S101 - the recorded incidents are ServiceNow's, and the default pair is played
        assert isinstance(portal, Otrs)  # noqa: S101 - the same
        desk, vendor = Desk(instance), Vendor(portal, seed)
        with show.progress("Replaying") as progress:
            watched = _drive(lab, desk, vendor, events, progress)
        vendor.calm()
        _sweep(lab)
        lab.stop_daemon()
        books = close_books(
            lab, Table(all_escalate=True, window=600.0), stuck=desk.refused, extra=_extra(lab, desk, vendor, watched)
        )
        if json:
            show.emit(books.as_dict())
        else:
            _tell(Console(), books)
    return not books.problems


def _drive(lab: Lab, desk: Desk, vendor: Vendor, events: list[Event], progress: Progress) -> list[dict[str, Any]]:
    """Apply all events, as fast as the daemon keeps up; returns what became of states that no mapping knows."""
    watched: list[dict[str, Any]] = []
    pace = _Crowd(lab)
    for n, event in enumerate(events, 1):
        if pace.must_wait(event):
            pace.wait()
            progress(n, len(events))
        desk.apply(event)
        if vendor.rng.random() < VENDOR_ACTS:
            vendor.turn()
        if n % OUTAGE_EVERY == OUTAGE_EVERY // 2:
            vendor.go_down(vendor.rng.uniform(1.0, 2.5))
        if event.unknown:
            watched += _watch(lab, desk, event)
    progress(len(events), len(events))
    return watched


class _Crowd:
    """Keeps the people from running ahead: a second change of state waits until the daemon could see the first."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._states: dict[str, str] = {}
        self._moved: set[str] = set()
        self._n = 0

    def must_wait(self, event: Event) -> bool:
        """Whether the daemon is to catch up before this event."""
        moves = self._states.get(event.number) != event.state
        wait = self._n >= CHUNK or (moves and event.number in self._moved)
        if wait:
            self._moved, self._n = set(), 0
        if moves:
            self._moved.add(event.number)
        self._states[event.number] = event.state
        self._n += 1
        return wait

    def wait(self) -> None:
        """Until the daemon has asked what changed, and has done most of it."""
        time.sleep(PACE.poll * 1.2)
        while self._lab.backlog() > BACKLOG:
            time.sleep(0.02)


def _watch(lab: Lab, desk: Desk, event: Event) -> list[dict[str, Any]]:
    """What the connector says of a ticket in a state that no mapping knows; waits for it to have looked."""
    until = time.monotonic() + 20.0
    while time.monotonic() < until:
        for bond in lab.office.store.find_bonds(desk.refs[event.number]):
            status = bond.units.get("status")
            reason = bond.held.reason if bond.held else status.standing.reason if status and status.standing else ""
            if event.state in reason:
                return [{"number": event.number, "state": event.state, "held": reason}]
        time.sleep(0.1)
    return [{"number": event.number, "state": event.state, "held": None}]


def _sweep(lab: Lab) -> None:
    """A last look at every bond, as the slow sweep would give it."""
    await_rest(lab, 300.0)
    lab.mark_all_due()
    await_rest(lab, 300.0)


def _extra(lab: Lab, desk: Desk, vendor: Vendor, watched: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "incidents": len(desk.refs),
        "events": desk.applied,
        "vendor_acts": vendor.acts,
        "priority_differs": desk.differing,
        "unknown_states": watched,
        "peak_mb": lab.peak_mb(),
        "attribution": ATTRIBUTION,
    }


def _tell(console: Console, books: Books) -> None:
    summary(console, books)
    extra = books.extra or {}
    line = "{events} events of {incidents} incidents; {vendor_acts} acts of the vendor's people".format(**extra)
    console.print(line, highlight=False)
    console.print(f"recorded priority differs from the computed one in {extra['priority_differs']} events", highlight=False)
    for ticket in extra["unknown_states"][:1]:
        console.print(f"{ticket['number']} was in state {ticket['state']}: {ticket['held']}", markup=False, highlight=False)
    console.print(f"the daemon took {extra['peak_mb']['daemon']} MB at most", highlight=False)
    console.print(ATTRIBUTION, style="dim", highlight=False)

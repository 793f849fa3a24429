"""What people see of a demo: a live table on a terminal, a line for each event elsewhere, and the summary."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from connector.cli.demo_books import Books
from connector.cli.demo_lab import Lab
from connector.sandbox.cast import Case
from connector.sandbox.core import SimTicket

_EVENTS = 4  # lines of what the cast just did
_CASE_COLOURS = {"new": "cyan", "open": "blue", "pending reminder": "yellow", "pending auto close+": "green"}
CASE_WORDS = {
    "pending reminder": "asks back",
    "pending auto close+": "solved",
    "closed successful": "closed",
    "closed unsuccessful": "rejected",
}
_STATE_COLOURS = {"1": "cyan", "2": "yellow", "3": "blue", "6": "green", "7": "green dim", "8": "dim"}


class Screen:
    """Shows a play while it runs. Use as a context manager; :meth:`say` and :meth:`show` at any time.

    :param quiet: nothing is shown at all (``--json``).
    """

    def __init__(self, console: Console, lab: Lab, cases: Sequence[Case], *, quiet: bool) -> None:
        self._console, self._lab, self._cases, self._quiet = console, lab, cases, quiet
        self._events: deque[str] = deque(maxlen=_EVENTS)
        self._bonds: Mapping[str, Mapping[str, Any]] = {}
        live = console.is_terminal and not quiet
        self._live = Live(console=console, refresh_per_second=8, transient=False) if live else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self.show()
            self._live.stop()

    def say(self, event: str) -> None:
        """The cast did something."""
        stamp = f"{time.monotonic() - self._lab.began:5.1f} s"
        self._events.append(f"{stamp}  {event}")
        if not self._live and not self._quiet:
            self._console.print(f"{stamp}  {event}", markup=False, highlight=False)

    def show(self) -> None:
        if self._live:
            self._bonds = {bond["ref"]: bond for bond in self._lab.bonds()}
            self._live.update(Group(self._table(), *self._footer()))

    def _table(self) -> Table:
        table = Table(title="One row an incident", title_justify="left", expand=True, header_style="bold", pad_edge=False)
        for name, options in _COLUMNS.items():
            table.add_column(name, **options)
        for case in sorted((c for c in self._cases if c.ref), key=lambda c: c.number):
            table.add_row(*self._row(case))
        return table

    def _row(self, case: Case) -> list[Text | str]:
        incident = case.incident
        known = case.case if case.has_case else None
        return [
            incident.number,
            Text(incident.fields["short_description"], overflow="ellipsis", no_wrap=True),
            self._state(incident),
            _case_state(known),
            _carried(incident, known),
            self._now(case),
        ]

    def _state(self, incident: SimTicket) -> Text:
        state, words = incident.fields["state"], self._lab.customer.state_words(incident.fields)
        return Text(f"{words} P{incident.fields['priority']}", _STATE_COLOURS.get(state, "red"))

    def _now(self, case: Case) -> Text:
        bond = self._bonds.get(case.ref)
        if bond is None:
            return Text(case.doing, "dim")
        if bond["parked"]:
            return Text(f"parked: {bond['parked']}", "red")
        if bond["held"] and not case.stays:
            return Text(f"held: {bond['held']}", "yellow")
        if bond["open"]:
            return Text("a write is announced, its answer is open", "magenta")
        differs = [f"{unit} {standing['why']}" for unit, standing in bond["standing"].items()]
        return Text("; ".join([case.doing, *differs]))

    def _footer(self) -> list[Text]:
        world = self._lab.world
        calls = ", ".join(f"{name} {n['read']} reads {n['write']} writes" for name, n in sorted(world.calls.items()))
        faults = ", ".join(f"{n}x {name}" for name, n in sorted(world.injected.items())) or "none yet"
        events = [Text(event, "italic", overflow="ellipsis", no_wrap=True) for event in self._events]
        return [*events, Text(f"calls: {calls}    injected faults: {faults}", "dim")]


_COLUMNS: dict[str, dict[str, Any]] = {
    "incident": {"no_wrap": True, "width": 10},
    "title": {"no_wrap": True, "ratio": 3},
    "customer": {"no_wrap": True, "ratio": 2},
    "vendor's case": {"no_wrap": True, "ratio": 2},
    "carried": {"no_wrap": True, "width": 9},
    "now": {"no_wrap": True, "ratio": 5, "overflow": "ellipsis"},
}


def _case_state(case: SimTicket | None) -> Text:
    if case is None:
        return Text("-", "dim")
    state = case.fields["State"]
    return Text(f"{case.number[-6:]} {CASE_WORDS.get(state, state)}", _CASE_COLOURS.get(state, "dim"))


def _carried(incident: SimTicket, case: SimTicket | None) -> str:
    """Comments and files that the connector wrote on either side."""
    sides = [side for side in (incident, case) if side]
    comments = sum(item.ours for side in sides for item in side.comments)
    files = sum(item.ours for side in sides for item in side.files)
    return f"{comments} c {files} f" if files else f"{comments} c"


def summary(console: Console, books: Books) -> None:
    """The judge's words."""
    line = books.as_dict()
    table = Table(title="The judge", title_justify="left", show_header=False, pad_edge=False)
    for name, text in _sentences(line):
        table.add_row(name, text)
    console.print(table)
    for problem in line["problems"]:
        console.print(f"[bold red]problem[/] {escape(problem)}")
    verdict = "[bold green]nothing lost, nothing doubled, nothing done wrongly[/]"
    console.print("[bold red]not as it should be[/]" if line["problems"] else verdict)


def _sentences(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    calls, audit = line["calls"], line["audit"]
    asked = ", ".join(f"{side}: {n['read']} reads, {n['write']} writes" for side, n in calls.items())
    verified = "every hash verified" if audit["verified"] else "[bold red]does not verify[/]"
    return [
        (
            "tickets",
            f"{line['tickets']} handed to the vendor; {line['bonds']} bonds, {line['refused']} refused (stays by a rule, or ended before)",
        ),
        ("bonds", f"{line['agree']} agree, {line['held']} held for a person, {line['parked']} parked"),
        ("lost", str(line["lost"])),
        ("duplicates", str(line["duplicates"])),
        ("violations", str(line["violations"])),
        ("effects", ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in line["effects"].items())),
        ("calls", asked),
        ("faults", ", ".join(f"{n} {kind}" for kind, n in line["faults"].items()) or "none"),
        ("audit", f"{audit['records']} records, {verified}"),
        ("time", f"{line['seconds']} s"),
    ]

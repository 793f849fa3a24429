"""The workflow of a simulated Jira: statuses, and the transitions by which alone a status changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    id: str
    name: str
    category: str  # new, indeterminate, done


@dataclass(frozen=True)
class Transition:
    id: str
    name: str
    sources: tuple[str, ...]  # names of statuses; empty: from any
    target: str
    screen: tuple[str, ...] = ()  # ids of fields that it shows
    required: tuple[str, ...] = ()
    customer: bool = False  # offered on the portal
    resolves: str = ""  # the resolution that it sets by itself
    reopens: bool = False  # clears the resolution by itself


OPEN, PROGRESS, CUSTOMER, VENDOR = "Open", "In Progress", "Waiting for customer", "Waiting for vendor"
RESOLVED, CLOSED = "Resolved", "Closed"

STATUSES = (
    Status("1", OPEN, "new"),
    Status("3", PROGRESS, "indeterminate"),
    Status("10010", CUSTOMER, "indeterminate"),
    Status("10011", VENDOR, "indeterminate"),
    Status("5", RESOLVED, "done"),
    Status("6", CLOSED, "done"),
)

TRANSITIONS = (
    Transition("11", "Start work", (OPEN,), PROGRESS),
    Transition("21", "Ask the customer", (PROGRESS,), CUSTOMER),
    Transition("31", "Hand to the vendor", (PROGRESS,), VENDOR),
    Transition("41", "Answer", (CUSTOMER,), PROGRESS, customer=True),
    Transition("51", "Take back", (VENDOR,), PROGRESS),
    Transition("61", "Resolve", (PROGRESS,), RESOLVED, screen=("resolution",), required=("resolution",)),
    Transition("71", "Close", (RESOLVED,), CLOSED),
    Transition("81", "Reopen", (RESOLVED, CLOSED), PROGRESS, customer=True, reopens=True),
    Transition("91", "Mark as solved", (OPEN, PROGRESS, CUSTOMER), RESOLVED, customer=True, resolves="Done"),
)


class Workflow:
    """:raises KeyError: a transition leads to, or from, no status."""

    def __init__(self, statuses: Iterable[Status] = STATUSES, transitions: Iterable[Transition] = TRANSITIONS) -> None:
        self.statuses = {status.name: status for status in statuses}
        self.transitions = {transition.id: transition for transition in transitions}
        for name in {n for t in self.transitions.values() for n in (*t.sources, t.target)}:
            self.statuses[name]

    @property
    def first(self) -> str:
        return next(iter(self.statuses))

    def status(self, status_id: str) -> Status:
        return next(status for status in self.statuses.values() if status.id == status_id)

    def leaving(self, status: str) -> list[Transition]:
        """The transitions that lead away from a status, as drawn: conditions aside."""
        return [t for t in self.transitions.values() if not t.sources or status in t.sources]

    def path(self, status: str, target: str) -> list[Transition]:
        """An agent's shortest way; what ends a request for its customer is not an agent's.

        :raises ValueError: there is none.
        """
        ways: list[tuple[str, list[Transition]]] = [(status, [])]
        seen = {status}
        for here, way in ways:
            if here == target:
                return way
            for step in self.leaving(here):
                if step.target not in seen and not step.resolves:
                    seen.add(step.target)
                    ways.append((step.target, [*way, step]))
        raise ValueError(f"no way from {status} to {target}")

"""Real events of a ServiceNow instance drive the simulated one, while a seeded vendor works on what reaches the portal.

Data: UCI Machine Learning Repository, data set 498, "Incident Management Process Enriched Event Log"
(Amaral, Fantinato, Peres, 2018; CC BY 4.0). It says which fields an incident had after each update; the texts are ours.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from connector.sandbox.core import Call, Cast, World
from connector.sandbox.servicenow import ServiceNow

ATTRIBUTION = "data: UCI ML repository, data set 498, Amaral, Fantinato, Peres 2018, CC BY 4.0"

STATES: Mapping[str, Mapping[str, str]] = {
    "New": {"state": "1", "hold_reason": ""},
    "Active": {"state": "2", "hold_reason": ""},
    "Awaiting User Info": {"state": "3", "hold_reason": "1"},
    "Awaiting Evidence": {"state": "3", "hold_reason": "1"},  # evidence, too, is the caller's to bring
    "Awaiting Problem": {"state": "3", "hold_reason": "3"},
    "Awaiting Vendor": {"state": "3", "hold_reason": "4"},
    "Resolved": {"state": "6", "close_code": "Solution provided", "close_notes": "Solved."},
    "Closed": {"state": "7", "close_code": "Solution provided", "close_notes": "Solved."},
}
"""The states of the older release that wrote the log, as today's ServiceNow has them."""

_ASKS = frozenset({"Awaiting User Info", "Awaiting Evidence"})


@dataclass(frozen=True, slots=True)
class Event:
    """One update: what the incident showed after it."""

    at: float  # seconds since the epoch, whole minutes; never before the event before it
    number: str
    n: int  # counts the incident's events from 0
    state: str  # as the log has it
    impact: str
    urgency: str
    priority: str
    who: str
    group: str
    topic: str

    @property
    def unknown(self) -> bool:
        """Whether no mapping knows this state."""
        return self.state not in STATES


def read(path: Path) -> list[Event]:
    """Every event of a file, gzip or plain; those of one incident in their order.

    :raises ValueError: the file is no such log.
    """
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    events: list[Event] = []
    last: Event | None = None
    try:
        for row in csv.DictReader(io.StringIO(raw.decode("utf-8"))):
            last = _event(row, last if last and last.number == row["number"] else None)
            events.append(last)
    except (KeyError, IndexError, UnicodeDecodeError) as error:
        message = f"{path.name} is no log of incident events: {error}"
        raise ValueError(message) from error
    return events


def _event(row: Mapping[str, str], before: Event | None) -> Event:
    at = datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC).timestamp()
    topic = f"{row['category']}, {row['subcategory']}".replace("?", "unknown")
    return Event(
        at=max(at, before.at) if before else at,
        number=row["number"],
        n=before.n + 1 if before else 0,
        state=row["incident_state"],
        impact=row["impact"][0],
        urgency=row["urgency"][0],
        priority=row["priority"][0],
        who=row["sys_updated_by"].lower().replace(" ", "."),
        group="" if row["assignment_group"] == "?" else row["assignment_group"],
        topic=topic,
    )


def choose(events: Iterable[Event], limit: int = 0) -> list[Event]:
    """The events of ``limit`` incidents (0: all), merged by time: the first ones, and all whose state nobody knows."""
    merged = sorted(events, key=lambda event: event.at)  # stable: those of one incident keep their order
    if not limit:
        return merged
    chosen = dict.fromkeys(event.number for event in merged if event.unknown)
    for event in merged:
        if len(chosen) >= limit:
            break
        chosen[event.number] = None
    return [event for event in merged if event.number in chosen]


class Desk:
    """The customer's people, who do again what the log says they did."""

    def __init__(self, customer: ServiceNow) -> None:
        self.customer = customer
        self.refs: dict[str, str] = {}  # number -> sys_id
        self.applied = 0
        self.differing = 0  # events whose recorded priority is not the one that the instance computes
        self.refused: list[str] = []  # what the instance did not let people do

    def apply(self, event: Event) -> None:
        fields = self._fields(event)
        try:
            if event.number in self.refs:
                self.customer.edit(self.refs[event.number], event.who, fields)
            else:
                self.refs[event.number] = self.customer.create(event.who, self._opening(event, fields))
        except ValueError as no:
            self.refused.append(f"{event.number} event {event.n}: {no}")
            return
        self.applied += 1
        values = self.customer.ticket(self.refs[event.number]).fields
        self.differing += values["priority"] != event.priority

    def _fields(self, event: Event) -> dict[str, str]:
        if event.unknown:
            self.customer.choices["state"].setdefault(event.state, event.state)
        state = STATES.get(event.state, {"state": event.state})
        fields = {**state, "impact": event.impact, "urgency": event.urgency, "assignment_group": event.group}
        if event.state in _ASKS and not self._asked_already(event.number):
            fields["comments"] = f"Please tell us more about {event.topic} (question {event.n})."
        return fields

    def _asked_already(self, number: str) -> bool:
        ref = self.refs.get(number)
        now = self.customer.ticket(ref).fields if ref else {}
        return (now.get("state"), now.get("hold_reason")) == ("3", "1")

    @staticmethod
    def _opening(event: Event, fields: Mapping[str, str]) -> dict[str, str]:
        title = f"{event.topic} ({event.number})"
        return {**fields, "number": event.number, "short_description": title, "description": f"Incident of {event.topic}."}


class Portal(Cast, Protocol):
    """Where the vendor's people work: a simulated portal, or a real one."""

    name: str
    world: World

    def newer(self, known: int) -> list[int]:
        """Ids of the cases above ``known``, oldest first; ids only grow."""
        ...


class Vendor:
    """The vendor's people, by seed: they take up, ask, comment, attach, propose, solve, reject; and their portal goes down.

    :param outages: whether the portal goes down at times.
    """

    login = "vera.vendor"

    def __init__(self, portal: Portal, seed: int, *, outages: bool = True) -> None:
        self.portal = portal
        self.rng = random.Random(seed * 4547 + 5)  # noqa: S311 - play, not secrets
        self.acts = 0
        self.down_until = 0.0
        self._outages = outages
        self._kind = "refused"
        self._known = 0
        self._open: deque[str] = deque(maxlen=400)  # the newest cases: older ones are left alone
        portal.world.choose_fault = self._fault

    def turn(self) -> None:
        """Somebody does something, or nobody has anything to do."""
        self._see_new_cases()
        if not self._open:
            return
        ref = self.rng.choice(self._open)
        state = self.portal.ticket(ref).fields["State"]
        if state.startswith("closed"):
            self._open.remove(ref)
            return
        act = self.rng.choices(list(_ACTS), weights=[weight for weight, _ in _ACTS.values()])[0]
        self.acts += 1
        _ACTS[act][1](self, ref, state)

    def go_down(self, seconds: float) -> None:
        """The portal does not answer for a while."""
        if self._outages:
            self._kind = self.rng.choice(("refused", "html_502", "limited"))
            self.down_until = self.portal.world.now() + seconds

    def calm(self) -> None:
        self.down_until = 0.0

    def _fault(self, call: Call) -> str | None:
        return self._kind if call.system == self.portal.name and self.portal.world.now() < self.down_until else None

    def _see_new_cases(self) -> None:
        new = self.portal.newer(self._known)
        if new:
            self._known = new[-1]
            self._open.extend(str(ref) for ref in new)

    # -- acts

    def take_up(self, ref: str, state: str) -> None:
        if state == "new":
            self._move(ref, "open")

    def comment(self, ref: str, _state: str) -> None:
        self._say(ref, "we are looking at it")

    def talk_among_themselves(self, ref: str, _state: str) -> None:
        self._say(ref, "known in the backlog", public=False)

    def ask(self, ref: str, state: str) -> None:
        if state == "open":
            self._say(ref, "when did it begin?")
            self._move(ref, "pending reminder")

    def propose(self, ref: str, _state: str) -> None:
        self.portal.edit(ref, self.login, {"Priority": self.rng.choice(("2 low", "3 normal", "4 high"))})

    def attach(self, ref: str, _state: str) -> None:
        data = self.rng.randbytes(self.rng.randint(50, 2000))
        self.portal.attach(ref, self.login, f"patch-{self.acts}.bin", data)

    def solve(self, ref: str, state: str) -> None:
        if state == "open":
            self._say(ref, "this is mended now")
            self._move(ref, self.rng.choice(("pending auto close+", "pending auto close+", "closed successful")))

    def reject(self, ref: str, state: str) -> None:
        if state in ("new", "open"):
            self._say(ref, "not ours to solve")
            self._move(ref, "closed unsuccessful")

    def _move(self, ref: str, state: str) -> None:
        self.portal.edit(ref, self.login, {"State": state})

    def _say(self, ref: str, text: str, *, public: bool = True) -> None:
        self.portal.comment(ref, self.login, f"{text} ({self.acts})", public=public)


_ACTS = {
    "take_up": (30, Vendor.take_up),
    "comment": (20, Vendor.comment),
    "ask": (12, Vendor.ask),
    "solve": (14, Vendor.solve),
    "propose": (6, Vendor.propose),
    "attach": (6, Vendor.attach),
    "talk": (5, Vendor.talk_among_themselves),
    "reject": (2, Vendor.reject),
}
"""How often each act is tried, and by whom."""

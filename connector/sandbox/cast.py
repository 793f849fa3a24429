"""The people of the demo: what an L1 agent and a vendor's engineer can do and see, and who moves them.

A scene is a generator that acts through a :class:`Case` and yields what it waits for; the :class:`Director` lets
every scene go on whose wait is over. People know only what their own system shows them: nothing here asks the
connector, so that a scene that goes on proves that the connector did its work.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.core import Call, SimItem, SimTicket, World
from connector.sandbox.kinds import Simulated
from connector.sandbox.witness import Desk, Portal, retold

LIMIT = 25.0
"""Seconds after which a scene gives up waiting."""

STATEMENT = "several agents on several networks have it; the application alone is common to them"
"""On what basis level 1 says that an issue is highly likely the application's."""

AT_VENDOR = {"state": "3", "hold_reason": "4"}
WITH_L1 = {"state": "2", "hold_reason": ""}

AGENTS = ("lena.l1", "omar.l1", "noor.l1", "pia.l1", "tom.l1")
_ENGINEERS = ("vera.vendor", "viktor.vendor", "valeria.vendor", "vito.vendor")
_CALLERS = ("carl.caller", "cora.caller", "dilan.caller", "edith.caller")


@dataclass(frozen=True)
class Wait:
    """What a scene waits for, in words, and whether it has come."""

    what: str
    come: Callable[[], bool]
    limit: float = LIMIT


Scene = Generator[Wait, None, None]


class Stage:
    """Both systems, the people at work in them, and what goes wrong on purpose.

    :param say: told of every act, in words for people who watch.
    :param outage_ends: until when (world time) the portal does not answer.
    """

    def __init__(
        self, world: World, desk: Simulated[Desk], portal: Simulated[Portal], seed: int, say: Callable[[str], None]
    ) -> None:
        self.world, self.desk, self.portal, self.say = world, desk, portal, say
        self.customer, self.vendor = desk.known, portal.known
        self.rng = random.Random(seed * 6151 + 11)  # noqa: S311 - play, not secrets
        self.agent = self.rng.choice(AGENTS)
        self.engineer = self.rng.choice(_ENGINEERS)
        self.caller = self.rng.choice(_CALLERS)
        self.haste = 1.0  # times are divided by it
        self.outage_ends = 0.0
        self.outage_kind = self.rng.choice(("refused", "html_502", "limited"))
        self.sprinkled: tuple[str, ...] = ()  # kinds of faults that strike by chance
        self.chance = 0.0
        self.injected: list[str] = []  # causes named by scenes, for what an operator may find parked
        self._once: list[tuple[Callable[[Call], bool], str | Callable[[], None]]] = []
        world.choose_fault = self._fault
        world.on_call = self._call

    def at_next(self, where: Simulated[Any], call_for: str, what: str | Callable[[], None]) -> None:
        """At the next call that is to ``create`` or to ``change`` something there: a fault by its name, or an act of a person
        just before the call takes effect.
        """
        system, label, phase = where.served.name, where.labels[call_for], "before"
        self._once.append((lambda call: (call.system, call.label, call.phase) == (system, label, phase), what))

    def portal_down(self, seconds: float) -> None:
        self.outage_ends = self.world.now() + seconds

    @property
    def down(self) -> bool:
        return self.world.now() < self.outage_ends

    def calm(self) -> None:
        """From here on nothing goes wrong any more."""
        self.sprinkled, self.outage_ends = (), 0.0
        self._once.clear()

    def _call(self, call: Call) -> None:
        for entry in [e for e in self._once if callable(e[1]) and e[0](call)]:
            self._once.remove(entry)
            if callable(entry[1]):
                entry[1]()

    def _fault(self, call: Call) -> str | None:
        if call.system == self.portal.served.name and self.down:
            return self.outage_kind
        for entry in self._once:
            if isinstance(entry[1], str) and entry[0](call):
                self._once.remove(entry)
                return entry[1]
        if self.sprinkled and self.rng.random() < self.chance:
            return self.rng.choice(self.sprinkled)
        return None


@dataclass
class Case:
    """One incident and its case, as the people on both sides see and treat them."""

    stage: Stage
    title: str
    ref: str = ""
    number: str = ""
    doing: str = ""  # what happens now, for people who watch
    stays: bool = False  # by the rules it stays with its own people
    _case: str = field(default="", repr=False)

    # -- the customer's people

    def open(self, text: str, *, who: str = "", statement: str = STATEMENT, **fields: str) -> None:
        """Open the incident; by default it goes straight to the vendor, with the statement that it is the application's."""
        who = who or self.stage.agent
        first = {"category": "software", "impact": "2", "urgency": "2", **AT_VENDOR, **fields}
        with self.stage.world.lock:  # one save: nobody sees the one without the other
            self.ref = self.stage.customer.create(who, {"short_description": self.title, "description": text, **first})
            if statement:
                self.stage.customer.comment(self.ref, who, f"#connector statement {statement}", public=False)
        self.number = self.incident.number
        self._tell(who, "opens", self.title)

    def edit(self, what: str, *, who: str = "", **fields: str) -> None:
        self.stage.customer.edit(self.ref, who or self.stage.agent, fields)
        self._tell(who or self.stage.agent, what)

    def tell_caller(self, text: str) -> None:
        """An additional comment: shown to the caller, and carried to the vendor."""
        self.stage.customer.comment(self.ref, self.stage.agent, text, public=True)
        self._tell(self.stage.agent, "comments", text)

    def note(self, text: str, *, who: str = "") -> None:
        """A work note."""
        self.stage.customer.comment(self.ref, who or self.stage.agent, text, public=False)
        self._tell(who or self.stage.agent, "notes", text)

    def attach(self, name: str, data: bytes, kind: str = "text/plain") -> None:
        self.stage.customer.attach(self.ref, self.stage.agent, name, data, kind)
        self._tell(self.stage.agent, "attaches", name)

    def resolve(self, notes: str) -> None:
        self.edit("resolves it", state="6", close_code="Solution provided", close_notes=notes)

    def close(self) -> None:
        self.edit("closes it", state="7")

    # -- the vendor's people

    def vendor_edits(self, what: str, **fields: str) -> None:
        self.stage.vendor.edit(self.case.ref, self.stage.engineer, fields)
        self._tell(self.stage.engineer, what)

    def vendor_moves(self, state: str, what: str) -> None:
        self.vendor_edits(what, State=state)

    def vendor_says(self, text: str, *, public: bool = True) -> None:
        self.stage.vendor.comment(self.case.ref, self.stage.engineer, text, public=public, subject="Answer")
        self._tell(self.stage.engineer, "writes" if public else "notes for colleagues", text)

    def vendor_attaches(self, name: str, data: bytes) -> None:
        self.stage.vendor.attach(self.case.ref, self.stage.engineer, name, data)
        self._tell(self.stage.engineer, "attaches", name)

    # -- what they see

    @property
    def incident(self) -> SimTicket:
        return self.stage.customer.ticket(self.ref)

    @property
    def case(self) -> SimTicket:
        """:raises LookupError: there is none yet."""
        found = self._find_case()
        if not found:
            raise LookupError(self.number)
        return self.stage.vendor.ticket(found)

    @property
    def has_case(self) -> bool:
        return bool(self._find_case())

    def _find_case(self) -> str:
        if not self._case:
            with self.stage.world.lock:
                cases = self.stage.vendor.tickets()
                self._case = next((c.ref for c in cases if c.fields.get("DynamicField_CustomerReference") == self.number), "")
        return self._case

    # -- what they wait for

    def until(self, what: str, come: Callable[[], bool], limit: float = LIMIT) -> Wait:
        self.doing = what
        return Wait(f"{self.number}: {what}", come, limit)

    def opened(self) -> Wait:
        return self.until("waits for its case", lambda: self.has_case)

    def think(self, least: float = 0.6, most: float = 2.4) -> Wait:
        """People take their time."""
        ready = self.stage.world.now() + self.stage.rng.uniform(least, most) / self.stage.haste
        return self.until(self.doing, lambda: self.stage.world.now() >= ready)

    def with_l1(self) -> Wait:
        return self.until("goes back to level 1", lambda: self.incident.fields["state"] == WITH_L1["state"])

    def case_is(self, *states: str) -> Wait:
        return self.until(f"case becomes {' or '.join(states)}", lambda: self.case.fields["State"] in states)

    def case_has(self, name: str, value: str) -> Wait:
        return self.until(f"{name} travels to the vendor", lambda: self.case.fields[name] == value)

    def incident_has(self, name: str, value: str) -> Wait:
        return self.until(f"{name} travels to the customer", lambda: self.incident.fields[name] == value)

    def vendor_reads(self, text: str) -> Wait:
        return self.until("comment travels to the vendor", lambda: _says(self.case.comments, text))

    def l1_reads(self, text: str) -> Wait:
        return self.until("comment travels to level 1", lambda: _says(self.incident.comments, text))

    def renamed_by_us_after(self, title: str) -> Wait:
        """Our write of a title comes right after a person set this one, or the title has travelled by itself."""
        come = lambda: self.was_covered(title) or self.case.fields["Title"] == title  # noqa: E731
        return self.until("two titles meet in the middle of a pass", come)

    def was_covered(self, title: str) -> bool:
        """Whether the connector wrote over this title."""
        with self.stage.world.lock:
            deeds = [
                d
                for d in retold(self.stage.world, self.stage.customer)
                if d.ticket == self.ref and d.field == "short_description"
            ]
        return any(d.ours and d.old == title for d in deeds)

    def l1_is_told(self, word: str) -> Wait:
        return self.until("the connector tells level 1", lambda: _says(self.incident.comments, word))

    def vendor_is_told(self, word: str) -> Wait:
        return self.until("the connector tells the vendor", lambda: _says(self.case.comments, word))

    def vendor_has(self, name: str) -> Wait:
        return self.until("file travels to the vendor", lambda: _holds(self.case.files, name))

    def l1_has(self, name: str) -> Wait:
        return self.until("file travels to level 1", lambda: _holds(self.incident.files, name))

    def _tell(self, who: str, what: str, about: str = "") -> None:
        line = about.splitlines()[0] if about else ""
        self.stage.say(f"{who} {what} ({self.number})" + (f": {line[:70]}" if line else ""))


def _says(comments: Sequence[SimItem], text: str) -> bool:
    return any(c.ours and text in c.text for c in comments)


def _holds(files: Sequence[SimItem], name: str) -> bool:
    return any(f.ours and f.text == name for f in files)


def _come(wait: Wait) -> bool:
    try:
        return wait.come()
    except LookupError:  # there is no case yet
        return False


class Director:
    """Moves all scenes, from one thread.

    :param starts: when each scene begins, in seconds from the first turn.
    """

    def __init__(self, scenes: Sequence[tuple[str, float, Scene]], clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._began: float | None = None
        self._coming = sorted(scenes, key=lambda one: one[1])
        self._running: list[tuple[str, Scene, Wait, float]] = []
        self.stuck: list[str] = []  # what never came, in words

    @property
    def left(self) -> int:
        return len(self._coming) + len(self._running)

    def turn(self) -> int:
        """Let go on whoever can; returns how many scenes are not over."""
        now = self._clock()
        self._began = now if self._began is None else self._began
        for entry in [e for e in self._coming if e[1] <= now - self._began]:
            self._coming.remove(entry)
            self._go_on(entry[0], entry[2])
        for playing in list(self._running):
            name, scene, wait, since = playing
            if _come(wait):
                self._running.remove(playing)
                self._go_on(name, scene)
            elif now - since > wait.limit:
                self._running.remove(playing)
                scene.close()
                self.stuck.append(f"{name}: {wait.what} did not come in {wait.limit:g} s")
        return self.left

    def _go_on(self, name: str, scene: Scene) -> None:
        wait = next(scene, None)
        if wait is not None:
            self._running.append((name, scene, wait, self._clock()))

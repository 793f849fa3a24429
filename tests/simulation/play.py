"""One simulated run: people, trouble, crashes and restarts around one rig. The seed decides everything."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from adapters.base import Page
from connector.sandbox.core import Call
from connector.store import backup
from connector.store.engine import Database
from connector.words import Side
from tests.simulation.people import L1, People
from tests.simulation.rig import Rig
from tests.simulation.spells import Spells
from tests.simulation.trouble import RESTORED, Crash, Disturbance, Plan, database_trouble, draw

__all__ = ["Crash", "Plan", "Play", "draw"]


@dataclass
class Play:
    """Drives one rig: who acts when, what goes wrong when.

    :param crowd: makes the people.
    """

    rig: Rig
    plan: Plan
    log: Callable[[str], None] = lambda _line: None
    crowd: Callable[..., People] = People
    rng: random.Random = field(init=False)
    people: People = field(init=False)
    met: Counter[str] = field(default_factory=Counter)  # trouble beside the faults of calls, by kind
    quiet: bool = False
    depth: int = 0
    full_until: float = 0.0  # until when the disk is full
    kept: tuple[backup.Manifest, Database] | None = None  # a copy of the store

    def __post_init__(self) -> None:
        self.rng = random.Random(self.rig.seed * 101 + 3)
        self.people = self.crowd(self.rig, self.plan.people, self.log, links=not self.plan.restore)
        self.rig.office.comment_reopens = self.plan.comment_reopens
        self.rig.wall.ahead = self.plan.skew
        self.hints = Disturbance(self.choose_hint, self.known)
        self.rig.disturb = self.page
        self.rig.polled = lambda side, well: self.hints.polled(side, well=well)
        self.spells = Spells(self.rig, self.withdrawn(), self.rng, self.tell)
        self.rig.give_past()
        self.restart()
        self.rig.world.on_call = self.on_call
        self.rig.world.choose_fault = self.choose_fault
        self.rig.database.at = self.on_commit

    def withdrawn(self) -> tuple[str, ...]:
        """The planned spells that the played systems have."""
        known = self.rig.customer_side.spells | self.rig.vendor_side.spells
        return tuple(spell for spell in self.plan.spells if spell in known)

    def tell(self, kind: str) -> None:
        """Count one trouble."""
        self.met[kind] += 1
        self.log(f"   TROUBLE {self.rig.clock.now:.1f} {kind}")

    def chance(self, of: float) -> bool:
        return bool(of) and not self.quiet and self.rng.random() < of

    # --- what happens at each call -----------------------------------------------------------------------

    def on_call(self, call: Call) -> None:
        self.rig.clock.advance(self.rng.uniform(0.01, 0.4))
        if self.quiet:
            return
        self.log(f"   call {call.n} {call.phase} {call.system} {call.label}")
        if self.people.left > 0 and self.chance(self.plan.acts):
            self.people.act()
        if self.chance(self.plan.jump):
            self.tell("clock jump")
            self.rig.wall.jump(self.rng.uniform(-8.0, 8.0))
        if self.chance(self.plan.crash):
            self.tell("crash at a call")
            raise Crash
        if self.depth == 0 and self.chance(self.plan.freeze):
            self.freeze(sending=call.write and call.phase == "before")

    def freeze(self, *, sending: bool) -> None:
        """Our worker stands still here while time passes and another one works.

        A call that is on its way arrives within ``settle``: who freezes in the middle of sending for longer
        than that is out of what the engine can promise (docs/limits.md).
        """
        self.depth += 1
        self.tell("freeze")
        self.wait(4.0 if sending else self.rng.choice([4.0, 12.0, 45.0]))
        other, self.rig.worker = self.rig.worker, "other"
        try:
            self.rig.turn()
        finally:
            self.rig.worker = other
            self.depth -= 1

    def choose_fault(self, call: Call) -> str | None:
        if not self.plan.faults or not self.chance(self.plan.fault * (4 if call.write else 1)):
            return None  # writes are few, and the ones that matter
        fault = self.rng.choice(self.plan.faults)
        self.log(f"   FAULT {fault} at {call.n}")
        return fault

    # --- hints and the database --------------------------------------------------------------------------

    def page(self, side: Side, page: Page) -> Page:
        return self.hints.page(side, page)

    def choose_hint(self) -> str | None:
        if not self.chance(self.plan.hint):
            return None
        kind = self.rng.choice(["hint lost", "hint doubled", "hint late", "hints out of order"])
        self.tell(kind)
        return kind

    def known(self, side: Side, refs: tuple[str, ...]) -> set[str]:
        return set(self.rig.store.known("acme", side, refs))

    def on_commit(self, moment: str) -> None:
        if self.people.acting:
            return
        if moment == "after":
            if self.chance(self.plan.crash):
                self.tell("crash after a commit")
                raise Crash
            return
        if moment == "before" and not self.quiet and self.rig.clock.now < self.full_until:
            raise database_trouble("disk full")
        if moment == "before" and self.chance(self.plan.crash):
            self.tell("crash before a commit")
            raise Crash
        if self.chance(self.plan.database):
            kind = "database busy" if moment == "begin" else "disk full"
            self.tell(kind)
            self.full_until = self.rig.clock.now + self.rng.choice([0.0, 1.0, 20.0]) if kind == "disk full" else 0.0
            raise database_trouble(kind)

    # --- the run -----------------------------------------------------------------------------------------

    def run(self) -> None:
        for n in range(self.plan.tickets):
            self.rig.desk.create(L1, self.people.ticket(n))
        for _ in range(400):
            if self.people.left <= 0:
                break
            self.turn()
            if self.people.left > 0 and self.rng.random() < 0.2:
                self.people.act()
            self.spells.turn()
            self.keep_or_restore()
            self.wait(self.rng.choice([0.5, 2.0, 2.0, 6.0, 30.0]))
        self.rest()

    def wait(self, seconds: float) -> None:
        """Time passes, and what was delayed arrives when its time has come, not when somebody looks."""
        end = self.rig.clock.now + seconds
        while self.rig.clock.now < end:
            self.rig.clock.advance(min(1.0, end - self.rig.clock.now))
            self.rig.world.tick()

    def keep_or_restore(self) -> None:
        """Once in a run: a copy of the store is taken, and later the store goes back to it."""
        if self.met[RESTORED] or not self.chance(self.plan.restore):
            return
        if self.kept is None:
            self.kept = self.rig.copy()
            return
        self.tell(RESTORED)
        with self.undisturbed():
            self.rig.restore(self.kept)
            self.rig.engine.check()

    def rest(self) -> None:
        """Nobody acts and nothing goes wrong any more: everything that is to come together has a sweep's time."""
        self.spells.end()
        self.quiet = True
        self.log("QUIET")
        self.turn()
        self.rig.settle(1000.0, 5.0, 60.0)

    def turn(self) -> None:
        try:
            self.rig.turn()
        except Crash:
            self.depth = 0
            self.restart()
        except OperationalError as trouble:  # what the daemon's threads survive
            self.depth = 0
            self.log(f"   DATABASE {trouble.orig}")

    def restart(self) -> None:
        """Start the product again; faults and people wait for its first look at the systems."""
        with self.undisturbed():
            self.rig.start()
            self.rig.engine.check()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        self.quiet, was = True, self.quiet
        try:
            yield
        finally:
            self.quiet = was

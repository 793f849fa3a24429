"""One life of one or two tickets in a simulated world in which the product may die at any step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from sqlalchemy import Connection, case, func, select

from adapters.base import Trouble
from connector.sandbox.core import Call, SimTicket
from connector.sandbox.judge import Table
from connector.sandbox.kinds import bounds
from connector.store import engine, schema
from connector.store.engine import Database
from connector.store.tables import work
from connector.sync.connection import Timing
from connector.sync.report import report
from connector.words import Side
from tests.crash.people import Ticket
from tests.simulation.rig import PAIR, Rig
from tests.simulation.trouble import Commits, Crash

CALL = 0.05  # seconds that a call takes
DOWN = 1.0  # seconds from a crash to the next start
SOON = 25.0
"""Seconds within which something due means that all is not at rest: longer than a lease and any doubt of a write."""
WHILE = 3.0
"""Seconds after which people's last acts are seen even by a read that lags, and the longest time between two turns."""
ROLLED_BACK = 8  # before each so-many-th commit a crash is tried too
PATIENCE = 900.0  # seconds after which a world that is never at rest is a failure


class NeverQuiet(Exception):
    """The product did not come to rest."""


class Process:
    """One process of the product: what it knows in memory is here, and gone when it dies."""

    def __init__(self, rig: Rig, *, leads: bool) -> None:
        self._rig = rig
        self._leads = leads
        self.dying = False
        self.start()

    def start(self) -> None:
        self._rig.start()
        self._engine, self._worker = self._rig.engine, self._rig.worker
        self._checked = False
        self.dying = False

    def turn(self) -> bool:
        """Check the systems once, poll them where it leads, work; returns whether it was all well and nothing to do."""
        if not self._checked:
            try:
                self._engine.check()
            except Trouble:
                return False
            self._checked = True
        polled = [self._poll(side) for side in Side] if self._leads else []
        return self._engine.work(self._worker) == 0 and all(polled)

    def _poll(self, side: Side) -> bool:
        try:
            self._engine.poll(side)
        except Trouble:
            return False
        return self._engine.limits.gates[side].open()


class Watched(Commits):
    """A database in memory that tells of each commit that changes something, before and after it."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.at("begin")
        with Database.write(self) as connection:
            before = _changes(connection)
            yield connection
            changed = _changes(connection) != before
            if changed:
                self.at("before commit")
        if changed:
            self.at("after commit")


def _changes(connection: Connection) -> int:
    raw: Any = connection.connection.dbapi_connection
    return int(raw.total_changes)


class CrashRig(Rig):
    """Shorter waits than the simulation's, in the same proportions, and a store that tells of its commits."""

    lags: ClassVar[dict[str, float]] = {"settle_s": 6, "read_lag_s": 1, "find_lag_s": 1}

    def __init__(self, seed: int, **more: Any) -> None:
        timing = Timing(max_age=4.0, call_timeout=5.0, lease=12.0, sweep=1500.0, note_pause=15.0, retry=1.0)
        super().__init__(seed, timing=timing, **more)
        self.world.late_after = (1.0, 4.0)  # within settle

    def new_database(self) -> Commits:
        plain = engine.memory()
        database = Watched(plain.engine, in_memory=True)  # each connection is a database of its own
        plain.close()
        schema.create(database)
        return database


Script = Iterator[float | None]
"""What a scenario yields: None to wait until all is at rest, or seconds to let pass."""


@dataclass(frozen=True)
class Also:
    """Another end that is right: what differs from the golden one, and why it may."""

    reason: str
    differs: Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A life, told by people's acts."""

    name: str
    script: Callable[[Stage], Script]
    rig: type[CrashRig] = CrashRig
    replicas: int = 1
    also: tuple[Also, ...] = ()
    anywhere: bool = False  # it tells nothing that only one pair of systems knows
    needs: frozenset[str] = frozenset()  # what not every portal has: "merging" cases, "fields" that we may change
    seed: int = 1
    kinds: tuple[str, str] = PAIR


@dataclass
class _Moment:
    phase: str  # before, after
    label: str  # how the call's label begins
    nth: int  # of such calls from now on
    act: Callable[[], object]


@dataclass
class _Fault:
    name: str
    label: str
    nth: int


@dataclass(frozen=True)
class Step:
    """One moment at which the process may die."""

    n: int  # from 1
    what: str
    fresh: bool
    """Whether a crash here leaves something else behind than one at the step before, memory being lost anyway.

    Not so before and after a read in one turn, nor before a commit: what is rolled back leaves nothing. That this is true
    is tried at some commits all the same."""


@dataclass
class Stage:
    """The world of one play. ``strike`` is asked at every step whether the process dies there."""

    scenario: Scenario
    strike: Callable[[Step], bool]
    n: int = 0
    table: Table = field(default_factory=Table)  # what the judge expects; the script may change it
    on_stage: bool = True  # False: the play is over, no crash comes any more
    missed: list[str] = field(default_factory=list)  # moments and faults that never came
    _moments: list[_Moment] = field(default_factory=list)
    _faults: list[_Fault] = field(default_factory=list)
    _outages: dict[str, str] = field(default_factory=dict)
    _current: Process | None = None
    _left: tuple[object, ...] = ()  # what a crash at the step before would have left behind
    _turns: int = 0
    _commits: int = 0

    def __post_init__(self) -> None:
        more = {} if self.scenario.kinds == PAIR else {"kinds": self.scenario.kinds}
        self.rig = self.scenario.rig(self.scenario.seed, **more)
        self.customer, self.portal, self.clock = self.rig.desk, self.rig.office, self.rig.clock
        self.table = replace(self.table, **bounds(self.rig.customer_side, self.rig.vendor_side))
        self.tickets: list[Ticket] = []
        self.rig.database.at = self._at_commit
        self.rig.world.on_call = self._on_call
        self.rig.world.choose_fault = self._choose_fault
        self.processes = [Process(self.rig, leads=n == 0) for n in range(self.scenario.replicas)]

    # --- steps -------------------------------------------------------------------------------------------

    def step(self, what: str) -> None:
        """One moment at which the process may die."""
        if not self.on_stage or self._current is None:
            return
        self.n += 1
        left = self._leaves()
        fresh = left != self._left or (what == "before commit" and self._commits % ROLLED_BACK == 0)
        self._left = left
        if self.strike(Step(self.n, what, fresh)):
            self._current.dying = True
            raise Crash

    def _leaves(self) -> tuple[object, ...]:
        """All that a crash would leave behind, as far as it may have changed: the world, the store, the script."""
        world = self.rig.world
        counts = tuple(calls["write"] for calls in world.calls.values())
        script = tuple(m.nth for m in self._moments), tuple(f.nth for f in self._faults), tuple(self._outages)
        return self._current, self._turns, self._commits, len(world.deeds), world.pending(), counts, *script

    def _at_commit(self, moment: str) -> None:
        if moment == "after commit":
            self._commits += 1
        if moment != "begin":
            self.step(moment)
        elif self._current is not None and self._current.dying:
            raise Crash  # a dead process writes nothing, whatever it still wanted to tidy up

    def _on_call(self, call: Call) -> None:
        if call.phase == "before":
            self.clock.advance(CALL)
        self._act_at(call)
        self.step(f"{call.phase} {call.system} {call.label}")

    def _act_at(self, call: Call) -> None:
        for moment in list(self._moments):
            if moment.phase == call.phase and call.label.startswith(moment.label):
                moment.nth -= 1
                if moment.nth == 0:
                    self._moments.remove(moment)
                    moment.act()

    def _choose_fault(self, call: Call) -> str | None:
        if call.system in self._outages:
            return self._outages[call.system]
        for fault in self._faults:
            fault.nth -= call.label.startswith(fault.label)
        struck = next((fault for fault in self._faults if fault.nth == 0), None)
        if struck is None:
            return None
        self._faults.remove(struck)
        return struck.name

    # --- the product and time ----------------------------------------------------------------------------

    def turn(self, process: Process) -> bool:
        """One turn of one process; where it dies, it is started again. Whether all was well and nothing to do."""
        around, self._current = self._current, process
        self._turns += 1
        try:
            return process.turn()
        except Crash:
            self.clock.advance(DOWN)
            process.start()
            return False
        finally:
            self._current = around

    def turns(self) -> bool:
        """One turn of each process."""
        idle = [self.turn(process) for process in self.processes]
        return all(idle)

    def play(self) -> None:
        """The whole life, to its rest."""
        for wish in self.scenario.script(self):
            if wish is None:
                self._rest()
            else:
                self.run(wish)
        self._rest()
        self.on_stage = False

    def run(self, seconds: float, step: float = 1.0) -> None:
        """Let so much time pass, with a turn at each step."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.turns()
            self.pass_time(min(step, end - self.clock.now))

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.rig.world.tick()

    def _rest(self) -> None:
        """Until all is at rest. Then people do what they had no occasion for, and all comes to rest again."""
        self._until_idle()
        while self._moments:
            moment = self._moments.pop(0)
            self.missed.append(f"{moment.phase} {moment.label}")
            moment.act()
            self._until_idle()
        self.missed += [f"{fault.name} at {fault.label}" for fault in self._faults]
        self._faults.clear()

    def _until_idle(self) -> None:
        """Turns as long as anything is due soon, and one more when nothing was for a while."""
        end, busy = self.clock.now + PATIENCE, self.clock.now
        while True:
            if self.clock.now > end:
                raise NeverQuiet(f"not at rest after {PATIENCE:.0f} s")
            calm = self.turns() and not self.rig.world.pending()
            wait = self._next_due() - self.clock.now
            if not calm:
                busy = self.clock.now
            elif wait > SOON and self.clock.now - busy >= WHILE:
                return
            self.pass_time(min(max(wait, 0.5), WHILE))

    def _next_due(self) -> float:
        """When a bond may be claimed next."""
        at = case((work.c.until > 0, work.c.until), (work.c.asked < work.c.due, work.c.asked), else_=work.c.due)
        with self.rig.store.db.read() as connection:
            found = connection.scalar(select(func.min(at)).where(work.c.parked.is_(None)))
        return self.clock.now + 2 * SOON if found is None else float(found)

    def long_while(self, seconds: float) -> None:
        """Let much time pass, with turns when something is due, and few others."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.turns()
            self.pass_time(min(max(1.0, self._next_due() - self.clock.now), 900.0, end - self.clock.now))

    # --- trouble -----------------------------------------------------------------------------------------

    def before(self, label: str, act: Callable[[], object], nth: int = 1) -> None:
        """Somebody acts just before the n-th call from now on whose label begins so takes effect."""
        self._moments.append(_Moment("before", label, nth, act))

    def after(self, label: str, act: Callable[[], object], nth: int = 1) -> None:
        self._moments.append(_Moment("after", label, nth, act))

    def fault(self, name: str, label: str, nth: int = 1) -> None:
        """The n-th call from now on whose label begins so meets this fault."""
        self._faults.append(_Fault(name, label, nth))

    def down(self, side: Side, fault: str = "refused") -> None:
        """From now on every call to a side's system meets this fault, until it is :meth:`up`."""
        self._outages[self._system(side)] = fault

    def up(self, side: Side) -> None:
        self._outages.pop(self._system(side), None)

    def _system(self, side: Side) -> str:
        return (self.rig.customer_side if side is Side.CUSTOMER else self.rig.vendor_side).served.name

    def freeze(self, seconds: float) -> Callable[[], None]:
        """An act: whoever is working stands still so long, and the other process works meanwhile."""

        def stand() -> None:
            other = next((p for p in self.processes if p is not self._current), None)
            self.pass_time(seconds)
            if other and self._current:
                self.turn(other)

        return stand

    # --- people ------------------------------------------------------------------------------------------

    def incident(self, title: str, **fields: str) -> Ticket:
        """Level 1 opens an incident that waits for the vendor at once."""
        return Ticket.opened(self, title, fields)

    def breathe(self) -> None:
        """People need a second for each thing they do, unless they do it in the middle of a call of ours."""
        if self._current is None:
            self.pass_time(1.0)

    def reported(self, ref: str) -> dict[str, Any]:
        return next(row for row in report(self.rig.store, "acme") if row["ref"] == ref)

    def cases(self, number: str) -> list[SimTicket]:
        """Every case that our user opened for an incident, oldest first."""
        return [t for t in self.portal.tickets() if t.ours and t.fields["DynamicField_CustomerReference"] == number]

    def command(self, act: Callable[[], object]) -> None:
        """An operator's command, given again where its process died: it must be able to go on after its own end."""
        around, self._current = self._current, _Shell()
        try:
            while not self._carried_out(act):
                self._current = _Shell()
        finally:
            self._current = around

    @staticmethod
    def _carried_out(act: Callable[[], object]) -> bool:
        try:
            act()
        except Crash:
            return False
        return True


class _Shell(Process):
    """The process of one command of an operator."""

    def __init__(self) -> None:
        self.dying = False

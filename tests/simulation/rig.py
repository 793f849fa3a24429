"""One simulated world with the whole product in it: both systems, both adapters, the store, the engine.

Time is virtual: nothing waits. A worker is a call of :meth:`Rig.turn`; people act and faults strike inside
the simulated systems, at every call of an adapter.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar, cast

import requests
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from adapters import registry
from adapters.around import Around
from adapters.base import Adapter, Page, Trouble
from connector.mapping.load import load as load_mapping
from connector.mapping.mapping import TicketMapping
from connector.rasci.installation import Installation
from connector.rasci.model import load as load_model
from connector.rasci.table import OperatingModel
from connector.sandbox.core import World
from connector.sandbox.kinds import DESKS, PORTALS, SECRET, Simulated, mapping_name
from connector.sandbox.otrs import Otrs
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.transport import InProcess
from connector.store import backup, engine, schema
from connector.store.engine import Database
from connector.store.restore import put_back
from connector.store.store import Store
from connector.sync.connection import Connection, Timing
from connector.sync.reconcile import Reconciler
from connector.words import Side
from tests.simulation.schema import empty_database
from tests.simulation.trouble import Commits, Hints

ROOT = Path(__file__).parents[2]
START = 1_780_000_000.0
PAIR = ("servicenow", "otrs")
"""The pair that is played where none is named; see :mod:`connector.sandbox.kinds`."""


@cache
def shipped_mapping(name: str) -> TicketMapping:
    """A mapping of the folder ``mappings``."""
    return load_mapping(ROOT / "mappings" / f"{name}.yaml")


@cache
def _shipped_model() -> OperatingModel:
    return load_model(ROOT / "config" / "operating-models" / "anywhere365-dialogue-cloud.yaml")


def _in_memory() -> Commits:
    database = Commits(engine.memory().engine, in_memory=True)
    schema.create(database)
    return database


class Clock:
    """Virtual seconds since the epoch. A process may stand still wherever it looks at the clock: ``on_look``."""

    def __init__(self) -> None:
        self.now = START
        self.on_look: Callable[[], object] = lambda: None

    def __call__(self) -> float:
        self.on_look()
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += max(0.0, seconds)


class Wall:
    """The connector's own clock: the world's, but for what it is ahead. It may jump."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead = 0.0
        self._before: list[tuple[float, float]] = []  # (the world's time of a jump, how far it was ahead until then)

    def __call__(self) -> float:
        return self._clock() + self.ahead

    def jump(self, seconds: float) -> None:
        self._before.append((self._clock.now, self.ahead))
        self.ahead += seconds

    def world(self, at: float) -> float:
        """The world's time at which this clock showed ``at``: the last time, where it was put back."""
        ahead = self.ahead
        for jumped, before in reversed(self._before):
            if at >= jumped + ahead:
                break
            ahead = before
        return at - ahead


class Rig:
    """The world of one simulated run.

    :ivar desk: the customer's side, ``office`` the vendor's, as people, judge and oracle know them.
    :ivar clock: the world's time; ``wall`` is what the connector takes it for.
    :ivar database: fails, or ends the process, where a play says so.
    """

    lags: ClassVar[dict[str, float]] = {"settle_s": 10, "read_lag_s": 2, "find_lag_s": 2}
    """What both adapters are told of their systems' delays, in seconds."""

    journal = "rows"  # how comments of ServiceNow are read

    def __init__(  # what a house has of its own, else what is shipped
        self,
        seed: int = 0,
        *,
        mapping: TicketMapping | None = None,
        timing: Timing | None = None,
        model: OperatingModel | None = None,
        installation: Installation | None = None,
        kinds: tuple[str, str] = PAIR,
    ) -> None:
        self.seed = seed
        random.seed(seed)  # the jitter between two tries of a read
        self.rng = random.Random(seed * 7919 + 1)
        self.clock = Clock()
        self.wall = Wall(self.clock)
        self.disturb: Callable[[Side, Page], Page] = lambda _side, page: page
        self.polled: Callable[[Side, bool], None] = lambda _side, _well: None
        self.world = World(self.clock, seed)
        self.kinds = kinds
        self.customer_side, self.vendor_side = DESKS[kinds[0]](self.world), PORTALS[kinds[1]](self.world)
        self.desk, self.office = self.customer_side.known, self.vendor_side.known
        self.mapping = mapping or shipped_mapping(mapping_name(*kinds))
        self.model = model or _shipped_model()
        self.installation = installation
        self.timing = timing or Timing(max_age=5.0, call_timeout=5.0, lease=30.0, sweep=600.0, note_pause=60.0, retry=2.0)
        self.database = self.new_database()
        self.store = Store(self.database, self.wall)
        self.store.set_fact("marker_key", f"{seed:064x}")  # the same markers in every run of a seed
        self.workers = 0
        self.blind = self.customer_side.blind or self.vendor_side.blind  # histories cannot be read, or could not for a while
        self.restored = math.inf  # when the store went back to a copy
        self.start()

    @property
    def servicenow(self) -> ServiceNow:
        """The customer's system of the pair that is played by default."""
        served = self.customer_side.served
        assert isinstance(served, ServiceNow)
        return served

    @property
    def portal(self) -> Otrs:
        """The vendor's system of the pair that is played by default."""
        served = self.vendor_side.served
        assert isinstance(served, Otrs)
        return served

    @property
    def sides(self) -> dict[Side, Simulated[Any]]:
        return {Side.CUSTOMER: self.customer_side, Side.VENDOR: self.vendor_side}

    def give_past(self) -> None:
        """What happened in them before anybody looked."""
        self.customer_side.past()
        self.vendor_side.past()

    def new_database(self) -> Commits:
        """An empty one, on the server that SIMULATE_STORE names, or in memory."""
        server = os.environ.get("SIMULATE_STORE")
        return empty_database(server) if server else _in_memory()

    def adapters(self) -> dict[Side, Adapter]:
        session = requests.Session()
        session.trust_env = False
        made = {}
        for side, system in self.sides.items():
            url = "http://portal.test" if side is Side.VENDOR else f"http://{system.served.name}.test"
            session.mount(url, InProcess(self.world, system.served))
            told = {"url": url + system.path, system.secret: SecretStr(SECRET), **system.settings, **self.lags, **self.also(side)}
            settings = registry.settings_model(system.adapter).model_validate(told)
            around = Around(session=session, clock=self.wall, sleep=self.clock.advance)
            made[side] = registry.make(system.adapter, settings, around, fields=self.mapping.reads(side))
        return made

    def also(self, side: Side) -> dict[str, Any]:
        """What one side's adapter is told besides."""
        if side is Side.CUSTOMER:
            return {"journal": self.journal} if self.kinds[0] == "servicenow" else {}
        provokes = self.vendor_side.provokes
        return {"comment_provokes": provokes if self.office.comment_reopens else {}} if provokes else {}

    def start(self) -> None:
        """Start the product, or start it again after a crash: all it knows is in the store."""
        self.workers += 1
        self.worker = f"worker-{self.workers}"
        adapters = self.adapters()
        bound = self.mapping.bind(adapters[Side.CUSTOMER].normal, adapters[Side.VENDOR].normal)
        hinting = {side: cast("Adapter", Hints(adapter, partial(self._hinted, side))) for side, adapter in adapters.items()}
        self.connection = Connection("acme", hinting, bound, self.model, self.timing, installation=self.installation)
        self.engine = Reconciler(self.connection, self.store, self.wall)

    def _hinted(self, side: Side, page: Page) -> Page:
        return self.disturb(side, page)

    def copy(self) -> tuple[backup.Manifest, Database]:
        """The store as it is now, for :meth:`restore`. The product may be at work."""
        copied = engine.memory()
        schema.create(copied)
        return backup.copy(self.store, copied), copied

    def restore(self, kept: tuple[backup.Manifest, Database], by: str = "an operator") -> None:
        """The store goes back to a copy, and the product starts anew."""
        self.restored = self.clock.now
        put_back(self.store, kept[1], kept[0], by)
        self.start()

    def turn(self) -> int:
        """One poll of both sides and one turn of a worker."""
        for side in Side:
            well = False
            try:
                self.engine.poll(side)
                well = True
            except (Trouble, OperationalError):  # what the daemon says in its log, and goes on
                continue
            finally:
                self.polled(side, well)
        return self.engine.work(self.worker)

    def settle(self, seconds: float = 400.0, step: float = 2.0, longest: float = 0.0, growth: float = 1.5) -> None:
        """Let time pass, ``step`` seconds between two turns; ``growth`` times more, up to ``longest``, while there is nothing to do."""
        end, pause = self.clock.now + seconds, step
        while self.clock.now < end:
            busy = self.turn() or self.world.pending()
            pause = step if busy else max(step, min(longest, growth * pause))
            self.clock.advance(pause)
            self.world.tick()

    def wrote_more(self, seconds: float) -> bool:
        """Whether anything is written in a quiet while."""
        before = {name: calls["write"] for name, calls in self.world.calls.items()}
        self.settle(seconds, 20.0, 150.0)
        return before != {name: calls["write"] for name, calls in self.world.calls.items()}

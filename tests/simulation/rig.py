"""One simulated world with the whole product in it: both systems, both adapters, the store, the engine.

Time is virtual: nothing waits. A worker is a call of :meth:`Rig.turn`; people act and faults strike inside
the simulated systems, at every call of an adapter.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import requests
from pydantic import SecretStr

from adapters.base import Adapter, Trouble
from adapters.otrs import Otrs as OtrsAdapter
from adapters.otrs_settings import OtrsSettings
from adapters.servicenow import ServiceNow as ServiceNowAdapter
from adapters.servicenow import ServiceNowSettings
from connector.mapping.load import load as load_mapping
from connector.mapping.mapping import TicketMapping
from connector.rasci.model import load as load_model
from connector.sandbox.core import World
from connector.sandbox.otrs import PATH, Otrs
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.transport import InProcess
from connector.store import backup
from connector.store.engine import Database, memory
from connector.store.restore import put_back
from connector.store.schema import create
from connector.store.store import Store
from connector.sync.connection import Connection, Timing
from connector.sync.reconcile import Reconciler
from connector.words import Side
from tests.simulation.schema import empty_store

ROOT = Path(__file__).parents[2]
START = 1_780_000_000.0


class Clock:
    """Virtual seconds since the epoch."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += max(0.0, seconds)


class Rig:
    """The world of one simulated run."""

    def __init__(self, seed: int = 0, *, mapping: TicketMapping | None = None, timing: Timing | None = None) -> None:
        self.seed = seed
        random.seed(seed)  # the jitter between two tries of a read
        self.rng = random.Random(seed * 7919 + 1)
        self.clock = Clock()
        self.world = World(self.clock, seed)
        self.servicenow = ServiceNow(self.world)
        self.portal = Otrs(self.world)
        self.mapping = mapping or load_mapping(ROOT / "mappings" / "servicenow-otrs.yaml")
        self.model = load_model(ROOT / "config" / "operating-models" / "anywhere365-dialogue-cloud.yaml")
        self.timing = timing or Timing(max_age=5.0, call_timeout=5.0, lease=30.0, sweep=600.0, note_pause=60.0, retry=2.0)
        server = os.environ.get("SIMULATE_STORE")
        self.store = empty_store(server, self.clock) if server else Store.memory(self.clock)
        self.store.set_fact("marker_key", f"{seed:064x}")  # the same markers in every run of a seed
        self.workers = 0
        self.journal = "rows"  # how comments of ServiceNow are read
        self.start()

    def adapters(self) -> dict[Side, Adapter]:
        session = requests.Session()
        session.trust_env = False
        session.mount("http://servicenow.test", InProcess(self.world, self.servicenow))
        session.mount("http://portal.test", InProcess(self.world, self.portal))
        common = {"settle_s": 10, "read_lag_s": 2, "find_lag_s": 2}
        customer = ServiceNowSettings.model_validate(
            {
                "url": "http://servicenow.test",
                "journal": self.journal,
                "user": "connector",
                "password": SecretStr("connector-secret"),
                **common,
            }
        )
        provokes = {"pending reminder": "open", "pending auto close+": "open", "closed successful": "open"}
        vendor = OtrsSettings.model_validate(
            {
                "url": "http://portal.test" + PATH,
                "user": "connector",
                "password": SecretStr("connector-secret"),
                "customer_user": "acme",
                "comment_provokes": provokes if self.portal.comment_reopens else {},
                **common,
            }
        )
        return {
            Side.CUSTOMER: ServiceNowAdapter(
                customer, fields=self.mapping.reads(Side.CUSTOMER), session=session, clock=self.clock, sleep=self.clock.advance
            ),
            Side.VENDOR: OtrsAdapter(
                vendor, fields=self.mapping.reads(Side.VENDOR), session=session, clock=self.clock, sleep=self.clock.advance
            ),
        }

    def start(self) -> None:
        """Start the product, or start it again after a crash: all it knows is in the store."""
        self.workers += 1
        self.worker = f"worker-{self.workers}"
        adapters = self.adapters()
        bound = self.mapping.bind(adapters[Side.CUSTOMER].normal, adapters[Side.VENDOR].normal)
        self.connection = Connection("acme", adapters, bound, self.model, self.timing)
        self.engine = Reconciler(self.connection, self.store, self.clock)

    def copy(self) -> tuple[backup.Manifest, Database]:
        """The store as it is now, for :meth:`restore`. The product may be at work."""
        copied = memory()
        create(copied)
        return backup.copy(self.store, copied), copied

    def restore(self, kept: tuple[backup.Manifest, Database], by: str = "an operator") -> None:
        """The store goes back to a copy, and the product starts anew."""
        put_back(self.store, kept[1], kept[0], by)
        self.start()

    def turn(self) -> int:
        """One poll of both sides and one turn of a worker."""
        for side in Side:
            try:
                self.engine.poll(side)
            except Trouble:
                continue
        return self.engine.work(self.worker)

    def settle(self, seconds: float = 400.0, step: float = 2.0) -> None:
        """Let time pass until nothing is left to do, for at least some rounds."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.turn()
            self.clock.advance(step)
            self.world.tick()

    def wrote_more(self, seconds: float) -> bool:
        """Whether anything is written in a quiet while."""
        before = {name: calls["write"] for name, calls in self.world.calls.items()}
        self.settle(seconds, 20.0)
        return before != {name: calls["write"] for name, calls in self.world.calls.items()}

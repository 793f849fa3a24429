"""What the store's transactions cost: ``python -m tests.bench.statements``.

Processor time of this process for one bond, and beside it that of the bare driver, which is sent the same statements
with the same values on a copy of the database. Commits do not wait for the disk: that time is the kernel's.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

from connector.store.records import Birth, Bond, BondState, Claim, Intent, IntentUnit, SideState
from connector.store.schema import migrate
from connector.store.store import Store
from connector.store.transaction import Tx
from connector.words import Side
from tests.real.postgres import programs, server

BONDS = 100
ROUNDS = 10
UNITS = 12

Act = Callable[[Tx], None]


@dataclass
class Desk:
    """A store with bonds as they are in real use, and the steps of a burst on all of them."""

    store: Store
    claims: list[Claim] = field(default_factory=list)
    bonds: dict[str, Bond] = field(default_factory=dict)

    @property
    def steps(self) -> Mapping[str, Callable[[], object]]:
        """In the order in which each finds what it needs."""
        return {
            "claim": self.claim,
            "load": self.load,
            "announce": lambda: self.one_by_one(self.announce),
            "settle": lambda: self.one_by_one(self.settle),
            "announce together": lambda: self.together(self.announce),
            "settle and end together": lambda: self.together(self.settle_and_end),
            "claim again": self.claim,
            "end together": lambda: self.store.done_all([(claim, 0.0) for claim in self.claims]),
        }

    def claim(self) -> None:
        self.claims = self.store.claim("c", "w", BONDS, 600.0)
        assert len(self.claims) == BONDS

    def load(self) -> None:
        self.bonds = {name: loaded.bond for name, loaded in self.store.load([claim.bond for claim in self.claims]).items()}

    def one_by_one(self, act: Act) -> None:
        for claim in self.claims:
            with self.store.transaction(claim) as tx:
                act(tx)

    def together(self, act: Act) -> None:
        assert self.store.transactions(dict.fromkeys(self.claims, act)) == {}

    def announce(self, tx: Tx) -> None:
        new = {"Title": f"changed at {time.time()}"}
        units = {"title": IntentUnit({"short_description": new["Title"]}, new, {"Title": "before"})}
        tx.open_intent(Intent(f"{tx.bond}.1", tx.bond, "fields", Side.VENDOR, "4711", time.time(), units))
        tx.record({"kind": "announced", "intent": f"{tx.bond}.1", "side": "vendor", "units": {"title": new}})
        tx.save(self.bonds[tx.bond])

    def settle(self, tx: Tx) -> None:
        bond = self.bonds[tx.bond]
        bond.unit("title").base[Side.VENDOR] = {"Title": f"changed at {time.time()}"}
        tx.close_intent(f"{tx.bond}.1")
        tx.record({"kind": "applied", "side": "vendor", "what": "fields"})
        tx.record({"kind": "answered", "intent": f"{tx.bond}.1", "outcome": {"title": "kept"}, "values": {"title": "x" * 60}})
        tx.save(bond)

    def settle_and_end(self, tx: Tx) -> None:
        self.settle(tx)
        tx.done(0.0)


def bear(store: Store) -> None:
    bonds = [_bond(f"b{n:03}") for n in range(BONDS)]
    births = [Birth(bond, Side.CUSTOMER, f"ref-{bond.id}", 0.0, {"kind": "born"}) for bond in bonds]
    store.advance("c", Side.CUSTOMER, None, births)


def _bond(name: str) -> Bond:
    bond = Bond(name, "c", BondState.LINKED, time.time(), f"title of {name}")
    for side in Side:
        bond.sides[side] = SideState(f"ref-{name}", f"INC-{name}", f"https://{side.value}.example/{name}", 1.0, 3)
    for n in range(UNITS):
        bond.unit(f"unit{n}").base = {side: {f"field_{n}": "value"} for side in Side}
    return bond


@dataclass
class Sent:
    """What the driver was told: statement, parameters, whether they are many. COMMIT stands for itself."""

    told: list[tuple[str, Any, bool]] = field(default_factory=list)

    @property
    def commits(self) -> int:
        return sum(statement == "COMMIT" for statement, _, _ in self.told)

    @property
    def statements(self) -> int:
        return sum(not statement.startswith(("COMMIT", "BEGIN")) for statement, _, _ in self.told)

    def replay(self, connection: Any) -> None:
        cursor = connection.cursor()
        for statement, values, many in self.told:
            if statement == "COMMIT":
                connection.commit()
                continue
            (cursor.executemany if many else cursor.execute)(statement, values)
            if cursor.description:
                cursor.fetchall()


@contextmanager
def listening(store: Store) -> Iterator[Sent]:
    sent = Sent()

    def note(*told: Any) -> None:
        _, _, statement, values, _, many = told
        sent.told.append((statement, values, many))

    def committed(_: object) -> None:
        sent.told.append(("COMMIT", (), False))

    event.listen(store.db.engine, "before_cursor_execute", note)
    event.listen(store.db.engine, "commit", committed)
    try:
        yield sent
    finally:
        event.remove(store.db.engine, "before_cursor_execute", note)
        event.remove(store.db.engine, "commit", committed)


@contextmanager
def copied(store: Store) -> Iterator[Any]:
    """The bare driver's connection to a copy of the database as it is now."""
    with tempfile.TemporaryDirectory() as folder, closing(_copy(store, Path(folder))) as connection:
        yield connection


def _copy(store: Store, folder: Path) -> Any:
    if store.db.file is not None:
        copy = sqlite3.connect(folder / "copy.db", isolation_level=None)
        with closing(sqlite3.connect(store.db.file)) as original:
            original.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
        copy.execute("PRAGMA synchronous=OFF")
        return copy
    store.db.engine.dispose()  # a template must have nobody in it
    address = store.db.engine.url.set(drivername="postgresql", query={})
    with psycopg.connect(address.set(database="template1").render_as_string(), autocommit=True) as server_:
        server_.execute("DROP DATABASE IF EXISTS copy")
        server_.execute(f'CREATE DATABASE copy TEMPLATE "{address.database}"'.encode())
    return psycopg.connect(address.set(database="copy").render_as_string())


def spent(step: Callable[[], object]) -> float:
    before = time.process_time()
    step()
    return time.process_time() - before


def measure(url: str) -> None:
    """Print a table: microseconds, statements and commits for one bond."""
    migrate(url)
    store = Store.open(url, durable=False)
    bear(store)
    desk = Desk(store)
    costs: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, step in desk.steps.items():
            costs[name].append(spent(step))
    sys.stdout.write(f"{store.db.engine.dialect.name:26}{'us':>8}{'bare':>8}{'statements':>12}{'commits':>9}\n")
    for name, step in desk.steps.items():
        with copied(store) as connection:
            with listening(store) as sent:
                step()
            least = spent(lambda: sent.replay(connection))
        mean = sum(costs[name][1:]) / (ROUNDS - 1)  # the first compiles
        figures = f"{_micro(mean)}{_micro(least)}{sent.statements / BONDS:12.2f}{sent.commits / BONDS:9.2f}"
        sys.stdout.write(f"{name:26}{figures}\n")
    store.close()


def _micro(seconds: float) -> str:
    return f"{seconds / BONDS * 1e6:8.0f}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{folder}/store.db")
    if programs():
        with server() as url:
            measure(url)


if __name__ == "__main__":
    main()

"""What the tests of the store build with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from connector.store.records import Birth, Bond, BondState, Claim, Identity, Intent, IntentUnit, SideState
from connector.store.store import Store
from connector.words import Side

NOW = 1_000_000.0


class Clock:
    """A clock that stands until it is told to go."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class Crash(BaseException):
    """The process is gone: nothing that handles errors sees this."""


def a_bond(name: str, connection: str = "c", priority: int = 3) -> Bond:
    sides = {Side.CUSTOMER: SideState(ref=f"ref-{name}", number=f"INC-{name}")}
    return Bond(name, connection, BondState.CANDIDATE, NOW, f"title of {name}", priority, sides=sides)


def a_birth(name: str, connection: str = "c", priority: int = 3, due: float = NOW) -> Birth:
    return Birth(a_bond(name, connection, priority), Side.CUSTOMER, f"ref-{name}", due, {"kind": "born", "name": name})


def bear(store: Store, *names: str, priority: int = 3, due: float = NOW) -> None:
    store.advance("c", Side.CUSTOMER, None, [a_birth(name, priority=priority, due=due) for name in names])


def claim_one(store: Store, worker: str = "w") -> Claim:
    (claim,) = store.claim("c", worker, 1, 60.0)
    return claim


def an_intent(bond: str, name: str = "i1", at: float = NOW) -> Intent:
    units = {"impact": IntentUnit(source={"impact": "1"}, target={"Severity": "high"}, prior={"Severity": ""})}
    return Intent(name, bond, "fields", Side.VENDOR, "4711", at, units, text="a\x00b\ud800 ü")


def an_identity(item: str = "customer:ref-a:1", copy: str = "9", *, extra: bool = False) -> Identity:
    return Identity(item, "comment", Side.VENDOR, "4711", copy, NOW, extra=extra)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements that the database is sent, without BEGIN and COMMIT."""
    sent: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(store.db.engine, "before_cursor_execute", count)
    try:
        yield sent
    finally:
        event.remove(store.db.engine, "before_cursor_execute", count)


@contextmanager
def commits(store: Store) -> Iterator[list[object]]:
    """One entry for each commit."""
    seen: list[object] = []

    def count(connection: object) -> None:
        seen.append(connection)

    event.listen(store.db.engine, "commit", count)
    try:
        yield seen
    finally:
        event.remove(store.db.engine, "commit", count)

"""Several processes on one store: what they share, what they tell each other, who waits for whom."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from connector.store.errors import Fenced
from connector.store.store import Store
from tests.unit.store.conftest import Engine
from tests.unit.store.helpers import NOW, Clock, a_bond, bear, claim_one


@pytest.fixture
def shared(store: Store) -> Store:
    if not store.shared:
        pytest.skip("SQLite serves one process")
    return store


def test_whoever_makes_bonds_due_wakes_the_others(shared: Store, engine: Engine, clock: Clock) -> None:
    woken = threading.Semaphore(0)
    shared.listen(woken.release)
    assert woken.acquire(timeout=5)  # now it listens
    other = engine.open(clock)
    bear(other, "a")
    assert woken.acquire(timeout=5)
    other.mark_due(["a"], NOW)
    assert woken.acquire(timeout=5)
    with other.operator_transaction("a"):
        pass
    assert woken.acquire(timeout=5)
    other.done(claim_one(other), NOW)
    assert not woken.acquire(timeout=0.2)
    other.close()


def test_listening_goes_on_after_the_server_cut_the_line(
    shared: Store, engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.store.listen.AGAIN", 0.05)
    woken = threading.Semaphore(0)
    shared.listen(woken.release)
    assert woken.acquire(timeout=5)
    other = engine.open(clock)
    with other.db.write() as connection:
        cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = :listen")
        assert connection.execute(cut, {"listen": "LISTEN connector_work"}).rowcount >= 1
    assert woken.acquire(timeout=5)  # it listens again
    bear(other, "a")
    assert woken.acquire(timeout=5)
    other.close()


def test_listening_costs_a_store_of_one_process_nothing(store: Store) -> None:
    before = threading.active_count()
    store.listen(lambda: None)
    assert threading.active_count() == before + store.shared


def test_an_operator_waits_for_a_commit_and_sees_it(store: Store) -> None:
    bear(store, "a")
    claim = claim_one(store)
    begun, ended = threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        with store.operator_transaction("a") as tx:
            assert tx.load().bond.title == "by the worker"
            tx.record({"kind": "retried"})
        ended.set()

    operator = threading.Thread(target=act)
    with store.transaction(claim) as tx:
        tx.save(replace(a_bond("a"), title="by the worker"))
        tx.record({"kind": "sent"})
        operator.start()
        assert begun.wait(5)
        assert not ended.wait(0.2)
    operator.join(5)
    assert ended.is_set()
    assert [record.kind for record in store.records("a")] == ["born", "sent", "retried"]
    with pytest.raises(Fenced):
        store.done(claim, NOW)


def test_a_frozen_process_keeps_no_lock(shared: Store, engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.store.engine.STALLED_MS", 300)
    bear(shared, "a")
    claim = claim_one(shared)
    frozen = engine.open(clock)
    with frozen.db.engine.connect() as standing:
        standing.execute(text("UPDATE work SET hints = hints"))
        assert shared.mark_due(["a"], NOW) == 1  # waits until the server has ended the other's transaction
        standing.invalidate()
    frozen.close()
    shared.done(claim, NOW + 1000)
    assert claim_one(shared).bond == "a"


def test_writers_of_many_bonds_never_wait_for_each_other_in_a_circle(shared: Store) -> None:
    ids = [f"b{n:02}" for n in range(60)]
    bear(shared, *ids)

    def hint() -> None:
        for n in range(60):
            shared.mark_due(ids[::-1] if n % 2 else ids, NOW)

    hinting = threading.Thread(target=hint)
    with errors(shared) as seen:
        hinting.start()
        while hinting.is_alive():
            claims = shared.claim("c", "w", 100, 60.0)[::-1]
            shared.renew(claims, 60.0)
            shared.done_all([(claim, NOW) for claim in claims])
        hinting.join()
    assert seen == []
    work = [shared.work_of(bond) for bond in ids]
    assert {one.hints for one in work if one} == {60}


@contextmanager
def errors(store: Store) -> Iterator[list[str]]:
    """What the server refuses, whether or not the store tries again."""
    seen: list[str] = []

    def note(context: ExceptionContext) -> None:
        seen.append(str(context.original_exception))

    event.listen(store.db.engine, "handle_error", note)
    try:
        yield seen
    finally:
        event.remove(store.db.engine, "handle_error", note)


def test_all_mark_with_the_same_key(engine: Engine, clock: Clock) -> None:
    if not engine.url:
        pytest.skip("a store in memory is alone")
    stores = [engine.open(clock) for _ in range(2)]
    keys: list[tuple[str, bytes] | None] = [None, None]
    start = threading.Barrier(2)

    def take(n: int) -> None:
        start.wait()
        keys[n] = stores[n].marker_key()

    threads = [threading.Thread(target=take, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert keys[0] is not None
    assert keys[0] == keys[1]
    for store in stores:
        store.close()


@pytest.fixture
def file(engine: Engine, store: Store) -> Store:
    if engine.name != "file":
        pytest.skip("one connection is kept for writing to a file alone")
    return store


def test_writing_goes_on_after_the_kept_connection_broke(file: Store) -> None:
    bear(file, "a", "b")
    with file.db.write() as connection:
        broken = connection.connection.driver_connection
    assert isinstance(broken, sqlite3.Connection)
    broken.close()
    with pytest.raises(SQLAlchemyError, match="closed"):
        file.mark_due(["a"], NOW)
    assert file.mark_due(["a", "b"], NOW) == 2


def test_writing_goes_on_after_another_process_was_in_the_way(file: Store) -> None:
    bear(file, "a")
    with file.db.write() as connection:
        connection.execute(text("PRAGMA busy_timeout=20"))
    with closing(sqlite3.connect(str(file.db.file), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            file.mark_due(["a"], NOW)
        other.execute("COMMIT")
    assert file.mark_due(["a"], NOW) == 1
    assert file.load(["a"])["a"].bond == a_bond("a")

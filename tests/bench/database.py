"""What a change costs the database: statements, and commits, each of which may wait for the disk."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from os import kill
from pathlib import Path

from tests.bench import postgres
from tests.bench.burst import change_all, settle
from tests.bench.lab import Lab, Linked
from tests.bench.table import Line
from tests.process.place import eventually

_CONTROL = frozenset({"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "PRAGMA", "SET", "SHOW", "DEALLOCATE", "LISTEN"})
"""What opens and closes transactions, or is said once a connection: no part of the product's work."""

Count = Callable[[], Counter[str]]


def lines(lab: Lab) -> Iterator[Line]:
    linked, file = lab.linked, lab.folder / "linked" / "counts.json"
    with linked.product.daemon(program=("-m", "tests.bench.traced", str(file))) as daemon:
        yield from _told("SQLite", linked, lambda: _traced(daemon.pid, file), write="BEGIN IMMEDIATE")
    if postgres.installed():
        linked, server = lab.shared
        with linked.product.daemon():
            yield from _told("PostgreSQL", linked, lambda: postgres.counts(server), write=postgres.SYNCED)


def _told(engine: str, linked: Linked, count: Count, write: str) -> Iterator[Line]:
    """The figures of one burst, from before its first edit to quiet; the queue's own looks and the polls are in it."""
    settle(linked)
    before = count()
    change_all(linked, "servicenow")
    asked = count()
    asked.subtract(before)
    work = Counter({word: n for word, n in asked.items() if n and word not in _CONTROL and word != postgres.SYNCED})
    kinds = ", ".join(f"{word} {n / linked.bonds:.2f}" for word, n in work.most_common())
    yield Line("database", f"statements a change, {engine}", work.total() / linked.bonds, note=kinds)
    yield Line("database", f"commits a change, {engine}", asked["COMMIT"] / linked.bonds)
    yield Line("database", f"waits for the disk a change, {engine}", asked[write] / linked.bonds, note=_WAITS[engine])


_WAITS = {"SQLite": "transactions that write", "PostgreSQL": "times that the server forced its log to the disk"}


def _traced(pid: int, file: Path) -> Counter[str]:
    file.unlink(missing_ok=True)
    kill(pid, signal.SIGUSR1)
    assert eventually(file.exists), "the traced daemon did not answer"
    return Counter(json.loads(file.read_text(encoding="utf-8")))

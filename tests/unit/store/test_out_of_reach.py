"""A database that fails: it is told, it is over when a write has proved so, and no bond is to blame."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from connector.store.store import Store
from connector.sync.report import report
from tests.simulation.rig import Rig


@contextmanager
def no_room(file: Path) -> Iterator[None]:
    """No file of this process may grow beyond the size of this one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_store_that_cannot_write_says_so_until_a_write_has_proved_that_it_can(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    store = Store.open(f"sqlite:///{file}")
    store.prove()
    with no_room(file.with_name("store.db-wal")):
        with pytest.raises(OperationalError):
            store.set_fact("anything", "x")
        assert store.fact("anything") is None  # it can still be read
        with pytest.raises(OperationalError):
            store.prove()
    assert store.db.trouble
    store.prove()
    assert store.db.trouble == ""
    store.close()


def test_a_database_that_fails_parks_no_bond_and_sends_nothing() -> None:
    rig = Rig(5)
    ticket = {"short_description": "Mail is down", "description": "x", "state": "3", "hold_reason": "4", "impact": "2"}
    rig.servicenow.create("lena.l1", {**ticket, "urgency": "2"})

    def refuse(_cursor: Any, statement: str, _values: Any, _context: Any) -> None:
        if statement.startswith("INSERT INTO intent"):
            raise sqlite3.OperationalError("database or disk is full")

    event.listen(rig.store.db.engine, "do_execute", refuse)
    try:
        for _ in range(2 * rig.timing.max_attempts):
            with suppress(OperationalError):
                rig.turn()
            rig.clock.advance(rig.timing.lease + 1)
    finally:
        event.remove(rig.store.db.engine, "do_execute", refuse)
    assert rig.portal.tickets() == []
    assert [row["parked"] for row in report(rig.store, "acme")] == [None]
    rig.settle()
    assert [row["parked"] for row in report(rig.store, "acme")] == [None]
    assert len(rig.portal.tickets()) == 1

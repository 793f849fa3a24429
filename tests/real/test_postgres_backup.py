"""A store goes from PostgreSQL to SQLite and back, by its backups, and stays what it was."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from connector.audit.verify import verify
from connector.store import backup, restore, tables
from connector.store.errors import StoreError
from connector.store.schema import migrate
from connector.store.store import Store
from connector.words import Side
from tests.unit.store.helpers import an_identity, an_intent, bear, claim_one

pytestmark = pytest.mark.real

CHANGED = {"bond", "work", "leader", "fact", "audit_record", "audit_content", "audit_checkpoint"}
"""What a restore itself writes to."""


@pytest.fixture
def server(postgres: str) -> Iterator[str]:
    """An empty database of its own."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield postgres.rpartition("/")[0] + f"/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def fill(store: Store) -> None:
    bear(store, *(f"b{n}" for n in range(2500)))
    store.advance("c", Side.VENDOR, "cursor-1")
    claim = claim_one(store)
    with store.transaction(claim) as tx:
        tx.open_intent(an_intent(claim.bond))
        tx.identify(an_identity())
        tx.record({"kind": "announced", "text": "ü\x00"})
    store.done(claim, 0.0)
    store.checkpoint()


def rows(store: Store, names: set[str]) -> dict[str, list[tuple[object, ...]]]:
    with store.db.read() as connection:
        listed = [t for t in tables.metadata.sorted_tables if t.name in names]
        return {t.name: sorted(map(tuple, connection.execute(select(t))), key=repr) for t in listed}


def test_from_postgresql_to_sqlite_and_back(server: str, tmp_path: Path) -> None:
    same = {t.name for t in tables.metadata.sorted_tables} - CHANGED
    migrate(server)
    store = Store.open(server)
    fill(store)
    before = rows(store, same)
    made = backup.write(store, tmp_path / "one")
    assert (made.engine, made.tables["bond"]) == ("postgresql", 2500)
    file = f"sqlite:///{tmp_path}/store.db"
    assert restore.from_file(file, tmp_path / "one", "ann", time.time).bonds == 2500
    embedded = Store.open(file)
    assert rows(embedded, same) == before
    backup.write(embedded, tmp_path / "two")
    embedded.close()
    store.lead("c", "a daemon", 60)
    with pytest.raises(StoreError, match="in use by a daemon"):
        restore.from_file(server, tmp_path / "two", "ann", time.time)
    store.resign("c", "a daemon")
    done = restore.from_file(server, tmp_path / "two", "bob", time.time)
    kept = backup.read_manifest(Path(done.kept))  # the store that was there
    assert (kept.heads, kept.anchor) == (made.heads, made.anchor)
    assert rows(store, same) == before
    with store.audit() as reader:
        report = verify(reader)
    assert (report.problems, [r["by"] for r in report.restores]) == ([], ["ann", "bob"])
    store.close()


def test_into_an_empty_database(server: str, tmp_path: Path) -> None:
    store = Store.memory()
    fill(store)
    backup.write(store, tmp_path / "one")
    assert restore.from_file(server, tmp_path / "one", "ann", time.time).kept == ""
    opened = Store.open(server)
    assert len(opened.bonds()) == 2500
    opened.close()
    store.close()

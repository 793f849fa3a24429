"""Opening, migrating and locking a database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from connector.store.engine import connect, memory
from connector.store.errors import StoreError
from connector.store.schema import create, is_new, migrate
from connector.store.store import Store
from connector.store.tables import SCHEMA, metadata
from connector.words import Side
from tests.unit.store.helpers import Clock, a_birth, bear


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


def stamp(url: str, revision: str) -> None:
    db = connect(url)
    with db.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    db.close()


def definitions(db_url: str | None) -> set[tuple[object, ...]]:
    """The schema as SQLite has it, column by column, whatever the statements looked like."""
    db = connect(db_url) if db_url else memory()
    if not db_url:
        create(db)
    found: set[tuple[object, ...]] = set()
    with db.read() as connection:
        for table in metadata.tables:
            for pragma in ("table_info", "foreign_key_list", "index_list"):
                found |= {(table, pragma, *row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}({table})")}
            for index in connection.exec_driver_sql(f"PRAGMA index_list({table})").all():
                found |= {(table, index.name, *row) for row in connection.exec_driver_sql(f"PRAGMA index_info({index.name})")}
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        found |= {(name,) for name in names if name != "alembic_version"}
    db.close()
    return found


def test_migrations_make_the_schema_that_the_code_describes(url: str) -> None:
    migrate(url)
    assert definitions(url) == definitions(None)


def test_migrating_says_what_it_does_and_may_be_repeated(url: str) -> None:
    said: list[str] = []
    migrate(url, said.append)
    assert len(said) == 1
    assert said[0].startswith(f"schema {SCHEMA}: ")
    migrate(url, said.append)
    assert len(said) == 1


def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    def crash(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(url, crash)
    db = connect(url)
    assert is_new(db)
    db.close()
    Store.open(url).close()


def test_a_new_file_is_made_ready_and_kept(url: str, clock: Clock) -> None:
    store = Store.open(url, clock=clock)
    bear(store, "a")
    store.close()
    again = Store.open(url, clock=clock)
    assert [bond.id for bond in again.bonds()] == ["a"]
    again.close()


def test_an_older_schema_names_the_remedy(url: str) -> None:
    migrate(url)
    db = connect(url)
    with db.write() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    db.close()
    with pytest.raises(StoreError, match="connector migrate"):
        Store.open(url)


def test_a_newer_schema_is_refused_and_not_touched(url: str) -> None:
    migrate(url)
    stamp(url, "9999")
    with pytest.raises(StoreError, match="newer than this program"):
        Store.open(url)
    with pytest.raises(StoreError, match="newer than this program"):
        migrate(url)


@pytest.mark.parametrize("bad", ["sqlite://", "sqlite:///:memory:", "mysql://host/db"])
def test_other_databases_are_refused(bad: str) -> None:
    with pytest.raises(StoreError):
        Store.open(bad)


def test_an_embedded_database_keeps_what_it_commits(url: str) -> None:
    store = Store.open(url)
    with store.db.read() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    store.close()
    assert found == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_one_daemon_on_a_file(url: str, tmp_path: Path) -> None:
    store = Store.open(url)
    store.lock_exclusive()
    store.lock_exclusive()
    second = Store.open(url)  # commands may read and write beside the daemon
    with pytest.raises(StoreError, match=f"process {os.getpid()} on {socket.gethostname()}"):
        second.lock_exclusive()
    store.close()
    second.lock_exclusive()
    second.close()


def test_a_killed_daemon_leaves_no_lock(url: str) -> None:
    hold = f"import time; from connector.store.store import Store; s = Store.open({url!r}); s.lock_exclusive(); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as daemon:
        assert daemon.stdout is not None
        daemon.stdout.readline()
        store = Store.open(url)
        with pytest.raises(StoreError, match=f"process {daemon.pid} "):
            store.lock_exclusive()
        daemon.kill()
    store.lock_exclusive()
    store.close()


def test_two_processes_share_a_file(url: str, clock: Clock) -> None:
    """A command beside the daemon: both write, neither sees the database locked."""
    first, second = Store.open(url, clock=clock), Store.open(url, clock=clock)
    for n in range(20):
        bear(first, f"x{n}")
        bear(second, f"y{n}")
    assert len(first.bonds()) == 40
    first.close()
    second.close()


def test_a_memory_store_needs_no_lock(clock: Clock) -> None:
    store = Store.memory(clock)
    store.lock_exclusive()
    store.close()


def test_claiming_among_ten_thousand_costs_about_as_much_as_among_few(url: str, clock: Clock) -> None:
    few, many = (_claiming(url.replace("store", f"store{n}"), clock, n) for n in (500, 10_000))
    assert many < 5 * few  # a claim that looked at every bond would cost twenty times as much


def _claiming(url: str, clock: Clock, bonds: int) -> float:
    """The cheapest of five claims of a hundred bonds, in seconds of processor time: the machine may be busy with something else."""
    store = Store.open(url, clock=clock, durable=False)
    store.advance("c", Side.CUSTOMER, None, [a_birth(f"{n:05}", priority=2 + n % 4) for n in range(bonds)])
    taken = []
    for _ in range(5):
        begun = time.process_time()
        assert len(store.claim("c", "w", 100, 60.0)) == 100
        taken.append(time.process_time() - begun)
    store.close()
    return min(taken)


def test_a_store_is_opened_without_alembic(url: str) -> None:
    """It would add a quarter of a second to every command, and only migrations need it."""
    Store.open(url).close()
    code = (
        "import sys; from connector.store.store import Store; Store.open(sys.argv[1]).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, url], check=False, timeout=30).returncode == 0

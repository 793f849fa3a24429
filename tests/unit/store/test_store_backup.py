"""A backup is one file, whole or not there; a restore is whole or not done, and keeps what was there."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from connector.audit.verify import verify
from connector.store import backup, restore, schema, tables
from connector.store.errors import StoreError
from connector.store.lockfile import lock
from connector.store.store import Store
from connector.words import Side
from tests.unit.store.conftest import Engine
from tests.unit.store.helpers import Clock, an_identity, an_intent, bear, claim_one


def fill(store: Store) -> None:
    """A store in use: bonds, a claim, an intent, an identity, a cursor, facts, a checkpoint."""
    store.marker_key()
    bear(store, "a", "b", "c")
    store.advance("c", Side.VENDOR, "cursor-1")
    store.set_fact("refresh_token.c.customer", "old")
    claim = claim_one(store)
    with store.transaction(claim) as tx:
        tx.open_intent(an_intent(claim.bond))
        tx.identify(an_identity())
        tx.record({"kind": "announced", "text": "ü\x00"})
    store.checkpoint()


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.db.read() as connection:
        return {t.name: sorted(map(tuple, connection.execute(select(t))), key=repr) for t in tables.metadata.sorted_tables}


@pytest.fixture
def file(tmp_path: Path, store: Store) -> Path:
    """A backup of a store in use."""
    fill(store)
    path = tmp_path / "backup"
    backup.write(store, path)
    return path


def test_a_backup_holds_every_row_for_its_owner_alone(store: Store, file: Path) -> None:
    manifest = backup.read_manifest(file)
    assert manifest.tables == {name: len(found) for name, found in rows(store).items()}
    assert manifest.anchor == (store.checkpoint() or pytest.fail("no checkpoint")).anchor
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir() if path.name.startswith("backup")] == ["backup"]
    with backup.opened(file) as (_, db), db.read() as connection:
        for table in tables.metadata.sorted_tables:
            assert sorted(map(tuple, connection.execute(select(table))), key=repr) == rows(store)[table.name]


def test_a_backup_overwrites_nothing(store: Store, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(StoreError, match="overwrites nothing"):
        backup.write(store, file)
    assert file.read_bytes() == before
    with pytest.raises(StoreError, match="cannot be written"):
        backup.write(store, file.parent / "no folder" / "backup")


def _flip(path: Path) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE bond SET title = 'another' WHERE id = 'a'")
    connection.close()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.write_bytes(b"nonsense" * 1000), "no backup"),
        (lambda path: path.write_bytes(b""), "no backup"),
        (lambda path: path.write_bytes(path.read_bytes()[:20000]), "damaged"),
        (_flip, "digest"),
    ],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(
    store: Store, file: Path, damage: Callable[[Path], object], said: str
) -> None:
    damage(file)
    before = rows(store)
    with pytest.raises(StoreError, match=said), backup.opened(file) as (manifest, db):
        restore.put_back(store, db, manifest, "ann")
    assert rows(store) == before


def test_a_backup_with_a_changed_audit_is_refused(store: Store, tmp_path: Path) -> None:
    fill(store)
    with store.db.write() as connection:
        connection.execute(tables.content.update().values(body="{}"))
    backup.write(store, tmp_path / "backup")
    with pytest.raises(StoreError, match="does not verify"), backup.opened(tmp_path / "backup"):
        pass


def test_a_restore_brings_every_row_back_and_says_so(store: Store, file: Path, clock: Clock) -> None:
    before = rows(store)
    clock.now += 100
    bear(store, "after the backup")
    store.set_fact("refresh_token.c.customer", "new")
    lost = store.checkpoint()
    with backup.opened(file) as (manifest, db):
        assert restore.put_back(store, db, manifest, "ann") == 3
    after = rows(store)
    assert lost is not None
    for table in ("identity", "intent", "bond_ref", "cursor"):
        assert after[table] == before[table]
    assert after["leader"] == []
    assert store.fact("refresh_token.c.customer") == "new"  # the old one died when it was used
    assert (restore.last_restore(store) or pytest.fail("not marked")).lost == lost.anchor
    assert all(one.bond.adrift for one in store.load(["a", "b", "c"]).values())
    assert store.records("a")[-1].kind == "restored"
    with store.audit() as reader:
        report = verify(reader)
    assert (report.problems, len(report.restores)) == ([], 1)
    assert {claim.bond for claim in store.claim("c", "w2", 10)} == {"a", "b", "c"}


def test_who_worked_before_the_restore_can_write_no_more(store: Store, clock: Clock, tmp_path: Path) -> None:
    bear(store, "a")
    backup.write(store, tmp_path / "backup")
    old = claim_one(store)
    with backup.opened(tmp_path / "backup") as (manifest, db):
        restore.put_back(store, db, manifest, "ann")
    with pytest.raises(StoreError, match="taken over"), store.transaction(old):
        pass


def test_a_backup_of_another_installation_is_refused(store: Store, file: Path) -> None:
    store.set_fact("marker_key", "00" * 32)
    with pytest.raises(StoreError, match="another installation"), backup.opened(file) as (manifest, db):
        restore.put_back(store, db, manifest, "ann")


def test_where_a_daemon_leads_or_works_nothing_is_put_back(store: Store, file: Path, clock: Clock) -> None:
    with backup.opened(file) as (manifest, db):
        with pytest.raises(StoreError, match="in use by w"):  # a bond is in work
            restore.put_back(store, db, manifest, "ann", at_rest=True)
        clock.now += 61
        store.lead("c", "some-daemon", 7)
        with pytest.raises(StoreError, match="in use by some-daemon"):
            restore.put_back(store, db, manifest, "ann", at_rest=True)
        clock.now += 8
        assert restore.put_back(store, db, manifest, "ann", at_rest=True) == 3


def test_a_file_is_replaced_in_one_step_and_kept(engine: Engine, store: Store, file: Path, clock: Clock, tmp_path: Path) -> None:
    if engine.name != "file":
        pytest.skip("about files")
    bear(store, "after the backup")
    store.close()
    place = tmp_path / "store.db"
    with lock(place), pytest.raises(StoreError, match="in use by process"):
        restore.from_file(engine.url, file, "ann", clock)
    (tmp_path / "store.db.restoring").write_bytes(b"left by a restore that was cut short")
    done = restore.from_file(engine.url, file, "ann", clock)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "backup",
        "store.db",
        "store.db.before-restore-1000000",
        "store.db.lock",
    ]
    opened = Store.open(engine.url, clock=clock)
    kept = Store.open(f"sqlite:///{done.kept}", clock=clock)
    assert [len(s.bonds()) for s in (opened, kept)] == [3, 4]
    opened.close()
    kept.close()


@pytest.mark.parametrize("there", ["nothing", "empty", "damaged"])
def test_a_restore_into_a_new_an_empty_or_a_damaged_file(
    there: str, engine: Engine, file: Path, clock: Clock, tmp_path: Path
) -> None:
    place = tmp_path / "other.db"
    if there != "nothing":
        place.write_bytes(b"" if there == "empty" else b"damaged " * 2000)
    done = restore.from_file(f"sqlite:///{place}", file, "ann", clock)
    assert bool(done.kept) == (there == "damaged")
    opened = Store.open(f"sqlite:///{place}", clock=clock)
    assert len(opened.bonds()) == 3
    opened.close()


def _with_a_next_schema(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "v9999_next.py").write_text(
        f'"""A column more."""\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = "9999"\ndown_revision = "{tables.SCHEMA}"\n\n\n'
        'def upgrade() -> None:\n    op.add_column("fact", sa.Column("more", sa.Text))\n'
    )
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    for module in (schema, backup):
        monkeypatch.setattr(module, "SCHEMA", "9999")
    schema._known_revisions.cache_clear()


def test_an_older_schema_is_brought_up_to_date_and_a_newer_one_is_refused(
    file: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    newer = tmp_path / "newer"
    with monkeypatch.context() as patch:
        _with_a_next_schema(tmp_path / "migrations", patch)
        restore.from_file(f"sqlite:///{tmp_path}/next.db", file, "ann", clock)
        opened = Store.open(f"sqlite:///{tmp_path}/next.db", clock=clock)
        assert len(opened.bonds()) == 3
        backup.write(opened, newer)
        opened.close()
    schema._known_revisions.cache_clear()
    assert file.read_bytes() == before
    with pytest.raises(StoreError, match="newer than this program"):
        restore.from_file(f"sqlite:///{tmp_path}/old.db", newer, "ann", clock)
    assert not (tmp_path / "old.db").exists() or not (tmp_path / "old.db").stat().st_size

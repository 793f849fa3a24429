"""A store made of a backup: whole or not at all, what was there is kept, and every bond knows that its past may be lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from connector.store import backup, engine, lockfile, schema
from connector.store.backup import Manifest, Progress, quiet
from connector.store.engine import Database
from connector.store.errors import StoreError
from connector.store.part import batches
from connector.store.records import Adrift, Bond
from connector.store.store import MARKER_KEY, Store
from connector.store.tables import bond, checkpoint, fact, leader, work
from connector.store.transaction import Tx, begin_operator, finish, load

RESTORED = "restored"
"""The fact that lists all restores of this store."""

TOKENS = "refresh_token."
"""Facts that a backup must not bring back: a refresh token dies when it is used."""


@dataclass(frozen=True)
class Restore:
    """One restore, as the fact and the audit hold it."""

    at: float
    by: str
    backup_at: float
    checkpoint: int  # the last one that the backup has
    lost: str  # anchor of the last checkpoint of the store that was replaced; "" where that is not known

    def event(self) -> dict[str, Any]:
        return {"kind": "restored", **asdict(self)}


@dataclass(frozen=True)
class Done:
    """What a restore did."""

    manifest: Manifest
    bonds: int
    kept: str  # where the store that was there before is now; "" where there was none


def last_restore(store: Store) -> Restore | None:
    """The newest restore of this store."""
    listed = json.loads(store.fact(RESTORED) or "[]")
    return Restore(**listed[-1]) if listed else None


def from_file(url: str, path: Path, by: str, clock: Callable[[], float], progress: Progress = quiet) -> Done:
    """Put the backup at ``path`` in the place of the store at ``url``, which may be new, empty, or damaged.

    Whatever was there is kept beside the database (SQLite) or beside the backup (PostgreSQL). Cut short at any moment
    it leaves the store that was there. Raises StoreError where a daemon works on the store, or the backup is not fit.
    """
    with backup.opened(path, progress) as (manifest, copied):
        db = engine.connect(url)
        if db.is_sqlite:
            file = db.file
            db.close()
            assert file is not None  # noqa: S101 - connect refuses databases in memory
            return _into_file(file, copied, manifest, by, clock, progress)
        with closing(Store(db, clock)) as store:
            return _into_server(store, path, copied, manifest, by, progress)


def put_back(
    store: Store, copied: Database, manifest: Manifest, by: str, progress: Progress = quiet, *, at_rest: bool = False
) -> int:
    """Replace all rows of an open store by those of a copy, in one transaction; returns how many bonds it has now.

    Every bond gets a record that says so and is taken up anew by its next pass; a checkpoint seals that. Raises
    StoreError where the copy is of another installation, and with ``at_rest`` where a daemon leads or works.
    """
    with copied.read() as source:
        return store.db.run(lambda target: _replace(store, target, source, manifest, by, progress, at_rest=at_rest))


# --- one transaction --------------------------------------------------------------------------------------


def _replace(
    store: Store, target: Connection, source: Connection, manifest: Manifest, by: str, progress: Progress, *, at_rest: bool
) -> int:
    store.db.alone(target)
    now = store.clock()
    if at_rest:
        refuse_daemons(target, now)
    _refuse_stranger(target, source)
    kept = _facts(target)
    last = target.execute(select(checkpoint.c.n, checkpoint.c.hash).order_by(checkpoint.c.n.desc()).limit(1)).first()
    for table in reversed(backup.TABLES):
        target.execute(delete(table))
    backup.pour_into(source, target, progress)
    done = Restore(now, by, manifest.at, manifest.checkpoint, f"{last.n}:{last.hash}" if last else "")
    bonds = _mark(store, target, done)
    _set_facts(target, kept, done)
    store.seal(target)
    return bonds


def refuse_daemons(connection: Connection, now: float) -> None:
    """Raises StoreError where somebody leads or has a bond in work."""
    leads = connection.execute(select(leader.c.owner, leader.c.until).where(leader.c.until > now)).first()
    works = connection.execute(select(work.c.owner, work.c.until).where(work.c.owner.is_not(None), work.c.until > now)).first()
    found = leads or works
    if found:
        raise StoreError(
            f"the store is in use by {found.owner}: stop every daemon first; "
            f"where it was killed, its lease ends in {found.until - now:.0f} seconds"
        )


def _refuse_stranger(target: Connection, source: Connection) -> None:
    """A copy of another installation has another key: none of our copies out there would be recognised by it."""
    mine, theirs = (c.scalar(select(fact.c.value).where(fact.c.name == MARKER_KEY)) for c in (target, source))
    held = target.execute(select(bond.c.id).limit(1)).first()
    if held and mine and mine != theirs:
        raise StoreError(
            "the backup is of another installation: its key is not that of the store that is there; "
            "to use it nevertheless, name an empty store (store.url)"
        )


def _facts(connection: Connection) -> dict[str, str]:
    """What is newer in the store that is replaced than in any copy of it."""
    listed = connection.execute(select(fact.c.name, fact.c.value))
    return {row.name: row.value for row in listed if row.name.startswith(TOKENS)}


def _set_facts(connection: Connection, kept: dict[str, str], done: Restore) -> None:
    before = json.loads(connection.scalar(select(fact.c.value).where(fact.c.name == RESTORED)) or "[]")
    values = kept | {RESTORED: json.dumps([*before, asdict(done)])}
    connection.execute(delete(fact).where(fact.c.name.in_(list(values))))
    connection.execute(insert(fact), [{"name": name, "value": value} for name, value in values.items()])


def _mark(store: Store, connection: Connection, done: Restore) -> int:
    """Nobody leads or works; every bond is adrift, says so in its audit, and is due."""
    connection.execute(delete(leader))
    connection.execute(update(work).values(owner=None, until=0.0))

    def restored(tx: Tx, changed: Bond) -> None:
        changed.adrift = Adrift(done.at, "restored")
        tx.save(changed)
        tx.record(done.event())

    ids = list(connection.scalars(select(bond.c.id).order_by(bond.c.id)))
    for batch in batches(ids):
        every(store, connection, batch, restored)
    return len(ids)


def each(store: Store, ids: Sequence[str], act: Callable[[Tx, Bond], None]) -> None:
    """``every`` in a transaction of its own."""
    with store.db.write() as connection:
        every(store, connection, ids, act)
        store.db.notify(connection)


def every(store: Store, connection: Connection, ids: Sequence[str], act: Callable[[Tx, Bond], None]) -> None:
    """An operator's act on each of these bonds, within one transaction: who works on one is fenced off, each is due now."""
    begun = {one: begin_operator(store.db, connection, one, store.clock()) for one in sorted(ids)}
    loaded = load(connection, ids)
    for name, tx in begun.items():
        act(tx, loaded[name].bond)
    finish(connection, *begun.values())


# --- in the place of an SQLite file -----------------------------------------------------------------------


def _into_file(file: Path, copied: Database, manifest: Manifest, by: str, clock: Callable[[], float], progress: Progress) -> Done:
    """A new file is made whole beside the old one, which keeps a second name, and takes its place in one step."""
    new = file.with_name(file.name + ".restoring")
    with lockfile.lock(file):
        _remove(new)
        bonds = _make(new, file, copied, manifest, by, clock, progress)
        kept = _keep(file, clock())
        new.replace(file)
        _sync(file.parent)
    return Done(manifest, bonds, kept)


def _make(  # noqa: PLR0917 - as above
    new: Path, old: Path, copied: Database, manifest: Manifest, by: str, clock: Callable[[], float], progress: Progress
) -> int:
    new.touch(mode=0o600)
    with closing(Store.open(f"sqlite:///{new}", clock=clock)) as store:
        _bring_over(old, store)
        bonds = put_back(store, copied, manifest, by, progress)
    engine.settle(new)
    return bonds


def _bring_over(old: Path, new: Store) -> None:
    """What the restore must know of the store that it replaces. Nothing, where that is new or cannot be read."""
    if not old.exists() or not old.stat().st_size:
        return
    db = engine.connect(f"sqlite:///{old}")
    try:
        with db.write() as source, new.db.write() as target:  # a writer folds in what lies beside the file
            for wanted, table in ((select(fact), fact), (select(checkpoint), checkpoint), (select(bond).limit(1), bond)):
                if rows := [dict(row) for row in source.execute(wanted).mappings()]:
                    target.execute(insert(table), rows)
    except (SQLAlchemyError, sqlite3.Error):
        return  # damaged, or of another schema: it is kept as it is
    finally:
        db.close()


def _keep(file: Path, now: float) -> str:
    """Give the old file a second name, so that there is a store under the first one at every moment."""
    if not file.exists() or not file.stat().st_size:
        return ""
    kept = free_name(file.with_name(f"{file.name}.before-restore-{int(now)}"))
    try:
        os.link(file, kept)
    except OSError:  # a file system without second names
        shutil.copyfile(file, kept)
    for tail in ("-wal", "-shm"):  # left only by a damaged file; beside the new one they would spoil it
        rest = file.with_name(file.name + tail)
        if rest.exists():
            shutil.move(rest, kept.with_name(kept.name + tail))
    return str(kept)


def free_name(wanted: Path) -> Path:
    """``wanted``, or with a number where there is such a file."""
    n, name = 1, wanted
    while name.exists():
        n, name = n + 1, wanted.with_name(f"{wanted.name}-{n}")
    return name


def _remove(new: Path) -> None:
    """What an earlier restore left that was cut short."""
    for tail in ("", "-wal", "-shm", "-journal"):
        new.with_name(new.name + tail).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- in a PostgreSQL database -----------------------------------------------------------------------------


def _into_server(store: Store, path: Path, copied: Database, manifest: Manifest, by: str, progress: Progress) -> Done:
    if schema.is_new(store.db):
        schema.upgrade(store.db)
    schema.check(store.db)
    with store.db.read() as connection:
        refuse_daemons(connection, store.clock())
        holds = connection.execute(select(bond.c.id).limit(1)).first()
    kept = ""
    if holds:
        aside = free_name(path.with_name(f"{path.name}.before-restore-{int(store.clock())}"))
        backup.write(store, aside, progress)
        kept = str(aside)
    return Done(manifest, put_back(store, copied, manifest, by, progress, at_rest=True), kept)

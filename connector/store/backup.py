"""A copy of a whole store in one SQLite file, from either engine: made while daemons work, checked before it is used.

The file holds the tables as they stood at one moment, the schema's own mark, and a manifest. It holds secrets
too (the key of our markers, refresh tokens), so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, Text, func, insert, inspect, select
from sqlalchemy.exc import DatabaseError

from connector.audit.record import canonical
from connector.audit.verify import verify
from connector.store import engine, schema
from connector.store.engine import Database
from connector.store.errors import StoreError
from connector.store.ledger import LedgerReader
from connector.store.store import Store
from connector.store.tables import SCHEMA, bond, checkpoint, metadata

FORMAT = 1
ROWS = 1000
"""Rows in one statement."""

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""

TABLES = metadata.sorted_tables
"""Each after those that it points at."""

_manifest = Table("manifest", MetaData(), Column("name", Text, primary_key=True), Column("value", Text, nullable=False))


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. Times in seconds since the epoch."""

    format: int
    program: str  # version that made it
    schema: str
    at: float
    engine: str  # sqlite or postgresql: where it was made
    tables: Mapping[str, int]  # rows
    checkpoint: int  # number of the audit's last checkpoint; 0: none
    anchor: str  # of that checkpoint, see connector audit verify --anchor
    heads: str  # hash over the end of every bond's audit chain
    digest: str  # hash over all rows

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def quiet(_done: int, _total: int) -> None:
    """No progress."""


def write(store: Store, path: Path, progress: Progress = quiet) -> Manifest:
    """Copy the whole store into a new file, as it stands at one moment. Daemons may go on working meanwhile.

    The file appears when it is complete. Raises StoreError where there is one already, or it cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        if path.exists():
            raise StoreError(f"{path} exists already: a backup overwrites nothing; name another file, or move that one away")
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        made = _write(store, partial, progress)
        partial.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}; choose a folder with room and the right to write"
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return made


def _write(store: Store, partial: Path, progress: Progress) -> Manifest:
    db = engine.connect(f"sqlite:///{partial}")
    try:
        schema.upgrade(db)
        made = copy(store, db, progress)
        with db.write() as target:
            _manifest.create(target)
            target.execute(insert(_manifest), [{"name": n, "value": json.dumps(v)} for n, v in made.as_dict().items()])
    finally:
        db.close()
    engine.settle(partial)
    return made


def copy(store: Store, target: Database, progress: Progress = quiet) -> Manifest:
    """Copy the store's rows, as they stand at one moment, into the empty tables of another database."""
    store.marker_key()  # without it nobody could recognise our copies after a restore
    with store.db.read(consistent=True) as source:
        at = store.clock()
        pour(source, target, progress)
    with target.read() as copied:
        return _describe(copied, at, store.db.engine.dialect.name)


def pour(source: Connection, target: Database, progress: Progress = quiet) -> None:
    """All rows of one database into the empty tables of another, in one transaction."""
    with target.write() as filled:
        pour_into(source, filled, progress)


def pour_into(source: Connection, target: Connection, progress: Progress = quiet) -> None:
    """``pour`` within a transaction."""
    done, total = 0, sum(counts(source).values())
    for table in TABLES:
        found = source.execution_options(yield_per=ROWS).execute(select(table))
        for rows in found.mappings().partitions(ROWS):
            target.execute(insert(table), [dict(row) for row in rows])
            done += len(rows)
            progress(done, total)


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table."""
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


def _describe(copied: Connection, at: float, made_on: str) -> Manifest:
    last = copied.execute(select(checkpoint.c.n, checkpoint.c.hash).order_by(checkpoint.c.n.desc()).limit(1)).first()
    ends = [list(row) for row in copied.execute(select(bond.c.id, bond.c.length, bond.c.head).order_by(bond.c.id))]
    return Manifest(
        format=FORMAT,
        program=version("ticket-connector"),
        schema=SCHEMA,
        at=at,
        engine=made_on,
        tables=counts(copied),
        checkpoint=last.n if last else 0,
        anchor=f"{last.n}:{last.hash}" if last else "",
        heads=hashlib.sha256(canonical(ends).encode()).hexdigest(),
        digest=_digest(copied, [table.name for table in TABLES]),
    )


def _digest(copied: Connection, tables: Iterable[str]) -> str:
    """Over every row as the file has it, in the order of its values: the same whichever schema the reader knows."""
    found, known = hashlib.sha256(), inspect(copied)
    for name in sorted(tables):
        listed = ", ".join(f'"{column["name"]}"' for column in known.get_columns(name))
        for row in copied.exec_driver_sql(f'SELECT {listed} FROM "{name}" ORDER BY {listed}'):  # noqa: S608 # nosec B608 - our own names
            found.update(canonical([name, *row]).encode() + b"\n")
    return found.hexdigest()


# --- reading one ------------------------------------------------------------------------------------------


def read_manifest(path: Path) -> Manifest:
    """What a backup says of itself. Raises StoreError where the file is none, or of a newer program."""
    db = engine.frozen(path)
    try:
        if not path.is_file():
            raise StoreError(f"{path} is not there")
        with db.read() as connection:
            rows = connection.execute(select(_manifest)).all()
        return _manifest_of({row.name: json.loads(row.value) for row in rows}, path)
    except (DatabaseError, sqlite3.Error, ValueError, TypeError) as error:
        raise StoreError(f"{path} is no backup of the connector, or is damaged: {error}; use another one") from error
    finally:
        db.close()


def _manifest_of(values: dict[str, Any], path: Path) -> Manifest:
    if values.get("format", 0) > FORMAT:
        raise StoreError(f"{path} was made by a newer program ({values.get('program')}): install that version to restore it")
    return Manifest(**values)


@contextmanager
def opened(path: Path, progress: Progress = quiet) -> Iterator[tuple[Manifest, Database]]:
    """A backup that was found to be whole, its audit included, in this program's schema.

    An older schema is brought up to date in a copy of the file, which is removed afterwards. Raises StoreError.
    """
    manifest = read_manifest(path)
    with tempfile.TemporaryDirectory(prefix="connector-restore-") as folder:
        _check(path, manifest)
        db = engine.frozen(path) if manifest.schema == SCHEMA else _migrated(path, Path(folder) / "backup.db", manifest)
        try:
            _check_audit(db, path, progress)
            yield manifest, db
        finally:
            db.close()


def _check(path: Path, manifest: Manifest) -> None:
    """The rows are those that were written, by the columns that they had then."""
    db = engine.frozen(path)
    try:
        with db.read() as connection:
            digest = _digest(connection, manifest.tables)
    except (DatabaseError, sqlite3.Error, ValueError) as error:
        raise StoreError(f"{path} is damaged: {error}; use another backup") from error
    finally:
        db.close()
    if digest != manifest.digest:
        raise StoreError(f"{path} is damaged or was changed: its digest does not fit; use another backup")


def _migrated(path: Path, working: Path, manifest: Manifest) -> Database:
    shutil.copyfile(path, working)
    os.chmod(working, 0o600)  # noqa: PTH101 - the same rights as the backup's
    db = engine.connect(f"sqlite:///{working}")
    try:
        schema.upgrade(db)
    except StoreError as error:
        db.close()
        raise StoreError(f"{path} has schema {manifest.schema}, this program {SCHEMA}: {error}") from error
    return db


def _check_audit(db: Database, path: Path, progress: Progress) -> None:
    with db.read() as connection:
        report = verify(LedgerReader(connection))
    progress(0, 0)
    if report.problems:
        raise StoreError(
            f"the audit in {path} does not verify ({report.problems[0]}; {len(report.problems)} in all): "
            "somebody changed the store before the backup was made; use an earlier one"
        )

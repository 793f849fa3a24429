"""The schema of a database: made and changed by Alembic's migrations, checked at every start.

Alembic is imported where a migration runs: every command checks the schema, and Alembic would double its start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from connector.store.engine import Database, connect
from connector.store.errors import StoreError
from connector.store.tables import SCHEMA, metadata

if TYPE_CHECKING:
    from alembic.config import Config

Progress = Callable[[str], None]
"""Called with a line for a person after each step."""

MIGRATIONS = Path(__file__).parent / "migrations"

_STANDS_AT = table("alembic_version", column("version_num"))  # Alembic's own table


def migrate(url: str, progress: Progress | None = None) -> None:
    """Bring the database at ``url`` to the schema of this program, in one transaction. Raises StoreError.

    A database that a newer program has migrated is refused: nothing here knows how to go back.
    """
    db = connect(url)
    try:
        upgrade(db, progress)
    finally:
        db.close()


def upgrade(db: Database, progress: Progress | None = None) -> None:
    """``migrate`` on an open database."""
    from alembic import command  # noqa: PLC0415 - see above

    with db.write() as connection:
        db.alone(connection)
        found = revision(connection)
        if found is not None and found not in _known_revisions():
            raise _newer(found)
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["progress"] = progress
        command.upgrade(config, "head")


def check(db: Database) -> None:
    """Raises StoreError, naming the remedy, unless the schema is the one that this program was written for."""
    with db.read() as connection:
        found = revision(connection)
    if found == SCHEMA:
        return
    if found is None or found in _known_revisions():
        raise StoreError(
            f"the database has schema {found or 'none'}, this program needs {SCHEMA}: "
            "make a backup (connector backup), then run connector migrate"
        )
    raise _newer(found)


def is_new(db: Database) -> bool:
    """Whether the database holds nothing at all."""
    with db.read() as connection:
        return not inspect(connection).get_table_names()


def create(db: Database) -> None:
    """The schema at once, for a database in memory. A test holds it equal to what the migrations make."""
    with db.write() as connection:
        for statement in _definitions():
            connection.exec_driver_sql(statement)


def revision(connection: Connection) -> str | None:
    """The migration that the database stands at; None before the first."""
    if not inspect(connection).has_table(_STANDS_AT.name):
        return None
    found: str | None = connection.scalar(select(_STANDS_AT.c.version_num))
    return found


def _newer(found: str) -> StoreError:
    return StoreError(
        f"the database has schema {found}, which is newer than this program ({SCHEMA}): "
        "install the newer version (connector migrate cannot go back), or restore a backup"
    )


@cache
def _definitions() -> tuple[str, ...]:
    dialect = sqlite.dialect()
    tables = metadata.sorted_tables
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in tables]
    indexes = sorted((index for table in tables for index in table.indexes), key=lambda index: str(index.name))
    return (*made, *(str(CreateIndex(index).compile(dialect=dialect)) for index in indexes))


@cache
def _known_revisions() -> frozenset[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    # Alembic reads its options with interpolation: a percent sign in the installation's path is doubled.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

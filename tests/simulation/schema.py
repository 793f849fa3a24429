"""A store on PostgreSQL for simulated runs: one schema a process, emptied before each run."""

from __future__ import annotations

import os
from functools import cache

import psycopg
from psycopg import sql
from sqlalchemy import delete

from connector.store.engine import Database, connect
from connector.store.schema import migrate
from connector.store.store import Store
from connector.store.tables import metadata
from connector.sync.connection import Clock

PREFIX = "simulation_"


def empty_store(server: str, clock: Clock) -> Store:
    """A store on ``server`` that holds nothing. Whatever an earlier one in this process held is gone."""
    db = _database(server, os.getpid())
    with db.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    return Store(db, clock)


def drop_all(server: str) -> None:
    """Remove what simulations left behind on the server."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [PREFIX + "%"])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))


@cache
def _database(server: str, process: int) -> Database:
    """A new schema for this process."""
    name = f"{PREFIX}{process}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
    url = f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
    migrate(url)
    return connect(url, durable=False)

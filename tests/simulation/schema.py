"""A store on PostgreSQL for simulated runs: one schema a process, emptied before each run."""

from __future__ import annotations

import os
from functools import cache

import psycopg
from psycopg import sql
from sqlalchemy import Engine, delete

from connector.store.engine import connect
from connector.store.schema import migrate
from connector.store.tables import metadata
from tests.simulation.trouble import Commits

PREFIX = "simulation_"


def empty_database(server: str) -> Commits:
    """A database on ``server`` that holds nothing. Whatever an earlier one in this process held is gone."""
    db = Commits(_engine(server, os.getpid()))
    with db.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    return db


def drop_all(server: str) -> None:
    """Remove what simulations left behind on the server."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [PREFIX + "%"])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))


@cache
def _engine(server: str, process: int) -> Engine:
    """A new schema for this process."""
    name = f"{PREFIX}{process}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
    url = f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
    migrate(url)
    return connect(url, durable=False).engine

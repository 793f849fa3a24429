"""One suite, three engines: an SQLite file, SQLite in memory, and PostgreSQL where TEST_POSTGRES_URL names one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from connector.store.schema import migrate
from connector.store.store import Store
from tests.unit.store.helpers import Clock

SERVER = os.environ.get("TEST_POSTGRES_URL", "")
ENGINES = ["file", "memory", *(["postgresql"] if SERVER else [])]


@dataclass
class Engine:
    """Where a test may make a store. ``url`` is "" for a store in memory."""

    name: str
    url: str

    def open(self, clock: Clock) -> Store:
        return Store.open(self.url, clock=clock, durable=False) if self.url else Store.memory(clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgresql":
        yield from _schema_on_the_server()
    else:
        yield Engine(request.param, f"sqlite:///{tmp_path}/store.db" if request.param == "file" else "")


def _schema_on_the_server() -> Iterator[Engine]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {name}".encode())
        try:
            url = f"{SERVER}{'&' if '?' in SERVER else '?'}options=-csearch_path%3D{name}"
            migrate(url)
            yield Engine("postgresql", url)
        finally:
            server.execute(f"DROP SCHEMA {name} CASCADE".encode())


@pytest.fixture
def store(engine: Engine, clock: Clock) -> Iterator[Store]:
    opened = engine.open(clock)
    yield opened
    opened.close()

"""A PostgreSQL that keeps what it commits, as a customer's does, with its own account of what it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine, text

from tests.real import postgres as throwaway

SYNCED = "synced"
"""Under which ``counts`` tells how often the server forced its log to the disk."""

_ROLE = "connector"  # the daemons' own, so that the benchmark's questions are not counted as theirs


@dataclass(frozen=True)
class Server:
    """Its address for the daemons and for the benchmark, and the process that is the parent of all its others."""

    store: str
    watch: str
    pid: int


def installed() -> bool:
    return throwaway.programs() is not None


@contextmanager
def server() -> Iterator[Server]:
    """The tests' server, started anew with all its care: their settings give up durability for speed."""
    with throwaway.server() as url:
        with _engine(url).connect() as connection:
            data = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        throwaway.restart(url, "fast", "shared_preload_libraries=pg_stat_statements")
        for statement in ("CREATE EXTENSION pg_stat_statements", f"CREATE ROLE {_ROLE} SUPERUSER LOGIN"):
            with _engine(url).begin() as connection:
                connection.execute(text(statement))
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        yield Server(url.replace("postgres@", f"{_ROLE}@"), url, pid)


def counts(server: Server) -> Counter[str]:
    """How often the daemons asked for what so far, by the first word of each statement; and ``SYNCED``."""
    asked = text(
        "SELECT upper(substring(s.query from '[A-Za-z]+')), sum(s.calls)::bigint FROM pg_stat_statements s"
        " JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = :role GROUP BY 1"
    )
    with _engine(server.watch).connect() as connection:
        found: Counter[str] = Counter(dict(connection.execute(asked, {"role": _ROLE}).tuples().all()))
        found[SYNCED] = connection.execute(text("SELECT wal_sync FROM pg_stat_wal")).scalar_one()
        return found


def _engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)

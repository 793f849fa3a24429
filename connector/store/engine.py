"""One database under the store. Whatever differs between SQLite and PostgreSQL is here, and only here."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import structlog
from sqlalchemy import URL, ColumnElement, Connection, Engine, Select, collate, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import NullPool

from connector.store.errors import StoreError

if TYPE_CHECKING:
    from connector.store.listen import Listener

T = TypeVar("T")

log = structlog.get_logger()

BUSY_MS = 30_000
TRIES = 3
CHANNEL = "connector_work"
"""One for all that work in a database. A notice says only that there may be work: the queue says what."""

upsert = postgresql.insert
"""An INSERT that knows ON CONFLICT. Both engines speak the same, and SQLite's compiler takes PostgreSQL's class as well."""

STALLED_MS = 5_000
"""How long PostgreSQL lets a transaction of ours idle: a frozen process must not keep its locks from the others."""
MIGRATING = 7_236_114  # the key of PostgreSQL's advisory lock; any number that nobody else uses


class Database:
    """Connections and transactions, by engine.

    A thread has at most one write transaction open: a second one would wait for the first for ever.
    """

    def __init__(self, engine: Engine, *, in_memory: bool = False) -> None:
        self.engine = engine
        self.trouble = ""  # why the last write that failed did so, until somebody has proved that it is over
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._only = engine.connect() if in_memory else None
        # SQLite has one writer. Threads that queue here are served at once; its own waiting polls.
        self._gate: AbstractContextManager[Any] = threading.RLock() if self.is_sqlite else nullcontext()
        self._writer: Connection | None = None
        self._mine = threading.local()

    @property
    def file(self) -> Path | None:
        """Where an embedded database lies."""
        name = self.engine.url.database
        return Path(name) if self.is_sqlite and self._only is None and name else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back on anything that is raised.

        Raises StoreError inside another one of this thread.
        """
        if getattr(self._mine, "writing", False):
            raise StoreError("a write transaction is open in this thread already")
        with self._gate:
            self._mine.writing = True
            try:
                with self._for_writing() as connection, connection.begin():
                    yield connection
            except OperationalError as error:
                self._failed(error)
                raise
            finally:
                self._mine.writing = False

    def _failed(self, error: OperationalError) -> None:
        if _collided(error):
            return
        reason = str(error.orig).strip()
        if reason != self.trouble:  # each new reason once
            log.error("store_failed", reason=reason)
        self.trouble = reason

    @contextmanager
    def read(self, *, consistent: bool = False) -> Iterator[Connection]:
        """Reads. ``consistent``: all of them see one moment (SQLite: always)."""
        if self._only is not None:
            with self._gate, nullcontext() if self._only.in_transaction() else self._only.begin():
                yield self._only
            return
        with self.engine.connect() as connection:
            if consistent and not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                if consistent and not self.is_sqlite:  # whoever reads everything may take a while over each part
                    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                yield connection

    def run(self, act: Callable[[Connection], T]) -> T:
        """``act`` in a write transaction of its own, again where another process was in the way."""
        for left in reversed(range(TRIES)):
            try:
                with self.write() as connection:
                    return act(connection)
            except (IntegrityError, OperationalError) as error:
                if not left or not _collided(error):
                    raise
        raise AssertionError("unreachable")

    def passing_by(self, select: Select[Any]) -> Select[Any]:
        """Lock the rows and pass by those that another transaction has locked. SQLite has one writer anyway."""
        return select if self.is_sqlite else select.with_for_update(skip_locked=True)

    def locking(self, select: Select[Any], by: ColumnElement[str] | None = None) -> Select[Any]:
        """Lock the rows; many in the order of ``by``: two that wait for each other would have to be torn apart."""
        if self.is_sqlite:
            return select
        return (select if by is None else select.order_by(collate(by, "C"))).with_for_update()

    def alone(self, connection: Connection) -> None:
        """Keep a second migration out until this transaction ends. In SQLite BEGIN IMMEDIATE has done so."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})

    def hold(self, connection: Connection, select: Select[Any], by: ColumnElement[str] | None = None) -> None:
        """Wait for the rows and keep them, so that the next statement sees what others have committed to them."""
        if not self.is_sqlite:
            connection.execute(self.locking(select, by))

    def notify(self, connection: Connection) -> None:
        """Wake whoever listens, in any process, when this transaction is committed. SQLite has one process."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})

    def listen(self, wake: Callable[[], None]) -> Listener | None:
        """Call ``wake`` at each ``notify``, from another thread. None in SQLite, where nobody else could notify."""
        if self.is_sqlite:
            return None
        from connector.store.listen import Listener  # noqa: PLC0415 - SQLite needs no driver of PostgreSQL's

        return Listener(self.engine, CHANNEL, wake)

    def close(self) -> None:
        if self._only is not None:
            self._only.close()
            return
        with self._gate:
            self._put_back()
        self.engine.dispose()

    def _for_writing(self) -> AbstractContextManager[Connection]:
        if self._only is not None:
            return nullcontext(self._only)
        return self._kept() if self.is_sqlite else self.engine.connect()

    @contextmanager
    def _kept(self) -> Iterator[Connection]:
        """SQLite's one writer: kept as long as all goes well, since a round trip to the pool costs a statement's time."""
        if self._writer is None:
            self._writer = self.engine.connect().execution_options(connector_write=True)
        try:
            yield self._writer
        except BaseException:
            self._put_back()  # whatever state it is in: the pool resets it, or throws it away
            raise

    def _put_back(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


def connect(url: str, *, durable: bool = True) -> Database:
    """The database at ``url``: ``sqlite:///FILE`` or ``postgresql://…``. Raises StoreError for any other."""
    address = make_url(url)
    backend = address.get_backend_name()
    if backend == "sqlite":
        if address.database in (None, "", ":memory:"):
            raise StoreError("the store needs a file: sqlite:///PATH")
        return Database(_sqlite(create_engine(address), durable=durable))
    if backend == "postgresql":
        return Database(_postgresql(address, durable=durable))
    raise StoreError(f"the store runs on sqlite or postgresql, not on {backend}")


def frozen(file: Path) -> Database:
    """An SQLite file that nobody writes any more, to be read without touching it or leaving anything beside it."""
    address = URL.create("sqlite", database=f"file:{quote(str(file.resolve()))}", query=dict.fromkeys(("immutable", "uri"), "1"))
    return Database(create_engine(address.update_query_dict({"mode": "ro"}), poolclass=NullPool))


def settle(file: Path) -> None:
    """Bring an SQLite database that nobody has open into its one file, with nothing beside it, and onto the disk."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    with file.open("rb") as written:
        os.fsync(written.fileno())


def memory() -> Database:
    """A database that ends with the process, on one connection that all threads take in turn."""
    return Database(_memory_engine(), in_memory=True)


@cache
def _memory_engine() -> Engine:
    # Every connection is a database of its own; one engine for all, since it keeps the compiled statements.
    return _sqlite(create_engine("sqlite://", poolclass=NullPool, connect_args={"check_same_thread": False}), durable=False)


def _sqlite(engine: Engine, *, durable: bool) -> Engine:
    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _: object) -> None:
        raw.isolation_level = None  # the driver begins nothing by itself: see below
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "foreign_keys=ON",
        ):
            raw.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later can fail half-way; one that announces itself waits.
        write = connection.get_execution_options().get("connector_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgresql(address: URL, *, durable: bool) -> Engine:
    from connector.store.many import Cursor  # noqa: PLC0415 - SQLite needs no driver of PostgreSQL's

    options = [
        f"-c idle_in_transaction_session_timeout={STALLED_MS}",
        "" if durable else "-c synchronous_commit=off",
        str(address.query.get("options", "")),  # last, so that it wins
    ]
    server = address.set(drivername="postgresql+psycopg").difference_update_query(["options"])
    # A server that vanished without a word is noticed after half a minute, not after the system's two hours of silence,
    # nor after its quarter of an hour with something unacknowledged.
    alive = {"connect_timeout": "10", "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3"}
    alive["tcp_user_timeout"] = "30000"
    server = server.set(query={**alive, **server.query})
    return create_engine(server, pool_pre_ping=True, connect_args={"options": " ".join(options), "cursor_factory": Cursor})


def _collided(error: IntegrityError | OperationalError) -> bool:
    """Whether another transaction made this one fail, so that it may succeed when begun anew."""
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, IntegrityError) or state in ("40001", "40P01")

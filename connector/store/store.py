"""The store: all that the connector must not forget, in SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from connector.store import engine, lockfile, schema
from connector.store.backfilled import Backfilled
from connector.store.engine import upsert
from connector.store.errors import OUT_OF_REACH
from connector.store.intake import Intake, recall, remember
from connector.store.joint import Together
from connector.store.ledger import Ledger
from connector.store.queries import Queries
from connector.store.queue import Queue, fenced
from connector.store.records import Claim
from connector.store.sides import Sides
from connector.store.tables import fact
from connector.store.transaction import Acts, Tx, begin_claimed, begin_operator, finish, together

if TYPE_CHECKING:
    from connector.store.listen import Listener

MARKER_KEY = "marker_key"
PROVED = "proved"  # a fact that says nothing but that it could be written


class Store(Queue, Intake, Backfilled, Together, Ledger, Queries, Sides):
    """Open with ``Store.open(url)`` or ``Store.memory()``; used by many threads at once; ``close()`` at the end.

    Each part documents its own verbs: queue.py, intake.py, backfilled.py, joint.py, ledger.py, queries.py, sides.py, and Tx in
    transaction.py.
    """

    def __init__(self, db: engine.Database, clock: Callable[[], float]) -> None:
        super().__init__(db, clock)
        self._lock: IO[str] | None = None
        self._listeners: list[Listener] = []

    @classmethod
    def open(cls, url: str, *, durable: bool = True, clock: Callable[[], float] = time.time) -> Store:
        """The store at ``sqlite:///FILE`` or ``postgresql://…``.

        An SQLite file that is new or empty gets its schema; any other must have this program's, else StoreError.
        ``durable=False`` gives up the last moments on a power failure, for speed. ``clock``: seconds since the epoch.
        """
        db = engine.connect(url, durable=durable)
        try:
            if db.is_sqlite and schema.is_new(db):
                schema.upgrade(db)
            schema.check(db)
        except BaseException:
            db.close()
            raise
        return cls(db, clock)

    @classmethod
    def memory(cls, clock: Callable[[], float] = time.time) -> Store:
        """A store that ends with the process, for simulations."""
        db = engine.memory()
        schema.create(db)
        return cls(db, clock)

    def lock_exclusive(self) -> None:
        """Keep any second daemon off an SQLite file until ``close``. Raises StoreError naming the process that has it.

        PostgreSQL serves many daemons: nothing to do there.
        """
        if self._lock is None and self.db.file is not None:
            self._lock = lockfile.lock(self.db.file)

    @property
    def shared(self) -> bool:
        """Whether several processes may work on it at once."""
        return not self.db.is_sqlite

    def listen(self, wake: Callable[[], None]) -> None:
        """Call ``wake``, from another thread and until ``close``, when any process has made bonds due.

        A notice may be missed: look by yourself now and then. In SQLite nothing is ever called, since nobody else
        works there.
        """
        listener = self.db.listen(wake)
        if listener:
            self._listeners.append(listener)

    def prove(self) -> None:
        """Read, and where the last write failed, write: a full disk can still be read. Raises what the database raises."""
        self.fact(PROVED)
        if self.db.trouble:
            self.set_fact(PROVED, f"{self.clock():.3f}")
            self.db.trouble = ""

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
        self.db.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @contextmanager
    def transaction(self, claim: Claim) -> Iterator[Tx]:
        """A transaction on a claimed bond: the lease is proved and extended first; committed at the end, or not at all.

        Raises Fenced where the bond is no longer ours; then nothing is written.
        """
        with self.db.write() as connection:
            tx = begin_claimed(connection, claim, self.clock())
            yield tx
            finish(connection, tx)

    def transactions(self, acts: Acts) -> dict[str, Exception]:
        """``transaction`` for many bonds with one commit: claim -> what to do; names the bonds that nothing was written of.

        Each fence is proved by itself, and a bond that is no longer ours is left out (Fenced). Where an act fails,
        all are rolled back and each is done again in a transaction of its own, so that only the bonds whose act
        fails are left out, with what was raised. An act may therefore be called more than once: it must do nothing but
        tell its Tx. Errors of the database itself are raised.
        """
        try:
            held = self.db.run(lambda connection: together(self.db, connection, acts, self.clock()))
        except OUT_OF_REACH:
            raise
        except Exception:  # noqa: BLE001 - found again, and handed out, below
            return self._one_by_one(acts)
        return {claim.bond: fenced(claim.bond) for claim in acts if claim.bond not in held}

    def _one_by_one(self, acts: Acts) -> dict[str, Exception]:
        failed: dict[str, Exception] = {}
        for claim, act in acts.items():
            try:
                with self.transaction(claim) as tx:
                    act(tx)
            except OUT_OF_REACH:
                raise
            except Exception as error:  # noqa: BLE001 - the caller's act, the caller's error
                failed[claim.bond] = error
        return failed

    @contextmanager
    def operator_transaction(self, bond: str) -> Iterator[Tx]:
        """A transaction for a person's act: whoever works on the bond is fenced off, and a pass is due at once.

        Raises StoreError where there is no such bond.
        """
        with self.db.write() as connection:
            tx = begin_operator(self.db, connection, bond, self.clock())
            self.db.notify(connection)
            yield tx
            finish(connection, tx)

    @contextmanager
    def operator_transactions(self, *bonds: str) -> Iterator[tuple[Tx, ...]]:
        """``operator_transaction`` on several different bonds at once, in the order given: all is done, or nothing."""
        with self.db.write() as connection:
            begun = {bond: begin_operator(self.db, connection, bond, self.clock()) for bond in sorted(bonds)}
            self.db.notify(connection)
            yield tuple(begun[bond] for bond in bonds)
            finish(connection, *begun.values())

    def park(self, claim: Claim, reason: str) -> None:
        """Keep a bond out of the queue until ``release``, and record why. Raises Fenced."""
        with self.transaction(claim) as tx:
            tx.park(reason)
            tx.record({"kind": "parked", "reason": reason})

    def release(self, bond: str, event: Mapping[str, Any] | None = None) -> None:
        """Let a parked bond go again, at once and with all its attempts. ``event`` says who and why."""
        with self.operator_transaction(bond) as tx:
            tx.release()
            tx.record(event or {"kind": "released"})

    def redact(self, bond: str, n: int, *, by: str, reason: str) -> None:
        """Erase the content of one audit record and record the erasure. Raises StoreError: see ``Tx.redact``."""
        with self.operator_transaction(bond) as tx:
            tx.redact(n, by, reason)

    def fact(self, name: str) -> str | None:
        """A durable fact about this installation."""
        with self.db.read() as connection:
            return recall(connection, [name]).get(name)

    def facts(self, names: Sequence[str]) -> dict[str, str]:
        """Those of these facts that there are, in one statement."""
        with self.db.read() as connection:
            return recall(connection, names)

    def set_fact(self, name: str, value: str) -> None:
        with self.db.write() as connection:
            remember(connection, name, value)

    def change_fact(self, name: str, change: Callable[[str | None], str]) -> str:
        """Make a fact of what it was, while nobody else can change it; returns what it is now."""

        def act(connection: Connection) -> str:
            connection.execute(upsert(fact).values(name=name, value="").on_conflict_do_nothing())
            old = connection.scalar(self.db.locking(select(fact.c.value).where(fact.c.name == name)))
            new = change(old or None)
            connection.execute(update(fact).where(fact.c.name == name).values(value=new))
            return new

        return self.db.run(act)

    def marker_key(self) -> tuple[str, bytes]:
        """Id and key of the markers: made at first use and kept for ever, since copies out there bear them."""
        if self.fact(MARKER_KEY) is None:
            new = upsert(fact).values(name=MARKER_KEY, value=secrets.token_hex(32))
            with self.db.write() as connection:
                connection.execute(new.on_conflict_do_nothing())
        key = bytes.fromhex(self.fact(MARKER_KEY) or "")
        return hashlib.sha256(key).hexdigest()[:4], key

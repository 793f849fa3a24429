"""A person's act on several bonds at once, some of which are born in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from connector.store.engine import Database
from connector.store.intake import bear, known
from connector.store.part import Part
from connector.store.records import Birth
from connector.store.transaction import Tx, begin_operator, finish
from connector.words import Side

T = TypeVar("T")


class Joint:
    """One transaction on several bonds. Made by the store, never alone."""

    def __init__(self, db: Database, connection: Connection, now: float) -> None:
        self._db = db
        self._connection = connection
        self._now = now
        self._begun: dict[str, Tx] = {}

    def holder(self, connection: str, side: Side, ref: str) -> str | None:
        """The bond that has the ticket."""
        return known(self._connection, connection, side, [ref]).get(ref)

    def of(self, bond: str) -> Tx:
        """The transaction on one bond: whoever works on it is fenced off, and a pass is due at once.

        Raises StoreError where there is no such bond.
        """
        if bond not in self._begun:
            self._begun[bond] = begin_operator(self._db, self._connection, bond, self._now)
        return self._begun[bond]

    def bear(self, birth: Birth) -> Tx:
        """A new bond. Its ticket must be free."""
        bear(self._connection, [birth], self._now)
        return self.of(birth.bond.id)

    def end(self) -> None:
        """Write what is written last: the store does so before it commits."""
        self._db.notify(self._connection)
        finish(self._connection, *self._begun.values())


class Together(Part):
    """Acts that are about more than one bond."""

    def jointly(self, act: Callable[[Joint], T]) -> T:
        """Do it in one transaction, all or nothing; again where another process was in the way, so it must be repeatable."""

        def both(connection: Connection) -> T:
            joint = Joint(self.db, connection, self.clock())
            done = act(joint)
            joint.end()
            return done

        return self.db.run(both)

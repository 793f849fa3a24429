"""The audit in the store: reading it, checkpoints over it, erasing from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Result, Row, Select, func, insert, select, update

from connector.audit.record import Checkpoint, Content, Head, Record, seal_checkpoint
from connector.store.part import Part, batches
from connector.store.tables import bond, checkpoint, content, record

_ends = select(bond.c.id, bond.c.length, bond.c.head, bond.c.sealed)
_records = (
    select(record, content.c.salt, content.c.body)
    .join_from(record, content, (content.c.bond == record.c.bond) & (content.c.n == record.c.n), isouter=True)
    .order_by(record.c.bond, record.c.n)
)
_strays = (
    select(content.c.bond, content.c.n)
    .join_from(content, record, (content.c.bond == record.c.bond) & (content.c.n == record.c.n), isouter=True)
    .where(record.c.bond.is_(None))
)


class LedgerReader:
    """The whole audit at one moment, in the order in which ``connector.audit`` reads it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def checkpoints(self) -> Iterator[Checkpoint]:
        for row in self._rows(select(checkpoint).order_by(checkpoint.c.n)):
            yield Checkpoint(**row._asdict())

    def heads(self) -> Iterator[Head]:
        for row in self._rows(_ends):
            yield Head(row.id, row.length, row.head, row.sealed)

    def records(self) -> Iterator[Record]:
        """Every record with its content, those of one bond together and in order."""
        for row in self._rows(_records):
            yield record_of(row)

    def strays(self) -> Iterator[tuple[str, int]]:
        """Contents that no record has: bond and number."""
        for row in self._rows(_strays):
            yield row.bond, row.n

    def _rows(self, statement: Select[Any]) -> Result[Any]:
        return self._connection.execute(statement, execution_options={"yield_per": 1000})


class Ledger(Part):
    """What an auditor, and the leader each minute, ask of the store."""

    @contextmanager
    def audit(self) -> Iterator[LedgerReader]:
        """A reader for ``connector.audit.verify`` and ``export``."""
        with self.db.read(consistent=True) as connection:
            yield LedgerReader(connection)

    def records(self, bond_id: str) -> list[Record]:
        """The audit of one bond, oldest first."""
        with self.db.read() as connection:
            return [record_of(row) for row in connection.execute(_records.where(record.c.bond == bond_id))]

    def checkpoint(self) -> Checkpoint | None:
        """Append a checkpoint over the bonds that grew since the last, and return the newest.

        Nothing grew: nothing is appended. None: there is nothing yet. Keep its ``anchor`` outside the database
        (the daemon logs it): it alone shows that the last checkpoint was removed.
        """
        return self.db.run(self.seal)

    def seal(self, connection: Connection) -> Checkpoint | None:
        """``checkpoint`` within a transaction."""
        last = connection.execute(select(checkpoint).order_by(checkpoint.c.n.desc()).limit(1)).first()
        newest = Checkpoint(**last._asdict()) if last else None
        ends = self.db.locking(_ends.where(bond.c.length != bond.c.sealed))
        grown = [Head(row.id, row.length, row.head, row.sealed) for row in connection.execute(ends)]
        if not grown:
            return newest
        new = seal_checkpoint(newest, self.clock(), grown)
        connection.execute(insert(checkpoint), vars(new))
        for batch in batches(head.bond for head in grown):
            connection.execute(update(bond).where(bond.c.id.in_(batch)).values(sealed=bond.c.length))
        return new

    def audit_size(self) -> tuple[int, int]:
        """How many records and checkpoints there are."""
        with self.db.read() as connection:
            counts = [connection.scalar(select(func.count()).select_from(table)) for table in (record, checkpoint)]
        return counts[0] or 0, counts[1] or 0


def record_of(row: Row[Any]) -> Record:
    """A record from a row that has its content beside it."""
    values = row._asdict()
    salt, body = values.pop("salt"), values.pop("body")
    return Record(**values, content=None if salt is None else Content(salt, body))

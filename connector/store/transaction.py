"""One transaction on one bond: the fence first, then what the caller does, then the bond's row and its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, case, delete, insert, select, update

from connector.audit.record import REDACTED, Record, seal
from connector.store.codec import bond_of, bond_row, identity_of, identity_row, intent_of, intent_row, storable
from connector.store.engine import Database
from connector.store.errors import AlreadyBonded, StoreError
from connector.store.part import batches
from connector.store.queue import FREE, MINE, fenced, owned
from connector.store.records import Bond, Claim, Identity, Intent, Loaded
from connector.store.tables import bond, bond_ref, content, identity, intent, record, work
from connector.words import Side

_chain = [
    work.c.connection,
    work.c.priority,
    select(bond.c.length).where(bond.c.id == work.c.bond).scalar_subquery().label("length"),
    select(bond.c.head).where(bond.c.id == work.c.bond).scalar_subquery().label("head"),
]
_now = bindparam("now", type_=work.c.until.type)
_prove = (
    update(work)
    .where(*MINE)
    .values(until=case((work.c.until < _now + work.c.lease, _now + work.c.lease), else_=work.c.until))
    .returning(*_chain)
)
_take = (
    update(work)
    .where(work.c.bond == bindparam("of_bond"))
    .values(fence=work.c.fence + 1, due=case((work.c.due > _now, _now), else_=work.c.due), attempts=0, **FREE)
    .returning(*_chain)
)
_work_of = work.c.bond == bindparam("of_bond")
_park = update(work).where(_work_of).values(parked=bindparam("why"), parked_at=_now, **FREE)
_release = update(work).where(_work_of).values(parked=None, parked_at=None, trouble=None, attempts=0)
_prioritise = update(work).where(_work_of).values(priority=bindparam("to_priority"))
_store_bond = update(bond).where(bond.c.id == bindparam("of_bond"), bond.c.length == bindparam("was"))


class Tx:
    """What can be done to one bond within one transaction. Made by the store, never alone."""

    def __init__(self, db: Database, connection: Connection, bond_id: str, row: Row[Any], now: float) -> None:
        self.bond = bond_id
        self._db = db
        self._connection = connection
        self._of = row.connection
        self._priority = row.priority
        self._was = self._length = row.length
        self._head = row.head
        self._now = now
        self._saved: Bond | None = None
        self._records: list[Record] = []

    def load(self) -> Loaded:
        """The bond as it is now, for acts that decide within the transaction."""
        return load(self._connection, [self.bond])[self.bond]

    def save(self, changed: Bond) -> None:
        """Keep the bond as it is when the transaction ends."""
        if changed.id != self.bond:
            raise StoreError(f"bond {changed.id} in the transaction of bond {self.bond}")
        self._saved = changed

    def open_intent(self, opened: Intent) -> None:
        """Announce a call."""
        if opened.bond != self.bond:
            raise StoreError(f"an intent of bond {opened.bond} in the transaction of bond {self.bond}")
        self._connection.execute(insert(intent), intent_row(opened))

    def close_intent(self, intent_id: str) -> None:
        """The call's outcome is known, or the intent is retired. Raises StoreError where it is not open."""
        here = (intent.c.id == intent_id, intent.c.bond == self.bond)
        if not self._connection.execute(delete(intent).where(*here)).rowcount:
            raise StoreError(f"intent {intent_id} of bond {self.bond} is not open")

    def identify(self, known: Identity) -> None:
        """Remember the copy of an item. The same again changes nothing; a second copy must say ``extra``.

        Raises StoreError where the item has another copy in that ticket already.
        """
        new = self._db.insert(identity).values(identity_row(self.bond, known))
        same = identity.c.copy.in_(["", known.copy])
        kept = new.on_conflict_do_update(
            index_elements=list(identity.primary_key.columns),
            set_={"copy": new.excluded.copy, "doc": new.excluded.doc},
            where=same,
        ).returning(identity.c.item)
        if self._connection.execute(kept).first() is None:
            raise StoreError(f"{known.item} of bond {self.bond} has another copy in {known.side} {known.ref} already")

    def link(self, side: Side, ref: str) -> None:
        """Tie a ticket to the bond. Raises AlreadyBonded where another bond has it."""
        key = {"connection": self._of, "side": side.value, "ref": ref}
        new = self._db.insert(bond_ref).values(**key, bond=self.bond)
        if self._connection.execute(new.on_conflict_do_nothing().returning(bond_ref.c.bond)).first() is None:
            has = self._connection.scalar(select(bond_ref.c.bond).filter_by(**key))
            if has != self.bond:
                raise AlreadyBonded(f"{side.value} ticket {ref} belongs to bond {has}", has or "")

    def unlink(self, side: Side, ref: str) -> None:
        """Untie a ticket: it may become a bond of its own."""
        key = {"connection": self._of, "side": side.value, "ref": ref, "bond": self.bond}
        self._connection.execute(delete(bond_ref).filter_by(**key))

    def record(self, event: Mapping[str, Any]) -> int:
        """Append to the bond's audit and return the record's number. ``event["kind"]`` names what it is about.

        The event is plain JSON data (TypeError else). Only ``redact`` records an erasure (StoreError).
        """
        if event.get("kind") == REDACTED:
            raise StoreError("an erasure is recorded by redact alone")
        return self._append(event)

    def _append(self, event: Mapping[str, Any]) -> int:
        sealed = seal(self.bond, self._length + 1, self._now, event, self._head)
        self._records.append(sealed)
        self._length, self._head = sealed.n, sealed.hash
        return sealed.n

    def redact(self, n: int, by: str, reason: str) -> None:
        """Erase the content of record ``n``, and record that and why.

        Raises StoreError where there is nothing to erase, and for the record of an erasure itself.
        """
        here = (content.c.bond == self.bond, content.c.n == n)
        kind = self._connection.scalar(select(record.c.kind).where(record.c.bond == self.bond, record.c.n == n))
        if kind == REDACTED:
            raise StoreError(f"record {n} of bond {self.bond} says what was erased, and stays")
        if kind is None or not self._connection.execute(delete(content).where(*here)).rowcount:
            raise StoreError(f"bond {self.bond} has no record {n} with a content")
        self._append({"kind": REDACTED, "n": n, "by": by, "reason": reason})

    def park(self, reason: str) -> None:
        """Keep the bond out of the queue until an operator releases it."""
        why = {"of_bond": self.bond, "why": storable(reason), "now": self._now}
        self._connection.execute(_park, why)

    def release(self) -> None:
        """Let a parked bond back into the queue, with all its attempts."""
        self._connection.execute(_release, {"of_bond": self.bond})

    def finish(self) -> None:
        """Write the bond's row and its records; the store calls this before it commits."""
        if self._records:
            rows = [entry.__dict__ for entry in self._records]
            self._connection.execute(insert(record), [{c.name: row[c.name] for c in record.c} for row in rows])
            texts = [(entry.n, entry.content) for entry in self._records if entry.content]
            self._connection.execute(
                insert(content), [{"bond": self.bond, "n": n, "salt": text.salt, "body": text.body} for n, text in texts]
            )
        if self._records or self._saved:
            self._store_bond()

    def _store_bond(self) -> None:
        values: dict[str, Any] = {"length": self._length, "head": self._head}
        if self._saved:
            values |= bond_row(self._saved, self._now)
            if self._saved.priority != self._priority:
                to = {"of_bond": self.bond, "to_priority": self._saved.priority}
                self._connection.execute(_prioritise, to)
        stored = self._connection.execute(_store_bond.values(values), {"of_bond": self.bond, "was": self._was})
        if not stored.rowcount:  # the chain has grown under us: no commit may fork it
            raise fenced(self.bond)


def begin_claimed(db: Database, connection: Connection, claim: Claim, now: float) -> Tx:
    """Prove the fence, extend the lease. Raises Fenced."""
    row = connection.execute(_prove, owned(claim) | {"now": now}).one_or_none()
    if row is None:
        raise fenced(claim.bond)
    return Tx(db, connection, claim.bond, row, now)


def begin_operator(db: Database, connection: Connection, bond_id: str, now: float) -> Tx:
    """Take the bond from whoever works on it. Raises StoreError where there is no such bond."""
    # Whoever works on it may be in the middle of a commit, and what follows must see the chain as that leaves it.
    db.hold(connection, select(work.c.bond).where(work.c.bond == bond_id))
    row = connection.execute(_take, {"of_bond": bond_id, "now": now}).one_or_none()
    if row is None:
        raise StoreError(f"there is no bond {bond_id}")
    return Tx(db, connection, bond_id, row, now)


def load(connection: Connection, bond_ids: Sequence[str]) -> dict[str, Loaded]:
    """Bonds with their open intents and identities, in three statements a batch; unknown ids are absent."""
    loaded: dict[str, Loaded] = {}
    for batch in batches(bond_ids):
        for row in connection.execute(select(bond.c.id, bond.c.doc).where(bond.c.id.in_(batch))):
            loaded[row.id] = Loaded(bond_of(row.doc), [], [])
        for row in connection.execute(_of_bonds(intent, batch, intent.c.at, intent.c.id)):
            loaded[row.bond].intents.append(intent_of(row.doc))
        for row in connection.execute(_of_bonds(identity, batch, identity.c.at, identity.c.item)):
            loaded[row.bond].identities.append(identity_of(row.doc))
    return loaded


def _of_bonds(table: Table, bonds: Sequence[str], *order: Any) -> Any:
    return select(table.c.bond, table.c.doc).where(table.c.bond.in_(bonds)).order_by(*order)

"""One transaction on one bond: the fence first, then what the caller does, then the bond's row and its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, case, delete, insert, select, update

from connector.audit.record import REDACTED, Record, seal
from connector.store.codec import bond_of, bond_row, identity_of, identity_row, intent_of, intent_row, storable
from connector.store.engine import Database, upsert
from connector.store.errors import AlreadyBonded, StoreError
from connector.store.part import batches
from connector.store.prepared import Prepared, Values
from connector.store.queue import FREE, MINE, end_passes, fenced, owned, prove
from connector.store.records import Bond, Claim, Identity, Intent, Loaded
from connector.store.tables import bond, bond_ref, content, identity, intent, record, work
from connector.words import Side

CHAIN = [
    work.c.connection,
    work.c.priority,
    select(bond.c.length).where(bond.c.id == work.c.bond).scalar_subquery().label("length"),
    select(bond.c.head).where(bond.c.id == work.c.bond).scalar_subquery().label("head"),
]
"""What a transaction on a bond begins with."""

_now = bindparam("now", type_=work.c.until.type)
_work_of = work.c.bond == bindparam("of_bond")
_extended = case((work.c.until < _now + work.c.lease, _now + work.c.lease), else_=work.c.until)
_prove = Prepared(update(work).where(*MINE).values(until=_extended).returning(*CHAIN))
_extend = Prepared(update(work).where(*MINE).values(until=_extended))
_take = Prepared(
    update(work)
    .where(_work_of)
    .values(fence=work.c.fence + 1, due=case((work.c.due > _now, _now), else_=work.c.due), attempts=0, lost=0, **FREE)
    .returning(*CHAIN)
)
_park = Prepared(update(work).where(_work_of).values(parked=bindparam("why"), parked_at=_now, **FREE))
_release = Prepared(update(work).where(_work_of).values(parked=None, parked_at=None, trouble=None, attempts=0, lost=0))
_prioritise = Prepared(update(work).where(_work_of).values(priority=bindparam("to_priority")))

_open = Prepared(insert(intent))
_close = Prepared(delete(intent).where(intent.c.id == bindparam("of_intent"), intent.c.bond == bindparam("of_bond")))
_copy = upsert(identity)
_same = (identity.c.copy == "") | (identity.c.copy == _copy.excluded.copy)
_identify = Prepared(
    _copy.on_conflict_do_update(
        index_elements=list(identity.primary_key.columns),
        set_={"copy": _copy.excluded.copy, "doc": _copy.excluded.doc},
        where=_same,
    ).returning(identity.c.item)
)

_append = Prepared(insert(record))
_append_content = Prepared(insert(content))
_chain = update(bond).where(bond.c.id == bindparam("of_bond"), bond.c.length == bindparam("was"))
_store_chain = Prepared(_chain, ["length", "head"])
_store_bond = Prepared(_chain, [column.name for column in bond.c if column.name not in ("id", "sealed")])


class Tx:
    """What can be done to one bond within one transaction. Made by the store, never alone."""

    def __init__(self, connection: Connection, bond_id: str, row: Row[Any], now: float) -> None:
        self.bond = bond_id
        self._connection = connection
        self._of = row.connection
        self._priority = row.priority
        self._was = self._length = row.length
        self._head = row.head
        self._now = now
        self._saved: Bond | None = None
        self._records: list[Record] = []
        self._next_due: float | None = None

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
        _open.run(self._connection, intent_row(opened))

    def close_intent(self, intent_id: str) -> None:
        """The call's outcome is known, or the intent is retired. Raises StoreError where it is not open."""
        if not _close.run(self._connection, {"of_intent": intent_id, "of_bond": self.bond}).rowcount:
            raise StoreError(f"intent {intent_id} of bond {self.bond} is not open")

    def identify(self, known: Identity) -> None:
        """Remember the copy of an item. The same again changes nothing; a second copy must say ``extra``.

        Raises StoreError where the item has another copy in that ticket already.
        """
        if _identify.run(self._connection, identity_row(self.bond, known)).first() is None:
            raise StoreError(f"{known.item} of bond {self.bond} has another copy in {known.side} {known.ref} already")

    def forget(self, known: Identity) -> None:
        """A copy that its system has no more, after that went back in time: the item may be copied again."""
        key = {name: value for name, value in identity_row(self.bond, known).items() if name in identity.primary_key.columns}
        self._connection.execute(delete(identity).filter_by(**key))

    def forget_before(self) -> int:
        """Let what was there before the link travel like anything else: how many items that was."""
        stays = (identity.c.bond == self.bond, identity.c.copy == "")
        return self._connection.execute(delete(identity).where(*stays)).rowcount

    def link(self, side: Side, ref: str) -> None:
        """Tie a ticket to the bond. Raises AlreadyBonded where another bond has it."""
        key = {"connection": self._of, "side": side.value, "ref": ref}
        new = upsert(bond_ref).values(**key, bond=self.bond)
        if self._connection.execute(new.on_conflict_do_nothing().returning(bond_ref.c.bond)).first() is None:
            has = self._connection.scalar(select(bond_ref.c.bond).filter_by(**key))
            if has != self.bond:
                raise AlreadyBonded(f"{side.value} ticket {ref} belongs to bond {has}", has or "")

    def hand_over(self, to: Tx) -> None:
        """All tickets of this bond belong to another one from now on, of which a transaction is open beside this one."""
        self._connection.execute(update(bond_ref).where(bond_ref.c.bond == self.bond).values(bond=to.bond))

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
        _park.run(self._connection, {"of_bond": self.bond, "why": storable(reason), "now": self._now})

    def release(self) -> None:
        """Let a parked bond back into the queue, with all its attempts."""
        _release.run(self._connection, {"of_bond": self.bond})

    def done(self, next_due: float) -> None:
        """End the pass with this transaction: see ``Queue.done``."""
        self._next_due = next_due

    def finish(self, rows: Rows) -> None:
        """Add what is written last: the store writes it before it commits."""
        rows.records += [{column.name: getattr(entry, column.name) for column in record.c} for entry in self._records]
        texts = [(entry.n, entry.content) for entry in self._records if entry.content]
        rows.contents += [{"bond": self.bond, "n": n, "salt": text.salt, "body": text.body} for n, text in texts]
        end = {"of_bond": self.bond, "was": self._was, "length": self._length, "head": self._head}
        if self._saved:
            rows.bonds.append(bond_row(self._saved, self._now) | end)
            if self._saved.priority != self._priority:
                rows.priorities.append({"of_bond": self.bond, "to_priority": self._saved.priority})
        elif self._records:
            rows.chains.append(end)
        if self._next_due is not None:
            rows.due[self.bond] = self._next_due


@dataclass
class Rows:
    """What transactions write last, table by table, however many bonds they are about."""

    records: list[Values] = field(default_factory=list)
    contents: list[Values] = field(default_factory=list)
    bonds: list[Values] = field(default_factory=list)
    chains: list[Values] = field(default_factory=list)  # of bonds that are not saved
    priorities: list[Values] = field(default_factory=list)
    due: dict[str, float] = field(default_factory=dict)  # bonds whose pass has ended

    def write(self, connection: Connection) -> None:
        """Raises Fenced where a chain has grown under us: no commit may fork it."""
        _append.each(connection, self.records)
        _append_content.each(connection, self.contents)
        _prioritise.each(connection, self.priorities)
        stored = _store_bond.each(connection, self.bonds) + _store_chain.each(connection, self.chains)
        if stored != len(self.bonds) + len(self.chains):
            raise fenced(", ".join(str(row["of_bond"]) for row in (*self.bonds, *self.chains)))
        end_passes(connection, self.due)


Acts = Mapping[Claim, Callable[[Tx], None]]


def begin_claimed(connection: Connection, claim: Claim, now: float) -> Tx:
    """Prove the fence, extend the lease. Raises Fenced."""
    row = _prove.run(connection, owned(claim) | {"now": now}).one_or_none()
    if row is None:
        raise fenced(claim.bond)
    return Tx(connection, claim.bond, row, now)


def begin_operator(db: Database, connection: Connection, bond_id: str, now: float) -> Tx:
    """Take the bond from whoever works on it. Raises StoreError where there is no such bond."""
    # Whoever works on it may be in the middle of a commit, and what follows must see the chain as that leaves it.
    db.hold(connection, select(work.c.bond).where(work.c.bond == bond_id))
    row = _take.run(connection, {"of_bond": bond_id, "now": now}).one_or_none()
    if row is None:
        raise StoreError(f"there is no bond {bond_id}")
    return Tx(connection, bond_id, row, now)


def finish(connection: Connection, *transactions: Tx) -> None:
    """Write the bonds' rows, their records, and their places in the queue."""
    rows = Rows()
    for tx in transactions:
        tx.finish(rows)
    rows.write(connection)


def together(db: Database, connection: Connection, acts: Acts, now: float) -> set[str]:
    """Every act on its bond in this one transaction; names the bonds that are held, the others are left out."""
    held = prove(db, connection, acts, *CHAIN)
    begun = {claim: Tx(connection, claim.bond, row, now) for claim, row in held.items()}
    for claim, tx in begun.items():
        acts[claim](tx)
    finish(connection, *begun.values())
    # Who is done or parked has no owner any more, and so no lease to extend.
    _extend.each(connection, [owned(claim) | {"now": now} for claim in held])
    return {claim.bond for claim in held}


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

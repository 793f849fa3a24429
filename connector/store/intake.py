"""Where polling has got to, and the birth of bonds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from connector.audit.record import START, seal
from connector.store.codec import bond_row
from connector.store.engine import upsert
from connector.store.part import Part, batches
from connector.store.prepared import Prepared
from connector.store.queue import hint
from connector.store.records import Birth
from connector.store.tables import NEVER, bond, bond_ref, content, cursor, fact, record, work
from connector.words import Side

_cursor = Prepared(
    select(cursor.c.value).where(cursor.c.connection == bindparam("of_connection"), cursor.c.side == bindparam("of_side"))
)


class Intake(Part):
    """Hints come in, bonds are born; both in the transaction that moves the cursor."""

    def cursor(self, connection: str, side: Side) -> str | None:
        """Where the poll of a side goes on; None before the first page."""
        with self.db.read() as open_:
            return _cursor.run(open_, {"of_connection": connection, "of_side": side.value}).scalar()

    def advance(
        self,
        connection: str,
        side: Side,
        position: str | None,
        births: Sequence[Birth] = (),
        due: Iterable[str] = (),
        facts: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Take in one page: bonds for tickets that none has, the others due now, and the new cursor, all or nothing.

        ``facts``: what else is to be remembered of the page, with it.

        A birth whose ticket has a bond meanwhile makes that bond due instead, so a page may be taken in twice.
        ``position`` None leaves the cursor (a hint from elsewhere). Returns the ids of the bonds born.
        """
        hinted = list(due)
        now = self.clock()

        def take_in(open_: Connection) -> list[str]:
            new, others = unborn(open_, connection, births)
            bear(open_, new, now)
            hint(self.db, open_, [*hinted, *others], now)
            if new or hinted or others:
                self.db.notify(open_)
            if position is not None:
                self._move(open_, connection, side, position)
            for name, value in (facts or {}).items():
                remember(open_, name, value)
            return [birth.bond.id for birth in new]

        return self.db.run(take_in)

    def known(self, connection: str, side: Side, refs: Iterable[str]) -> dict[str, str]:
        """Which of these tickets have a bond: ref -> bond id."""
        asked = list(refs)
        if not asked:
            return {}
        with self.db.read() as open_:
            return known(open_, connection, side, asked)

    def _move(self, open_: Connection, connection: str, side: Side, position: str) -> None:
        new = upsert(cursor).values(connection=connection, side=side.value, value=position)
        open_.execute(new.on_conflict_do_update(index_elements=["connection", "side"], set_={"value": position}))


def remember(open_: Connection, name: str, value: str) -> None:
    """Set a durable fact about this installation, within a transaction."""
    new = upsert(fact).values(name=name, value=value)
    open_.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def recall(open_: Connection, names: Sequence[str]) -> dict[str, str]:
    """Those of these facts that there are, in one statement."""
    found = _facts(len(names)).run(open_, {f"name_{n}": name for n, name in enumerate(names)})
    return {row.name: row.value for row in found}


@cache
def _facts(number: int) -> Prepared:
    return Prepared(select(fact.c.name, fact.c.value).where(fact.c.name.in_([bindparam(f"name_{n}") for n in range(number)])))


def known(open_: Connection, connection: str, side: Side, refs: Iterable[str]) -> dict[str, str]:
    """``Intake.known`` within a transaction."""
    found: dict[str, str] = {}
    here = select(bond_ref.c.ref, bond_ref.c.bond).filter_by(connection=connection, side=side.value)
    for batch in batches(refs):
        found.update((row.ref, row.bond) for row in open_.execute(here.where(bond_ref.c.ref.in_(batch))))
    return found


def unborn(open_: Connection, connection: str, births: Sequence[Birth]) -> tuple[list[Birth], list[str]]:
    """The births to come, once each, and the bonds of the tickets that have one."""
    bonded = {side: known(open_, connection, side, [b.ref for b in births if b.side is side]) for side in Side}
    new = {(birth.side, birth.ref): birth for birth in births if birth.ref not in bonded[birth.side]}
    return list(new.values()), [bond_id for by_ref in bonded.values() for bond_id in by_ref.values()]


def bear(open_: Connection, births: Sequence[Birth], now: float) -> None:
    """Bonds for tickets that none has, within a transaction."""
    if not births:
        return
    sealed = [seal(birth.bond.id, 1, now, birth.event, START) for birth in births]
    ends = [{"length": 1, "head": first.hash, "sealed": 0} for first in sealed]
    open_.execute(insert(bond), [bond_row(b.bond, now) | end for b, end in zip(births, ends, strict=True)])
    open_.execute(insert(bond_ref), [_ref_row(birth) for birth in births])
    open_.execute(insert(work), [_work_row(birth) for birth in births])
    open_.execute(insert(record), [{c.name: getattr(first, c.name) for c in record.c} for first in sealed])
    open_.execute(insert(content), [{"bond": s.bond, "n": s.n} | vars(s.content) for s in sealed])


def _ref_row(birth: Birth) -> dict[str, Any]:
    return {"connection": birth.bond.connection, "side": birth.side.value, "ref": birth.ref, "bond": birth.bond.id}


def _work_row(birth: Birth) -> dict[str, Any]:
    return {
        "bond": birth.bond.id,
        "connection": birth.bond.connection,
        "due": birth.due,
        "asked": NEVER,
        "hints": 0,
        "priority": birth.bond.priority,
        "attempts": 0,
        "lost": 0,
        "until": 0.0,
        "lease": 0.0,
        "fence": 0,
    }

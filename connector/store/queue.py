"""The work queue: a lease in the database, one row a bond (D6).

A free bond is claimable when its time has come; a leased one when the lease has expired (its owner is thought
dead, and the fence keeps it from writing). A hint while a pass runs is kept in ``asked`` and brings the bond
back as soon as the pass is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, literal, select, update

from connector.store.codec import storable
from connector.store.engine import Database, upsert
from connector.store.errors import Fenced
from connector.store.part import Part, batches
from connector.store.prepared import Prepared
from connector.store.records import Claim
from connector.store.tables import NEVER, leader, work

AGEING = 60.0
"""Seconds overdue after which a bond stands where the next higher priority stands."""

HEAD_START = 24 * 3600.0
"""Seconds by which a priority 1 stands before all others: longer than the outage after which a queue is long, and not
for ever, so that nothing else can starve."""

FREE = {"owner": None, "until": 0.0}

_lost = work.c.owner.is_not(None)  # of a bond that is claimed: its last claim was neither ended nor given back

_claimed = [work.c[name] for name in Claim.__dataclass_fields__ if name != "worker"]

# The order by priority less minutes overdue is the order by this sum, which does not change while time passes. Each time that
# it was lost a bond stands back like a lower priority: what ends its workers must not be the first thing that the next one does.
_rank = work.c.due + AGEING * work.c.lost + case((work.c.priority == 1, AGEING - HEAD_START), else_=AGEING * work.c.priority)

MINE = [
    work.c.bond == bindparam("of_bond"),
    work.c.fence == bindparam("of_fence"),
    work.c.owner == bindparam("of_owner"),
]
_next = bindparam("next_due", type_=work.c.due.type)
_done = Prepared(
    update(work)
    .where(work.c.bond == bindparam("of_bond"))
    .values(due=case((work.c.asked < _next, work.c.asked), else_=_next), attempts=0, lost=0, trouble=None, **FREE)
)
_fail = (
    update(work)
    .where(*MINE)
    .values(
        due=bindparam("again"), trouble=bindparam("reason"), attempts=work.c.attempts - bindparam("uncounted"), lost=0, **FREE
    )
)


def owned(claim: Claim) -> dict[str, Any]:
    """The parameters of ``MINE``: whose row it must still be."""
    return {"of_bond": claim.bond, "of_fence": claim.fence, "of_owner": claim.worker}


def fenced(bond: str) -> Fenced:
    return Fenced(f"bond {bond} was taken over by another worker or by an operator")


class Queue(Part):
    """``mark_due, claim, renew, unclaim, done, fail, lead``."""

    def mark_due(self, bonds: Iterable[str], at: float, priority: int | None = None) -> int:
        """Make bonds due at ``at`` at the latest, and say how many of them exist.

        A pass that begins after ``at`` answers every hint up to then; it names the time of the next one itself.
        """
        ids = list(bonds)
        if not ids:
            return 0

        def mark(connection: Connection) -> int:
            self.db.notify(connection)
            return hint(self.db, connection, ids, at, priority)

        return self.db.run(mark)

    def claim(self, connection: str, worker: str, limit: int = 100, lease: float = 120.0) -> list[Claim]:
        """The most urgent due bonds, leased to ``worker`` for ``lease`` seconds; a priority 1 comes first and alone.

        Urgent is a low priority less one for each minute overdue. A claim counts as an attempt until it is done or
        given back. Parked bonds are passed by; expired leases are taken over under the next fence, and the claim that
        was lost with them counts as ``lost`` instead: restarts are no failures of a bond.
        """
        now = self.clock()
        return self.db.run(lambda open_: self._claim(open_, connection, worker, limit, lease, now))

    def _claim(self, open_: Connection, connection: str, worker: str, limit: int, lease: float, now: float) -> list[Claim]:
        found = (
            select(work.c.bond, work.c.priority, work.c.lost)
            .where(work.c.connection == connection, work.c.due <= now, work.c.until <= now, work.c.parked.is_(None))
            .order_by(_rank, work.c.bond)
            .limit(limit)
        )
        chosen = _choose(open_.execute(self.db.passing_by(found)).all(), limit)
        if not chosen:
            return []
        taken = open_.execute(
            update(work)
            .where(work.c.bond.in_(chosen))
            .values(
                owner=worker,
                until=now + lease,
                lease=lease,
                fence=work.c.fence + 1,
                attempts=case((_lost, work.c.attempts), else_=work.c.attempts + 1),
                lost=case((_lost, work.c.lost + 1), else_=work.c.lost),
                asked=case((work.c.asked <= now, NEVER), else_=work.c.asked),
            )
            .returning(*_claimed)
        )
        claims = {row.bond: Claim(**row._asdict(), worker=worker) for row in taken}
        return [claims[bond] for bond in chosen]

    def renew(self, claims: Sequence[Claim], lease: float) -> set[str]:
        """Extend the leases to ``lease`` seconds from now, and name the bonds that are still held."""
        return self._each_held(claims, {"until": self.clock() + lease, "lease": lease})

    def unclaim(self, claims: Sequence[Claim]) -> set[str]:
        """Give bonds back that were not begun: as due as before, and not counted as an attempt."""
        return self._each_held(claims, {"attempts": work.c.attempts - 1, **FREE})

    def done(self, claim: Claim, next_due: float) -> None:
        """End a pass that went well. Due again at ``next_due``, or when hinted meanwhile. Raises Fenced."""
        if not self.done_all([(claim, next_due)]):
            raise fenced(claim.bond)

    def done_all(self, ended: Iterable[tuple[Claim, float]]) -> set[str]:
        """``done`` for many in one transaction: names those that were still held."""
        due = dict(ended)

        def end(connection: Connection) -> set[str]:
            held = prove(self.db, connection, due)
            end_passes(connection, {claim.bond: due[claim] for claim in held})
            return {claim.bond for claim in held}

        return self.db.run(end)

    def fail(self, claim: Claim, delay: float, reason: str, counted: bool = True) -> None:
        """End a pass that failed, to be tried again after ``delay`` seconds or at the next hint. Raises Fenced.

        ``counted=False``: the failure says nothing about this bond (an outage), and is not an attempt.
        """
        values = {"again": self.clock() + delay, "reason": storable(reason), "uncounted": 0 if counted else 1}
        if not self.db.run(lambda connection: connection.execute(_fail, owned(claim) | values).rowcount):
            raise fenced(claim.bond)

    def lead(self, name: str, worker: str, lease: float) -> bool:
        """Whether ``worker`` leads ``name`` for the next ``lease`` seconds: it does already, or nobody does."""
        now = self.clock()
        term = {"owner": worker, "until": now + lease}
        new = upsert(leader).values(name=name, **term)
        free = (leader.c.owner == worker) | (leader.c.until <= now)
        elect = new.on_conflict_do_update(index_elements=["name"], set_=term, where=free).returning(leader.c.name)
        with self.db.write() as connection:
            return connection.execute(elect).first() is not None

    def resign(self, name: str, worker: str) -> None:
        """Stop leading at once, so that another process need not wait for the lease to end."""
        with self.db.write() as connection:
            connection.execute(update(leader).where(leader.c.name == name, leader.c.owner == worker).values(until=0.0))

    def _each_held(self, claims: Sequence[Claim], values: dict[str, Any]) -> set[str]:
        def change(connection: Connection) -> set[str]:
            held = {claim.bond for claim in prove(self.db, connection, claims)}
            for batch in batches(held):
                connection.execute(update(work).where(work.c.bond.in_(batch)).values(values))
            return held

        return self.db.run(change)


def prove(db: Database, connection: Connection, claims: Iterable[Claim], *also: ColumnElement[Any]) -> dict[Claim, Row[Any]]:
    """Which claims still hold, until this transaction ends, each with the columns ``also`` of its bond."""
    held: dict[Claim, Row[Any]] = {}
    for batch in batches(sorted(claims, key=lambda claim: claim.bond)):
        claim_of = {(claim.bond, claim.fence, claim.worker): claim for claim in batch}
        # Compared here: by a tuple of columns SQLite finds nothing but by reading the whole table.
        rows = select(work.c.bond, work.c.fence, work.c.owner, *also).where(work.c.bond.in_([c.bond for c in batch]))
        for row in connection.execute(db.locking(rows, work.c.bond)):
            if claim := claim_of.get((row.bond, row.fence, row.owner)):
                held[claim] = row
    return held


def end_passes(connection: Connection, due: Mapping[str, float]) -> None:
    """``done`` within a transaction, for bonds that are held: bond -> when it is due next."""
    _done.each(connection, [{"of_bond": bond, "next_due": next_due} for bond, next_due in due.items()])


def hint(db: Database, connection: Connection, bonds: Iterable[str], at: float, priority: int | None = None) -> int:
    """``mark_due`` within a transaction."""
    marked = 0
    urgent = {} if priority is None else {"priority": priority}
    for batch in batches(sorted(bonds)):
        db.hold(connection, select(work.c.bond).where(work.c.bond.in_(batch)), work.c.bond)
        marked += connection.execute(
            update(work)
            .where(work.c.bond.in_(batch))
            .values(due=_earlier("due", at), asked=_earlier("asked", at), hints=work.c.hints + 1, **urgent)
        ).rowcount
    return marked


def _earlier(column: str, at: float) -> Any:
    # The scalar minimum is min() in SQLite and least() in PostgreSQL: CASE is the same in both.
    return case((work.c[column] > at, literal(at, work.c.due.type)), else_=work.c[column])


def _choose(rows: Sequence[Row[Any]], limit: int) -> list[str]:
    """The first ones. A priority 1 goes alone, and a bond in half the company each time that it was lost.

    If it is what ends its workers, it soon ends no other bond's pass.
    """
    chosen: list[str] = []
    room = limit
    for row in rows:
        company = 1 if row.priority == 1 else max(1, limit >> row.lost)
        if len(chosen) < min(room, company):
            chosen.append(row.bond)
            room = min(room, company)
    return chosen

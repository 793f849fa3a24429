"""What people and metrics ask: which bonds there are, how they stand in the queue, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from connector.store.codec import bond_of
from connector.store.part import Part
from connector.store.records import Bond, BondState, Loaded
from connector.store.tables import bond, bond_ref, work
from connector.store.transaction import load


@dataclass(frozen=True)
class Work:
    """A bond's place in the queue. Times in seconds since the epoch; ``until`` is 0 where nobody works on it."""

    bond: str
    due: float
    priority: int
    attempts: int
    lost: int
    hints: int
    owner: str | None
    until: float
    fence: int
    trouble: str | None
    parked: str | None


@dataclass(frozen=True)
class Parked:
    """A bond that waits for an operator."""

    bond: str
    connection: str
    title: str
    reason: str
    since: float
    attempts: int


@dataclass(frozen=True)
class Backlog:
    """How much work there is. ``oldest_due`` is None where nothing is due."""

    due: int
    leased: int
    parked: int
    oldest_due: float | None


@dataclass(frozen=True)
class Tally:
    """How many bonds there are, without those that joined another, by state, and how many wait for a person of the customer."""

    bonds: int
    states: dict[BondState, int]
    held: int


class Queries(Part):
    """Reads only."""

    def load(self, bond_ids: Sequence[str]) -> dict[str, Loaded]:
        """Bonds with their open intents and identities, in three statements; unknown ids are absent."""
        with self.db.read() as connection:
            return load(connection, bond_ids)

    def bonds(
        self,
        connection: str | None = None,
        state: BondState | None = None,
        *,
        held: bool | None = None,
        limit: int | None = None,
        after: str = "",
    ) -> list[Bond]:
        """Bonds in the order of their ids, from the one after ``after``."""
        wanted = [bond.c.id > after, *_within(bond.c.connection, connection)]
        if state is not None:
            wanted.append(bond.c.state == state.value)
        if held is not None:
            wanted.append(bond.c.held.is_not(None) if held else bond.c.held.is_(None))
        with self.db.read() as open_:
            docs = open_.scalars(select(bond.c.doc).where(*wanted).order_by(bond.c.id).limit(limit))
            return [bond_of(doc) for doc in docs]

    def bond_ids(self, connection: str) -> list[str]:
        """The ids of a connection's bonds, in their order."""
        with self.db.read() as open_:
            return list(open_.scalars(select(bond.c.id).where(bond.c.connection == connection).order_by(bond.c.id)))

    def find_bonds(self, text: str) -> list[Bond]:
        """Bonds whose id, ticket number (in either case) or ticket ref is ``text``; joined ones by their id alone."""
        number = text.strip().lower()
        by_ref = select(bond_ref.c.bond).where(bond_ref.c.ref.in_([text.strip(), number_ref(text)]))
        numbers = [func.lower(column) == number for column in (bond.c.customer_number, bond.c.vendor_number)]
        alive = bond.c.state != BondState.JOINED.value
        found = select(bond.c.doc).where(or_(bond.c.id == text.strip(), bond.c.id.in_(by_ref), and_(alive, or_(*numbers))))
        with self.db.read() as connection:
            return [bond_of(doc) for doc in connection.scalars(found.order_by(bond.c.id))]

    def work_of(self, bond_id: str) -> Work | None:
        """The bond's place in the queue; None where there is no such bond."""
        columns = [work.c[name] for name in Work.__dataclass_fields__]
        with self.db.read() as connection:
            row = connection.execute(select(*columns).where(work.c.bond == bond_id)).one_or_none()
            return Work(*row) if row else None

    def parked(self, connection: str | None = None) -> list[Parked]:
        """The bonds that wait for an operator, longest first."""
        columns = [bond.c.id, bond.c.connection, bond.c.title, work.c.parked, work.c.parked_at, work.c.attempts]
        waiting = select(*columns).join_from(bond, work).where(work.c.parked.is_not(None))
        waiting = waiting.where(*_within(work.c.connection, connection)).order_by(work.c.parked_at, bond.c.id)
        with self.db.read() as open_:
            return [Parked(*row) for row in open_.execute(waiting)]

    def backlog(self, connection: str | None = None) -> Backlog:
        """How much is due, in work and parked now."""
        now = self.clock()
        leased = work.c.parked.is_(None) & (work.c.until > now)
        due = work.c.parked.is_(None) & (work.c.until <= now) & (work.c.due <= now)
        sums = select(_count(due), _count(leased), _count(work.c.parked.is_not(None)), func.min(case((due, work.c.due))))
        with self.db.read() as open_:
            return Backlog(*open_.execute(sums.where(*_within(work.c.connection, connection))).one())

    def tally(self, connection: str | None = None) -> Tally:
        """How many bonds there are."""
        by_state = select(bond.c.state, func.count(), func.count(bond.c.held)).group_by(bond.c.state)
        with self.db.read() as open_:
            rows = open_.execute(by_state.where(*_within(bond.c.connection, connection))).all()
        states = dict.fromkeys(BondState, 0) | {BondState(state): bonds for state, bonds, _ in rows}
        del states[BondState.JOINED]
        return Tally(sum(states.values()), states, sum(held for _, _, held in rows))


def number_ref(number: str) -> str:
    """The name under which a follower's ticket is known by its number, beside its native id."""
    return f"number:{number.strip().lower()}"


def _within(column: ColumnElement[str], connection: str | None) -> list[ColumnElement[bool]]:
    return [] if connection is None else [column == connection]


def _count(wanted: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((wanted, 1), else_=0)), 0)

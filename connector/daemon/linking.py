"""An operator ties tickets to cases that are there already.

Reads both systems, writes to the store alone; the daemon, running or started later, does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from adapters.base import Gone, Misconfigured, NotApplied, Problem, Snapshot
from connector.daemon.errors import NotDone
from connector.daemon.pairs import Row
from connector.daemon.progress import Progress
from connector.store.errors import AlreadyBonded
from connector.store.joint import Joint
from connector.store.records import Birth, Bond, BondState
from connector.store.store import Store
from connector.sync import linking
from connector.sync.connection import Connection
from connector.sync.following import CannotFollow, follow, join_within
from connector.sync.linking import Outlook, Pair
from connector.sync.marker import marker_ref
from connector.sync.reading import Read, read_all
from connector.words import Side

CHUNK = 150
"""Rows looked at together: as many tickets as one list read takes."""


@dataclass
class Checked:
    """One row, looked at: what linking it would come to, or why it cannot be."""

    row: Row
    pair: Pair | None = None  # None: not both can be read
    outlook: Outlook = field(default_factory=lambda: Outlook((), ()))
    problems: list[Problem] = field(default_factory=list)
    bond: str = ""  # once it is linked
    lead: str = ""  # the number of the ticket that leads the case; "" where this one does

    @property
    def already(self) -> bool:
        """The two are linked with each other: nothing to do."""
        return self.pair is not None and self.pair.linked

    def object(self, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.row.place, message, remedy))

    def as_dict(self) -> dict[str, Any]:
        """The keys are stable (``link --json``)."""
        numbers = {side: self.pair.number(side) if self.pair else "" for side in Side}
        return {
            "line": self.row.line or None,
            "ticket": numbers[Side.CUSTOMER] or self.row.ticket,
            "case": numbers[Side.VENDOR] or self.row.case,
            "bond": self.bond or None,
            "follows": self.lead or None,
            "already": self.already,
            "differences": [
                {"unit": d.unit, "customer": d.customer, "vendor": d.vendor, "fate": d.fate.value, "later": d.later}
                for d in self.outlook.differences
            ],
            "warnings": list(self.outlook.warnings),
        }


@dataclass(frozen=True)
class Order:
    """How rows are to be linked.

    ``with_history``: what is there already travels as well. ``follow``: where another ticket leads the case, follow it.
    """

    by: str
    dry_run: bool = False
    skip_wrong: bool = False  # link the others all the same
    with_history: bool = False
    follow: bool = False


@dataclass(frozen=True)
class Report:
    """What became of an order. ``unread``: problems of rows that name no pair at all."""

    order: Order
    checked: Sequence[Checked]
    unread: Sequence[Problem] = ()

    @property
    def problems(self) -> list[Problem]:
        """In the order of the file."""
        lines = [(one.row.line, problem) for one in self.checked for problem in one.problems]
        lines += [(int(problem.place.split()[-1]), problem) for problem in self.unread]
        return [problem for _, problem in sorted(lines, key=lambda one: one[0])]

    @property
    def linked(self) -> list[Checked]:
        return [one for one in self.checked if one.bond and not one.already]

    def as_dict(self) -> dict[str, Any]:
        """The keys are stable (``link --json``)."""
        return {
            "ok": not self.problems,
            "dry_run": self.order.dry_run,
            "linked": len(self.linked),
            "already": sum(one.already for one in self.checked),
            "pairs": [one.as_dict() for one in self.checked if not one.problems],
            "problems": [asdict(problem) for problem in self.problems],
        }


class Linker:
    """Links tickets of one connection. Works beside a running daemon: the store divides them."""

    def __init__(self, connection: Connection, store: Store) -> None:
        self._connection = connection
        self._store = store

    def carry_out(
        self,
        rows: Sequence[Row],
        order: Order,
        unread: Sequence[Problem] = (),
        progress: Progress = lambda _done, _total: None,
    ) -> Report:
        """Check every row, then link them all, or none where one is wrong (unless ``skip_wrong``).

        One commit a row: what was interrupted is gone on with by giving the same order again.

        :raises NotDone: a system is out of reach.
        """
        report = Report(order, self.check(rows, progress, follow=order.follow), unread)
        if not order.dry_run and (order.skip_wrong or not report.problems):
            for one in report.checked:
                self.link(one, order.by, with_history=order.with_history)
        return report

    # --- looking ---

    def check(
        self, rows: Sequence[Row], progress: Progress = lambda _done, _total: None, *, follow: bool = False
    ) -> list[Checked]:
        """Look at every row; changes nothing anywhere.

        :param follow: a ticket may follow a case that another one leads.
        :raises NotDone: a system is out of reach.
        """
        found: list[Checked] = []
        for start in range(0, len(rows), CHUNK):
            found += self._chunk(rows[start : start + CHUNK], follow=follow)
            progress(min(start + CHUNK, len(rows)), len(rows))
        _only_once(found, follow=follow)
        return found

    def _chunk(self, rows: Sequence[Row], *, follow: bool) -> list[Checked]:
        names = {Side.CUSTOMER: [row.ticket for row in rows], Side.VENDOR: [row.case for row in rows]}
        try:
            reads = {side: self._read(side, names[side]) for side in Side}
        except (NotApplied, Misconfigured) as trouble:
            raise NotDone(f"{trouble}; nothing was linked: try again when the system is there") from trouble
        found = [_both(row, {side: reads[side].get(names[side][n]) for side in Side}) for n, row in enumerate(rows)]
        pairs = self._with_bonds([snapshots for _, snapshots in found if snapshots], follow=follow)
        return [self._checked(one, next(pairs) if snapshots else None) for one, snapshots in found]

    def _read(self, side: Side, names: Sequence[str]) -> dict[str, Read]:
        """What each name stands for, as far as it stands for anything."""
        adapter = self._connection.adapters[side]
        refs = adapter.resolve(names)
        reads = read_all(adapter, list(dict.fromkeys(refs.values()))) if refs else {}
        return {name: reads[ref] for name, ref in refs.items()}

    def _with_bonds(self, found: Sequence[Mapping[Side, Snapshot]], *, follow: bool) -> Iterator[Pair]:
        """The pairs with the bonds that know them, asked for together."""
        name = self._connection.name
        holders = {side: self._store.known(name, side, [each[side].ref for each in found]) for side in Side}
        markers = [marker_ref(each[Side.VENDOR].marker) for each in found if _marked(each[Side.VENDOR])]
        makers = self._store.known(name, Side.VENDOR, markers)
        loaded = self._store.load([bond for known in (*holders.values(), makers) for bond in known.values()])
        for each in found:
            own = {side: loaded[bond] for side in Side if (bond := holders[side].get(each[side].ref))}
            maker = makers.get(marker_ref(each[Side.VENDOR].marker)) if _marked(each[Side.VENDOR]) else None
            yield Pair(name, each, own, loaded[maker] if maker else None, follow)

    def _checked(self, one: Checked, pair: Pair | None) -> Checked:
        if pair is None:
            return one
        one.pair, one.lead = pair, pair.follows
        for objection in linking.objections(pair):
            one.object(objection.message, objection.remedy)
        if not one.problems and not pair.linked:
            once = {side: adapter.capabilities.only_at_creation for side, adapter in self._connection.adapters.items()}
            one.outlook = linking.outlook(pair, self._connection.mapping, once)
        return one

    # --- linking ---

    def link(self, checked: Checked, by: str, *, with_history: bool = False) -> bool:
        """Link one row that was checked and has no problem. False: it has one meanwhile, which now stands there."""
        pair = checked.pair
        if pair is None or checked.problems:
            return False
        if pair.linked:
            checked.bond = pair.holders[Side.CUSTOMER].bond.id
            return True
        try:
            checked.bond = self._store.jointly(lambda joint: self._tie(joint, pair, by, with_history=with_history))
        except CannotFollow as no:
            checked.object(str(no), "look again: connector link --dry-run")
        except _Objected as objected:
            checked.object(objected.objection.message, objected.objection.remedy)
        except AlreadyBonded as bonded:
            checked.object(str(bonded), "look again: connector link --dry-run")
        return not checked.problems

    def _tie(self, joint: Joint, seen: Pair, by: str, *, with_history: bool) -> str:
        """What was checked may have changed since, so it is asked again, in the transaction."""
        pair = _present(joint, seen)
        for objection in linking.objections(pair):
            raise _Objected(objection)
        if pair.follows:
            return self._follow(joint, pair, by)
        bond, identities = self._bond(joint, pair)
        tx = joint.of(bond.id)
        for side, holder in pair.holders.items():
            if holder.bond.id != bond.id:
                _give_way(joint, holder.bond, side, pair.snapshots[side].ref, bond.id)
        found = linking.tie(bond, pair, self._connection.mapping, self._store.clock())
        before = [] if with_history else linking.there_before(pair, identities, self._store.clock())
        if with_history:
            tx.forget_before()
        for side in Side:
            tx.link(side, pair.snapshots[side].ref)
        for identity in before:
            tx.identify(identity)
        tx.release()
        tx.save(bond)
        tx.record(linking.linked(pair, bond, found, before, by))
        return bond.id

    def _follow(self, joint: Joint, pair: Pair, by: str) -> str:
        """The candidate dissolves into the bond that has the case; an exchange that ended gives its ticket up."""
        into, mine = joint.of(pair.holders[Side.VENDOR].bond.id), pair.holders.get(Side.CUSTOMER)
        ticket, now = pair.snapshots[Side.CUSTOMER], self._store.clock()
        if mine and mine.bond.state is BondState.CANDIDATE:
            join_within(joint.of(mine.bond.id), into, now, by=by)
            return into.bond
        if mine:
            _give_way(joint, mine.bond, Side.CUSTOMER, ticket.ref, into.bond)
        follow(into, ticket, now, by=by)
        return into.bond

    def _bond(self, joint: Joint, pair: Pair) -> tuple[Bond, list[Any]]:
        """The candidate adopts the case; an earlier exchange of the two goes on; else a bond is born."""
        customer = pair.holders.get(Side.CUSTOMER)
        if customer and customer.bond.state is BondState.CANDIDATE:
            return customer.bond, customer.identities
        taken = {name: joint.of(name).load() for name in self._store.load(linking.ids(pair))}
        again = linking.earlier(pair, [*taken.values(), *([customer] if customer else [])])
        if again:
            return again.bond, again.identities
        return self._born(joint, pair, linking.new_id(pair, taken)), []

    def _born(self, joint: Joint, pair: Pair, name: str) -> Bond:
        now, customer = self._store.clock(), pair.snapshots[Side.CUSTOMER]
        bond = Bond(name, self._connection.name, BondState.CANDIDATE, now)
        bond.side(Side.CUSTOMER).ref, bond.side(Side.CUSTOMER).number = customer.ref, customer.number
        holder = pair.holders.get(Side.CUSTOMER)
        if holder:
            joint.of(holder.bond.id).unlink(Side.CUSTOMER, customer.ref)
        event = {
            "kind": "born",
            "side": "customer",
            "ref": customer.ref,
            "number": customer.number,
            "intake": "linked by an operator",
        }
        joint.bear(Birth(bond, Side.CUSTOMER, customer.ref, now, event))
        return bond


def _give_way(joint: Joint, bond: Bond, side: Side, ref: str, to: str) -> None:
    left = joint.of(bond.id)
    left.unlink(side, ref)
    left.record(linking.give_way(bond, to))
    left.save(bond)


class _Objected(Exception):
    """What was checked does not hold any more."""

    def __init__(self, objection: linking.Objection) -> None:
        super().__init__(objection.message)
        self.objection = objection


def _both(row: Row, reads: Mapping[Side, Read | None]) -> tuple[Checked, dict[Side, Snapshot] | None]:
    """Both tickets as read, or what is wrong with one."""
    checked, snapshots = Checked(row), {}
    for side, name in ((Side.CUSTOMER, row.ticket), (Side.VENDOR, row.case)):
        read = reads[side]
        if isinstance(read, Snapshot):
            snapshots[side] = _light(read)
        elif isinstance(read, Gone) and read.moved_to:
            checked.object(str(read), "link the ticket with the case that it became part of")
        elif read is None or isinstance(read, Gone):
            what = "ticket" if side is Side.CUSTOMER else "case"
            checked.object(
                f"there is no {what} {name}, or our account may not see it", "check the number, and the account's rights"
            )
        else:
            checked.object(f"{name} cannot be read: {read}", "see what the system says; then try again")
    return checked, snapshots if len(snapshots) == len(Side) else None


def _light(snapshot: Snapshot) -> Snapshot:
    """Without the texts of comments: of thousands of rows only what the link is made of is kept."""
    return replace(snapshot, comments=tuple(replace(comment, text="") for comment in snapshot.comments))


def _marked(case: Snapshot) -> bool:
    return case.created_by_us and bool(case.marker)


def _present(joint: Joint, pair: Pair) -> Pair:
    """The pair with the bonds that know it now; they are ours until the transaction ends."""
    holders = {}
    for side in Side:
        if bond := joint.holder(pair.connection, side, pair.snapshots[side].ref):
            holders[side] = joint.of(bond).load()
    case = pair.snapshots[Side.VENDOR]
    maker = joint.holder(pair.connection, Side.VENDOR, marker_ref(case.marker)) if _marked(case) else None
    return replace(pair, holders=holders, maker=joint.of(maker).load() if maker else None)


def _only_once(found: Sequence[Checked], *, follow: bool) -> None:
    """A ticket may be named by its number in one row and by its native id in another; a case in many, where tickets may follow."""
    seen: dict[tuple[Side, str], Checked] = {}
    for one in found:
        for side, snapshot in one.pair.snapshots.items() if one.pair else ():
            first = seen.setdefault((side, snapshot.ref), one)
            if first is not one and follow and side is Side.VENDOR:
                _behind(one, first)
            elif first is not one:
                one.object(
                    f"{snapshot.number} stands in {first.row.place} already",
                    "one ticket is linked with one case: keep one of them",
                )


def _behind(one: Checked, first: Checked) -> None:
    """The ticket of an earlier row leads the case that stands in both, unless it is led already."""
    if one.pair and first.pair and not (one.lead or one.already or one.problems):
        one.lead = first.pair.number(Side.CUSTOMER)
        one.outlook = Outlook((), (linking.following(one.lead, one.pair),))

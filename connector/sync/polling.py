"""Polls give hints: bonds become due, unknown tickets that are meant for the vendor become candidates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from adapters.base import Gone, Page, Snapshot, Trouble
from connector.rasci.joining import joining
from connector.store.records import Adrift, Birth, Bond, BondState
from connector.store.restore import Restore, last_restore
from connector.store.store import Store
from connector.sync.connection import Clock, Connection
from connector.sync.echoes import Echoes
from connector.sync.levels import waiting_at
from connector.sync.marker import bond_id, marker_ref
from connector.sync.reading import read_all, read_found
from connector.words import Side

MAX_PAGES = 50
"""Pages of one poll; what is left comes with the next."""

MAX_STRANGERS = 10_000
"""Tickets that are kept for a second look, so that a flood is bounded."""


def poll(connection: Connection, store: Store, clock: Clock, side: Side, echoes: Echoes) -> int:
    """Read the pages since the cursor; returns how many tickets they named.

    Births, the strangers kept and the new cursor are committed together, page by page, so that nothing is skipped by
    a crash.
    Bonds whose tickets are named for what our own writes left stay as due as they are.

    :raises adapters.base.Trouble: the system did not answer; the cursor stays.
    """
    named = _look_back(connection, store, clock, side)
    for _ in range(MAX_PAGES):
        cursor = store.cursor(connection.name, side)
        page = connection.adapters[side].changed_since(cursor)
        named += len(page.refs)
        known = store.known(connection.name, side, page.refs)
        due = {bond for ref, bond in known.items() if not echoes.explain(side, ref, page.stamps.get(ref, ""))}
        due |= _informed(connection, store, side, page.refs)
        births, kept = _births(connection, store, clock, side, page, known)
        if births or due or kept or page.cursor != cursor:
            store.advance(connection.name, side, page.cursor, births, due, kept)
        if not page.more:
            break
    return named


def _informed(connection: Connection, store: Store, side: Side, refs: Sequence[str]) -> set[str]:
    """The bonds whose tickets joined a task of the vendor's that was named."""
    if side is Side.CUSTOMER or not refs or joining(connection.model) is None:
        return set()
    told = store.facts([informed_fact(connection.name, ref) for ref in refs])
    return {bond for bonds in told.values() for bond in bonds.split()}


def glance(connection: Connection, store: Store, clock: Clock, side: Side, echoes: Echoes) -> int:
    """The next page of a system that is not what it was, as hints alone: what it says is not taken in, the cursor stays.

    :raises adapters.base.Trouble: the system did not answer.
    """
    page = connection.adapters[side].changed_since(store.cursor(connection.name, side))
    known = store.known(connection.name, side, page.refs)
    store.mark_due({b for ref, b in known.items() if not echoes.explain(side, ref, page.stamps.get(ref, ""))}, clock())
    return len(page.refs)


def hinted(connection: Connection, store: Store, clock: Clock, side: Side, refs: Sequence[str]) -> list[str]:
    """Tickets that something else than a poll named: their bonds are due now. Returns those that no bond knows."""
    known = store.known(connection.name, side, refs)
    store.mark_due({*known.values(), *_informed(connection, store, side, refs)}, clock())
    return [ref for ref in refs if ref not in known]


def meet(connection: Connection, store: Store, clock: Clock, side: Side, refs: Sequence[str]) -> int:
    """Bonds for those of these strangers that are meant for the vendor as far as can be read now; returns how many.

    Nobody is kept for a second look: the poll names each of them too, and sees to that.

    :raises adapters.base.Trouble: the system did not answer.
    """
    restored = last_restore(store)
    births = (birth_of(connection, clock, side, one, restored) for one in read_found(connection.adapters[side], refs))
    return len(store.advance(connection.name, side, None, [birth for birth in births if birth]))


def informed_fact(connection: str, ref: str) -> str:
    """Its value names the bonds that are told of a case of the vendor's which is not theirs. One name too many is a look too many."""
    return f"informed:{connection}:{ref}"


def look_back_fact(connection: str, side: Side) -> str:
    """Its value says that a side is to be read from as far back as its adapter looks, beside what is new."""
    return f"look_back:{connection}:{side}"


def _look_back(connection: Connection, store: Store, clock: Clock, side: Side) -> int:
    """An operator accepted the system as it is: tickets may be meant for the vendor there that were not before."""
    wanted = look_back_fact(connection.name, side)
    if not store.fact(wanted):
        return 0
    named, cursor = 0, None
    for _ in range(MAX_PAGES):
        page = connection.adapters[side].changed_since(cursor)
        named, cursor = named + len(page.refs), page.cursor
        known = store.known(connection.name, side, page.refs)
        births, kept = _births(connection, store, clock, side, page, known)
        store.advance(connection.name, side, None, births, known.values(), kept)
        if not page.more:
            break
    store.set_fact(wanted, "")
    return named


def _births(
    connection: Connection, store: Store, clock: Clock, side: Side, page: Page, known: Mapping[str, str]
) -> tuple[list[Birth], dict[str, str]]:
    return _Strangers(connection, store, clock, side).look([ref for ref in page.refs if ref not in known])


class _Strangers:
    """Tickets that a poll named and no bond knows. One that is not taken is looked at once more.

    A read may lag behind the poll: the ticket may not be there yet, or may not show yet what makes it the
    vendor's. So those are kept, durably, until a read begun ``read_lag`` after the first one says the same.
    """

    def __init__(self, connection: Connection, store: Store, clock: Clock, side: Side) -> None:
        self._connection = connection
        self._store = store
        self._clock = clock
        self._side = side
        self._name = f"strangers:{connection.name}:{side}"

    def look(self, new: Sequence[str]) -> tuple[list[Birth], dict[str, str]]:
        """The births among new strangers and those whose second look is due, and the fact that says who is still kept.

        Both are to be committed together: a stranger that is kept no longer and not born would be forgotten.
        """
        now = self._clock()
        kept: dict[str, float] = json.loads(self._store.fact(self._name) or "{}")
        due = [ref for ref, at in kept.items() if at <= now]
        adapter = self._connection.adapters[self._side]
        found = read_all(adapter, [*new, *due]) if new or due else {}
        snapshots = {ref: s for ref, s in found.items() if isinstance(s, Snapshot)}
        restored = last_restore(self._store) if snapshots else None
        born = ((ref, birth_of(self._connection, self._clock, self._side, s, restored)) for ref, s in snapshots.items())
        births = {ref: birth for ref, birth in born if birth}
        if restored and self._side is Side.VENDOR:
            births |= self._by_their_cases(snapshots.values(), restored)
        _report_second_cases(self._connection, self._store, self._side, list(snapshots.values()))
        unsure = [ref for ref in due if isinstance(found[ref], Trouble) and not isinstance(found[ref], Gone)]
        again = [ref for ref in (*new, *unsure) if ref not in births]
        later = {ref: at for ref, at in kept.items() if ref not in due}
        later |= dict.fromkeys(again[-MAX_STRANGERS:], now + adapter.capabilities.read_lag)
        return list(births.values()), {} if later == kept else {self._name: json.dumps(later)}

    def _by_their_cases(self, strangers: Iterable[Snapshot], restored: Restore) -> dict[str, Birth]:
        """Tickets that the store forgot, and that may show nothing of it: cases of ours bear their numbers."""
        known, name, mapping = self._store.known, self._connection.name, self._connection.mapping
        ours = {marker_ref(case.marker): case for case in strangers if case.created_by_us and case.marker}
        numbers = {mapping.names_ticket(ours[marker]) for marker in ours.keys() - known(name, Side.VENDOR, ours).keys()} - {""}
        adapter = self._connection.adapters[Side.CUSTOMER]
        refs = list(adapter.resolve(sorted(numbers)).values()) if numbers else []
        found = read_all(adapter, [ref for ref in refs if ref not in known(name, Side.CUSTOMER, refs)])
        reason = "the store came from a backup, and a case of ours names the ticket"
        lost = [read for read in found.values() if isinstance(read, Snapshot)]
        return {one.ref: _birth(self._connection, self._clock, Side.CUSTOMER, one, restored, reason) for one in lost}


def _report_second_cases(connection: Connection, store: Store, side: Side, strangers: Sequence[Snapshot]) -> None:
    """A case of our own hand that is not the one its bond knows: a creation was delivered twice. Said, never touched.

    Only then is the bond taken from whoever works on it: that is likely to be about to record this very case.
    """
    ours = {marker_ref(s.marker): s for s in strangers if s.created_by_us and s.marker}
    bonds = store.known(connection.name, side, ours)
    loaded = store.load(list(bonds.values())) if bonds else {}
    for name, bond in bonds.items():
        extra = ours[name].ref
        if not _is_second(loaded[bond].bond, side, extra):
            continue
        with store.operator_transaction(bond) as tx:
            known = tx.load().bond
            if _is_second(known, side, extra):
                known.extra_cases.append(extra)
                tx.save(known)
                tx.record({"kind": "second_case", "case": ours[name].number})


def _is_second(known: Bond, side: Side, ref: str) -> bool:
    first = known.side(side).ref  # "": its creation is being recorded just now, and may be of this very case
    return first not in ("", ref) and ref not in known.extra_cases


def birth_of(connection: Connection, clock: Clock, side: Side, snapshot: Snapshot, restored: Restore | None) -> Birth | None:
    """A candidate for a ticket that passes the intake filter or waits at a level, or for a case that somebody of the vendor opened.

    In a store that came from a backup a new bond may be an old one, also of a ticket that passes no more since it has
    a case: its first pass looks for that.
    """
    if snapshot.created_by_us:  # our own case: the bond that created it finds it by its marker
        return None
    mapping = connection.mapping
    reason, level = "opened by the vendor", ""
    if side is Side.CUSTOMER:
        intake = mapping.intake(snapshot)
        reason = intake.reason
        level = "" if intake.taken else waiting_at(connection, snapshot)
        reason = mapping.levels.why(snapshot) if level else reason
        if not intake.taken and not level:
            if not (restored and mapping.shows_case(snapshot)):
                return None
            reason = "the store came from a backup, and the ticket shows a case"
    return _birth(connection, clock, side, snapshot, restored, reason, level)


def _birth(  # noqa: PLR0917 - all that a bond is born with
    connection: Connection, clock: Clock, side: Side, snapshot: Snapshot, restored: Restore | None, reason: str, level: str = ""
) -> Birth:
    now, mapping = clock(), connection.mapping
    bond = Bond(bond_id(connection.name, side, snapshot.ref), connection.name, BondState.CANDIDATE, now)
    bond.priority = mapping.priority(side, snapshot)
    bond.mapping_version = mapping.version
    known = bond.side(side)
    known.ref, known.number, known.url = snapshot.ref, snapshot.number, snapshot.url
    bond.adrift = Adrift(restored.at, "restored") if restored else None
    event = {"kind": "born", "side": side.value, "ref": snapshot.ref, "number": snapshot.number, "intake": reason}
    event |= {"level": level} if level else {}
    return Birth(bond, side, snapshot.ref, now, event)

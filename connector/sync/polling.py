"""Polls give hints: bonds become due, unknown tickets that are meant for the vendor become candidates."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.base import Adapter, Snapshot
from connector.store.records import Birth, Bond, BondState
from connector.store.store import Store
from connector.sync.connection import Clock, Connection
from connector.sync.marker import bond_id, marker_ref
from connector.sync.reading import read_all
from connector.words import Side

MAX_PAGES = 50
"""Pages of one poll; what is left comes with the next."""


def poll(connection: Connection, store: Store, clock: Clock, side: Side) -> int:
    """Read the pages since the cursor; returns how many tickets they named.

    Births and the new cursor are committed together, page by page, so that nothing is skipped by a crash.

    :raises adapters.base.Trouble: the system did not answer; the cursor stays.
    """
    adapter = connection.adapters[side]
    named = 0
    for _ in range(MAX_PAGES):
        page = adapter.changed_since(store.cursor(connection.name, side))
        named += len(page.refs)
        known = store.known(connection.name, side, page.refs)
        strangers = [ref for ref in page.refs if ref not in known]
        found = _read(adapter, strangers)
        births = [birth for s in found if (birth := _birth(connection, clock, side, s))]
        _report_second_cases(connection, store, side, found)
        store.advance(connection.name, side, page.cursor, births, set(known.values()))
        if not page.more:
            break
    return named


def _read(adapter: Adapter, refs: Sequence[str]) -> list[Snapshot]:
    found = read_all(adapter, refs) if refs else {}
    return [s for s in found.values() if isinstance(s, Snapshot)]


def _report_second_cases(connection: Connection, store: Store, side: Side, strangers: Sequence[Snapshot]) -> None:
    """A case of our own hand that is not the one its bond knows: a creation was delivered twice. Said, never touched."""
    ours = {marker_ref(s.marker): s for s in strangers if s.created_by_us and s.marker}
    for name, bond in store.known(connection.name, side, ours).items():
        with store.operator_transaction(bond) as tx:
            known = tx.load().bond
            extra = ours[name].ref
            if extra not in known.extra_cases:
                known.extra_cases.append(extra)
                tx.save(known)
                tx.record({"kind": "second_case", "case": ours[name].number})


def _birth(connection: Connection, clock: Clock, side: Side, snapshot: Snapshot) -> Birth | None:
    """A candidate for a ticket that passes the intake filter, or for a case that somebody of the vendor opened."""
    if snapshot.created_by_us:  # our own case: the bond that created it finds it by its marker
        return None
    mapping = connection.mapping
    reason = "opened by the vendor"
    if side is Side.CUSTOMER:
        intake = mapping.intake(snapshot)
        if not intake.taken:
            return None
        reason = intake.reason
    now = clock()
    bond = Bond(bond_id(connection.name, side, snapshot.ref), connection.name, BondState.CANDIDATE, now)
    bond.priority = mapping.priority(side, snapshot)
    bond.mapping_version = mapping.version
    known = bond.side(side)
    known.ref, known.number, known.url = snapshot.ref, snapshot.number, snapshot.url
    event = {"kind": "born", "side": side.value, "ref": snapshot.ref, "number": snapshot.number, "intake": reason}
    return Birth(bond, side, snapshot.ref, now, event)

"""What the connector itself says of its bonds: plain values for status lists, the demo's summary, machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.rasci.course import OVER, Stand
from connector.store.records import Bond, BondState, Identity, Intent, Loaded
from connector.store.store import Store
from connector.sync.handed import hand_overs
from connector.sync.story_joining import tasks
from connector.words import Side

_OVER = frozenset(state.value for state in OVER)


def report(store: Store, connection: str) -> list[dict[str, Any]]:
    """One dictionary a ticket, the oldest bond first and its followers behind it; the keys are stable (``status --json``)."""
    parked = {entry.bond: entry.reason for entry in store.parked(connection)}
    loaded = store.load([bond.id for bond in store.bonds(connection) if bond.state is not BondState.JOINED])
    bonds = sorted(loaded.values(), key=lambda one: (one.bond.born, one.bond.id))
    return [row for one in bonds for row in _rows(one, parked.get(one.bond.id))]


def _rows(one: Loaded, parked: str | None) -> Iterator[dict[str, Any]]:
    for bond in (one.bond, *one.bond.followers):
        yield describe(bond, one, parked)


def describe(bond: Bond, whole: Loaded, parked: str | None) -> dict[str, Any]:
    """One ticket in plain values.

    :param whole: the bond of the ticket that leads its case: the same, or that which it follows.
    """
    lead = whole.bond
    customer, vendor = bond.side(Side.CUSTOMER), lead.side(Side.VENDOR)
    over = lead.state is BondState.UNLINKED  # what differed or stayed is nobody's task any more; explain still tells it

    def mine(known: Intent | Identity) -> bool:
        return known.ref == customer.ref or (bond is lead and known.side is Side.VENDOR)

    return {
        "bond": bond.id,
        "state": bond.state.value,
        "number": customer.number,
        "ref": customer.ref,
        "case": vendor.number,
        "case_ref": vendor.ref,
        "follows": None if bond is lead else f"{vendor.number}/{lead.side(Side.CUSTOMER).number}",
        "since": bond.since,
        "title": bond.title,
        "priority": bond.priority,
        "held": bond.held.reason if bond.held else None,
        "parked": parked,
        "standing": {
            name: {"why": s.why, "reason": s.reason, "customer": s.customer, "vendor": s.vendor, "parked": s.parked}
            for name, unit in bond.units.items()
            if (s := unit.standing) and not over
        },
        "withheld": [{"item": key, "reason": w.reason, "parked": w.parked} for key, w in bond.withheld.items() if not over],
        "owed": [one for one in bond.owed if one["state"] not in _OVER and not over],
        "not_confirmed": [one for one in bond.owed if one["state"] == Stand.MOOT and not over],
        "topic": bond.topic,
        "level": bond.level,
        "hand_overs": hand_overs(bond),
        "tasks": tasks(bond),
        "second_cases": bond.extra_cases,
        "second_copies": [
            {"item": i.item, "side": i.side.value, "copy": i.copy} for i in whole.identities if i.extra and mine(i)
        ],
        "open": sum(map(mine, whole.intents)),
        "unverified": sorted(name for name, unit in bond.units.items() if unit.unverified),
    }

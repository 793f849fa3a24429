"""What the connector itself says of its bonds: plain values for status lists, the demo's summary, machines."""

from __future__ import annotations

from typing import Any

from connector.store.records import Bond, BondState
from connector.store.store import Store
from connector.words import Side


def report(store: Store, connection: str) -> list[dict[str, Any]]:
    """One dictionary a bond, oldest first; the keys are stable (``status --json``)."""
    parked = {entry.bond: entry.reason for entry in store.parked(connection)}
    loaded = store.load([bond.id for bond in store.bonds(connection)])
    bonds = sorted(loaded.values(), key=lambda one: (one.bond.born, one.bond.id))
    return [describe(one.bond, parked.get(one.bond.id), len(one.intents)) for one in bonds]


def describe(bond: Bond, parked: str | None, open_intents: int) -> dict[str, Any]:
    """One bond in plain values."""
    customer, vendor = bond.side(Side.CUSTOMER), bond.side(Side.VENDOR)
    over = bond.state is BondState.UNLINKED  # what differed or stayed is nobody's task any more; explain still tells it
    return {
        "bond": bond.id,
        "state": bond.state.value,
        "number": customer.number,
        "ref": customer.ref,
        "case": vendor.number,
        "case_ref": vendor.ref,
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
        "second_cases": bond.extra_cases,
        "open": open_intents,
        "unverified": sorted(name for name, unit in bond.units.items() if unit.unverified),
    }

"""What the connector itself says of its bonds: plain values for status lists, the demo's summary, machines."""

from __future__ import annotations

from typing import Any

from connector.store.records import Loaded
from connector.store.store import Store
from connector.words import Side


def report(store: Store, connection: str) -> list[dict[str, Any]]:
    """One dictionary a bond, oldest first; the keys are stable (``status --json``)."""
    parked = {entry.bond: entry.reason for entry in store.parked(connection)}
    loaded = store.load([bond.id for bond in store.bonds(connection)])
    bonds = sorted(loaded.values(), key=lambda one: (one.bond.born, one.bond.id))
    return [describe(one, parked.get(one.bond.id)) for one in bonds]


def describe(one: Loaded, parked: str | None) -> dict[str, Any]:
    """One bond in plain values."""
    bond = one.bond
    customer, vendor = bond.side(Side.CUSTOMER), bond.side(Side.VENDOR)
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
            if (s := unit.standing)
        },
        "withheld": [{"item": key, "reason": w.reason, "parked": w.parked} for key, w in bond.withheld.items()],
        "second_cases": bond.extra_cases,
        "second_copies": [{"item": i.item, "side": i.side.value, "copy": i.copy} for i in one.identities if i.extra],
        "open": len(one.intents),
        "unverified": sorted(name for name, unit in bond.units.items() if unit.unverified),
    }

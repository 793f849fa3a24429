"""What the connector itself says of its bonds: plain values for status lists, the demo's summary, machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.store.records import Bond, BondState, Loaded
from connector.store.store import Store
from connector.words import Side


def report(store: Store, connection: str) -> list[dict[str, Any]]:
    """One dictionary a ticket, the oldest bond first and its followers behind it; the keys are stable (``status --json``)."""
    parked = {entry.bond: entry.reason for entry in store.parked(connection)}
    loaded = store.load([bond.id for bond in store.bonds(connection) if bond.state is not BondState.JOINED])
    bonds = sorted(loaded.values(), key=lambda one: (one.bond.born, one.bond.id))
    return [row for one in bonds for row in _rows(one, parked.get(one.bond.id))]


def _rows(one: Loaded, parked: str | None) -> Iterator[dict[str, Any]]:
    for bond in (one.bond, *one.bond.followers):
        mine = [i for i in one.intents if (i.side is Side.VENDOR and bond is one.bond) or i.ref == bond.side(Side.CUSTOMER).ref]
        yield describe(bond, one.bond, parked, len(mine))


def describe(bond: Bond, lead: Bond, parked: str | None, open_intents: int) -> dict[str, Any]:
    """One ticket in plain values.

    :param lead: the bond of the ticket that leads its case: the same, or that which it follows.
    """
    customer, vendor = bond.side(Side.CUSTOMER), lead.side(Side.VENDOR)
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
            if (s := unit.standing)
        },
        "withheld": [{"item": key, "reason": w.reason, "parked": w.parked} for key, w in bond.withheld.items()],
        "second_cases": bond.extra_cases,
        "open": open_intents,
        "unverified": sorted(name for name, unit in bond.units.items() if unit.unverified),
    }

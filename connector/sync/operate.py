"""What an operator's word does to a bond. Pure: the next pass plans and delivers."""

from __future__ import annotations

from connector.mapping.mapping import TicketMapping
from connector.store.records import Bond

ASKED_FOR = frozenset({"mapping", "linked"})
"""Why values differ that nobody changed: applied only on request."""


def set_aside(bond: Bond) -> tuple[list[str], list[str]]:
    """The items and units that a system refused."""
    items = [item for item, withheld in bond.withheld.items() if withheld.parked]
    units = [name for name, unit in bond.units.items() if unit.standing and unit.standing.parked]
    return items, units


def try_again(bond: Bond, mapping: TicketMapping) -> tuple[list[str], list[str]]:
    """Let everything be planned anew that was set aside, and what differs only since the mapping changed (D10) or since the link.

    The owner's value counts as just changed, so that it travels. Returns the items and units.
    """
    items, units = set_aside(bond)
    for item in items:
        del bond.withheld[item]
    for name in units:
        bond.units[name].standing = None
    known = set(mapping.units)
    differing = [n for n, u in bond.units.items() if n in known and u.standing and u.standing.why in ASKED_FOR]
    for name in differing:
        bond.units[name].standing = None
        bond.units[name].base[mapping.owner(name)] = {}
    return items, units + differing

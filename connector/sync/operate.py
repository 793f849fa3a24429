"""What an operator's word does to a bond. Pure: the next pass plans and delivers."""

from __future__ import annotations

from connector.mapping.mapping import TicketMapping
from connector.store.records import Bond


def set_aside(bond: Bond) -> tuple[list[str], list[str]]:
    """The items and units that a system refused."""
    every = (bond, *bond.followers)
    items = [item for one in every for item, withheld in one.withheld.items() if withheld.parked]
    units = [name for one in every for name, unit in one.units.items() if unit.standing and unit.standing.parked]
    return items, units


def try_again(bond: Bond, mapping: TicketMapping) -> tuple[list[str], list[str]]:
    """Let everything be planned anew that was set aside, and what differs only since the mapping changed (D10).

    Under a new mapping the owner's value counts as just changed, so that it travels. Returns the items and units.
    """
    items, units = set_aside(bond)
    return items, units + [name for one in (bond, *bond.followers) for name in _again(one, mapping)]


def _again(bond: Bond, mapping: TicketMapping) -> list[str]:
    """One ticket's part; returns the units that differed since the mapping changed."""
    bond.withheld = {item: withheld for item, withheld in bond.withheld.items() if not withheld.parked}
    for unit in bond.units.values():
        unit.standing = None if unit.standing and unit.standing.parked else unit.standing
    known = set(mapping.units)
    differing = [n for n, u in bond.units.items() if n in known and u.standing and u.standing.why == "mapping"]
    for name in differing:
        bond.units[name].standing = None
        bond.units[name].base[mapping.owner(name)] = {}
    return differing

"""What an operator's word does to a bond. Pure: the next pass plans and delivers."""

from __future__ import annotations

from connector.mapping.mapping import TicketMapping
from connector.store.records import Adrift, Bond, BondState, UnitState
from connector.store.transaction import Tx
from connector.words import Side

ASKED_FOR = frozenset({"mapping", "linked"})
"""Why values differ that nobody changed: applied only on request."""


def set_aside(bond: Bond) -> tuple[list[str], list[str]]:
    """The items and units that a system refused."""
    every = bond.parts
    items = [item for one in every for item, withheld in one.withheld.items() if withheld.parked]
    units = [name for one in every for name, unit in one.units.items() if unit.standing and unit.standing.parked]
    return items, units


def try_again(bond: Bond, mapping: TicketMapping) -> tuple[list[str], list[str]]:
    """Let everything be planned anew that was set aside, and what differs only since the mapping changed, a restore or the link (D10).

    Under a new mapping and after a link the owner's value counts as just changed, so that it travels; after a restore, what
    changed since the values were last in agreement. Returns the items and units.
    """
    items, units = set_aside(bond)
    return items, units + [name for one in bond.parts for name in _again(one, mapping)]


def _again(bond: Bond, mapping: TicketMapping) -> list[str]:
    """One ticket's part; returns the units that differed since the mapping changed or a restore."""
    bond.withheld = {item: withheld for item, withheld in bond.withheld.items() if not withheld.parked}
    for unit in bond.units.values():
        unit.standing = None if unit.standing and unit.standing.parked else unit.standing
    known = set(mapping.units)
    differing = [n for n, u in bond.units.items() if n in known and u.standing and u.standing.why in ASKED_FOR]
    for name in differing:
        bond.units[name].standing = None
        bond.units[name].base[mapping.owner(name)] = {}
    return differing + [name for name, unit in bond.units.items() if name in known and _go_back(unit)]


def _go_back(unit: UnitState) -> bool:
    """To what was in agreement before a restore: what stood since then is its people's word, also where our own hand put it back."""
    stood = unit.standing
    if stood is None or stood.why != "restored":
        return False
    unit.base, unit.standing = dict(stood.base), None
    for side in Side:
        unit.restored.setdefault(side, []).append(stood.value(side))
    return True


def accept(tx: Tx, bond: Bond, side: Side, now: float, by: str) -> None:
    """One bond of a system that went back in time and is accepted so."""
    _set_adrift(bond, now, [side])
    tx.save(bond)
    tx.record({"kind": "accepted", "side": side.value, "by": by})


def accept_held(bond: Bond, now: float) -> bool:
    """A bond that has a case and is held, since a ticket is not what it was: both are taken as they are."""
    if bond.held is None or bond.state is BondState.CANDIDATE:
        return False
    _set_adrift(bond, now, list(Side))
    return True


def _set_adrift(bond: Bond, now: float, sides: list[Side]) -> None:
    """What was seen on these sides counts no more."""
    bond.adrift = Adrift(now, "accepted")
    for known in (one.side(side) for one in bond.parts for side in sides):
        known.changed, known.version, known.weighed, known.mark, known.seen = 0.0, -1, -1, "", 0.0

"""Values that are looked at for the first time, or under other rules: what is there stands, and nobody is overruled.

Present values are the base, differences are standing until somebody changes one of them. What the case says of itself
(and, to a ticket that follows, its status) is news to the ticket all the same.
"""

from __future__ import annotations

from connector.mapping.results import Carry
from connector.store.records import Standing, Value
from connector.sync.scene import Scene
from connector.words import Side

FOLLOWS, LEADS, MOVED = "follows", "leads", "moved"
"""Why a ticket and a case are together that were not before (``Bond.fresh``); also the names of the notes that say so."""

_REASONS = {
    FOLLOWS: "the ticket came to follow this case",
    LEADS: "the ticket leads this case since another one ended: not applied until one of the two is changed",
    MOVED: "the vendor made this case of the one before: not applied until one of the two is changed",
}


def begin(scene: Scene) -> None:
    """Take up a pair that came together without the case having been made of the ticket; a field that cannot be read, once it can."""
    bond, why = scene.bond, scene.bond.fresh
    if not why:
        return
    begun = [_begin_unit(scene, unit, why) for unit in scene.units]
    number, lead = scene.snapshots[Side.VENDOR].number, scene.whole.side(Side.CUSTOMER).number
    told = bond.notes.get(why)
    scene.note(why, Side.CUSTOMER, scene.mapping.note(why, number=number, lead=lead))
    if bond.notes[why] is not told:
        bond.since, bond.mapping_version = scene.now, scene.mapping.version
        scene.fact("begun", why=why, case=number)
    if all(begun):
        bond.fresh, scene.dirty = "", True


def _begin_unit(scene: Scene, unit: str, why: str) -> bool:
    """Whether the unit is taken up. Where one side cannot be read, the other's value is kept: what changes there meanwhile is news."""
    state = scene.bond.unit(unit)
    present = {side: value for side in Side if (value := scene.native(unit, side)) is not None}
    if len(state.base) == len(Side):
        return True
    known = dict(state.base)
    news = scene.lead is not None or not scene.mapping.carries(unit, Side.CUSTOMER)
    state.base = {side: {} if news and side is Side.VENDOR else known.get(side, value) for side, value in present.items()}
    if len(present) < len(Side):
        return False
    changed = [side for side, value in known.items() if value and not scene.equal(unit, side, value, present[side])]
    if not news and not changed and would_travel(scene, unit, present[Side.CUSTOMER], present[Side.VENDOR]):
        _let_stand(scene, unit, present, why, _REASONS[why])
    return True


def new_mapping(scene: Scene) -> None:
    """Under another mapping, differences stand until somebody asks for them to be applied (D10)."""
    bond, version = scene.bond, scene.mapping.version
    if bond.mapping_version == version:
        return
    reason = f"the mapping changed from {bond.mapping_version} to {version}: not applied unless asked for"
    for unit in scene.units:
        values = _pair(scene, unit)
        if (
            values is None
            or bond.unit(unit).standing
            or not would_travel(scene, unit, values[Side.CUSTOMER], values[Side.VENDOR])
        ):
            continue
        bond.unit(unit).base = values
        _let_stand(scene, unit, values, "mapping", reason)
    scene.fact("mapping_changed", before=bond.mapping_version, now=version)
    bond.mapping_version = version


def _pair(scene: Scene, unit: str) -> dict[Side, Value] | None:
    customer, vendor = scene.native(unit, Side.CUSTOMER), scene.native(unit, Side.VENDOR)
    return None if customer is None or vendor is None else {Side.CUSTOMER: customer, Side.VENDOR: vendor}


def _let_stand(scene: Scene, unit: str, values: dict[Side, Value], why: str, reason: str) -> None:
    scene.bond.unit(unit).standing = Standing(values[Side.CUSTOMER], values[Side.VENDOR], why, reason, scene.now)


def would_travel(scene: Scene, unit: str, customer: Value, vendor: Value) -> bool:
    """True where the two values differ and neither is of its side's own affairs."""
    values = {Side.CUSTOMER: customer, Side.VENDOR: vendor}
    if scene.mapping.same(unit, customer, vendor):
        return False
    sources = [side for side in Side if scene.mapping.carries(unit, side)]
    carried = [scene.mapping.translate(unit, side, values[side], values[side.other], scene.views).carry for side in sources]
    return Carry.NOTHING not in carried

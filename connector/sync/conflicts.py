"""Where both sides have another value than what was agreed: whose counts, and what becomes of the other one."""

from __future__ import annotations

from connector.rasci.phases import winner as crossing
from connector.store.records import UnitState, Value
from connector.sync.scene import Scene
from connector.words import Native, Side

STATUS = "status"


def owner_of(scene: Scene, unit: str, side: Side, value: Native, agreed: Value | None) -> Side:
    """Who wins where ``side`` shows ``value`` and the other side has changed the unit too.

    :param agreed: the case's status before both moves (None: never agreed).
    """
    if unit != STATUS:
        return scene.mapping.owner(unit)
    phases = {side: scene.mapping.phase(side, value), side.other: scene.views[side.other].phase}
    before = scene.mapping.phase(Side.VENDOR, agreed) if agreed else None
    return crossing(before, phases[Side.CUSTOMER], phases[Side.VENDOR])


def in_other_words(scene: Scene, unit: str, changed: list[Side], present: dict[Side, Value]) -> list[Side]:
    """Where both sides changed, without one whose value still means what was agreed: that is no word against the other's.

    So are another impact and another urgency that come to the same priority. What is changed beside a difference that stands was
    changed in view of it, and is a word.
    """
    base, stood = scene.bond.unit(unit).base, scene.bond.unit(unit).standing
    seen = stood is not None and all(stood.value(side) for side in Side)  # not where a field could only not be read
    if unit == STATUS or seen or len(changed) < len(Side) or not all(base.values()):
        return changed
    if not scene.mapping.same(unit, base[Side.CUSTOMER], base[Side.VENDOR]):
        return changed
    mixed = {side: {**base, side: present[side]} for side in Side}
    silent = [side for side, pair in mixed.items() if scene.mapping.same(unit, pair[Side.CUSTOMER], pair[Side.VENDOR])]
    base.update({side: present[side] for side in silent})
    return [side for side in changed if side not in silent]


def agreed_status(scene: Scene) -> Value | None:
    """The case's status before what is being decided now."""
    return scene.bond.unit(STATUS).base.get(Side.VENDOR)


def keep_loser(scene: Scene, unit: str, side: Side, lost: Value, kept: Native) -> None:
    """Both sides changed a unit: the value that did not win is kept in an internal note and the audit."""
    scene.fact("conflict", unit=unit, winner=side.other.value, loser=side.value, lost=lost, kept=dict(kept))
    text = scene.mapping.note("conflict", unit=unit, winner=side.other.value, lost=words(lost), kept=words(kept))
    scene.note(f"conflict:{unit}", side, text)


def tolerated(state: UnitState, side: Side) -> Value:
    """What a side is left with: its value of a standing difference, where that could be read, else the base."""
    return (state.standing and state.standing.value(side)) or state.base.get(side, {})


def words(value: Native) -> str:
    """A native value for people."""
    return ", ".join(f"{name} = {text}" for name, text in value.items()) if len(value) != 1 else next(iter(value.values()))

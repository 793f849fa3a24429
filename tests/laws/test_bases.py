"""Laws of the bases (design D2): who did not change proposes nothing, and what agrees already is not written."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from connector.store.records import Bond, BondState, SideState, UnitState
from connector.sync.plan import make_plan
from connector.sync.scene import Scene
from connector.words import Effect, Side
from tests.laws.scenes import Drawn, fresh, wild
from tests.laws.values import BOND, NASTY
from tests.laws.world import LAW, REFS


def written(effects: list[Effect]) -> set[str]:
    return {write.unit for effect in effects for write in effect.units}


def shapes(value: str) -> list[str]:
    """The same value as another system would store it: other line ends, blanks at the ends of lines."""
    return [value, value + " ", value.replace("\r\n", "\n").replace("\n", "\r\n"), value + "\n"]


@LAW
@given(wild(), st.data())
def test_a_unit_that_nobody_changed_proposes_nothing(scene: Scene, data: st.DataObject) -> None:
    """Whatever the other units do; and a value that was only stored in another shape is no change."""
    scene = fresh(scene)
    unit = data.draw(st.sampled_from(scene.mapping.units))
    here = {side: scene.native(unit, side) for side in Side}
    assume(None not in here.values())
    state = UnitState({side: {n: data.draw(st.sampled_from(shapes(v))) for n, v in (here[side] or {}).items()} for side in Side})
    assume(all(scene.equal(unit, side, state.base[side], here[side] or {}) for side in Side))
    scene.bond.units[unit] = state
    for side in Side:  # nothing was sent lately that could have covered or provoked anything
        scene.bond.sides[side] = SideState(REFS[side], sent=0.0)
    before = deepcopy(state)
    assert unit not in written(make_plan(scene))
    agreed = scene.mapping.same(unit, here[Side.CUSTOMER] or {}, here[Side.VENDOR] or {})
    after = scene.bond.unit(unit)
    assert after == before or (agreed and after.standing is None)
    assert agreed or not [f for f in scene.facts if f.get("unit") == unit]


@LAW
@given(wild())
def test_what_agrees_already_is_not_written(scene: Scene) -> None:
    """Only bases move, and a difference that stood there is over."""
    scene = fresh(scene)
    open_units = {unit for intent in scene.intents for unit in intent.units}
    calm = [u for u, s in scene.bond.units.items() if u not in open_units and not s.unverified and not s.put_back]
    both = {u: (scene.native(u, Side.CUSTOMER), scene.native(u, Side.VENDOR)) for u in calm}
    agreed = {u: (mine, theirs) for u, (mine, theirs) in both.items() if mine is not None and theirs is not None}
    agreed = {u: pair for u, pair in agreed.items() if scene.mapping.same(u, *pair)}
    for side in Side:
        scene.bond.sides[side] = SideState(REFS[side])
    effects = make_plan(scene)
    assert not written(effects) & set(agreed)
    for unit, (mine, theirs) in agreed.items():
        state = scene.bond.unit(unit)
        assert state.standing is None
        assert scene.equal(unit, Side.CUSTOMER, state.base[Side.CUSTOMER], mine)
        assert scene.equal(unit, Side.VENDOR, state.base[Side.VENDOR], theirs)


@LAW
@given(wild())
def test_planning_moves_no_base_for_what_it_proposes(scene: Scene) -> None:
    """A proposal becomes a base when its write is closed, not when it is planned."""
    scene = fresh(scene)
    before = deepcopy(scene.bond.units)
    proposed = {w.unit: (e.side, w) for e in make_plan(scene) for w in e.units if w.source is not None}
    for unit, (side, write) in proposed.items():
        state, old = scene.bond.unit(unit), before[unit]
        assert write.source == scene.native(unit, side.other)
        if side.other in old.base and side.other not in old.unverified:
            assert state.base[side.other] == old.base[side.other]


@LAW
@given(wild(), st.sampled_from(list(Side)), st.sampled_from(NASTY))
def test_one_side_that_changed_one_unit_proposes_it_alone(scene: Scene, side: Side, title: str) -> None:
    """All else is at its base: at most the changed unit is written, and only to the other side."""
    whole = all(set(scene.mapping.reads(s)) <= set(scene.snapshots[s].fields) | {"unheard_of"} | CREATION for s in Side)
    assume(whole and "title" in scene.mapping.units)
    bond = Bond(BOND, "acme", BondState.LINKED, scene.bond.born, mapping_version=scene.mapping.version)
    bond.sides = {s: SideState(REFS[s]) for s in Side}
    bond.units = {
        unit: UnitState({s: value for s in Side if (value := scene.native(unit, s)) is not None}) for unit in scene.mapping.units
    }
    (name,) = scene.mapping.unit("title").reads(side)
    changed = replace(scene.snapshots[side], fields={**scene.snapshots[side].fields, name: title})
    now = Drawn(
        bond, [], [], {**scene.snapshots, side: changed}, scene.abilities, scene.mapping, scene.model, scene.key, scene.timing,
        scene.now,
    )  # fmt: skip
    for effect in make_plan(now):
        assert not effect.units or (effect.side is side.other and written([effect]) == {"title"})


CREATION = frozenset({"assignment_group.name", "category", "subcategory", "description"})
"""Fields that a mapping reads for a new case only."""

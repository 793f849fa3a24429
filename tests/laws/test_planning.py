"""Laws of planning: the same scene gives the same plan, and no plan holds what the gate refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Comment
from connector.mapping.channels import FILES
from connector.rasci.judge import judge
from connector.sync.plan import make_plan
from connector.sync.scene import Scene
from connector.words import ENDED, Act, Audience, Change, Effect, How, Party, Side, UnitWrite
from tests.laws.hand import Hand
from tests.laws.lives import lives
from tests.laws.scenes import fresh, turned, wild
from tests.laws.world import LAW

SCENES = st.one_of(wild(), lives(provokes=True).map(Hand.recognised))


def _decided(scene: Scene, effects: list[Effect]) -> tuple[Any, ...]:
    """All that a plan decided; of notes only who is told about what, since a text names fields in the order of their value."""
    bond = replace(scene.bond, notes={topic: replace(note, text="") for topic, note in scene.bond.notes.items()})
    told = [(e.side, e.detail["topic"]) if e.kind == "note" else e for e in effects]
    facts = [{name: value for name, value in fact.items() if name != "text"} for fact in scene.facts]
    return told, facts, bond, scene.wait_until, scene.dirty


PARTY = {Side.CUSTOMER: Party.CUSTOMER, Side.VENDOR: Party.VENDOR}


@LAW
@given(SCENES)
def test_the_same_scene_gives_the_same_plan(scene: Scene) -> None:
    first, second = fresh(scene), fresh(scene)
    assert make_plan(first) == make_plan(second)
    assert first.facts == second.facts
    assert (first.bond, first.wait_until, first.dirty) == (second.bond, second.wait_until, second.dirty)


@LAW
@given(SCENES)
def test_the_order_of_keys_does_not_matter(scene: Scene) -> None:
    there, back = fresh(scene), turned(scene)
    assert _decided(there, make_plan(there)) == _decided(back, make_plan(back))


@LAW
@given(SCENES)
def test_no_plan_holds_what_the_gate_refuses(scene: Scene) -> None:
    for effect in make_plan(scene):
        gate_allows(scene, effect)


def gate_allows(scene: Scene, effect: Effect) -> None:
    """Ask the rules about one effect, from what it would do: not from what the plan says it was allowed by."""
    assert effect.ref == scene.snapshots[effect.side].ref
    for write in effect.units:
        ruling = judge(scene.model, _unit_change(scene, effect.side, write))
        assert ruling.allowed, (write, ruling)
        _never_ends(scene, effect.side, write)
    if not effect.units:
        ruling = judge(scene.model, _item_change(scene, effect))
        assert ruling.allowed, (effect, ruling)
        assert effect.ruling == ruling


def _unit_change(scene: Scene, side: Side, write: UnitWrite) -> Change:
    """A value that is put back or taken back is the change of whoever is at home there."""
    mapping, move = scene.mapping, write.unit == "status"
    after = {**(scene.native(write.unit, side) or {}), **write.target}
    return Change(
        Act.MOVE if move else Act.FIELD,
        side,
        PARTY[side.other if write.how is How.PROPOSE else side],
        unit=write.unit,
        now=mapping.phase(side, scene.snapshots[side].fields),
        to=mapping.phase(side, after) if move else None,
        source=mapping.phase(side.other, scene.snapshots[side.other].fields) if move else None,
        notifies=move and side is Side.CUSTOMER and mapping.notifies(after),
    )


def _never_ends(scene: Scene, side: Side, write: UnitWrite) -> None:
    """Nothing of the vendor ends the customer's ticket, or moves one that has ended."""
    if side is Side.VENDOR or write.unit != "status" or write.how is not How.PROPOSE:
        return
    after = {**(scene.native("status", side) or {}), **write.target}
    assert scene.mapping.phase(side, after) not in ENDED
    assert not scene.mapping.notifies(after)
    assert scene.views[side].phase not in ENDED


def _item_change(scene: Scene, effect: Effect) -> Change:
    side = effect.side
    if effect.kind == "note":
        here, topic = scene.mapping.channels.places[side], effect.detail["topic"]
        readers, alone = (
            here[scene.abilities[side].internal_place],
            side is Side.VENDOR and Audience.INTERNAL not in here.values(),
        )
        return Change(Act.NOTE, side, Party.CONNECTOR, said_to=readers, shown_to=readers, channel=topic, open_desk=alone)
    item, route, places = effect.detail["item"], effect.detail["route"], scene.mapping.channels.places
    assert not item.by_us, "our own copy is never a source"
    shown = places[side][route.place or FILES]
    assert side is Side.VENDOR or shown is Audience.INTERNAL, "the vendor's words never reach the end user"
    return Change(
        Act.COMMENT if isinstance(item, Comment) else Act.FILE,
        side,
        PARTY[side.other],
        said_to=places[side.other][item.place or FILES],
        shown_to=shown,
        channel=route.rule,
    )

"""Scenes drawn at random: any bond beside any two tickets, whether or not a history of acts could lead there."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, is_dataclass, replace
from dataclasses import fields as fields_of
from typing import Any

from hypothesis import strategies as st

from adapters.base import Attachment, Comment, Event, Snapshot
from connector.mapping.mapping import TicketMapping
from connector.store.records import (
    Bond,
    BondState,
    Identity,
    Intent,
    IntentUnit,
    Note,
    PutBack,
    SideState,
    Standing,
    UnitState,
    Unverified,
    Withheld,
)
from connector.sync.marker import item_key, note_key
from connector.sync.scene import Scene
from connector.words import How, Side
from tests.laws.values import BOND, all_fields, comments, field_values, files, natives, statuses, value_fields
from tests.laws.world import KEY, MAPPINGS, MODELS, NUMBERS, REFS, START, TIMING, ability

NOW = START + 1000.0
TIMES = st.sampled_from([0.0, START - 2000.0, NOW - 300.0, NOW - 30.0, NOW - 1.0])
Draw = st.DrawFn


@dataclass(repr=False)
class Drawn(Scene):
    """A scene that shows, where a law fails, what was drawn; not the whole mapping and model."""

    def __repr__(self) -> str:
        told = {
            "intents": self.intents,
            "identities": self.identities,
            "snapshots": self.snapshots,
            "histories": self.histories,
            "notes": self.bond.notes,
            "withheld": self.bond.withheld,
            "units": self.bond.units,
            "sides": self.bond.sides,
            "now": self.now,
        }
        return "\n".join(f"{name}: {value!r}" for name, value in told.items() if value)

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))


def fresh(scene: Scene) -> Scene:
    """The same scene once more, as a second pass would load it: nothing that one plan learns reaches the other."""
    return Drawn(
        deepcopy(scene.bond), deepcopy(scene.intents), deepcopy(scene.identities), scene.snapshots, scene.abilities,
        scene.mapping, scene.model, scene.key, scene.timing, scene.now, dict(scene.histories), set(scene.blind), scene.hashes,
    )  # fmt: skip


def turned(scene: Scene) -> Scene:
    """The same scene with the keys of all dicts the other way round; but notes, which stand in the order of being said."""
    bond = _turn(scene.bond)
    bond.notes = {topic: bond.notes[topic] for topic in scene.bond.notes}
    return Drawn(
        bond, _turn(scene.intents), _turn(scene.identities), {side: _turn(scene.snapshots[side]) for side in Side}, _turn(scene.abilities),
        scene.mapping, scene.model, scene.key, scene.timing, scene.now, _turn(scene.histories), scene.blind, _turn(scene.hashes),
    )  # fmt: skip


def _turn(thing: Any) -> Any:
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{field.name: _turn(getattr(thing, field.name)) for field in fields_of(thing)})
    if isinstance(thing, dict):
        return {key: _turn(thing[key]) for key in reversed(thing)}
    if isinstance(thing, (list, tuple)):
        return type(thing)(_turn(part) for part in thing)
    return thing


@st.composite
def wild(draw: Draw) -> Scene:
    """Any scene. Most could not come about; the laws of planning hold for them all the same."""
    mapping, model = draw(st.sampled_from(MAPPINGS)), draw(st.sampled_from(MODELS))
    snapshots = {side: _snapshot(draw, mapping, side) for side in Side}
    bond = Bond(BOND, "acme", BondState.LINKED, START, mapping_version=mapping.version)
    bond.sides = {side: _side(draw, side) for side in Side}
    bond.units = {unit: _unit(draw, mapping, unit, snapshots) for unit in mapping.units}
    bond.alone = draw(st.lists(st.sampled_from(mapping.units), max_size=2, unique=True))
    bond.notes = _notes(draw)
    intents = draw(st.sampled_from([0, 0, 1, 2]))
    abilities = {side: ability(mapping, side, history=draw(st.booleans()), provokes=draw(st.booleans())) for side in Side}
    scene = Drawn(
        bond, [_intent(draw, mapping, n) for n in range(intents)], [], snapshots, abilities, mapping, model, KEY, TIMING, NOW
    )
    _known_items(draw, scene)
    scene.histories = {side: _history(draw, mapping, snapshots[side]) for side in Side if abilities[side].history}
    return scene


def _snapshot(draw: Draw, mapping: TicketMapping, side: Side) -> Snapshot:
    fields = draw(all_fields(mapping, side)) | draw(statuses(mapping, side))
    for name in draw(st.sampled_from([[]] * 12 + [sorted(fields)[:1], sorted(fields)[-3:]])):
        del fields[name]  # a right is missing
    said: list[Comment] = draw(st.lists(comments(mapping.name, side), max_size=3))
    put: list[Attachment] = draw(st.lists(files(mapping.name, side), max_size=2))
    return Snapshot(
        REFS[side],
        NUMBERS[side],
        fields,
        tuple(replace(c, id=str(n)) for n, c in enumerate(said)),
        tuple(replace(f, id=str(n)) for n, f in enumerate(put)),
        changed=NOW - 20.0,
        read_at=NOW,
        created_by_us=side is Side.VENDOR,
        version=7 if side is Side.CUSTOMER else None,
    )


def _side(draw: Draw, side: Side) -> SideState:
    sent, commented, moved, quiet = (draw(TIMES) for _ in range(4))
    return SideState(
        REFS[side], NUMBERS[side], sent=sent, comment_sent=commented, status_sent=moved, quiet=quiet, quiet_changed=quiet
    )


def _unit(draw: Draw, mapping: TicketMapping, unit: str, snapshots: dict[Side, Snapshot]) -> UnitState:
    """A unit's past: its base may be what is there, anything else, empty or unknown."""
    values = {side: natives(mapping, side, unit) for side in Side}
    here = {side: {n: snapshots[side].fields.get(n, "") for n in mapping.unit(unit).reads(side)} for side in Side}
    state = UnitState()
    for side in Side:
        base = draw(st.sampled_from(["same", "same", "other", "empty", "none"]))
        if base != "none":
            state.base[side] = draw(values[side]) if base == "other" else here[side] if base == "same" else {}
    odd = draw(st.sampled_from(["", "", "", "standing", "stands", "unverified", "put_back", "restored"]))
    side = draw(st.sampled_from(list(Side)))
    if odd == "stands":
        state.standing = Standing(here[Side.CUSTOMER], here[Side.VENDOR], "refused", "because", START)
    elif odd == "standing":
        state.standing = Standing(draw(values[Side.CUSTOMER]), draw(values[Side.VENDOR]), "dropped", "because", START)
    elif odd == "unverified":
        prior = draw(st.none() | values[side])
        state.unverified[side] = Unverified(draw(values[side]), prior, draw(TIMES), NOW - 100.0, put_back=draw(st.booleans()))
    elif odd == "put_back":
        over = draw(st.sampled_from([here[side], {}])) or draw(values[side])
        state.put_back[side] = PutBack(draw(values[side]), over)
    elif odd == "restored":
        state.restored[side] = [draw(values[side]), here[side]]
    return state


def _intent(draw: Draw, mapping: TicketMapping, n: int) -> Intent:
    side, kind = draw(st.sampled_from(list(Side))), draw(st.sampled_from(["fields", "comment", "file", "note"]))
    intent = Intent(f"{BOND}.1.{n}", BOND, kind, side, REFS[side], NOW - 5.0, version=7, accepted=draw(st.booleans()))
    if kind == "fields":
        unit = draw(st.sampled_from(mapping.units))
        source, target = draw(natives(mapping, side.other, unit)), draw(natives(mapping, side, unit))
        intent.units = {unit: IntentUnit(dict(source), dict(target), {}, draw(st.sampled_from(list(How))))}
    else:
        intent.item = item_key(side.other, REFS[side.other], kind, draw(st.sampled_from(["0", "1"])))
    return intent


def _notes(draw: Draw) -> dict[str, Note]:
    topics = draw(st.lists(st.sampled_from(["conflict:title", "move:1", "unmapped:status", "proposal:priority"]), unique=True))
    return {t: Note(draw(st.sampled_from(list(Side))), f"about {t}", NOW - 50.0, draw(TIMES)) for t in topics}


def _known_items(draw: Draw, scene: Scene) -> None:
    """Some items have a copy already, some are withheld, some parked; some notes were written."""
    for side, snapshot in scene.snapshots.items():
        for kind, found in (("comment", snapshot.comments), ("file", snapshot.attachments)):
            for item in found:
                key = item_key(side, snapshot.ref, kind, item.id)
                fate = draw(st.sampled_from(["", "", "copied", "withheld", "parked"]))
                if fate == "copied":
                    scene.identities.append(Identity(key, kind, side.other, REFS[side.other], f"c{item.id}", START))
                elif fate:
                    scene.bond.withheld[key] = Withheld("because", parked=fate == "parked", at=START)
    for topic, note in scene.bond.notes.items():
        if draw(st.booleans()):
            key = note_key(topic, note.text)
            scene.identities.append(Identity(key, "note", note.side, REFS[note.side], f"n{topic}", START))


def _history(draw: Draw, mapping: TicketMapping, snapshot: Snapshot) -> tuple[Event, ...]:
    """Changes of some fields; often the last of them left what is there now."""
    side = next(side for side in Side if REFS[side] == snapshot.ref)
    names = value_fields(mapping, side)
    events = []
    for n in range(draw(st.integers(0, 4))):
        name = draw(st.sampled_from([*mapping.status.reads(side), *names]))
        values = field_values(mapping, side, name)
        new = snapshot.fields.get(name, "") if draw(st.booleans()) else draw(values)
        events.append(Event(name, draw(values), new, "somebody", draw(st.booleans()), NOW - 90.0 + 20.0 * n, None))
    return tuple(events)

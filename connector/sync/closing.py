"""What an answered write means for the bond: which bases move, what was dropped, whom it covered. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adapters.base import Answer, Event
from connector.rasci.routing import answers_for, case_of
from connector.store.records import Intent, IntentUnit, UnitState, Unverified, Value
from connector.sync.conflicts import STATUS
from connector.sync.covering import covered, restore
from connector.sync.own_hand import say_dropped
from connector.sync.scene import Scene
from connector.words import How, Native, Outcome, Phase, Side


def answered_values(scene: Scene, intent: Intent, answer: Answer) -> dict[str, Value] | None:
    """The units of a write as the answer shows them; None where the answer carries no record."""
    if answer.fields is None:
        return None
    snapshot = scene.snapshots[intent.side]
    view = scene.mapping.view(intent.side, replace(snapshot, fields={**snapshot.fields, **answer.fields}))
    return {unit: dict(view.units[unit]) for unit in intent.units if unit in view.units}


def interleaved(scene: Scene, intent: Intent, answer: Answer, values: dict[str, Value]) -> bool:
    """True where the answer cannot be explained by our write alone: somebody else may have written in between."""
    if answer.version is not None and intent.version >= 0 and answer.version > intent.version + 1:
        return True
    for name, unit in intent.units.items():
        value = values.get(name, unit.target)
        if not scene.equal(name, intent.side, value, unit.target) and not scene.equal(name, intent.side, value, unit.prior):
            return True
    return False


def since(intent: Intent, events: Iterable[Event]) -> list[Event]:
    """The events after the snapshot that a write was made from: by version, else by the system's own time."""
    if intent.version >= 0:
        return [e for e in events if e.version is None or e.version > intent.version]
    return [e for e in events if e.at >= int(intent.changed)]


def reaches(events: Iterable[Event], answer: Answer) -> bool:
    """Whether a history goes up to what the answer shows: it may lag, and would hide whom the write covered."""
    return answer.version is None or any(e.version is None or e.version >= answer.version for e in events)


def close_fields(
    scene: Scene, intent: Intent, values: dict[str, Value] | None, events: list[Event] | None, at: float
) -> dict[str, Outcome]:
    """Close a write of units (D2): the source base becomes what it was made from, the target base what was answered.

    :param values: the units as answered, or None: provisional until a later read decides.
    :param events: history since the snapshot where somebody else wrote in between, else None.
    """
    outcomes = {}
    for name, unit in intent.units.items():
        state = scene.bond.unit(name)
        if unit.how is How.PROPOSE and unit.source is not None:
            state.base[intent.side.other] = unit.source
            state.restored.pop(intent.side.other, None)  # what was put back there has travelled by now
            state.standing = None
        if unit.how is How.PUT_BACK:
            state.put_back.pop(intent.side, None)
            state.restored.setdefault(intent.side, []).append(unit.target)
        if values is None or name not in values:
            outcomes[name] = _provisional(intent, unit, state, at)
        else:
            outcomes[name] = _known(scene, intent, name, unit, state, values[name], events)
        if outcomes[name] is not Outcome.DROPPED:
            _say_move(scene, intent, name, unit)
    return outcomes


def _provisional(intent: Intent, unit: IntentUnit, state: UnitState, at: float) -> Outcome:
    state.unverified[intent.side] = write = _unverified(intent, unit, at)
    if not write.put_back:
        state.base[intent.side] = {**state.base.get(intent.side, {}), **unit.target}
    return Outcome.UNVERIFIED


def _unverified(intent: Intent, unit: IntentUnit, at: float) -> Unverified:
    return Unverified(unit.target, unit.prior, at, intent.changed, unit.how is How.PUT_BACK, unit.agreed)


def _known(  # noqa: PLR0917 - one answered unit with all that is known of it
    scene: Scene, intent: Intent, name: str, unit: IntentUnit, state: UnitState, value: Value, events: list[Event] | None
) -> Outcome:
    side = intent.side
    kept = scene.equal(name, side, value, unit.target)
    lost = covered(scene, name, side, events, unit.target, unit.prior) if events is not None else None
    if unit.how is not How.PUT_BACK:
        if not kept and _person_wrote(scene, name, side, events, value, unit.prior):
            state.base[side] = unit.prior  # the write was dropped and a person's value stands: it is theirs to travel
        else:
            state.base[side] = value
            if not kept:
                say_dropped(scene, name, side, unit.target, value)
    if lost is not None:
        restore(scene, name, side, lost, _unverified(intent, unit, scene.now))
    return Outcome.APPLIED if kept else Outcome.DROPPED


def _person_wrote(scene: Scene, name: str, side: Side, events: list[Event] | None, value: Value, prior: Native) -> bool:
    if events is None or scene.equal(name, side, value, prior):
        return False
    mine = [e for e in events if e.field in value]
    return bool(mine) and not mine[-1].by_us


def _say_move(scene: Scene, intent: Intent, name: str, unit: IntentUnit) -> None:
    """L1 reads in an internal note why the vendor gave the ticket back."""
    if name != STATUS or intent.side is not Side.CUSTOMER or unit.how is not How.PROPOSE or unit.source is None:
        return
    phase = scene.mapping.phase(Side.VENDOR, unit.source)
    if phase in (Phase.WAITING_CUSTOMER, Phase.SOLVED, Phase.CLOSED, Phase.CANCELLED):
        number = scene.snapshots[Side.VENDOR].number if Side.VENDOR in scene.snapshots else ""
        done = phase in (Phase.SOLVED, Phase.CLOSED) and not answers_for(scene.model, case_of(scene.model, scene.whole.topic))
        text = scene.mapping.note("part_done" if done else f"vendor_{phase}", number=number)
        scene.note_again("move", Side.CUSTOMER, text)


def say_applied(scene: Scene, answer: Answer, side: Side) -> None:
    """An answer counts as a snapshot: nothing older than it is used any more."""
    known = scene.bond.side(side)
    if answer.version is not None:
        known.version = max(known.version, answer.version)
        known.weighed = answer.version if answer.version == known.weighed + 1 else known.weighed
    if answer.changed is not None:
        known.changed = max(known.changed, answer.changed)

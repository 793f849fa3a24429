"""What our account can only say when it opens a ticket, as a customer does on a portal's form.

A later change of it cannot be carried. It is not tried: the difference stands, the side where it was made hears once why, and the
other side's people are asked to make it themselves.
"""

from __future__ import annotations

from connector.store.records import UnitState, Value
from connector.sync.conflicts import words
from connector.sync.scene import Scene
from connector.words import Native, Side

ONLY_AT_CREATION = "only_at_creation"


def too_late(scene: Scene, side: Side, target: Native) -> bool:
    """Whether a side takes this only with a new ticket."""
    return bool(scene.abilities[side].only_at_creation & target.keys())


def ask_for(scene: Scene, unit: str, side: Side, target: Native) -> None:
    """A change that cannot be carried to ``side``: its people can make it."""
    reason = (
        f"the {side}'s system takes this from us only when a ticket is opened; while that is open, its people are asked to set it"
    )
    scene.stand(unit, ONLY_AT_CREATION, reason)
    scene.note_again(f"please_set:{unit}", side, _said(scene, "please_set", unit, side, target))
    scene.note(
        f"only_at_creation:{unit}", side.other, scene.mapping.note("only_at_creation", unit=unit, number=scene.views[side].number)
    )


def no_longer_asked(scene: Scene, unit: str, state: UnitState, present: dict[Side, Value]) -> None:
    """Both are the same again: where the change itself was taken back, nobody is to make it any more."""
    stood = state.standing
    if stood is None or stood.why != ONLY_AT_CREATION:
        return
    for side in Side:
        as_before = scene.equal(unit, side, stood.value(side), present[side])
        if as_before and too_late(scene, side, present[side]):
            scene.note_again(f"please_set:{unit}", side, _said(scene, "set_already", unit, side, present[side]))


def _said(scene: Scene, template: str, unit: str, side: Side, value: Native) -> str:
    return scene.mapping.note(template, unit=unit, number=scene.views[side.other].number, sent=words(value))

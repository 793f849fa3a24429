"""The stages of the vendor's work: each is told to level 1, and a fix may count as solved at its release only. Pure."""

from __future__ import annotations

from dataclasses import replace

from connector.store.records import Standing
from connector.sync.scene import Scene
from connector.words import Phase, Side


def tell_stage(scene: Scene) -> None:
    """Each change of the stage, once. That it has none is no news."""
    stage = scene.mapping.stage(scene.snapshots[Side.VENDOR]) if Side.VENDOR in scene.snapshots else ""
    if not stage or stage == scene.bond.course.stage:
        return
    scene.bond.course, scene.dirty = replace(scene.bond.course, stage=stage), True
    text = scene.mapping.note("stage", number=scene.views[Side.VENDOR].number, stage=stage)
    scene.note_again("stage", Side.CUSTOMER, text)


def phase_of_case(scene: Scene) -> Phase | None:
    """How the case stands for whoever is owed something: a fix that is not released yet is work under way (setting ``solved.at``)."""
    if Side.VENDOR not in scene.views:
        return None
    phase = scene.views[Side.VENDOR].phase
    return Phase.WORKING if phase is Phase.SOLVED and waits_for_release(scene) else phase


def waits_for_release(scene: Scene) -> bool:
    """Whether the vendor's work is at a stage before its release, and counts as solved there only."""
    at_release = scene.model.setting("solved.at") == "release" and Side.VENDOR in scene.snapshots
    return at_release and scene.mapping.unreleased(scene.snapshots[Side.VENDOR])


def released(scene: Scene, stood: Standing) -> bool:
    """Whether a move was held until a release, which has come."""
    return bool(stood.ruling and "solved.at" in stood.ruling["clause"]) and not waits_for_release(scene)

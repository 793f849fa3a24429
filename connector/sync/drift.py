"""Which bonds do not agree now, and why: both tickets of each are read, and the plan of a pass is made and thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.base import Attachment, Comment, Gone, Trouble
from connector.store.records import Bond, BondState, Loaded
from connector.store.store import Store
from connector.sync import items
from connector.sync.afresh import would_travel
from connector.sync.conflicts import words
from connector.sync.connection import Clock, Connection
from connector.sync.marker import MarkerKey
from connector.sync.one_pass import preview
from connector.sync.reading import Read, followers_of, read_all, read_histories, scene_of
from connector.sync.recognise import comments_vanished
from connector.sync.scene import Scene
from connector.words import Effect, Side

KINDS = {
    "unexplained": "differs, and no record says why: please report it",
    "change": "a change that has not travelled yet",
    "item": "a comment, file or note without a copy yet",
    "stray": "a copy of ours whose origin nobody has on record",
    "in_doubt": "a write whose outcome is not known yet",
    "no_case": "no case was opened yet",
    "standing": "a difference that is tolerated, with its reason",
    "held": "waits for a person of the customer",
    "parked": "waits for an operator",
    "restored": "not looked at yet since a restore",
    "unreadable": "a ticket that cannot be read",
    "gone": "a ticket that is not there",
}
"""In the order in which they are shown."""


@dataclass(frozen=True)
class Finding:
    kind: str  # one of KINDS
    what: str  # a unit, an item, a side, or "" for the whole bond
    reason: str

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "what": self.what, "reason": self.reason}


@dataclass(frozen=True)
class Found:
    """One bond; no findings: both sides agree."""

    bond: Bond
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The keys are stable (``sweep --json``)."""
        return {
            "bond": self.bond.id,
            "number": self.bond.side(Side.CUSTOMER).number,
            "case": self.bond.side(Side.VENDOR).number,
            "title": self.bond.title,
            "findings": [finding.as_dict() for finding in self.findings],
        }


def look(connection: Connection, store: Store, clock: Clock, bonds: Sequence[str]) -> list[Found]:
    """Read both tickets of these bonds, in few calls, and say of each what does not agree. Changes nothing anywhere.

    :raises adapters.base.NotApplied, adapters.base.Misconfigured: a system is out of reach.
    """
    key = MarkerKey(*store.marker_key())
    loaded = store.load(bonds)
    reads = {side: _read(connection, side, loaded.values()) for side in Side}
    parked = {entry.bond: entry.reason for entry in store.parked(connection.name)}
    mine: dict[str, dict[Side, Read]] = {
        name: {s: reads[s][ref] for s in Side if (ref := one.bond.side(s).ref)} for name, one in loaded.items()
    }
    scenes = {name: scene_of(connection, key, one, reads, clock()) for name, one in loaded.items()}
    for side in Side:
        read_histories(connection, scenes.values(), side)
    return [Found(one.bond, list(_findings(scenes[name], mine[name], parked.get(name)))) for name, one in loaded.items()]


def _read(connection: Connection, side: Side, loaded: Iterable[Loaded]) -> dict[str, Read]:
    refs = [ref for one in loaded if (ref := one.bond.side(side).ref)]
    if side is Side.CUSTOMER:
        refs += [ref for one in loaded for ref in followers_of(one.bond)]
    return read_all(connection.adapters[side], refs) if refs else {}


def _findings(scene: Scene, reads: Mapping[Side, Read], parked: str | None) -> Iterator[Finding]:
    bond = scene.bond
    if parked:
        yield Finding("parked", "", parked)
    troubles = {side: read for side, read in reads.items() if isinstance(read, Trouble)}
    for side, trouble in troubles.items():
        moved = f"; it became part of {trouble.moved_to}" if isinstance(trouble, Gone) and trouble.moved_to else ""
        yield Finding("gone" if isinstance(trouble, Gone) else "unreadable", side.value, f"{trouble}{moved}")
    if troubles:
        return
    if bond.state is BondState.CANDIDATE:
        yield Finding("held", "", bond.held.reason) if bond.held else Finding("no_case", "", "the next pass decides about it")
    elif vanished := comments_vanished(scene):
        yield Finding("unreadable", "comments", vanished)
    elif bond.adrift:
        yield Finding("restored", "", "the next pass takes both tickets as they are")
    else:
        yield from _linked(scene)
        for follower in scene.followers:
            yield from _follows(follower)


def _linked(scene: Scene) -> Iterator[Finding]:
    """What a pass would do now, and what it would leave as it is."""
    strays = list(_strays(scene))
    effects = preview(scene)
    written = {write.unit for effect in effects for write in effect.units}
    for unit, state in scene.bond.units.items():
        if state.standing:
            yield Finding("parked" if state.standing.parked else "standing", unit, state.standing.reason)
        elif state.unverified or scene.busy(unit):
            yield Finding("in_doubt", unit, "written, and not seen since")
        elif unit not in written and _unexplained(scene, unit):
            yield Finding("unexplained", unit, _pair(scene, unit))
    for effect in effects:
        yield from _effect(scene, effect)
    for key, withheld in scene.bond.withheld.items():
        if withheld.parked:
            yield Finding("parked", key, withheld.reason)
    for intent in scene.under_way:
        if not intent.units:
            yield Finding("in_doubt", intent.item, f"a {intent.kind} was sent to the {intent.side}, and not seen since")
    yield from strays


def _follows(scene: Scene) -> Iterator[Finding]:
    """What a pass would do for a ticket that follows; its number stands before each finding."""
    number = scene.snapshots[Side.CUSTOMER].number
    for finding in _linked(scene):
        yield Finding(finding.kind, f"{number} {finding.what}", finding.reason)


def _unexplained(scene: Scene, unit: str) -> bool:
    customer, vendor = scene.native(unit, Side.CUSTOMER), scene.native(unit, Side.VENDOR)
    return customer is not None and vendor is not None and would_travel(scene, unit, customer, vendor)


def _pair(scene: Scene, unit: str) -> str:
    return " and ".join(f"{words(scene.native(unit, side) or {})!r} on the {side}'s side" for side in Side)


def _effect(scene: Scene, effect: Effect) -> Iterator[Finding]:
    for write in effect.units:
        now = words(scene.native(write.unit, effect.side) or {})
        yield Finding("change", write.unit, f"the {effect.side}'s {now!r} becomes {words(write.target)!r}")
    if not effect.units:
        yield Finding("item", effect.item, f"a {effect.kind} for the {effect.side}'s ticket")


def _strays(scene: Scene) -> Iterator[Finding]:
    """What bears our mark and is the copy of nothing that is known."""
    first = scene.key.case(scene.bond.id, scene.snapshots[Side.CUSTOMER].ref)  # stands in the case's first text too
    for side, snapshot in scene.snapshots.items():
        known = {first, *(i.marker for i in scene.identities), *items.origins(scene, side.other)}
        marked: list[Comment | Attachment] = [*snapshot.comments, *snapshot.attachments]
        for item in marked:
            if item.by_us and item.marker and item.marker not in known:
                yield Finding("stray", f"{side}:{item.id}", "it bears our mark, and nothing over there is its origin")


def summary(found: Sequence[Found]) -> dict[str, int]:
    """How many findings there are of each kind."""
    listed = [finding.kind for one in found for finding in one.findings]
    return {kind: listed.count(kind) for kind in KINDS}

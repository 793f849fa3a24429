"""Find our own writes among what was read: open intents, and copies that landed late or twice. Pure.

Presence is believed at once, from any read. Absence needs a direct read *begun* late enough after the
intent: a lost write may still land within ``settle``, a call may begin until a third of the lease has
passed, and a read may lag (design D4).
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.base import Attachment, Capabilities, Comment
from connector.store.records import Identity, Intent, Withheld
from connector.sync import items
from connector.sync.closing import since
from connector.sync.connection import Timing
from connector.sync.marker import item_key
from connector.sync.scene import Scene
from connector.words import Side


def absent_after(scene: Scene, intent: Intent) -> float:
    """A read begun later than this that does not show the write proves that it will never be there."""
    return certain_after(intent, scene.abilities[intent.side], scene.timing)


def certain_after(intent: Intent, ability: Capabilities, timing: Timing) -> float:
    """When the fate of an announced write can be known at the latest, by our clock."""
    lag = ability.read_lag + (ability.find_lag if intent.kind == "create" else 0.0)
    return intent.at + timing.lease / 3 + ability.settle + lag


def recognise(scene: Scene) -> list[Intent]:
    """Settle every open intent that the snapshots decide, and identify stray copies of ours.

    Returns the intents of units that turned out to have landed; the caller closes them like answered ones.
    """
    landed: list[Intent] = []
    for side in scene.snapshots:
        _copies(scene, side)
    for intent in scene.under_way:
        if intent.kind == "create" or intent.side not in scene.snapshots:
            continue
        if intent.side in scene.blind and intent.kind in ("comment", "note"):
            scene.wait(scene.now + scene.timing.sweep / 10)
            continue
        if scene.lead and intent.side is Side.VENDOR:  # the lead's scene looks after every call to the case
            continue
        if intent.kind == "fields" and _landed(scene, intent):
            landed.append(intent)
        elif scene.snapshots[intent.side].read_at > absent_after(scene, intent):
            scene.settle_intent(intent)
            if intent.accepted:
                _never_seen(scene, intent)
                continue
            scene.fact(
                "retired", intent=intent.id, what=intent.kind, side=intent.side.value, item=intent.item, units=list(intent.units)
            )
        else:
            scene.wait(absent_after(scene, intent) + 0.01)
    return landed


def in_question(scene: Scene, side: Side) -> bool:
    """Whether a comment of ours would be taken for absent, on a ticket that shows none at all."""
    snapshot = scene.snapshots.get(side)
    if snapshot is None or snapshot.comments:
        return False
    written = [i for i in scene.under_way if i.side is side and i.kind in ("comment", "note")]
    return scene.bond.adrift is not None or any(snapshot.read_at > absent_after(scene, i) for i in written)


def comments_vanished(scene: Scene) -> str:
    """Why nothing may be concluded from a ticket whose comments we may not see, or no longer; or ""."""
    for side, snapshot in scene.snapshots.items():
        if side in scene.blind:
            return f"the comments of the {side}'s ticket cannot be read: our account lacks a right"
        ours = any(i.side is side and i.ref == snapshot.ref and i.kind != "file" and i.copy for i in scene.identities)
        theirs = any(i.item.startswith(f"{side}:{snapshot.ref}:comment:") for i in scene.identities)
        if not snapshot.comments and (ours or theirs) and not scene.abilities[side].comments_come_with_ticket:
            return f"the comments of the {side}'s ticket can no longer be read: our account has lost a right"
    return ""


def _never_seen(scene: Scene, intent: Intent) -> None:
    """Accepted, and not there: a right is missing. Sending it again and again would double it once the right is back."""
    reason = f"the {intent.side}'s system accepted it, but it does not show: our account may lack the right to write or read it"
    scene.bond.withheld[intent.item] = Withheld(reason, parked=True, at=scene.now)
    scene.fact("parked_item", item=intent.item, what=intent.kind, side=intent.side.value, reason=reason)
    if intent.kind != "note":
        items.say_withheld(scene, intent.side.other, intent.item, intent.kind, reason)


def _landed(scene: Scene, intent: Intent) -> bool:
    return shows(scene, intent) or _stood(scene, intent)


def shows(scene: Scene, intent: Intent) -> bool:
    """True where every unit of the write shows the value that was sent."""
    for name, unit in intent.units.items():
        value = scene.native(name, intent.side)
        if value is None or not scene.equal(name, intent.side, value, unit.target):
            return False
    return True


def _stood(scene: Scene, intent: Intent) -> bool:
    """True where the history shows that all of the write was there, and has been changed since: that change is news."""
    events = [e for e in since(intent, scene.history(intent.side) or ()) if e.by_us]
    return bool(events) and all(
        any(e.field == field and scene.equal(name, intent.side, {field: e.new}, {field: value}) for e in events)
        for name, unit in intent.units.items()
        for field, value in unit.target.items()
        if unit.prior.get(field) != value
    )


def _copies(scene: Scene, side: Side) -> None:
    """Identify what our user wrote and nobody has on record yet."""
    snapshot = scene.snapshots[side]
    known = {(i.ref, i.copy) for i in scene.identities if i.side is side}
    both: list[Comment | Attachment] = [*snapshot.comments, *snapshot.attachments]
    strays = [item for item in both if item.by_us and (snapshot.ref, _copy_id(item)) not in known]
    if not strays:
        return
    origins = items.origins(scene, side.other)
    for stray in strays:
        match = origins.get(stray.marker) if stray.marker else _by_content(scene, side, stray)
        if match:
            _identify(scene, side, stray, *match)


def _copy_id(item: Comment | Attachment) -> str:
    return f"file:{item.id}" if isinstance(item, Attachment) else item.id


def _identify(scene: Scene, side: Side, stray: Comment | Attachment, key: str, kind: str) -> None:
    if kind == "file" and isinstance(stray, Comment):
        return  # the article that carries a file of ours: the file itself is the copy
    ref = scene.snapshots[side].ref
    taken = any(i.item == key and i.copy and not i.extra and (i.side, i.ref) == (side, ref) for i in scene.identities)
    scene.identify(Identity(key, kind, side, ref, _copy_id(stray), scene.now, stray.marker, extra=taken))
    scene.fact("second_copy" if taken else "recognised", item=key, copy=_copy_id(stray), side=side.value)
    if taken:  # what provokes a status has landed once more, and may have covered a person's
        scene.bond.side(side).comment_sent = scene.now
    for intent in [i for i in scene.under_way if i.item == key]:
        scene.settle_intent(intent)
    if scene.bond.withheld.pop(key, None):
        scene.fact("let_go", item=key)
    if kind == "note" and not taken:
        _note_written(scene, key)


def _note_written(scene: Scene, key: str) -> None:
    for topic, note in scene.bond.notes.items():
        if key.startswith(f"note:{topic}:"):
            note.written = scene.now


def _by_content(scene: Scene, side: Side, stray: Comment | Attachment) -> tuple[str, str] | None:
    """A file where the system has no room for a marker: by size and hash, our user, no identity yet."""
    if not isinstance(stray, Attachment):
        return None
    digest = stray.sha256 or scene.hashes.get(f"{side}:{stray.id}", "")
    for intent in scene.under_way:
        if intent.kind == "file" and intent.side is side and (intent.size, intent.sha256) == (stray.size, digest):
            return intent.item, "file"
    ours = [i for i in scene.identities if (i.side, i.ref) == (side, scene.snapshots[side].ref)]
    twins = [i for i in ours if i.kind == "file" and i.text == digest and digest]
    if twins or not scene.bond.adrift:
        return (twins[0].item, "file") if twins else None
    return _by_origin(scene, side, stray.size, digest)


def _by_origin(scene: Scene, side: Side, size: int, digest: str) -> tuple[str, str] | None:
    """A copy of which only a lost store knew: that of the first file over there with this content and no copy yet."""
    taken = {i.item for i in scene.identities if scene.concerns(i)}
    source = side.other
    for file in scene.snapshots[source].attachments if source in scene.snapshots and digest else ():
        key = item_key(source, scene.snapshots[source].ref, "file", file.id)
        there = file.sha256 or scene.hashes.get(f"{source}:{file.id}", "")
        if not file.by_us and key not in taken and (file.size, there) == (size, digest):
            return key, "file"
    return None


def unhashed(scene: Scene) -> Iterable[tuple[Side, Attachment]]:
    """Files of our user whose content must be read to know whether they are the copy of an open intent."""
    for intent in scene.under_way:
        if intent.kind != "file" or intent.side not in scene.snapshots:
            continue
        for file in scene.snapshots[intent.side].attachments:
            if file.by_us and not file.sha256 and not file.marker and file.size == intent.size:
                yield intent.side, file
    if scene.bond.adrift:
        yield from _unknown_files(scene)


def _unknown_files(scene: Scene) -> Iterable[tuple[Side, Attachment]]:
    """Our files that nobody has on record, and the people's files that they may be copies of."""
    for side in scene.snapshots:
        known = {i.copy for i in scene.identities if i.side is side}
        strays = [f for f in scene.snapshots[side].attachments if f.by_us and not f.marker and _copy_id(f) not in known]
        sizes = {f.size for f in strays}
        yield from ((side, f) for f in strays if not f.sha256)
        if side.other in scene.snapshots:
            origins = [f for f in scene.snapshots[side.other].attachments if not f.by_us and not f.sha256 and f.size in sizes]
            yield from ((side.other, f) for f in origins)

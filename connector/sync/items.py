"""Comments, files and notes: sets that only grow. Which of them travel now, and which stay and why.

Eligibility is judged anew on each pass, from an item's id and its *present* visibility. What our own user
wrote is never a source.
"""

from __future__ import annotations

from adapters.base import Attachment, Comment
from connector.mapping.results import Route
from connector.mapping.text import to_plain
from connector.rasci.judge import judge
from connector.rasci.recordings import held_recording
from connector.store.records import Identity, Withheld
from connector.sync.disclosure import let_go
from connector.sync.marker import item_key, note_key
from connector.sync.scene import Scene
from connector.words import ENDED, Act, Audience, Change, Effect, Party, Ruling, Side

Item = Comment | Attachment


def files(scene: Scene, to: Side) -> list[Effect]:
    """The next files for one ticket, in source order."""
    return _travelling(scene, to, "file")


def comments(scene: Scene, to: Side) -> list[Effect]:
    """The next comments for one ticket, in source order."""
    return _travelling(scene, to, "comment")


def sources(scene: Scene, side: Side, kind: str) -> list[Item]:
    snapshot = scene.snapshots[side]
    found: tuple[Item, ...] = snapshot.comments if kind == "comment" else snapshot.attachments
    return [item for item in found if not item.by_us]


def _travelling(scene: Scene, to: Side, kind: str) -> list[Effect]:
    """Items without a copy. None while an item's fate on this ticket is open."""
    effects: list[Effect] = []
    source, lane_open = to.other, _lane_open(scene, to)
    for position, item in enumerate(sources(scene, source, kind)):
        key = item_key(source, scene.snapshots[source].ref, kind, item.id)
        effect = _one(scene, to, kind, item, key, position)
        if effect and not lane_open:
            effects.append(effect)
    return effects


def _lane_open(scene: Scene, to: Side) -> bool:
    """The fate of an item on this ticket is open: what came after it waits, or their order would be lost (D4)."""
    return any(i.side is to and i.kind in ("comment", "file") and not i.accepted for i in scene.under_way)


def _one(scene: Scene, to: Side, kind: str, item: Item, key: str, position: int) -> Effect | None:
    if isinstance(item, Comment):
        route = scene.mapping.route_comment(to.other, item)
    else:
        route = scene.mapping.route_file(to.other, item, position)
    copy = next((i for i in scene.identities if i.item == key and not i.extra and scene.concerns(i)), None)
    if copy:
        if copy.copy:  # else it was there before the link, and stays
            _still_visible(scene, to, key, route, copy)
        return None
    if any(i.item == key for i in scene.under_way) or (_parked(scene, key) and not let_go(scene, key)):
        return None
    ruling = (_recording(scene, to, item) or _rule(scene, to, kind, route)) if route.allowed else None
    reason = _why_not(scene, to, item, route, ruling)
    if reason:
        _withhold(scene, to, kind, item, key, reason, ruling, noted=isinstance(item, Attachment) or route.allowed)
        return None
    if scene.bond.withheld.pop(key, None):
        scene.fact("let_go", item=key)
    return Effect(kind, to, scene.snapshots[to].ref, item=key, ruling=ruling, detail={"item": item, "route": route})


def _recording(scene: Scene, to: Side, item: Item) -> Ruling | None:
    """Why a file stays that shows somebody's screen; None where nothing speaks against it."""
    if to is not Side.VENDOR or not isinstance(item, Attachment):
        return None
    return held_recording(scene.model, scene.installation, item.name, [*scene.whole.replies, *scene.bond.replies])


def _rule(scene: Scene, to: Side, kind: str, route: Route) -> Ruling:
    party = Party.VENDOR if to is Side.CUSTOMER else Party.CUSTOMER
    act = Act.COMMENT if kind == "comment" else Act.FILE
    said, shown = route.said_to, route.shown_to
    change = Change(act, to, party, said_to=said, shown_to=shown, channel=route.rule, topic=scene.topic)
    return judge(scene.model, change)


def _why_not(scene: Scene, to: Side, item: Item, route: Route, ruling: Ruling | None) -> str:
    """Why an item stays, or "" where it may go."""
    if not route.allowed or ruling is None:
        return route.reason
    if not ruling.allowed:
        return ruling.reason
    if _held_back(scene, to):
        return f"the ticket on the {to}'s side has ended; the mapping holds what comes after (comment_after_close)"
    ability = scene.abilities[to]
    if isinstance(item, Attachment) and item.size > ability.file_limit:
        return f"{item.name} has {item.size} bytes; the {to}'s system takes {ability.file_limit} at most"
    if isinstance(item, Comment) and (length := _length(item, ability.comment_limit)) > ability.comment_limit:
        return f"the text has {length} characters; the {to}'s system takes {ability.comment_limit} at most"
    return ""


def _length(comment: Comment, limit: int) -> int:
    """Of its words; only a text that is too long as stored is worth reading for it."""
    return len(comment.text) if len(comment.text) <= limit else len(to_plain(comment.text, comment.format))


def _held_back(scene: Scene, to: Side) -> bool:
    return scene.views[to].phase in ENDED and scene.mapping.comment_after_close == "hold"


def _parked(scene: Scene, key: str) -> bool:
    """Set aside here, or by the lead's scene, which looks after every call to the case."""
    return any((held := bond.withheld.get(key)) and held.parked for bond in (scene.bond, scene.whole))


def _withhold(  # noqa: PLR0917 - one item with all that is known of it
    scene: Scene, to: Side, kind: str, item: Item, key: str, reason: str, ruling: Ruling | None, *, noted: bool
) -> None:
    """Record once why an item stays; people hear of it where they would miss it (not of every internal note)."""
    old = scene.bond.withheld.get(key)
    if old and old.reason == reason:
        return
    scene.bond.withheld[key] = Withheld(reason, at=scene.now)
    scene.fact("withheld", item=key, what=kind, reason=reason, ruling=ruling.as_dict() if ruling else None)
    if noted:
        name = item.name if isinstance(item, Attachment) else item.text[:60]
        say_withheld(scene, to.other, key, name, reason)


def say_withheld(scene: Scene, side: Side, key: str, name: str, reason: str) -> None:
    """Tell the people of the source side what did not travel."""
    scene.note(f"withheld:{key}", side, scene.mapping.note("withheld", item=name, reason=reason))


def _still_visible(scene: Scene, to: Side, key: str, route: Route, copy: Identity) -> None:
    """A source that lost its visibility after it was copied is reported at once."""
    if route.allowed or key in scene.bond.withheld:
        return
    reason = f"it was carried over before it was withdrawn from the {to}'s view; the copy is {copy.copy} there"
    scene.bond.withheld[key] = Withheld(reason, at=scene.now)
    scene.fact("visibility_lost", item=key, copy=copy.copy, side=to.value, reason=route.reason)
    say_withheld(scene, to.other, key, copy.kind, reason)


def notes(scene: Scene, to: Side) -> list[Effect]:
    """Our own word to the people of one side, always into the internal channel."""
    effects = []
    for topic, note in scene.bond.notes.items():
        key = note_key(topic, note.text)
        if note.side is not to or _said(scene, to, key) or _parked(scene, key):
            continue
        if would_reopen(scene, to):
            continue
        ready = note.written + scene.timing.note_pause if note.written else 0.0
        if scene.now < ready:
            scene.wait(ready)
            continue
        ruling = judge(scene.model, _noted(scene, to, topic))
        if ruling.allowed:
            effects.append(
                Effect("note", to, scene.snapshots[to].ref, item=key, ruling=ruling, detail={"text": note.text, "topic": topic})
            )
    return effects


def _noted(scene: Scene, to: Side, topic: str) -> Change:
    """Our own word, by who will read it."""
    places, ours = scene.mapping.channels.places[to], scene.abilities[to].internal_place
    shown = places.get(ours, Audience.INTERNAL)  # a place of staff need not be named
    alone = to is Side.VENDOR and Audience.INTERNAL not in places.values()
    return Change(Act.NOTE, to, Party.CONNECTOR, said_to=shown, shown_to=shown, channel=topic, open_desk=alone)


def would_reopen(scene: Scene, to: Side) -> bool:
    """Our word would open again what has ended."""
    return bool(scene.abilities[to].comment_provokes) and scene.views[to].phase in ENDED


def _names(scene: Scene, source: Side) -> list[tuple[str, str]]:
    """The bond and the ticket by which our copies of one side's items are marked: today's, and those that were left."""
    ref, before = scene.snapshots[source].ref, scene.bond.formerly
    return [*((bond, case if source is Side.VENDOR else ref) for bond, case in before), (scene.bond.id, ref)]


def _said(scene: Scene, to: Side, key: str) -> bool:
    """Whether a note was written, or may have been; before a restore, too: the next pass takes up what stands there."""
    known = {i.item for i in scene.identities if scene.concerns(i)} | {i.item for i in scene.under_way}
    return key in known or scene.stands_there(to, key)


def origins(scene: Scene, source: Side) -> dict[str, tuple[str, str]]:
    """Marker -> (item key, kind) of everything that may have a copy of ours on the other side."""
    found = {}
    for kind in ("comment", "file") if source in scene.snapshots else ():
        for item in sources(scene, source, kind):
            key = item_key(source, scene.snapshots[source].ref, kind, item.id)
            for bond, ref in _names(scene, source):
                found[scene.key.item(bond, item_key(source, ref, kind, item.id))] = (key, kind)
    for topic, note in scene.bond.notes.items():
        if note.side is source.other:
            key = note_key(topic, note.text)
            found |= dict.fromkeys(scene.marks(key), (key, "note"))
    for intent in scene.under_way:  # a note may have been replaced since it was sent
        if intent.marker and intent.side is source.other:
            found.setdefault(intent.marker, (intent.item, intent.kind))
    return found

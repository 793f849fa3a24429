"""A person's value that a write of ours covered: how that is found out, and that it is put back once.

No lock can prevent it: people act between our read and our write, and what we sent may be delivered twice (design D3).
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.base import Event
from connector.mapping.results import Carry
from connector.store.records import PutBack, UnitState, Unverified, Value
from connector.sync.conflicts import keep_loser, owner_of, words
from connector.sync.scene import Scene
from connector.words import Native, Side


def covered(scene: Scene, unit: str, side: Side, events: Iterable[Event], sent: Native, prior: Native) -> Value | None:
    """A person's value that our write of ``sent`` covered: the write replaced something else than it was made from.

    Judged by the order of events and their old values, not by times: systems keep whole seconds. What the system
    itself changed in the same save (a reason that it clears) counts as ours.
    """
    scene.weighed.add((unit, side))
    past = list(events)
    written = [n for n, e in enumerate(past) if e.by_us and e.field in sent and wrote(scene, unit, side, e, sent)]
    if not written:
        return None
    save = past[written[-1]]
    stood = {name: value for name, value in prior.items() if name in sent}
    for event in past[: written[-1]]:
        if event.field in stood and not (event.by_us and _one_save(event, save)):
            stood[event.field] = event.new
    lost: Value = {}
    for name in sent.keys() & prior.keys():
        mine = next((n for n, e in enumerate(past) if e.field == name and e.by_us and _one_save(e, save)), None)
        if mine is None or scene.equal(unit, side, {name: past[mine].old}, {name: prior[name]}):
            continue
        before = [e for e in past[:mine] if e.field == name]
        if not before or not before[-1].by_us:
            lost[name] = past[mine].old
    return {**stood, **lost} if lost else None


def wrote(scene: Scene, unit: str, side: Side, event: Event, sent: Native) -> bool:
    return scene.equal(unit, side, {event.field: event.new}, {event.field: sent[event.field]})


def _one_save(one: Event, other: Event) -> bool:
    if one.version is not None and other.version is not None:
        return one.version == other.version
    return one.at == other.at


def delivered_again(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> None:
    """A person's value that nobody has read yet, covered by a second delivery of our last write: it leaves no difference.

    It is put back whoever owns the unit: the rules decide on it when it is read.
    """
    if not scene.doubtful(side) or (unit, side) in scene.weighed:
        return
    lost = {
        name: persons.new
        for name, (persons, again) in _delivered_twice(scene, unit, side, state, value).items()
        if scene.unread(side, persons) and scene.mapping.equal(unit, side, {name: again.new}, {name: value[name]})
    }
    if lost:
        owe(scene, unit, side, {**value, **lost}, value)


def delivered_again_meanwhile(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> None:
    """The same where the person's value is what was read, and the history, read after it, shows that it has been covered since.

    What was read decides nothing, and from the next read on it counts as read: it is remembered now.
    """
    if side in state.unverified:
        return
    over = {
        name: again.new
        for name, (persons, again) in _delivered_twice(scene, unit, side, state, value).items()
        if scene.mapping.equal(unit, side, {name: persons.new}, {name: value[name]})
    }
    if over:
        owe(scene, unit, side, value, {**value, **over})


def _delivered_twice(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> dict[str, tuple[Event, Event]]:
    """Fields that were last set by us, by a person, and by us to the same again: the last two of these events."""
    events = scene.history(side)
    if events is None or side in state.put_back:
        return {}
    found = {}
    for name in value:
        last = [e for e in events if e.field == name][-3:]
        if [e.by_us for e in last] != [True, False, True]:
            continue
        first, persons = (scene.mapping.equal(unit, side, {name: e.new}, {name: last[2].new}) for e in last[:2])
        if first and not persons:
            found[name] = (last[1], last[2])
    return found


def owe(scene: Scene, unit: str, side: Side, want: Value, over: Value, *, once_more: bool = False) -> None:
    """A person's value is to be put back over ours, unless that was done once and it is not to be done ``once_more``."""
    if once_more or not was_put_back(scene, unit, side, want):
        scene.bond.unit(unit).put_back[side] = PutBack(want, over)
        scene.fact("covered", unit=unit, side=side.value, lost=want, sent=over)


def restore(scene: Scene, unit: str, side: Side, lost: Value, write: Unverified) -> None:
    """A person's value was covered by our write: its owner's is put back once, any other is kept in a note.

    What we put back for a person of this side and what it covered are of one side: there the newer word counts.
    """
    state, sent = scene.bond.unit(unit), write.sent
    scene.fact("covered", unit=unit, side=side.value, lost=lost, sent=sent)
    again = was_put_back(scene, unit, side, lost)
    other = scene.native(unit, side.other)
    theirs = write.put_back or _untranslated(scene, unit, side, lost) or owner_of(scene, unit, side, lost, write.agreed) is side
    if theirs and not again:
        state.put_back[side] = PutBack(lost, sent)
        if other:  # what the other side had set is about to be replaced: kept as in any conflict
            keep_loser(scene, unit, side.other, other, lost)
    else:
        keep_loser(scene, unit, side, lost, other or sent)


def not_put_back(scene: Scene, unit: str, side: Side, wanted: Native, reason: str) -> None:
    """The system refuses to have a person's value back: it is not tried again, and that side's people hear which one it was."""
    state = scene.bond.unit(unit)
    state.put_back.pop(side, None)
    state.restored.setdefault(side, []).append(dict(wanted))
    text = scene.mapping.note("not_put_back", unit=unit, lost=words(wanted), reason=reason)
    scene.note_again("not_put_back", side, text)


def was_put_back(scene: Scene, unit: str, side: Side, value: Native) -> bool:
    """Once each: a value that comes and goes is not put back again and again."""
    return any(scene.equal(unit, side, value, done) for done in scene.bond.unit(unit).restored.get(side, []))


def _untranslated(scene: Scene, unit: str, side: Side, value: Value) -> bool:
    """Whether nobody can say what a value means over there (a merged case): had it been seen, nothing would have been written."""
    if not scene.mapping.carries(unit, side):
        return False
    return scene.mapping.translate(unit, side, value, scene.native(unit, side.other), scene.views).carry is Carry.UNMAPPED

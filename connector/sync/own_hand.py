"""What our own hand did: writes that nobody verified, late writes, statuses our comments provoked.

All of it rests on a ticket's history, read only when a rule has to name a person (design D3, D8).
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.base import Event
from connector.store.records import UnitState, Unverified, Value
from connector.sync.closer import asks_who_ended
from connector.sync.conflicts import STATUS, tolerated, words
from connector.sync.covering import covered, owe, restore, was_put_back, wrote
from connector.sync.scene import Scene
from connector.words import ENDED, Native, Phase, Side


def needs_history(scene: Scene, side: Side) -> bool:
    """True where the plan will have to name who changed what on this side."""
    if not scene.abilities[side].history or (scene.lead and side is Side.VENDOR):
        return False
    if side is Side.CUSTOMER and asks_who_ended(scene):
        return True
    units = scene.bond.units
    ready = [u for u in units.values() if side in u.unverified]
    if any(scene.snapshots[side].read_at >= u.unverified[side].at + scene.abilities[side].read_lag for u in ready):
        return True
    if not scene.doubtful(side):
        return False
    if _may_be_changed_since(scene, side):
        return True
    known, snapshot = scene.bond.side(side), scene.snapshots[side]
    if scene.abilities[side].comment_provokes and known.comment_sent > known.quiet:
        return True
    unweighed = snapshot.changed > known.changed if snapshot.version is None else snapshot.version > known.weighed
    if unweighed:  # a second delivery may have come since
        return True
    for name, state in units.items():
        value, base = scene.native(name, side), state.base.get(side)
        if value is not None and base and side not in state.unverified and not scene.equal(name, side, base, value):
            return True
    return False


def _may_be_changed_since(scene: Scene, side: Side) -> bool:
    """Whether a write may have landed, or a value is to be put back: a person may have been there since, and set the same."""
    announced = any(intent.units and intent.side is side for intent in scene.under_way)
    return announced or any(side in state.put_back for state in scene.bond.units.values())


def last_author_is_us(scene: Scene, unit: str, side: Side, events: Iterable[Event], value: Native) -> bool:
    """True where the newest change of the unit's fields was ours and left the value that is there now."""
    mine = [e for e in events if e.field in value]
    return (
        bool(mine)
        and mine[-1].by_us
        and scene.equal(unit, side, {mine[-1].field: mine[-1].new}, {mine[-1].field: value[mine[-1].field]})
    )


def overtaken(scene: Scene, unit: str, side: Side, value: Native) -> bool:
    """Whether the history, which is read after the ticket, shows that the unit has been changed in between."""
    mine = [e for e in scene.history(side) or () if e.field in value]
    if not mine or wrote(scene, unit, side, mine[-1], value):
        return False
    since = [e for e in mine if e.at >= int(scene.snapshots[side].changed)]
    return any(scene.equal(unit, side, {e.field: e.old}, {e.field: value[e.field]}) for e in since)


def verify(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
    """Decide a write that nobody answered for (D8). False: too early, look again later."""
    write = state.unverified.get(side)
    if write is None:
        return True
    ready = write.at + scene.abilities[side].read_lag
    if scene.snapshots[side].read_at < ready:
        scene.look_again(ready)
        return False
    events = scene.history(side)
    del state.unverified[side]
    since = None if events is None else [e for e in events if e.at >= int(write.changed)]
    kept, known = scene.equal(unit, side, value, write.sent), scene.bond.side(side)
    if unit == STATUS and (kept or known.comment_sent <= write.at):  # up to here it is our own write, and not a provocation
        known.quiet_changed = scene.snapshots[side].changed
    again = unit != STATUS and not kept and events is not None and _came_again(scene, unit, side, events, write.sent, value)
    if not write.put_back and not again and (kept or _dropped(scene, unit, side, write, since, value)):
        state.base[side] = value
        scene.fact("verified" if kept else "dropped", unit=unit, side=side.value, sent=write.sent, kept=value)
        if not kept:
            say_dropped(scene, unit, side, write.sent, value)
    if since is not None and write.prior is not None:
        lost = covered(scene, unit, side, since, write.sent, write.prior)
        if lost is not None:
            restore(scene, unit, side, lost, write)
    return True


def _came_again(scene: Scene, unit: str, side: Side, events: Iterable[Event], sent: Native, value: Native) -> bool:
    """True where our write was kept, and then an older one of ours was delivered a second time over it.

    Once: a system that turns the same value back again and again under our name has its way.
    """
    past = [e for e in events if e.field in value]
    if not past or not past[-1].by_us or past[-1].field not in sent:
        return False
    last, name = past[-1], past[-1].field

    def shows(found: str, wanted: str) -> bool:
        return scene.equal(unit, side, {name: found}, {name: wanted})

    mine = [e for e in past if e.by_us and e.field == name]
    turned = [e for e in mine if shows(e.new, value[name]) and shows(e.old, sent[name])]
    before = [e for e in mine if shows(e.new, value[name]) and not shows(e.old, sent[name])]
    return turned == [last] and bool(before)


def _dropped(scene: Scene, unit: str, side: Side, write: Unverified, since: list[Event] | None, value: Value) -> bool:
    """True where no person set the value that is there: the system dropped or changed what we sent.

    Without history, whatever a new ticket shows counts as that. But its status is news, whoever it was that moved it, and so is
    what stands in a form, which is taken as it is sent or not at all.
    """
    as_before = write.prior is not None and scene.equal(unit, side, value, write.prior)
    if since is None:
        news = unit == STATUS or scene.abilities[side].only_at_creation & write.sent.keys()
        return as_before or (write.prior is None and not news)
    touched = [e for e in since if e.field in value]
    if as_before:  # unless our write landed and a person took it back
        return not any(
            not e.by_us and scene.equal(unit, side, {e.field: e.old}, {e.field: write.sent.get(e.field, "")}) for e in touched
        )
    if not touched:
        return True
    if unit == STATUS and scene.bond.side(side).comment_sent > write.at:
        return False  # a later comment of ours may have provoked it: not a word about this write
    return touched[-1].by_us and not _outlived(scene, unit, side, touched[-1], write.sent, value)


def _outlived(scene: Scene, unit: str, side: Side, last: Event, sent: Native, value: Value) -> bool:
    """Whether our write stood there as sent, by a history that lags behind the read: whoever changed it since is not in it yet."""
    if last.field not in sent or not wrote(scene, unit, side, last, sent):
        return False
    return not scene.equal(unit, side, {last.field: last.new}, {last.field: value[last.field]})


def say_dropped(scene: Scene, unit: str, side: Side, sent: Native, kept: Native) -> None:
    """The system did not take what we sent: said once, on the source side, and never tried in a loop."""
    source = scene.native(unit, side.other) if side.other in scene.views else None
    if source is None:
        return
    pair = {side: dict(kept), side.other: source}
    if scene.mapping.same(unit, pair[Side.CUSTOMER], pair[Side.VENDOR]):
        return
    reason = f"the {side}'s system accepted the write and kept another value"
    scene.stand(unit, "dropped", reason, pair=pair)
    scene.note(
        f"dropped:{unit}",
        side.other,
        scene.mapping.note(
            "dropped", unit=unit, side=side.value, sent=words(sent), kept=words(kept), number=scene.bond.side(side).number
        ),
    )


def by_own_hand(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
    """True where a change of this side is our own doing: a late write, or what a comment of ours provoked.

    Asked only where something was sent since the ticket was last seen quiet (a late landing included).
    """
    if not scene.doubtful(side):
        return False
    if was_put_back(scene, unit, side, value):
        return False
    events = scene.history(side)
    ours = _declared(scene, unit, side, state, value) if events is None else last_author_is_us(scene, unit, side, events, value)
    if ours and unit == STATUS:
        _person_before_provocation(scene, side, state, events or (), value)
        scene.bond.side(side).quiet_changed = scene.snapshots[side].changed  # all moves up to here have been weighed
    return ours


def _declared(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
    """Without history: the adapter says which status a comment provokes.

    Not where the status was weighed since: what our word did had been done by then.
    """
    known, base = scene.bond.side(side), state.base.get(side, {})
    provokes, lag = scene.abilities[side].comment_provokes, scene.abilities[side].read_lag
    return (
        unit == STATUS
        and 0 < known.comment_sent >= known.quiet
        and known.status_weighed <= known.comment_sent + lag
        and any(provokes.get(old) in value.values() for old in base.values() if old in provokes)
    )


def weigh_status(scene: Scene, sides: Iterable[Side]) -> None:
    """Remember that nothing of ours made a status what it is in this read: without history nothing else tells that later."""
    for side in sides:
        known, able = scene.bond.side(side), scene.abilities[side]
        doubt = able.comment_provokes and not able.history and known.comment_sent > known.quiet
        if doubt and not any(intent.side is side for intent in scene.under_way):
            known.status_weighed, scene.dirty = scene.snapshots[side].read_at, True


def _person_before_provocation(scene: Scene, side: Side, state: UnitState, events: Iterable[Event], value: Value) -> None:
    """A person moved the ticket between our read and our comment, and the comment covered it: put it back.

    So is what we had put back for a person, where a later comment of ours covered it again: each comment moves it once.
    """
    known = scene.bond.side(side)
    if known.comment_sent == 0:
        return
    moves: list[Event | None] = [None, None, *(e for e in events if e.field in value)]
    move, cover = moves[-2:]
    if move is None or cover is None:
        return
    want = {**value, move.field: move.new}
    once_more = move.by_us and known.comment_sent >= known.status_sent and was_put_back(scene, STATUS, side, want)
    if move.by_us and not once_more:
        return
    if move.new == cover.new or scene.equal(STATUS, side, want, tolerated(state, side)):
        return
    owe(scene, STATUS, side, want, value, once_more=once_more)


def set_by_somebody_else(scene: Scene, unit: str, side: Side, value: Value) -> bool:
    """Whether the history shows that a person set the value that is there, though it be the very one that a write of ours left."""
    mine = [e for e in scene.history(side) or () if e.field in value]
    return bool(mine) and not mine[-1].by_us and wrote(scene, unit, side, mine[-1], value)


def covered_move(scene: Scene, side: Side, state: UnitState, value: Value) -> None:
    """A person's move that a comment of ours turned back to the base leaves no difference: look for it."""
    known = scene.bond.side(side)
    if not scene.abilities[side].comment_provokes or known.comment_sent <= known.quiet or side in state.put_back:
        return
    events = scene.history(side)
    if events is None:
        return
    recent = [e for e in events if e.field in value and e.at >= int(known.quiet_changed)]
    if recent and recent[-1].by_us and known.status_sent <= known.comment_sent:
        _person_before_provocation(scene, side, state, recent, value)


def absorb_or_undo(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
    """What our own hand changed is either taken as it is, or taken back. True: take it back.

    A provoked status that did not reopen anything is the new base; one that did, or that ends a standing difference, is undone.
    """
    stood = tolerated(state, side)
    if side in state.put_back or any(scene.equal(unit, side, known, value) for known in (state.base.get(side, {}), stood)):
        return False
    before = scene.mapping.phase(side, stood) if unit == STATUS else None
    an_answer = state.standing is None and before not in {Phase.SOLVED, *ENDED}  # where it stands otherwise, nobody was asked
    if unit == STATUS and scene.bond.side(side).comment_sent and an_answer:
        state.base[side] = value
        scene.fact("provoked", unit=unit, side=side.value, value=value)
        scene.stand(unit, "provoked", "a comment of ours moved the status; nobody decided that")
        return False
    return True

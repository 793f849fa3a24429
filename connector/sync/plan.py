"""What one pass does: the three-way merge of every unit, ruled on change by change. Pure.

Per unit there is a *base* on each side: the native value last known to be in agreement. A side whose value
is its base proposes nothing; one that changed proposes its value; if both changed to different things, the
field's owner wins (for the status: the table in ``rasci/phases.py``) and the other value is kept. Every
proposal goes through the rules (``proposals.py``). What is refused or held stands as a tolerated difference, moves no base,
and is said once.

A ticket that follows proposes no value: its own moves are its own affair, and what the case shows is news to it.

The order of effects: what reopens and the fields, files, comments in source order, notes, and last a status
that closes, which waits for everything that is not parked.
"""

from __future__ import annotations

from collections.abc import Iterable

from connector.store.records import Standing, UnitState, Value
from connector.sync import items
from connector.sync.at_creation import ONLY_AT_CREATION, no_longer_asked
from connector.sync.closer import confirmed
from connector.sync.conflicts import STATUS, in_other_words, tolerated
from connector.sync.covering import delivered_again, delivered_again_meanwhile
from connector.sync.own_hand import (
    absorb_or_undo,
    by_own_hand,
    covered_move,
    overtaken,
    set_by_somebody_else,
    verify,
    weigh_status,
)
from connector.sync.proposals import UNREAD, propose
from connector.sync.scene import Scene
from connector.sync.stages import released
from connector.words import ENDED, Effect, How, Side, UnitWrite


def make_plan(scene: Scene) -> list[Effect]:
    """What one pass over a linked bond writes, in order. What was learned on the way stands in the scene."""
    writes: dict[Side, list[UnitWrite]] = {Side.CUSTOMER: [], Side.VENDOR: []}
    for unit in () if _case_moves(scene) else scene.units:
        decided = merge(scene, unit)
        if decided:
            writes[decided[0]].append(decided[1])
    _remember_quiet(scene, writes)
    scene.moving = any(write.unit == STATUS for write in writes[Side.VENDOR])
    return [effect for side in Side for effect in _for_side(scene, side, writes[side])]


def _case_moves(scene: Scene) -> bool:
    """Whether what a follower would be told of the case is about to change, by the lead's move or by our own hand."""
    lead = scene.lead
    if lead is None or Side.CUSTOMER not in lead.snapshots:  # a lead that is gone clears nothing up, and moves nothing
        return False
    state = lead.bond.unit(STATUS)
    return lead.moving or lead.busy(STATUS) or Side.VENDOR in state.unverified or Side.VENDOR in state.put_back


def _for_side(scene: Scene, side: Side, writes: list[UnitWrite]) -> list[Effect]:
    """Everything for one ticket, in order; a move that ends it comes last and alone."""
    ref = scene.snapshots[side].ref
    closing = [w for w in writes if w.unit == STATUS and w.how is How.PROPOSE and scene.mapping.phase(side, w.target) in ENDED]
    rest = [w for w in writes if w not in closing]
    effects = [Effect("fields", side, ref, tuple(group)) for group in _groups(scene, rest)]
    if all(w.how is How.PROPOSE for w in writes) and not _just_put_back(scene, side):
        effects += items.files(scene, side) + items.comments(scene, side) + items.notes(scene, side)
    if closing and _may_end(scene):
        effects.append(Effect("fields", side, ref, tuple(closing), detail={"closing": True}))
    return effects


def _just_put_back(scene: Scene, side: Side) -> bool:
    """A person's status stands again, and no read has shown it yet: nothing of ours may provoke the next change before."""
    write = scene.bond.unit(STATUS).unverified.get(side)
    return write is not None and write.put_back


def _may_end(scene: Scene) -> bool:
    """Nothing that was sent is open any more."""
    return not scene.under_way and not scene.bond.unit(STATUS).unverified


def _groups(scene: Scene, writes: list[UnitWrite]) -> Iterable[list[UnitWrite]]:
    """One write for all units, but those alone that were refused in company."""
    together = [w for w in writes if w.unit not in scene.bond.alone and w.how is How.PROPOSE]
    return [*([together] if together else []), *([w] for w in writes if w not in together)]


def merge(scene: Scene, unit: str) -> tuple[Side, UnitWrite] | None:
    """Decide one unit: the side to write and what, or None."""
    customer, vendor = scene.native(unit, Side.CUSTOMER), scene.native(unit, Side.VENDOR)
    if customer is None or vendor is None:
        _unreadable(scene, unit)
        return None
    if scene.busy(unit):
        return None
    state = scene.bond.unit(unit)
    present = {Side.CUSTOMER: customer, Side.VENDOR: vendor}
    if _too_early(scene, unit, state, present):
        return None
    for side in Side:
        state.base.setdefault(side, present[side])
        restored = _put_back(scene, unit, side, state, present[side])
        if restored:
            return side, restored
    changed, undo = _changed_sides(scene, unit, state, present)
    by_chance = unit == STATUS and undo is not None and not changed  # our comment provoked it: nobody agreed to that
    if scene.mapping.same(unit, customer, vendor) and not by_chance:
        no_longer_asked(scene, unit, state, present)
        scene.agree(unit, state, customer, vendor)
        return None
    if undo and (unit == STATUS or not changed):  # a move is decided on what stood, not on what a text of ours made of it
        return undo, UnitWrite(unit, None, _writable(scene, undo, state), How.UNDO)
    if not changed or _goes_on_to_stand(scene, unit, state, present):
        return None
    new = _since_it_was_refused(scene, unit, state, changed, present)
    decided = propose(scene, unit, new, present)
    if decided is None and state.standing is None:  # what was refused goes on to stand: to leave it is a change again
        older = [side for side in changed if side not in new and differs(scene, unit, side, state, present[side])]
        return propose(scene, unit, older, present)
    return decided


def _too_early(scene: Scene, unit: str, state: UnitState, present: dict[Side, Value]) -> bool:
    """Whether nothing can be decided yet: the unit changed while we read, or a write to it has not been verified."""
    behind = [side for side in Side if overtaken(scene, unit, side, present[side])]
    if behind:
        for side in behind:
            delivered_again_meanwhile(scene, unit, side, state, present[side])
        scene.wait(scene.now)
        return True
    return False in [verify(scene, unit, side, state, present[side]) for side in Side]


def _goes_on_to_stand(scene: Scene, unit: str, state: UnitState, present: dict[Side, Value]) -> bool:
    """Whether this very difference was decided on, and what it waited for has not come about since."""
    stood = state.standing
    if stood and unit == STATUS and _no_longer_waits(scene, stood):
        state.standing = None
        return False
    return stood is not None and scene.stands(unit, stood, present[Side.CUSTOMER], present[Side.VENDOR])


def _no_longer_waits(scene: Scene, stood: Standing) -> bool:
    """Whether somebody said since what a held status waited for, or all tickets on the case can be read again."""
    if stood.why == UNREAD:
        return not scene.out_of_sight
    return stood.why == "held" and (confirmed(scene, stood.since) or released(scene, stood))


def _since_it_was_refused(
    scene: Scene, unit: str, state: UnitState, changed: list[Side], present: dict[Side, Value]
) -> list[Side]:
    """After a refused move only what left that pair of values is new: the other side's change was ruled on, and is older.

    So it is after a change that could not be carried. But a ticket that the customer ended stays its last word on the case,
    whatever the vendor does meanwhile.
    """
    stood = state.standing
    if stood is None or changed != [Side.CUSTOMER, Side.VENDOR]:
        return changed
    if stood.why != ONLY_AT_CREATION and (unit != STATUS or stood.why != "refused"):
        return changed
    left = [side for side in Side if not scene.equal(unit, side, stood.value(side), present[side])]
    if unit == STATUS and left == [Side.VENDOR] and scene.mapping.phase(Side.CUSTOMER, stood.customer) in ENDED:
        return changed
    return left if len(left) == 1 else changed


def _put_back(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> UnitWrite | None:
    wanted = state.put_back.get(side)
    if wanted is None:
        return None
    if scene.equal(unit, side, value, wanted.over) and not set_by_somebody_else(scene, unit, side, value):
        return UnitWrite(unit, None, wanted.want, How.PUT_BACK)
    del state.put_back[side]  # somebody has changed it since: theirs counts
    scene.fact("put_back_dropped", unit=unit, side=side.value, wanted=wanted.want, present=value)
    return None


def _changed_sides(scene: Scene, unit: str, state: UnitState, present: dict[Side, Value]) -> tuple[list[Side], Side | None]:
    """Which sides people changed, and a side whose change by our own hand is to be taken back."""
    changed: list[Side] = []
    undo: Side | None = None
    for side in Side:
        value = present[side]
        if scene.lead and side is Side.VENDOR:  # whose hand it was is the lead's question
            changed += [side] if differs(scene, unit, side, state, value) and not _provoked(scene, unit, state, value) else []
            continue
        if not differs(scene, unit, side, state, value):
            delivered_again(scene, unit, side, state, value)
            if unit == STATUS:
                covered_move(scene, side, state, value)
            continue
        if by_own_hand(scene, unit, side, state, value):
            undo = side if absorb_or_undo(scene, unit, side, state, value) else undo
        else:
            changed.append(side)
    if state.put_back:
        return [], None  # the next pass puts back first
    if unit == STATUS and not scene.lead:
        weigh_status(scene, [side for side in Side if side is not undo])
    return in_other_words(scene, unit, changed, present), undo


def _provoked(scene: Scene, unit: str, state: UnitState, value: Value) -> bool:
    """Whether the lead tolerates the case's value as provoked by a comment of ours: then it is no news here either."""
    stood = scene.lead.bond.unit(unit).standing if scene.lead else None
    if stood is None or stood.why != "provoked" or not scene.equal(unit, Side.VENDOR, stood.vendor, value):
        return False
    state.base[Side.VENDOR] = value
    scene.stand(unit, stood.why, stood.reason)
    return True


def differs(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
    """True where a side left its base, or left the value that a standing difference is about."""
    base = state.base.get(side, {})
    if not base or not scene.equal(unit, side, base, value):
        return True
    if state.standing is None:
        return False
    stood = state.standing.value(side)
    return bool(stood) and not scene.equal(unit, side, stood, value)  # nothing: the field could not be read


def _unreadable(scene: Scene, unit: str) -> None:
    stood = scene.bond.unit(unit).standing
    if stood is not None and stood.why != "unreadable":  # still true, and nothing would say so once the field is back
        return
    reasons = [scene.views[side].unmapped[unit] for side in Side if unit in scene.views[side].unmapped]
    scene.stand(unit, "unreadable", "; ".join(reasons) or "a field of this unit is not readable with our rights")


def _writable(scene: Scene, side: Side, state: UnitState) -> Value:
    """What stood there before, in the fields that a write to this side may set."""
    allowed = scene.mapping.uses(side).write
    return {name: value for name, value in tolerated(state, side).items() if name in allowed}


def _remember_quiet(scene: Scene, writes: dict[Side, list[UnitWrite]]) -> None:
    """Note that a ticket was seen at its base: from here on a difference is not our own doing."""
    for side, snapshot in scene.snapshots.items():
        if scene.lead and side is Side.VENDOR:
            continue
        known = scene.bond.side(side)
        open_here = any(i.side is side for i in scene.under_way) or any(side in u.unverified for u in scene.bond.units.values())
        weighed = known.comment_sent <= snapshot.read_at  # else what our word did there is looked at by the next pass
        still = weighed and not open_here and not writes[side] and not writes[side.other]
        if still and scene.doubtful(side) and snapshot.read_at > known.quiet:
            known.quiet, known.quiet_changed = snapshot.read_at, snapshot.changed
            scene.dirty = True

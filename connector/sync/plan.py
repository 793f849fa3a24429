"""What one pass does: the three-way merge of every unit, ruled on change by change. Pure.

Per unit there is a *base* on each side: the native value last known to be in agreement. A side whose value
is its base proposes nothing; one that changed proposes its value; if both changed to different things, the
field's owner wins (for the status: the table in ``rasci/phases.py``) and the other value is kept. Every
proposal goes through the rules. What is refused or held stands as a tolerated difference, moves no base,
and is said once.

A ticket that follows proposes no value: its own moves are its own affair, and what the case shows is news to it.

The order of effects: what reopens and the fields, files, comments in source order, notes, and last a status
that closes, which waits for everything that is not parked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from connector.mapping.results import Carry, Translation
from connector.mapping.units import nothing
from connector.rasci.judge import judge
from connector.store.records import UnitState, Value
from connector.sync import items
from connector.sync.at_creation import ONLY_AT_CREATION, ask_for, no_longer_asked, too_late
from connector.sync.closer import HOW_CONFIRMED, Closer, confirmed, ended_by
from connector.sync.own_hand import (
    STATUS,
    absorb_or_undo,
    agreed_status,
    by_own_hand,
    covered_move,
    delivered_again,
    delivered_again_meanwhile,
    in_other_words,
    keep_loser,
    overtaken,
    owner_of,
    set_by_somebody_else,
    tolerated,
    verify,
)
from connector.sync.scene import Scene
from connector.sync.stages import released
from connector.words import ENDED, Act, Change, Effect, How, Native, Party, Ruling, Side, UnitWrite, Verdict

PARTY = {Side.CUSTOMER: Party.CUSTOMER, Side.VENDOR: Party.VENDOR}


@dataclass(frozen=True)
class _Proposal:
    """A change of one side, translated for the other."""

    source: Side
    value: Value
    target: Native


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
    decided = _propose(scene, unit, new, present)
    if decided is None and state.standing is None:  # what was refused goes on to stand: to leave it is a change again
        older = [side for side in changed if side not in new and differs(scene, unit, side, state, present[side])]
        return _propose(scene, unit, older, present)
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
    """Whether this very difference was ruled on, and nobody has confirmed since what was held."""
    stood = state.standing
    if stood and unit == STATUS and stood.why == "held" and (confirmed(scene, stood.since) or released(scene, stood)):
        state.standing = None
        return False
    return stood is not None and scene.stands(unit, stood, present[Side.CUSTOMER], present[Side.VENDOR])


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


def _propose(scene: Scene, unit: str, changed: list[Side], present: dict[Side, Value]) -> tuple[Side, UnitWrite] | None:
    """One or both sides changed to different things: translate, choose, ask the rules."""
    proposals: list[_Proposal] = []
    for side in changed:
        if _only_asked(scene, unit, side, present):
            continue
        answer = _translated(scene, unit, side, present)
        if answer is None:
            scene.stand(unit, "one_way", f"the mapping does not carry this field from the {side}")
        elif answer.carry is Carry.UNMAPPED:
            _unmapped(scene, unit, side, answer.reason)
            return None
        elif answer.carry is Carry.NOTHING:
            if _says_nothing(scene, unit, side, present, changed, answer.reason):
                return None
        else:
            proposals.append(_Proposal(side, present[side], answer.value))
    if not proposals:
        return None
    chosen = _choose(scene, unit, proposals, present)
    return _ask(scene, unit, chosen, present, conflict=len(proposals) > 1)


def _translated(scene: Scene, unit: str, side: Side, present: dict[Side, Value]) -> Translation | None:
    if not scene.mapping.carries(unit, side):
        return None
    if scene.lead and side is Side.CUSTOMER:
        return nothing("the ticket follows the case: only the moves of the lead drive it")
    return scene.mapping.translate(unit, side, present[side], present[side.other], scene.views)


def _only_asked(scene: Scene, unit: str, side: Side, present: dict[Side, Value]) -> bool:
    """A vendor that was only asked does no work of the ticket's: how its case stands is its own, and the ticket stays where it is."""
    if unit != STATUS or side is not Side.VENDOR or not scene.whole.asked:
        return False
    ruling, state = rule(scene, unit, side, {}), scene.bond.unit(unit)
    if ruling.allowed:
        return False
    state.base[side] = present[side]
    if state.standing:  # the customer's own word goes on to stand
        state.standing = replace(state.standing, vendor=present[side])
    reason = "the vendor was only asked, and how its case stands says nothing of the ticket"
    scene.fact("own_affair", unit=unit, side=side.value, value=present[side], reason=reason, ruling=ruling.as_dict())
    return True


def _says_nothing(scene: Scene, unit: str, side: Side, present: dict[Side, Value], changed: list[Side], reason: str) -> bool:
    """A value of the side's own affairs: it is the new base, and nothing travels.

    True: a ticket that had ended was taken up again in this way. What the other side had done by then was refused
    and is older than this: it is part of the new base, and does not move the ticket now. What it did since is news.
    """
    state, other = scene.bond.unit(unit), side.other
    stood = state.standing if side is Side.CUSTOMER else None
    reopened = stood is not None and scene.mapping.phase(side, stood.customer) in ENDED
    news = stood is not None and other in changed and not scene.equal(unit, other, stood.vendor, present[other])
    state.base[side] = present[side]
    if reopened and not news:
        state.base[other] = present[other]
    state.standing = None
    scene.fact("own_affair", unit=unit, side=side.value, value=present[side], reason=reason)
    return reopened and not news


def _choose(scene: Scene, unit: str, proposals: list[_Proposal], present: dict[Side, Value]) -> _Proposal:
    if len(proposals) == 1:
        return proposals[0]
    winner = owner_of(scene, unit, Side.CUSTOMER, present[Side.CUSTOMER], agreed_status(scene))
    return next(p for p in proposals if p.source is winner)


def _ask(
    scene: Scene, unit: str, chosen: _Proposal, present: dict[Side, Value], *, conflict: bool
) -> tuple[Side, UnitWrite] | None:
    """Put the chosen proposal to the rules."""
    side = chosen.source.other
    if scene.heir and unit == STATUS and side is Side.VENDOR:
        return None
    ruling = rule(scene, unit, chosen.source, chosen.target)
    if not ruling.allowed:
        before = scene.bond.unit(unit).standing
        scene.stand(
            unit, "held" if ruling.verdict == "hold" else "refused", ruling.reason, ruling, by=_by(scene, unit, chosen.source)
        )
        if before is None or not scene.equal(unit, Side.CUSTOMER, before.customer, present[Side.CUSTOMER]) or unit != STATUS:
            _say_refusal(scene, unit, chosen, ruling)
        return None
    if too_late(scene, side, chosen.target):
        ask_for(scene, unit, side, chosen.target)
        return None
    scene.fact(
        "ruled", unit=unit, source=chosen.source.value, value=chosen.value, target=dict(chosen.target), ruling=ruling.as_dict()
    )
    if conflict:
        keep_loser(scene, unit, side, present[side], present[chosen.source])
    return side, UnitWrite(unit, chosen.value, chosen.target)


def _by(scene: Scene, unit: str, source: Side) -> str:
    """Whose change it is, in words."""
    party = ended_by(scene).party if unit == STATUS and source is Side.CUSTOMER else PARTY[source]
    return party.value.replace("_", " ")


def rule(scene: Scene, unit: str, source: Side, target: Native) -> Ruling:
    """The ruling on one unit's change, in neutral words."""
    side = source.other
    move = unit == STATUS
    who = ended_by(scene) if move and source is Side.CUSTOMER else Closer(PARTY[source])
    after = {**(scene.native(unit, side) or {}), **target}  # what a write leaves out stays, and may complete another state
    return judge(
        scene.model,
        Change(
            Act.MOVE if move else Act.FIELD,
            side,
            who.party,
            unit=unit,
            now=scene.views[side].phase,
            to=scene.mapping.phase(side, after) if move else None,
            source=scene.views[source].phase if move else None,
            notifies=move and side is Side.CUSTOMER and scene.mapping.notifies(after),
            topic=scene.whole.topic,
            informs=not scene.mapping.carries(unit, Side.CUSTOMER),
            by_job=who.by_job,
            untrained=who.untrained,
            unreleased=move and source is Side.VENDOR and scene.mapping.unreleased(scene.snapshots[Side.VENDOR]),
        ),
    )


def _say_refusal(scene: Scene, unit: str, chosen: _Proposal, ruling: Ruling) -> None:
    """Some refusals are news for people: a withdrawal, an end that level 1 has to confirm, a proposed priority."""
    views = scene.views
    waits, who = ruling.verdict is Verdict.HOLD, ended_by(scene) if unit == STATUS else None
    if who and chosen.source is Side.CUSTOMER and (waits or who.by_job or who.party is Party.END_USER):
        ask = HOW_CONFIRMED if waits else ""
        text = scene.mapping.note("confirm_end", number=views[Side.VENDOR].number, reason=ruling.reason, ask=ask)
        scene.note_again("confirm_end", Side.CUSTOMER, text)
    elif unit == STATUS and chosen.source is Side.CUSTOMER and views[Side.CUSTOMER].phase in ENDED:
        text = scene.mapping.note("withdrawal", number=views[Side.CUSTOMER].number, phase=str(views[Side.CUSTOMER].phase))
        scene.note_again("withdrawal", Side.VENDOR, text)
    if unit == STATUS and chosen.source is Side.VENDOR and ruling.verdict is Verdict.HOLD:
        number, stage = views[Side.VENDOR].number, scene.mapping.stage(scene.snapshots[Side.VENDOR])
        scene.note_again("unreleased", Side.CUSTOMER, scene.mapping.note("unreleased", number=number, stage=stage))
    if unit == "priority" and chosen.source is Side.VENDOR:
        text = scene.mapping.note("proposal", number=views[Side.VENDOR].number, value=", ".join(chosen.value.values()))
        scene.note("proposal:priority", Side.CUSTOMER, text)


def _unmapped(scene: Scene, unit: str, side: Side, reason: str) -> None:
    """Held, never dropped: a person extends the mapping or changes the value."""
    scene.stand(unit, "unmapped", reason)
    scene.note(f"unmapped:{unit}", Side.CUSTOMER, scene.mapping.note("unmapped", unit=unit, side=side.value, reason=reason))


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

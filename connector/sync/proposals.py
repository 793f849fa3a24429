"""What a side changed, proposed to the other: translated, chosen where both did, and put to the rules. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connector.mapping.results import Carry, Translation
from connector.mapping.units import nothing
from connector.rasci.judge import judge
from connector.store.records import Value
from connector.sync.at_creation import ask_for, too_late
from connector.sync.closer import HOW_CONFIRMED, Closer, ended_by
from connector.sync.conflicts import STATUS, agreed_status, keep_loser, owner_of
from connector.sync.scene import Scene
from connector.words import ENDED, Act, Change, Native, Party, Ruling, Side, UnitWrite, Verdict

UNREAD = "unread"  # why a status stands: whether another ticket on the case is open cannot be known
PARTY = {Side.CUSTOMER: Party.CUSTOMER, Side.VENDOR: Party.VENDOR}


@dataclass(frozen=True)
class _Proposal:
    """A change of one side, translated for the other."""

    source: Side
    value: Value
    target: Native


def propose(scene: Scene, unit: str, changed: list[Side], present: dict[Side, Value]) -> tuple[Side, UnitWrite] | None:
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
    if unit == STATUS and side is Side.VENDOR and (scene.heir or _may_not_be_the_last(scene, unit)):
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


def _may_not_be_the_last(scene: Scene, unit: str) -> bool:
    """Whether the ticket ended, and another one on the case, which may still be open, cannot be read: the case stays as it is."""
    unread = scene.out_of_sight if scene.views[Side.CUSTOMER].phase in ENDED else ""
    if unread:
        number = scene.views[Side.VENDOR].number
        scene.stand(unit, UNREAD, f"a case ends with its last ticket, and of this one's {unread} cannot be read")
        scene.note(f"unread:{unread}", Side.CUSTOMER, scene.mapping.note("unread", number=number, tickets=unread))
    return bool(unread)


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

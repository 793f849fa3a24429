"""From one side's ticket to the other's: a candidate is judged, announced, created, adopted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters.base import Answer, Change, Refused, Write
from connector.mapping.mapping import Creation
from connector.rasci.judge import judge
from connector.store.errors import AlreadyBonded
from connector.store.records import BondState, Held, Intent, IntentUnit, UnitState, Unverified
from connector.sync import closing, items, joining, levels, recognise
from connector.sync.deliver import Again, Delivery
from connector.sync.duties import oblige
from connector.sync.hand_over import Goes, Submitter, Waits, asked_for, decide, described, involved, submitter
from connector.sync.marker import marker_ref
from connector.sync.own_hand import say_dropped
from connector.sync.replies import take_replies
from connector.sync.scene import Scene
from connector.words import ENDED, Act, Native, Party, Ruling, Side
from connector.words import Change as Proposed


def candidate(delivery: Delivery, scene: Scene) -> None:
    """One pass over a bond that has no case yet.

    :raises Again: an earlier creation may still have taken effect: look again later.
    """
    scene.bond.title = scene.views[Side.CUSTOMER].title
    recognise.recognise(scene)
    if find_case(delivery, scene):
        return
    take_replies(scene)
    joining.hear(delivery, scene)
    goes = consider(delivery, scene)
    if goes:
        _create(delivery, scene, *goes)


def consider(delivery: Delivery, scene: Scene) -> tuple[Creation, Goes] | None:
    """Whether a candidate goes to the vendor now; None: it is held, and that is said. Asks the vendor's system nothing.

    What its people are to know is written before the portal is asked: that may be what does not answer.
    """
    take_replies(scene)
    levels.arrive(scene, lambda: _whose_act(delivery, scene).been)
    creation = scene.mapping.creation(scene.views, scene.snapshots[Side.CUSTOMER])
    found = _unfit(scene, creation) or decide(scene, lambda: _whose_act(delivery, scene))
    if isinstance(found, Waits):
        hold(delivery, scene, found)
        return None
    if scene.bond.held:
        scene.bond.held = None
        scene.fact("let_go", item="ticket")
    oblige(scene)
    delivery.run(scene, items.notes(scene, Side.CUSTOMER))
    return creation, found


def find_case(delivery: Delivery, scene: Scene) -> bool:
    """Look for what was opened where it may be there and nobody has recorded it. True: it is, and it is the bond's.

    What it was opened for need not be there any more: else nobody would ever know of it.

    :raises Again: a creation may still take effect: look again later.
    """
    for intent in [i for i in scene.intents if i.kind == "create"]:
        if _settle(delivery, scene, intent):
            return True
    return scene.bond.adrift is not None and _made_meanwhile(delivery, scene)


def _made_meanwhile(delivery: Delivery, scene: Scene) -> bool:
    """Look for what only a lost store knew to be opened. True: it is there, and the next pass takes the two up."""
    to = _opened_in(scene)
    marker = _marker(scene, to)
    found = delivery.ask(to, lambda adapter: adapter.find(marker))
    if not found:
        scene.bond.adrift, scene.taking_up, scene.dirty = None, True, True
        return False
    bond = scene.bond
    bond.state, bond.held, bond.mapping_version = BondState.LINKED, None, scene.mapping.version
    bond.side(to).ref = found[0]
    scene.fact("case_found", side=to.value, ref=found[0], marker=marker)
    _say_second(scene, to, found)
    _tie(delivery, scene, to, found[0], marker)
    return True


def _opened_in(scene: Scene) -> Side:
    """The side that is to get a ticket of ours: the one that has none."""
    return Side.VENDOR if scene.bond.side(Side.CUSTOMER).ref else Side.CUSTOMER


def _marker(scene: Scene, to: Side) -> str:
    origin = scene.bond.side(to.other).ref
    return scene.key.case(scene.bond.id, origin) if to is Side.VENDOR else scene.key.ticket(scene.bond.id, origin)


def _say_second(scene: Scene, to: Side, found: list[str]) -> None:
    """The network delivered a creation more than once: the first counts."""
    for extra in found[1:]:
        scene.bond.extra_cases.append(extra)
        scene.fact("second_case", case=extra, side=to.value)


def _unfit(scene: Scene, creation: Creation) -> Waits | None:
    """The first reason why the ticket can be no case now, whosever it is."""
    view, snapshot = scene.views[Side.CUSTOMER], scene.snapshots[Side.CUSTOMER]
    intake = scene.mapping.intake(snapshot)
    if not intake.taken and not involved(scene):
        return levels.at_level(scene) or Waits(f"it is not meant for the vendor (any more): {intake.reason}", stays=True)
    if view.phase in ENDED:
        return Waits("it ended before a case was opened", stays=True)
    odd = {**view.unmapped, **creation.unmapped}
    if odd:
        return _held(scene, "; ".join(f"{unit}: {reason}" for unit, reason in odd.items()))
    ruling = judge(scene.model, Proposed(Act.SUBMIT, Side.VENDOR, Party.CUSTOMER, priority=str(view.priority)))
    return None if ruling.allowed else _held(scene, ruling.reason, ruling)


def _held(scene: Scene, reason: str, ruling: Ruling | None = None) -> Waits:
    return Waits(reason, ruling, "held", scene.mapping.note("held", reason=reason))


def _whose_act(delivery: Delivery, scene: Scene) -> Submitter:
    ref = scene.bond.side(Side.CUSTOMER).ref
    try:
        return submitter(scene, delivery.ask(Side.CUSTOMER, lambda adapter: adapter.history([ref])).get(ref))
    except Refused:  # nothing is shown to us
        return submitter(scene, None)


def hold(delivery: Delivery, scene: Scene, waits: Waits) -> None:
    """The candidate waits, and that is said."""
    held = scene.bond.held
    if waits.task not in (None, scene.bond.topic):
        scene.bond.topic, scene.dirty = waits.task or "", True
    if held is None or held.reason != waits.reason:
        ruling = {**waits.ruling.as_dict(), "party": waits.party.value} if waits.ruling else None
        scene.bond.held = Held(waits.reason, scene.now, ruling, waits.stays)
        scene.fact("held", reason=waits.reason, ruling=ruling)
        if waits.topic:
            scene.note(waits.topic, Side.CUSTOMER, waits.text)
    if Side.CUSTOMER in scene.snapshots:
        oblige(scene)
        delivery.run(scene, items.notes(scene, Side.CUSTOMER))
    delivery.learn(scene)


def _create(delivery: Delivery, scene: Scene, creation: Creation, goes: Goes) -> None:
    ruling = judge(scene.model, Proposed(Act.SUBMIT, Side.VENDOR, Party.CUSTOMER))
    entry = goes.entry
    scene.bond.topic = goes.destination.task.id if goes.destination.task and scene.mapping.classifies else ""
    scene.bond.asked = goes.asked.topic if goes.asked else ""
    if scene.bond.topic:
        scene.fact("classified", topic=scene.bond.topic, ruling=goes.destination.ruling(scene.model).as_dict())
    if goes.asked:
        ruling = replace(ruling, reason=asked_for(scene, goes.asked))
    whose = {"party": entry.person.party.value} if entry and entry.person else {}
    scene.fact("ruled", act="submit", ruling=(entry.ruling if entry else ruling).as_dict() | whose)
    if entry:
        levels.submitted(scene, entry)
    contact = entry.person.portal_user if entry and entry.person else ""
    _say_gaps(scene, goes)
    open_ticket(delivery, scene, Side.VENDOR, creation.units, described(scene, creation, goes), contact or creation.contact)


def open_ticket(
    delivery: Delivery, scene: Scene, to: Side, units: Mapping[str, Native], text: str = "", contact: str = ""
) -> None:
    """Open the bond's ticket on one side, announced and under its marker.

    :param units: native fields by unit; what is not kept in step has a name of its own.
    :raises Parked: the system refuses it.
    """
    marker = _marker(scene, to)
    intent = _intent(delivery, scene, to, units, marker)
    for write in delivery.connection.adapters[to].split(Change(None, units, marker, text, contact)):
        _send(delivery, scene, intent, write)


def _say_gaps(scene: Scene, goes: Goes) -> None:
    """What it goes without, what the vendor would like besides, and that the version is too old: kept with the announcement."""
    entry = goes.entry
    if entry and entry.missing:
        scene.note("gate", Side.CUSTOMER, scene.mapping.note("gate_p1", missing=entry.missing))
    if entry and entry.asked:
        scene.note("asked", Side.CUSTOMER, scene.mapping.note("asked", missing=entry.asked))
    if entry and entry.unsupported:
        scene.note("upgrade", Side.CUSTOMER, scene.mapping.note("upgrade", clause=entry.unsupported))


def _intent(delivery: Delivery, scene: Scene, to: Side, units: Mapping[str, Native], marker: str) -> Intent:
    origin, view = scene.snapshots[to.other], scene.views[to.other]
    announced = {name: IntentUnit(dict(view.units.get(name, {})), dict(target), {}) for name, target in units.items()}
    name = f"{scene.bond.id}.{delivery.claim.fence}.case"
    return Intent(
        name,
        scene.bond.id,
        "create",
        to,
        "",
        delivery.clock(),
        units=announced,
        item=origin.ref,
        marker=marker,
        read_at=origin.read_at,
    )


def _send(delivery: Delivery, scene: Scene, intent: Intent, write: Write) -> None:
    delivery.fresh(scene, intent.side.other)
    answer = delivery.announce_and_send(scene, intent, write)
    if answer:
        _adopt(delivery, scene, intent, answer)
    elif not scene.intents:  # refused: an operator looks at it
        raise Parked(delivery.refusal or f"the {intent.side}'s system refused to open it")


class Parked(Exception):
    """The bond cannot go on without an operator."""


def _settle(delivery: Delivery, scene: Scene, intent: Intent) -> bool:
    """Clear up a creation whose answer never came. True: what was to be opened is there."""
    begun = delivery.clock()
    found = delivery.ask(intent.side, lambda adapter: adapter.find(intent.marker))
    if found:
        _say_second(scene, intent.side, found)
        _adopt(delivery, scene, intent, Answer(found[0]))
        return True
    ready = recognise.absent_after(scene, intent)
    if begun <= ready:
        delivery.learn(scene)
        raise Again(max(0.5, min(ready - begun + 0.01, 15.0)), "a creation is unanswered: looking for what it opened")
    scene.settle_intent(intent)
    scene.fact("retired", intent=intent.id, what="create", side=intent.side.value)
    return False


def _adopt(delivery: Delivery, scene: Scene, intent: Intent, answer: Answer) -> None:
    """It is there. A case's values are the base, as the answer shows them, else provisional until they are read.

    A ticket that only tells has none in step.
    """
    bond, now, to = scene.bond, delivery.clock(), intent.side
    bond.state, bond.held = BondState.LINKED, None
    bond.mapping_version = scene.mapping.version
    known = bond.side(to)
    known.ref, known.number, known.sent, known.status_sent = answer.ref, answer.number, now, now
    for name in () if bond.supply else scene.mapping.units:
        unit = intent.units.get(name)
        if unit and unit.source:
            _begin(scene, name, unit, answer)
        else:  # travels to the customer only: whatever the case shows is news
            bond.units[name] = UnitState({Side.VENDOR: {}})
    closing.say_applied(scene, answer, to)
    scene.settle_intent(intent)
    scene.fact("created", intent=intent.id, side=to.value, ref=answer.ref, number=answer.number, marker=intent.marker)
    _tie(delivery, scene, to, answer.ref, intent.marker)


def _begin(scene: Scene, name: str, unit: IntentUnit, answer: Answer) -> None:
    """What one unit of a new case starts from."""
    told = answer.fields or {}
    shown = {field: told[field] for field in scene.mapping.unit(name).reads(Side.VENDOR) if field in told}
    base = {Side.CUSTOMER: dict(unit.source or {})}
    if not shown.keys() >= unit.target.keys():
        doubt = Unverified(unit.target, None, scene.bond.side(Side.VENDOR).sent, 0.0)
        scene.bond.units[name] = UnitState({**base, Side.VENDOR: unit.target}, unverified={Side.VENDOR: doubt})
        return
    scene.bond.units[name] = UnitState({**base, Side.VENDOR: shown})
    if not scene.equal(name, Side.VENDOR, shown, unit.target):
        say_dropped(scene, name, Side.VENDOR, unit.target, shown)


def _tie(delivery: Delivery, scene: Scene, to: Side, ref: str, marker: str) -> None:
    """The new ticket is the bond's, by its own id and by its marker."""
    with delivery.store.transaction(delivery.claim) as tx:
        try:
            tx.link(to, ref)
            tx.link(to, marker_ref(marker))
        except AlreadyBonded as taken:
            raise Parked(str(taken)) from taken
        delivery.flush(tx, scene)

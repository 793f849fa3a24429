"""Every safety rule has a switch here that takes exactly that rule out of the running product. For tests only.

A switch replaces one function, method or constant of ours; nowhere else may tests do that. ``table.py`` says what each
rule is for and which test is red without it. What guards single calls, texts and records: ``switches_edges.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from adapters.base import Answer, Trouble
from connector.rasci import judge as gate
from connector.rasci import moves
from connector.rasci.hearing import Hearing
from connector.store.queue import Queue
from connector.store.records import Claim, Intent, IntentUnit, UnitState, Value
from connector.store.transaction import Tx
from connector.sync import (
    batch,
    birth,
    call,
    closing,
    conflicts,
    covering,
    items,
    one_pass,
    own_hand,
    pace,
    plan,
    polling,
    proposals,
    recognise,
)
from connector.sync.conflicts import STATUS
from connector.sync.deliver import Delivery
from connector.sync.scene import Scene
from connector.words import Change, Ruling, Side, Verdict

Switch = AbstractContextManager[Any]


def instead(value: object) -> Callable[..., Any]:
    """A function that answers ``value``, whatever it is asked."""
    return lambda *_a, **_k: value


YES, NO = instead(value=True), instead(value=False)


@contextmanager
def both(*switches: Switch) -> Iterator[None]:
    with ExitStack() as stack:
        for switch in switches:
            stack.enter_context(switch)
        yield


# --- bases ----------------------------------------------------------------------------------------------------


def base_per_unit() -> Switch:
    """The whole answer becomes base, not only the units that were written."""

    def whole(scene: Scene, answer: Answer, side: Side) -> None:
        say(scene, answer, side)
        if answer.fields and side in scene.snapshots:
            now = replace(scene.snapshots[side], fields={**scene.snapshots[side].fields, **answer.fields})
            for unit, value in scene.mapping.view(side, now).units.items():
                scene.bond.unit(unit).base[side] = dict(value)

    say = closing.say_applied
    return patch.object(closing, "say_applied", whole)


def base_per_side() -> Switch:
    """One common base: the customer's value, with which the vendor's is compared in translation."""

    def common(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
        base = state.base.get(Side.CUSTOMER)
        if side is Side.CUSTOMER or not base:
            return own(scene, unit, side, state, value)
        return not scene.mapping.same(unit, base, value)

    own = plan.differs
    return patch.object(plan, "differs", common)


def base_moves_with_the_answer() -> Switch:
    """The bases move when the intent is announced instead of when the call is answered."""

    def early(self: Delivery, scene: Scene, intent: Intent, *rest: Any) -> Answer | None:
        for name, unit in intent.units.items():
            base = scene.bond.unit(name).base
            base[intent.side] = unit.target
            if unit.source is not None:
                base[intent.side.other] = unit.source
        return send(self, scene, intent, *rest)

    send = Delivery.announce_and_send
    return patch.object(Delivery, "announce_and_send", early)


def source_base_is_what_was_sent() -> Switch:
    """The source base is what stands there now, not what the write was made from."""

    def late(scene: Scene, intent: Intent, *rest: Any) -> Any:
        for name, unit in intent.units.items():
            present = scene.native(name, intent.side.other)
            intent.units[name] = IntentUnit(unit.source and present, unit.target, unit.prior, unit.how)
        return close(scene, intent, *rest)

    close = closing.close_fields
    return patch.object(closing, "close_fields", late)


# --- races with people ----------------------------------------------------------------------------------------


def version_check() -> Switch:
    """Nobody looks whether somebody else wrote between our read and our write."""
    return patch.object(closing, "interleaved", NO)


def put_back() -> Switch:
    """What our write covered stays covered."""
    return both(patch.object(closing, "restore", instead(None)), patch.object(own_hand, "restore", instead(None)))


def put_back_is_the_persons() -> Switch:
    """Nobody remembers which values were put back."""
    return patch.object(UnitState, "restored", property(lambda _self: {}, instead(None)), create=True)


def field_owner_wins() -> Switch:
    def other(*of: Any) -> Side:
        return owner(*of).other

    owner = conflicts.owner_of
    return both(patch.object(proposals, "owner_of", other), patch.object(covering, "owner_of", other))


def loser_is_kept() -> Switch:
    return both(patch.object(proposals, "keep_loser", instead(None)), patch.object(covering, "keep_loser", instead(None)))


def max_age() -> Switch:
    """Within a pass, writes are sent from reads of any age."""
    return patch.object(call.Caller, "_too_old", NO)


def max_age_in_a_turn() -> Switch:
    """Within a turn as well: bonds begin however long ago they were read."""
    return both(max_age(), patch.object(batch.Batch, "_turn", lambda self, _n, claim: self._one(claim)))


def stale_snapshot_not_used() -> Switch:
    return patch.object(one_pass.Pass, "_newer", instead(None))


# --- intent, call, close --------------------------------------------------------------------------------------


def intents() -> Switch:
    """Nothing remembers that a call was made."""
    return both(patch.object(Tx, "open_intent", instead(None)), patch.object(Tx, "close_intent", instead(None)))


def _sooner(by: Callable[[Scene, Intent], float]) -> Switch:
    known = recognise.absent_after
    return patch.object(recognise, "absent_after", lambda scene, intent: known(scene, intent) - by(scene, intent))


def settle() -> Switch:
    return _sooner(lambda scene, intent: scene.abilities[intent.side].settle)


def find_lag() -> Switch:
    return _sooner(lambda scene, intent: scene.abilities[intent.side].find_lag if intent.kind == "create" else 0.0)


def third_of_the_lease_in_absence() -> Switch:
    return _sooner(lambda scene, _: scene.timing.lease / 3)


def read_lag_in_absence() -> Switch:
    return _sooner(lambda scene, intent: scene.abilities[intent.side].read_lag)


def third_of_the_lease_before_sending() -> Switch:
    return patch.object(call.Caller, "_too_late", NO)


def open_units_wait() -> Switch:
    """Units with an open intent are written again."""
    return patch.object(Scene, "busy", NO)


def presence_is_believed() -> Switch:
    """A write of fields whose answer was lost is never recognised by what the ticket shows."""
    return patch.object(recognise, "_landed", NO)


def presence_in_history_is_believed() -> Switch:
    """A write of fields whose answer was lost is recognised only while nobody has changed it."""
    return patch.object(recognise, "_stood", NO)


def direction_lane() -> Switch:
    """A comment goes although the fate of an earlier one is open."""
    lanes = iter(range(10**9))
    return both(patch.object(items, "_lane_open", NO), patch.object(call, "lane", lambda _kind: str(next(lanes))))


def closing_waits() -> Switch:
    return both(patch.object(plan, "_may_end", YES), patch.object(Delivery, "_ends_too_early", NO))


def accepted_never_sent_again() -> Switch:
    return patch.object(recognise, "_never_seen", instead(None))


# --- our own hand ---------------------------------------------------------------------------------------------


def marker() -> Switch:
    """Copies are not recognised by their markers."""
    return patch.object(items, "origins", instead({}))


def second_case_is_reported() -> Switch:
    return patch.object(polling, "_report_second_cases", instead(None))


def file_by_content() -> Switch:
    """A file without a marker is not recognised by its size and hash."""
    return patch.object(recognise, "_by_content", instead(None))


def provoked_status() -> Switch:
    """What a comment of ours provoked counts as the vendor's decision."""

    def only_fields(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
        return unit != STATUS and own(scene, unit, side, state, value)

    own = own_hand.by_own_hand
    return patch.object(plan, "by_own_hand", only_fields)


def late_own_writes() -> Switch:
    """A value of ours that lands over a person's newer one counts as somebody's change."""

    def only_status(scene: Scene, unit: str, side: Side, state: UnitState, value: Value) -> bool:
        return unit == STATUS and own(scene, unit, side, state, value)

    own = own_hand.by_own_hand
    return patch.object(plan, "by_own_hand", only_status)


def person_before_provocation() -> Switch:
    """A person's status that a comment of ours covered stays covered."""
    return patch.object(own_hand, "_person_before_provocation", instead(None))


def delivered_again() -> Switch:
    """What a second delivery covered before anybody read it stays covered."""
    return patch.object(plan, "delivered_again", instead(None))


def delivered_again_meanwhile() -> Switch:
    """What a second delivery covered between the read and the history stays covered."""
    return patch.object(plan, "delivered_again_meanwhile", instead(None))


def status_weighed() -> Switch:
    """Nobody remembers that the case was seen after our text."""
    return patch.object(plan, "weigh_status", instead(None))


def put_back_is_seen_first() -> Switch:
    """Comments go right behind a status that was put back."""
    return patch.object(plan, "_just_put_back", NO)


def covered_move() -> Switch:
    """A person's status that a comment of ours turned back to the base is not looked for."""
    return patch.object(plan, "covered_move", instead(None))


def own_items_never_a_source() -> Switch:
    """What our user wrote counts like anybody's."""

    def everybodys(scene: Scene, side: Side, kind: str) -> list[Any]:
        return list(scene.snapshots[side].comments if kind == "comment" else scene.snapshots[side].attachments)

    return patch.object(items, "sources", everybodys)


def negative_acknowledgement() -> Switch:
    """Nobody says that a system kept another value than ours."""
    return both(patch.object(closing, "say_dropped", instead(None)), patch.object(own_hand, "say_dropped", instead(None)))


def form_is_filled_once() -> Switch:
    """What is set with a new ticket alone is written later like any other field."""
    return patch.object(proposals, "too_late", NO)


def second_delivery_is_known() -> Switch:
    """An older value of ours that came again over a newer one counts as the system's refusal of that."""
    return patch.object(own_hand, "_came_again", NO)


def unverified_writes_are_verified() -> Switch:
    def trust(_scene: Scene, _unit: str, side: Side, state: UnitState, _value: Value) -> bool:
        state.unverified.pop(side, None)
        return True

    return patch.object(plan, "verify", trust)


def person_since_the_snapshot() -> Switch:
    """Whatever differs after a write of ours was dropped by the system, whoever changed it since."""
    return patch.object(own_hand, "_dropped", YES)


# --- the end --------------------------------------------------------------------------------------------------


def closing_invariant() -> Switch:
    return patch.object(gate, "_closing_invariant", instead(None))


def no_move_to_a_closed_ticket() -> Switch:

    def anyhow(hearing: Hearing) -> Ruling:
        return on_ticket(Hearing(hearing.model, replace(hearing.change, now=None)))

    on_ticket = moves._on_ticket
    return patch.object(moves, "_on_ticket", anyhow)


def taken_up_again() -> Switch:
    """What the vendor did while the ticket had ended moves it when it is taken up again."""
    return patch.object(plan, "_since_it_was_refused", lambda _s, _u, _st, changed, _p: changed)


def gone_never_closes() -> Switch:
    """A ticket that is not there counts as a failure of its bond."""

    def fail(_self: object, _scene: Scene, trouble: Trouble) -> float:
        raise trouble

    return patch.object(one_pass.Pass, "_unreadable", fail)


def vanished_comments_hold() -> Switch:
    return patch.object(one_pass, "comments_vanished", instead(""))


def nothing_after_the_end() -> Switch:
    return patch.object(items, "_held_back", NO)


def notes_reopen_nothing() -> Switch:
    return patch.object(items, "would_reopen", NO)


def ended_before_its_case() -> Switch:
    return patch.object(birth, "ENDED", frozenset())


# --- the gate -------------------------------------------------------------------------------------------------


def the_gate() -> Switch:
    """Every change is allowed."""

    def yes(_model: object, _change: Change) -> Ruling:
        return Ruling(Verdict.ALLOW, "none", "the gate is off", "", "nowhere", "broken on purpose")

    return both(*(patch.object(module, "judge", yes) for module in (proposals, items, birth)))


def parked_stays_parked() -> Switch:
    return patch.object(items, "_parked", NO)


def only_the_refused_unit_parks() -> Switch:
    """All units of a refused write park, whichever the system named."""

    def all_of_them(self: Any, scene: Scene, intent: Intent, trouble: Trouble) -> None:
        for name in intent.units:
            scene.stand(name, "refused_by_system", str(trouble), parked=True)

    return patch.object(call.Caller, "_refused_units", all_of_them)


def new_mapping_applies_nothing() -> Switch:
    return patch.object(one_pass, "new_mapping", instead(None))


def strangers_looked_at_twice() -> Switch:
    def once(self: Any, new: Any) -> Any:
        births, _ = look(self, new)
        return births, {}

    look = polling._Strangers.look
    return patch.object(polling._Strangers, "look", once)


# --- outages --------------------------------------------------------------------------------------------------


def circuit_breaker() -> Switch:
    return patch.object(pace, "LONGEST", 0.0)


def outage_counts_against_nobody() -> Switch:
    """A pass that ends because a side is away is an attempt like any other."""

    def counted(self: Queue, claim: Claim, delay: float, reason: str, **_: object) -> None:
        fail(self, claim, delay, reason)

    fail = Queue.fail
    return both(patch.object(Queue, "fail", counted), patch.object(Queue, "unclaim", instead(set())))

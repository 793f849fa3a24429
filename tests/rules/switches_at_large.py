"""Switches of the rules above single writes: limits, several tickets on one case, ended exchanges, time that went back.

See ``switches.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from connector.rasci.replies import TOPICS
from connector.store.records import BondState, SideState
from connector.sync import batch, birth, disclosure, following, guard, items, one_pass, polling, proposals, replies, restored
from connector.sync.guard import Guard
from connector.sync.limits import Limits
from connector.sync.scene import Scene
from connector.words import Side
from tests.rules.switches import NO, YES, Switch, instead

# --- where an installation is named ------------------------------------------------------------------------------


def secrets_stay() -> Switch:
    """Nobody looks into a file before it goes."""
    return patch.object(disclosure, "withheld_for", instead(()))


def vendors_lines_are_talk() -> Switch:
    """Whatever the vendor writes to the connector is read as if a person of the customer had written it."""
    return patch.object(replies, "FROM_VENDOR", TOPICS)


# --- limits -----------------------------------------------------------------------------------------------------


def pauses_told_to_all() -> Switch:
    """Each process obeys only what it was told itself."""
    return patch.object(Limits, "heed", instead(None))


def database_trouble_counts_against_nobody() -> Switch:
    """A pass that ends because the store does not take it is an attempt that failed."""
    return patch.object(batch, "OUT_OF_REACH", ())


# --- several tickets on one case --------------------------------------------------------------------------------


def words_of_one_ticket_stay_there() -> Switch:
    """What our user wrote on a case for one ticket is the vendor's word to the others."""

    def everybodys(scene: Scene, side: Side, kind: str) -> list[Any]:
        if side is Side.VENDOR and kind == "comment" and scene.whole.followers:
            return list(scene.snapshots[side].comments)
        return own(scene, side, kind)

    own = items.sources
    return patch.object(items, "sources", everybodys)


def each_ticket_has_its_copies() -> Switch:
    """What has a copy on one ticket of a case has one on all."""
    return patch.object(Scene, "concerns", YES)


def only_the_lead_moves() -> Switch:
    """The moves of every ticket drive the case."""

    def anybodys(scene: Scene, unit: str, side: Side, present: Any) -> Any:
        return translated(replace(scene, lead=None), unit, side, present)

    translated = proposals._translated
    return patch.object(proposals, "_translated", anybodys)


def another_leads_when_the_lead_ends() -> Switch:
    """The end of the lead is the end of the case, whatever follows it."""
    return patch.object(one_pass.Pass, "_succession", instead(None))


def the_unread_may_be_open() -> Switch:
    """A ticket that cannot be read is none."""
    return patch.object(Scene, "out_of_sight", "")


# --- exchanges that a person ended ------------------------------------------------------------------------------


def owed_whichever_case() -> Switch:
    """With another case nothing is known any more of what our own hand did to the ticket."""
    return patch.object(following, "_owed", lambda _: {})


def ended_exchange_is_silent() -> Switch:
    """A pass over two that were unlinked is like any other."""

    def as_linked(self: one_pass.Pass, scene: Scene, troubles: Any) -> float:
        if scene.bond.state is BondState.UNLINKED:
            scene.bond.state = BondState.LINKED
        return run(self, scene, troubles)

    run = one_pass.Pass._run
    return patch.object(one_pass.Pass, "_run", as_linked)


def unlinked_is_not_born_again() -> Switch:
    """A ticket that was unlinked goes to the vendor like a new one."""

    def as_new(self: one_pass.Pass, scene: Scene, troubles: Any) -> float:
        if scene.bond.state is BondState.UNLINKED:
            scene.bond.state = BondState.CANDIDATE
            scene.bond.sides[Side.VENDOR] = SideState()
        return run(self, scene, troubles)

    run = one_pass.Pass._run
    return patch.object(one_pass.Pass, "_run", as_new)


# --- what is not to be seen -------------------------------------------------------------------------------------


def unseen_comments_prove_nothing() -> Switch:
    """Nobody asks whether a ticket without comments has some that we do not see."""
    return patch.object(batch, "in_question", NO)


# --- time that went back ----------------------------------------------------------------------------------------


def guard_stops_writes() -> Switch:
    """A system that went back is told of, and written to."""

    def go_on(self: Guard, *seen: Any) -> tuple[Any, bool]:
        signs, _stopped = watch(self, *seen)
        return signs, False

    watch = Guard.watch
    return patch.object(Guard, "watch", go_on)


def a_ticket_that_went_back_is_held() -> Switch:
    """Nobody compares a ticket with what was seen of it before."""
    return patch.object(guard, "sign_of", instead(None))


def another_system_is_noticed() -> Switch:
    """Nobody asks the systems who they are."""
    return patch.object(Guard, "identify", instead(None))


def nothing_is_taken_in_meanwhile() -> Switch:
    """Polls of a system that is not what it was move their cursor."""
    return patch.object(polling, "glance", polling.poll)


def restored_values_stand() -> Switch:
    """After a restore what differs from the old base is news."""
    return patch.object(restored, "_take_up", instead(None))


def restored_candidate_looks_first() -> Switch:
    """After a restore a candidate opens its case without a look."""
    return patch.object(birth, "_made_meanwhile", NO)


def restored_new_bond_looks_first() -> Switch:
    """Of a bond born after a restore nobody remembers that it may be an old one."""
    return patch.object(polling, "last_restore", instead(None))


def restored_waits_for_what_was_sent() -> Switch:
    """After a restore the first read is believed."""
    return patch.object(restored, "too_early", instead(0.0))


def restored_says_nothing_twice() -> Switch:
    return patch.object(Scene, "stands_there", NO)

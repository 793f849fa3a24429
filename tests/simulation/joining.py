"""Acts that bring several tickets onto one case: an operator links one, the vendor merges two cases."""

from __future__ import annotations

import random

from adapters.base import Snapshot
from connector.store.errors import AlreadyBonded
from connector.store.records import Bond, BondState
from connector.sync import following
from tests.simulation.rig import Rig


def link(rig: Rig, rng: random.Random) -> str:
    """An operator lets a ticket follow the case of another: a candidate, or one that nobody has seen yet.

    :raises LookupError: there is no such pair just now.
    """
    bonds = rig.store.bonds("acme")
    leading = [bond for bond in bonds if bond.state in (BondState.LINKED, BondState.ENDED)]
    waiting = [bond for bond in bonds if bond.state is BondState.CANDIDATE]
    if not leading:
        message = "no case to follow"
        raise LookupError(message)
    into = rng.choice(leading)
    try:
        if waiting and rng.random() < 0.5:
            following.join(rig.store, rng.choice(waiting).id, into.id, by="olga.operator")
            return f"{into.id} gets a candidate"
        return _new(rig, into, rng)
    except (following.CannotFollow, AlreadyBonded) as no:
        raise LookupError(str(no)) from no


def _new(rig: Rig, into: Bond, rng: random.Random) -> str:
    state = rng.choice([{"state": "2"}, {"state": "3", "hold_reason": "4"}])
    fields = {"short_description": f"also {rng.randint(1, 9)}", "impact": "2", "urgency": rng.choice("123"), **state}
    ref = rig.desk.create("lena.l1", fields)
    ticket = Snapshot(ref, rig.desk.ticket(ref).number, {}, (), (), 0.0, rig.clock(), created_by_us=False)
    with rig.store.operator_transaction(into.id) as tx:
        following.follow(tx, ticket, rig.clock(), by="olga.operator")
    return f"{into.id} gets {ticket.number}"


def merge(rig: Rig, rng: random.Random) -> str:
    """The vendor merges a case into another one, or into a new one of its own.

    :raises LookupError: there is no case.
    """
    cases = [ticket.ref for ticket in rig.office.tickets() if ticket.fields["State"] not in ("merged", "removed")]
    ours = [ref for ref in cases if rig.office.ticket(ref).ours]
    if not ours:
        message = "no case to merge"
        raise LookupError(message)
    ref = rng.choice(ours)
    others = [other for other in cases if other != ref]
    own = not others or rng.random() < 0.3
    into = rig.office.create("vera.vendor", {"Title": "the vendor's own case"}) if own else rng.choice(others)
    rig.office.merge(ref, into, "vera.vendor")
    return f"{ref} into {into}"

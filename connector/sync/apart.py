"""What can be said while the vendor's system does not answer: to the people of urgent tickets that were to become cases."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from adapters.base import Snapshot, Trouble
from connector.store.errors import Fenced
from connector.store.records import BondState, Claim
from connector.sync import birth
from connector.sync.batch import Desk
from connector.sync.deliver import Again, Delivery, SideDown
from connector.sync.hand_over import URGENT
from connector.sync.reading import read_all, scene_of
from connector.words import Side

LOOK = 30.0
"""Seconds between two looks."""

MANY = 20
"""Tickets looked at; the most urgent come first."""


def tell(desk: Desk, claims: Sequence[Claim]) -> int:
    """Say what is owed on each claimed P1 that has no case yet (setting ``p1.on_portal_down``); how many there were.

    The claims stay the caller's to give back.
    """
    loaded = desk.store.load([claim.bond for claim in claims]) if claims else {}
    urgent = {
        claim: known
        for claim in claims
        if (known := loaded[claim.bond]).bond.state is BondState.CANDIDATE
        and known.bond.priority == URGENT
        and known.bond.side(Side.CUSTOMER).ref
    }
    try:
        reads = read_all(
            desk.connection.adapters[Side.CUSTOMER], [known.bond.side(Side.CUSTOMER).ref for known in urgent.values()]
        )
    except Trouble:
        return 0
    for claim, known in urgent.items():
        ref = known.bond.side(Side.CUSTOMER).ref
        if not isinstance(reads[ref], Snapshot):
            continue
        scene = scene_of(desk.connection, desk.key, known, {Side.CUSTOMER: reads, Side.VENDOR: {}}, desk.clock())
        delivery = Delivery(desk.connection, desk.store, desk.clock, claim, desk.stopping)
        with suppress(Again, SideDown, Trouble, Fenced):  # it is looked at again soon, and in a pass of its own
            birth.consider(delivery, scene)
            delivery.learn(scene)
    return len(urgent)

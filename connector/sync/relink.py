"""A case that became part of another one: the bond goes on where the vendor goes on (design D7).

Only the lead's scene is asked; nothing is concluded from a case that cannot be read.
"""

from __future__ import annotations

from functools import partial

from adapters.base import Adapter, Gone, Snapshot
from connector.store.errors import AlreadyBonded
from connector.store.queries import number_ref
from connector.sync import following
from connector.sync.deliver import Again, Delivery
from connector.sync.marker import marker_ref
from connector.sync.scene import Scene
from connector.words import Side

MERGED = "it became part of"
"""What the reason says for which such a bond is held until it goes on."""

FURTHEST = 5
"""Merges of merges that are followed in one pass."""


def relink(delivery: Delivery, scene: Scene, moved_to: str) -> str:
    """Go on with the case into which the vendor merged the bond's own: as its lead, or behind the ticket that leads it.

    Returns why that cannot be now; "" where it only takes a moment.

    :raises Again: it was done; the next pass sees the other case.
    :raises SideDown, adapters.base.Trouble: the portal did not answer.
    """
    held, lag = scene.bond.held, scene.abilities[Side.VENDOR].read_lag
    if held is None or MERGED not in held.reason or scene.now <= held.since + lag:
        scene.wait(scene.now + lag + 0.01)  # a read begun before might not show yet what was merged
        return ""
    try:
        case = arrived(delivery, moved_to)
    except Gone as gone:
        return str(gone)
    store, name = delivery.store, delivery.connection.name
    owner = store.known(name, Side.VENDOR, [case.ref]).get(case.ref)
    if owner is None and case.created_by_us and not store.known(name, Side.VENDOR, [marker_ref(case.marker)]):
        raise Again(delivery.connection.timing.retry, f"case {case.number} is just being recorded")
    if owner is None or owner == scene.bond.id:
        _move(delivery, scene, case)
    else:
        try:
            following.merged(store, scene.bond.id, owner, case)
        except following.CannotFollow as changed:
            raise Again(1.0, str(changed)) from changed
    raise Again(0.0, f"it goes on with case {case.number}")


def arrived(delivery: Delivery, ref: str) -> Snapshot:
    """The case at the end of a row of merges.

    :raises Gone: it cannot be read.
    """
    for _ in range(FURTHEST):
        try:
            return delivery.ask(Side.VENDOR, partial(_read, ref))
        except Gone as gone:
            if not gone.moved_to:
                raise
            ref = gone.moved_to
    raise Gone(f"case {ref} was merged again and again")


def _read(ref: str, adapter: Adapter) -> Snapshot:
    found = adapter.read([ref])
    if ref not in found:
        raise Gone(f"case {ref} cannot be read")
    return found[ref]


def _move(delivery: Delivery, scene: Scene, case: Snapshot) -> None:
    """The same bond, another case: whatever has a copy there, or on its way, is known by its new name."""
    bond, before = scene.bond, scene.bond.side(Side.VENDOR)
    with delivery.store.transaction(delivery.claim) as tx:
        try:
            tx.link(Side.VENDOR, case.ref)
        except AlreadyBonded as taken:
            raise Again(1.0, str(taken)) from taken
        if before.number:
            tx.link(Side.VENDOR, number_ref(before.number))
        here = following.arrived(scene.identities, before.ref, case)
        for identity in following.identities_at(here, before.ref, case.ref):
            scene.identify(identity)
        going_on = following.intents_at(scene.intents, before.ref, case.ref)
        for intent in list(scene.intents):
            scene.settle_intent(intent)
        following.move(bond, case, scene.now)
        scene.fact("relinked", before=before.number, case=case.number, ref=case.ref)
        delivery.flush(tx, scene)
        for intent in going_on:
            tx.open_intent(intent)

"""A bond of which we know less than happened: our store came from a backup, or a system did and was accepted. Pure.

Right after it nothing of our own accord moves a value: what the tickets show is the new base, and where it differs the
difference stands until somebody asks for it. Comments and files are sets that only grow, so those without a copy
travel; copies made meanwhile are recognised by their markers before.
"""

from __future__ import annotations

from connector.mapping.results import Carry
from connector.store.records import UnitState, Value
from connector.sync.afresh import would_travel
from connector.sync.conflicts import STATUS
from connector.sync.marker import item_key
from connector.sync.scene import Scene
from connector.words import ENDED, Side

REASONS = {
    "restored": "it changed after the backup that the connector was restored from: not applied unless asked for",
    "accepted": "one of the systems went back in time and was accepted so: not applied unless asked for",
}


def too_early(scene: Scene) -> float:
    """When to look again, where what was on its way may still land; 0.0 where these reads show it all."""
    adrift = scene.bond.adrift
    if adrift is None:
        return 0.0
    longest = max(ability.settle + ability.read_lag + ability.find_lag for ability in scene.abilities.values())
    ready = adrift.since + scene.timing.lease / 3 + longest
    read = min((snapshot.read_at for snapshot in scene.snapshots.values()), default=scene.now)
    return ready + 0.01 if read <= ready else 0.0


def elsewhere(scene: Scene) -> str:
    """Why nothing may be concluded from a case that is out of its people's hands (merged, say): copies of ours may lie elsewhere now.

    "" where it is not so, or our store knows what was copied.
    """
    if scene.bond.adrift is None or Side.VENDOR not in scene.views:
        return ""
    return scene.views[Side.VENDOR].unmapped.get(STATUS, "")


def take_up(scene: Scene) -> None:
    """Take both tickets as they are; the bond is adrift no more."""
    adrift = scene.bond.adrift
    if adrift is None:
        return
    for unit in scene.units:
        news = scene.bond.fresh and not scene.mapping.carries(unit, Side.CUSTOMER)  # what another case says of itself
        if not scene.busy(unit) and not news:
            _take_up(scene, unit, REASONS[adrift.why])
    if adrift.why == "accepted":
        for side in Side:
            _forget(scene, side)
    for side, snapshot in scene.snapshots.items():
        known = scene.bond.side(side)  # whatever our hand provoked up to here is taken as it is
        known.quiet, known.quiet_changed = snapshot.read_at, snapshot.changed
    stands = sorted(name for name, state in scene.bond.units.items() if state.standing and state.standing.why == "restored")
    scene.fact("taken_up", why=adrift.why, since=adrift.since, stands=stands)
    for one in scene.bond.followers:  # each is taken up when it can be read
        one.adrift = adrift
    scene.bond.adrift = None
    scene.taking_up = True


def _forget(scene: Scene, side: Side) -> None:
    """What the system lost when it went back: copies of ours, which travel again, and origins of copies over there."""
    snapshot = scene.snapshots[side]
    ours = {c.id for c in snapshot.comments if c.by_us} | {f"file:{f.id}" for f in snapshot.attachments if f.by_us}
    origins = {item_key(side, snapshot.ref, "comment", c.id) for c in snapshot.comments}
    origins |= {item_key(side, snapshot.ref, "file", f.id) for f in snapshot.attachments}
    for known in list(scene.identities):
        copy = known.side is side and known.ref == snapshot.ref and known.copy not in ours
        origin = known.item.startswith(f"{side}:{snapshot.ref}:") and known.item not in origins
        if known.kind != "note" and (copy or origin):
            scene.identities.remove(known)
            scene.lost.append(known)


def _take_up(scene: Scene, unit: str, reason: str) -> None:
    state = scene.bond.unit(unit)
    state.unverified.clear()
    state.put_back.clear()
    customer, vendor = scene.native(unit, Side.CUSTOMER), scene.native(unit, Side.VENDOR)
    before = {side: state.base.get(side, {}) for side in Side}
    if customer is None or vendor is None:
        _unseen(scene, unit, state, before, reason)
        return
    if _as_known(scene, unit, state, customer, vendor):
        return
    state.base = {Side.CUSTOMER: customer, Side.VENDOR: vendor}
    untold = _ends_alone(scene, unit) or _case_moved(scene, unit, before[Side.VENDOR], vendor)
    if not would_travel(scene, unit, customer, vendor) and not untold:
        state.standing = None
        return
    scene.stand(unit, "restored", reason)
    if state.standing:
        state.standing.base = before


def _unseen(scene: Scene, unit: str, state: UnitState, before: dict[Side, Value], reason: str) -> None:
    """One side cannot be read now: what it shows once it can is its base, and a difference stands like any other."""
    if state.standing and state.standing.why != "unreadable":
        return
    state.base = {side: value for side in Side if (value := scene.native(unit, side)) is not None}
    scene.stand(unit, "restored", reason)
    if state.standing:
        state.standing.base = before


def _ends_alone(scene: Scene, unit: str) -> bool:
    """The customer's ticket ended and the case did not: nobody may have told the vendor."""
    return unit == STATUS and scene.views[Side.CUSTOMER].phase in ENDED and scene.views[Side.VENDOR].phase not in ENDED


def _case_moved(scene: Scene, unit: str, before: Value, vendor: Value) -> bool:
    """The case left what is on record, and the ticket does not show it: nobody may have told level 1, nor taken it back."""
    if unit != STATUS or not before or scene.equal(unit, Side.VENDOR, before, vendor):
        return False
    customer = scene.native(unit, Side.CUSTOMER) or {}
    travels = scene.mapping.translate(unit, Side.VENDOR, vendor, customer, scene.views).carry is Carry.VALUE
    return travels and not scene.mapping.same(unit, customer, vendor)


def _as_known(scene: Scene, unit: str, state: UnitState, customer: Value, vendor: Value) -> bool:
    """True where nothing happened since: the pair that is there is the one on record, agreed or standing."""
    if state.standing:
        return scene.stands(unit, state.standing, customer, vendor)
    bases = {side: state.base.get(side, {}) for side in Side}
    agreed = scene.equal(unit, Side.CUSTOMER, bases[Side.CUSTOMER], customer)
    return all(bases.values()) and agreed and scene.equal(unit, Side.VENDOR, bases[Side.VENDOR], vendor)

"""Read many tickets of one side in few calls; a bad one stands alone (design D7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adapters.base import Adapter, Gone, Misconfigured, NotApplied, Snapshot, Trouble
from connector.store.records import Bond, Loaded
from connector.sync.connection import Connection
from connector.sync.marker import MarkerKey
from connector.sync.own_hand import needs_history
from connector.sync.scene import Scene
from connector.words import Side

Read = Snapshot | Trouble
"""What a read of one ticket came to."""

Reads = Mapping[Side, Mapping[str, Read]]
"""By side and ref."""


def read_all(adapter: Adapter, refs: Sequence[str]) -> dict[str, Read]:
    """Read tickets, halving a batch that fails until the bad ticket stands alone.

    :raises NotApplied: the system as a whole is out of reach.
    :raises Misconfigured: it rejects our account.
    """
    out: dict[str, Read] = {}
    size = max(1, adapter.capabilities.batch)
    for start in range(0, len(refs), size):
        out |= _read(adapter, refs[start : start + size])
    return out


def followers_of(bond: Bond) -> dict[str, Bond]:
    """The tickets that follow the lead: ref -> what is known of it."""
    return {one.side(Side.CUSTOMER).ref: one for one in bond.followers}


def scene_of(connection: Connection, key: MarkerKey, loaded: Loaded, reads: Reads, now: float) -> Scene:
    """What a plan for one bond is made from, with a scene of its own for each ticket that follows and could be read."""
    refs = {side: known.ref for side, known in loaded.bond.sides.items() if known.ref}
    scene = Scene(
        loaded.bond,
        list(loaded.intents),
        list(loaded.identities),
        {side: read for side, ref in refs.items() if isinstance(read := reads[side][ref], Snapshot)},
        {side: adapter.capabilities for side, adapter in connection.adapters.items()},
        connection.mapping,
        connection.model,
        key,
        connection.timing,
        now,
    )
    for ref, follower in followers_of(loaded.bond).items():
        read = reads[Side.CUSTOMER][ref]
        if isinstance(read, Trouble):
            scene.absent[ref] = read
        elif Side.VENDOR in scene.snapshots:
            scene.followers.append(scene.beside(follower, read))
    return scene


def read_histories(connection: Connection, scenes: Iterable[Scene], side: Side) -> None:
    """The histories that plans will name people from, in as few calls as the reads."""
    all_tickets = [one for scene in scenes for one in (scene, *scene.followers)]
    asking = [scene for scene in all_tickets if len(scene.snapshots) == len(Side) and needs_history(scene, side)]
    if not asking:
        return
    found = connection.adapters[side].history([scene.snapshots[side].ref for scene in asking])
    for scene in asking:
        if (events := found.get(scene.snapshots[side].ref)) is not None:  # else the right was withdrawn: nobody can be named
            scene.histories[side] = events


def _read(adapter: Adapter, refs: Sequence[str]) -> dict[str, Read]:
    try:
        found = adapter.read(refs)
    except Misconfigured:
        raise
    except Trouble as trouble:
        if isinstance(trouble, NotApplied) and trouble.outage:
            raise
        if len(refs) == 1:
            return {refs[0]: trouble}
        half = len(refs) // 2
        return _read(adapter, refs[:half]) | _read(adapter, refs[half:])
    missing = [ref for ref in refs if ref not in found]
    out: dict[str, Read] = dict(found)
    for ref in missing:
        out |= {ref: Gone(f"ticket {ref} is not there")} if len(refs) == 1 else _read(adapter, [ref])
    return out

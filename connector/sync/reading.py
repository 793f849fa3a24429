"""Read many tickets of one side in few calls; a bad one stands alone (design D7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adapters.base import Adapter, Gone, Misconfigured, NotApplied, Snapshot, Trouble
from connector.store.records import Loaded
from connector.sync.connection import Connection
from connector.sync.marker import MarkerKey
from connector.sync.own_hand import needs_history
from connector.sync.scene import Scene
from connector.words import Side

Read = Snapshot | Trouble
"""What a read of one ticket came to."""


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


def scene_of(connection: Connection, key: MarkerKey, loaded: Loaded, reads: Mapping[Side, Read], now: float) -> Scene:
    """What a plan for one bond is made from."""
    return Scene(
        loaded.bond,
        list(loaded.intents),
        list(loaded.identities),
        {side: read for side, read in reads.items() if isinstance(read, Snapshot)},
        {side: adapter.capabilities for side, adapter in connection.adapters.items()},
        connection.mapping,
        connection.model,
        key,
        connection.timing,
        now,
    )


def read_histories(connection: Connection, scenes: Iterable[Scene], side: Side) -> None:
    """The histories that plans will name people from, in as few calls as the reads."""
    asking = [scene for scene in scenes if len(scene.snapshots) == len(Side) and needs_history(scene, side)]
    if not asking:
        return
    found = connection.adapters[side].history([scene.snapshots[side].ref for scene in asking])
    for scene in asking:
        scene.histories[side] = found.get(scene.snapshots[side].ref, ())


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

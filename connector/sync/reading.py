"""Read many tickets of one side in few calls; a bad one stands alone (design D7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import structlog

from adapters.base import Adapter, Gone, Misconfigured, NotApplied, Snapshot, Trouble, halved
from connector.store.records import Bond, Joined, Loaded
from connector.sync.connection import Connection
from connector.sync.marker import MarkerKey
from connector.sync.own_hand import needs_history
from connector.sync.scene import Scene
from connector.words import Side

log = structlog.get_logger()

T = TypeVar("T")

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


def read_found(adapter: Adapter, refs: Sequence[str]) -> list[Snapshot]:
    """Those of these tickets that are there and can be read; what ails the others is not asked.

    :raises NotApplied, Misconfigured: as :func:`read_all`.
    """
    size = max(1, adapter.capabilities.batch)
    parts = [_apart(adapter.read, refs[start : start + size])[0] for start in range(0, len(refs), size)]
    return [snapshot for part in parts for snapshot in part.values()]


def followers_of(bond: Bond) -> dict[str, Bond]:
    """The tickets that follow the lead: ref -> what is known of it."""
    return {one.side(Side.CUSTOMER).ref: one for one in bond.followers}


def tasks_of(bond: Bond) -> dict[str, list[Joined]]:
    """The tasks of the vendor's that are looked at: ref -> by whichever of the bond's tickets they were joined."""
    found: dict[str, list[Joined]] = {}
    for task in (task for one in (bond, *bond.followers) for task in one.tasks if attended(task)):
        found.setdefault(task.pair.side(Side.VENDOR).ref, []).append(task)
    return found


def attended(task: Joined) -> bool:
    """Whether a task is looked at: something is to be told of it, or a finding is on its way."""
    unsaid = (note for topic, note in task.pair.notes.items() if note.side is Side.VENDOR and not note.written)
    return not task.left or any(unsaid)


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
        installation=connection.installation,
    )
    for ref, follower in followers_of(loaded.bond).items():
        read = reads[Side.CUSTOMER][ref]
        if isinstance(read, Trouble):
            scene.absent[ref] = read
        elif Side.VENDOR in scene.snapshots:
            scene.followers.append(scene.beside(follower, read))
    for one in (scene, *scene.followers):
        _see_tasks(one, reads[Side.VENDOR])
    return scene


def _see_tasks(scene: Scene, reads: Mapping[str, Read]) -> None:
    """A scene for each task that the ticket joined and that could be read; what was not asked for is in no trouble."""
    for task in scene.bond.tasks if Side.CUSTOMER in scene.snapshots else ():
        ref = task.pair.side(Side.VENDOR).ref
        match reads.get(ref) if attended(task) else None:
            case Snapshot() as read:
                scene.tasks.append(scene.toward(task, read))
            case Trouble() as trouble:
                scene.tasks_absent[ref] = trouble


def read_histories(connection: Connection, scenes: Iterable[Scene], side: Side) -> None:
    """The histories that plans will name people from, in as few calls as the reads.

    A ticket whose history cannot be read is in trouble itself: without it others' changes would be taken for ours.
    """
    all_tickets = [one for scene in scenes for one in (scene, *scene.followers)]
    asking = [scene for scene in all_tickets if len(scene.snapshots) == len(Side) and needs_history(scene, side)]
    if not asking:
        return
    found, troubles = _apart(connection.adapters[side].history, [scene.snapshots[side].ref for scene in asking])
    for scene in asking:
        ref = scene.snapshots[side].ref
        if (events := found.get(ref)) is not None:  # else the right was withdrawn: nobody can be named
            scene.histories[side] = events
        if ref in troubles:
            (scene.lead or scene).troubles[side] = troubles[ref]


def _apart(ask: Callable[[Sequence[str]], Mapping[str, T]], refs: Sequence[str]) -> tuple[dict[str, T], dict[str, Trouble]]:
    """Ask for many; those that fail stand alone, each in its trouble.

    :raises Trouble: the system as a whole is out of reach or rejects our account.
    :raises Exception: what nobody expected befell each of several: it is not for the tickets.
    """
    found, failed = halved(ask, refs, _of_a_ticket)
    unexpected = next((problem for problem in failed.values() if not isinstance(problem, Trouble)), None)
    if unexpected and len(failed) == len(refs) > 1:
        raise unexpected
    return found, {ref: p if isinstance(p, Trouble) else _unexpected(p, ref) for ref, p in failed.items()}


def _of_a_ticket(problem: Exception) -> bool:
    return not (isinstance(problem, Misconfigured) or (isinstance(problem, NotApplied) and problem.outage))


def _unexpected(problem: Exception, ref: str) -> Trouble:
    log.error("cannot_be_read", ref=ref, exc_info=problem)
    return Trouble(f"ticket {ref} cannot be read: {type(problem).__name__}: {problem}")


def _read(adapter: Adapter, refs: Sequence[str]) -> dict[str, Read]:
    found, troubles = _apart(adapter.read, refs)
    out: dict[str, Read] = {**found, **troubles}
    for ref in [ref for ref in refs if ref not in out]:
        out |= {ref: Gone(f"ticket {ref} is not there")} if len(refs) == 1 else _read(adapter, [ref])
    return out

"""Both sides' gates of one connection in one process, and what its processes tell each other through the store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from connector.store.store import Store
from connector.sync.connection import Clock
from connector.sync.gate import Gate
from connector.words import Side

log = structlog.get_logger()

HEED = 1.0
"""Seconds after which a turn under way looks again at what other processes were told. Each turn begins with a look."""


@dataclass(frozen=True)
class Flow:
    """How one process fares with one side. Times in seconds since the epoch, 0 where there is no trouble."""

    limit: int  # calls in flight at most, now
    most: int  # and as configured
    flying: int  # calls in flight
    busy: int  # how often the system asked for fewer calls since the process began
    since: float
    until: float
    reason: str  # why it is not called, or by one call only; "" while it is well


class Limits:
    """How much may be asked of each side, and when. What a system itself asked for holds for every process."""

    def __init__(self, connection: str, store: Store, clock: Clock, in_flight: int) -> None:
        self._connection = connection
        self._store = store
        self._clock = clock
        self._heeded = 0.0
        self.gates = {side: Gate(clock, in_flight, partial(self._asked, side)) for side in Side}

    def open(self) -> bool:
        """Whether both sides may be called. A pass needs both."""
        if self._clock() - self._heeded > HEED:
            self.heed()
        return all(gate.open() for gate in self.gates.values())

    def heed(self) -> None:
        """Look at what any process was asked for, also one that has ended since."""
        self._heeded = self._clock()
        for side, asked in self._store.spared(self._connection).items():
            self.gates[side].spare(asked.until, asked.why)

    def room(self) -> int:
        """Passes at once: as many as the side with less room takes."""
        return min(gate.pace.room for gate in self.gates.values())

    def shaky(self) -> list[Side]:
        """Sides that have not answered well since their last trouble."""
        return [side for side, gate in self.gates.items() if gate.pace.reason]

    def flows(self) -> dict[Side, Flow]:
        """How this process fares with both sides now."""
        return {side: _flow(gate) for side, gate in self.gates.items()}

    def _asked(self, side: Side, until: float, why: str) -> None:
        try:
            self._store.spare(self._connection, side, until, why)
        except SQLAlchemyError:  # we obey by ourselves; what the call came to must not be lost over this
            log.exception("not_told_to_others", connection=self._connection, side=side.value)


def _flow(gate: Gate) -> Flow:
    pace = gate.pace
    return Flow(pace.room, pace.most, gate.flying, gate.busy, pace.since, pace.until, pace.reason)

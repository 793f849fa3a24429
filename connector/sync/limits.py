"""Both sides' gates of one connection in one process, and what its processes tell each other through the store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


AHEAD = 4
"""Passes that are begun and in no call, at most: they are being planned, or wait for a place."""


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
        self._waits = in_flight > 0
        self._begun = 0
        self._more = threading.Condition()
        self.gates = {side: Gate(clock, in_flight, partial(self._asked, side), self._entered) for side in Side}

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

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Begin a pass when few others are on their way to a call; until then it stays unbegun, and its bond can be given back.

        So the gates have somebody waiting, and hardly anybody grows old while waiting there.
        """
        with self._more:
            while self._waits and self._begun - sum(gate.flying for gate in self.gates.values()) >= AHEAD:
                self._more.wait()
            self._begun += 1
        try:
            yield
        finally:
            with self._more:
                self._begun -= 1
                self._more.notify()

    def shaky(self) -> list[Side]:
        """Sides that have not answered well since their last trouble."""
        return [side for side, gate in self.gates.items() if gate.pace.reason]

    def flows(self) -> dict[Side, Flow]:
        """How this process fares with both sides now."""
        return {side: _flow(gate) for side, gate in self.gates.items()}

    def _entered(self) -> None:
        with self._more:
            self._more.notify()

    def _asked(self, side: Side, until: float, why: str) -> None:
        log.warning("asked_for_a_pause", connection=self._connection, side=side.value, until=until, reason=why)
        try:
            self._store.spare(self._connection, side, until, why)
        except SQLAlchemyError:  # we obey by ourselves; what the call came to must not be lost over this
            log.exception("not_told_to_others", connection=self._connection, side=side.value)


def _flow(gate: Gate) -> Flow:
    pace = gate.pace
    return Flow(pace.room, pace.most, gate.flying, gate.busy, pace.since, pace.until, pace.reason)

"""The engine of one connection: polls make bonds due, turns of work reconcile them.

A pass never trusts what woke it: hints only make bonds due. ``batch`` reads many tickets at once, ``one_pass``
is what happens to one bond.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from adapters.base import Misconfigured, NotApplied, Problem
from connector.store.store import Store
from connector.sync import apart, polling
from connector.sync.batch import Batch, Desk
from connector.sync.connection import Clock, Connection
from connector.sync.echoes import Echoes
from connector.sync.gate import Spared
from connector.sync.guard import Guard
from connector.sync.hands import Hands
from connector.sync.limited import Limited
from connector.sync.limits import Limits
from connector.sync.marker import MarkerKey
from connector.words import Side

log = structlog.get_logger()

TURN = 150
"""Bonds claimed at once: as many as one list read of either side takes, and few enough to be done while it is young."""

LETHAL = 40
"""Claims of one bond that its workers lost in a row, after which it is what ends them. By default more than half an hour of it."""


class Reconciler:
    """Reconciles the bonds of one connection. Many threads and processes may work at once: the lease divides them.

    :param in_flight: calls in flight at most, of each side; 0: passes in the caller's thread, in order (see :class:`Hands`).
    """

    def __init__(self, connection: Connection, store: Store, clock: Clock, in_flight: int = 0) -> None:
        self.limits = Limits(connection.name, store, clock, in_flight)
        gates = self.limits.gates
        adapters = {side: Limited(adapter, gates[side]) for side, adapter in connection.adapters.items()}
        self.connection = replace(connection, adapters=adapters, gates=gates)
        self.store = store
        self.clock = clock
        self._stop = threading.Event()
        self._apart_at = -math.inf
        self._hands = Hands(in_flight)
        self._echoes = Echoes(clock)
        key = MarkerKey(*store.marker_key())
        self.guard = Guard(self.connection, store, clock)
        self._desk = Desk(
            self.connection, store, clock, key, self.limits, self._hands, self._echoes, self.guard, self._stop.is_set
        )

    def check(self) -> list[Problem]:
        """What the live systems lack for this mapping."""
        mapping = self.connection.mapping
        return [p for side in Side for p in self.connection.adapters[side].check(mapping.uses(side))]

    def stop(self) -> None:
        """Finish the calls in flight, begin no other."""
        self._stop.set()
        self._hands.rest()

    def poll(self, side: Side) -> int:
        """Turn one side's changes into hints and births; returns how many tickets were named.

        :raises Spared: the side is not called at present.
        :raises adapters.base.Trouble: it did not answer.
        """
        self.limits.heed()
        ask = polling.glance if side in self.guard.stopped() else polling.poll
        return ask(self.connection, self.store, self.clock, side, self._echoes)

    def hinted(self, side: Side, refs: Sequence[str]) -> list[str]:
        """Make due what a webhook named; returns the tickets that no bond knows."""
        return polling.hinted(self.connection, self.store, self.clock, side, refs)

    def meet(self, side: Side, refs: Sequence[str]) -> int:
        """Look at tickets that no bond knows; returns how many bonds were born.

        :raises adapters.base.Trouble: the side did not answer, or is not called at present.
        """
        if side in self.guard.stopped():
            return 0
        return polling.meet(self.connection, self.store, self.clock, side, refs)

    def work(self, worker: str, limit: int = TURN) -> int:
        """Claim due bonds and reconcile them; returns how many were begun (0: nothing to do now)."""
        self.limits.heed()
        if not self._desk.open():
            return self._apart(worker)
        claims = self.store.claim(self.connection.name, worker, limit, self.connection.timing.lease)
        if not claims:
            return 0
        if claims[0].lost >= LETHAL:  # so often that it was claimed alone
            self.store.park(claims[0], f"it may be what ends the process: {claims[0].lost} in a row ended or froze at work on it")
            return 1
        batch = Batch(self._desk, claims)
        try:
            batch.read()
        except (NotApplied, Misconfigured) as trouble:
            self.store.unclaim(claims)
            if not isinstance(trouble, Spared):
                log.warning("side_down", connection=self.connection.name, reason=str(trouble))
            return 0
        except BaseException:
            with suppress(Exception):
                self.store.unclaim(claims)
            raise
        return batch.run()

    def _apart(self, worker: str) -> int:
        """While the vendor's system is being spared: now and then, what people are to know of urgent tickets."""
        now, gates = self.clock(), self.limits.gates
        waits = now - self._apart_at < apart.LOOK or gates[Side.VENDOR].open() or not gates[Side.CUSTOMER].open()
        if self.connection.installation is None or waits or self._stop.is_set():
            return 0
        self._apart_at = now
        claims = self.store.claim(self.connection.name, worker, apart.MANY, self.connection.timing.lease)
        try:
            return apart.tell(self._desk, claims)
        finally:
            self.store.unclaim(claims)  # as due as before, for when the vendor is back

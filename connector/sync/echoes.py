"""Hints that say nothing new: what our own writes left, seen again by a poll.

Kept in memory and bounded. Nothing depends on it: without it a bond is looked at once more than it need be.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.base import Capabilities, Snapshot
from connector.store.records import Bond
from connector.sync.connection import Clock
from connector.words import Side

REMEMBERED = 20_000
"""Tickets of both sides, the latest."""


@dataclass(frozen=True)
class _Known:
    stamp: str = ""  # the state in which a pass left or saw the ticket, where that is certain
    until: float = 0.0  # our clock; before this the bond is looked at anyway


class Echoes:
    """What passes of this process know of tickets that polls will name again. Safe for threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[Side, str], _Known] = OrderedDict()

    def passed(self, bond: Bond, snapshots: Mapping[Side, Snapshot], abilities: Mapping[Side, Capabilities]) -> None:
        """A pass ended well: remember in which state it knows its tickets to be."""
        for side, snapshot in snapshots.items():
            known = bond.side(side)
            if known.sent < snapshot.read_at:
                self._keep(side, snapshot.ref, _Known(snapshot.stamp))
            elif snapshot.version is None:  # nobody knows yet what we left: a read after the lag will tell
                self._keep(side, snapshot.ref, _Known(until=known.sent + abilities[side].read_lag))
            elif snapshot.version == known.version and not snapshot.scattered:  # our writes alone came since we read
                self._keep(side, snapshot.ref, _Known(str(snapshot.version)))
            else:
                self._keep(side, snapshot.ref, _Known())

    def explain(self, side: Side, ref: str, stamp: str) -> bool:
        """True where a poll that names the ticket, in this state, says nothing that a pass will not see anyway."""
        with self._lock:
            known = self._known.get((side, ref))
        return known is not None and ((bool(stamp) and stamp == known.stamp) or self._clock() < known.until)

    def _keep(self, side: Side, ref: str, known: _Known) -> None:
        with self._lock:
            self._known[side, ref] = known
            self._known.move_to_end((side, ref))
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

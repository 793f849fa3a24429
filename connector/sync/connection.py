"""One configured pair: a customer system, a vendor portal, a mapping, an operating model."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from adapters.base import Adapter
from connector.mapping.mapping import TicketMapping
from connector.rasci.installation import Installation
from connector.rasci.model import OperatingModel
from connector.sync.gate import Gate
from connector.words import Side


class Clock(Protocol):
    """Our clock: seconds since the epoch. Simulation gives a virtual one."""

    def __call__(self) -> float: ...


@dataclass(frozen=True)
class Timing:
    """How long things may take, in seconds (design D3, D4, D6)."""

    max_age: float = 5.0  # a write is sent only from a snapshot younger than this
    call_timeout: float = 20.0
    lease: float = 60.0  # longer than two call time-outs; a call begins in its first third
    sweep: float = 3600.0  # how often a bond is looked at without any hint
    reopen_window: float = 14 * 86400.0  # ended bonds stay at the sweep's pace for so long
    note_pause: float = 900.0  # at most one note per ticket and topic in this time
    retry: float = 5.0  # first delay after a failure of one bond; doubles
    max_attempts: int = 8  # then the bond parks


@dataclass(frozen=True)
class Rule:
    """When a system as a whole counts as gone back in time: so many bonds, and more than this share of those read."""

    bonds: int = 3
    share: float = 0.5


@dataclass(frozen=True)
class Connection:
    name: str
    adapters: Mapping[Side, Adapter]
    mapping: TicketMapping
    model: OperatingModel
    timing: Timing = Timing()
    guard: Rule = Rule()
    installation: Installation | None = None  # what is true here; None: the gate asks nothing beyond the letters
    gates: Mapping[Side, Gate] = field(default_factory=dict)  # where adapters are :class:`connector.sync.limited.Limited`

    def place(self, side: Side) -> AbstractContextManager[object]:
        """A place among the calls in flight of one side, for a call that must not wait any more once it is announced.

        :raises connector.sync.gate.Spared: the side is being spared.
        """
        return self.gates[side].place() if side in self.gates else nullcontext()

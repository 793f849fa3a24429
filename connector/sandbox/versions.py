"""What a simulated ticket was at any time: every change makes a new version of it, so that a read may be answered as of an earlier one."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Generic, TypeVar


@dataclass(frozen=True, kw_only=True)
class State:
    """A ticket between two changes."""

    deleted: bool = False


S = TypeVar("S", bound=State)


@dataclass(kw_only=True)
class Versions(Generic[S]):
    """All states of one ticket, oldest first, and when each began."""

    times: list[float] = field(default_factory=list)
    versions: list[S] = field(default_factory=list)

    @property
    def now(self) -> S:
        """The present state, be the ticket deleted or not."""
        return self.versions[-1]

    def at(self, moment: float | None) -> S | None:
        """The state at that time (None: the present one), or None where there was, or is, no such ticket."""
        n = len(self.times) if moment is None else bisect_right(self.times, moment)
        state = self.versions[n - 1] if n else None
        return None if state is None or state.deleted else state

    def add(self, state: S, since: float) -> None:
        self.times.append(since)
        self.versions.append(state)


class Content:
    """Of a file: its bytes."""

    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

"""An outage stops attempts on its side and counts against no bond (design D9)."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from adapters.base import Misconfigured, NotApplied, Trouble
from connector.sync.connection import Clock

FIRST, LONGEST = 1.0, 60.0
"""Seconds between attempts on a side that is down: doubling from the first to the longest."""


@dataclass
class _State:
    until: float = 0.0
    pause: float = 0.0
    reason: str = ""


class Breaker:
    """Open while a side is out of reach; after each pause one attempt is let through. Used by many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._state = _State()

    @property
    def reason(self) -> str:
        """Why the side is not called; "" while it is."""
        return self._state.reason

    @property
    def until(self) -> float:
        return self._state.until

    def allows(self) -> bool:
        return self._clock() >= self._state.until

    def trip(self, trouble: Trouble) -> None:
        """The side did not answer, or asked for a pause, or rejects our account."""
        with self._lock:
            longest = isinstance(trouble, Misconfigured)
            pause = LONGEST if longest else min(LONGEST, max(FIRST, self._state.pause * 2))
            asked = trouble.retry_after if isinstance(trouble, NotApplied) and trouble.retry_after else 0.0
            self._state = _State(self._clock() + max(pause, asked), pause, str(trouble))

    def reset(self) -> None:
        """A call went well."""
        if self._state.reason:
            with self._lock:
                self._state = _State()

"""How many unsigned posts of one address are answered one by one, before it is told to wait."""

from __future__ import annotations

from collections import OrderedDict

BURST = 20
"""Unsigned posts of one address at once."""

REFILL = 1.0
"""And so many a second afterwards."""

REMEMBERED = 4096
"""Addresses, the latest."""


class Allowance:
    """A bucket for each address. For one thread.

    Signed posts are never weighed: behind a proxy all senders have one address, and who forges must not silence who does not.
    """

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address: how many are left, as of when

    def spent(self, address: str, now: float) -> bool:
        """Whether there is nothing left."""
        return self._now(address, now) < 1

    def take(self, address: str, now: float) -> None:
        """One unsigned post came."""
        self._left[address] = max(0.0, self._now(address, now) - 1), now
        self._left.move_to_end(address)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)

    def _now(self, address: str, now: float) -> float:
        left, at = self._left.get(address, (float(BURST), now))
        return min(float(BURST), left + max(0.0, now - at) * REFILL)

"""What became of webhooks, counted since the process began."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from connector.daemon.hints import Place

WHATS = ("received", "refused", "repeated", "ignored", "dropped", "marked", "strangers")
"""``received``: signed posts. ``refused``: unsigned ones. ``repeated``: received before. ``ignored``: naming no ticket.
Of the tickets named: ``dropped``, for want of room; ``marked``, made due; ``strangers``, known to no bond and looked at."""


class Tallies(Collector):
    """Counted by several threads; read by whoever asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[Place, str]] = Counter()
        self._refusals: Counter[int] = Counter()

    def count(self, place: Place, what: str, by: int = 1) -> None:
        with self._lock:
            self._counts[place, what] += by

    def refuse(self, status: int) -> None:
        """A request was answered with this status, whatever it was about."""
        with self._lock:
            self._refusals[status] += 1

    def of(self, connection: str) -> dict[str, dict[str, int]]:
        """By side; empty where nothing came yet."""
        with self._lock:
            sides = {place.side for place, _ in self._counts if place.connection == connection}
            return {side.value: {what: self._counts[Place(connection, side), what] for what in WHATS} for side in sorted(sides)}

    def collect(self) -> Iterable[Metric]:
        posts = CounterMetricFamily("connector_webhooks", "Webhooks and what they named", labels=["connection", "side", "what"])
        refusals = CounterMetricFamily("connector_inbox_refusals", "Requests to the inbox that were not taken", labels=["status"])
        with self._lock:
            for (place, what), count in self._counts.items():
                posts.add_metric([place.connection, place.side.value, what], count)
            for status, count in self._refusals.items():
                refusals.add_metric([str(status)], count)
        return [posts, refusals]

    def describe(self) -> Iterable[Metric]:
        """Nothing is read at registration."""
        return []


def total(told: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The counts of several processes together."""
    return {what: sum(one.get(what, 0) for one in told) for what in WHATS}

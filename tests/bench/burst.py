"""A burst: a thousand people each change one field, all between two polls."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from tests.bench.bare import Spent, bare
from tests.bench.product import Daemon, Product
from tests.bench.systems import Systems


@dataclass(frozen=True)
class Burst:
    """What one burst took, beside the bare pool that sent the same bytes."""

    changes: int
    latency: float
    calls: Counter[str]
    wall: float  # seconds from the first call that asked what changed to the answer to the last write
    cpu: float
    bare: Spent

    @property
    def calls_a_change(self) -> float:
        return self.calls.total() / self.changes


def burst(systems: Systems, product: Product, daemon: Daemon, changes: int, latency: float, in_flight: int) -> Burst:
    """Edit one field of every bond, wait for quiet, send the same bytes once more without the product."""
    systems.ask("latency", latency)
    before = daemon.cpu()
    word = f"changed {time.time()}"
    began = systems.ask("edit_all", word)
    edited = time.time()
    _wait(systems, word, changes)
    product.quiet(changes)
    cpu = daemon.cpu() - before
    calls = systems.ask("calls", began)
    last = max(call.ended for call in calls if call.write)
    first = min(call.began for call in calls if call.began >= edited)
    same = bare([call for call in calls if call.began <= last], in_flight)
    systems.ask("latency", 0.0)
    return Burst(changes, latency, Counter(f"{c.system} {c.label}" for c in calls), last - first, cpu, same)


def _wait(systems: Systems, word: str, changes: int) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        if sum(word in title for title in systems.ask("titles")) == changes:
            return
        time.sleep(0.2)
    raise TimeoutError("the changes did not arrive")

"""A burst: a thousand people each change one field, all between two polls."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench import kernel
from tests.bench.bare import Spent, bare
from tests.bench.kernel import Meter
from tests.bench.lab import Lab, Linked
from tests.bench.product import IN_FLIGHT, Daemon
from tests.bench.systems import Call, Systems, kinds
from tests.bench.table import Line

LATENCIES = (0.0, 0.02, 0.1)
OTHER = {"servicenow": "otrs", "otrs": "servicenow"}
DIRECTIONS = {"servicenow": "", "otrs": ", from the vendor"}


@dataclass(frozen=True)
class Changed:
    """The calls of both sides from the first edit to quiet."""

    calls: list[Call]
    first: float  # when the side that was edited was first asked what changed
    last: float  # when the last write was answered

    @property
    def wall(self) -> float:
        return self.last - self.first


@dataclass(frozen=True)
class Burst:
    """What one burst took, beside the bare pool that sent the same bytes."""

    changes: int
    changed: Changed
    cpu: float  # seconds, until quiet
    bare: Spent


def lines(lab: Lab) -> Iterator[Line]:
    linked = lab.linked
    linked.product.configure(poll_s=linked.poll_s)
    with linked.product.daemon() as daemon:
        settle(linked)
        for latency in LATENCIES[:2] if lab.quick else LATENCIES:
            yield from _told(burst(linked, daemon, "servicenow", latency), latency, "servicenow")
        yield from _told(burst(linked, daemon, "otrs", 0.02), 0.02, "otrs")
        yield Line("burst", f"memory at most, {linked.bonds} bonds", kernel.memory(daemon.pid), "MB", at_most=130)


def _told(found: Burst, latency: float, system: str) -> Iterator[Line]:
    """The lines of one burst. The issue limits the customer's bursts; the vendor's are told beside them."""
    at = f"at {latency * 1000:.0f} ms{DIRECTIONS[system]}"
    limited = system == "servicenow"
    changed, changes = found.changed, found.changes
    most = 1.10 if limited else None
    yield Line("burst", f"calls a change {at}", len(changed.calls) / changes, at_most=most, note=kinds(changed.calls))
    rate = f"{changes} changes, {changes / changed.wall:.0f} a second"
    most = 1.3 if limited and latency else None
    yield Line("burst", f"wall {at}", changed.wall, "s", found.bare.wall, at_most=most, of_ratio=True, note=rate)
    most = 3.0 if limited and not latency else None
    each = 1000 / changes
    yield Line("burst", f"CPU a change {at}", found.cpu * each, "ms", found.bare.cpu * each, at_most=most)


def burst(linked: Linked, daemon: Daemon, system: str, latency: float) -> Burst:
    """Change all, then send the same bytes once more without the product."""
    linked.systems.ask("latency", latency)
    before = daemon.cpu()
    changed = change_all(linked, system)
    cpu = daemon.cpu() - before
    same = bare([call for call in changed.calls if call.began <= changed.last], IN_FLIGHT)
    linked.systems.ask("latency", 0.0)
    settle(linked)  # the bare pool wrote what stood there already: nothing comes of it but reads
    return Burst(linked.bonds, changed, cpu, same)


def change_all(linked: Linked, system: str, meter: Meter | None = None) -> Changed:
    """Edit the title of every ticket of one system, and wait for quiet. The meter runs while the changes arrive."""
    word = f"Burst {time.time()}"
    began: float = linked.systems.ask("edit_all", system, word)
    edited = time.time()
    if meter:
        wait_for(linked.systems, OTHER[system], word, began, 1)
        meter.start()
    wait_for(linked.systems, OTHER[system], word, began, linked.bonds)
    if meter:
        meter.stop()
    settle(linked)
    calls: list[Call] = linked.systems.ask("calls", began)
    first = min(call.began for call in calls if call.began >= edited and call.system == system)
    return Changed(calls, first, max(call.ended for call in calls if call.write))


def wait_for(systems: Systems, system: str, word: str, since: float, count: int, within: float = 600.0) -> None:
    """Until our account has written ``count`` values that begin with ``word``. Asks seldom: it costs the systems time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if systems.ask("arrived", system, word, since) >= count:
            return
        time.sleep(0.25)
    raise TimeoutError(f"not all {count} changes arrived in {system} within {within} s")


def settle(linked: Linked) -> None:
    """Quiet, after polls of both sides that could have seen whatever was written until now."""
    time.sleep(linked.poll_s * 1.2)
    linked.product.quiet(linked.bonds)

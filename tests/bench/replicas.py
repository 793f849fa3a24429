"""Throughput with 1, 2 and 4 daemons on one PostgreSQL, and which processor time each part took meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench import kernel, postgres
from tests.bench.bare import bare
from tests.bench.burst import change_all, settle
from tests.bench.lab import Lab, Linked, link
from tests.bench.product import IN_FLIGHT, Daemon, product
from tests.bench.systems import systems
from tests.bench.table import Line

REPLICAS = (1, 2, 4)
AT_LEAST = {2: 1.8, 4: 3.0}


@dataclass(frozen=True)
class Rate:
    """Changes a second: of the replicas, and of a bare pool with as many calls in flight."""

    ours: float
    bare: float
    busy: str  # the processors that each part took meanwhile


def lines(lab: Lab) -> Iterator[Line]:
    if not postgres.installed():
        return
    with postgres.server() as server, systems() as both:
        made = product(lab.folder / "replicas", both.urls, store=server.store, watch=server.watch)
        linked = link(both, made, lab.size(2000, 200))
        yield from _told(linked, server.pid, 0.05, limited=True)


def _told(linked: Linked, database: int, latency: float, *, limited: bool) -> Iterator[Line]:
    one = 0.0
    for replicas in REPLICAS:
        rate = _rate(linked, database, replicas, latency)
        at = f"{replicas} replicas at {latency * 1000:.0f} ms" if replicas > 1 else f"1 replica at {latency * 1000:.0f} ms"
        yield Line("replicas", f"changes a second, {at}", rate.ours, "/s", rate.bare, note=rate.busy)
        if replicas == 1:
            one = rate.ours
        else:
            least = AT_LEAST[replicas] if limited else None
            note = "instead of the bare minimum: one replica"
            yield Line("replicas", f"beside one, {at}", rate.ours, "/s", one, at_least=least, of_ratio=True, note=note)


def _rate(linked: Linked, database: int, replicas: int, latency: float) -> Rate:
    with ExitStack() as stack:
        daemons = [stack.enter_context(linked.product.daemon(f"daemon-{n}")) for n in range(replicas)]
        settle(linked)
        linked.systems.ask("latency", latency)
        meter = kernel.Meter(parts(daemons, linked.systems.pid, database))
        changed = change_all(linked, "servicenow", meter)
        same = bare([call for call in changed.calls if call.began <= changed.last], replicas * IN_FLIGHT)
        linked.systems.ask("latency", 0.0)
        settle(linked)
    return Rate(linked.bonds / changed.wall, linked.bonds / same.wall, _busy(meter.shares()))


def parts(daemons: list[Daemon], systems_pid: int, database: int) -> dict[str, Callable[[], float]]:
    """What tells the processor seconds of each part so far."""
    return {
        "daemons": lambda: sum(daemon.cpu() for daemon in daemons),
        "systems": lambda: kernel.cpu(systems_pid),
        "PostgreSQL": lambda: kernel.family_cpu(database),
        "all of the machine": kernel.machine_cpu,
    }


def _busy(shares: dict[str, float]) -> str:
    return f"processors of {kernel.cores()}: " + ", ".join(f"{name} {share:.2f}" for name, share in shares.items())

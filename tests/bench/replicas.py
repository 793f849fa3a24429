"""Throughput with 1, 2 and 4 daemons on one PostgreSQL, and which processor time each part took meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench import kernel, postgres
from tests.bench.bare import bare
from tests.bench.burst import change_all, settle
from tests.bench.lab import Lab, Linked
from tests.bench.product import IN_FLIGHT, Daemon
from tests.bench.table import Line

SERVER_S = 0.05
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
    linked, server = lab.shared
    yield from _told(linked, server.pid, REPLICAS[:2] if lab.quick else REPLICAS)


def _told(linked: Linked, database: int, numbers: Sequence[int]) -> Iterator[Line]:
    one = 0.0
    for replicas in numbers:
        rate = _rate(linked, database, replicas)
        name = "1 replica" if replicas == 1 else f"{replicas} replicas"
        yield Line("replicas", f"changes a second, {name}", rate.ours, "/s", rate.bare, note=rate.busy)
        one = one or rate.ours
        if replicas in AT_LEAST:
            note = "instead of the bare minimum: one replica"
            least = AT_LEAST[replicas]
            yield Line("replicas", f"{name} beside one", rate.ours, "/s", one, at_least=least, of_ratio=True, note=note)


def _rate(linked: Linked, database: int, replicas: int) -> Rate:
    with ExitStack() as stack:
        daemons = [stack.enter_context(linked.product.daemon(f"daemon-{n}")) for n in range(replicas)]
        settle(linked)
        linked.systems.ask("latency", SERVER_S)
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

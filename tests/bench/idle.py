"""What it costs to look while nothing happens: one poll of both sides, with many bonds at rest."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from connector.store.store import Store
from tests.bench.bare import bare
from tests.bench.lab import Lab
from tests.bench.multiply import multiply
from tests.bench.product import Product
from tests.bench.systems import Call, Systems, kinds
from tests.bench.table import Line

POLL_S = 1.0


@dataclass(frozen=True)
class Cycle:
    """One cycle, on average."""

    cpu: float  # ms, of everything that the daemon does meanwhile
    bare: float  # ms, of a plain session that sends the same calls
    calls: list[Call]  # of all cycles together
    cycles: int


def lines(lab: Lab) -> Iterator[Line]:
    few, many = lab.size(10_000, 1000), lab.size(100_000, 10_000)
    for bonds in (few, many):
        product = lab.linked.product.copy(lab.folder / f"idle-{bonds}")
        multiply(product, bonds - lab.linked.bonds)
        found = _idle(product, lab.linked.systems, cycles=lab.size(30, 5))
        limited = bonds == few
        calls = len(found.calls) / found.cycles
        told = kinds(found.calls, found.cycles)
        yield Line("idle", f"calls a cycle, {bonds} bonds", calls, at_most=6 if limited else None, note=told)
        most = 20.0 if limited else None
        yield Line(
            "idle", f"CPU a cycle, {bonds} bonds", found.cpu, "ms", found.bare, at_most=most, note=f"polls each {POLL_S:g} s"
        )
        if limited:
            base = found.cpu
    note = f"instead of the bare minimum: the cycle of {few} bonds"
    yield Line("idle", f"CPU of {many} beside {few} bonds", found.cpu, "ms", base, at_most=2.0, of_ratio=True, note=note)
    yield from _claims(product, many)


def _idle(product: Product, systems: Systems, cycles: int) -> Cycle:
    product.configure(poll_s=POLL_S)
    with product.daemon() as daemon:
        systems.ask("edit", "servicenow", 0, "Rest")  # one newest change: else polls look back on the seconds of the last burst
        time.sleep(8)  # the start, that change, and a second look at whatever the first polls named
        began, before = time.time(), daemon.cpu()
        time.sleep(cycles * POLL_S)
        cpu = daemon.cpu() - before
        calls: list[Call] = systems.ask("calls", began)
    same = bare(calls, 1)
    return Cycle(1000 * cpu / cycles, 1000 * same.cpu / cycles, calls, cycles)


def _claims(product: Product, bonds: int) -> Iterator[Line]:
    """How long a worker's look into the queue takes, in this process, on the file that was just measured."""
    store = Store.open(product.store)
    try:
        for what, due in (("nothing is", 0), ("100 are", 100), ("all are", bonds)):
            if due:
                product.set_due(time.time() - 3600, 0.0, due)
            took = statistics.median(_claim(store) for _ in range(20))
            yield Line("idle", f"a claim where {what} due, {bonds} bonds", 1000 * took, "ms")
    finally:
        store.close()


def _claim(store: Store) -> float:
    began = time.perf_counter()
    claims = store.claim("acme", "bench")
    took = time.perf_counter() - began
    store.unclaim(claims)
    return took

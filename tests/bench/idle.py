"""What it costs to look while nothing happens: one poll of both sides, with many bonds at rest."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from connector.store.store import Store
from tests.bench.bare import bare
from tests.bench.lab import Lab
from tests.bench.multiply import multiply
from tests.bench.product import Product
from tests.bench.systems import Call, Systems
from tests.bench.table import Line

POLL_S = 1.0


@dataclass(frozen=True)
class Cycle:
    """One cycle, on average."""

    cpu: float  # ms, of everything that the daemon does meanwhile
    bare: float  # ms, of a plain session that sends the same calls
    calls: Counter[str]  # in all cycles together
    cycles: int


def lines(lab: Lab) -> Iterator[Line]:
    few, many = lab.size(10_000, 1000), lab.size(100_000, 10_000)
    for bonds in (few, many):
        product = lab.linked.product.copy(lab.folder / f"idle-{bonds}")
        multiply(product, bonds - lab.linked.bonds)
        found = _idle(product, lab.linked.systems, cycles=lab.size(30, 10))
        kinds = ", ".join(f"{kind} {count / found.cycles:.2g}" for kind, count in found.calls.most_common())
        calls = found.calls.total() / found.cycles
        yield Line("idle", f"calls a cycle, {bonds} bonds", calls, at_most=6 if bonds == few else None, note=kinds)
        most = 20.0 if bonds == few else None
        yield Line(
            "idle", f"CPU a cycle, {bonds} bonds", found.cpu, "ms", found.bare, at_most=most, note=f"polls each {POLL_S:g} s"
        )
        if bonds == few:
            base = found.cpu
    note = f"instead of the bare minimum: the cycle of {few} bonds"
    yield Line("idle", f"CPU of {many} beside {few} bonds", found.cpu, "ms", base, at_most=2.0, of_ratio=True, note=note)
    yield from _claims(product, many)


def _idle(product: Product, systems: Systems, cycles: int) -> Cycle:
    product.configure(poll_s=POLL_S)
    with product.daemon() as daemon:
        time.sleep(5)  # the start, and a second look at whatever the first polls named
        began, before = time.time(), daemon.cpu()
        time.sleep(cycles * POLL_S)
        cpu = daemon.cpu() - before
        calls: list[Call] = systems.ask("calls", began)
    same = bare(calls, 1)
    return Cycle(1000 * cpu / cycles, 1000 * same.cpu / cycles, Counter(f"{c.system} {c.label}" for c in calls), cycles)


def _claims(product: Product, bonds: int) -> Iterator[Line]:
    """How long a worker's look into the queue takes, in this process, on the file that was just measured."""
    store = Store.open(product.store)
    try:
        nothing = [_claim(store)[1] for _ in range(50)]
        yield Line("idle", f"a claim where nothing is due, {bonds} bonds", 1000 * statistics.median(nothing), "ms")
        product.set_due(time.time() - 1, 0.0, 100)
        count, took = _claim(store)
        yield Line("idle", f"a claim of {count}, {bonds} bonds", 1000 * took, "ms")
        product.set_due(time.time() - 3600, 0.0, bonds)
        count, took = _claim(store)
        yield Line("idle", f"a claim of {count} where all are due, {bonds} bonds", 1000 * took, "ms")
    finally:
        store.close()


def _claim(store: Store) -> tuple[int, float]:
    began = time.perf_counter()
    claims = store.claim("acme", "bench")
    return len(claims), time.perf_counter() - began

"""The slow pass over bonds that nobody touched: few reads for many, and not one write."""

from __future__ import annotations

import time
from collections.abc import Iterator

from connector.sync.one_pass import MOMENTS
from tests.bench.lab import Lab
from tests.bench.product import Product
from tests.bench.systems import Call, Systems, kinds
from tests.bench.table import Line

NO_POLLS = 900.0
"""Polls come at the start only: whatever is called later is the sweep's."""


def lines(lab: Lab) -> Iterator[Line]:
    linked = lab.linked
    product = linked.product.copy(lab.folder / "sweep")
    product.configure(poll_s=NO_POLLS)
    calls = _sweep(product, linked.systems, linked.bonds, linked.bonds, 0.0)
    yield from _told(calls, linked.bonds, f"{linked.bonds} due at once")
    moment = lab.size(10_000 // MOMENTS, linked.bonds)  # as many as fall due together where 10,000 bonds are swept
    calls = _sweep(product, linked.systems, linked.bonds, moment, 0.0)
    yield from _told(calls, moment, "one moment of 10000 bonds")


def _sweep(product: Product, systems: Systems, bonds: int, due: int, within: float) -> list[Call]:
    """The calls while ``due`` bonds become due within so many seconds."""
    with product.daemon():
        time.sleep(3)  # the polls of the start
        began = time.time()
        product.set_due(began + 0.5, within, due)
        time.sleep(0.5 + within)
        product.quiet(bonds)
        found: list[Call] = systems.ask("calls", began)
        return found


def _told(calls: list[Call], bonds: int, what: str) -> Iterator[Line]:
    reads = [call for call in calls if not call.write]
    yield Line("sweep", f"list reads per 100 bonds, {what}", len(reads) * 100 / bonds, at_most=4, note=kinds(reads))
    yield Line("sweep", f"writes, {what}", len(calls) - len(reads), at_most=0)

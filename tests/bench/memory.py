"""Memory of the daemon with many bonds: at rest, and after a sweep over the real ones among them."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.bench import kernel
from tests.bench.lab import Lab
from tests.bench.multiply import multiply
from tests.bench.table import Line


def lines(lab: Lab) -> Iterator[Line]:
    linked, bonds = lab.linked, lab.size(10_000, 1000)
    product = linked.product.copy(lab.folder / "memory")
    multiply(product, bonds - linked.bonds)
    product.configure(poll_s=1)
    with product.daemon() as daemon:
        time.sleep(10)
        now = kernel.memory(daemon.pid, "VmRSS")
        yield Line("memory", f"at rest, {bonds} bonds", now, "MB", at_most=130)
        product.set_due(time.time(), 0.0, linked.bonds)
        product.quiet(bonds)
        most = kernel.memory(daemon.pid)
        yield Line("memory", f"at most, after a sweep of {linked.bonds} among {bonds}", most, "MB", at_most=130)

"""What scenarios share: one pair of systems with many linked bonds, made once a run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench.product import Product, product
from tests.bench.systems import Systems, systems


@dataclass(frozen=True)
class Linked:
    """Systems and a product whose bonds are all linked and quiet. No daemon runs on it."""

    systems: Systems
    product: Product
    bonds: int


class Lab:
    """One run: its size, and what it has made so far. Everything ends with ``stack``."""

    def __init__(self, folder: Path, stack: ExitStack, *, quick: bool) -> None:
        self.folder = folder
        self.stack = stack
        self.quick = quick

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @cached_property
    def linked(self) -> Linked:
        """On SQLite; each scenario starts its own daemon on it and leaves it quiet."""
        both = self.stack.enter_context(systems())
        made = product(self.folder / "linked", both.urls)
        return link(both, made, self.size(1000, 200))


def link(both: Systems, made: Product, bonds: int) -> Linked:
    """Open so many incidents and let a daemon make their cases."""
    both.ask("open_incidents", bonds)
    made.configure(poll_s=1)
    with made.daemon():
        made.quiet(bonds)
    made.configure()
    return Linked(both, made, bonds)

"""What scenarios share: one pair of systems with many linked bonds, made once a run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench import postgres
from tests.bench.product import Product, product
from tests.bench.systems import Systems, systems


@dataclass(frozen=True)
class Linked:
    """Systems and a product whose bonds are all linked and quiet. No daemon runs on it."""

    systems: Systems
    product: Product
    bonds: int
    poll_s: float  # how often its daemons poll while something happens


class Lab:
    """One run: its size, and what it has made so far. Everything ends with ``stack``."""

    def __init__(self, folder: Path, stack: ExitStack, *, quick: bool) -> None:
        self.folder = folder
        self.stack = stack
        self.quick = quick
        self.poll_s = 1.0 if quick else 5.0

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @cached_property
    def linked(self) -> Linked:
        """On SQLite; each scenario starts its own daemon on it and leaves it quiet."""
        both = self.stack.enter_context(systems())
        made = product(self.folder / "linked", both.urls)
        return link(both, made, self.size(1000, 100), self.poll_s)

    @cached_property
    def shared(self) -> tuple[Linked, postgres.Server]:
        """The same on PostgreSQL, with more bonds."""
        server = self.stack.enter_context(postgres.server())
        both = self.stack.enter_context(systems())
        made = product(self.folder / "shared", both.urls, store=server.store, watch=server.watch)
        return link(both, made, self.size(2000, 100), self.poll_s), server


def link(both: Systems, made: Product, bonds: int, poll_s: float) -> Linked:
    """Open so many incidents and let a daemon make their cases."""
    both.ask("open_incidents", bonds)
    made.configure(poll_s=1)
    with made.daemon():
        made.quiet(bonds)
    made.configure(poll_s=poll_s)
    return Linked(both, made, bonds, poll_s)

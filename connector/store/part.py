"""What the parts of the store share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from connector.store.engine import Database

T = TypeVar("T")

BATCH = 500
"""Values in one statement: well below every engine's limit."""


class Part:
    """One aspect of the store, on the database and the clock that all aspects share."""

    def __init__(self, db: Database, clock: Callable[[], float]) -> None:
        self.db = db
        self.clock = clock


def batches(values: Iterable[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """``values`` without repetitions, in lists of at most ``size``."""
    rest = iter(dict.fromkeys(values))
    while batch := list(islice(rest, size)):
        yield batch

"""The calls of one read made at once, where an adapter was allowed to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

FEW = 24
"""Tickets of one read up to which its calls are made at once: what is asked for many is no matter of milliseconds."""

_THREADS = 4  # two reads at once, each with two calls beside its own thread's

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class AtOnce:
    """Three calls, one after the other until :meth:`allow`."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def allow(self) -> None:
        self._pool = self._pool or ThreadPoolExecutor(_THREADS, thread_name_prefix="read-part")

    def wanted(self, tickets: int) -> bool:
        """Whether a read of so many tickets makes its calls at once."""
        return self._pool is not None and tickets <= FEW

    def three(self, first: Callable[[], A], second: Callable[[], B], third: Callable[[], C]) -> tuple[A, B, C]:
        """What the three answer, after all have ended; raises what the first of them raised, in this order."""
        if self._pool is None:
            return first(), second(), third()
        another, last = self._pool.submit(second), self._pool.submit(third)
        try:
            return first(), another.result(), last.result()
        finally:
            wait([another])
            wait([last])

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown()

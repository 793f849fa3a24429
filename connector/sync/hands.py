"""How much is done at once. Order and outcome never depend on it: each job stands for itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

_READERS = 4  # two turns may read at once, both sides of each

Job = Callable[[], object]


class Hands:
    """Threads for passes and for reads.

    :param in_flight: passes at once, at most; 0: everything in the caller's thread, in order (simulation, where
        nothing may depend on threads).
    :param room: passes at once that the systems bear now. What is above it waits unbegun, so that nothing is read or
        planned for a call that cannot be made yet.
    """

    def __init__(self, in_flight: int, room: Callable[[], int] | None = None) -> None:
        self._room = room or (lambda: in_flight)
        self._running = 0
        self._free = threading.Condition()
        self._passes = ThreadPoolExecutor(in_flight, thread_name_prefix="pass") if in_flight else None
        self._reads = ThreadPoolExecutor(_READERS, thread_name_prefix="read") if in_flight else None

    def reads(self, jobs: Iterable[Job]) -> None:
        """Do all of these at once; raises what the first of them raised, after all have ended."""
        _all(self._reads, jobs)

    def passes(self, jobs: Iterable[Job]) -> None:
        """Do all of these, so many at once; raises what the first of them raised, after all have ended."""
        _all(self._passes, [partial(self._in_room, job) for job in jobs] if self._passes else jobs)

    def _in_room(self, job: Job) -> None:
        with self._free:
            while self._running >= self._room():
                self._free.wait()
            self._running += 1
        try:
            job()
        finally:
            with self._free:
                self._running -= 1
                self._free.notify_all()

    def rest(self) -> None:
        """Take nothing more on."""
        for pool in (self._passes, self._reads):
            if pool:
                pool.shutdown(wait=False)


def _all(pool: ThreadPoolExecutor | None, jobs: Iterable[Job]) -> None:
    if pool is None:
        for job in jobs:
            job()
        return
    futures: list[Future[object]] = [pool.submit(job) for job in jobs]
    troubles = [future.exception() for future in futures]
    for trouble in troubles:
        if trouble:
            raise trouble

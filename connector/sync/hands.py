"""How much is done at once. Order and outcome never depend on it: each job stands for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

_READERS = 4  # two turns may read at once, both sides of each

Job = Callable[[], object]


class Hands:
    """Threads for passes and for reads.

    :param in_flight: passes at once, and so the writes in flight; 0: everything in the caller's thread, in order
        (simulation, where nothing may depend on threads).
    """

    def __init__(self, in_flight: int) -> None:
        self._passes = ThreadPoolExecutor(in_flight, thread_name_prefix="pass") if in_flight else None
        self._reads = ThreadPoolExecutor(_READERS, thread_name_prefix="read") if in_flight else None

    def reads(self, jobs: Iterable[Job]) -> None:
        """Do all of these at once; raises what the first of them raised, after all have ended."""
        _all(self._reads, jobs)

    def passes(self, jobs: Iterable[Job]) -> None:
        """Do all of these, so many at once; raises what the first of them raised, after all have ended.

        After ``rest`` what is left is done in the caller's thread: a pass that may not begin any more has to give its bond
        back, and those that have begun must be waited for.
        """
        _all(self._passes, jobs, rested=_now)

    def rest(self) -> None:
        """Take nothing more on."""
        for pool in (self._passes, self._reads):
            if pool:
                pool.shutdown(wait=False)


def _all(pool: ThreadPoolExecutor | None, jobs: Iterable[Job], rested: Callable[[Job], Future[object]] | None = None) -> None:
    if pool is None:
        for job in jobs:
            job()
        return
    futures = [_begun(pool, job, rested) for job in jobs]
    troubles = [future.exception() for future in futures]
    for trouble in troubles:
        if trouble:
            raise trouble


def _begun(pool: ThreadPoolExecutor, job: Job, rested: Callable[[Job], Future[object]] | None) -> Future[object]:
    try:
        return pool.submit(job)
    except RuntimeError:  # it takes nothing more on
        if rested is None:
            raise
        return rested(job)


def _now(job: Job) -> Future[object]:
    done: Future[object] = Future()
    try:
        done.set_result(job())
    except Exception as trouble:  # noqa: BLE001 - handed on, as a pool does
        done.set_exception(trouble)
    return done

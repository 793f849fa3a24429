"""The daemon's timers. They decide nothing: each only calls, and what is called may say no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler


class Timers:
    """Jobs at intervals, in memory. A job that is still running is not begun again; missed times are made up by one run.

    (A shared job store was measured to run jobs several times; who may poll is decided by a lease in the database.)
    """

    def __init__(self, threads: int) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def every(self, seconds: float, job: Callable[[], object], *, name: str, first: float = 0.0) -> Callable[[], None]:
        """Call ``job`` every so many seconds, the first time ``first`` seconds from now. Returns what calls it out of turn."""
        begin = datetime.now(UTC) + timedelta(seconds=first)
        added = self._scheduler.add_job(job, "interval", seconds=seconds, next_run_time=begin, name=name)

        def now() -> None:
            added.modify(next_run_time=datetime.now(UTC))

        return now

    @property
    def running(self) -> bool:
        return bool(self._scheduler.running)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Begin no job any more; those that run are not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

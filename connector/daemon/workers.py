"""The threads of one connection that do its passes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from connector.daemon import logs

IDLE = 1.0
"""Seconds after which a worker looks for due bonds by itself: hints of other processes wake nobody here."""

_LONGEST_PAUSE = 30.0


class Workers:
    """A few threads that call ``work`` until they are told to stop. Nothing that ``work`` raises ends one.

    :param work: takes a worker's name and returns how many bonds it handled; 0 means that nothing was due.
    :param crashed: told of each error that nobody expected, beside the log.
    """

    def __init__(self, name: str, count: int, work: Callable[[str], int], crashed: Callable[[], None]) -> None:
        self._work = work
        self._crashed = crashed
        self._log = logs.get().bind(connection=name)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(f"{name}-{n}",), name=f"work-{name}-{n}", daemon=True) for n in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There may be work."""
        self._wake.set()

    def stop(self) -> None:
        """Begin nothing more; see :meth:`join`."""
        self._stopping.set()
        self._wake.set()

    def join(self, deadline: float) -> int:
        """Wait until all have ended, until ``deadline`` (``time.monotonic``); returns how many have not."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in self._threads)

    def dead(self) -> list[str]:
        """Threads that ended without being told to."""
        if self._stopping.is_set():
            return []
        return [thread.name for thread in self._threads if thread.ident is not None and not thread.is_alive()]

    def _run(self, worker: str) -> None:
        pause = IDLE
        while not self._stopping.is_set():
            try:
                handled = self._work(worker)
                pause = IDLE
            except Exception as error:  # noqa: BLE001 - one pass must not stop the others; the lease brings its bond back
                if self._stopping.is_set():
                    self._log.info("worker_cut_short", worker=worker, reason=str(error))
                    return
                self._log.exception("worker_crashed", worker=worker, pause=pause)
                self._crashed()
                handled = 0
                pause = min(pause * 2, _LONGEST_PAUSE)
            if not handled:
                self._rest(pause)

    def _rest(self, seconds: float) -> None:
        if seconds > IDLE:  # after a crash: hints do not shorten the pause
            self._stopping.wait(seconds)
        else:
            self._wake.wait(seconds)
            self._wake.clear()

"""Tickets that webhooks named and no bond knows: looked at soon, in a thread apart from all other work."""

from __future__ import annotations

import threading
from collections.abc import Callable

from connector.daemon import logs
from connector.words import Side

ROOM = 1000
"""Tickets of a connection that wait for a look, at most; the polls bring the others."""

AT_ONCE = 20
"""Tickets of one look, at most: those that are not there may take a call each."""

APART = 1.0
"""Seconds between two looks: of a system in which much changes that is no business of ours each post is about a stranger."""


class Strangers:
    """One connection's. A thread lives while there is somebody to look at.

    :param meet: looks at tickets of one side; called by one thread at a time.
    """

    def __init__(self, name: str, meet: Callable[[Side, list[str]], None]) -> None:
        self._meet = meet
        self._log = logs.get().bind(connection=name)
        self._name = f"strangers-{name}"
        self._lock = threading.Lock()
        self._waiting: dict[tuple[Side, str], None] = {}
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def put(self, side: Side, refs: list[str]) -> None:
        """Have these looked at."""
        with self._lock:
            for ref in refs:
                if len(self._waiting) < ROOM:
                    self._waiting[side, ref] = None
            if self._waiting and self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Begin no other look."""
        self._stopping.set()

    def _run(self) -> None:
        while waiting := self._take():
            for side in Side:
                refs = [ref for of, ref in waiting if of is side]
                if refs and not self._stopping.is_set():
                    self._look(side, refs)
            self._stopping.wait(APART)

    def _take(self) -> list[tuple[Side, str]]:
        """The next of those that wait; with nobody there the thread ends, and whoever comes begins another."""
        with self._lock:
            taken = list(self._waiting)[:AT_ONCE]
            for one in taken:
                del self._waiting[one]
            if not taken or self._stopping.is_set():
                self._thread = None
                return []
            return taken

    def _look(self, side: Side, refs: list[str]) -> None:
        try:
            self._meet(side, refs)
        except Exception:  # noqa: BLE001 - a hint is no more than that: the polls bring them
            self._log.exception("strangers_crashed", side=side.value)

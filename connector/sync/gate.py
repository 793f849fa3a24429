"""The gate before one system: every call of this process passes it, reads and writes alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adapters.base import NotApplied, Trouble
from connector.sync.pace import Outcome, Pace, outcome


class Spared(NotApplied):
    """The call was not made: its system is being spared. Says nothing about the ticket, and nothing new about the system."""


class Gate:
    """Lets so many calls through at once as the system bears, and none while it is being spared. Used by many threads.

    :param clock: seconds since the epoch.
    :param most: calls in flight at most; 0: no thread ever waits here (simulation, where all happens in one).
    :param asked: told until when the system asked to be spared, and why.
    :param entered: told that one more call is in flight.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        most: int,
        asked: Callable[[float, str], None] = lambda _until, _why: None,
        entered: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._waits = most > 0
        self._asked = asked
        self._entered = entered
        self._pace = Pace.begin(max(1, most))
        self._flying = 0
        self._busy = 0
        self._free = threading.Condition()
        self._mine = threading.local()

    @property
    def pace(self) -> Pace:
        return self._pace

    @property
    def flying(self) -> int:
        """Calls in flight, those included that are about to be announced."""
        return self._flying

    @property
    def busy(self) -> int:
        """How often the system said that it has too much to do."""
        return self._busy

    def open(self) -> bool:
        """Whether a call may be made now, once a place is free."""
        return self._clock() >= self._pace.until

    @contextmanager
    def place(self) -> Iterator[int]:
        """Wait for a place among the calls in flight and keep it; gives the epoch of the pace.

        A thread that has one keeps it: what must not wait between two steps takes it before the first.

        :raises Spared: the system is being spared, or came to be while we waited.
        """
        held: int | None = getattr(self._mine, "epoch", None)
        if held is not None:
            yield held
            return
        self._mine.epoch = self._enter()
        self._entered()
        try:
            yield self._mine.epoch
        finally:
            self._mine.epoch = None
            self._leave()

    def note(self, epoch: int, trouble: Trouble | None) -> None:
        """A call that was begun in this epoch ended; with an answer, where there is no trouble."""
        said, now = outcome(trouble), self._clock()
        asked = trouble.retry_after if trouble and said is Outcome.BUSY else None
        with self._free:
            self._busy += said is Outcome.BUSY
            full = self._flying >= self._pace.room
            self._pace = self._pace.after(said, now, epoch, full=full, asked=asked, why=str(trouble or ""))
            until = self._pace.until
            self._free.notify_all()
        if said is Outcome.BUSY and until > now:
            self._asked(until, str(trouble))

    def spare(self, until: float, why: str) -> None:
        """Make no call before ``until``: another process was told so."""
        with self._free:
            self._pace = self._pace.spared(self._clock(), until, why)
            self._free.notify_all()

    def _enter(self) -> int:
        with self._free:
            while True:
                pace, now = self._pace, self._clock()
                if now < pace.until:
                    raise Spared(pace.reason, pace.until - now)
                if not self._waits or self._flying < pace.room:
                    self._flying += 1
                    return pace.epoch
                self._free.wait()

    def _leave(self) -> None:
        with self._free:
            self._flying -= 1
            self._free.notify_all()

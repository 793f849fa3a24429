"""What webhooks named, on its way to the store: a bounded heap, and one thread that marks it due in batches."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from connector.daemon import logs
from connector.words import Side

ROOM = 10_000
"""Tickets that wait to be marked, at most. What comes beyond that is left to the polls."""

_PAUSE = 1.0  # seconds, after the store failed


@dataclass(frozen=True)
class Place:
    """One side of one connection: where a webhook belongs."""

    connection: str
    side: Side


Mark = Callable[[Place, list[str]], None]
"""Marks tickets due; called in a thread of its own, and again with the same ones where the store failed."""


class Hints:
    """``put`` never waits and never fails; what it took is handed to ``mark`` as soon as that is free."""

    def __init__(self, mark: Mark) -> None:
        self._mark = mark
        self._log = logs.get()
        self._waiting: defaultdict[Place, dict[str, None]] = defaultdict(dict)
        self._count = 0
        self._more = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="webhook-hints", daemon=True)

    def put(self, place: Place, refs: Iterable[str]) -> int:
        """Have these marked; a ticket that waits already is not kept twice. Returns how many found no room."""
        dropped = 0
        with self._more:
            there = self._waiting[place]
            for ref in refs:
                if ref in there:
                    continue
                if self._count >= ROOM:
                    dropped += 1
                    continue
                there[ref] = None
                self._count += 1
            self._more.notify()
        return dropped

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Mark nothing more; what waits is left to the polls."""
        with self._more:
            self._stopping = True
            self._more.notify()
        if self._thread.ident is not None:
            self._thread.join(2)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while taken := self._take():
            for place, refs in taken.items():
                try:
                    self._mark(place, list(refs))
                except SQLAlchemyError as error:  # it may be back in a moment
                    self._log.warning("webhooks_not_marked", connection=place.connection, reason=str(getattr(error, "orig", "")))
                    self.put(place, refs)
                    self._rest()
                except Exception:  # noqa: BLE001 - the polls bring these, and others are still to come
                    self._log.exception("webhooks_not_marked", connection=place.connection)

    def _take(self) -> dict[Place, dict[str, None]]:
        """All that waits, as soon as there is something; nothing at the end."""
        with self._more:
            self._more.wait_for(lambda: self._stopping or self._count)
            if self._stopping:
                return {}
            taken = {place: refs for place, refs in self._waiting.items() if refs}
            self._waiting.clear()
            self._count = 0
            return taken

    def _rest(self) -> None:
        with self._more:
            self._more.wait_for(lambda: self._stopping, _PAUSE)

"""Which tickets may have changed: a window over the portal's own change times, moved by them alone.

The portal has no offset for a search and times of whole seconds. So a page is the oldest changes since the cursor; a page
full of one second is asked for again with twice the limit; and a ticket that was seen in the very second of its change is
reported again, since a second change in that second would look the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.base import Page
from adapters.otrs_read import Reader, Ticket
from adapters.otrs_settings import OtrsSettings
from adapters.whole_seconds import Cursor, Seen, State, sort_out

_LARGEST = 20_000  # ids in one search
_EARLIEST = 365 * 86400.0


class Search(Protocol):
    def __call__(self, **conditions: object) -> list[str]: ...


@dataclass(frozen=True)
class Poll:
    settings: OtrsSettings
    reader: Reader
    search: Search
    look: Callable[[Sequence[str]], tuple[dict[str, Ticket], Sequence[str]]]
    """Tickets by ref, and the refs of those that the portal names and cannot show."""
    clock: Callable[[], float]

    def page(self, cursor: str | None) -> Page:
        """Tickets that changed since the cursor. ``more`` while the page was full."""
        now = self.clock()
        old = Cursor.of(cursor) if cursor else Cursor(now - self.settings.lookback_s)
        found, broken, more = self._oldest(old.since)
        states = {ref: self._state(ticket) for ref, ticket in found.items()}
        fresh, seen = sort_out(states, old, now)
        newest = max((self._changed(ticket) for ticket in found.values()), default=old.since)
        # While pages are full the window moves without overlap, or it would not move through a flood.
        since = max(old.since, newest if more else self._next(newest, found, seen))
        stamps = {ref: found[ref].leaves.get("Changed", "") for ref in fresh}
        return Page((*fresh, *broken), Cursor(since, seen).text(), more, stamps)

    @staticmethod
    def cursor_at(since: float) -> str:
        """Portals keep no time 0: their first tickets are of a later year than 1971 in any case."""
        return Cursor(max(since, _EARLIEST)).text()

    def _next(self, newest: float, found: Mapping[str, Ticket], seen: Seen) -> float:
        """The next window overlaps this one, until nothing can become visible in it any more by the portal's own clock."""
        there = max((self.reader.server_now(ticket) or 0.0 for ticket in found.values()), default=0.0)
        over = there > newest + self.settings.overlap_s and not any(first for _, first in seen.values())
        return newest + 1 if over else newest - self.settings.overlap_s

    def _oldest(self, since: float) -> tuple[dict[str, Ticket], Sequence[str], bool]:
        """The tickets changed longest ago since a time, those of them that cannot be shown, and whether there are more.

        A full page helps only if it ends in a later second than it begins, and if the portal sorted it at all
        (old ones do not know SortBy Changed): else it is asked for again, larger.
        """
        limit = self.settings.page
        while True:
            refs = self.search(
                Queues=self.settings.queues,
                TicketLastChangeTimeNewerDate=self.reader.stamp(since),
                SortBy="Changed",
                OrderBy="Up",
                Limit=limit,
            )
            full = len(refs) >= limit
            if not full or limit >= _LARGEST:
                return *self.look(refs), False
            found, broken = self.look(refs)
            times = [self._changed(found[ref]) for ref in refs if ref in found]
            if times and times == sorted(times) and times[-1] > int(since):
                return found, broken, True
            limit *= 2

    def _state(self, ticket: Ticket) -> State:
        changed = self._changed(ticket)
        return State(changed, (self.reader.server_now(ticket) or 0.0) > changed)

    def _changed(self, ticket: Ticket) -> float:
        return self.reader.epoch(ticket.leaves.get("Changed", ""))

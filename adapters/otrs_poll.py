"""Which tickets may have changed: a window over the portal's own change times, moved by them alone.

The portal has no offset for a search and times of whole seconds. So a page is the oldest changes since the cursor; a page
full of one second is asked for again with twice the limit; and a ticket that was seen in the very second of its change is
reported again, since a second change in that second would look the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from adapters.base import Page
from adapters.otrs_read import Reader, Ticket
from adapters.otrs_settings import OtrsSettings

_LARGEST = 20_000  # ids in one search
_REMEMBERED = 2_000
_EARLIEST = 365 * 86400.0
_SETTLED = 2.0  # seconds of our clock after which a second is over on any server


class Search(Protocol):
    def __call__(self, **conditions: object) -> list[str]: ...


@dataclass(frozen=True)
class Cursor:
    """``since`` is portal time. ``seen``: ref -> (its change time, our clock when it was first seen so; 0: settled)."""

    since: float
    seen: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps({"since": self.since, "seen": self.seen}, separators=(",", ":"))

    @staticmethod
    def of(text: str) -> Cursor:
        raw = json.loads(text)
        return Cursor(raw["since"], {ref: (at, first) for ref, (at, first) in raw["seen"].items()})


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
        fresh, seen = self._sort_out(found, old, now)
        newest = max((self._changed(ticket) for ticket in found.values()), default=old.since)
        # While pages are full the window moves without overlap, or it would not move through a flood.
        since = max(old.since, newest if more else self._next(newest, found, seen))
        kept = sorted((item for item in seen.items() if item[1][0] >= since), key=lambda item: item[1][0])[-_REMEMBERED:]
        stamps = {ref: found[ref].leaves.get("Changed", "") for ref in fresh}
        return Page((*fresh, *broken), Cursor(since, dict(kept)).text(), more, stamps)

    @staticmethod
    def cursor_at(since: float) -> str:
        """Portals keep no time 0: their first tickets are of a later year than 1971 in any case."""
        return Cursor(max(since, _EARLIEST)).text()

    def _next(self, newest: float, found: Mapping[str, Ticket], seen: Mapping[str, tuple[float, float]]) -> float:
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

    def _sort_out(self, found: Mapping[str, Ticket], old: Cursor, now: float) -> tuple[list[str], dict[str, tuple[float, float]]]:
        fresh, seen = [], {}
        for ref, ticket in found.items():
            changed = self._changed(ticket)
            at, first = old.seen.get(ref, (-1.0, now))
            known = at == changed
            if known and not first:
                seen[ref] = (changed, 0.0)
                continue
            fresh.append(ref)
            over = (self.reader.server_now(ticket) or 0.0) > changed or (known and now - first >= _SETTLED)
            seen[ref] = (changed, 0.0 if over else first if known else now)
        return fresh, seen

    def _changed(self, ticket: Ticket) -> float:
        return self.reader.epoch(ticket.leaves.get("Changed", ""))

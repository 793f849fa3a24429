"""Which tickets may have changed: a window over Request Tracker's own change times, moved by them alone.

Times have whole seconds. A page is the oldest changes since the cursor, in the order of time and id, so that the next one begins
right behind it, however many changes one second holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapters.base import Page
from adapters.request_tracker_api import Api, Listing, quoted
from adapters.request_tracker_read import epoch, moment
from adapters.request_tracker_settings import RequestTrackerSettings
from adapters.whole_seconds import Cursor, Seen, State, sort_out

_EARLIEST = 365 * 86400.0


@dataclass(frozen=True)
class Poll:
    settings: RequestTrackerSettings
    api: Api
    clock: Callable[[], float]

    def page(self, cursor: str | None) -> Page:
        """Tickets that changed since the cursor. ``more`` while the page was full."""
        now = self.clock()
        old = Cursor.of(cursor) if cursor else Cursor(now - self.settings.lookback_s)
        size = self.settings.page
        listing = self.api.tickets(self._query(old), ["LastUpdated"], size, oldest_change_first=True)
        found = {str(item["id"]): str(item.get("LastUpdated") or "") for item in listing.items}
        states = {ref: State(epoch(text), is_over(text, listing)) for ref, text in found.items()}
        fresh, seen = sort_out(states, old, now)
        left = -1 if listing.total is None else max(0, listing.total - len(found))
        more = len(found) >= size if left < 0 else left > 0
        if more:  # the window moves without overlap, or it would not move through a flood
            last = list(found)[-1]
            new = Cursor(states[last].changed, {**old.seen, **seen}, int(last))
        else:
            new = Cursor(max(old.since, self._next(old, listing, states, seen)), seen)
        return Page(tuple(fresh), new.text(), more, {ref: found[ref] for ref in fresh}, left)

    @staticmethod
    def cursor_at(since: float) -> str:
        """No ticket is as old as the time 0, which stands for none."""
        return Cursor(max(since, _EARLIEST)).text()

    def _next(self, old: Cursor, listing: Listing, states: dict[str, State], seen: Seen) -> float:
        """The next window overlaps this one, until nothing can become visible in it any more by the server's own clock."""
        newest = max((state.changed for state in states.values()), default=old.since)
        over = listing.asked_at > newest + self.settings.overlap_s and not any(first for _, first in seen.values())
        return newest + 1 if over and states else newest - self.settings.overlap_s

    def _query(self, old: Cursor) -> str:
        queues = " OR ".join(f"Queue = {quoted(queue)}" for queue in self.settings.queues)
        since = quoted(moment(self.settings, old.since))
        changed = f"LastUpdated >= {since}"
        if old.after:
            changed = f"LastUpdated > {since} OR ({changed} AND id > {old.after})"
        return f"({queues}) AND ({changed})"


def is_over(last_updated: str, listing: Listing) -> bool:
    """Whether the second of a change had passed before the list was made: until then a second change would look the same."""
    return listing.asked_at >= epoch(last_updated) + 1

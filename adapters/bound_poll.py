"""Which tickets of a bound portal may have changed: a window over its own change times, moved by them alone.

A list that has the oldest change first is read a page at a time, and the next page is asked for from the last time on: nothing
can slip between two pages. Where one second (or whatever the portal's filter counts in) fills a page, the pages behind it are
read at once, as often as it takes until they show nothing new. A list in any other order is read to its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from adapters.base import Misconfigured
from adapters.base import Page as Hints
from adapters.bound_lists import Lists, Page
from adapters.bound_load import Binding
from adapters.bound_model import AlsoChanged, Changed
from adapters.bound_read import Reader
from adapters.bound_settings import BoundSettings
from adapters.bound_times import Times
from adapters.bound_values import text_at
from adapters.bound_wire import Wire
from adapters.whole_seconds import Cursor, State, sort_out

_EARLIEST = 365 * 86400.0
_WALKS = 5


@dataclass(frozen=True)
class Feed:
    """One list to watch: of tickets, or of something that changes a ticket without touching its change time.

    :param key: tells a row from every other.
    :param ref: the ticket that it is about.
    :param at: when, as the portal writes it.
    """

    name: str
    listing: Changed
    key: Callable[[Any], str]
    ref: Callable[[Any], str]
    at: Callable[[Any], str]


@dataclass(frozen=True)
class Found:
    """``rows`` by key. ``at``: the portal's clock when the first of them was asked for."""

    rows: Mapping[str, Any]
    at: float
    more: bool


@dataclass(frozen=True)
class Poll:
    settings: BoundSettings
    binding: Binding
    wire: Wire
    reader: Reader
    clock: Callable[[], float]

    def page(self, cursor: str | None) -> Hints:
        now = self.clock()
        start = Cursor(now - self.settings.lookback_s).text()
        cursors: dict[str, str] = json.loads(cursor) if cursor else {}
        refs: dict[str, str] = {}
        more = False
        for feed in self._feeds():
            found, cursors[feed.name], again = self._turn(feed, Cursor.of(cursors.get(feed.name, start)), now)
            more = more or again
            # A hint of another list says more than that the ticket is in this state.
            refs |= {
                feed.ref(row): "" if isinstance(feed.listing, AlsoChanged) else self.reader.state(row, float("inf"))
                for row in found
            }
        stamps = {ref: stamp for ref, stamp in refs.items() if stamp}
        return Hints(tuple(refs), json.dumps(cursors, separators=(",", ":")), more, stamps)

    def cursor_at(self, since: float) -> str:
        """Portals have no ticket of the time 0, and not all can be asked for one."""
        return json.dumps({feed.name: Cursor(max(since, _EARLIEST)).text() for feed in self._feeds()})

    def _feeds(self) -> Iterator[Feed]:
        file = self.binding.file
        ref = self.reader.ref
        yield Feed("changed", file.changed, ref, ref, lambda row: self.reader.changed(row)[0])
        for n, one in enumerate(file.also_changed):
            yield Feed(f"also_changed[{n}]", one, _at(one.each.id), _at(one.each.ticket), _at(one.each.at))

    def _turn(self, feed: Feed, old: Cursor, now: float) -> tuple[list[Any], str, bool]:
        """The rows of a feed that are news, where the next turn begins, and whether it is to be at once."""
        found = self._window(feed, old.since)
        times = {key: self._time(feed, row) for key, row in found.rows.items()}
        states = {key: State(at, found.at >= int(at) + 1) for key, at in times.items()}
        fresh, seen = sort_out(states, old, now)
        newest = max(times.values(), default=old.since)
        if found.more:
            new = Cursor(newest, {**old.seen, **seen})
        else:
            over = found.at > newest + self.settings.overlap_s and not any(first for _, first in seen.values())
            onward = int(newest) + 1 if over and times else newest - self.settings.overlap_s
            new = Cursor(max(old.since, onward), seen)
        return [found.rows[key] for key in fresh], new.text(), found.more

    def _time(self, feed: Feed, row: Any) -> float:
        return self.reader.times.epoch(feed.at(row))

    def _window(self, feed: Feed, since: float) -> Found:
        pages = self._pages(feed, since)
        first = next(pages)
        if feed.listing.order == "any":
            return Found(self._by_key(feed, [first, *pages]), first.at, more=False)
        if not first.more or self._moves(feed, since, first):
            return Found(self._by_key(feed, [first]), first.at, first.more)
        return self._flood(feed, since)

    def _flood(self, feed: Feed, since: float) -> Found:
        """More than a page within what the filter takes for one time. What changes meanwhile moves rows from page to page."""
        rows: dict[str, Any] = {}
        walked: list[Page] = []
        for _ in range(_WALKS):
            known, walked = len(rows), []
            for page in self._pages(feed, since):
                walked.append(page)
                if self._moves(feed, since, page):
                    break
            rows |= self._by_key(feed, walked)
            if known == len(rows):
                break
        return Found(rows, walked[0].at, walked[-1].more)

    @property
    def _asked(self) -> Times:
        file = self.binding.file
        return Times(file.asked_times or file.times, file.time_zone)

    def _pages(self, feed: Feed, since: float) -> Iterator[Page]:
        names = self.wire.names.with_(since=self._asked.text(since), before=self._asked.text(since - 1))
        return Lists(self.wire).pages(feed.name, feed.listing, names)

    def _moves(self, feed: Feed, since: float, page: Page) -> bool:
        """Whether the next window can begin at the last row of this one.

        :raises Misconfigured: the rows are not in the order that the binding promises.
        """
        times = [self._time(feed, row) for row in page.rows]
        if not all(times) or times != sorted(times):
            raise Misconfigured(
                f"{self.wire.system}: {feed.name}: the rows are not in the order of their times; "
                "check the paths and times, and ask for that order, or write order: any"
            )
        return bool(times) and self._asked.text(times[-1]) != self._asked.text(since) and times[-1] > since

    def _by_key(self, feed: Feed, pages: list[Page]) -> dict[str, Any]:
        """:raises Misconfigured: a row without its id or time: it would never be seen again."""
        rows = {feed.key(row): row for row in chain.from_iterable(page.rows for page in pages)}
        if not all(feed.key(row) and feed.ref(row) and self._time(feed, row) for row in rows.values()):
            raise Misconfigured(f"{self.wire.system}: {feed.name}: rows without id or time; check the paths and times")
        return rows


def _at(path: str) -> Callable[[Any], str]:
    return partial(text_at, path)

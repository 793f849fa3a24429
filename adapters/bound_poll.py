"""Which tickets of a bound portal may have changed: a window over its own change times, moved by them alone.

A list that has the oldest change first is read a page at a time, and the next page is asked for from the last time on: nothing
can slip between two pages. Where one second (or whatever the portal's filter counts in) fills a page, the pages behind it are
read at once, as often as it takes until they show nothing new. A list in any other order is read to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.base import Misconfigured
from adapters.base import Page as Hints
from adapters.bound_lists import Lists, Page
from adapters.bound_load import Binding
from adapters.bound_read import Reader
from adapters.bound_settings import BoundSettings
from adapters.bound_times import Times
from adapters.bound_wire import Wire
from adapters.whole_seconds import Cursor, State, sort_out

_EARLIEST = 365 * 86400.0
_WALKS = 5


@dataclass(frozen=True)
class Found:
    """``rows`` by ref. ``at``: the portal's clock when the first of them was asked for."""

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
        old = Cursor.of(cursor) if cursor else Cursor(now - self.settings.lookback_s)
        found = self._window(old.since)
        times = {ref: self.reader.changed(row)[1] for ref, row in found.rows.items()}
        states = {ref: State(at, found.at >= int(at) + 1) for ref, at in times.items()}
        fresh, seen = sort_out(states, old, now)
        newest = max(times.values(), default=old.since)
        if found.more:
            new = Cursor(newest, {**old.seen, **seen})
        else:
            over = found.at > newest + self.settings.overlap_s and not any(first for _, first in seen.values())
            onward = int(newest) + 1 if over and times else newest - self.settings.overlap_s
            new = Cursor(max(old.since, onward), seen)
        stamps = {ref: self.reader.state(found.rows[ref], float("inf")) for ref in fresh}
        return Hints(tuple(fresh), new.text(), found.more, stamps)

    @staticmethod
    def cursor_at(since: float) -> str:
        """Portals have no ticket of the time 0, and not all can be asked for one."""
        return Cursor(max(since, _EARLIEST)).text()

    def _window(self, since: float) -> Found:
        pages = self._pages(since)
        first = next(pages)
        if self.binding.file.changed.order == "any":
            rest = list(pages)
            return Found(self._by_ref([first, *rest]), first.at, more=False)
        if not first.more or self._moves(since, first):
            return Found(self._by_ref([first]), first.at, first.more)
        return self._flood(since)

    def _flood(self, since: float) -> Found:
        """More than a page within what the filter takes for one time. What changes meanwhile moves rows from page to page."""
        rows: dict[str, Any] = {}
        for _ in range(_WALKS):
            known, walked = len(rows), []
            for page in self._pages(since):
                walked.append(page)
                if self._moves(since, page):
                    break
            rows |= self._by_ref(walked)
            if known == len(rows):
                break
        return Found(rows, walked[0].at, walked[-1].more)

    def _pages(self, since: float) -> Any:
        times = Times(self.binding.file.asked_times or self.binding.file.times, self.binding.file.time_zone)
        names = self.wire.names.with_(since=times.text(since), before=times.text(since - 1))
        return Lists(self.wire).pages("changed", self.binding.file.changed, names)

    def _moves(self, since: float, page: Page) -> bool:
        """Whether the next window can begin at the last row of this one.

        :raises Misconfigured: the rows are not in the order that the binding promises.
        """
        times = [self.reader.changed(row)[1] for row in page.rows]
        if not all(times) or times != sorted(times):
            raise Misconfigured(
                f"{self.wire.system}: changed: the rows are not in the order of their change times; "
                "check ticket.changed and times, and ask for that order, or write order: any"
            )
        form = Times(self.binding.file.asked_times or self.binding.file.times, self.binding.file.time_zone)
        return bool(times) and form.text(times[-1]) != form.text(since) and times[-1] > since

    def _by_ref(self, pages: list[Page]) -> dict[str, Any]:
        """:raises Misconfigured: a row without its id or time: it would never be seen again."""
        rows = {self.reader.ref(row): row for page in pages for row in page.rows}
        if "" in rows or not all(self.reader.changed(row)[1] for row in rows.values()):
            raise Misconfigured(
                f"{self.wire.system}: changed: rows without id or change time; check ticket.ref, ticket.changed and times"
            )
        return rows

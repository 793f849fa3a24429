"""Which requests changed: the list with the last activity first, read until a page brings nothing new.

No filter asks for a time, a request does not say when it changed, and a field that the desk edits may not count as activity. So
each row comes with its comments and files, and the cursor knows by a print what the rows looked like. A row is news

- where its print is another than the one known;
- where it is not known, and something in it is younger than the beginning of the poll (older ones were never looked at);
- where it has more comments than a list shows, each time it is met on the first page: what is new in it may not be shown.

A round ends with the first page that brings no news. What stands below it and was changed without becoming active is left to the sweep.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from adapters.base import Misconfigured, Page, Snapshot
from adapters.jsm_api import WHOLE, DeskApi
from adapters.jsm_read import Reader, active, print_of

_TICK = 0.001  # times have milliseconds


Seen = Mapping[str, tuple[str, float]]
"""Request -> its print, and the latest time in it."""


@dataclass(frozen=True)
class State:
    """How far the poll came. ``since``: of rows that are not known, the older ones are no news; seconds of the site."""

    since: float
    start: int = 0  # rows of this round that we had
    seen: Seen = field(default_factory=dict)
    lost: float = 0.0  # the latest time in what this round forgot


class Poll:
    """The poll of one desk; keeps nothing between two calls."""

    def __init__(self, api: DeskApi, clock: Callable[[], float], reader: Reader) -> None:
        self._api, self._clock, self._reader = api, clock, reader

    def page(self, cursor: str | None) -> Page:
        s = self._api.settings
        state = _decoded(cursor or self.cursor_at(self._clock() - s.lookback_s))
        begun = self._clock()
        told, last = self._api.requests(s.requests, state.start, s.page, WHOLE)
        rows = [self._reader.snapshot(one, begun, complete=False) for one in told if one.get("issueId")]
        times = {str(one["issueId"]): active(one) for one in told if one.get("issueId")}
        news = [row for row in rows if _is_news(row, times[row.ref], state)]
        halves = [row for row in rows if not row.stamp and not state.start and row not in news and row.ref in state.seen]
        more = bool(news) and not last
        stamps = {row.ref: row.stamp for row in news if row.stamp}
        cursor = json.dumps(asdict(self._after(state, rows, times, more=more)), separators=(",", ":"))
        return Page(tuple(row.ref for row in (*news, *halves)), cursor, more, stamps)

    @staticmethod
    def cursor_at(since: float) -> str:
        return json.dumps(asdict(State(max(0.0, since))), separators=(",", ":"))

    def _after(self, state: State, rows: list[Snapshot], times: Mapping[str, float], *, more: bool) -> State:
        """What is forgotten must not be news again: ``since`` rises above it, once the round is over."""
        seen = {**state.seen, **{row.ref: (print_of(row), times[row.ref]) for row in rows}}
        by_age = sorted(seen.items(), key=lambda item: item[1][1])
        kept = by_age[-self._api.settings.remembered :]
        lost = max([state.lost, *(at for _, (_, at) in by_age[: len(by_age) - len(kept)])])
        if more:
            return State(state.since, state.start + len(rows), dict(kept), lost)
        return State(max(state.since, lost + _TICK if lost else 0.0), 0, dict(kept))


def _is_news(row: Snapshot, at: float, state: State) -> bool:
    known = state.seen.get(row.ref)
    return at >= state.since if known is None else print_of(row) != known[0]


def _decoded(cursor: str) -> State:
    """:raises Misconfigured: where the cursor is not one of ours."""
    try:
        raw = json.loads(cursor)
        return State(raw["since"], raw["start"], {ref: (known, at) for ref, (known, at) in raw["seen"].items()}, raw["lost"])
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise Misconfigured("Jira: the stored cursor of the poll is of another system or version; reset it") from exc

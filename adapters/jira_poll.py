"""Which issues changed: rounds over the search index, by the site's own change times.

- The watermark is the newest ``updated`` seen, never our clock. A round begins ``overlap`` before it, for what the index
  showed late; what was reported with the same time is not reported again.
- Times in a query are milliseconds since the epoch: texts would be read in the time zone of our account's profile. They
  are floored to the minute all the same, and what is older than wanted is left out here.
- Cloud pages by token. Where a token comes twice or is refused (they live for a week), the round goes on by a query from
  the minute that it had reached.
- Data Center counts from ``startAt`` while rows move under it. So a page that reached another minute is followed by a query from
  that minute on, and within one minute each page begins with the row that ended the last one, else the minute begins anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from adapters.base import Gone, Misconfigured, NotApplied, Page, Refused
from adapters.jira_api import Api, Found, Json
from adapters.jira_fields import seconds

_MINUTE = 60_000
_REMEMBERED = 5_000  # issues of the overlap that a cursor names; beyond that a hint may come twice
_RESTARTS = 5  # how often a minute begins anew within one page before it is left to the next round


@dataclass(frozen=True)
class State:
    """How far the poll came. Times in milliseconds of the site."""

    since: int  # changes before it are none of ours
    mark: int  # the newest change seen
    open: bool = False  # a round is not finished
    token: str = ""  # Cloud: of the next page
    tokens: list[str] = field(default_factory=list)  # Cloud: prints of those of this round
    base: int = 0  # the minute from which the query of this round asks
    reached: int = 0  # Cloud: the newest change that this round came to
    start: int = 0  # Data Center: rows of it that we had
    last: str = ""  # Data Center: the row that ended the last page
    seen: dict[str, int] = field(default_factory=dict)  # issue to its change, of the overlap


class Poll:
    """The poll of one project; keeps nothing between two calls.

    :param over: whether a moment of the site (seconds) is past.
    """

    def __init__(self, api: Api, clock: Callable[[], float], over: Callable[[float], bool]) -> None:
        self._api, self._clock, self._over = api, clock, over

    def page(self, cursor: str | None) -> Page:
        """One page of a round; a change of a moment that is not over is told again, for a second one would look the same."""
        text = cursor or self.cursor_at(self._clock() - self._api.settings.lookback_s)
        old = _decoded(text)
        state = old if old.open else replace(old, base=_floor(old.since), start=0, last="", tokens=[], token="", reached=0)
        rows, state, left = self._cloud(state) if self._api.settings.cloud else self._counted(state)
        told = {ref: at for ref, at in rows.items() if at >= state.since and old.seen.get(ref) != at}
        past = {ref: at for ref, at in told.items() if self._over(at / 1000)}
        state = self._after(state, max([old.mark, *rows.values()]), old.seen | past)
        encoded = json.dumps(asdict(state), separators=(",", ":"))
        return Page(tuple(told), encoded, state.open, {ref: str(at) for ref, at in past.items()}, left)

    @staticmethod
    def cursor_at(since: float) -> str:
        at = max(0, int(since * 1000))
        return json.dumps(asdict(State(at, at)), separators=(",", ":"))

    def _after(self, state: State, mark: int, seen: dict[str, int]) -> State:
        """Only the newest rows can be met again, so that a cursor stays small however long a round is."""
        overlap = self._api.settings.overlap * 1000
        since = state.since if state.open else max(state.since, mark - overlap)
        kept = sorted((item for item in seen.items() if item[1] >= mark - overlap), key=lambda item: item[1])[-_REMEMBERED:]
        return replace(state, since=since, mark=mark, seen=dict(kept))

    def _search(self, state: State, token: str = "") -> Found:
        """:raises Misconfigured: the query is refused: the project or a field of it is unknown, or hidden from us."""
        s = self._api.settings
        narrowed = f" AND ({s.query})" if s.query else ""
        jql = f'project = "{s.project}"{narrowed} AND updated >= {state.base} ORDER BY updated ASC, id ASC'
        try:
            return self._api.search(jql, ("updated",), s.page, token, state.start)
        except (Refused, Gone) as trouble:
            raise Misconfigured(f"{trouble}; check `project` and `query`") from trouble

    def _cloud(self, state: State) -> tuple[dict[str, int], State, int]:
        try:
            found = self._search(state, state.token)
        except Misconfigured:
            if not state.token:
                raise
            state = _from_reached(state)
            found = self._search(state)
        rows, known = _rows(found.issues), _print(found.token)
        state = replace(state, open=bool(found.token), token=found.token, reached=max([state.reached, *rows.values()]))
        if known not in state.tokens:
            return rows, replace(state, tokens=[*state.tokens, known]), -1
        if _floor(state.reached) <= state.base:
            raise NotApplied("Jira: search issues: the same page comes again and again", outage=False)
        return rows, _from_reached(state), -1

    def _counted(self, state: State) -> tuple[dict[str, int], State, int]:
        for _ in range(_RESTARTS):
            found = self._search(state)
            rows = _rows(found.issues)
            if not state.last or next(iter(rows), "") == state.last:
                break
            state = replace(state, start=0, last="")
        had = state.start + len(rows)
        if not rows or had >= found.total:
            return rows, replace(state, open=False, start=0, last=""), 0
        last, at = list(rows.items())[-1]
        if _floor(at) > state.base:
            state = replace(state, open=True, base=_floor(at), start=0, last="")
        else:
            state = replace(state, open=True, start=had - 1, last=last)
        return rows, state, found.total - had


def _from_reached(state: State) -> State:
    return replace(state, base=max(state.base, _floor(state.reached)), token="", tokens=[])


def _rows(issues: list[Json]) -> dict[str, int]:
    """Ids and change times, in the order in which they came."""
    return {str(issue["id"]): millis((issue.get("fields") or {}).get("updated")) for issue in issues}


def millis(stamp: object) -> int:
    return round(seconds(stamp) * 1000)


def _floor(at: int) -> int:
    return at - at % _MINUTE


def _print(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def _decoded(cursor: str) -> State:
    """:raises Misconfigured: where the cursor is not one of ours."""
    try:
        return State(**json.loads(cursor))
    except (ValueError, TypeError) as exc:
        raise Misconfigured("Jira: the stored cursor of the poll is of another system or version; reset it") from exc

"""Which tickets changed: keyset paging over ``(time, sys_id)`` of tickets and of attachments.

- The watermark is the server's own time of the newest row seen, never our clock.
- A round begins ``overlap_s`` before the watermark, for rows that became visible late and for the rest of a second
  that was read in part; what an earlier round reported with the same version is not reported again.
- Attachments do not touch the ticket, so they are asked for on their own.
- Where access rules hide a whole page, no row tells how to go on; then the same question goes on by offset.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from adapters.base import Misconfigured, Page
from adapters.servicenow_api import Api, Row, flat, seconds, stamp

_REMEMBERED = 5_000  # rows of the overlap that a cursor names; beyond that a hint may come twice


@dataclass(frozen=True)
class Feed:
    """One table to watch. ``about`` is the column with the ticket's id."""

    table: str
    at: str
    about: str
    condition: str

    def query(self, since: str, key: tuple[str, str] | None) -> str:
        """Rows from a time on, or after a row; ^NQ begins an alternative with all its conditions."""
        order = f"^ORDERBY{self.at}^ORDERBYsys_id"
        start = f"{self.condition}^" if self.condition else ""
        if key is None:
            return f"{start}{self.at}>={since}{order}" if since else f"{self.condition}{order}"
        at, sys_id = key
        return f"{start}{self.at}>{at}^NQ{start}{self.at}={at}^sys_id>{sys_id}{order}"


@dataclass(frozen=True)
class State:
    """How far a feed was read."""

    mark: str  # the newest time seen
    key: tuple[str, str] | None = None  # the last row of an unfinished round
    skip: int = 0  # rows after it that were hidden from us
    open: bool = False  # the round is not finished
    seen: list[str] = field(default_factory=list)  # "seconds digest" of the rows of the overlap


class Poll:
    """The poll of one instance; keeps nothing between two calls."""

    def __init__(self, api: Api) -> None:
        self._api = api
        s = api.settings
        self._feeds = {
            "tickets": Feed(s.table, "sys_updated_on", "sys_id", s.query),
            "files": Feed("sys_attachment", "sys_created_on", "table_sys_id", f"table_name={s.table}"),
        }

    def page(self, cursor: str | None) -> Page:
        states = _decoded(cursor)
        unfinished = [name for name, state in states.items() if state.open]
        refs: list[str] = []
        stamps: dict[str, str] = {}
        left = -1
        for name in unfinished or states or self._feeds:
            feed = self._feeds[name]
            found, states[name], rest = self._turn(feed, states.get(name) or self._start(feed))
            left = rest if name == "tickets" else left
            refs += found
            stamps = {**found} if name == "tickets" else {ref: stamp for ref, stamp in stamps.items() if ref not in found}
        encoded = json.dumps({name: asdict(state) for name, state in states.items()}, separators=(",", ":"))
        return Page(tuple(dict.fromkeys(refs)), encoded, any(state.open for state in states.values()), stamps, left)

    @staticmethod
    def cursor_at(since: float) -> str:
        """Of the tickets alone: a file is read with its ticket."""
        return json.dumps({"tickets": asdict(State(stamp(since) if since > 0 else ""))}, separators=(",", ":"))

    def _start(self, feed: Feed) -> State:
        """From the newest change that we can see, less the look-back; from the beginning where there is none."""
        query = f"{feed.condition}^ORDERBYDESC{feed.at}"
        newest = self._api.page(feed.table, query, {feed.at}, self._api.settings.page).rows
        if not newest:
            return State("")
        return State(stamp(max(0.0, seconds(flat(newest[0]).get(feed.at, "")) - self._api.settings.lookback_s)))

    def _turn(self, feed: Feed, state: State) -> tuple[dict[str, str], State, int]:
        """One page of one feed: the tickets it names, each with the row's version; how far we are; and how many rows are left."""
        limit = self._api.settings.page
        since = stamp(max(0.0, seconds(state.mark) - self._api.settings.overlap_s)) if state.mark else ""
        fields = {"sys_id", feed.at, feed.about, "sys_mod_count"}
        listed = self._api.page(feed.table, feed.query(since, state.key), fields, limit, state.skip)
        rows = self._asked_for(feed, [flat(row) for row in listed.rows], state.key[0] if state.key else since)
        ids = {_identity(feed, row): row for row in rows}
        known = frozenset(state.seen)
        after = self._advanced(feed, state, rows, [*state.seen, *(i for i in ids if i not in known)])
        if listed.ends(state.skip, limit):
            after = State(after.mark, seen=after.seen)
        left = max(0, listed.total - state.skip - limit) if listed.total >= 0 else -1
        new = [row for i, row in ids.items() if i not in known and row[feed.about]]
        return {row[feed.about]: row.get("sys_mod_count", "") for row in new}, after, left

    def _advanced(self, feed: Feed, state: State, rows: list[Row], seen: list[str]) -> State:
        if not rows:
            return State(state.mark, state.key, state.skip + self._api.settings.page, open=True, seen=seen)
        last = rows[-1]
        mark = max(state.mark, last[feed.at])
        return State(mark, (last[feed.at], last["sys_id"]), 0, open=True, seen=self._overlap(mark, seen))

    def _asked_for(self, feed: Feed, rows: list[Row], since: str) -> list[Row]:
        """:raises Misconfigured: where rows are older than asked for (a part of the query was ignored) or lack their time."""
        if not all(row.get("sys_id") and feed.about in row and row.get(feed.at) for row in rows):
            raise Misconfigured(f"ServiceNow: read {feed.table}: our account may not read {feed.at} or {feed.about}")
        return self._api.trusted(feed.table, rows, lambda row: row[feed.at] >= since)

    def _overlap(self, mark: str, seen: list[str]) -> list[str]:
        """Only the newest rows can be met again by the next round, so that a cursor stays small however long a round is."""
        oldest = seconds(mark) - self._api.settings.overlap_s
        return [i for i in seen if float(i.partition(" ")[0]) >= oldest][-_REMEMBERED:]


def _identity(feed: Feed, row: Row) -> str:
    digest = hashlib.sha256(f"{row['sys_id']} {row.get('sys_mod_count', '')}".encode()).hexdigest()[:12]
    return f"{seconds(row[feed.at]):.0f} {digest}"


def _decoded(cursor: str | None) -> dict[str, State]:
    """:raises Misconfigured: where the cursor is not one of ours."""
    if cursor is None:
        return {}
    try:
        return {name: _state(state) for name, state in json.loads(cursor).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise Misconfigured("ServiceNow: the stored cursor of the poll is of another system or version; reset it") from exc


def _state(raw: Mapping[str, Any]) -> State:
    key = raw["key"]
    return State(raw["mark"], (key[0], key[1]) if key else None, raw["skip"], raw["open"], list(raw["seen"]))

"""Polls of systems that keep change times in whole seconds: a cursor, and which of the tickets found are news.

A ticket that was seen in the very second of its change is reported again, since a second change in that second would look
the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

_REMEMBERED = 2_000
_SETTLED = 2.0  # seconds of our clock after which a second is over on any server

Seen = Mapping[str, tuple[float, float]]
"""ref -> (its change time, our clock when it was first seen so; 0: settled)."""


@dataclass(frozen=True)
class Cursor:
    """``since`` is the system's time; ``after`` the last ticket of that second that was told of, where ids are in order."""

    since: float
    seen: Seen = field(default_factory=dict)
    after: int = 0

    def text(self) -> str:
        """Only the youngest tickets that another poll may meet again are remembered."""
        kept = sorted((item for item in self.seen.items() if item[1][0] >= self.since), key=lambda item: item[1][0])
        after = {"after": self.after} if self.after else {}
        return json.dumps({"since": self.since, "seen": dict(kept[-_REMEMBERED:]), **after}, separators=(",", ":"))

    @staticmethod
    def of(text: str) -> Cursor:
        raw = json.loads(text)
        return Cursor(raw["since"], {ref: (at, first) for ref, (at, first) in raw["seen"].items()}, raw.get("after", 0))


@dataclass(frozen=True)
class State:
    """A ticket as a poll found it: when it changed, and whether that second was over by the system's own clock."""

    changed: float
    over: bool


def sort_out(found: Mapping[str, State], old: Cursor, now: float) -> tuple[list[str], dict[str, tuple[float, float]]]:
    """Those that are to be reported, and what is to be remembered of all.

    :param now: our clock.
    """
    fresh: list[str] = []
    seen: dict[str, tuple[float, float]] = {}
    for ref, state in found.items():
        at, first = old.seen.get(ref, (-1.0, now))
        known = at == state.changed
        if known and not first:
            seen[ref] = (state.changed, 0.0)
            continue
        fresh.append(ref)
        over = state.over or (known and now - first >= _SETTLED)
        seen[ref] = (state.changed, 0.0 if over else first if known else now)
    return fresh, seen

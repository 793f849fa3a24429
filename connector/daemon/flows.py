"""How the calls to each side flow: each process says it in the store now and then, ``connector status`` sums it up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from connector.daemon.tallies import Tallies, total
from connector.store.sides import Asked
from connector.store.store import Store
from connector.sync.limits import Flow, Limits
from connector.words import Side

TELL = 5.0
"""Seconds between two looks whether there is something new to say."""

BEAT = 30.0
"""Seconds after which a process says the same once more, so that it is known to live."""

FRESH = 3 * BEAT
"""Seconds after which what a process said is not believed any more: it has ended without a word."""


class Teller:
    """Says how one process fares with both sides of one connection."""

    def __init__(self, connection: str, process: str, limits: Limits, store: Store, tallies: Tallies) -> None:
        self._connection = connection
        self._process = process
        self._limits = limits
        self._tallies = tallies
        self._store = store
        self._said: tuple[dict[Side, Flow], dict[str, dict[str, int]]] = ({}, {})
        self._at = 0.0

    def tell(self) -> None:
        """Say it where it is news, or was said long ago. Clears away what dead processes left."""
        flows, webhooks, now = self._limits.flows(), self._tallies.of(self._connection), self._store.clock()
        if (flows, webhooks) == self._said and now - self._at < BEAT:
            return
        told = {"at": now, "sides": {side.value: asdict(flow) for side, flow in flows.items()}, "webhooks": webhooks}
        self._store.tell_calls(self._connection, self._process, json.dumps(told))
        self._said, self._at = (flows, webhooks), now
        for process, said in self._store.told_calls(self._connection).items():
            if not _fresh(said, now):
                self._store.forget_calls(self._connection, process)

    def end(self) -> None:
        """This process makes no more calls."""
        self._store.forget_calls(self._connection, self._process)


def sides(store: Store, connection: str) -> dict[str, dict[str, Any]]:
    """The state of each side over all processes, in plain values; the keys are stable (``status --json``)."""
    now, asked = store.clock(), store.spared(connection)
    told = [json.loads(said) for said in store.told_calls(connection).values() if _fresh(said, now)]
    return {
        side.value: _side([Flow(**one["sides"][side.value]) for one in told], asked.get(side), now)
        | {"webhooks": total([one.get("webhooks", {}).get(side.value, {}) for one in told])}
        for side in Side
    }


def _side(flows: Sequence[Flow], asked: Asked | None, now: float) -> dict[str, Any]:
    troubled = [flow for flow in flows if flow.reason]
    until, why = max([(flow.until, flow.reason) for flow in troubled], default=(0.0, ""))
    if asked and asked.until > max(now, until):
        until, why = asked.until, asked.why
    since = min((flow.since for flow in troubled), default=0.0)
    return {
        "state": _state(flows, until, why, now),
        "since": _time(since),
        "until": _time(until) if until > now else None,
        "why": why or None,
        "in_flight": sum(flow.flying for flow in flows),
        "limit": sum(flow.limit for flow in flows),
        "most": sum(flow.most for flow in flows),
        "busy": sum(flow.busy for flow in flows),
        "processes": len(flows),
    }


def _state(flows: Sequence[Flow], until: float, why: str, now: float) -> str:
    """``spared``: not called; ``tried``: by one call at a time, until one goes well; ``unknown``: nobody works on it."""
    if until > now:
        return "spared"
    if not flows:
        return "unknown"
    return "tried" if why else "well"


def _fresh(said: str, now: float) -> bool:
    return bool(now - json.loads(said)["at"] < FRESH)


def _time(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None

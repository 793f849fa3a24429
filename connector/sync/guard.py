"""Keeps a connection from writing while one of its systems is not what it was (see :mod:`rollback`).

What was decided is a fact in the store, so that every process obeys and no restart forgets; what leads to it, the
newest reads, is remembered in memory.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from adapters.base import Gone, Snapshot, Trouble
from connector.store.records import Loaded
from connector.store.store import Store
from connector.sync.connection import Clock, Connection
from connector.sync.reading import Read
from connector.sync.rollback import Seen, Sign, sign_of, verdict
from connector.words import Side

log = structlog.get_logger()

LOOK = 60.0
"""Seconds between two looks at a ticket that is not what it was, while nothing is written."""

KEPT = 1000
"""Bonds that are named in the fact, at most."""

Signs = dict[str, dict[Side, Sign]]
"""By bond and side."""


def fact_of(connection: str, side: Side) -> str:
    return f"guard:{connection}:{side}"


def identity_fact(connection: str, side: Side) -> str:
    return f"identity:{connection}:{side}"


def states(store: Store, connection: str) -> dict[Side, dict[str, Any]]:
    """The sides because of which nothing is written, each with ``since``, ``why``, ``knew``, ``there`` and ``bonds``."""
    found = store.facts([fact_of(connection, side) for side in Side])
    return {side: json.loads(value) for side in Side if (value := found.get(fact_of(connection, side)))}


class Guard:
    """One connection's. Safe for threads; several processes may watch the same systems."""

    def __init__(self, connection: Connection, store: Store, clock: Clock) -> None:
        self._connection = connection
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[Side, dict[str, Seen]] = {side: {} for side in Side}

    def stopped(self) -> list[Side]:
        """The sides because of which nothing is written."""
        return list(states(self._store, self._connection.name))

    def watch(self, loaded: Iterable[Loaded], reads: Mapping[Side, Mapping[str, Read]]) -> tuple[Signs, bool]:
        """Take notice of what was read, and decide: what speaks against single tickets, and whether nothing may be written."""
        signs: Signs = {}
        with self._lock:
            present = states(self._store, self._connection.name)
            for side in Side:
                news = self._notice(side, loaded, reads.get(side, {}))
                signs |= {bond: {**signs.get(bond, {}), side: seen.sign} for bond, seen in news.items() if seen.sign}
                self._decide(side, news, present)
        return signs, bool(present)

    def _notice(self, side: Side, loaded: Iterable[Loaded], reads: Mapping[str, Read]) -> dict[str, Seen]:
        now, news = self._clock(), {}
        ability, timing = self._connection.adapters[side].capabilities, self._connection.timing
        for one in loaded:
            known = one.bond.side(side)
            read = reads.get(known.ref)
            if isinstance(read, (Snapshot, Gone)) and known.seen:
                news[one.bond.id] = Seen(one.bond.id, now, known.changed, sign_of(one, side, read, ability, timing))
        recent = {bond: seen for bond, seen in self._seen[side].items() if seen.at > now - 2 * timing.sweep}
        self._seen[side] = recent | news
        return news

    def _decide(self, side: Side, news: Mapping[str, Seen], present: dict[Side, dict[str, Any]]) -> None:
        if side in present:
            if present[side]["why"] == "went_back" and news:
                self._follow(side, news, present)
        elif any(seen.sign for seen in news.values()):
            signs = verdict(self._seen[side].values(), self._connection.guard)
            if signs:
                bonds = {seen.bond: seen.sign.as_dict() for seen in signs[:KEPT] if seen.sign}
                present[side] = self._stop(side, "went_back", bonds=bonds)

    def _stop(
        self, side: Side, why: str, *, knew: str = "", there: str = "", bonds: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        bonds = dict(bonds or {})
        what = {"since": self._clock(), "why": why, "knew": knew, "there": there, "bonds": bonds}
        self._store.set_fact(fact_of(self._connection.name, side), json.dumps(what))
        examples = "; ".join(
            f"{one['number']}: we knew {one['knew']}, there is {one['there']}" for one in list(bonds.values())[:3]
        )
        log.error(
            "writes_stopped",
            connection=self._connection.name,
            side=side.value,
            why=why,
            knew=knew,
            there=there,
            bonds=len(bonds),
            examples=examples,
        )
        return what

    def _follow(self, side: Side, news: Mapping[str, Seen], present: dict[Side, dict[str, Any]]) -> None:
        """Signs that are gone are taken back; with fewer left than it takes, the system is as it was."""
        least = self._connection.guard.bonds

        def change(old: str | None) -> str:
            what = json.loads(old or "null")
            if not what:
                return ""
            for bond, seen in news.items():
                what["bonds"].pop(bond, None)
                if seen.sign and len(what["bonds"]) < KEPT:
                    what["bonds"][bond] = seen.sign.as_dict()
            return json.dumps(what) if len(what["bonds"]) >= least else ""

        if not self._store.change_fact(fact_of(self._connection.name, side), change):
            del present[side]
            self._go_on(side)

    def _go_on(self, side: Side) -> None:
        log.warning("writes_go_on", connection=self._connection.name, side=side.value)
        self._store.mark_due(self._store.bond_ids(self._connection.name), self._clock())

    def identify(self) -> None:
        """Compare who the systems say they are with who they were at first. At every start, before anything is written.

        :raises adapters.base.Trouble: a system does not answer.
        """
        for side in Side:
            there = self._connection.adapters[side].identity()
            name = identity_fact(self._connection.name, side)
            knew = self._store.fact(name)
            if not there:
                continue
            if not knew:
                self._store.set_fact(name, there)
            elif knew != there:
                self._stop(side, "identity", knew=knew, there=there)
            elif states(self._store, self._connection.name).get(side, {}).get("why") == "identity":
                self._store.set_fact(fact_of(self._connection.name, side), "")
                self._go_on(side)


def as_trouble(side: Side, sign: Sign) -> Trouble:
    """One ticket that went back is treated like one that is gone: it holds its bond, and nothing is concluded from it."""
    return Gone(sign.reason(side))

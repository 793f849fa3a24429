"""What can go wrong in a simulated run, and how much of it: drawn from the seed, counted, never forgotten.

At a call: every fault of :mod:`connector.sandbox.core`. Beside the calls: hints, the database, the clocks, rights
that are withdrawn for a while, crashes and frozen workers. A kind that a large run never met fails that run.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from adapters.base import Adapter, Page
from connector.sandbox.core import FAULTS
from connector.store.engine import Database
from connector.words import Side

HINTS = ("hint lost", "hint doubled", "hint late", "hints out of order")
DATABASE = ("database busy", "disk full")
SPELLS = ("journal rights", "history rights", "a hidden incident", "a read-only field", "a hidden field")
RESTORED = "store restored"
ENDS = ("crash at a call", "crash before a commit", "crash after a commit", "freeze", "clock jump", RESTORED)
KINDS = (*FAULTS, *HINTS, *DATABASE, *(f"withdrawn: {spell}" for spell in SPELLS), *ENDS)
"""Every kind of trouble, as it is counted."""


class Crash(BaseException):
    """The process dies here; nobody may swallow it."""


@dataclass
class Plan:
    """How wild a run is. Chances are per call, hint page, commit or turn, as named."""

    acts: float  # somebody acts at a call
    faults: tuple[str, ...]  # the kinds of faults at calls
    fault: float  # one of them at a call that reads; four times as likely at one that writes
    crash: float  # the process dies at a call or a commit
    freeze: float  # another worker runs in the middle of ours
    hint: float  # a page of hints is disturbed
    database: float  # a commit fails
    jump: float  # our clock jumps at a call
    skew: float  # our clock less theirs, in seconds, all the time
    spells: tuple[str, ...]  # rights that are withdrawn for a while
    restore: float  # the store is copied at a turn, and later goes back to that copy
    tickets: int
    comment_reopens: bool
    people: int  # acts in all


def draw(seed: int) -> Plan:
    """Every fourth seed without trouble, every second without crashes."""
    rng = random.Random(seed * 31 + 7)
    level = seed % 4
    some = rng.sample(FAULTS, rng.randint(3, len(FAULTS)))
    return Plan(
        acts=rng.choice([0.02, 0.05, 0.15]),
        faults=tuple(some) if level else (),
        fault=0.03 * level,
        crash=rng.choice([0.0, 0.004]) if level > 1 else 0.0,
        freeze=rng.choice([0.0, 0.01]) if level > 1 else 0.0,
        hint=rng.choice([0.0, 0.1]) if level else 0.0,
        database=rng.choice([0.0, 0.0, 0.02]) if level else 0.0,
        jump=rng.choice([0.0, 0.0, 0.005]) if level else 0.0,
        skew=rng.choice([0.0, 0.0, 2.5, -40.0, 300.0]),
        spells=tuple(rng.sample(SPELLS, rng.choice([0, 0, 1, 2]))) if level else (),
        restore=rng.choice([0.0, 0.0, 0.0, 0.1]) if level else 0.0,
        tickets=rng.randint(1, 3),
        comment_reopens=rng.random() < 0.3,
        people=rng.randint(8, 45),
    )


class Hints:
    """An adapter whose hints get lost, doubled, late and out of order. Everything else it does as it is.

    Tickets that nobody knows yet are late, never lost: no system is asked for them in another way than by its polls.
    """

    def __init__(self, adapter: Adapter, disturb: Callable[[Page], Page]) -> None:
        self.wrapped = adapter
        self._disturb = disturb

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wrapped, name)

    def changed_since(self, cursor: str | None) -> Page:
        return self._disturb(self.wrapped.changed_since(cursor))


class Disturbance:
    """Does to the hints of both sides what the play chooses."""

    def __init__(self, choose: Callable[[], str | None], known: Callable[[Side, tuple[str, ...]], set[str]]) -> None:
        self.choose = choose
        self._known = known
        self._later: dict[Side, tuple[str, ...]] = dict.fromkeys(Side, ())
        self._named: dict[Side, tuple[str, ...]] = dict.fromkeys(Side, ())

    def polled(self, side: Side, *, well: bool) -> None:
        """A poll ended. What came late with one that failed comes again: the cursor went past it before."""
        if not well:
            self._later[side] = (*self._named[side], *self._later[side])
        self._named[side] = ()

    def page(self, side: Side, page: Page) -> Page:
        late, self._later[side] = self._later[side], ()
        self._named[side] = (*self._named[side], *late)
        page = replace(page, refs=(*page.refs, *late)) if late else page
        if not page.refs:
            return page
        match self.choose():
            case "hint lost":
                strangers = set(page.refs) - self._known(side, page.refs)
                return replace(page, refs=tuple(ref for ref in page.refs if ref in strangers))
            case "hint doubled":
                self._later[side] = page.refs
                return replace(page, refs=page.refs * 2)
            case "hint late":
                self._later[side] = page.refs
                return replace(page, refs=())
            case "hints out of order":
                return replace(page, refs=page.refs[::-1], stamps={})
        return page


class Commits(Database):
    """A database in which the process dies, or a commit fails, on command.

    :attr:`at` is called at each write transaction: ``begin``, ``before`` its commit, ``after`` it.
    """

    at: Callable[[str], None] = staticmethod(lambda _moment: None)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.at("begin")
        with super().write() as connection:
            yield connection
            self.at("before")
        self.at("after")


def database_trouble(kind: str) -> OperationalError:
    """What SQLAlchemy raises where SQLite could not go on."""
    said = {"database busy": "database is locked", "disk full": "database or disk is full"}[kind]
    return OperationalError("COMMIT", None, sqlite3.OperationalError(said))

"""How fast one system is called, and what each outcome of a call changes about it. Pure: the gate keeps it.

The number of calls in flight grows by one with so many good calls and is halved when the system says that it has
too much to do, or leaves calls in a row unanswered (additive increase, multiplicative decrease). A system that
asks for a pause gets it; one that is out of reach is tried again after a pause that doubles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from adapters.base import Misconfigured, NotApplied, Trouble, Unknown

START = 2
"""Calls in flight with which a process begins, where it may make so many."""

GROW = 8
"""Good calls, made while no place was free, after which one more may be in flight."""

IN_A_ROW = 2
"""From so many unanswered calls in a row on, each halves the number in flight."""

FIRST, LONGEST = 1.0, 60.0
"""Seconds of a pause that the system did not name: doubling from the first to the longest."""

LONGEST_ASKED = 86400.0
"""Seconds of a pause that the system named, at most: what it says may be garbage."""


class Outcome(StrEnum):
    """What a call says of the system as a whole, whatever it says of its ticket."""

    FINE = "fine"  # answered; a refusal is an answer
    BUSY = "busy"  # asked for less: 429, or 503 with a time
    LATE = "late"  # a write without an answer
    DOWN = "down"  # out of reach
    WRONG = "wrong"  # our account is rejected: no call can work


def outcome(trouble: Trouble | None) -> Outcome:
    """The outcome of a call that ended with this; None: with an answer."""
    if trouble is None:
        return Outcome.FINE
    if trouble.busy:
        return Outcome.BUSY
    if isinstance(trouble, Misconfigured):
        return Outcome.WRONG
    if isinstance(trouble, Unknown):
        return Outcome.LATE
    return Outcome.DOWN if isinstance(trouble, NotApplied) and trouble.outage else Outcome.FINE


@dataclass(frozen=True)
class Pace:
    """The pace of the calls to one system. Times in seconds since the epoch.

    Of calls that were in flight together only the first cuts: the others were begun at a pace that is no more
    (``epoch``), and neither prove that the new one is too high nor that the trouble is over.
    """

    most: int  # calls in flight at most, as configured
    limit: int  # calls in flight now, at most
    good: int = 0  # good calls towards the next one
    missed: int = 0  # unanswered calls in a row
    pause: float = 0.0  # the last pause that we chose ourselves, 0 after a good call
    until: float = 0.0  # no call before
    since: float = 0.0  # when the trouble began
    reason: str = ""  # why the side is spared or tried with one call only; "" while it is well
    epoch: int = 0  # counts the cuts

    @classmethod
    def begin(cls, most: int) -> Pace:
        return cls(most, min(START, most))

    @property
    def room(self) -> int:
        """Calls that may be in flight. After trouble one is let through, and the others wait for what comes of it."""
        return 1 if self.reason else self.limit

    def after(
        self, said: Outcome, now: float, epoch: int, *, full: bool = True, asked: float | None = None, why: str = ""
    ) -> Pace:
        """The pace after one call.

        :param epoch: that of the pace under which the call was begun.
        :param full: whether no place was free; a limit that nobody feels does not grow.
        :param asked: seconds for which the system wants to be spared.
        """
        why = why or said.value
        if epoch != self.epoch:
            return _shut(self, now, asked, why) if asked else self
        match said:
            case Outcome.FINE:
                return _well(self, full=full)
            case Outcome.BUSY:
                return _shut(_halved(self), now, asked, why)
            case Outcome.WRONG:
                return _shut(_cut(self), now, LONGEST, why)
            case Outcome.LATE if not self.reason:
                return _missed(self)
            case _:
                return _shut(_cut(_missed(self)), now, None, why)

    def spared(self, now: float, until: float, why: str) -> Pace:
        """Another process was asked to spare the system until then."""
        if until <= max(now, self.until):
            return self
        since = self.since if self.reason else now
        return replace(_cut(self), until=until, since=since, reason=why)


def _well(pace: Pace, *, full: bool) -> Pace:
    well = replace(pace, missed=0, pause=0.0, until=0.0, since=0.0, reason="")
    if not full or pace.limit >= pace.most:
        return well
    return replace(well, good=pace.good + 1) if pace.good + 1 < GROW else replace(well, limit=pace.limit + 1, good=0)


def _missed(pace: Pace) -> Pace:
    missed = replace(pace, missed=pace.missed + 1)
    return _halved(missed) if missed.missed >= IN_A_ROW else missed


def _halved(pace: Pace) -> Pace:
    return _cut(replace(pace, limit=max(1, pace.limit // 2), good=0))


def _cut(pace: Pace) -> Pace:
    return replace(pace, epoch=pace.epoch + 1)


def _shut(pace: Pace, now: float, asked: float | None, why: str) -> Pace:
    """No call for as long as was asked, else for twice as long as the last time."""
    pause = pace.pause if asked else min(LONGEST, max(FIRST, pace.pause * 2))
    until = now + (min(asked, LONGEST_ASKED) if asked else pause)
    since = pace.since if pace.reason else now
    return replace(pace, pause=pause, until=max(pace.until, until), since=since, reason=why)

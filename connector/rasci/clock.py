"""The waiting clock: who held a case for how long. Pure; moments are seconds since the epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.rasci.calendars import Calendar
from connector.rasci.phases import holder
from connector.words import ENDED, Party, Phase


class Holder(StrEnum):
    """On whom a case waits."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    PARTNER = "partner"
    BOTH = "both"  # a joint row: the customer and the vendor each have work to do
    NOBODY = "nobody"  # ended, parked, or a system that did not answer: a column of its own
    THIRD_PARTY = "third_party"


_HELD_BY = {
    Party.CUSTOMER: (Holder.CUSTOMER, Holder.BOTH),
    Party.VENDOR: (Holder.VENDOR, Holder.BOTH),
    Party.PARTNER: (Holder.PARTNER,),
}


@dataclass(frozen=True)
class Spent:
    """Seconds on one party: all, and those within its office hours (None: nobody gave its calendar)."""

    wall: float
    working: float | None


@dataclass(frozen=True)
class Clock:
    """Seconds by holder, which add up to the time that went by, and by party, where joint time counts for both."""

    by_holder: Mapping[Holder, float]
    by_party: Mapping[Party, Spent]


def on_whom(phase: Phase, ours: Party, *, held: bool = False, halted: bool = False, joint: bool = False) -> Holder:
    """On whom a case waits.

    ``ours``: the party of the customer's side that has it, the customer or the partner. ``held``: kept back by the submit gate,
    which is for that side to complete. ``halted``: parked, or a system did not answer, which is nobody's time. ``joint``: a row
    on which both do work (R), as long as neither has declared its part done.
    """
    if halted or phase in ENDED:
        return Holder.NOBODY
    if held:
        return Holder(ours.value)
    if phase is Phase.WAITING_THIRD_PARTY:
        return Holder.THIRD_PARTY
    if holder(phase) is Party.CUSTOMER:
        return Holder(ours.value)
    return Holder.BOTH if joint else Holder.VENDOR


def clock(transitions: Sequence[tuple[float, Holder]], now: float, calendars: Mapping[Party, Calendar]) -> Clock:
    """Time by holder from the first transition to ``now``. Later transitions are not looked at."""
    spans = list(_spans(transitions, now))
    by_holder = {one: sum(end - start for start, end, who in spans if who is one) for one in Holder}
    return Clock(by_holder, {party: _spent(spans, who, calendars.get(party)) for party, who in _HELD_BY.items()})


def _spans(transitions: Sequence[tuple[float, Holder]], now: float) -> Iterator[tuple[float, float, Holder]]:
    known = sorted((one for one in transitions if one[0] <= now), key=lambda one: one[0])
    ends = [*(at for at, _ in known[1:]), now]
    return ((start, end, who) for (start, who), end in zip(known, ends, strict=False))


def _spent(spans: Sequence[tuple[float, float, Holder]], whose: tuple[Holder, ...], calendar: Calendar | None) -> Spent:
    own = [(start, end) for start, end, who in spans if who in whose]
    wall = sum(end - start for start, end in own)
    if calendar is None or calendar.assumed:
        return Spent(wall, None)
    return Spent(wall, sum(calendar.open_time(start, end) for start, end in own))

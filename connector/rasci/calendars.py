"""Whose hours count: office hours in a time zone, working days and working time. Moments are seconds since the epoch.

A calendar knows no public holidays: no setting has them, so a working day is a day of the week with office hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from itertools import count, pairwise
from zoneinfo import ZoneInfo, available_timezones

from connector.rasci.source import hint

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ROUND_THE_CLOCK = "24x7"
FORM = "`Europe/Amsterdam Mo-Fr 08:00-17:00`, several such hours with commas between, or `Europe/Amsterdam 24x7`"

_MIDNIGHT = 24 * 60
_HOURS = re.compile(r"(?P<first>[A-Z][a-z])(-(?P<last>[A-Z][a-z]))? (?P<open>\d\d:\d\d)-(?P<close>\d\d:\d\d)")

Span = tuple[int, int]
"""When it opens and closes on one day, in minutes of that day by the clock on the wall."""


class NotACalendar(ValueError):
    """A text that is no calendar. ``message`` says what is wrong with it, ``remedy`` what to write."""

    def __init__(self, message: str, remedy: str = f"write it like {FORM}") -> None:
        self.message, self.remedy = message, remedy
        super().__init__(f"{message}; {remedy}")


@dataclass(frozen=True)
class Calendar:
    """Office hours of one party. ``week`` has the hours of each day from Monday, in order; at least one day has some."""

    text: str  # as it was given, or in words
    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    assumed: bool = False  # nobody gave it: days are counted by it, and whoever explains has to say so

    @classmethod
    def of(cls, text: str) -> Calendar:
        """The calendar that a setting names. Raises NotACalendar."""
        name, _, hours = " ".join(text.split()).partition(" ")
        zone = _zone(name)
        if hours == ROUND_THE_CLOCK:
            return cls(text, zone, (((0, _MIDNIGHT),),) * 7)
        return cls(text, zone, _week(hours))

    @property
    def days_a_week(self) -> int:
        """How many working days a week has."""
        return sum(1 for hours in self.week if hours)

    def is_open(self, at: float) -> bool:
        """Whether this moment is within office hours; the moment of closing is not."""
        return any(start <= at < end for start, end in self._spans(self._local(at).date()))

    def next_open(self, at: float) -> float:
        """This moment if it is within office hours, else the next opening."""
        return next(max(at, start) for start, end in self._spans_from(at) if at < end)

    def add_working_days(self, at: float, n: int) -> float:
        """The same time of day n working days after the first open moment from ``at`` on, kept within that day's hours."""
        first = self.next_open(at)
        if not n:
            return first
        begun = self._local(first)
        day = begun.date()
        for _ in range(n):
            day = next(later for later in _days_after(day) if self.week[later.weekday()])
        opens, closes = self.week[day.weekday()][0][0], self.week[day.weekday()][-1][1]
        minute = begun.hour * 60 + begun.minute
        within = self._moment(day, min(max(minute, opens), closes))
        return within + (begun.second + begun.microsecond / 1e6 if opens <= minute < closes else 0)

    def add_open_time(self, at: float, seconds: float) -> float:
        """The moment by which so much office time has gone by."""
        for start, end in self._spans_from(at):
            left = end - max(at, start)
            if seconds <= left:
                return max(at, start) + seconds
            seconds -= max(left, 0)
        raise AssertionError("a week has office hours")

    def open_time(self, start: float, end: float) -> float:
        """How many seconds of office time lie between two moments."""
        total = 0.0
        for opens, closes in self._spans_from(start):
            if opens >= end:
                break
            total += max(min(end, closes) - max(start, opens), 0)
        return total

    def _local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, self.zone)

    def _spans_from(self, at: float) -> Iterator[tuple[float, float]]:
        """Every opening from the day of ``at`` on, without end."""
        day = self._local(at).date()
        for offset in count():
            yield from self._spans(day + timedelta(offset))

    def _spans(self, day: date) -> Iterator[tuple[float, float]]:
        """The openings of one day, without those that the change to summer time leaves out."""
        for opens, closes in self.week[day.weekday()]:
            start, end = self._moment(day, opens), self._moment(day, closes)
            if start < end:
                yield start, end

    def _moment(self, day: date, minute: int) -> float:
        """A time of that day; of a time that the clock shows twice the first, one that it skips is as much later."""
        later, minute = divmod(minute, _MIDNIGHT)
        return datetime.combine(day + timedelta(later), time(*divmod(minute, 60)), self.zone).timestamp()


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(offset) for offset in count(1))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # what zoneinfo raises for a name unknown, malformed, or of a folder
        known = sorted(available_timezones())
    if not known:
        remedy = "install the operating system's package tzdata, or the Python package of that name"
        raise NotACalendar("this machine has no data of time zones", remedy)
    close = get_close_matches(name, known, 1)
    remedy = f"did you mean `{close[0]}`?" if close else f"begin with a time zone, like {FORM}"
    raise NotACalendar(f"{name!r} is not a time zone", remedy)


def _week(hours: str) -> tuple[tuple[Span, ...], ...]:
    week: list[list[Span]] = [[] for _ in DAYS]
    for part in hours.split(","):
        days, span = _part(part.strip())
        for day in days:
            week[day].append(span)
    for spans in week:
        spans.sort()
        if any(first[1] > second[0] for first, second in pairwise(spans)):
            raise NotACalendar(f"{hours!r} has the same hours of a day twice", "name each hour of a day once")
    return tuple(map(tuple, week))


def _part(text: str) -> tuple[list[int], Span]:
    """`Mo-Fr 08:00-17:00`: days, counted from Monday, and their hours."""
    found = _HOURS.fullmatch(text)
    if not found:
        raise NotACalendar(f"{text!r} is not days and hours" if text else "has no days and hours")
    first, last = _day(found["first"]), _day(found["last"] or found["first"])
    opens, closes = _minute(found["open"]), _minute(found["close"])
    if opens >= closes:
        remedy = "for a night write two, such as Mo-Fr 20:00-24:00, Tu-Sa 00:00-06:00"
        raise NotACalendar(f"{text!r} closes before it opens", remedy)
    return [(first + offset) % 7 for offset in range((last - first) % 7 + 1)], (opens, closes)


def _day(name: str) -> int:
    if name not in DAYS:
        raise NotACalendar(f"{name!r} is not a day", hint(name, DAYS))
    return DAYS.index(name)


def _minute(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if minute > 59 or hour * 60 + minute > _MIDNIGHT:  # noqa: PLR2004 - minutes of an hour
        raise NotACalendar(f"{text!r} is not a time of day", "write a time from 00:00 to 24:00")
    return hour * 60 + minute


def assumed(reason: str) -> Calendar:
    """What working days are counted by where nobody gave a calendar. Never around the clock without a word."""
    week = (((0, _MIDNIGHT),),) * 5 + ((),) * 2
    return Calendar(f"Mo-Fr in UTC, assumed: {reason}", ZoneInfo("UTC"), week, assumed=True)


def round_the_clock(zone: ZoneInfo, reason: str) -> Calendar:
    """Always open, as somebody was promised: ``reason`` says by what."""
    return Calendar(f"{zone.key} {ROUND_THE_CLOCK}: {reason}", zone, (((0, _MIDNIGHT),),) * 7)

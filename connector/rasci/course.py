"""What has happened to one case, and what is owed for it: the values that duties are computed from and into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import chain
from math import inf
from typing import Any, Self

from connector.rasci.calendars import Calendar, assumed, round_the_clock
from connector.rasci.conditions import When
from connector.rasci.ladder import Gate
from connector.rasci.meaning import Basis, Meant
from connector.rasci.table import Clause, Letter, OperatingModel, Task
from connector.words import Course, Facts, Party, Reply, Side

_PLUS = When({"plan": ("premium_plus",)})
_PLUS_HOURS = "premium-plus-hours"  # the clause by which the vendor then works around the clock


class Stand(StrEnum):
    """How a duty stands."""

    WATCHED = "watched"  # not owed yet: it will be, unless what it waits for comes in time
    OPEN = "open"
    OVERDUE = "overdue"  # not done, and its time or its reminders are used up
    DONE = "done"
    MOOT = "moot"  # not done, and what it arose from is over: in the audit it stays not confirmed
    OFFERED = "offered"  # may be done if needed; not doing it violates nothing
    EXPECTED = "expected"  # the document does not state it: shown, never demanded
    LAPSED = "lapsed"  # its time went by, which lets the accountable party go on


OVER = frozenset({Stand.DONE, Stand.MOOT, Stand.LAPSED, Stand.EXPECTED, Stand.OFFERED})
"""Nothing will be called to mind any more."""


class Told(StrEnum):
    """Who is told when the reminders, or the time, are used up."""

    NOBODY = ""
    SERVICE_MANAGER = "service manager"
    LEVEL_1_LEAD = "lead of level 1"
    ACCOUNTABLE = "accountable party"


@dataclass(frozen=True)
class Ground:
    """What a duty rests on."""

    task: str  # the row, duty or clause of the model; "" for a setting alone
    letters: str  # of who owes it, on that row
    clause: str  # where it stands, with the settings that gave figures
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One duty on one case. Moments in seconds since the epoch."""

    id: str  # unique within the case; with the index of a reminder it names one note for ever
    party: Party  # who owes it
    what: str  # in words, for a note
    how: str  # how a person says that it is done; "": the systems show it
    since: float
    ground: Ground
    due: float | None = None  # None: nothing gives a time
    reminders: tuple[float, ...] = ()  # oldest first, those up to now and the next one
    state: Stand = Stand.OPEN
    by: str = ""  # whose word shows it done
    done_at: float = 0.0
    said: str = ""  # that word
    tells: Told = Told.NOBODY
    tell_at: float | None = None
    hours: str = ""  # the calendar by which days or hours were counted, which says so where it is assumed

    @property
    def task(self) -> str:
        return self.ground.task

    @property
    def clause(self) -> str:
        return self.ground.clause

    @property
    def basis(self) -> Basis:
        return self.ground.basis

    def done(self, word: Reply | None) -> Owed:
        """The same, done by a person's word; as it is where there is none."""
        return replace(self, state=Stand.DONE, by=word.by, done_at=word.at, said=word.text) if word else self

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON values."""
        shown = asdict(self)
        ground: dict[str, Any] = shown.pop("ground")
        return shown | ground


@dataclass(frozen=True)
class Case:
    """All that is known of one case at one moment, with the model and the calendars that it is measured by."""

    model: OperatingModel
    facts: Facts
    calendars: Mapping[Party, Calendar]
    course: Course
    replies: Sequence[Reply]
    now: float

    @classmethod
    def at(
        cls,
        model: OperatingModel,
        facts: Facts,
        calendars: Mapping[Party, Calendar],
        course: Course,
        replies: Sequence[Reply],
        now: float,
    ) -> Self:
        """The case as it was known at ``now``. Whether it was a P1 is for the course to say, not for a fact of today."""
        seen = course.up_to(now)
        p1 = frozenset({"p1" if seen.p1_since else "lower"})
        said = sorted((one for one in replies if one.at <= now), key=lambda one: one.at)  # at one moment, in the order given
        return cls(model, {**facts, "priority": p1}, calendars, seen, said, now)

    def number(self, setting: str) -> int:
        return int(self.model.setting(setting))

    def word(self, setting: str) -> str:
        return str(self.model.setting(setting))

    def said(self, topic: str, since: float) -> Iterator[Reply]:
        """What was said about a topic from a moment on, oldest first."""
        return (one for one in self.replies if one.topic == topic and one.at >= since)

    @property
    def over(self) -> float:
        """When the work was over: solved or ended; ``inf`` while it is not."""
        return min((at for at in (self.course.solved, self.course.ended) if at), default=inf)

    def hours(self, party: Party) -> Calendar:
        return self.calendars.get(party) or assumed(f"{party.value} has no calendar")

    def holder(self, gate: Gate) -> Party:
        """Who of the customer's side answers for a gate's row: A before R, in the order of the seats."""
        row, staff = self.model.row(gate), self.model.staff(Side.CUSTOMER)
        able = [party for letter in (Letter.A, Letter.R) for party in staff if letter in row.letters(party)]
        return (*able, *staff, Party.CUSTOMER)[0]

    def named(self, name: str, otherwise: Gate) -> Meant:
        """The row or clause of this id that holds here, else the row of a gate."""
        items: Iterable[Task | Clause] = chain(self.model.tasks, self.model.clauses)
        held = (one for one in items if one.id == name and one.when.holds(self.facts))
        return next(held, self.model.row(otherwise))

    def ground(self, party: Party, *items: Meant, settings: Iterable[str] = ()) -> Ground:
        """What a duty of a party rests on: items of the model, the most telling first, and settings."""
        rows = [one for one in items if isinstance(one, Task)]
        bases = [one.rests_on(party)[0] if isinstance(one, Task) else one.basis for one in items]
        given = [f"setting {name} ({self.model.settings[name].source})" for name in settings]
        return Ground(
            task=next((name for one in items if (name := getattr(one, "id", ""))), ""),
            letters=",".join(rows[0].letters(party)) if rows else "",
            clause="; ".join([*dict.fromkeys(one.source for one in items), *given]),
            basis=max(bases, key=list(Basis).index, default=Basis.OURS),
        )


def calendars(model: OperatingModel, facts: Facts) -> Mapping[Party, Calendar]:
    """Whose hours count, from the settings ``calendars.*`` and the plan: under Premium Plus the vendor works around the clock.

    Where a setting is not given, days are counted Mo-Fr in UTC and the calendar says that this is assumed.
    """
    found = {party: _calendar(model, party) for party in (Party.CUSTOMER, Party.VENDOR, Party.PARTNER)}
    plus = next((one for one in model.clauses if one.id == _PLUS_HOURS), None)
    if plus and _PLUS.holds(facts):
        found[Party.VENDOR] = round_the_clock(found[Party.VENDOR].zone, f"the plan is Premium Plus, {plus.source}")
    return found


def _calendar(model: OperatingModel, party: Party) -> Calendar:
    name = f"calendars.{party.value}"
    given = str(model.setting(name))
    return Calendar.of(given) if given else assumed(f"the setting {name} is not given")


def up_to_next(moments: Iterable[float], now: float, until: float = inf) -> tuple[float, ...]:
    """Of ever later moments those up to now and the next one, and none from ``until`` on."""
    found: list[float] = []
    for at in moments:
        if at >= until:
            break
        found.append(at)
        if at > now:
            break
    return tuple(found)


def then_weekly(calendar: Calendar, since: float, working_days: int) -> Iterator[float]:
    """So many working days later, and each week after that, without end."""
    at = calendar.add_working_days(since, working_days)
    while True:
        yield at
        at = calendar.add_working_days(at, calendar.days_a_week)

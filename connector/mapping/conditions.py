"""Declarative conditions on a ticket's native fields, answered with the words that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adapters.base import Snapshot
from connector.mapping.text import one_line, shorten

OPERATORS = ("is", "is_not", "in", "not_in", "contains", "starts_with", "empty", "not_empty")
DAY = 86_400.0
SHOWN = 80  # characters of a value in words: the words stand in notes, a value may be a whole description


class Condition(Protocol):
    def fields(self) -> frozenset[str]: ...
    def check(self, snapshot: Snapshot) -> tuple[bool, str]:
        """Whether it holds, and the part of it that decided, in words."""
        ...


@dataclass(frozen=True)
class Test:
    """One field against one value or several. Text is compared without regard to case and blanks around it."""

    field: str
    operator: str
    values: tuple[str, ...] = ()

    def fields(self) -> frozenset[str]:
        return frozenset({self.field})

    def check(self, snapshot: Snapshot) -> tuple[bool, str]:
        if self.field not in snapshot.fields:
            return False, f"{self.field} is not readable with our rights"
        value = snapshot.fields[self.field]
        return self._holds(_fold(value)), f"{self.field} is {_shown(value)!r} (asked: {self._asked()})"

    def _asked(self) -> str:
        return " ".join([self.operator.replace("_", " "), ", ".join(repr(value) for value in self.values)]).strip()

    def _holds(self, value: str) -> bool:
        wanted = [_fold(one) for one in self.values]
        match self.operator:
            case "is" | "in":
                return value in wanted
            case "is_not" | "not_in":
                return value not in wanted
            case "contains":
                return any(one in value for one in wanted)
            case "starts_with":
                return any(value.startswith(one) for one in wanted)
            case "empty":
                return not value
            case _:
                return bool(value)


@dataclass(frozen=True)
class ChangedWithin:
    """The ticket changed at most so many days before it was read."""

    days: int

    def fields(self) -> frozenset[str]:
        return frozenset()

    def check(self, snapshot: Snapshot) -> tuple[bool, str]:
        age = max(0.0, snapshot.read_at - snapshot.changed) / DAY
        return age <= self.days, f"the ticket changed {age:.0f} days ago (asked: within {self.days})"


@dataclass(frozen=True)
class All:
    parts: tuple[Condition, ...]

    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.fields() for part in self.parts))

    def check(self, snapshot: Snapshot) -> tuple[bool, str]:
        answers = [part.check(snapshot) for part in self.parts]
        failed = next((why for holds, why in answers if not holds), None)
        return (False, failed) if failed is not None else (True, "; ".join(why for _, why in answers))


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.fields() for part in self.parts))

    def check(self, snapshot: Snapshot) -> tuple[bool, str]:
        answers = [part.check(snapshot) for part in self.parts]
        held = next((why for holds, why in answers if holds), None)
        return (True, held) if held is not None else (False, "none of: " + "; ".join(why for _, why in answers))


@dataclass(frozen=True)
class Not:
    part: Condition

    def fields(self) -> frozenset[str]:
        return self.part.fields()

    def check(self, snapshot: Snapshot) -> tuple[bool, str]:
        unreadable = sorted(self.part.fields() - snapshot.fields.keys())
        if unreadable:  # what cannot be read is no reason to take a ticket
            return False, f"{unreadable[0]} is not readable with our rights"
        holds, why = self.part.check(snapshot)
        return not holds, f"not: {why}" if holds else why


def _shown(value: str) -> str:
    return value if len(value) <= SHOWN else shorten(one_line(value), SHOWN)


def _fold(value: str) -> str:
    return value.strip().casefold()

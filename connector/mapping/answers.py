"""What a ticket answers to the operating model: what it is about, what holds for it, which evidence is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.base import Snapshot
from connector.mapping.conditions import Condition
from connector.mapping.evidence import Signs, search
from connector.words import About

KINDS = ("system", "service", "category")
"""What a topic row goes by, most specific first."""


@dataclass(frozen=True)
class Topic:
    """What a ticket is about where the condition holds."""

    by: str  # one of KINDS
    when: Condition
    task: str = ""  # exactly one of task and system
    system: str = ""


@dataclass(frozen=True)
class Fact:
    """The value that a condition of the operating model has where ``when`` holds."""

    when: Condition
    value: str


@dataclass(frozen=True)
class Answers:
    topics: tuple[Topic, ...] = ()  # most specific first
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)  # by the condition's name
    signs: Signs = field(default_factory=dict)

    @property
    def reads(self) -> frozenset[str]:
        """The customer's native fields that they ask."""
        asked = [topic.when.fields() for topic in self.topics]
        asked += [fact.when.fields() for facts in self.facts.values() for fact in facts]
        asked += [sign.fields() for signs in self.signs.values() for sign in signs]
        return frozenset().union(*asked)

    def about(self, snapshot: Snapshot) -> tuple[About, ...]:
        """Every row that holds, with the words that decided."""
        asked = ((topic, *topic.when.check(snapshot)) for topic in self.topics)
        return tuple(About(topic.task, topic.system, because) for topic, holds, because in asked if holds)

    def holding(self, snapshot: Snapshot) -> dict[str, str]:
        """The value of each condition that a row answers; the first that holds decides."""
        found: dict[str, str] = {}
        for name, facts in self.facts.items():
            value = next((fact.value for fact in facts if fact.when.check(snapshot)[0]), None)
            if value is not None:
                found[name] = value
        return found

    def evidence(self, snapshot: Snapshot) -> dict[str, str]:
        return search(self.signs, snapshot)

"""When something of a model holds: conditions that the model declares, and what an item needs of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Annotated, Any, ClassVar, Self

from connector.rasci.shape import Own
from connector.rasci.source import Located, Reader
from connector.words import Facts


class GivenBy(StrEnum):
    """Who knows which value of a condition holds."""

    INSTALLATION = "installation"  # how the application is run here
    CONTRACT = "contract"  # what was bought
    TICKET = "ticket"  # a field of the ticket
    PERSON = "person"  # a person says so, on the ticket

    @property
    def of_the_ticket(self) -> bool:
        """Whether it is known of each ticket by itself; else it holds for the whole installation."""
        return self in (GivenBy.TICKET, GivenBy.PERSON)


@dataclass(frozen=True)
class Condition:
    """Something that parts of the model depend on."""

    values: Annotated[tuple[str, ...], "what it can be; exactly one holds at a time, except for what was purchased"]
    given_by: Annotated[GivenBy, "who knows which value holds"]
    means: Annotated[str, "what is asked, in words"]


@dataclass(frozen=True)
class When(Own):
    """What must hold: for each condition named, one of these values. Empty: always."""

    SCHEMA: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
    }
    FIELDS_TOO: ClassVar[bool] = False

    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, reader: Reader, at: Located) -> Self:
        return cls({name: _values(reader, node) for name, node in reader.mapping(at).items()})

    def plain(self) -> dict[str, list[str]]:
        return {name: list(values) for name, values in self.needs.items()}

    def value(self, name: str) -> str:
        """The one value that this needs of a condition, or ""."""
        values = self.needs.get(name, ())
        return values[0] if len(values) == 1 else ""

    def holds(self, facts: Facts) -> bool:
        """Whether it holds; what nobody answered does not."""
        return all(not facts.get(name, frozenset()).isdisjoint(values) for name, values in self.needs.items())

    def unanswered(self, facts: Facts) -> tuple[str, ...]:
        """The conditions of which nobody knows whether they hold."""
        return tuple(name for name in self.needs if name not in facts)

    def __str__(self) -> str:
        return ", ".join(f"{name} {' or '.join(values)}" for name, values in self.needs.items())


ALWAYS = When()


def _values(reader: Reader, node: Located) -> tuple[str, ...]:
    return reader.texts(node) if isinstance(node.value, list) else (reader.text(node),)


def every_case(conditions: Mapping[str, Condition], names: set[str]) -> Iterator[Facts]:
    """Each way in which the named conditions can stand."""
    chosen = sorted(names & conditions.keys())
    for values in product(*(conditions[name].values for name in chosen)):
        yield {name: frozenset({value}) for name, value in zip(chosen, values, strict=True)}

"""When something of a model holds: conditions that the model declares, and what an item needs of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Annotated, Any, ClassVar, Self

from connector.rasci.shape import Own
from connector.rasci.source import Located, Reader


class GivenBy(StrEnum):
    """Who knows which value of a condition holds."""

    INSTALLATION = "installation"  # how the application is run here
    CONTRACT = "contract"  # what was bought
    TICKET = "ticket"  # a field of the ticket
    PERSON = "person"  # a person says so, on the ticket


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

    def holds(self, facts: Mapping[str, str]) -> bool:
        """Whether it holds where each condition has the value in ``facts``."""
        return all(facts.get(name) in values for name, values in self.needs.items())

    def __str__(self) -> str:
        return ", ".join(f"{name} {' or '.join(values)}" for name, values in self.needs.items())


ALWAYS = When()


def _values(reader: Reader, node: Located) -> tuple[str, ...]:
    return reader.texts(node) if isinstance(node.value, list) else (reader.text(node),)


def every_case(conditions: Mapping[str, Condition], names: set[str]) -> Iterator[dict[str, str]]:
    """Each way in which the named conditions can stand."""
    chosen = sorted(names & conditions.keys())
    for values in product(*(conditions[name].values for name in chosen)):
        yield dict(zip(chosen, values, strict=True))

"""Which level of the customer's side has a ticket: what one field of it says, as its history shows it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adapters.base import Event, Snapshot


@dataclass(frozen=True)
class Levels:
    """``of``: the level by the value of the field. Without a field nothing is told apart."""

    of: Mapping[str, str] = field(default_factory=dict)
    field: str = ""

    def __bool__(self) -> bool:
        return bool(self.field)

    def level(self, value: str) -> str:
        """The id of a level of the operating model; "" for a value that is none's."""
        return self.of.get(value.strip(), "")

    def now(self, snapshot: Snapshot) -> str:
        """Which level has it; "" where the field does not say."""
        return self.level(snapshot.fields.get(self.field, ""))

    def why(self, snapshot: Snapshot) -> str:
        """What in the ticket says so, in words."""
        return f"{self.field} is {snapshot.fields.get(self.field, '')!r}"

    def been(self, snapshot: Snapshot, history: Iterable[Event]) -> frozenset[str]:
        """Every level that had it, from the beginning until now."""
        events = [event for event in history if event.field == self.field]
        values = [value for event in events for value in (event.old, event.new)]
        return frozenset({self.now(snapshot), *map(self.level, values)} - {""})

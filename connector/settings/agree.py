"""What a mapping says of its operating model has to be there: a row that names something else would never decide anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from adapters.base import Problem
from connector.mapping.source import Item, Reader
from connector.rasci.ladder import Level
from connector.rasci.source import hint
from connector.rasci.table import Kind, OperatingModel
from connector.words import Party, Side


def disagreements(file: Path, model: OperatingModel, *, evidence: bool = True) -> list[Problem]:
    """Every name in the sections that ask the model (`levels`, `topics`, `facts`, `evidence`, `supply`) that it does not have, with its line.

    :param evidence: whether all items of evidence are known.
    """
    reader = Reader(file.name)
    parts = reader.entries(reader.compose(file.read_text(encoding="utf-8")))
    section = _Section(reader, model)
    judges = {name: getattr(section, name) for name in ("levels", "topics", "facts", "supply")}
    judges |= {"evidence": section.evidence} if evidence else {}
    for name, judge in judges.items():
        if name in parts:
            judge(parts[name])
    return reader.problems


class _Section:
    def __init__(self, reader: Reader, model: OperatingModel) -> None:
        self._reader, self._model = reader, model

    def levels(self, item: Item) -> None:
        """Only levels of the customer's side have tickets in its system; the one from which a case comes has to be among them."""
        known = {level.id: level for level in self._model.levels}
        values = self._reader.entries(item).get("values", item)
        named = self._reader.entries(values)
        for name, below in named.items():
            if self._is(below, name, known, "level") and Side.VENDOR in self._sides(known[name]):
                message = f"{name}, {known[name].title}, works in the vendor's system: no ticket of the customer's is with it"
                self._reader.wrong(below, message, "leave it out: what goes there becomes a case")
        for level in (one for one in known.values() if one.id not in named and self._hands_over(one)):
            message = f"{level.id}, {level.title}, is not named, and a case comes from there only"
            self._reader.wrong(values, message, f"name its groups: {level.id}: [VALUE]")

    def _sides(self, level: Level) -> set[Side]:
        """In whose system it may work: a level may have several owners, by conditions."""
        words = (str(self._model.setting(owner.setting)) for owner in level.owner if owner.setting)
        parties = [*(owner.party for owner in level.owner if owner.party), *(Party(word) for word in words if word)]
        return {self._model.seats[party] for party in parties if party in self._model.seats}

    def _hands_over(self, level: Level) -> bool:
        """Whether a case comes from it, as far as the levels say."""
        after = (one for one in self._model.levels if one.id in level.next)
        return self._sides(level) == {Side.CUSTOMER} and any(Side.VENDOR in self._sides(one) for one in after)

    def topics(self, item: Item) -> None:
        rows = {row.id for row in self._model.of_kind(Kind.TOPIC)}
        systems = {system.id for system in self._model.systems}
        for parts in map(self._reader.entries, self._reader.items(item)):
            self._known(parts, "topic", rows, "row that a ticket can be about")
            self._known(parts, "system", systems, "system")

    def supply(self, item: Item) -> None:
        rows = {row.id for row in self._model.of_kind(Kind.SUPPLY)}
        listed = self._reader.entries(item).get("rows")
        for parts in map(self._reader.entries, self._reader.items(listed) if listed else ()):
            self._known(parts, "task", rows, "row by which the vendor starts something")

    def facts(self, item: Item) -> None:
        for name, below in self._reader.entries(item).items():
            if self._is(below, name, self._model.conditions, "condition"):
                for parts in map(self._reader.entries, self._reader.items(below)):
                    self._known(parts, "value", self._model.conditions[name].values, f"value of {name}")

    def evidence(self, item: Item) -> None:
        for name, below in self._reader.entries(item).items():
            self._is(below, name, {item.id for item in self._model.evidence}, "item of evidence")

    def _known(self, parts: Mapping[str, Item], key: str, known: Collection[str], what: str) -> None:
        if key in parts:
            self._is(parts[key], str(parts[key].value), known, what)

    def _is(self, at: Item, word: str, known: Collection[str], what: str) -> bool:
        if word in known:
            return True
        remedy = hint(word, sorted(known)) if known else "leave it out: this model has none"
        self._reader.wrong(at, f"{word!r} is no {what} in the operating model {self._model.id}", remedy)
        return False

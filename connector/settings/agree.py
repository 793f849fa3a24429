"""What a mapping says of its operating model has to be there: a row that names something else would never decide anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from adapters.base import Problem
from connector.mapping.source import Item, Reader
from connector.rasci.source import hint
from connector.rasci.table import Kind, OperatingModel


def disagreements(file: Path, model: OperatingModel) -> list[Problem]:
    """Every name in the sections `topics`, `facts`, `evidence` and `supply` of a mapping that the model does not have, with its line."""
    reader = Reader(file.name)
    parts = reader.entries(reader.compose(file.read_text(encoding="utf-8")))
    section = _Section(reader, model)
    sections = {"topics": section.topics, "facts": section.facts, "evidence": section.evidence, "supply": section.supply}
    for name, judge in sections.items():
        if name in parts:
            judge(parts[name])
    return reader.problems


class _Section:
    def __init__(self, reader: Reader, model: OperatingModel) -> None:
        self._reader, self._model = reader, model

    def topics(self, item: Item) -> None:
        rows = {task.id for task in self._model.tasks if Kind.TOPIC in (task.kind, *task.also)}
        systems = {system.id for system in self._model.systems}
        for parts in map(self._reader.entries, self._reader.items(item)):
            self._known(parts, "topic", rows, "row that a ticket can be about")
            self._known(parts, "system", systems, "system")

    def supply(self, item: Item) -> None:
        rows = {task.id for task in self._model.tasks if Kind.SUPPLY in (task.kind, *task.also)}
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

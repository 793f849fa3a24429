"""At what stage the vendor's work on a case is, such as QA or beta, where one of its fields tells it."""

from __future__ import annotations

from dataclasses import dataclass

from connector.mapping.source import Item, Reader


@dataclass(frozen=True)
class Stages:
    """``field``: of the vendor; "" where none is named. ``released``: the stages at which the work is with the customers."""

    field: str = ""
    released: frozenset[str] = frozenset()


def read_stages(reader: Reader, item: Item | None) -> Stages:
    if item is None:
        return Stages()
    parts = reader.table(item, ("field", "released"))
    name = reader.text(parts["field"], empty=False) if "field" in parts else ""
    return Stages(name, frozenset(reader.texts(parts["released"])) if "released" in parts else frozenset())

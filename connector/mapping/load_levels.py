"""Reading which level of the customer's side has a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from connector.mapping.levels import Levels
from connector.mapping.source import Item, Reader


def read_levels(reader: Reader, item: Item, places: Iterable[str]) -> Levels:
    """:param places: the customer's places of comments, which are no fields."""
    parts = reader.table(item, ("field", "values"))
    field = reader.text(parts["field"], empty=False).strip() if "field" in parts else ""
    if "." in field:
        message = f"the history of a ticket does not show {field!r}, which is a field of another record"
        reader.wrong(
            parts["field"], message, f"name the ticket's own field, {field.split('.', 1)[0]}, and the ids of the records"
        )
    if "field" in parts:
        reader.no_place(parts["field"], [field], places, "name the field that says who has the ticket")
    return Levels(_values(reader, parts["values"]) if "values" in parts else {}, field)


def _values(reader: Reader, item: Item) -> dict[str, str]:
    entries = reader.entries(item)
    if not entries and item.value in ("", {}):
        reader.wrong(item, "no level is named", "write one line for each, such as L2: [VALUE]")
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for level, below in entries.items():
        values = [value.strip() for value in reader.texts(below)]
        if not values or "" in values:
            reader.wrong(below, f"{level} has no value by which a ticket is with it", "name its group, or remove the line")
        for value in values:
            if value in found:
                message = f"{value!r} stands for {found[value]} already, in line {lines[value]}"
                reader.wrong(below, message, "a ticket is with one level at a time: keep one of the two")
            found.setdefault(value, level)
            lines.setdefault(value, below.line)
    return found

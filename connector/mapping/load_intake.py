"""Reading which tickets are meant for the vendor, and which field says whose they are."""

from __future__ import annotations

from connector.mapping.conditions import All, Condition
from connector.mapping.load_conditions import read_condition
from connector.mapping.source import Item, Reader

RECORD_TYPES = ("incident", "request")


def read_intake(reader: Reader, item: Item) -> tuple[str, Condition, str]:
    """The record type, the filter, and the field that holds the assignee's login ("" where none is named)."""
    parts = reader.table(item, ("take",), ("record_type", "assignee"))
    kind = reader.choice(parts["record_type"], RECORD_TYPES) if "record_type" in parts else RECORD_TYPES[0]
    take = read_condition(reader, parts["take"]) if "take" in parts else All(())
    return kind, take, reader.text(parts["assignee"], empty=False) if "assignee" in parts else ""

"""Reading which tickets are meant for the vendor, and which fields say whose they are."""

from __future__ import annotations

from dataclasses import dataclass

from connector.mapping.conditions import All, Condition
from connector.mapping.load_conditions import read_condition
from connector.mapping.source import Item, Reader

RECORD_TYPES = ("incident", "request")


@dataclass(frozen=True)
class Read:
    """The section ``intake``; "" for a name that is not given."""

    record_type: str
    take: Condition
    assignee: str  # the field that holds the assignee's login
    caller: str  # the field that holds the login of the end user who reported it
    auto_close: str  # the login of the job that closes tickets by itself


def read_intake(reader: Reader, item: Item) -> Read:
    parts = reader.table(item, ("take",), ("record_type", "assignee", "caller", "auto_close"))
    kind = reader.choice(parts["record_type"], RECORD_TYPES) if "record_type" in parts else RECORD_TYPES[0]
    take = read_condition(reader, parts["take"]) if "take" in parts else All(())
    names = (reader.text(parts[name], empty=False) if name in parts else "" for name in ("assignee", "caller", "auto_close"))
    return Read(kind, take, *names)

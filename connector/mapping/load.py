"""Loading a mapping: every problem of a file is reported at once, with its line and what to do about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from adapters.base import Problem
from connector.mapping.levels import Levels
from connector.mapping.load_answers import read_answers
from connector.mapping.load_channels import read_channels
from connector.mapping.load_intake import read_intake
from connector.mapping.load_levels import read_levels
from connector.mapping.load_status import read_status
from connector.mapping.load_supply import read_supply
from connector.mapping.load_texts import read_creation, read_notes
from connector.mapping.load_units import RESERVED, read_priority, read_units
from connector.mapping.mapping import AS_IS, TicketMapping
from connector.mapping.notes import DEFAULT
from connector.mapping.source import Item, Reader
from connector.mapping.stages import read_stages
from connector.mapping.supply import Supply
from connector.mapping.units import Unit
from connector.phrases.language import Language
from connector.words import Side

REQUIRED = ("mapping", "intake", "fields", "status", "creation", "comments", "places")
OPTIONAL = (
    "description",
    "language",
    "priority",
    "levels",
    "topics",
    "facts",
    "evidence",
    "stage",
    "supply",
    "attachments",
    "rich_text",
    "notes",
)


class MappingError(Exception):
    """A mapping that cannot be used. ``problems`` holds all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = (f"{p.place}: {p.message}. {p.remedy}" for p in problems)
        super().__init__("\n".join(lines))
        self.problems = problems


def load(path: Path) -> TicketMapping:
    """Read a mapping from its file.

    :raises MappingError: with every problem found.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise MappingError([Problem(str(path), f"the file cannot be read: {why}", "check the path and its rights")]) from None
    except UnicodeDecodeError as error:
        raise MappingError([Problem(path.name, f"this is not UTF-8 (byte {error.start})", "save the file as UTF-8")]) from None
    return loads(text, path.name)


def loads(text: str, name: str = "mapping.yaml") -> TicketMapping:
    """Read a mapping from its text; ``name`` is how messages call it.

    :raises MappingError: with every problem found.
    """
    reader = Reader(name)
    root = reader.compose(text)
    if reader.problems:  # a text that is not YAML, or says a key twice, is not worth judging further
        raise MappingError(reader.problems)
    mapping = _read(reader, reader.table(root, REQUIRED, OPTIONAL), _version(root))
    if reader.problems:
        raise MappingError(sorted(reader.problems, key=_line))
    return mapping


def _read(reader: Reader, parts: Mapping[str, Item], version: str) -> TicketMapping:
    absent = Item("", 1, "")
    status = read_status(reader, parts.get("status", absent))
    others: dict[str, Unit] = {}
    if "priority" in parts:
        others["priority"] = read_priority(reader, parts["priority"])
    others |= read_units(reader, parts.get("fields", absent))
    _check_targets(reader, parts.get("fields", absent), {status.name: status, **others})
    intake = read_intake(reader, parts.get("intake", absent))
    channels, after_close = read_channels(reader, parts)
    mapping = TicketMapping(
        name=reader.text(parts.get("mapping", Item("?", 1, "mapping")), empty=False),
        version=version,
        comment_after_close=after_close,
        record_type=intake.record_type,
        take=intake.take,
        assignee_field=intake.assignee,
        caller_field=intake.caller,
        auto_close=intake.auto_close,
        levels=read_levels(reader, parts["levels"], channels.places[Side.CUSTOMER]) if "levels" in parts else Levels(),
        status=status,
        others=others,
        channels=channels,
        creations=read_creation(reader, parts.get("creation", absent), status),
        stages=read_stages(reader, parts.get("stage")),
        answers=read_answers(reader, parts, channels.places[Side.CUSTOMER]),
        supply=read_supply(reader, parts["supply"], status, intake, channels.places) if "supply" in parts else Supply(),
        notes=read_notes(reader, parts.get("notes", absent), parts.get("language")),
        language=Language(str(parts["language"].value) if "language" in parts else DEFAULT),
        normals=AS_IS,
    )
    _check_places(reader, parts, mapping)
    return mapping


def _check_targets(reader: Reader, item: Item, units: Mapping[str, Unit]) -> None:
    """Two units that write one field would undo each other for ever, and one that writes a status would pass the rules for it."""
    for side in Side:
        owners = dict.fromkeys(units["status"].reads(side), "status")  # whether it writes them or not
        for name, unit in units.items():
            for field in unit.writes(side):
                if owners.get(field, name) != name:
                    where = reader.entries(item).get(name, item)
                    reader.wrong(where, f"{side} field {field!r} is written by {owners[field]!r} too", "let one unit write it")
                owners[field] = name


def _check_places(reader: Reader, parts: Mapping[str, Item], mapping: TicketMapping) -> None:
    """Texts that people write travel by the rules for comments alone: as a field they would pass every one of them."""
    for side in Side:
        places = mapping.channels.places[side]
        for unit in (mapping.status, *mapping.others.values()):
            for name in sorted({*unit.reads(side), *unit.writes(side)} & places.keys()):
                where = parts[unit.name] if unit.name in RESERVED else reader.entries(parts["fields"])[unit.name]
                reader.wrong(
                    where, f"{name!r} is a place of comments on the {side} side, not a field", "carry it under 'comments'"
                )
    for name, whose in ((mapping.assignee_field, "assignee"), (mapping.caller_field, "caller")):
        if name in mapping.channels.places[Side.CUSTOMER]:
            reader.wrong(parts["intake"], f"{name!r} is a place of comments, not a field", f"name the {whose}'s field")
    for name in sorted(mapping.creations.reads & mapping.channels.places[Side.CUSTOMER].keys()):
        reader.wrong(parts["creation"], f"the new case would show what stands in {name!r}", "carry it under 'comments'")


def _version(root: Item) -> str:
    content = json.dumps(root.plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _line(problem: Problem) -> int:
    number = problem.place.split(" ", 1)[0].rsplit(":", 1)[-1]
    return int(number) if number.isdigit() else 0

"""Reading the channels: places, comments, files. The vendor's words may only go where the customer's own staff read."""

from __future__ import annotations

from collections.abc import Mapping

from connector.mapping.channels import FILES, HEAD_NAMES, Channels, FileLimits, Rule
from connector.mapping.load_texts import read_template
from connector.mapping.source import Item, Reader
from connector.mapping.templates import compiled
from connector.words import Audience, Side

KEYS: Mapping[Side, str] = {Side.CUSTOMER: "to_vendor", Side.VENDOR: "to_customer"}
"""The list of rules by the side that the text comes from."""
DEFAULT_HEAD = "{{ author }} ({{ number }}, {{ created }}):"
DEFAULT_BYTES = 10 * 1024 * 1024
DEFAULT_COUNT = 50
UNITS = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}
Places = Mapping[Side, Mapping[str, Audience]]


def read_channels(reader: Reader, parts: Mapping[str, Item]) -> tuple[Channels, str]:
    """The channels, and what happens to a comment that comes after the close."""
    places = _places(reader, parts.get("places", Item("", 1, "places")))
    comments = reader.table(parts.get("comments", Item("", 1, "comments")), KEYS.values(), ("head", "after_close"))
    files = reader.table(parts["attachments"], (), (*KEYS.values(), *_LIMITS)) if "attachments" in parts else {}
    channels = Channels(
        places=places,
        comments={side: _rules(reader, comments.get(key), side, places, prefix=True) for side, key in KEYS.items()},
        files={side: _rules(reader, files.get(key), side, places, prefix=False) for side, key in KEYS.items()},
        limits=_limits(reader, files),
        head=read_template(reader, comments["head"], HEAD_NAMES) if "head" in comments else compiled(DEFAULT_HEAD),
        rich=_rich(reader, parts),
    )
    return channels, _after_close(reader, comments["after_close"]) if "after_close" in comments else "hold"


def _after_close(reader: Reader, item: Item) -> str:
    if item.value == "follow_up":  # a word of ours that nothing carries out must not be taken silently
        reader.wrong(item, "'follow_up' (a new case for the comment) is not available yet", "use hold or send")
        return "hold"
    return reader.choice(item, ("hold", "send"))


def _places(reader: Reader, item: Item) -> Places:
    sides = reader.table(item, [side.value for side in Side])
    words = [audience.value for audience in Audience]
    found: dict[Side, dict[str, Audience]] = {}
    for side in Side:
        entries = reader.entries(sides[side]) if side in sides else {}
        # What is not a word of ours must not be taken for internal: public is the careful reading.
        found[side] = {name: Audience(reader.choice(one, words)) for name, one in entries.items()}
    return found


def _rules(reader: Reader, item: Item | None, source: Side, places: Places, *, prefix: bool) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for row in reader.items(item) if item else ():
        parts = reader.table(row, ("from", "to"), ("prefix",) if prefix else ())
        if "from" not in parts or "to" not in parts:
            continue
        rule = Rule(row.path, reader.text(parts["from"]), reader.text(parts["to"]), _prefix(reader, parts))
        known = reader.known(parts["from"], rule.origin, places[source], f"place of the {source}")
        known &= reader.known(parts["to"], rule.target, places[source.other], f"place of the {source.other}")
        if known:
            _check_rule(reader, row, rule, source, places)
        _check_order(reader, row, rule, rules)
        rules.append(rule)
    return tuple(rules)


def _prefix(reader: Reader, parts: Mapping[str, Item]) -> str:
    return reader.text(parts["prefix"], empty=False).strip() if "prefix" in parts else ""


def _check_rule(reader: Reader, row: Item, rule: Rule, source: Side, places: Places) -> None:
    if source is Side.VENDOR and places[Side.CUSTOMER][rule.target] is not Audience.INTERNAL:
        message = f"the vendor's words would be shown in {rule.target!r}, which end users read"
        reader.wrong(row, message, "let them go to an internal place, such as work_notes")
    if source is Side.CUSTOMER and rule.origin != FILES and places[source][rule.origin] is Audience.INTERNAL and not rule.prefix:
        message = f"every internal text in {rule.origin!r} would go to the vendor"
        reader.wrong(row, message, "give the rule a prefix, such as '[vendor]', by which a person chooses")


def _check_order(reader: Reader, row: Item, rule: Rule, earlier: list[Rule]) -> None:
    for other in earlier:
        if other.origin == rule.origin and rule.prefix.casefold().startswith(other.prefix.casefold()):
            reader.wrong(
                row, f"this rule can never be reached: {other.name} takes the same texts", "remove one, or put this one first"
            )


def read_extensions(reader: Reader, item: Item) -> frozenset[str]:
    """Without dot, in lower case."""
    return frozenset(text.strip().lstrip(".").lower() for text in reader.texts(item))


_LIMITS = ("max_bytes", "max_count", "refuse_extensions", "refuse_types", "accept_extensions")


def _limits(reader: Reader, parts: Mapping[str, Item]) -> FileLimits:
    none = Item((), 1, "attachments")
    refused, accepted = (read_extensions(reader, parts.get(key, none)) for key in ("refuse_extensions", "accept_extensions"))
    for both in sorted(refused & accepted):
        reader.wrong(parts["accept_extensions"], f"{both!r} is refused and accepted", "keep it in one of the two lists")
    return FileLimits(
        max_bytes=_size(reader, parts["max_bytes"]) if "max_bytes" in parts else DEFAULT_BYTES,
        max_count=reader.number(parts["max_count"]) if "max_count" in parts else DEFAULT_COUNT,
        refuse_extensions=refused,
        refuse_types=frozenset(text.strip().lower() for text in reader.texts(parts.get("refuse_types", none))),
        accept_extensions=accepted,
    )


def _size(reader: Reader, item: Item) -> int:
    """Bytes, from a number or a number with KB, MB or GB."""
    text = reader.text(item).strip()
    for unit, factor in UNITS.items():
        if text.upper().endswith(unit):
            return factor * reader.number(Item(text[: -len(unit)].strip(), item.line, item.path))
    return reader.number(item)


def _rich(reader: Reader, parts: Mapping[str, Item]) -> frozenset[Side]:
    if "rich_text" not in parts:
        return frozenset()
    sides = reader.table(parts["rich_text"], (), [side.value for side in Side])
    return frozenset(Side(side) for side, one in sides.items() if reader.choice(one, ("plain", "servicenow")) == "servicenow")

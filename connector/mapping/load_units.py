"""Reading the fields and the priority, with exhaustive checks of their tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from connector.mapping.load_texts import read_template
from connector.mapping.source import Item, Reader
from connector.mapping.templates import Template
from connector.mapping.units import BOTH, Computed, FieldPriority, FieldUnit, Pair, PriorityUnit, Ranked, Table, Unit, variable
from connector.words import Side

DIRECTIONS: Mapping[str, frozenset[Side]] = {
    "both": BOTH,
    "to_vendor": frozenset({Side.CUSTOMER}),
    "to_customer": frozenset({Side.VENDOR}),
}
ONE_WAY = {key: sides for key, sides in DIRECTIONS.items() if sides != BOTH}
SIDES = [side.value for side in Side]
RESERVED = ("status", "priority")
OWN_FIELDS = ("$number", "$url", "$ref", "$phase")


def read_units(reader: Reader, item: Item) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for name, below in reader.entries(item).items():
        if name in RESERVED:
            reader.wrong(below, f"{name!r} has its own section", f"describe it under the key {name} at the top level")
        else:
            units[name] = _Field(reader, name, below).read()
    return units


class _Field:
    """Reads one unit."""

    def __init__(self, reader: Reader, name: str, item: Item) -> None:
        self.reader, self.name, self.item = reader, name, item
        optional = ("values", "template", "max_length", "default", "one_line")
        self.parts = reader.table(item, ("customer", "vendor", "owner", "direction"), optional)
        self.sources = DIRECTIONS[reader.choice(self.parts["direction"], DIRECTIONS)] if "direction" in self.parts else BOTH

    def read(self) -> FieldUnit:
        parts, reader = self.parts, self.reader
        fields = {side: reader.texts(parts[side.value]) if side.value in parts else ("?",) for side in Side}
        self._check_fields(fields)
        return FieldUnit(
            name=self.name,
            owner=Side(reader.choice(parts["owner"], SIDES)) if "owner" in parts else Side.CUSTOMER,
            sources=self.sources,
            fields=fields,
            place=f"{reader.name}, fields.{self.name}",
            table=Table(read_pairs(reader, parts["values"], self.sources)) if "values" in parts else None,
            template=self._template(fields),
            limits={side: reader.number(one, 2) for side, one in self._by_side("max_length").items()},
            defaults={side: reader.text(one) for side, one in self._by_side("default").items()},
            single_line=reader.truth(parts["one_line"]) if "one_line" in parts else True,
        )

    def _check_fields(self, fields: Mapping[Side, tuple[str, ...]]) -> None:
        for side, names in fields.items():
            place = self.parts.get(side.value, self.item)
            is_target = side.other in self.sources
            if not names:  # a unit without a source would look changed in every pass
                self.reader.wrong(place, "no field is named", "for a constant use the adapter's settings of a new case")
            elif is_target and (len(names) != 1 or names[0].startswith("$")):
                self.reader.wrong(place, "exactly one field that can be written belongs here", "name one native field")
            elif not is_target and "template" not in self.parts and len(names) != 1:
                self.reader.wrong(place, "exactly one field belongs here", "several fields need a template that joins them")
            for name in names:
                if name.startswith("$"):
                    self.reader.known(place, name, OWN_FIELDS, "value of the ticket itself")

    def _template(self, fields: Mapping[Side, tuple[str, ...]]) -> Template | None:
        if "template" not in self.parts:
            return None
        item = self.parts["template"]
        if self.sources == BOTH:
            self.reader.wrong(item, "a rendered text cannot be turned back", f"use direction {' or '.join(ONE_WAY)}")
        if "values" in self.parts:
            self.reader.wrong(item, "a unit has either a template or a table of values", "remove one")
        source = min(self.sources)
        known = [variable(name) for name in fields[source]]
        for name, times in Counter(known).items():
            if times > 1:
                self.reader.wrong(item, f"two fields have the name {name!r} in the template", "name one of them only")
        return read_template(self.reader, item, known)

    def _by_side(self, key: str) -> dict[Side, Item]:
        if key not in self.parts:
            return {}
        return {Side(side): one for side, one in self.reader.table(self.parts[key], (), SIDES).items()}


def read_pairs(reader: Reader, item: Item, sources: frozenset[Side]) -> tuple[Pair, ...]:
    """The rows of a table of values: in each direction a value stands once, and no row is in vain."""
    rows = []
    seen: dict[tuple[Side, str], int] = {}
    for row in reader.items(item):
        parts = reader.table(row, SIDES, ("only",))
        only = ONE_WAY[reader.choice(parts["only"], ONE_WAY)] if "only" in parts else sources
        if not only <= sources:
            reader.wrong(row, "this row can never be used: its direction is not the unit's", "remove it, or change the direction")
        customer, vendor = (reader.text(parts[side]) if side in parts else "" for side in SIDES)
        pair = Pair(customer, vendor, only & sources)
        for side in sorted(pair.sources):
            key = (side, pair.of(side).strip().casefold())
            if key in seen:
                message = f"the {side} value {pair.of(side)!r} stands in line {seen[key]} too"
                reader.wrong(
                    row, message, f"remove one, or mark one 'only: {'to_customer' if side is Side.CUSTOMER else 'to_vendor'}'"
                )
            seen.setdefault(key, row.line)
        rows.append(pair)
    if not rows:
        reader.wrong(item, "the table of values is empty", "add rows, or remove the key")
    return tuple(rows)


def read_priority(reader: Reader, item: Item) -> Ranked:
    """A table of impact, urgency and what they compute to, or one field that people set."""
    plain = isinstance(item.value, Mapping) and "customer" in item.value and isinstance(item.value["customer"].value, str)
    parts = reader.table(item, ("owner", "direction", "customer", "vendor", "values", *(() if plain else ("computes",))))
    sources = DIRECTIONS[reader.choice(parts["direction"], DIRECTIONS)] if "direction" in parts else BOTH
    if plain:
        return _read_field_priority(reader, parts, sources)
    customer = reader.table(parts["customer"], ("impact", "urgency", "priority")) if "customer" in parts else {}
    native = {key: reader.text(one, empty=False) for key, one in customer.items()}
    pairs = read_pairs(reader, parts["values"], sources) if "values" in parts else ()
    computed = _computed(reader, parts["computes"]) if "computes" in parts else ()
    if computed:
        _check_computed(reader, parts["computes"], computed, pairs)
    return PriorityUnit(
        name="priority",
        owner=Side(reader.choice(parts["owner"], SIDES)) if "owner" in parts else Side.CUSTOMER,
        sources=sources,
        impact=native.get("impact", ""),
        urgency=native.get("urgency", ""),
        priority=native.get("priority", ""),
        vendor=reader.text(parts["vendor"], empty=False) if "vendor" in parts else "",
        table=Table(pairs),
        computed=computed,
        place=f"{reader.name}, priority",
    )


def _read_field_priority(reader: Reader, parts: Mapping[str, Item], sources: frozenset[Side]) -> FieldPriority:
    return FieldPriority(
        name="priority",
        owner=Side(reader.choice(parts["owner"], SIDES)) if "owner" in parts else Side.CUSTOMER,
        sources=sources,
        fields={side: (reader.text(parts[side.value], empty=False) if side.value in parts else "?",) for side in Side},
        place=f"{reader.name}, priority",
        table=Table(read_pairs(reader, parts["values"], sources) if "values" in parts else ()),
    )


def _computed(reader: Reader, item: Item) -> tuple[Computed, ...]:
    keys = ("impact", "urgency", "priority")
    rules = []
    for row in reader.items(item):
        parts = reader.table(row, keys, ("written",))
        impact, urgency, priority = (reader.text(parts[key], empty=False) if key in parts else "" for key in keys)
        rules.append(Computed(impact, urgency, priority, reader.truth(parts["written"]) if "written" in parts else False))
    alone = Counter(rule.priority for rule in rules)
    return tuple(Computed(r.impact, r.urgency, r.priority, r.written or alone[r.priority] == 1) for r in rules)


def _check_computed(reader: Reader, item: Item, rules: tuple[Computed, ...], pairs: tuple[Pair, ...]) -> None:
    """Every pair computes to one priority, every priority has one pair to write and a row in the table."""
    times = Counter((rule.impact, rule.urgency) for rule in rules)
    for impact in sorted({rule.impact for rule in rules}):
        for urgency in sorted({rule.urgency for rule in rules}):
            if times[impact, urgency] != 1:
                message = f"impact {impact} with urgency {urgency} stands {times[impact, urgency]} times"
                reader.wrong(item, message, "give each combination exactly one row")
    for priority in sorted({rule.priority for rule in rules}):
        written = sum(rule.written for rule in rules if rule.priority == priority)
        if written != 1:
            reader.wrong(
                item, f"{written} pairs are marked to be written for priority {priority}", "mark exactly one 'written: yes'"
            )
        if not any(Side.CUSTOMER in pair.sources and pair.customer == priority for pair in pairs):
            reader.wrong(item, f"priority {priority} has no row under 'values' (to the vendor)", "add the row")
    for pair in pairs:
        if Side.VENDOR in pair.sources and not any(rule.priority == pair.customer for rule in rules):
            reader.wrong(
                item,
                f"no impact and urgency compute to priority {pair.customer}",
                "add the pair, or mark the row 'only: to_vendor'",
            )

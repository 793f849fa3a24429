"""Units: how the native values of one side are said in the other's. The status has its own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from connector.mapping.results import Carry, Translation
from connector.mapping.templates import Template
from connector.mapping.text import clean, one_line, shorten
from connector.words import Native, Side

Normal = Callable[[str, str], str]
"""An adapter's ``normal(field, value)``: values with the same result count as the same."""
Normals = Mapping[Side, Normal]

BOTH = frozenset(Side)


def as_is(field_name: str, value: str) -> str:  # noqa: ARG001 - a Normal
    return value


def agree(a: Native, b: Native, normal: Normal) -> bool:
    """Whether two native values are the same; a written one may have fewer fields than a read one, so only common ones count."""
    common = a.keys() & b.keys()
    return all(normal(name, a[name]) == normal(name, b[name]) for name in common) if common else not (a or b)


def variable(field_name: str) -> str:
    """The name by which a template knows a native field: ``caller_id.email`` is ``caller_id_email``, ``$number`` is ``number``."""
    return "".join(c if c.isalnum() else "_" for c in field_name.removeprefix("$"))


def nothing(reason: str) -> Translation:
    return Translation(Carry.NOTHING, reason=reason)


def unmapped(reason: str) -> Translation:
    return Translation(Carry.UNMAPPED, reason=reason)


class Unit(Protocol):
    """One unit of merging. Names of fields that start with ``$`` are the ticket's own: number, url, ref, phase."""

    @property
    def name(self) -> str: ...
    @property
    def owner(self) -> Side: ...
    @property
    def sources(self) -> frozenset[Side]: ...  # the sides whose value travels

    def reads(self, side: Side) -> tuple[str, ...]: ...
    def writes(self, side: Side) -> frozenset[str]: ...
    def choices(self, side: Side) -> Mapping[str, frozenset[str]]: ...
    def translate(self, source: Side, native: Native, target_now: Native | None, normals: Normals) -> Translation: ...
    def same(self, customer: Native, vendor: Native, normals: Normals) -> bool: ...


def either_way(unit: Unit, customer: Native, vendor: Native, normals: Normals) -> bool:
    """D2: the same is what either direction's translation makes of the other's value."""
    values = {Side.CUSTOMER: customer, Side.VENDOR: vendor}
    for source in sorted(unit.sources):
        answer = unit.translate(source, values[source], values[source.other], normals)
        if answer.carry is Carry.VALUE and agree(answer.value, values[source.other], normals[source.other]):
            return True
    return False


@dataclass(frozen=True)
class Pair:
    """One row of a table of values: what the customer's value is for the vendor, and the other way where ``sources`` says so."""

    customer: str
    vendor: str
    sources: frozenset[Side] = BOTH

    def of(self, side: Side) -> str:
        return self.customer if side is Side.CUSTOMER else self.vendor


@dataclass(frozen=True)
class Table:
    pairs: tuple[Pair, ...]

    def find(self, source: Side, field_name: str, value: str, normal: Normal) -> str | None:
        wanted = normal(field_name, value)
        for pair in self.pairs:
            if source in pair.sources and normal(field_name, pair.of(source)) == wanted:
                return pair.of(source.other)
        return None

    def named(self, side: Side) -> frozenset[str]:
        return frozenset(pair.of(side) for pair in self.pairs)

    def rank(self, side: Side, value: str, normal: Callable[[str], str]) -> int:
        """The place of a value from the top, 1 to 5; 3 where it is not known."""
        places = [place for place, pair in enumerate(self.pairs, start=1) if normal(pair.of(side)) == normal(value)]
        return min(places[0], 5) if places else 3


@dataclass(frozen=True)
class FieldUnit:
    """A field that is copied, looked up in a table, or rendered from a template."""

    name: str
    owner: Side
    sources: frozenset[Side]
    fields: Mapping[Side, tuple[str, ...]]
    place: str  # where it stands in the mapping's file, for people
    table: Table | None = None
    template: Template | None = None
    limits: Mapping[Side, int] = field(default_factory=dict)
    defaults: Mapping[Side, str] = field(default_factory=dict)
    single_line: bool = True

    def reads(self, side: Side) -> tuple[str, ...]:
        return self.fields[side]

    def writes(self, side: Side) -> frozenset[str]:
        return frozenset(self.fields[side]) if side.other in self.sources else frozenset()

    def choices(self, side: Side) -> Mapping[str, frozenset[str]]:
        if self.table is None:
            return {}
        extra = {self.defaults[side]} if side in self.defaults else set()
        return {self.fields[side][0]: self.table.named(side) | extra}

    def translate(self, source: Side, native: Native, target_now: Native | None, normals: Normals) -> Translation:  # noqa: ARG002
        target = source.other
        if self.template is not None:
            value = self.template.render({variable(name): native.get(name, "") for name in self.fields[source]})
        else:
            name = self.fields[source][0]
            found = self._carried(source, name, native.get(name, ""), normals[source])
            if found is None:
                return unmapped(f"{name} = {native.get(name, '')!r} has no row in {self.place} ({source} to {target})")
            value = found
        return Translation(Carry.VALUE, {self.fields[target][0]: self._fit(value, target)})

    def _carried(self, source: Side, name: str, value: str, normal: Normal) -> str | None:
        default = self.defaults.get(source.other)
        if self.table is None:
            return default if default is not None and not value.strip() else value
        found = self.table.find(source, name, value, normal)
        return default if found is None else found

    def _fit(self, value: str, target: Side) -> str:
        if self.table is not None:
            return value
        return shorten(one_line(value) if self.single_line else clean(value), self.limits.get(target))

    def same(self, customer: Native, vendor: Native, normals: Normals) -> bool:
        return either_way(self, customer, vendor, normals)


class Ranked(Unit, Protocol):
    """The unit of the priority: its values have an order."""

    def rank(self, side: Side, native: Native, normals: Normals) -> int:
        """1 (most urgent) to 5; 3 where the value is not known."""
        ...


@dataclass(frozen=True)
class FieldPriority(FieldUnit):
    """The customer's priority where it is a field that people set, as in Jira: a table of values, most urgent first."""

    def rank(self, side: Side, native: Native, normals: Normals) -> int:
        name = self.fields[side][0]
        return self.table.rank(side, native.get(name, ""), partial(normals[side], name)) if self.table else 3


@dataclass(frozen=True)
class Computed:
    """One rule of the customer's instance: this impact and urgency compute to this priority."""

    impact: str
    urgency: str
    priority: str
    written: bool  # the pair to write for this priority


@dataclass(frozen=True)
class PriorityUnit:
    """The customer's impact, urgency and computed priority against the vendor's one field.

    The truth that travels is the priority as the instance computed it; what is written is a pair that computes to it,
    because ServiceNow computes the priority anew whatever is written there.
    """

    name: str
    owner: Side
    sources: frozenset[Side]
    impact: str
    urgency: str
    priority: str
    vendor: str
    table: Table  # most urgent first
    computed: tuple[Computed, ...]
    place: str

    def reads(self, side: Side) -> tuple[str, ...]:
        return (self.vendor,) if side is Side.VENDOR else (self.impact, self.urgency, self.priority)

    def writes(self, side: Side) -> frozenset[str]:
        if side.other not in self.sources:
            return frozenset()
        return frozenset({self.vendor} if side is Side.VENDOR else {self.impact, self.urgency})

    def choices(self, side: Side) -> Mapping[str, frozenset[str]]:
        if side is Side.VENDOR:
            return {self.vendor: self.table.named(side)}
        return {
            self.impact: frozenset(rule.impact for rule in self.computed),
            self.urgency: frozenset(rule.urgency for rule in self.computed),
            self.priority: self.table.named(side),
        }

    def translate(self, source: Side, native: Native, target_now: Native | None, normals: Normals) -> Translation:
        name = self.priority if source is Side.CUSTOMER else self.vendor
        value = native.get(name, "")
        found = self.table.find(source, name, value, normals[source])
        if found is None:
            return unmapped(f"{name} = {value!r} has no row in {self.place} ({source} to {source.other})")
        if source is Side.CUSTOMER:
            return Translation(Carry.VALUE, {self.vendor: found})
        return self._pair(found, target_now or {})

    def _pair(self, wanted: str, now: Native) -> Translation:
        """The present pair where it already computes to the wanted priority, else the one that the mapping prefers."""
        if now.get(self.priority) == wanted and self.impact in now and self.urgency in now:
            return Translation(Carry.VALUE, {self.impact: now[self.impact], self.urgency: now[self.urgency]})
        for rule in self.computed:
            if rule.written and rule.priority == wanted:
                return Translation(Carry.VALUE, {self.impact: rule.impact, self.urgency: rule.urgency})
        return unmapped(f"no impact and urgency in {self.place} compute to priority {wanted!r}")

    def same(self, customer: Native, vendor: Native, normals: Normals) -> bool:
        """By priority alone: a pair that should compute to it, but did not, is not the same."""
        mine, theirs = customer.get(self.priority, ""), vendor.get(self.vendor, "")
        there = (
            self.table.find(Side.CUSTOMER, self.priority, mine, normals[Side.CUSTOMER]) if Side.CUSTOMER in self.sources else None
        )
        back = self.table.find(Side.VENDOR, self.vendor, theirs, normals[Side.VENDOR]) if Side.VENDOR in self.sources else None
        if there is not None and agree({self.vendor: there}, vendor, normals[Side.VENDOR]):
            return True
        return back is not None and agree({self.priority: back}, customer, normals[Side.CUSTOMER])

    def rank(self, side: Side, native: Native, normals: Normals) -> int:
        name = self.priority if side is Side.CUSTOMER else self.vendor
        return self.table.rank(side, native.get(name, ""), partial(normals[side], name))

"""ServiceNow's encoded queries, read as its Table API reads them, mistakes included.

A part that names an unknown field or no known operator is ignored and the rest is run, so a typing
error returns more rows, not fewer. Names, operators and values are case-sensitive. Not simulated:
``SAMEAS``, ``RLQUERY`` and text search.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, str]
Reader = Callable[[Values], str]

#: Columns that compare as numbers; all others compare as text.
INTEGERS = frozenset(
    [
        "state",
        "incident_state",
        "hold_reason",
        "impact",
        "urgency",
        "priority",
        "severity",
        "sys_mod_count",
        "size_bytes",
        "size_compressed",
        "sequence",
        "max_length",
        "record_checkpoint",
    ]
)

_PART = re.compile(
    r"([a-z_][a-z0-9_.]*)"
    r"(!=|<=|>=|=|<|>|NOT ?LIKE|NOT ?IN|LIKE|STARTSWITH|ENDSWITH|ISNOTEMPTY|ISEMPTY|EMPTYSTRING|ANYTHING|BETWEEN|IN)"
    r"(.*)",
    re.DOTALL,
)
_GENERATED_DATE = re.compile(r"javascript:gs\.dateGenerate\('([^']*)','([^']*)'\)")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Condition:
    """One field against one value; :attr:`path` may be dot-walked (``caller_id.email``)."""

    path: str
    op: str
    operand: str
    read: Reader
    test: Callable[[str], bool]

    def holds(self, values: Values) -> bool:
        return self.test(self.read(values))


Clause = tuple[Condition, ...]  # any of them
Group = tuple[Clause, ...]  # all of them


@dataclass(frozen=True)
class Order:
    read: Reader
    descending: bool
    numeric: bool

    def key(self, values: Values) -> tuple[int, str]:
        value = self.read(values)
        return (_integer(value), value) if self.numeric else (0, value)


@dataclass(frozen=True)
class Query:
    """Rows wanted: those of any group; ``flawed`` says that a part was ignored."""

    groups: tuple[Group, ...]
    order: tuple[Order, ...] = ()
    flawed: bool = False

    def sort(self, rows: list[Values]) -> list[Values]:
        for order in reversed(self.order):
            rows.sort(key=order.key, reverse=order.descending)
        return rows


def holds(group: Group, values: Values) -> bool:
    return all(any(condition.holds(values) for condition in clause) for clause in group)


def parse(text: str, reader: Callable[[str], Reader | None]) -> Query:
    """Read an encoded query.

    :param reader: gives the way to read a field of a row by its (dot-walked) name, None if there is no such field.
    """
    return _Parser(reader).run(text)


class _Parser:
    def __init__(self, reader: Callable[[str], Reader | None]) -> None:
        self._reader = reader
        self._groups: list[list[list[Condition]]] = [[]]
        self._order: list[Order] = []
        self._flawed = False

    def run(self, text: str) -> Query:
        for part in text.split("^"):
            self._part(part)
        groups = tuple(tuple(tuple(clause) for clause in group if clause) for group in self._groups)
        return Query(groups, tuple(self._order), self._flawed)

    def _part(self, part: str) -> None:
        if part.startswith("NQ"):
            self._groups.append([])
            self._part(part[2:])
        elif part.startswith("ORDERBYDESC"):
            self._sort_by(part[11:], descending=True)
        elif part.startswith("ORDERBY"):
            self._sort_by(part[7:], descending=False)
        elif part.startswith("OR"):
            self._condition(part[2:], alternative=True)
        elif part not in ("", "EQ"):
            self._condition(part, alternative=False)

    def _sort_by(self, path: str, *, descending: bool) -> None:
        read = self._reader(path)
        if read is None:
            self._flawed = True
        else:
            self._order.append(Order(read, descending, _numeric(path)))

    def _condition(self, part: str, *, alternative: bool) -> None:
        group = self._groups[-1]
        if not (alternative and group):
            group.append([])
        found = _PART.fullmatch(part)
        read = self._reader(found[1]) if found else None
        if found is None or read is None:
            self._flawed = True
            return
        operand = _GENERATED_DATE.sub(r"\1 \2", found[3])
        op = found[2].replace("NOT IN", "NOTIN").replace("NOT LIKE", "NOTLIKE")
        group[-1].append(Condition(found[1], op, operand, read, _test(op, operand, numeric=_numeric(found[1]))))


def _numeric(path: str) -> bool:
    return path.rpartition(".")[2] in INTEGERS


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _test(op: str, operand: str, *, numeric: bool) -> Callable[[str], bool]:
    """The check of one value. An empty value is never less or greater than anything, as in SQL."""
    key: Callable[[str], int | str] = _integer if numeric else str
    if op in _COMPARE:
        compare, bound = _COMPARE[op], key(operand)
        return lambda value: value != "" and compare(key(value), bound)
    if op in ("IN", "NOTIN"):
        return _membership(operand.split(","), wanted=op == "IN")
    if op == "BETWEEN":
        low, _, high = operand.partition("@")
        return lambda value: value != "" and _within(key(low), key(value), key(high))
    return _TEXT_TESTS[op](operand)


def _within(low: int | str, value: int | str, high: int | str) -> bool:
    return _COMPARE["<="](low, value) and _COMPARE["<="](value, high)


def _membership(items: Iterable[str], *, wanted: bool) -> Callable[[str], bool]:
    members = frozenset(items)
    return lambda value: (value in members) is wanted


_TEXT_TESTS: Mapping[str, Callable[[str], Callable[[str], bool]]] = {
    "=": lambda operand: lambda value: value == operand,
    "!=": lambda operand: lambda value: value != operand,
    "LIKE": lambda operand: lambda value: operand in value,
    "NOTLIKE": lambda operand: lambda value: operand not in value,
    "STARTSWITH": lambda operand: lambda value: value.startswith(operand),
    "ENDSWITH": lambda operand: lambda value: value.endswith(operand),
    "ISEMPTY": lambda _: lambda value: value == "",
    "EMPTYSTRING": lambda _: lambda value: value == "",
    "ISNOTEMPTY": lambda _: lambda value: value != "",
    "ANYTHING": lambda _: lambda _value: True,
}

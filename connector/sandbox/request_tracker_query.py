"""What the simulated Request Tracker is asked for: TicketSQL and TransactionSQL, and conditions in JSON."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Test = Callable[[T], bool]

_TOKEN = re.compile(
    r"""\s*(?:(\()|(\))|(AND|OR)\b|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s()=<>!]+)|(!=|>=|<=|=|>|<))""", re.IGNORECASE
)
_LIKE = re.compile(r"\s*(NOT\s+LIKE|LIKE|IS\s+NOT|IS)\b", re.IGNORECASE)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_DAY = 86400


class Unreadable(Exception):
    """The query is none. ``str()`` is what Request Tracker says to it."""


@dataclass(frozen=True)
class Column(Generic[T]):
    """What one name of a query means.

    :ivar kind: ``text`` (in either case), ``number``, or ``time`` (seconds since the epoch).
    """

    value: Callable[[T], Any]
    kind: str = "text"


class Parser(Generic[T]):
    """Reads one query into a test.

    :param columns: by name in lower case; a condition on anything else fits nothing.
    :param zone: the account's offset from UTC in seconds: times in a query are in its own zone.
    :ivar named: the names that the query uses, in lower case.
    """

    def __init__(self, text: str, columns: Mapping[str, Column[T]], zone: int = 0) -> None:
        self._text, self._columns, self._zone = text, columns, zone
        self._at = 0
        self.named: set[str] = set()

    def test(self) -> Test[T]:
        """:raises Unreadable: it is no query."""
        if not self._text.strip():
            return lambda _: True
        found = self._any()
        if self._text[self._at :].strip():
            raise self._wrong("AGGREGATOR")
        return found

    def _any(self) -> Test[T]:
        tests = [self._all()]
        while self._word("OR"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda one: any(test(one) for test in tests)

    def _all(self) -> Test[T]:
        tests = [self._one()]
        while self._word("AND"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda one: all(test(one) for test in tests)

    def _one(self) -> Test[T]:
        token = self._next()
        if token[0]:
            found = self._any()
            if not self._next()[1]:
                raise self._wrong("CLOSE_PAREN")
            return found
        if not token[3]:
            raise self._wrong("KEYWORD")
        return self._condition(_bare(token[3]))

    def _condition(self, name: str) -> Test[T]:
        like = _LIKE.match(self._text, self._at)
        if like:
            self._at = like.end()
        sign = " ".join(like[1].upper().split()) if like else self._next()[4]
        value = self._next()[3] if sign else ""
        if not sign or not value:
            raise self._wrong("OPERATOR")
        self.named.add(name.lower())
        column = self._columns.get(name.lower())
        return self._fits(column, sign, _bare(value)) if column else lambda _: False

    def _fits(self, column: Column[T], sign: str, value: str) -> Test[T]:
        if sign in ("LIKE", "NOT LIKE"):
            return lambda one: (value.lower() in str(column.value(one)).lower()) == (sign == "LIKE")
        if sign not in _COMPARE:
            return lambda one: (str(column.value(one)) == "") == (sign == "IS")
        compare = _COMPARE[sign]
        if column.kind == "number":
            number = int(value) if value.lstrip("-").isdecimal() else 0
            return lambda one: compare(int(column.value(one)), number)
        if column.kind == "time":
            return self._time(column, sign, value)
        return lambda one: compare(str(column.value(one)).lower(), value.lower())

    def _time(self, column: Column[T], sign: str, value: str) -> Test[T]:
        at = self._moment(value)
        if sign == "=":  # any time of that day in the account's zone
            day = (at + self._zone) // _DAY
            return lambda one: (int(column.value(one)) + self._zone) // _DAY == day
        compare = _COMPARE[sign]
        return lambda one: compare(int(column.value(one)), at)

    def _moment(self, value: str) -> int:
        """A time, in the account's zone whatever zone it names."""
        try:
            return int(datetime.fromisoformat(value[:19]).replace(tzinfo=UTC).timestamp()) - self._zone
        except ValueError:
            return 0

    def _word(self, word: str) -> bool:
        found = _TOKEN.match(self._text, self._at)
        if not found or (found[3] or "").upper() != word:
            return False
        self._at = found.end()
        return True

    def _next(self) -> Sequence[str | None]:
        found = _TOKEN.match(self._text, self._at)
        if not found:
            raise self._wrong("KEYWORD|OPEN_PAREN")
        self._at = found.end()
        return found.groups()

    def _wrong(self, expected: str) -> Unreadable:
        before, after = self._text[: self._at], self._text[self._at :]
        return Unreadable(f"Wrong query, expecting a {expected} in '{before}>{after[:4]}<--here{after[4:]}'")


def _bare(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[:1] in ("'", '"') else token


def conditions(body: bytes, searchable: Mapping[str, Callable[[T], Any]]) -> Test[T]:
    """What a JSON list of conditions means: those of one field are alternatives, unknown fields are ignored.

    :raises Unreadable: it is no such list.
    """
    try:
        given = json.loads(body or b"[]")
    except ValueError as error:
        raise Unreadable(f"JSON parse error: {error}") from error
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Unreadable("JSON object must be a ARRAY")
    wanted: dict[str, list[Test[T]]] = {}
    for one in given:
        name, value = str(one.get("field", "")), one.get("value")
        if name in searchable and value is not None:
            wanted.setdefault(name, []).append(_json_test(searchable[name], str(one.get("operator", "=")), str(value)))
    return lambda row: all(any(test(row) for test in tests) for tests in wanted.values())


def _json_test(value: Callable[[T], Any], sign: str, wanted: str) -> Test[T]:
    compare = _COMPARE.get(sign, _COMPARE["="])

    def test(row: T) -> bool:
        found = value(row)
        if isinstance(found, int):
            return bool(compare(found, int(wanted) if wanted.isdecimal() else 0))
        return bool(compare(str(found).lower(), wanted.lower()))

    return test

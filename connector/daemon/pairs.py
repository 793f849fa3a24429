"""The list of tickets and cases that a person hands in as CSV. Pure: nothing is asked of any system."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.base import Problem

COLUMNS = ("ticket", "case")
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """One pair that a person named, by numbers or native ids. ``line`` counts from 1; 0 where no file named it."""

    ticket: str
    case: str
    line: int = 0

    @property
    def place(self) -> str:
        return f"line {self.line}" if self.line else f"{self.ticket} {self.case}"


class NotReadable(Exception):
    """The list as a whole cannot be read; ``problem`` says where, why, and what helps."""

    def __init__(self, place: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.problem = Problem(place, message, remedy)


def read_pairs(data: bytes) -> tuple[list[Row], list[Problem]]:
    """The rows that name a pair, and what is wrong with the others, by line.

    A header must name the columns ``ticket`` and ``case``; others are left alone. Commas, semicolons or tabs divide
    the columns, as the header does.

    :raises NotReadable: no such header, not UTF-8, or no CSV.
    """
    lines = _lines(data)
    header = next(lines, None)
    if header is None:
        raise NotReadable("line 1", "the file is empty", "write a header, ticket,case, and one pair a line")
    at = _columns(*header)
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in lines:
        named = [cells[n].strip() if n < len(cells) else "" for n in at]
        if not any(cell.strip() for cell in cells):
            continue
        if all(named):
            rows.append(Row(named[0], named[1], line))
        else:
            missing = next(column for column, name in zip(COLUMNS, named, strict=True) if not name)
            problems.append(Problem(f"line {line}", f"it names no {missing}", "write both, or remove the line"))
    if not rows and not problems:
        raise NotReadable("line 1", "no pair stands below the header", "write one pair a line: INC0010001,2026112210000001")
    good, twice = _once(rows)
    return good, sorted([*problems, *twice], key=lambda problem: int(problem.place.split()[1]))


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotReadable(f"line {line}", "this is no UTF-8", "save the file as CSV UTF-8") from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise NotReadable(f"line {line}", "a NUL character stands here: this is no text in UTF-8", "save the file as CSV UTF-8")
    return text


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells; of a cell with line breaks, the number of the line on which its row ends."""
    text = _text(data)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise NotReadable(f"line {reader.line_num}", f"this is no CSV: {error}", "mend the quotes") from error


def _columns(line: int, header: list[str]) -> list[int]:
    names = [name.strip().casefold() for name in header]
    for column in COLUMNS:
        if names.count(column) != 1:
            found = ", ".join(filter(None, names)) or "nothing"
            how = "twice" if column in names else "not"
            raise NotReadable(
                f"line {line}", f"the column {column!r} is {how} there; found: {found}", "begin the file with: ticket,case"
            )
    return [names.index(column) for column in COLUMNS]


def _once(rows: Iterable[Row]) -> tuple[list[Row], list[Problem]]:
    """The rows whose ticket and case no earlier row has, and the problems of the others."""
    good: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        names = {(column, getattr(row, column).casefold()): column for column in COLUMNS}
        again = next((key for key in names if key in seen), None)
        if again is None:
            good.append(row)
            seen.update(dict.fromkeys(names, row.line))
        else:
            what = f"the {names[again]} {getattr(row, names[again])} stands in line {seen[again]} already"
            problems.append(Problem(f"line {row.line}", what, "one ticket is linked with one case: keep one of the lines"))
    return good, problems

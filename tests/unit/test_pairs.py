"""The list of pairs: whatever is in a file, every row is a pair or a problem with its line, and nothing is guessed."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Problem
from connector.daemon.pairs import COLUMNS, NotReadable, Row, read_pairs

NAMES = st.text(st.sampled_from("INCabc0123 ;,\t\"'\nü"), max_size=6)
LINES = st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=8)


def written(rows: list[tuple[str, ...]], header: tuple[str, ...], delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


@given(LINES, st.permutations(["ticket", "case", "remark"]), st.sampled_from(",;\t"))
def test_every_row_is_a_pair_or_a_problem(rows: list[tuple[str, ...]], header: list[str], delimiter: str) -> None:
    """An independent reading of the same rows says what must come out."""
    at = [header.index(column) for column in COLUMNS]
    named = [tuple(row[n].strip() for n in at) for row in rows if any(cell.strip() for cell in row)]
    if not named:
        with pytest.raises(NotReadable):
            read_pairs(written(rows, tuple(header), delimiter))
        return
    good, problems = read_pairs(written(rows, tuple(header), delimiter))
    assert len(good) + len(problems) == len(named)
    seen: set[tuple[int, str]] = set()
    expected = []
    for pair in named:
        keys = {(n, name.casefold()) for n, name in enumerate(pair)}
        if all(pair) and not keys & seen:
            expected.append(pair)
            seen |= keys
    assert [(row.ticket, row.case) for row in good] == expected
    assert [row.line for row in good] == sorted({row.line for row in good})
    lines = [int(problem.place.removeprefix("line ")) for problem in problems]
    assert lines == sorted(set(lines))
    assert not set(lines) & {row.line for row in good}


def outcome(data: bytes) -> tuple[list[Row], list[Problem]]:
    """What a file comes to; one that cannot be read at all is one problem."""
    try:
        return read_pairs(data)
    except NotReadable as error:
        return [], [error.problem]


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(b"ticket,case\n".__add__)))
def test_whatever_the_file_holds_every_row_is_good_or_told_with_its_line(data: bytes) -> None:
    good, problems = outcome(data)
    assert good or problems
    assert all(row.ticket and row.case and row.line > 1 for row in good)
    assert all(problem.place.startswith("line ") and problem.remedy for problem in problems)


def test_lines_are_those_of_the_file() -> None:
    good, problems = read_pairs(b"remark,ticket,case\n\nx,INC1,11\ny,,12\nz,INC3\nw,inc1,13\nv,INC4,11\nu,INC5,15\n")
    assert good == [Row("INC1", "11", 3), Row("INC5", "15", 8)]
    assert [f"{p.place}: {p.message}" for p in problems] == [
        "line 4: it names no ticket",
        "line 5: it names no case",
        "line 6: the ticket inc1 stands in line 3 already",
        "line 7: the case 11 stands in line 3 already",
    ]


def test_a_file_of_spreadsheets_in_german_lands_is_read() -> None:
    good, _ = read_pairs("\ufeffTicket;Case;Bemerkung\r\nINC1;11;schön, gut\r\n".encode())
    assert good == [Row("INC1", "11", 2)]

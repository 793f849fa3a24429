"""How figures are judged and shown."""

from __future__ import annotations

import io
import json

from rich.console import Console

from tests.bench.table import Line, render, to_json, to_markdown

LINES = [
    Line("burst", "wall", 2.6, "s", 2.0, at_most=1.3, of_ratio=True, note="[1000] changes"),
    Line("burst", "CPU a change", 3.01, "ms", 0.5, at_most=3),
    Line("replicas", "two beside one", 79.0, "/s", 40.0, at_least=1.8, of_ratio=True),
    Line("database", "commits a change", 2),
]


def test_a_limit_holds_for_the_figure_or_for_its_ratio() -> None:
    assert [line.met for line in LINES] == [True, False, True, None]
    assert [line.limit for line in LINES] == ["≤ 1.3 x", "≤ 3 ms", "≥ 1.8 x", ""]


def test_the_table_shows_every_line_with_its_verdict() -> None:
    out = io.StringIO()
    Console(file=out, width=160).print(render(LINES, "2 cores"))
    shown = [line for line in out.getvalue().splitlines() if "│" in line]
    assert len(shown) == len(LINES)
    for row, words in zip(
        shown,
        (("wall", "2.6 s", "2 s", "1.3 x", "ok", "[1000] changes"), ("3.01 ms", "MISSED"), ("1.975 x", "≥ 1.8 x", "ok"), ("2",)),
        strict=True,
    ):
        assert all(word in row for word in words), row
    assert "2 of 3 limits met" in out.getvalue()


def test_programs_read_the_same_as_json() -> None:
    told = json.loads(to_json(LINES, "2 cores"))
    assert told["machine"] == "2 cores"
    assert [(line["what"], line["met"]) for line in told["lines"]] == [(line.what, line.met) for line in LINES]


def test_the_documentation_has_the_same_table() -> None:
    rows = to_markdown(LINES).splitlines()
    assert rows[2] == "| burst | wall | 2.6 s | 2 s | 1.3 x | ≤ 1.3 x | ok | [1000] changes |"
    assert len(rows) == 2 + len(LINES)

"""What a run has measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Line:
    """One figure.

    :param bare: what the bare minimum took in the same run, in the same unit.
    :param at_most: the limit of the figure, or of its ratio to the bare minimum where ``of_ratio``.
    :param at_least: the same, the other way round.
    """

    scenario: str
    what: str
    measured: float
    unit: str = ""
    bare: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    of_ratio: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.measured / self.bare if self.bare else None

    @property
    def met(self) -> bool | None:
        """Whether the limit holds; None where there is none."""
        judged = self.ratio if self.of_ratio else self.measured
        if judged is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or judged <= self.at_most) and (self.at_least is None or judged >= self.at_least)

    @property
    def limit(self) -> str:
        """Such as ``≤ 1.3 x`` or ``≤ 20 ms``."""
        unit = "x" if self.of_ratio else self.unit
        bounds = (("≤", self.at_most), ("≥", self.at_least))
        return ", ".join(f"{sign} {bound:g} {unit}".rstrip() for sign, bound in bounds if bound is not None)


def show(lines: Sequence[Line], title: str) -> None:
    """To a terminal with colours, to a pipe without; never cut short."""
    plain = not sys.stdout.isatty()
    Console(width=170 if plain else None, no_color=plain).print(render(lines, title))


def render(lines: Sequence[Line], title: str) -> Table:
    table = Table(title=title, title_justify="left", caption=_verdict(lines), caption_justify="left")
    for name in ("", "what"):
        table.add_column(name, overflow="fold")
    for name in ("measured", "bare", "ratio", "limit"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("of which", overflow="fold", max_width=70)
    before = ""
    for line in lines:
        if before not in ("", line.scenario):
            table.add_section()
        table.add_row(line.scenario if line.scenario != before else "", *_cells(line))
        before = line.scenario
    return table


def to_json(lines: Sequence[Line], machine: str) -> str:
    rows = [asdict(line) | {"ratio": line.ratio, "met": line.met} for line in lines]
    return json.dumps({"machine": machine, "lines": rows}, indent=1, ensure_ascii=False)


def to_markdown(lines: Sequence[Line]) -> str:
    """The table as docs/measurements.md has it."""
    rows: list[tuple[str, ...]] = [("", "what", "measured", "bare", "ratio", "limit", "", "of which"), ("---",) * 8]
    rows += [(line.scenario, *(Text.from_markup(cell).plain for cell in _cells(line))) for line in lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(line: Line) -> tuple[str, ...]:
    unit = f" {line.unit}" if line.unit else ""
    bare = "" if line.bare is None else f"{_number(line.bare)}{unit}"
    ratio = "" if line.ratio is None else f"{_number(line.ratio)} x"
    verdict = {None: "", True: "[green]ok[/]", False: "[bold red]MISSED[/]"}[line.met]
    return line.what, f"{_number(line.measured)}{unit}", bare, ratio, line.limit, verdict, escape(line.note)


def _number(value: float) -> str:
    if value == int(value):
        return str(int(value))
    return (
        f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    )  # one digit more than is sure, to tell a figure from its limit


def _verdict(lines: Sequence[Line]) -> str:
    judged = [line.met for line in lines if line.met is not None]
    return f"{sum(judged)} of {len(judged)} limits met"

"""``connector explain TICKET``: what happened to a ticket, why, by whose right, and what happens next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from connector.cli import show
from connector.daemon.explain import stories
from connector.daemon.office import Office
from connector.phrases.language import Language

Ticket = Annotated[str, typer.Argument(help="A ticket's number on either side, its id, or a bond's id.", show_default=False)]
AllOption = Annotated[bool, typer.Option("--all", help="Bookkeeping too: what was asked, announced, agreed and verified.")]
Row = tuple[str, str, str]
"""What a line is about, its text, and the style of both."""


def explain(
    ticket: Ticket, everything: AllOption = False, config: show.ConfigOption = None, json: show.JsonOption = False
) -> None:
    """Tell what happened to a ticket and why, who has it now, and what the connector waits for.

    Exit code 1 where no such ticket is known. Asks the store alone, no system.
    """
    configuration = show.settings(config, json=json)
    with show.reported(json=json), Office(configuration) as office:
        found = stories(configuration, office.store, ticket, everything=everything)
    for story in found:
        if json:
            show.emit(story)
        else:
            printed(story)


def printed(story: Mapping[str, Any]) -> None:
    """What ``explain`` shows of one story, in its language."""
    speak = Language(story["language"])
    names = [story["ticket"] or speak("no ticket"), story["case"] and speak(f"case {story['case']}"), story["title"]]
    _line(" · ".join(name for name in names if name), "bold")
    _line(f"{story['connection']}, bond {story['bond']}: {story['state_text']}", "dim")
    if story["follows"]:
        _line(f"follows {story['follows']}", "dim")
    if story["followers"]:
        _line(f"{'beside' if story['follows'] else 'followed by'} {', '.join(story['followers'])}", "dim")
    for heading, rows in _sections(story):
        _section(speak(heading), [(speak(about), text, style) for about, text, style in rows])


def _sections(story: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[Row]]]:
    speak = Language(story["language"])
    yield "Now", _now(story, speak)
    yield "What stands different", _standing(story, speak)
    yield "What stays where it is", ((row["text"], _parked(row), "") for row in story["withheld"])
    yield "Owed", ((one["state"], one["text"], "yellow" if one["state"] == "overdue" else "") for one in story["owed"])
    yield "Handed over", ((one["step"], one["text"], "") for one in story["hand_overs"] if one["bounces"] or story["level"])
    yield "Joined tasks of the vendor's", ((one["task"], one["text"], "" if one["informed"] else "dim") for one in story["tasks"])
    yield "Not confirmed", (("", one["text"], "yellow") for one in story["not_confirmed"])
    yield "Waited on", ((who, _span(seconds), "") for who, seconds in story["waited"].items())
    yield "Under way", (("", text, "") for text in story["open"])
    yield "Story (UTC)", _told(story)
    yield "Next", [("", story["next"], "bold")]


def _now(story: Mapping[str, Any], speak: Language) -> Iterator[Row]:
    for unit, sides in story["units"].items():
        yield unit.replace("_", " "), " | ".join(f"{speak(side)}: {value}" for side, value in sides.items()), ""
    if story["held"]:
        yield "held", story["held"]["reason"], "yellow"
    if story["parked"] is not None:
        yield "parked", story["parked"], "red"


def _standing(story: Mapping[str, Any], speak: Language) -> Iterator[Row]:
    for unit, standing in story["standing"].items():
        ruling = standing["ruling"]
        text = ruling["text"] if ruling else _parked(standing)
        since = speak(f"(Since {_clock(standing['since'])}.)")
        yield unit.replace("_", " "), f"{text} {since}", ""


def _told(story: Mapping[str, Any]) -> Iterator[Row]:
    for line in story["story"]:
        yield _clock(line["at"]), line["text"], ""
        yield from _right(line["ruling"])


def _right(ruling: Mapping[str, str] | None) -> Iterator[Row]:
    if ruling:
        yield "", ruling["text"], "dim"


def _parked(row: Mapping[str, Any]) -> str:
    return f"waits for an operator: {row['reason']}" if row["parked"] else str(row["reason"])


def _clock(at: str) -> str:
    return at.replace("T", " ").removesuffix("Z")


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, minutes = divmod(rest // 60, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"


def _section(heading: str, rows: Iterable[Row]) -> None:
    """Aligned and wrapped on a terminal; elsewhere one line each, for grep."""
    rows = list(rows)
    if not rows:
        return
    _line(f"\n{heading}", "bold")
    if not show.out.is_terminal:
        for about, text, _ in rows:
            _line(f"  {about}  {text}" if about else f"    {text}")
        return
    grid = Table.grid(padding=(0, 2), pad_edge=True)
    for about, text, style in rows:
        grid.add_row(Text(about, "cyan", no_wrap=True), Text(text, style))
    show.out.print(grid, soft_wrap=False)


def _line(text: str, style: str = "") -> None:
    show.out.print(Text(text, style))

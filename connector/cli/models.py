"""``connector models list | show | check``: the operating models, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from connector.cli import show as screen
from connector.daemon import models as library
from connector.daemon.office import problems_as_dicts

models = typer.Typer(no_args_is_help=True, add_completion=False, help="Operating models: who may do what.")

Named = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A model's name, or a file that ends in .yaml.", show_default=False)
]
Item = Mapping[str, Any]

_WIDTH = 160  # columns, where there is no terminal to ask
_NARROW = 120
_TODAY = {"today": "yes", "partly": "partly", "later": "not yet", "doc_only": "text", "empty_in_source": "empty"}


@models.command("list")
def list_(config: screen.ConfigOption = None, json: screen.JsonOption = False) -> None:
    """List the models that a connection can name."""
    with screen.reported(json=json):
        found = library.listed(config)
    if json:
        screen.emit({"models": found})
        return
    rows = [
        [one["name"], f"cannot be loaded: {one['problems']} problems"]
        if one["problems"]
        else [one["name"], one["title"], ", ".join(one["parties"]), " ".join(one["levels"]), one["rows"]]
        for one in found
    ]
    _table("Operating models", ("name", "in words", "parties", "levels", "rows"), rows)


@models.command("show")
def show_(
    name: Named,
    everything: Annotated[bool, typer.Option("--all", help="The prose of the document too, clause by clause.")] = False,
    config: screen.ConfigOption = None,
    json: screen.JsonOption = False,
) -> None:
    """Show a model: its matrix, levels, evidence, duties and settings. Letters in brackets are not stated by the document."""
    with screen.reported(json=json):
        model = library.told(name, config)
    if json:
        screen.emit(model)
        return
    _line(f"{model['id']}: {model['title']}", "bold")
    _line(f"source {model['source']}; {model['file']}", "dim")
    _matrix(model)
    _like_rows(model)
    _levels(model)
    _evidence(model)
    _duties(model)
    _table(
        "Systems",
        ("system", "managed by", "when", "clause"),
        ([s["title"], _party(model, s["managed_by"]), _when(s), s["source"]] for s in model["systems"]),
    )
    _table("Flow", ("at", "rule", "then", "when", "clause", "works"), map(_step, model["flow"]))
    if everything:
        _table(
            "Prose",
            ("clause", "what it means here", "where", "works"),
            ([c["clause"], c["means"] or c["reason"], c["source"], _TODAY[c["state"]]] for c in model["clauses"]),
        )
    _table("Settings", ("setting", "value", "from", "works", "what it decides"), map(_setting, model["settings"].items()))


@models.command("check")
def check(
    name: Named,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="Settings: check their mappings and installations against the model, too.", show_default=False
        ),
    ] = None,
    json: screen.JsonOption = False,
) -> None:
    """Check a model. Every problem names file, line and remedy. Exit code 1 where there is any.

    With --config also the standing findings of the installations that use it: they set no exit code.
    """
    installation = screen.settings(config, json=json) if config else None
    with screen.reported(json=json):
        found = problems_as_dicts(library.checked(name, config, installation))
        findings = problems_as_dicts(library.standing_of(name, config, installation)) if installation else None
    screen.problems(found, json=json, findings=findings)
    if found:
        raise typer.Exit(screen.FOUND_PROBLEMS)
    if not json:
        screen.out.print(f"[green]fine[/]: {name}" + (f" in {config}" if config else ""))


# --- the parts of a model ---


def _matrix(model: Item) -> None:
    """The party columns never wrap; on a narrow terminal condition and clause stand below the task instead of beside it."""
    narrow, parties = _console().width < _NARROW, [*model["parties"]]
    columns = (
        "#",
        "task",
        "kind",
        *(party.replace("_", " ") for party in parties),
        "works",
        *(() if narrow else ("when", "clause")),
    )
    _table(
        "Who does what",
        columns,
        (_row(task, parties, narrow=narrow) for task in model["tasks"]),
        solid=("#", "kind", *columns[3:-1], "works"),
    )
    named = "; ".join(f"{party.replace('_', ' ')} = {_party(model, party)}" for party in parties)
    legend = "; ".join(f"{letter} {text}" for letter, text in (model["legend"] or _LEGEND).items())
    _line(f"  {named}\n  {legend}\n  In brackets: not stated by the document.", "dim")


def _row(task: Item, parties: Sequence[str], *, narrow: bool) -> list[object]:
    beside = [_when(task), _placed(task)]
    title = Text(task["title"]) + Text("".join(f"\n{text}" for text in beside if text and narrow), "dim")
    kind = "+".join([task["kind"], *task["also"]])
    cells = [_cell(task, party) for party in parties]
    return [task["number"], title, kind, *cells, _TODAY[task["state"]], *(() if narrow else beside)]


def _like_rows(model: Item) -> None:
    """By their ids, by which mappings name them: they have no number in the document."""
    parties = [*model["parties"]]
    columns = ("id", "clause", "kind", *(party.replace("_", " ") for party in parties), "when", "stands in")
    rows = (
        [row["id"], row["title"], row["kind"], *(_cell(row, party) for party in parties), _when(row), row["source"]]
        for row in model["rows_of_clauses"]
    )
    _table("Prose that is like a row", columns, rows, solid=("kind", *columns[3:-2]))


_LEGEND = {"A": "accountable", "R": "responsible", "S": "supports", "C": "consulted", "I": "informed"}


def _cell(task: Item, party: str) -> str:
    letters = ",".join(task["rasci"].get(party, ()))
    return f"({letters})" if letters and party in task["not_stated"] else letters


def _placed(task: Item) -> str:
    return str(task["source"]) + ("" if task["placement"] == "certain" else f" [column {task['placement']}]")


def _levels(model: Item) -> None:
    """As a chain; a level that is entered by its cause stands beside it."""
    _line("\nLevels", "bold")
    for level in model["levels"]:
        way = f"by cause ({', '.join(level['causes'])}) to " if "cause" in level["entry"] else ""
        onward = f" → {', '.join(level['next'])}" if level["next"] else ""
        _line(f"  {way}{level['id']} {level['title']}: {' or '.join(_owner(model, owner) for owner in level['owner'])}{onward}")


def _owner(model: Item, owner: Item) -> str:
    if owner["setting"]:
        value = model["settings"][owner["setting"]]["value"]
        return f"{_party(model, value) if value else 'not given'} (setting {owner['setting']})"
    return _party(model, owner["party"]) + (f" ({_when(owner)})" if owner["when"] else "")


def _evidence(model: Item) -> None:
    steps = dict.fromkeys(item["hand_over"] for item in model["evidence"])
    for step in steps:
        rows = (
            [item["title"], item["need"], " or ".join(item["by"]), _record(item), item["source"], _basis(item)]
            for item in model["evidence"]
            if item["hand_over"] == step
        )
        _table(f"Evidence from {step.replace('-', ' to ')}", ("item", "need", "shown by", "for", "clause", "basis"), rows)


def _record(item: Item) -> str:
    record = "" if item["record_type"] == "any" else str(item["record_type"])
    return record + (f" (not {', '.join(item['not_for'])})" if item["not_for"] else "")


def _duties(model: Item) -> None:
    duties = model["duties"]
    rows: list[Sequence[object]] = []
    rows += [
        ["call after a P1", one["owed"].replace("_", " "), _party(model, one["party"]), _when(one), one["source"], _basis(one)]
        for one in duties["p1_call"]
    ]
    rows += [
        [
            "root cause analysis",
            one["cause"].replace("_", " ") + (" alone" if one["solely"] else ""),
            _party(model, one["party"]),
            _when(one),
            one["source"],
            _basis(one),
        ]
        for one in duties["rca"]
    ]
    if not duties["rca"]:
        rows.append(["root cause analysis", "none", "", "", "the document has none", ""])
    rows += [
        ["speaks to users", f"at {one['level']}", _party(model, one["party"]), _when(one), one["source"], _basis(one)]
        for one in duties["speaks_to_users"]
    ]
    _table("Duties", ("duty", "which", "whose", "when", "clause", "basis"), rows)


def _step(rule: Item) -> list[object]:
    then = "" if rule["then"] == "stays" else rule["then"].replace("_", " ") + (f" to {rule['to']}" if rule["to"] else "")
    return [rule["at"], rule["rule"], then, _when(rule), rule["source"], _TODAY[rule["state"]]]


def _setting(setting: tuple[str, Item]) -> list[object]:
    name, one = setting
    value = "not given" if one["value"] == "" else one["value"]
    unit = f" {one['unit']}" if isinstance(value, int) else ""
    return [name, f"{value}{unit}", one["source"], "yes" if one["used"] else "not yet", one["meaning"]]


def _party(model: Item, party: str | None) -> str:
    return str(model["parties"][party]["name"]) if party in model["parties"] else party or ""


def _when(item: Item) -> str:
    return ", ".join(f"{name} {' or '.join(values)}" for name, values in item["when"].items())


def _basis(item: Item) -> str:
    return "" if item["basis"] == "stated" else str(item["basis"])


# --- printing ---


def _console() -> Console:
    return screen.out if screen.out.is_terminal else Console(width=_WIDTH)


def _table(title: str, columns: Iterable[str], rows: Iterable[Sequence[object]], solid: Sequence[str] = ()) -> None:
    """Wrapped to the terminal, elsewhere to a width of its own; ``solid`` columns never wrap. No rows: nothing."""
    shown = Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 2, 0, 0),
        show_edge=False,
        expand=False,
    )
    for column in columns:
        shown.add_column(Text(column), no_wrap=column in solid)
    for row in _filled(rows, len(shown.columns)):
        shown.add_row(*row)
    if shown.row_count:
        _console().print(shown, soft_wrap=False)


def _filled(rows: Iterable[Sequence[object]], width: int) -> Iterator[list[Text]]:
    for row in rows:
        cells = [cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in row]
        yield cells + [Text()] * (width - len(cells))


def _line(text: str, style: str = "") -> None:
    screen.out.print(Text(text, style))

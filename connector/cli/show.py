"""How commands speak: JSON for machines, tables for people, problems with their remedies, progress where it takes long."""

from __future__ import annotations

import json as jsonlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from connector.daemon.errors import NotDone, Unusable
from connector.settings import Configuration, SettingsError
from connector.settings import load as load_settings

FOUND_PROBLEMS = 1
UNUSABLE = 2
_PLAIN_EVERY = 5.0  # seconds between two lines of progress, where there is no terminal

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="The settings file; else CONNECTOR_CONFIG, else config/connector.yaml.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def emit(value: Any) -> None:
    """One line of JSON on standard output."""
    typer.echo(jsonlib.dumps(value, ensure_ascii=False, default=str))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people. Texts of tickets are shown as they are: nothing in them is markup."""
    shown = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows:
        shown.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    out.print(shown)


def problems(found: Iterable[Mapping[str, str]], *, json: bool, findings: Iterable[Mapping[str, str]] | None = None) -> None:
    """Each problem with its place and its remedy.

    :param findings: what is not as the operating model asks, and no problem: under a heading and a key of their own.
    """
    found, others = list(found), None if findings is None else list(findings)
    if json:
        emit({"ok": not found, "problems": found} | ({} if others is None else {"findings": others}))
        return
    for problem in found:
        _tell("[bold red]problem[/]", problem)
    if others:
        err.print("[bold]Findings[/] [dim](not as the operating model asks; nothing stops for it)[/]")
        for finding in others:
            _tell("[yellow]finding[/]", finding)


def _tell(kind: str, one: Mapping[str, str]) -> None:
    err.print(f"{kind} {escape(one['place'])}\n  {escape(one['message'])}\n  [dim]remedy: {escape(one['remedy'])}[/]")


def settings(path: Path | None, *, json: bool = False) -> Configuration:
    """The configuration; where it is wrong, every problem is printed and the program ends with code 2."""
    try:
        return load_settings(path)
    except SettingsError as error:
        problems(({"place": p.place, "message": p.message, "remedy": p.remedy} for p in error.problems), json=json)
        raise typer.Exit(UNUSABLE) from None


@contextmanager
def reported(*, json: bool = False) -> Iterator[None]:
    """What keeps a command from its work is printed, and sets the exit code."""
    try:
        yield
    except (Unusable, NotDone) as error:
        if json:
            emit({"ok": False, "error": str(error)})
        else:
            err.print(f"[bold red]error[/] {escape(str(error))}")
        raise typer.Exit(UNUSABLE if isinstance(error, Unusable) else FOUND_PROBLEMS) from None


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, else a line now and then; on standard error."""
    if not err.is_terminal:
        yield _plain(label)
        return
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _plain(label: str) -> Callable[[int, int], None]:
    last = time.monotonic()

    def say(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _PLAIN_EVERY:
            last = time.monotonic()
            typer.echo(f"{label}: {done} of {total}", err=True)

    return say

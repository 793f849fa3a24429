"""``connector answer``: tell the connector what a person says about a ticket."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from connector.cli import show
from connector.cli.desk import Ticket
from connector.daemon.office import Office


def answer(
    ticket: Ticket,
    topic: Annotated[str, typer.Argument(help="What it is about, such as called, accept, statement.", show_default=False)],
    text: Annotated[list[str] | None, typer.Argument(help="The person's words.", show_default=False)] = None,
    by: Annotated[
        str,
        typer.Option("--by", help="Whose word it is: login or name on the roster; else your login name.", show_default=False),
    ] = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Record a person's word, as a line `#connector TOPIC TEXT` in an internal note of the ticket would.

    The topics are explained in docs/replies.md. Exit code 2 for an unknown topic, or a person who may not answer.
    """
    configuration = show.settings(config, json=json)
    with show.reported(json=json), Office(configuration) as office:
        done = office.answer(ticket, topic.casefold(), " ".join(" ".join(text or ()).split()), by or getpass.getuser())
    if json:
        show.emit(done)
        return
    said = f"{done['topic']}{': ' if done['text'] else ''}{done['text']}"
    show.out.print(f"{done['ticket'] or ticket}: {done['by']} said {said} ({done['bond']})", markup=False, highlight=False)
    if not done["heeded"]:
        show.err.print("nothing acts on it: its connection names no installation (docs/installation.md)")

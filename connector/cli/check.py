"""``connector check``: everything that can be known before the first pass."""

from __future__ import annotations

from typing import Annotated

import typer

from connector.cli import show
from connector.daemon import logs
from connector.daemon.office import Office, problems_as_dicts
from connector.daemon.standing import standing


def check(
    config: show.ConfigOption = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only files: settings, mapping, operating model, installation.")
    ] = False,
    json: show.JsonOption = False,
) -> None:
    """Check settings, mappings, operating models and installations, then the live systems. Changes nothing in them.

    Findings are what the operating model asks for and is not so here: they keep nothing from running, and set no exit code.
    """
    configuration = show.settings(config, json=json)
    logs.configure(level="error")
    found: list[dict[str, str]] = []
    if not offline:
        with show.reported(json=json), Office(configuration) as office:
            found, findings = problems_as_dicts(office.check()), problems_as_dicts(office.findings())
    else:
        with show.reported(json=json):
            findings = problems_as_dicts(standing(configuration))
    show.problems(found, json=json, findings=findings)
    if found:
        raise typer.Exit(show.FOUND_PROBLEMS)
    if not json:
        names = ", ".join(one.name for one in configuration.connections)
        show.out.print(f"[green]fine[/]: {names}" + (" (offline: no system was asked)" if offline else ""))

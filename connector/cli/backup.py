"""``connector backup | restore``: the whole store as one file, and back."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli import show
from connector.daemon import recovery

ByOption = Annotated[str, typer.Option("--by", help="Who orders it, for the audit; else the login name.", show_default=False)]


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write; it must not exist.", dir_okay=False)],
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Copy the whole store to a file, as it stands at one moment. The daemon may go on working.

    The file holds secrets (the key of our marks, refresh tokens): keep it as safe as the database.
    """
    configuration = show.settings(config, json=json)
    with show.reported(json=json), show.progress("Copying") as progress:
        manifest = recovery.backup(configuration, file, progress)
    if json:
        show.emit({"ok": True, "file": str(file), "manifest": manifest})
    else:
        show.out.print(f"{file}: {_said(manifest)}", markup=False, highlight=False)
        if manifest["anchor"]:
            show.out.print(f"anchor {manifest['anchor']}", highlight=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that connector backup made.", exists=True, dir_okay=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: ByOption = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Put a backup in the place of the store. Stop the daemon first. The store that is there is kept under another name.

    Afterwards nothing is written by itself to make up for what was lost: values that differ stand until `retry`.
    """
    configuration = show.settings(config, json=json)
    with show.reported(json=json):
        manifest = recovery.look(file)
        if not yes and not json:
            show.out.print(f"{file}: {_said(manifest)}", markup=False, highlight=False)
        if not yes and not _confirmed(json=json):
            raise typer.Exit(show.UNUSABLE)
        with show.progress("Restoring") as progress:
            done = recovery.restore(configuration, file, by or getpass.getuser(), progress)
    if json:
        show.emit({"ok": True, **done})
    else:
        show.out.print(f"restored: {done['bonds']} bonds", highlight=False)
        if done["kept"]:
            show.out.print(f"what was there is kept as {done['kept']}", markup=False, highlight=False)


def _confirmed(*, json: bool) -> bool:
    """Asked on a terminal alone: a script says --yes."""
    if not json and show.err.is_terminal:
        return typer.confirm("Put it in the place of the store that is there now?", err=True)
    said = "nobody is here to ask: say --yes to put the backup in the place of the store"
    if json:
        show.emit({"ok": False, "error": said})
    else:
        show.err.print(f"[bold red]error[/] {said}")
    return False


def _said(manifest: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(manifest["at"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    tables = manifest["tables"]
    return (
        f"{tables['bond']} bonds and {tables['audit_record']} audit records of {at}, "
        f"schema {manifest['schema']}, made by version {manifest['program']}"
    )

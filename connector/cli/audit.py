"""``connector audit``: prove that nobody edited the record, and hand it out."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli import show
from connector.daemon.office import Office, verify_file

audit = typer.Typer(
    name="audit",
    help="Verify or export the audit record, or erase the content of one entry.",
    no_args_is_help=True,
    add_completion=False,
)

AnchorOption = Annotated[
    str, typer.Option("--anchor", help="NUMBER:HASH of a checkpoint, from the log: it must be in the chain.")
]


@audit.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="An export; else the store.", exists=True, dir_okay=False)] = None,
    anchor: AnchorOption = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Recompute every hash. Exit code 1 where anything is not as it was recorded."""
    found = verify_file(file, anchor) if file else _verify_store(config, anchor, json=json)
    if json:
        show.emit(found)
    else:
        _say(found)
    if not found["verified"]:
        raise typer.Exit(show.FOUND_PROBLEMS)


@audit.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write; JSON Lines.", dir_okay=False)],
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Write the whole record to a file, which can be verified without the database."""
    configuration = show.settings(config, json=json)
    with show.reported(json=json), Office(configuration) as office, show.progress("Exporting") as progress:
        lines = office.export(file, progress)
    if json:
        show.emit({"ok": True, "file": str(file), "lines": lines})
    else:
        show.out.print(f"{file}: {lines} lines", markup=False, highlight=False)


@audit.command()
def redact(
    bond: Annotated[str, typer.Argument(help="The bond, as explain --all and the export name it.")],
    record: Annotated[int, typer.Argument(help="The number of the record within the bond.", min=1)],
    reason: Annotated[str, typer.Option("--reason", help="Why, kept in the record for good.")],
    by: Annotated[str, typer.Option("--by", help="Who orders it; else the login name.", show_default=False)] = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Erase the content of one record. The chain still verifies, and says who erased what and why."""
    configuration = show.settings(config, json=json)
    with show.reported(json=json), Office(configuration) as office:
        office.redact(bond, record, by=by or getpass.getuser(), reason=reason)
    if json:
        show.emit({"ok": True, "bond": bond, "record": record})
    else:
        show.out.print(f"record {record} of bond {bond}: content erased", markup=False, highlight=False)


def _verify_store(config: Path | None, anchor: str, *, json: bool) -> dict[str, Any]:
    configuration = show.settings(config, json=json)
    with show.reported(json=json), Office(configuration) as office, show.progress("Verifying") as progress:
        return office.verify(anchor, progress)


def _say(found: dict[str, Any]) -> None:
    counts = (
        f"{found['records']} records of {found['bonds']} bonds, {found['checkpoints']} checkpoints, {len(found['erased'])} erased"
    )
    show.out.print(f"[green]verified[/]: {counts}" if found["verified"] else f"[bold red]not verified[/]: {counts}")
    if found["anchor"]:
        show.out.print(f"anchor {found['anchor']}", highlight=False)
    for restore in found["restores"]:
        at, to = (datetime.fromtimestamp(restore[name], UTC).strftime("%Y-%m-%d %H:%M:%S UTC") for name in ("at", "backup_at"))
        show.out.print(f"restored {at} by {restore['by']} from a backup of {to}", markup=False, highlight=False)
    for problem in found["problems"]:
        place = f"bond {problem['bond']} record {problem['n']}" if problem["bond"] else f"checkpoint {problem['n']}"
        show.out.print(f"{place}: {problem['what']}", markup=False, highlight=False)

"""``connector backfill``: the tickets that were there before the connector."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from connector.cli import show
from connector.cli.link import ByOption, ConnectionOption, DryRunOption
from connector.daemon import logs
from connector.daemon.backfill import Backfill, as_dict
from connector.daemon.office import Office
from connector.daemon.parting import Parting

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
_SHOWN = 12  # reasons told; --json has all


def backfill(  # noqa: PLR0913, PLR0917 - one parameter an option
    since: Annotated[
        datetime | None, typer.Option(help="Tickets that changed last at this time (UTC) or later.", formats=_FORMATS)
    ] = None,
    until: Annotated[datetime | None, typer.Option(help="Tickets that changed last before this time.", formats=_FORMATS)] = None,
    connection: ConnectionOption = "",
    comments: Annotated[
        bool, typer.Option("--comments", help="Instead: let what was there before `connector link` travel.")
    ] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew where an earlier one was interrupted.")] = False,
    dry_run: DryRunOption = False,
    by: ByOption = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Take in the tickets that are meant for the vendor and that no poll reaches back to.

    Page by page: one that was interrupted goes on where it stopped. The daemon opens their cases, today's work first.
    """
    if comments and (since or until or restart):
        raise typer.BadParameter("--comments is about all linked tickets: leave the dates and --restart out")
    configuration = show.settings(config, json=json)
    logs.configure(level="error")
    with show.reported(json=json), Office(configuration) as office:
        if comments:
            parting = Parting(office.connection(connection, asked=False), office.store)
            with show.progress("bonds") as told:
                bonds, items = parting.let_history_go(by or getpass.getuser(), told, dry_run=dry_run)
            done: dict[str, Any] = {"dry_run": dry_run, "bonds": bonds, "items": items}
        else:
            work = Backfill(office.connection(connection), office.store)
            begun = work.begin(_at(since), _at(until), restart=restart)
            with show.progress("tickets") as told:
                done = as_dict(work.run(begun, told, dry_run=dry_run), dry_run=dry_run)
    if json:
        show.emit({"ok": not done.get("unread"), **done})
    elif comments:
        show.out.print(f"{items} comments and files of {bonds} tickets {'would' if dry_run else 'will'} travel", highlight=False)
    else:
        _print(done)
    if done.get("unread"):
        raise typer.Exit(show.FOUND_PROBLEMS)


def _at(day: datetime | None) -> float | None:
    return None if day is None else day.replace(tzinfo=UTC).timestamp()


def _print(done: Mapping[str, Any]) -> None:
    taken = "would be taken" if done["dry_run"] else "taken"
    rows = [
        (taken, done["taken"]),
        ("known already", done["known"]),
        ("not meant for the vendor", done["not_for_the_vendor"]),
        *((f"  {reason}", count) for reason, count in list(done["why"].items())[:_SHOWN]),
        ("opened by the connector itself", done["ours"]),
        ("not within the dates", done["outside"]),
        ("could not be read", len(done["unread"])),
    ]
    show.table(f"{done['seen']} tickets seen", ("", "tickets"), [row for row in rows if row[1]])
    for ref, reason in done["unread"].items():
        show.err.print(f"{ref}: {reason}", markup=False, highlight=False)

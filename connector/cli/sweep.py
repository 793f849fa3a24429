"""``connector sweep``: compare both tickets of every bond, now."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from connector.cli import show
from connector.daemon import logs, recovery

_SHOWN = 50  # tickets in the table for people; --json has all


def sweep(
    tickets: Annotated[
        list[str] | None, typer.Argument(help="Numbers of either side, ids, or bonds; else all.", show_default=False)
    ] = None,
    connection: Annotated[str, typer.Option("--connection", help="One connection; else all.", show_default=False)] = "",
    report_only: Annotated[bool, typer.Option("--report-only", help="Only report; make nothing due.")] = False,
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Read both tickets of every bond and report those that do not agree. Exit code 1 where there are any.

    Unless --report-only says otherwise, the daemon is asked to look at those now. It changes no ticket itself.
    """
    configuration = show.settings(config, json=json)
    logs.configure(level="error")
    with show.reported(json=json), show.progress("Comparing") as progress:
        found = recovery.sweep(configuration, tickets or [], connection, progress, report_only=report_only)
    if json:
        show.emit(found)
    else:
        for one in found["connections"]:
            _say(one, due=found["marked_due"])
    if found["drifted"]:
        raise typer.Exit(show.FOUND_PROBLEMS)


def _say(one: dict[str, Any], *, due: bool) -> None:
    counted = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in one["counts"].items() if count)
    rest = f"; {one['drifted']} do not{', and are due now' if due else ''}: {counted}" if one["drifted"] else ""
    show.out.print(f"{one['connection']}: {one['agree']} of {one['bonds']} bonds agree{rest}", markup=False, highlight=False)
    if one["tickets"]:
        rows = [(t["number"], t["case"], t["title"], "\n".join(map(_line, t["findings"]))) for t in one["tickets"][:_SHOWN]]
        show.table(f"Tickets that differ ({one['drifted']})", ("ticket", "case", "title", "why"), rows)


def _line(finding: dict[str, str]) -> str:
    return f"{finding['kind'].replace('_', ' ')}: {finding['what']}{': ' if finding['what'] else ''}{finding['reason']}"

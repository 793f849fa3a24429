"""``connector link | unlink``: tie a ticket to a case that is there already, and end an exchange."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.base import Problem
from connector.cli import show
from connector.daemon import logs
from connector.daemon.linking import Linker, Order, Report
from connector.daemon.office import Office
from connector.daemon.pairs import NotReadable, Row, read_pairs
from connector.daemon.parting import Parting

ConnectionOption = Annotated[
    str, typer.Option("--connection", help="Which connection, where there are several.", show_default=False)
]
ByOption = Annotated[str, typer.Option("--by", help="Who orders it, for the audit; else the login name.", show_default=False)]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what it would come to; write nothing anywhere.")]

_SHOWN = 50  # pairs told one by one; --json has all


def link(  # noqa: PLR0913, PLR0917 - one parameter an option
    ticket: Annotated[str, typer.Argument(help="The customer's ticket: its number or native id.", show_default=False)] = "",
    case: Annotated[str, typer.Argument(help="The vendor's case: its number or native id.", show_default=False)] = "",
    csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Many at once: a file with the columns ticket and case.", exists=True, dir_okay=False),
    ] = None,
    connection: ConnectionOption = "",
    dry_run: DryRunOption = False,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="With --csv: link the others where a row is wrong.")] = False,
    with_history: Annotated[
        bool, typer.Option("--with-history", help="Let the comments and files travel that are there already.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Where another ticket leads the case already, let this one follow it.")
    ] = False,
    by: ByOption = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Link a ticket with a case that was opened by hand: from now on they are kept in step.

    Linking changes no value on either side: what differs stays different until somebody changes it, or orders
    `connector retry`. Exit code 1 where something cannot be linked.
    """
    rows, unread = _rows(ticket, case, csv, json=json)
    order = Order(by or getpass.getuser(), dry_run, skip_wrong, with_history, follow)
    configuration = show.settings(config, json=json)
    logs.configure(level="error")
    with show.reported(json=json), Office(configuration) as office:
        linker = Linker(office.connection(connection), office.store)
        with show.progress("tickets looked at") as told:
            report = linker.carry_out(rows, order, unread, told)
    if json:
        show.emit(report.as_dict())
    else:
        _print(report)
    if report.problems:
        raise typer.Exit(show.FOUND_PROBLEMS)


def _rows(ticket: str, case: str, csv: Path | None, *, json: bool) -> tuple[Sequence[Row], Sequence[Problem]]:
    if bool(ticket and case) == bool(csv) or (csv and ticket):
        raise typer.BadParameter("name a ticket and a case, or a file with --csv")
    if csv is None:
        return [Row(ticket, case)], []
    try:
        return read_pairs(csv.read_bytes())
    except NotReadable as error:
        show.problems([{**asdict(error.problem), "place": f"{csv} {error.problem.place}"}], json=json)
        raise typer.Exit(show.UNUSABLE) from None


def _print(report: Report) -> None:
    told = report.as_dict()
    done = told["pairs"] if report.order.dry_run or not report.problems or report.order.skip_wrong else []
    for pair in done[:_SHOWN]:
        _pair(pair, dry_run=report.order.dry_run)
    if len(done) > _SHOWN:
        show.out.print(f"and {len(done) - _SHOWN} more; --json has all of them")
    show.problems(told["problems"], json=False)
    many = len(report.checked) + len(report.unread) > 1
    if many and report.problems and not (report.order.dry_run or report.order.skip_wrong):
        show.err.print("nothing was linked: mend the rows above, or leave them out with --skip-wrong", highlight=False)
    if many:
        wrong = len({problem.place for problem in report.problems})
        show.out.print(f"{told['linked']} linked, {told['already']} linked before, {wrong} wrong", highlight=False)


def _pair(pair: Mapping[str, Any], *, dry_run: bool) -> None:
    does = "would be linked with" if dry_run else "is linked with"
    if pair["follows"]:
        does = "would follow" if dry_run else "follows"
    if pair["already"]:
        does = "was linked before with"
    bond = f" (bond {pair['bond']})" if pair["bond"] else ""
    show.out.print(f"{pair['ticket']} {does} {pair['case']}{bond}", markup=False, highlight=False)
    for warning in pair["warnings"]:
        show.out.print(f"  note: {warning}", markup=False, highlight=False)
    if pair["differences"]:
        rows = [(d["unit"], _value(d["customer"]), _value(d["vendor"]), d["later"]) for d in pair["differences"]]
        show.table("What differs", ("field", pair["ticket"], pair["case"], "what becomes of it"), rows)


def _value(native: Mapping[str, str]) -> str:
    return "\n".join(f"{name.removeprefix('$')}: {value}" for name, value in native.items() if value)


def unlink(
    ticket: Annotated[str, typer.Argument(help="A ticket's number on either side, or its native id.", show_default=False)],
    connection: ConnectionOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: ByOption = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """End the exchange of a ticket with its case. Nothing is closed; one internal note on each side says so.

    A ticket that follows the case of another is parted alone; the ticket that leads is parted last.
    """
    configuration = show.settings(config, json=json)
    with show.reported(json=json), Office(configuration) as office:
        parting = Parting(office.connection(connection, asked=False), office.store)
        found = parting.named(ticket)
        if not yes:
            _ask(found)
        bond = parting.unlink(ticket, by or getpass.getuser())
    if json:
        show.emit({"ok": True, "bond": bond.id, "state": bond.state.value, **found})
    else:
        show.out.print(f"{found['ticket']}: its exchange with {found['case']} has ended", markup=False, highlight=False)


def _ask(found: Mapping[str, str]) -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is nobody to ask: confirm with --yes")
    typer.confirm(f"End the exchange of {found['ticket']} with {found['case']}? Neither is closed.", abort=True)

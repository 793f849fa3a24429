"""``connector status | sync | parked | release | retry``: the operator's desk."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.markup import escape

from connector.cli import show
from connector.daemon import recovery
from connector.daemon.office import Office
from connector.words import Side

TICKET = "A ticket's number on either side, its id, or a bond's id."
Ticket = Annotated[str, typer.Argument(help=TICKET, show_default=False)]
ByOption = Annotated[str, typer.Option("--by", help="Who orders it, for the audit; else the login name.", show_default=False)]

_SHOWN = 50  # tickets in a table for people; --json has all


def status(config: show.ConfigOption = None, json: show.JsonOption = False) -> None:
    """Show what each connection has to do, and which tickets need somebody."""
    with show.reported(json=json), Office(show.settings(config, json=json)) as office:
        found = office.status()
    if json:
        show.emit(found)
        return
    columns = ("connection", "bonds", "held", "parked", "due", "in_work", "oldest_due_s")
    show.table("Connections", columns, [[row[name] for name in columns] for row in found["connections"]])
    _sides(found["connections"])
    _webhooks(found["connections"])
    for row in found["connections"]:
        for stopped in row["stopped"]:
            show.err.print(f"[bold red]stopped[/] {row['connection']}: {escape(recovery.stopped_in_words(stopped))}")
    waiting = [ticket for row in found["connections"] for ticket in row["tickets"] if _why(ticket)]
    if waiting:
        rows = [(t["number"], t["case"], t["title"], _why(t)) for t in waiting[:_SHOWN]]
        show.table(f"Tickets that wait or differ ({len(waiting)})", ("ticket", "case", "title", "why"), rows)


def sync(ticket: Ticket, config: show.ConfigOption = None, json: show.JsonOption = False) -> None:
    """Have a ticket looked at now."""
    _order(config, ticket, Office.sync, "due now", json=json)


def parked(config: show.ConfigOption = None, json: show.JsonOption = False) -> None:
    """List what waits for an operator. Exit code 1 where there is any."""
    with show.reported(json=json), Office(show.settings(config, json=json)) as office:
        rows = office.parked()
    if json:
        show.emit({"parked": rows})
    elif rows:
        columns = ("number", "case", "title", "what", "reason")
        show.table("Parked", columns, [[row[name] for name in columns] for row in rows])
    else:
        show.out.print("nothing is parked")
    if rows:
        raise typer.Exit(show.FOUND_PROBLEMS)


def release(
    ticket: Annotated[str, typer.Argument(help=TICKET, show_default=False)] = "",
    system: Annotated[str, typer.Option("--system", help="customer or vendor: accept that system as it is now.")] = "",
    connection: Annotated[str, typer.Option("--connection", help="With --system: one connection; else all.")] = "",
    by: ByOption = "",
    config: show.ConfigOption = None,
    json: show.JsonOption = False,
) -> None:
    """Let a parked ticket go on as it is; what a system refused stays aside.

    With --system: a whole system that went back in time, or is another one, is taken as it is. Differences stand.
    """
    if bool(ticket) == bool(system) or system not in {"", "customer", "vendor"}:
        raise typer.BadParameter("name a ticket, or --system customer or --system vendor")
    if system:
        _accept(config, system, connection, by or getpass.getuser(), json=json)
        return
    _order(config, ticket, lambda office, name: office.release(name, by or getpass.getuser()), "released", json=json)


def retry(ticket: Ticket, by: ByOption = "", config: show.ConfigOption = None, json: show.JsonOption = False) -> None:
    """Let a parked ticket go on, and try again what a system refused."""
    _order(config, ticket, lambda office, name: office.retry(name, by or getpass.getuser()), "tried again", json=json)


def _order(config: Any, ticket: str, act: Callable[[Office, str], list[str]], done: str, *, json: bool) -> None:
    with show.reported(json=json), Office(show.settings(config, json=json)) as office:
        bonds = act(office, ticket)
    if json:
        show.emit({"ok": True, "ticket": ticket, "bonds": bonds})
    else:
        show.out.print(f"{ticket}: {done} ({', '.join(bonds)})", markup=False, highlight=False)


def _sides(connections: list[dict[str, Any]]) -> None:
    """How each side fares, and with how many calls in flight of how many that it takes now."""
    rows = [
        (
            row["connection"],
            name,
            side["state"],
            side["since"],
            side["until"],
            f"{side['in_flight']} of {side['limit']}",
            side["why"],
        )
        for row in connections
        for name, side in row["sides"].items()
    ]
    show.table("Sides", ("connection", "side", "state", "since", "not before", "calls in flight", "why"), rows)


def _webhooks(connections: list[dict[str, Any]]) -> None:
    """What came of webhooks since the daemons began; nothing where none came."""
    told = [(row["connection"], name, side["webhooks"]) for row in connections for name, side in row["sides"].items()]
    came = [(connection, name, counts) for connection, name, counts in told if any(counts.values())]
    if came:
        columns = list(came[0][2])
        rows = [(connection, name, *counts.values()) for connection, name, counts in came]
        show.table("Webhooks", ("connection", "side", *columns), rows)


def _accept(config: Any, system: str, connection: str, by: str, *, json: bool) -> None:
    configuration = show.settings(config, json=json)
    with show.reported(json=json), show.progress("Accepting") as progress:
        done = recovery.accept(configuration, Side(system), connection, by, progress)
    if json:
        show.emit({"ok": True, **done})
    else:
        said = f"the {system}'s system is accepted as it is: {done['bonds']} bonds are taken up anew"
        show.out.print(f"{', '.join(done['connections'])}: {said}", markup=False, highlight=False)


def _why(ticket: dict[str, Any]) -> str:
    """Why a ticket is worth a person's look; "" where it is not."""
    reasons = [f"parked: {ticket['parked']}"] if ticket["parked"] else []
    reasons += [f"held: {ticket['held']}"] if ticket["held"] else []
    reasons += [f"follows {ticket['follows']}"] if ticket["follows"] else []
    reasons += [f"{unit} differs ({standing['why']}): {standing['reason']}" for unit, standing in ticket["standing"].items()]
    reasons += [f"parked: {item['item']}: {item['reason']}" for item in ticket["withheld"] if item["parked"]]
    return "\n".join(reasons)

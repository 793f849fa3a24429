"""``connector portal inspect``: what a portal's WSDL or OpenAPI file offers, and a proposal of a binding; ``connector portal check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli import show
from connector.daemon import portals

portal = typer.Typer(no_args_is_help=True, add_completion=False, help="Portals that are bound in YAML (docs/bindings.md).")
_ARGUMENTS = 12  # of one operation, in the table


@portal.command("inspect")
def inspect(
    file: Annotated[Path, typer.Argument(metavar="WSDL|OPENAPI", help="The portal's own description.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the proposed binding into this new file, too.", show_default=False),
    ] = None,
    json: show.JsonOption = False,
) -> None:
    """List the operations of a portal and propose a binding: what can be guessed is filled in, the rest says so."""
    with show.reported(json=json):
        found = portals.inspected(file)
        if output:
            portals.written(output, found["proposal"])
    if json:
        show.emit(found)
        return
    rows = [[one["name"], _short(one["arguments"]), _roles(found, one["name"])] for one in found["operations"]]
    show.table(f"{file.name}: {found['speaks']}", ("operation", "arguments", "looks like"), rows)
    if output:
        show.err.print(f"the proposal is in {output}")
    else:
        typer.echo(found["proposal"], nl=False)


@portal.command("check")
def check(
    binding: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped binding, or a file that ends in .yaml.")],
    json: show.JsonOption = False,
) -> None:
    """Check a binding without asking any portal. Exit code 1 where there is a problem."""
    told, found = portals.checked(binding)
    if json:
        show.emit({"ok": not found, **told, "problems": found})
    else:
        show.problems(found, json=False)
    if found:
        raise typer.Exit(show.FOUND_PROBLEMS)
    if not json:
        show.out.print(f"[green]fine[/]: {binding} ({told['binding']}, {told['speaks']})")


def _roles(found: dict[str, Any], name: str) -> str:
    return ", ".join(role for role, operation in found["roles"].items() if operation == name)


def _short(arguments: dict[str, str]) -> str:
    names = [name if kind in ("string", "any") else f"{name}: {kind}" for name, kind in arguments.items()]
    more = f", and {len(names) - _ARGUMENTS} more" if len(names) > _ARGUMENTS else ""
    return ", ".join(names[:_ARGUMENTS]) + more

"""``connector``: one command a module, imported when it is asked for. Commands print; what they show is decided elsewhere."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

#: Command to the module that holds a function (or a group) of the same name. The order is that of the help.
COMMANDS = {
    "demo": "demo",
    "sandbox": "sandbox",
    "run": "run",
    "init": "init",
    "check": "check",
    "status": "desk",
    "explain": "explain",
    "sync": "desk",
    "parked": "desk",
    "release": "desk",
    "retry": "desk",
    "answer": "answer",
    "sweep": "sweep",
    "backup": "backup",
    "restore": "backup",
    "link": "link",
    "unlink": "link",
    "backfill": "backfill",
    "models": "models",
    "portal": "portal",
    "audit": "audit",
    "migrate": "migrate",
}


class _Commands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is click's
        return [name for name, module in COMMANDS.items() if find_spec(f"connector.cli.{module}")]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        part = getattr(import_module(f"connector.cli.{COMMANDS[cmd_name]}"), cmd_name)
        if not isinstance(part, typer.Typer):
            function, part = part, typer.Typer(add_completion=False)
            part.command(cmd_name)(function)
        return typer.main.get_command(part)


app = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(version("ticket-connector"))
        raise typer.Exit


@app.callback()
def connector(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    """Links a customer's ITSM with a vendor's support portal.

    Exit codes: 0 fine, 1 found problems (reported), 2 wrong usage or configuration.
    """


def main() -> None:
    """The program."""
    app()

"""``connector sandbox``: simulated systems to try everything against, until a signal."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli import show
from connector.sandbox import otrs as otrs_module
from connector.sandbox import tls as sandbox_tls
from connector.sandbox.core import World
from connector.sandbox.otrs import Otrs
from connector.sandbox.past import give_past
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow

USER, PASSWORD = "connector", "connector-secret"


def sandbox(
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS; prints the authority to trust.")] = False,
    servicenow_port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 0,
    otrs_port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 0,
    json: show.JsonOption = False,
) -> None:
    """Serve a simulated ServiceNow and a portal of the OTRS family on this machine. They forget everything at the end."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with _serving(servicenow_port, otrs_port, tls=tls) as where:
        if json:
            show.emit(where)
        else:
            _say(where)
        stopped.wait()


@contextmanager
def _serving(servicenow_port: int, otrs_port: int, *, tls: bool) -> Iterator[dict[str, Any]]:
    world = World(time.time)
    with ExitStack() as open_:
        context, ca = None, None
        if tls:
            folder = open_.enter_context(tempfile.TemporaryDirectory(prefix="connector-sandbox-"))
            context, ca = sandbox_tls.loopback(Path(folder))
        instance = ServiceNow(world, USER, PASSWORD)
        give_past(instance)
        servicenow = open_.enter_context(Server(world, instance, servicenow_port, context))
        otrs = open_.enter_context(Server(world, Otrs(world, USER, PASSWORD), otrs_port, context))
        service = otrs.url + otrs_module.PATH
        yield {
            "servicenow": {"url": servicenow.url, "user": USER, "password": PASSWORD},
            "otrs": {"url": service, "wsdl": f"{service}?wsdl", "user": USER, "password": PASSWORD},
            "ca": str(ca) if ca else None,
        }


def _say(where: dict[str, Any]) -> None:
    for name in ("servicenow", "otrs"):
        show.out.print(f"{name:<10} {where[name]['url']}", markup=False, highlight=False)
    show.out.print(f"log in as  {USER}, {PASSWORD}", markup=False, highlight=False)
    if where["ca"]:
        show.out.print(f"trust      {where['ca']}", markup=False, highlight=False)
    show.out.print("Ctrl-C ends it.")

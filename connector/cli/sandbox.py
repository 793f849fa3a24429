"""``connector sandbox``: simulated systems to try everything against, until a signal."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli import show
from connector.sandbox import otrs as otrs_module
from connector.sandbox import tls as sandbox_tls
from connector.sandbox.core import World
from connector.sandbox.jira import CLOUD, DATA_CENTER
from connector.sandbox.jira_witness import JiraDesk
from connector.sandbox.jsm_witness import DESK, JsmPortal
from connector.sandbox.kinds import SECRET, USER
from connector.sandbox.otrs import Otrs
from connector.sandbox.past import give_past
from connector.sandbox.request_tracker import RequestTracker
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow

JIRA_USER = f"{USER}@example.com"


def sandbox(  # noqa: PLR0917 - one parameter an option
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS; prints the authority to trust.")] = False,
    servicenow_port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 0,
    otrs_port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 0,
    jira_port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 0,
    request_tracker_port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 0,
    jsm_port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 0,
    data_center: Annotated[
        bool, typer.Option("--data-center", help="Jira and service desk are a Data Center, not Cloud.")
    ] = False,
    json: show.JsonOption = False,
) -> None:
    """Serve simulated systems on this machine: a ServiceNow, a Jira with its service desk; a portal of the OTRS family, a Request
    Tracker, and a vendor's service desk in Jira, as its customer.

    They forget everything at the end.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    ports = {
        "servicenow": servicenow_port, "otrs": otrs_port, "jira": jira_port, "request_tracker": request_tracker_port, "jsm": jsm_port,
    }  # fmt: skip
    with _serving(ports, DATA_CENTER if data_center else CLOUD, tls=tls) as where:
        if json:
            show.emit(where)
        else:
            _say(where)
        stopped.wait()


@contextmanager
def _serving(ports: Mapping[str, int], flavour: str, *, tls: bool) -> Iterator[dict[str, Any]]:
    world = World(time.time)
    with ExitStack() as open_:
        context, ca = None, None
        if tls:
            folder = open_.enter_context(tempfile.TemporaryDirectory(prefix="connector-sandbox-"))
            context, ca = sandbox_tls.loopback(Path(folder))
        instance = ServiceNow(world, USER, SECRET)
        give_past(instance)
        servicenow = open_.enter_context(Server(world, instance, ports["servicenow"], context))
        otrs = open_.enter_context(Server(world, Otrs(world, USER, SECRET), ports["otrs"], context))
        jira = JiraDesk(world, JIRA_USER, flavour, service=True).served
        jira_server = open_.enter_context(Server(world, jira, ports["jira"], context))
        tracker = RequestTracker(world, USER, SECRET)
        tracker_server = open_.enter_context(Server(world, tracker, ports["request_tracker"], context))
        desk_server = open_.enter_context(
            Server(world, JsmPortal(world, JIRA_USER, SECRET, flavour).served, ports["jsm"], context)
        )
        service = otrs.url + otrs_module.PATH
        yield {
            "servicenow": {"url": servicenow.url, "user": USER, "password": SECRET},
            "otrs": {"url": service, "wsdl": f"{service}?wsdl", "user": USER, "password": SECRET},
            "jira": {
                "url": jira_server.url,
                "user": JIRA_USER,
                "token": SECRET,
                "project": next(iter(jira.projects)),
                "issue_type": "Incident",
            },
            "request_tracker": {"url": tracker_server.url, "user": USER, "password": SECRET, "token": tracker.token},
            "jsm": {"url": desk_server.url, "user": JIRA_USER, "password": SECRET, **DESK},
            "ca": str(ca) if ca else None,
        }


def _say(where: dict[str, Any]) -> None:
    for name in ("servicenow", "otrs", "jira", "request_tracker", "jsm"):
        show.out.print(f"{name:<15} {where[name]['url']}", markup=False, highlight=False)
    show.out.print(f"log in as       {USER}, {SECRET} (Jira and its service desks: {JIRA_USER})", markup=False, highlight=False)
    if where["ca"]:
        show.out.print(f"trust           {where['ca']}", markup=False, highlight=False)
    show.out.print("Ctrl-C ends it.")

"""A simulated ServiceNow with its people and an adapter, for the tests of this one system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from pydantic import SecretStr

from adapters.around import Around
from adapters.base import Uses
from adapters.servicenow import ServiceNow, ServiceNowSettings
from connector.sandbox.core import Request, Response, World
from connector.sandbox.servicenow import ServiceNow as Instance
from connector.sandbox.transport import InProcess
from tests.contract.rig import Clock, Rig, Words

URL = "https://servicenow.test"
FIELDS = frozenset({"short_description", "description", "state", "impact", "urgency", "priority"})
RESOLVED = {"state": "6"}
OAUTH: dict[str, Any] = {
    "auth": "oauth_client_credentials",
    "client_id": "connector",
    "client_secret": SecretStr("connector-client-secret"),
}


def settings(**given: Any) -> ServiceNowSettings:
    base: dict[str, Any] = {"url": URL, "user": "connector", "password": SecretStr("connector-secret"), "page": 3}
    return ServiceNowSettings(**{**base, **given})


def adapter_of(world: World, clock: Clock, system: Instance, **given: Any) -> ServiceNow:
    session = requests.Session()
    session.mount(URL, InProcess(world, system))
    return ServiceNow(settings(**given), around=Around(session=session, clock=clock, sleep=clock.advance))


WORDS = Words(
    ticket={"short_description": "Printer on fire", "impact": "2", "urgency": "2", "caller_id": "carl.caller"},
    title="short_description",
    status="state",
    moved="2",
    public="comments",
    internal="work_notes",
    uses=Uses(FIELDS, frozenset({"short_description", "state", "impact", "urgency"}), {"state": frozenset({"1", "2", "3", "6"})}),
    person="lena.l1",
    creation={"short_description": "x", "impact": "2", "urgency": "2"},
    refused=RESOLVED,
    dropped={"priority": "1"},
)


class Desk(Rig):
    """A rig whose types are ServiceNow's own."""

    system: Instance
    adapter: ServiceNow

    def again(self, **given: Any) -> ServiceNow:
        """Another adapter on the same instance; checked by whoever needs it."""
        self.adapter = adapter_of(self.world, self.clock, self.system, **given)
        self.adapter.use(FIELDS)
        return self.adapter


def new_desk() -> Desk:
    """A desk with one ticket, renamed by nobody, with one comment; the adapter was checked."""
    clock = Clock()
    world = World(clock, seed=11)
    system = Instance(world)
    adapter = adapter_of(world, clock, system)
    rig = Desk(world, clock, system, adapter, WORDS)
    rig.ref = rig.people_open("The first ticket")
    clock.advance(60)
    rig.people_say("It began this morning.")
    clock.advance(60)
    if problems := adapter.check(WORDS.uses):
        raise AssertionError(problems)
    return rig


def answering(desk: Desk, change: Callable[[Request, Response], Response]) -> None:
    """Let the instance's answers to lists be changed on their way: ``change(request, response) -> response``."""
    inner = desk.system.handle

    def handle(request: Request, as_of: float | None = None) -> Response:
        return change(request, inner(request, as_of))

    desk.system.handle = handle  # type: ignore[method-assign]  # a proxy between the instance and us


def fresh_desk() -> Desk:
    """A desk on an instance where nothing has happened yet, and nothing was checked."""
    clock = Clock()
    world = World(clock, seed=3)
    system = Instance(world)
    return Desk(world, clock, system, adapter_of(world, clock, system), WORDS)

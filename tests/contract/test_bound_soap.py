"""ServiceNow's direct web services, bound in YAML alone, against the contract of adapters: in process, and over loopback HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from adapters.around import Around
from adapters.base import Adapter, Uses
from adapters.bound import Bound
from adapters.bound_settings import SoapSettings
from connector.sandbox.core import World
from connector.sandbox.server import Server
from connector.sandbox.servicenow_soap import ServiceNowSoap
from connector.sandbox.transport import InProcess
from tests.contract.suite import AdapterContract, Clock, Rig, Sandbox, Words

URL = "https://instance.test"


def settings(url: str) -> SoapSettings:
    given = {"binding": "servicenow-direct-soap", "url": url, "user": "connector", "password": "connector-secret"}
    return SoapSettings.model_validate(given)


class TestDirectSoap(AdapterContract):
    words = Words(
        ticket={"short_description": "Printer on fire", "impact": "2", "urgency": "2", "caller_id": "carl.caller"},
        title="short_description",
        status="state",
        moved="2",
        public="comments",
        internal="work_notes",
        uses=Uses(frozenset({"short_description", "state", "priority"}), frozenset({"short_description", "state"})),
        person="lena.l1",
        creation={"short_description": "x", "impact": "2", "urgency": "2"},
        refused={"state": "6"},
        dropped={"priority": "1"},
    )

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        system = ServiceNowSoap(world)
        session = requests.Session()
        session.mount(URL, InProcess(world, system))
        return system, Bound(settings(URL), around=Around(session=session, clock=clock, sleep=clock.advance))


@pytest.mark.slow
class TestDirectSoapOverHttp(TestDirectSoap):
    """The same over a real network, whose answers bear the machine's own time."""

    def clock(self) -> Clock:
        return Clock(float(int(time.time())))

    @pytest.fixture(autouse=True)
    def served(self) -> Iterator[list[Server]]:
        self.servers: list[Server] = []
        yield self.servers
        for server in self.servers:
            server.stop()

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        system = ServiceNowSoap(world)
        server = Server(world, system).start()
        self.servers.append(server)
        return system, Bound(settings(server.url), around=Around(clock=clock, sleep=clock.advance))

    def test_what_was_never_sent_is_not_applied(self, rig: Rig) -> None:
        """The loopback server accepts before it hangs up, so a refused connection is a server that is gone."""
        rig.adapter.close()  # a kept connection would take the request and end: that is another trouble
        self.servers.pop().stop()
        super().test_what_was_never_sent_is_not_applied(rig)

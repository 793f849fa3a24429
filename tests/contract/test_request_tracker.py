"""The Request Tracker adapter against the simulated one: in process, and once over loopback HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from adapters.around import Around
from adapters.base import Adapter, Uses
from adapters.request_tracker import RequestTracker
from adapters.request_tracker_settings import RequestTrackerSettings
from connector.sandbox.core import World
from connector.sandbox.request_tracker import RequestTracker as Tracker
from connector.sandbox.server import Server
from connector.sandbox.transport import InProcess
from tests.contract.suite import AdapterContract, Clock, Rig, Sandbox, Words

URL = "http://tracker.test"
READ = frozenset({"Subject", "Status", "Priority", "Queue", "Owner", "Creator", "Content", "CustomField.Customer Reference"})
WRITE = frozenset({"Subject", "Status", "Priority", "Owner", "CustomField.Customer Reference", "CustomField.Severity"})


def settings(url: str, tracker: Tracker, **more: object) -> RequestTrackerSettings:
    base = {"url": url, "token": tracker.token, "requestor": "jo@customer.example", "page": 3}
    return RequestTrackerSettings.model_validate({**base, **more})


WORDS = Words(
    ticket={"Subject": "Printer on fire"},
    title="Subject",
    status="Status",
    moved="stalled",
    public="correspond",
    internal="comment",
    uses=Uses(READ, WRITE),
    refused={"Status": "no such status"},
)


class TestRequestTracker(AdapterContract):
    words = WORDS
    more: dict[str, object] = {}  # noqa: RUF012 - a constant of the class

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        tracker = Tracker(world)
        session = requests.Session()
        session.mount(URL, InProcess(world, tracker))
        return tracker, RequestTracker(
            settings(URL, tracker, **self.more), around=Around(session=session, clock=clock, sleep=clock.advance)
        )

    def missing_ref(self) -> str:
        return "999999"


class TestRequestTrackerFarAway(TestRequestTracker):
    """The same for an account of another zone that logs in with its password, where no list tells how long it is."""

    more = {"time_zone": "Asia/Tokyo", "token": None, "user": "connector", "password": "connector-secret"}  # noqa: RUF012

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        system, adapter = super().make(world, clock)
        assert isinstance(system, Tracker)
        system.zone, system.totals = 9 * 3600, False
        return system, adapter


class TestRequestTrackerOverHttp(TestRequestTracker):
    """The same over a real network."""

    @pytest.fixture(autouse=True)
    def served(self) -> Iterator[list[Server]]:
        self.servers: list[Server] = []
        yield self.servers
        for server in self.servers:
            server.stop()

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        tracker = Tracker(world)
        server = Server(world, tracker).start()
        self.servers.append(server)
        return tracker, RequestTracker(settings(server.url, tracker), around=Around(clock=clock, sleep=clock.advance))

    def test_what_was_never_sent_is_not_applied(self, rig: Rig) -> None:
        """The loopback server accepts before it hangs up, so a refused connection is a server that is gone."""
        rig.adapter.close()  # a kept connection would take the request and end: that is another trouble
        self.servers.pop().stop()
        super().test_what_was_never_sent_is_not_applied(rig)

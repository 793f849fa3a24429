"""The OTRS adapter against the simulated portal: in process, and once over loopback HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from pydantic import SecretStr

from adapters.around import Around
from adapters.base import Adapter, Uses
from adapters.otrs import Otrs
from adapters.otrs_settings import OtrsSettings
from connector.sandbox.core import World
from connector.sandbox.otrs import PATH
from connector.sandbox.otrs import Otrs as Portal
from connector.sandbox.server import Server
from connector.sandbox.transport import InProcess
from tests.contract.suite import AdapterContract, Clock, Rig, Sandbox, Words

READ = frozenset(
    {"Title", "State", "StateType", "Priority", "Queue", "Owner", "CustomerUserID", "DynamicField_CustomerReference"}
)
WRITE = frozenset({"Title", "State", "Priority", "PendingTime", "DynamicField_CustomerReference"})


def settings(url: str, **more: object) -> OtrsSettings:
    base = {"url": url + PATH, "user": "connector", "password": SecretStr("connector-secret"), "customer_user": "acme", "page": 3}
    return OtrsSettings.model_validate({**base, **more})


class TestOtrs(AdapterContract):
    words = Words(
        ticket={"Title": "Printer on fire"},
        title="Title",
        status="State",
        moved="open",
        public="visible",
        internal="internal",
        uses=Uses(READ, WRITE),
        refused={"State": "no such state"},
        dropped={"Priority": "5 very high"},
    )

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        portal = Portal(world)
        portal.read_only = {"Priority"}
        session = requests.Session()
        session.mount("http://portal.test", InProcess(world, portal))
        return portal, Otrs(
            settings("http://portal.test", **self.more), around=Around(session=session, clock=clock, sleep=clock.advance)
        )

    more: dict[str, object] = {}  # noqa: RUF012 - a constant of the class

    def missing_ref(self) -> str:
        return "999999"

    def test_a_poll_of_a_portal_at_rest_looks_at_no_ticket(self, rig: Rig) -> None:
        for _ in range(20):
            rig.people_open()
        rig.clock.advance(60)
        _, cursor = rig.hints(None)
        _, cursor = rig.hints(cursor)
        before = rig.world.calls["otrs"]["read"]
        refs, cursor = rig.hints(cursor)
        assert (refs, rig.world.calls["otrs"]["read"] - before) == (set(), 1)
        rig.people_rename(rig.ref, "News after a long rest")
        assert rig.hints(cursor)[0] == {rig.ref}


class TestOtrsWithSessions(TestOtrs):
    """The same with a session instead of the password in each call."""

    more = {"use_session": True}  # noqa: RUF012


class TestOtrsFarAway(TestOtrs):
    """The same on a server of another zone that answers in order and unqualified, as other products of the family do."""

    more = {"time_zone": "Asia/Tokyo", "soap_action_style": "/"}  # noqa: RUF012

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        portal = Portal(world, tz_offset=9 * 3600)
        portal.shuffle = portal.qualified = False
        portal.read_only = {"Priority"}
        session = requests.Session()
        session.mount("http://portal.test", InProcess(world, portal))
        return portal, Otrs(
            settings("http://portal.test", **self.more), around=Around(session=session, clock=clock, sleep=clock.advance)
        )


class TestOtrsOverHttp(TestOtrs):
    """The same over a real network."""

    @pytest.fixture(autouse=True)
    def served(self) -> Iterator[list[Server]]:
        self.servers: list[Server] = []
        yield self.servers
        for server in self.servers:
            server.stop()

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        portal = Portal(world)
        portal.read_only = {"Priority"}
        server = Server(world, portal).start()
        self.servers.append(server)
        return portal, Otrs(settings(server.url), around=Around(clock=clock, sleep=clock.advance))

    def test_what_was_never_sent_is_not_applied(self, rig: Rig) -> None:
        """The loopback server accepts before it hangs up, so a refused connection is a server that is gone."""
        rig.adapter.close()  # a kept connection would take the request and end: that is another trouble
        self.servers.pop().stop()
        super().test_what_was_never_sent_is_not_applied(rig)

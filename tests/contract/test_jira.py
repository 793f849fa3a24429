"""Jira against the contract of adapters: Cloud and Data Center, in process and over loopback, by every log-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from adapters.base import Adapter, Change
from connector.sandbox.core import System, World
from connector.sandbox.jira import CLOUD, DATA_CENTER
from connector.sandbox.jira import Jira as Site
from connector.sandbox.server import Server
from tests.contract.jira_desk import OAUTH, PAT, WORDS, adapter_of
from tests.contract.openapi import Watched, ours
from tests.contract.suite import AdapterContract, Clock, Rig, Sandbox


class TestJiraCloud(AdapterContract):
    words = WORDS
    flavour: ClassVar[str] = CLOUD
    service: ClassVar[bool] = False
    options: ClassVar[dict[str, Any]] = {}

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        site = Site(world, flavour=self.flavour, service=self.service)
        return site, self.adapter(world, clock, Watched(site, ours(cloud=self.flavour == CLOUD)))

    def adapter(self, world: World, clock: Clock, site: System) -> Adapter:
        return adapter_of(world, clock, site, **self.options)

    def missing_ref(self) -> str:
        return "999999"

    def author(self, rig: Rig) -> str:
        """Cloud tells of people by account ids alone."""
        assert isinstance(rig.system, Site)
        return rig.system.users[self.words.person].id

    @pytest.mark.parametrize("fault", ["answer_lost", "html_502_after"])
    def test_an_effect_without_a_whole_answer_is_unknown(self, rig: Rig, fault: str) -> None:
        """An answer without a body (204) cannot be cut short."""
        super().test_an_effect_without_a_whole_answer_is_unknown(rig, fault)

    def test_units_of_one_ticket_go_in_one_call(self, rig: Rig) -> None:
        """Two calls: a status is reached by a transition, and its screen does not show the other fields."""
        change = Change(rig.ref, units={"title": {"summary": "Both"}, "status": {"status": "In Progress"}})
        for write in rig.adapter.split(change):
            rig.adapter.send(write)
        assert (rig.stored("summary"), rig.stored("status")) == ("Both", "In Progress")


class TestJiraDataCenter(TestJiraCloud):
    flavour: ClassVar[str] = DATA_CENTER
    options: ClassVar[dict[str, Any]] = {"deployment": "data_center", **PAT}

    def author(self, rig: Rig) -> str:
        return self.words.person

    def test_many_tickets_are_read_in_few_calls(self, rig: Rig) -> None:
        """Data Center reads many issues through its search index only, so each is read by itself."""
        refs = [rig.people_open(f"Ticket {n}") for n in range(7)]
        assert {r: s.fields["summary"] for r, s in rig.adapter.read(refs).items()} == {
            r: f"Ticket {n}" for n, r in enumerate(refs)
        }


class TestJiraServiceManagement(TestJiraCloud):
    """A service project, whose comments are public or internal by themselves; by OAuth, under a path prefix."""

    service: ClassVar[bool] = True
    options: ClassVar[dict[str, Any]] = {"internal_role": "", **OAUTH}


class TestJiraOverHttp(TestJiraCloud):
    """The same over a real network."""

    @pytest.fixture(autouse=True)
    def served(self) -> Iterator[list[Server]]:
        self.servers: list[Server] = []
        yield self.servers
        for server in self.servers:
            server.stop()

    def adapter(self, world: World, clock: Clock, site: System) -> Adapter:
        server = Server(world, site).start()
        self.servers.append(server)
        return adapter_of(world, clock, site, url=server.url, **self.options)

    def test_what_was_never_sent_is_not_applied(self, rig: Rig) -> None:
        """The loopback server accepts before it hangs up, so a refused connection is a server that is gone."""
        rig.adapter.close()  # a kept connection would take the request and end: that is another trouble
        self.servers.pop().stop()
        super().test_what_was_never_sent_is_not_applied(rig)

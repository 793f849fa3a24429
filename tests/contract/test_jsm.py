"""The service desk's portal against the contract of adapters: Cloud and Data Center, in process and over loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from adapters.base import Adapter, Change
from connector.sandbox.core import System, World
from connector.sandbox.server import Server
from tests.contract.jsm_desk import CLOUD, DATA_CENTER, OAUTH, PAT, WORDS, adapter_of, new_site
from tests.contract.openapi import Watched, ours
from tests.contract.suite import AdapterContract, Clock, Rig, Sandbox


class TestJsmCloud(AdapterContract):
    words = WORDS
    dated = False
    flavour: ClassVar[str] = CLOUD
    options: ClassVar[dict[str, Any]] = {}

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        site = new_site(world, self.flavour)
        return site, self.adapter(world, clock, Watched(site, ours(cloud=self.flavour == CLOUD)))

    def adapter(self, world: World, clock: Clock, site: System) -> Adapter:
        return adapter_of(world, clock, site, **self.options)

    def missing_ref(self) -> str:
        return "999999"

    def acts(self, rig: Rig, ref: str) -> list[Callable[[], object]]:
        """Internal notes are not shown to customers, and so no poll tells of them."""
        rename, say, _, attach = super().acts(rig, ref)
        return [rename, say, attach]

    def test_many_tickets_are_read_in_few_calls(self, rig: Rig) -> None:
        """No call reads several requests that are named: each is read by itself, with all that belongs to it."""
        refs = [rig.people_open(f"Ticket {n}") for n in range(7)]
        rig.clock.advance(60)
        rig.adapter.read(refs[:1])
        before = rig.world.calls[rig.system.name]["read"]
        found = {ref: read.fields["summary"] for ref, read in rig.adapter.read(refs).items()}
        assert found == {ref: f"Ticket {n}" for n, ref in enumerate(refs)}
        assert rig.world.calls[rig.system.name]["read"] - before == len(refs)

    def test_comments_come_oldest_first_with_place_and_author(self, rig: Rig) -> None:
        """The desk's internal ones are not among them."""
        for n, public in enumerate((True, False, True, False)):
            rig.people_say(f"Comment {n}", public=public)
            rig.clock.advance(1)
        said = [c for c in rig.comments() if c.text.startswith("Comment")]
        assert [(c.text, c.place) for c in said] == [("Comment 0", "public"), ("Comment 2", "public")]
        assert all(c.author and c.author_name and not c.by_us and not c.marker for c in said)

    def test_a_stale_read_is_an_older_state_and_no_error(self, rig: Rig) -> None:
        """A request does not tell when a field of it was edited; its print tells the states apart."""
        rig.people_rename(rig.ref, "Changed just now")
        with rig.fault("stale"):
            old = rig.adapter.read([rig.ref])[rig.ref]
        new = rig.adapter.read([rig.ref])[rig.ref]
        assert (old.fields["summary"], new.fields["summary"]) == ("The first ticket, renamed", "Changed just now")
        assert old.changed <= new.changed
        assert old.stamp != new.stamp

    def test_units_of_one_ticket_go_in_one_call(self, rig: Rig) -> None:
        """A status is moved; what else is to be changed is a write of its own, which is refused: it cannot hold up the move."""
        change = Change(rig.ref, units={"title": {"summary": "Both"}, "status": {"status": "Resolved"}})
        fixed, move = rig.adapter.split(change)
        assert fixed.fields() == {"summary": "Both"}
        rig.adapter.send(move)
        assert (rig.stored("summary"), rig.stored("status")) == ("The first ticket, renamed", "Resolved")


class TestJsmDataCenter(TestJsmCloud):
    flavour: ClassVar[str] = DATA_CENTER
    options: ClassVar[dict[str, Any]] = {"deployment": "data_center", **PAT}


class TestJsmByOAuth(TestJsmCloud):
    """Under a path prefix, by tokens that end."""

    options: ClassVar[dict[str, Any]] = OAUTH


class TestJsmOverHttp(TestJsmCloud):
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

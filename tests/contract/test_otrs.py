"""The OTRS adapter against the simulated portal: in process, and once over loopback HTTP."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator

import pytest
import requests
from pydantic import SecretStr

from adapters.base import Adapter, Change, Gone, NewComment, NewFile, Refused, Uses, Write
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
        return portal, Otrs(settings("http://portal.test", **self.more), session=session, clock=clock, sleep=clock.advance)

    more: dict[str, object] = {}  # noqa: RUF012 - a constant of the class

    def missing_ref(self) -> str:
        return "999999"


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
        return portal, Otrs(settings("http://portal.test", **self.more), session=session, clock=clock, sleep=clock.advance)


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
        return portal, Otrs(settings(server.url), clock=clock, sleep=clock.advance)

    def test_what_was_never_sent_is_not_applied(self, rig: Rig) -> None:
        """The loopback server accepts before it hangs up, so a refused connection is a server that is gone."""
        rig.adapter.close()  # a kept connection would take the request and end: that is another trouble
        self.servers.pop().stop()
        super().test_what_was_never_sent_is_not_applied(rig)


@pytest.fixture
def real() -> Iterator[Otrs]:
    """A portal that somebody else made; its agent, customer user and dynamic fields as in docs/systems/otrs.md."""
    names = {"url": "OTRS_URL", "user": "OTRS_USER", "password": "OTRS_PASSWORD", "customer_user": "OTRS_CUSTOMER_USER"}
    if missing := [name for name in names.values() if name not in os.environ]:
        pytest.skip(f"needs a real portal: set {', '.join(missing)}")
    given = {word: os.environ[name] for word, name in names.items()}
    adapter = Otrs(OtrsSettings.model_validate({**given, "user_id": os.environ.get("OTRS_USER_ID", "")}))
    yield adapter
    adapter.close()


@pytest.mark.real
def test_a_case_of_a_real_portal_from_birth_to_history(real: Otrs) -> None:
    uses = Uses(frozenset({"Title", "State", "StateType", "Priority", "Queue", "CustomerUserID"}), frozenset({"Title", "State"}))
    assert real.check(uses) == []
    cursor = real.changed_since(None).cursor
    marker, data = f"k1-{time.time_ns():x}", bytes(range(256)) * 40
    change = Change(None, units={"all": {"Title": "Ünï 🔥 <x>"}}, marker=marker, description="Since nine")
    ref = real.send(Write(None, create=change)).ref
    real.send(Write(ref, units={"all": {"State": "pending reminder", "PendingTime": "+30", "Title": "Renamed"}}))
    real.send(Write(ref, comment=NewComment("שלום 👩‍👩‍👧 <b>\n\n  a\x00b", "internal", marker, subject="About it")))
    file = NewFile("Übersicht.bin", "application/octet-stream", len(data), hashlib.sha256(data).hexdigest(), "visible", marker)
    item = real.send(Write(ref, file=file), content=io.BytesIO(data)).item
    snapshot = real.read([ref, "99999999"])[ref]
    assert (snapshot.fields["Title"], snapshot.fields["State"], snapshot.created_by_us) == ("Renamed", "pending reminder", True)
    assert [(c.text, c.place, c.by_us, c.marker) for c in snapshot.comments] == [
        ("Since nine", "visible", True, marker),
        ("שלום 👩‍👩‍👧 <b>\n\n  a\ufffdb", "internal", True, marker),
    ]
    assert [(a.id, a.name, a.size, a.place, a.marker) for a in snapshot.attachments] == [
        (item, file.name, len(data), "visible", marker)
    ]
    with real.open_attachment(ref, item) as content:
        assert content.read() == data
    assert real.find(marker) == [ref]
    assert ref in real.changed_since(cursor).refs
    if real.capabilities.history:
        events = [(e.field, e.new, e.by_us) for e in real.history([ref])[ref]]
        assert ("State", "pending reminder", True) in events
    with pytest.raises(Refused):
        real.send(Write(ref, units={"all": {"State": "no such state"}}))
    with pytest.raises(Gone):
        real.read(["99999999"])

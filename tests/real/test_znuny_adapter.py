"""The OTRS adapter against a real Znuny: the contract that every adapter keeps, and one case from birth to history."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
import requests

from adapters.around import Around
from adapters.base import Adapter, Change, Gone, NewComment, NewFile, Refused, Uses, Write
from adapters.otrs import Otrs
from adapters.otrs_settings import OtrsSettings
from connector.sandbox.core import Request, Response, World
from connector.sandbox.transport import InProcess
from tests.contract.rig import Clock, Sandbox, Words
from tests.contract.suite import AdapterContract
from tests.real.znuny import CONNECTOR, CUSTOMERS, PASSWORD, Original, Znuny
from tests.real.znuny_people import Portal

pytestmark = pytest.mark.real

READ = frozenset(
    {"Title", "State", "StateType", "Priority", "Queue", "Owner", "CustomerUserID", "DynamicField_CustomerReference"}
)
WRITE = frozenset({"Title", "State", "Priority", "PendingTime", "DynamicField_CustomerReference"})

LINE_ONLY = frozenset(
    {
        "test_silence_is_unknown_too",
        "test_a_limit_is_not_applied_with_its_delay",
        "test_a_read_is_tried_again",
        "test_a_read_that_fails_for_good_is_not_applied",
    }
)
"""Tests of faults before anything reaches the portal: the same whatever stands behind the line."""


class RealClock(Clock):
    """Time passes by itself. Who asks for it to pass waits until the portal's times, of whole seconds, differ."""

    def __call__(self) -> float:
        return time.time()

    def advance(self, seconds: float) -> None:
        time.sleep(min(seconds, 1.05))

    def begin_a_second(self) -> None:
        time.sleep(-time.time() % 1)


@dataclass
class Served(Portal):
    """A Znuny behind a simulated line, on which faults can be injected."""

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        if as_of is not None:
            pytest.skip("a real portal cannot be asked for its past")
        kept = {name: request.headers[name] for name in ("content-type", "soapaction")}
        reply = self._line.post(request.base_url + request.path, data=request.body, headers=kept, timeout=30)
        return Response(reply.status_code, {"Content-Type": reply.headers["Content-Type"]}, reply.content)

    def is_write(self, request: Request) -> bool:
        return self.label(request) in ("TicketCreate", "TicketUpdate")

    def label(self, request: Request) -> str:
        return request.headers["soapaction"].strip('"').rpartition("#")[2]


@pytest.fixture(scope="class")
def shared(znuny_original: Original) -> Iterator[Znuny]:
    """One portal for all tests of the contract: each begins with what is there out of sight."""
    with znuny_original.copy() as made:
        yield made


class TestZnuny(AdapterContract):
    words = Words(
        ticket={"Title": "Printer on fire"},
        title="Title",
        status="State",
        moved="open",
        public="visible",
        internal="internal",
        uses=Uses(READ, WRITE),
        person="anna",
        refused={"State": "no such state"},
    )
    more: dict[str, object] = {}  # noqa: RUF012 - a constant of the class

    @pytest.fixture(autouse=True)
    def _znuny(self, request: pytest.FixtureRequest, shared: Znuny) -> None:
        if request.node.originalname in LINE_ONLY:
            pytest.skip("never reaches the portal: shown against the simulated one")
        self.znuny = shared
        with psycopg.connect(shared.database) as connection:
            connection.execute("UPDATE ticket SET queue_id = (SELECT id FROM queue WHERE name = 'Misc')")
            connection.execute("UPDATE dynamic_field_value SET value_text = 'long ago'")

    def clock(self) -> Clock:
        return RealClock()

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        served = Served(self.znuny.database, base=self.znuny.people_url, world=world)
        session = requests.Session()
        session.mount(self.znuny.base, InProcess(world, served))
        given = {"url": self.znuny.url, "user": CONNECTOR, "password": PASSWORD, "customer_user": CUSTOMERS[0], "page": 3}
        settings = OtrsSettings.model_validate({**given, **self.more})
        return served, Otrs(settings, around=Around(session=session, clock=clock, sleep=clock.advance))

    def missing_ref(self) -> str:
        return "999999"


@pytest.fixture
def real(request: pytest.FixtureRequest) -> Iterator[Otrs]:
    """A Znuny of our own, or the portal that the environment names, prepared as docs/systems/otrs.md says."""
    names = {"url": "OTRS_URL", "user": "OTRS_USER", "password": "OTRS_PASSWORD", "customer_user": "OTRS_CUSTOMER_USER"}
    if "OTRS_URL" in os.environ:
        given = {word: os.environ[name] for word, name in names.items()}
    else:
        znuny: Znuny = request.getfixturevalue("znuny")
        given = {"url": znuny.url, "user": CONNECTOR, "password": PASSWORD, "customer_user": CUSTOMERS[0]}
    adapter = Otrs(OtrsSettings.model_validate({**given, "user_id": os.environ.get("OTRS_USER_ID", "")}))
    yield adapter
    adapter.close()


def test_a_case_from_birth_to_history(real: Otrs) -> None:
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

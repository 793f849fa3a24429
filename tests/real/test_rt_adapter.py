"""The Request Tracker adapter against a real one: the contract that every adapter keeps, and its own oddities."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator

import pytest
import requests

from adapters.around import Around
from adapters.base import Adapter, Change, Gone, NewComment, NewFile, Refused, Uses, Write
from adapters.request_tracker import RequestTracker
from adapters.request_tracker_settings import RequestTrackerSettings
from connector.sandbox.core import Request, Response, World
from connector.sandbox.transport import InProcess
from tests.contract.rig import Clock, Sandbox
from tests.contract.suite import AdapterContract
from tests.contract.test_request_tracker import WORDS
from tests.real.request_tracker import CONNECTOR, PASSWORD, Tracker
from tests.real.request_tracker_people import People
from tests.real.test_znuny_adapter import LINE_ONLY, RealClock

pytestmark = pytest.mark.real


class Served(People):
    """A Request Tracker behind a simulated line, on which faults can be injected."""

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        if as_of is not None:
            pytest.skip("a real Request Tracker cannot be asked for its past")
        kept = {name: value for name, value in request.headers.items() if name in ("content-type", "authorization", "accept")}
        query = [(name, value) for name, values in request.query.items() for value in values]
        address = self.tracker.url + request.path
        reply = self.line.request(request.method, address, params=query, data=request.body, headers=kept, timeout=60)
        told = {name: reply.headers[name] for name in ("Content-Type", "Location", "Date") if name in reply.headers}
        return Response(reply.status_code, told, reply.content)

    def is_write(self, request: Request) -> bool:
        return (
            request.method in ("POST", "PUT") and request.path.startswith("/REST/2.0/ticket") and "/tickets" not in request.path
        )

    def label(self, request: Request) -> str:
        return f"{request.method} {request.path.split('/')[3]}"


class TestRequestTracker(AdapterContract):
    words = WORDS

    @pytest.fixture(autouse=True)
    def _tracker(self, request: pytest.FixtureRequest, request_tracker: Tracker) -> None:
        if request.node.originalname in LINE_ONLY:
            pytest.skip("never reaches the server: shown against the simulated one")
        self.tracker = request_tracker
        request_tracker.forget()

    def clock(self) -> Clock:
        return RealClock()

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        served = Served(self.tracker, world)
        session = requests.Session()
        session.mount(self.tracker.url, InProcess(world, served))
        settings = RequestTrackerSettings.model_validate(
            {"url": self.tracker.url, "token": self.tracker.tokens[CONNECTOR], "requestor": "jo@customer.example", "page": 3}
        )
        return served, RequestTracker(settings, around=Around(session=session, clock=clock, sleep=clock.advance))

    def missing_ref(self) -> str:
        return "999999"


@pytest.fixture
def real(request: pytest.FixtureRequest) -> Iterator[RequestTracker]:
    """A Request Tracker of our own, or the one that the environment names, prepared as docs/systems/request-tracker.md says."""
    names = {"url": "RT_URL", "token": "RT_TOKEN", "queue": "RT_QUEUE", "time_zone": "RT_TIME_ZONE"}
    if "RT_URL" in os.environ:
        given = {word: os.environ[name] for word, name in names.items() if name in os.environ}
    else:
        tracker: Tracker = request.getfixturevalue("request_tracker")
        given = {"url": tracker.url, "user": CONNECTOR, "password": PASSWORD}
    adapter = RequestTracker(RequestTrackerSettings.model_validate(given))
    yield adapter
    adapter.close()


def test_a_case_from_birth_to_history(real: RequestTracker) -> None:
    uses = Uses(frozenset({"Subject", "Status", "Priority", "Content"}), frozenset({"Subject", "Status"}))
    assert real.check(uses) == []
    cursor = real.changed_since(None).cursor
    marker, data = f"k1-{time.time_ns():x}", bytes(range(256)) * 40
    change = Change(None, units={"all": {"Subject": "Ünï 🔥 <x>", "Priority": "70"}}, marker=marker, description="Since nine")
    ref = real.send(Write(None, create=change)).ref
    real.send(Write(ref, units={"all": {"Status": "stalled", "Subject": "Renamed"}}))
    note = NewComment("שלום 👩‍👩‍👧 <b>\n\n  a\x00b", "comment", marker, subject="About it 🔥 " + "ü" * 300)
    real.send(Write(ref, comment=note))
    names = ('Übersicht 🔥 "x" ;.txt', "plain.html")
    for name, kind in zip(names, ("text/plain", "text/html"), strict=True):
        file = NewFile(name, kind, len(data), hashlib.sha256(data).hexdigest(), "correspond", marker)
        item = real.send(Write(ref, file=file), content=io.BytesIO(data)).item
        with real.open_attachment(ref, item) as content:
            assert content.read() == data
    snapshot = real.read([ref, "99999999"])[ref]
    assert (snapshot.fields["Subject"], snapshot.fields["Status"], snapshot.created_by_us) == ("Renamed", "stalled", True)
    assert snapshot.fields["Content"] == "Since nine"
    assert [(c.text, c.place, c.by_us, c.marker) for c in snapshot.comments] == [
        ("Since nine", "correspond", True, marker),
        ("שלום 👩‍👩‍👧 <b>\n\n  a\ufffdb", "comment", True, marker),
    ]
    assert [(a.name, a.size, a.place, a.marker) for a in snapshot.attachments] == [
        (name, len(data), "correspond", marker) for name in names
    ]
    assert real.find(marker) == [ref]
    assert ref in real.changed_since(cursor).refs
    assert ("Status", "stalled", True) in [(e.field, e.new, e.by_us) for e in real.history([ref])[ref]]
    with pytest.raises(Refused) as caught:
        real.send(Write(ref, units={"all": {"Status": "no such status", "Priority": "10"}}))
    assert caught.value.fields == ("Status",)
    with pytest.raises(Gone):
        real.read(["99999999"])

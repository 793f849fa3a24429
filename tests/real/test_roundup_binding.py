"""A real Roundup that is bound in YAML alone, against the contract that every adapter keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from adapters.around import Around
from adapters.base import Adapter, Uses
from adapters.bound import Bound
from adapters.bound_settings import RestSettings
from connector.sandbox.core import Request, Response, World
from connector.sandbox.transport import InProcess
from tests.contract.rig import Clock, Sandbox, Words
from tests.contract.suite import AdapterContract
from tests.real.parts import NotInstalled
from tests.real.roundup import CONNECTOR, PASSWORD, People, programs, tracker
from tests.real.test_znuny_adapter import LINE_ONLY, RealClock

pytestmark = pytest.mark.real

READ, WRITE = frozenset({"title", "status", "priority"}), frozenset({"title", "status", "priority"})
_KEPT = ("authorization", "content-type", "if-match", "origin", "x-requested-with", "accept")


@dataclass
class Served(People):
    """A tracker behind a simulated line, on which faults can be injected."""

    line: requests.Session = field(default_factory=requests.Session)

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        if as_of is not None:
            pytest.skip("a real tracker cannot be asked for its past")
        kept = {name: request.headers[name] for name in _KEPT if name in request.headers} | {"accept-encoding": "identity"}
        url = request.base_url + request.path
        reply = self.line.request(
            request.method, url, params={**request.query}, data=request.body or None, headers=kept, timeout=30
        )
        told = {name: reply.headers[name] for name in ("Content-Type", "Date", "ETag", "Content-Length") if name in reply.headers}
        return Response(reply.status_code, told, reply.content)

    def is_write(self, request: Request) -> bool:
        """The calls before a PATCH make what no issue names yet."""
        return request.method == "PATCH" or (request.method == "POST" and request.path.endswith("/issue"))

    def label(self, request: Request) -> str:
        return f"{request.method} {request.path.rpartition('data/')[2].split('/')[0]}"


@pytest.fixture(scope="class")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        programs()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    with tracker(tmp_path_factory.mktemp("roundup")) as url:
        yield url


class TestRoundup(AdapterContract):
    words = Words(
        ticket={"title": "Printer on fire"},
        title="title",
        status="status",
        moved="in-progress",
        public="messages",
        internal="messages",
        uses=Uses(READ, WRITE),
        person="anna",
        creation={"title": "x", "status": "unread"},
        refused={"status": "no such status"},
    )

    @pytest.fixture(autouse=True)
    def _roundup(self, request: pytest.FixtureRequest, shared: str) -> None:
        if request.node.originalname in LINE_ONLY:
            pytest.skip("never reaches the tracker: shown against the simulated help desk")
        self.url = shared

    def clock(self) -> Clock:
        return RealClock()

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        served = Served(self.url, world)
        served.sweep()
        session = requests.Session()
        session.mount(self.url, InProcess(world, served))
        given = {"binding": "roundup-rest", "url": self.url, "user": CONNECTOR, "password": PASSWORD}
        return served, Bound(RestSettings.model_validate(given), around=Around(session=session, clock=clock, sleep=clock.advance))

    def missing_ref(self) -> str:
        return "999999"

"""A help desk that is bound in YAML alone, against the contract of adapters: in process, and once over loopback HTTP."""

from __future__ import annotations

import requests

from adapters.base import Adapter, Uses
from adapters.bound import Bound
from adapters.bound_settings import RestSettings
from connector.sandbox.core import World
from connector.sandbox.rest_portal import RestPortal
from connector.sandbox.transport import InProcess
from tests.contract.suite import AdapterContract, Clock, Sandbox, Words

URL = "http://desk.test"
BINDING = "/tmp/bnd/help-desk.yaml"


def settings(url: str) -> RestSettings:
    return RestSettings.model_validate({"binding": str(BINDING), "url": url, "token": "connector-key"})


class TestHelpDesk(AdapterContract):
    words = Words(
        ticket={"subject": "Printer on fire"},
        title="subject",
        status="state",
        moved="open",
        public="public",
        internal="internal",
        uses=Uses(frozenset({"subject", "state", "severity"}), frozenset({"subject", "state"})),
        refused={"state": "no such state"},
        dropped={"severity": "1"},
    )

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        desk = RestPortal(world)
        desk.read_only = {"severity"}
        session = requests.Session()
        session.mount(URL, InProcess(world, desk))
        return desk, Bound(settings(URL), session=session, clock=clock, sleep=clock.advance)

    def missing_ref(self) -> str:
        return "999999"

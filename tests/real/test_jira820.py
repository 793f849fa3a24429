"""The Jira adapter against jira820, a Jira Data Center that others wrote: the contract that every adapter keeps, as far as it goes.

What jira820 does not do, and what therefore cannot be shown here, is shown against the simulated Data Center.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from adapters.around import Around
from adapters.base import Adapter, Uses
from adapters.jira import Jira
from connector.sandbox.core import World
from connector.sandbox.transport import InProcess
from tests.contract import test_jira
from tests.contract.jira_desk import WORDS, settings
from tests.contract.rig import Clock, Sandbox
from tests.real.jira820_people import CONNECTOR, PASSWORD, ROLE, Line, Served, site
from tests.real.parts import NotInstalled
from tests.real.test_znuny_adapter import LINE_ONLY, RealClock

pytestmark = pytest.mark.real


@pytest.fixture(scope="class")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with site(tmp_path_factory.mktemp("jira820") / "log") as url:
            yield url
    except NotInstalled as missing:
        pytest.skip(str(missing))


class TestJira820(test_jira.TestJiraDataCenter):
    words = replace(
        WORDS,
        uses=Uses(
            frozenset({"summary", "status", "labels", "assignee.displayName"}),
            frozenset({"summary", "status"}),
            {"status": frozenset({"Open", "Resolved"})},
            frozenset({"summary"}),
        ),
    )

    @pytest.fixture(autouse=True)
    def _site(self, request: pytest.FixtureRequest, shared: str) -> None:
        if request.node.originalname in LINE_ONLY:
            pytest.skip("never reaches the site: shown against the simulated one")
        self.url = shared

    def clock(self) -> Clock:
        return RealClock()

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        served = Served(Line(self.url), world)
        served.sweep()
        session = requests.Session()
        session.mount(self.url, InProcess(world, served))
        given = settings(
            self.url, deployment="data_center", user=CONNECTOR, password=PASSWORD, internal_role=ROLE, page=1000, overlap_s=0
        )
        return served, Jira(given, around=Around(session=session, clock=clock, sleep=clock.advance))

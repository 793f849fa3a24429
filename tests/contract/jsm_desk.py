"""A simulated service desk as its customer sees it, its people, and the adapter, for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from adapters.around import Around
from adapters.base import Snapshot, Uses
from adapters.jsm import Jsm, JsmSettings
from connector.sandbox.core import Request, Response, System, World
from connector.sandbox.jira import CLOUD, DATA_CENTER
from connector.sandbox.jira import Jira as Site
from connector.sandbox.jira_data import REFERENCE, SEVERITY
from connector.sandbox.transport import InProcess
from tests.contract.jira_desk import BASIC, FLAVOURS, HOST, OAUTH, PAT, PREFIX, Changed
from tests.contract.openapi import Watched, ours
from tests.contract.rig import Clock, Rig
from tests.contract.suite import Words

Answering = Callable[[Request, Response], Response]
FORM = ("summary", "description", "priority", REFERENCE, SEVERITY)
READ = frozenset({"summary", "description", "status", "priority", REFERENCE, SEVERITY})
WRITE = frozenset({"summary", "status", "priority", REFERENCE, SEVERITY})
MOVES = {"In Progress": ("Answer", "Reopen"), "Resolved": ("Mark as solved",)}
WORDS = Words(
    ticket={"summary": "Printer on fire"},
    title="summary",
    status="status",
    moved="Resolved",
    public="public",
    internal="public",
    person="carl.customer",
    uses=Uses(READ, WRITE, {"priority": frozenset({"High"}), SEVERITY: frozenset({"Low"})}),
    refused={"status": "Closed"},
    edits=False,
)


def settings(url: str, **more: Any) -> JsmSettings:
    base: dict[str, Any] = {
        "url": url, "service_desk": "SUP", "request_type": "Report an incident", "requests": "all", "moves": MOVES,
        "page": 3, "list_page": 2, "find_lag_s": 2, "batch": 5,
    }  # fmt: skip
    login = {} if "auth" in more else BASIC
    return JsmSettings.model_validate({**base, **login, **more})


def new_site(world: World, flavour: str = CLOUD) -> Site:
    """A site whose colleagues of our account share their requests with it."""
    site = Site(world, flavour=flavour, customer=True)
    site.form = FORM
    site.add_user(WORDS.person, kind="customer")
    return site


def adapter_of(world: World, clock: Clock, system: System, *, url: str = "", **options: Any) -> Jsm:
    """In process, unless a URL is given."""
    oauth = options.get("auth") == "oauth"
    session = requests.Session()
    if not url:
        session.mount(HOST, InProcess(world, system))
    host = url or HOST
    cloud = options.get("deployment", "cloud") == "cloud"
    made = settings(
        host + (PREFIX if oauth else "" if cloud else "/jira"),
        **({"token_url": f"{host}/oauth/token"} if oauth else {}),
        **options,
    )
    return Jsm(
        made, around=Around(session=None if url else session, clock=clock, sleep=clock.advance, save_token=lambda _token: None)
    )


@dataclass
class Desk(Rig):
    """A rig whose site can be tampered with, and whose adapter can be made anew."""

    site: Site = None  # type: ignore[assignment]  # set at once by new_desk

    def again(self, change: Answering | None = None, **options: Any) -> Jsm:
        """A new adapter with other settings, for the same deployment; each answer goes through ``change``."""
        watched = Watched(self.site, ours(cloud=self.site.cloud))
        system = Changed(watched, change) if change else watched
        self.adapter = adapter = adapter_of(self.world, self.clock, system, **_deployed(self.site.cloud), **options)
        return adapter

    def problems(self, uses: Uses = WORDS.uses, **options: Any) -> dict[str, str]:
        """What a check of a new adapter finds, by place; each has a remedy."""
        found = self.again(**options).check(uses)
        assert all(one.remedy for one in found)
        return {one.place: one.message for one in found}

    def seen(self, ref: str = "") -> Snapshot:
        self.clock.advance(self.adapter.capabilities.read_lag + 1)
        return self.adapter.read([ref or self.ref])[ref or self.ref]


def _deployed(cloud: bool) -> dict[str, Any]:
    return {} if cloud else {"deployment": "data_center"}


def new_desk(flavour: str = CLOUD, **options: Any) -> Desk:
    """One world with a site, a checked adapter and one request that a colleague of our account raised."""
    clock = Clock()
    world = World(clock, seed=7)
    site = new_site(world, flavour)
    adapter = adapter_of(world, clock, Watched(site, ours(cloud=site.cloud)), **_deployed(site.cloud), **options)
    desk = Desk(world, clock, site, adapter, WORDS, site=site)
    desk.ref = desk.people_open("The first ticket")
    clock.advance(60)
    assert desk.adapter.check(WORDS.uses) == []
    return desk


__all__ = [
    "CLOUD",
    "DATA_CENTER",
    "FLAVOURS",
    "OAUTH",
    "PAT",
    "WORDS",
    "Desk",
    "adapter_of",
    "new_desk",
    "new_site",
]

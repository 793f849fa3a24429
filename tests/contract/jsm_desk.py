"""A simulated service desk as its customer sees it, its people, and the adapter, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from adapters.base import Uses
from adapters.jsm import Jsm, JsmSettings
from connector.sandbox.core import System, World
from connector.sandbox.jira import CLOUD, DATA_CENTER
from connector.sandbox.jira import Jira as Site
from connector.sandbox.jira_data import REFERENCE, SEVERITY
from connector.sandbox.transport import InProcess
from tests.contract.jira_desk import BASIC, HOST, OAUTH, PAT, PREFIX
from tests.contract.rig import Clock, Rig
from tests.contract.suite import Words

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
    return Jsm(made, session=None if url else session, clock=clock, sleep=clock.advance, save_token=lambda _token: None)


@dataclass
class Desk(Rig):
    """A rig whose site can be tampered with, and whose adapter can be made anew."""

    site: Site = field(default_factory=lambda: new_site(World(Clock(), seed=7)))

    def again(self, **options: Any) -> Jsm:
        """A new adapter with other settings, for the same deployment."""
        self.adapter = adapter = adapter_of(self.world, self.clock, self.site, **_deployed(self.site.cloud), **options)
        return adapter


def _deployed(cloud: bool) -> dict[str, Any]:
    return {} if cloud else {"deployment": "data_center"}


def new_desk(flavour: str = CLOUD, **options: Any) -> Desk:
    """One world with a site, a checked adapter and one request that a colleague of our account raised."""
    clock = Clock()
    world = World(clock, seed=7)
    site = new_site(world, flavour)
    adapter = adapter_of(world, clock, site, **_deployed(site.cloud), **options)
    desk = Desk(world, clock, site, adapter, WORDS, site=site)
    desk.ref = desk.people_open("The first ticket")
    clock.advance(60)
    assert adapter.check(WORDS.uses) == []
    return desk


__all__ = ["CLOUD", "DATA_CENTER", "OAUTH", "PAT", "WORDS", "Desk", "adapter_of", "new_desk", "new_site"]

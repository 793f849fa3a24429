"""A simulated Jira, its people and the adapter, for tests: Cloud, Data Center and their kinds of log-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from pydantic import SecretStr

from adapters.around import Around
from adapters.base import Uses
from adapters.jira import Jira, JiraSettings
from connector.sandbox.core import Request, Response, System, World
from connector.sandbox.jira import CLOUD, DATA_CENTER, Secrets
from connector.sandbox.jira import Jira as Site
from connector.sandbox.jira_data import MARKER, REFERENCE, SEVERITY
from connector.sandbox.transport import InProcess
from tests.contract.openapi import Watched, ours
from tests.contract.rig import Clock, Rig
from tests.contract.suite import Words

SECRETS = Secrets()
HOST = "http://jira.test"
ACCOUNT = "connector@example.com"
BASIC: dict[str, Any] = {"user": ACCOUNT, "password": SecretStr(SECRETS.token)}
SCOPED: dict[str, Any] = {"user": ACCOUNT, "password": SecretStr(SECRETS.scoped)}
OAUTH: dict[str, Any] = {
    "auth": "oauth",
    "client_id": SECRETS.client_id,
    "client_secret": SecretStr(SECRETS.client_secret),
    "refresh_token": SecretStr(SECRETS.refresh_token),
}
PAT: dict[str, Any] = {"auth": "token", "token": SecretStr(SECRETS.pat)}
FLAVOURS = (CLOUD, DATA_CENTER)
PREFIX = f"/ex/jira/{SECRETS.cloud_id}"

READ = frozenset(
    {"summary", "status", "priority", "resolution", "description", "labels", REFERENCE, SEVERITY, "assignee.displayName"}
)
WRITE = frozenset({"summary", "status", "priority", "resolution", "description", REFERENCE, SEVERITY})
WORDS = Words(
    ticket={"summary": "Printer on fire"},
    title="summary",
    status="status",
    moved="In Progress",
    public="public",
    internal="internal",
    uses=Uses(READ, WRITE, {"status": frozenset({"Open", "Resolved"}), "priority": frozenset({"High"})}, frozenset({"summary"})),
    refused={"status": "Closed"},
)


def settings(url: str, **more: Any) -> JiraSettings:
    base: dict[str, Any] = {
        "url": url, "project": "SUP", "issue_type": "Incident", "internal_role": "Developers", "page": 3, "list_page": 2,
        "overlap_s": 5, "find_lag_s": 2, "batch": 5,
    }  # fmt: skip
    login = {} if "auth" in more else BASIC
    return JiraSettings.model_validate({**base, **login, **more})


@dataclass
class Desk(Rig):
    """A rig whose site can be tampered with, and whose adapter can be made anew."""

    saved: list[str] = field(default_factory=list)  # refresh tokens that were kept
    site: Site = None  # type: ignore[assignment]  # set at once by new_desk
    watched: System | None = None  # what is mounted instead of the site

    def again(
        self, save: Callable[[str], None] | None = None, newest: Callable[[], SecretStr] | None = None, **options: Any
    ) -> Jira:
        """A new adapter with other settings, for the same deployment."""
        options.setdefault("deployment", "cloud" if self.site.cloud else "data_center")
        system = self.watched or Watched(self.site, ours(cloud=self.site.cloud))
        self.adapter = adapter = adapter_of(
            self.world, self.clock, system, save=save or self.saved.append, newest=newest, **options
        )
        return adapter

    def checked(self, **options: Any) -> None:
        """A new adapter with other settings, in which a check finds nothing."""
        assert self.again(**options).check(WORDS.uses) == []

    @property
    def oauth(self) -> dict[str, Any]:
        """A log-in by the refresh token that counts now."""
        return OAUTH | {"refresh_token": SecretStr(self.site._rest.access._refresh)}

    def answering(self, change: Callable[[Request, Response], Response]) -> None:
        """Let each answer of the site go through this from now on."""
        self.watched = Changed(self.site, change)


class Changed:
    """A site whose answers somebody changes."""

    def __init__(self, site: System, change: Callable[[Request, Response], Response]) -> None:
        self._site, self._change, self.name = site, change, site.name

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        return self._change(request, self._site.handle(request, as_of))

    def is_write(self, request: Request) -> bool:
        return self._site.is_write(request)

    def label(self, request: Request) -> str:
        return self._site.label(request)


def adapter_of(
    world: World,
    clock: Clock,
    system: System,
    *,
    url: str = "",
    save: Callable[[str], None] | None = None,
    newest: Callable[[], SecretStr] | None = None,
    **options: Any,
) -> Jira:
    """In process, unless a URL is given."""
    cloud = options.get("deployment", "cloud") == "cloud"
    prefixed = options.get("auth") == "oauth" or options.get("password") == SCOPED["password"]
    session = requests.Session()
    if not url:
        session.mount(HOST, InProcess(world, system))
    host = url or HOST
    more = {"token_url": f"{host}/oauth/token"} if options.get("auth") == "oauth" else {}
    made = settings(host + (PREFIX if prefixed else "" if cloud else "/jira"), **more, **options)
    return Jira(
        made,
        around=Around(session=None if url else session, clock=clock, sleep=clock.advance, save_token=save, newest_token=newest),
    )


def new_desk(flavour: str = CLOUD, *, service: bool = False, **options: Any) -> Desk:
    """One world with a site, a checked adapter and one issue that a person opened."""
    clock = Clock()
    world = World(clock, seed=7)
    site = Site(world, flavour=flavour, service=service)
    more: dict[str, Any] = {"deployment": "data_center"} if flavour == DATA_CENTER else {}
    adapter = adapter_of(world, clock, Watched(site, ours(cloud=site.cloud)), **more, **options)
    desk = Desk(world, clock, site, adapter, WORDS, site=site)
    desk.ref = desk.people_open("The first ticket")
    clock.advance(60)
    assert adapter.check(WORDS.uses) == []
    return desk


__all__ = [
    "ACCOUNT",
    "BASIC",
    "CLOUD",
    "DATA_CENTER",
    "MARKER",
    "OAUTH",
    "PAT",
    "SCOPED",
    "WORDS",
    "Desk",
    "adapter_of",
    "new_desk",
]

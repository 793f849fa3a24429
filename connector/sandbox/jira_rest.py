"""The web face of a simulated Jira: paths, logins, limits, and which part answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import unquote

from connector.sandbox.core import Request, Response
from connector.sandbox.jira_access import Access, Secrets
from connector.sandbox.jira_call import Call, Route, failure, reply
from connector.sandbox.jira_data import User
from connector.sandbox.jira_desk import Desk
from connector.sandbox.jira_fields import Values
from connector.sandbox.jira_issues import Issues
from connector.sandbox.jira_items import Items
from connector.sandbox.jira_portal import Portal
from connector.sandbox.jira_render import Renderer
from connector.sandbox.jira_search import Search
from connector.sandbox.jira_setup import Setup
from connector.sandbox.jira_site import Refusal, Site
from connector.sandbox.jira_talk import Talk

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
_ROUTE = re.compile(
    r"(/ex/jira/[^/]+|/jira)?/(?:rest/(?:api/(2|3|latest)|(servicedeskapi))/(.*?)/?|(servicedesk/customershim/)?secure/attachment/(\d+)/.*)"
)
_MEDIA = re.compile(r"/media/(\d+)/([0-9a-f]+)")
#: Posts that only ask.
_ASKS = re.compile(r"search.*|issue/bulkfetch|changelog/bulkfetch|comment/list")
_READS = ("GET", "HEAD")
_OF_ISSUE = re.compile(r"(?:issue|request)/([^/]+).*")


class _Part(Protocol):
    def routes(self) -> list[Route]: ...


@dataclass(frozen=True)
class _Place:
    """Where a request goes."""

    prefix: str
    api: str  # 2, 3, desk; secure for the address of a file, shim for the one that customers have
    path: str


class Rest:
    def __init__(self, site: Site, user: User, secrets: Secrets) -> None:
        self._site = site
        self.access = Access(site, user, secrets)
        self._secrets = secrets
        values = Values(site)
        renderer = Renderer(site, values)
        self._items = Items(site, values, renderer)
        issues = Issues(site, values, renderer)
        parts: tuple[_Part, ...] = (Setup(site, values, renderer), Search(site, issues), issues, self._items)
        platform = [route for part in parts for route in part.routes()]
        self._platform = [(method, re.compile(pattern), act) for method, pattern, act in platform]
        portal = Portal(site, values, renderer)
        self._talk = Talk(site, values, portal)
        desk = [*Desk(site, values, portal).routes(), *self._talk.routes()]
        self._desk = [(method, re.compile(pattern), act) for method, pattern, act in desk]

    # -- as a system

    def is_write(self, request: Request) -> bool:
        place = self._place(request)
        asks = place is None or (request.method == "POST" and bool(_ASKS.fullmatch(place.path)))
        return request.method not in _READS and not asks

    def label(self, request: Request) -> str:
        """Verb and path, numbers and keys left out: ``PUT issue``, ``POST issue/comment``, ``POST request/comment``."""
        if request.path == TOKEN_PATH:
            return "POST oauth"
        place = self._place(request)
        if place is None:
            return f"{request.method} ?"
        if place.api in ("secure", "shim"):
            return f"{request.method} file"
        kept = [part for part in place.path.split("/") if re.fullmatch(r"[a-zA-Z]+", part)]
        return f"{request.method} {'/'.join(kept)}"

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        if request.path == TOKEN_PATH and request.method == "POST":
            return self.access.token(request)
        if found := _MEDIA.fullmatch(request.path):
            return self._items.media(request, found[1], found[2])
        headers: dict[str, str] = {}
        try:
            place = self._found(request)
            who = self.access.login(request, prefixed=place.prefix.startswith("/ex/"))
            headers = self.access.count(request, self._written(request, place))
            answer = self._answer(request, place, who, as_of)
        except Refusal as refused:
            answer = failure(refused)
            if "/servicedeskapi/" in request.path:
                answer = reply(refused.status, {"errorMessage": refused.words, "i18nErrorMessage": {}}, refused.headers)
            elif refused.status == HTTPStatus.UNAUTHORIZED and request.path.startswith("/ex/"):
                answer = reply(refused.status, {"code": refused.status, "message": "Unauthorized"}, refused.headers)
        body = b"" if request.method == "HEAD" else answer.body
        return Response(answer.status, {**headers, **answer.headers}, body)

    # -- inside

    def _found(self, request: Request) -> _Place:
        place = self._place(request)
        if place is None:
            raise Refusal(404, f"null for uri: {request.path}")
        return place

    def _place(self, request: Request) -> _Place | None:
        found = _ROUTE.fullmatch(request.path)
        if found is None:
            return None
        prefix = found[1] or ""
        if prefix == "/jira" if self._site.cloud else prefix.startswith("/ex/"):
            return None
        if prefix.startswith("/ex/") and prefix != f"/ex/jira/{self._secrets.cloud_id}":
            return None
        if found[6]:
            if found[5]:
                return None if prefix.startswith("/ex/") else _Place(prefix, "shim", found[6])
            return None if self._site.cloud else _Place(prefix, "secure", found[6])
        usual = "3" if self._site.cloud else "2"
        api = "desk" if found[3] else {"latest": usual}.get(found[2], found[2])
        return None if api == "3" and not self._site.cloud else _Place(prefix, api, found[4])

    def _written(self, request: Request, place: _Place) -> str:
        """The id of the issue that a request writes to, or nothing."""
        found = _OF_ISSUE.fullmatch(place.path)
        issue = self._site.store.find(unquote(found[1])) if found and self.is_write(request) else None
        return str(issue.id) if issue else ""

    def _answer(self, request: Request, place: _Place, who: User | None, as_of: float | None) -> Response:
        call = Call(request, place.api, request.base_url + place.prefix, who, as_of)
        if place.api == "secure":
            return self._items.secure(Call(request, "2", call.base, who, as_of, (place.path,)))
        if place.api == "shim":
            return self._talk.shim(Call(request, "desk", call.base, who, as_of, (place.path,)))
        known = False
        for method, pattern, act in self._desk if place.api == "desk" else self._platform:
            if found := pattern.fullmatch(place.path):
                known = True
                if method == ("GET" if request.method == "HEAD" else request.method):
                    parts = tuple(unquote(part) for part in found.groups())
                    return act(Call(request, place.api, call.base, who, as_of, parts))
        if known:
            raise Refusal(405, "Method Not Allowed")
        raise Refusal(404, f"null for uri: {request.path}")

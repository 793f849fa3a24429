"""The service desk's interface of Jira, ``/rest/servicedeskapi``, as far as a customer of a portal may use it.

Rules that this module stands on (Atlassian's documentation of it, and contracts/):

- Lists have pages by ``start`` and ``limit``, and say with ``isLastPage`` where they end, never how long they are.
- The requests of a customer come with the last activity first; no filter asks for a time, ``searchTerm`` looks in summaries alone.
- Texts go and come as wiki markup, on Cloud too.
- A file is uploaded first, to the desk, where nobody sees it, and becomes the request's by a second call.
- An attachment has no id of its own there: it stands in its links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

from adapters.around import Around
from adapters.base import Gone, Misconfigured, NotApplied, Refused, Unknown
from adapters.http import Garbled, Reply
from adapters.jira_api import Json, Site, as_json
from adapters.jsm_form import Form
from adapters.jsm_settings import JsmSettings
from adapters.multipart import Multipart

WHOLE = "comment,comment.attachment,attachment"
"""What a request is asked for with, to be read whole."""

_OWNED = {"own": "OWNED_REQUESTS", "all": "ALL_REQUESTS"}
_EXPERIMENTS = {"X-ExperimentalApi": "opt-in"}  # older Data Centers answer 412 to some calls without it
_FIRST: dict[str, str | int] = {"requestOwnership": _OWNED["own"], "start": 0, "limit": 1}
_NUMBER = re.compile(r"/attachment/(?:content/)?(\d+)(?:/|$)")
_MOST_PAGES = 1000


class DeskApi(Site):
    """The portal of one service desk."""

    def __init__(self, settings: JsmSettings, around: Around) -> None:
        super().__init__(settings, "/rest/servicedeskapi", around, headers=_EXPERIMENTS)
        self.settings = settings
        self._desk: Json | None = None
        self._type: Json | None = None
        self._form: Form | None = None
        self._me: str | None = settings.account or None

    # --- what does not change while we run ---

    def my_id(self) -> str:
        """Our account: as set, as the site says, or as who raised our requests; "" where none of these tells it yet."""
        if self._me is None:
            self._me = self._told_by_site()
            if not self._me:
                self.got("/request", self._learn, "ask who we are", _FIRST)
        return self._me

    def _told_by_site(self) -> str:
        """Some sites refuse this to accounts that may use the portal alone."""
        root = f"/rest/api/{3 if self.settings.cloud else 2}"
        try:
            return self.id_of(self._http.read("GET", f"{root}/myself", as_json, what="ask who we are"))
        except (Gone, Refused, Misconfigured):
            return ""

    def _learn(self, reply: Reply) -> tuple[list[Json], bool]:
        """A page of our own requests: they are ours because we reported them."""
        values, last = _page(reply)
        self._me = self._me or next((self.id_of(one.get("reporter")) for one in values), "")
        return values, last

    def desk(self) -> Json:
        """The desk of the settings.

        :raises Misconfigured: it is not among those that our account sees.
        """
        with self._lock:
            if self._desk is None:
                self._desk = self._named("/servicedesk", "service desk", self.settings.service_desk, ("id", "projectKey"))
            return self._desk

    def still_there(self) -> None:
        """To an account that is not logged in any more nothing is there.

        :raises Misconfigured: the desk is not shown to us just now.
        """
        try:
            self.get(f"/servicedesk/{self.desk()['id']}", "look up the service desk")
        except (Gone, Refused) as trouble:
            raise Misconfigured(f"{trouble}; the desk is not shown to our account any more") from trouble

    def request_type(self) -> Json:
        """The request type of the settings.

        :raises Misconfigured: the desk offers none of that name to our account.
        """
        path = f"/servicedesk/{self.desk()['id']}/requesttype"
        with self._lock:
            if self._type is None:
                self._type = self._named(path, "request type", self.settings.request_type, ("id", "name"))
            return self._type

    def _named(self, path: str, what: str, wanted: str, names: tuple[str, str]) -> Json:
        known = self.every(path, f"look up the {what}")
        for one in known:
            if wanted.casefold() in {str(one.get(name, "")).casefold() for name in names}:
                return one
        offered = ", ".join(f"{one.get(names[1])} ({one.get('id')})" for one in known) or "none"
        raise Misconfigured(f"Jira: our account sees no {what} {wanted!r}, only: {offered}")

    def form(self) -> Form:
        """What the portal asks for when a request of our type is raised."""
        path = f"/servicedesk/{self.desk()['id']}/requesttype/{self.request_type()['id']}/field"
        with self._lock:
            if self._form is None:
                self._form = Form.of(self.get(path, "look at the form of the request type"), cloud=self.settings.cloud)
            return self._form

    def asked(self) -> frozenset[str]:
        """The fields of the form, as far as it has been looked at."""
        return frozenset(self._form.questions) if self._form else frozenset()

    # --- lists ---

    def page(self, path: str, what: str, **params: str | int) -> tuple[list[Json], bool]:
        """One page of a list, and whether it is the last.

        :raises NotApplied: the answer is no list.
        """
        return self.got(path, _page, what, params)

    def every(self, path: str, what: str, **params: str | int) -> list[Json]:
        """All entries of a list."""
        out: list[Json] = []
        for _ in range(_MOST_PAGES):
            values, last = self.page(path, what, start=len(out), limit=self.settings.list_page, **params)
            out += values
            if last or not values:
                return out
        raise NotApplied(f"Jira: {what}: the list does not end", outage=False)

    def requests(self, ownership: str, start: int, limit: int, expand: str = "") -> tuple[list[Json], bool]:
        """One page of the desk's requests, the last activity first. ``ownership``: own or all."""
        params: dict[str, str | int] = {"start": start, "limit": limit, **({"expand": expand} if expand else {})}
        params |= {
            "requestOwnership": _OWNED[ownership],
            "requestStatus": "ALL_REQUESTS",
            "serviceDeskId": str(self.desk()["id"]),
        }
        parse = self._learn if ownership == "own" else _page
        return self.got("/request", parse, "list requests", params)

    # --- one request ---

    def request(self, ref: str, expand: str = "") -> Json:
        """:raises Gone: it is not there, or not for our account."""
        more = {"expand": expand} if expand else {}
        told = self.get(_path(ref), "read a request", **more)
        if not isinstance(told, dict) or not told.get("issueId"):
            raise Gone(f"Jira: read a request: the answer names no request {ref}")
        return told

    def id_of_key(self, key: str) -> str:
        """The id of a request, "" where our account is shown none of that key."""
        try:
            return str(self.request(key)["issueId"])
        except Gone:
            return ""

    def files(self, ref: str) -> list[Json]:
        return self.every(f"{_path(ref)}/attachment", "list the files")

    def raised(self, body: Json) -> Json:
        told = self.save("POST", "/request", body, "raise a request")
        if not isinstance(told, dict) or not told.get("issueId"):
            raise Unknown("Jira: raise a request: the answer names none; it may have been raised")
        self._me = self._me or self.id_of(told.get("reporter"))
        return told

    # --- files ---

    def uploaded(self, name: str, content_type: str, content: BinaryIO, size: int) -> str:
        """The temporary id of a file that nobody sees yet.

        :raises NotApplied: also where it is not known whether it arrived: an upload without the call that attaches it ends by itself.
        """
        body = Multipart("file", name, content_type, content, size)
        try:
            told = self.sent(f"/servicedesk/{self.desk()['id']}/attachTemporaryFile", body, _temporary, "upload a file")
        except Unknown as unknown:
            raise NotApplied(str(unknown), unknown.retry_after, busy=unknown.busy) from unknown
        return str(told["temporaryAttachmentId"])

    def content(self, ref: str, told: Json) -> BinaryIO:
        """The content of an attachment. Data Center names its address, of which only the path counts: our log-in stays with our host."""
        size = told.get("size")
        path = f"{self.root}{_path(ref)}/attachment/{number_of(told)}"
        if not self.settings.cloud:
            path = self._below(str((told.get("_links") or {}).get("content", ""))) or path
        return self.fetched(path, size if isinstance(size, int) else -1)

    def _below(self, address: str) -> str:
        """Path and query of an address, below that of the settings."""
        parts, prefix = urlsplit(address), urlsplit(self.settings.url).path.rstrip("/")
        path = parts.path.removeprefix(prefix)
        return quote(unquote(path)) + (f"?{parts.query}" if parts.query else "") if path.startswith("/") else ""


def number_of(attachment: Json) -> str:
    """The id of an attachment, "" where no link tells it."""
    links = attachment.get("_links") or {}
    found = (_NUMBER.search(str(links.get(name, ""))) for name in ("jiraRest", "self", "content"))
    return next((one[1] for one in found if one), "")


def entries(page: Any) -> list[Json]:
    """What a list holds, nothing where it is none."""
    values = page.get("values") if isinstance(page, dict) else None
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _page(reply: Reply) -> tuple[list[Json], bool]:
    told = as_json(reply)
    if not isinstance(told, dict) or not isinstance(told.get("values"), list):
        raise Garbled("an answer without values")
    return entries(told), bool(told.get("isLastPage", True))


def _temporary(reply: Reply) -> Json:
    told = as_json(reply)
    files: Iterable[Any] = told.get("temporaryAttachments") or () if isinstance(told, dict) else ()
    for one in files:
        if isinstance(one, dict) and one.get("temporaryAttachmentId"):
            return one
    raise Garbled("an answer without a file")


def _path(ref: str) -> str:
    return f"/request/{quote(ref, safe='')}"

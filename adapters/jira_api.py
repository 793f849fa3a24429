"""Jira's platform REST API: version 3 of Cloud, version 2 of Data Center; its calls, its lists and its errors.

Rules of Jira that this module stands on (Atlassian's REST documentation):

- 404 is said of what is not there and of what our account may not see, and to an account that is not logged in at all.
- Cloud reads many issues by ``bulkfetch`` from its database; a search reads an index that lags behind. Data Center has
  no such read: issues are read one by one.
- A page of Cloud's search ends with a token for the next; Data Center counts from ``startAt``.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

from adapters.around import Around
from adapters.base import Gone, Misconfigured, Refused, Stale, Trouble
from adapters.http import Garbled, Http, Parse, Reply
from adapters.jira_fields import Fields, Kind
from adapters.jira_settings import JiraSettings, SiteSettings, login
from adapters.multipart import Multipart

Json = dict[str, Any]
T = TypeVar("T")

_DENIED = "X-Authentication-Denied-Reason"
_PER_ISSUE = "jira-per-issue-on-write"
_BULK = 1000  # issues in one question for histories


@dataclass(frozen=True)
class Found:
    """One page of a search. ``total`` is -1 and ``token`` "" where the deployment does not tell them."""

    issues: list[Json]
    token: str = ""
    total: int = -1


class Site:
    """Calls of one site.

    :param root: where the interface begins that is used, below the site's address.
    :param headers: of every call.
    """

    def __init__(
        self,
        settings: SiteSettings,
        root: str,
        around: Around,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.site_settings = settings
        self.root = root
        self._headers = dict(headers or {})
        self._http = Http(
            "Jira",
            settings.url,
            own_error=own_error,
            of_ticket=lambda reply: reply.headers.get("RateLimit-Reason") == _PER_ISSUE,
            auth=login(settings, around),
            options=settings.http,
            around=around,
        )
        self._lock = threading.Lock()

    def get(self, path: str, what: str, **params: str | int) -> Any:
        return self.got(path, as_json, what, params)

    def got(self, path: str, parse: Parse[T], what: str, params: Mapping[str, str | int]) -> T:
        """What ``parse`` takes out of the answer."""
        return self._http.read("GET", self.root + path, parse, what=what, params=params, headers=self._headers)

    def ask(self, path: str, body: Json, what: str) -> Any:
        """A question that is put by POST."""
        return self._http.read("POST", self.root + path, as_json, what=what, json=body, headers=self._headers)

    def save(self, method: str, path: str, body: Json, what: str) -> Any:
        """One write; None where the answer has no body."""
        return self._http.write(method, self.root + path, _json_or_nothing, what=what, json=body, headers=self._headers)

    def sent(self, path: str, content: Multipart, parse: Parse[Json], what: str) -> Json:
        """What is told of a file that was sent."""
        headers = {**self._headers, "Content-Type": content.content_type, "X-Atlassian-Token": "no-check"}
        return self._http.write("POST", self.root + path, parse, what=what, data=content, headers=headers)

    def fetched(self, path: str, size: int) -> BinaryIO:
        """A file; where we are led to another host, that never sees our log-in."""
        return self._http.download(path, what="open an attachment", size=size, headers={**self._headers, "Accept": "*/*"})

    def id_of(self, user: Any) -> str:
        """The account id of a person (Cloud), or the login (Data Center); "" for nobody."""
        told = user if isinstance(user, dict) else {}
        cloud = self.site_settings.cloud
        return str(told.get("accountId") or "") if cloud else str(told.get("name") or told.get("key") or "")

    def close(self) -> None:
        self._http.close()


class Api(Site):
    """Jira's platform interface."""

    def __init__(self, settings: JiraSettings, around: Around) -> None:
        super().__init__(settings, f"/rest/api/{3 if settings.cloud else 2}", around)
        self.settings = settings
        self._fields: Fields | None = None
        self._me: Json | None = None
        self._project: Json | None = None

    # --- what does not change while we run ---

    def me(self) -> Json:
        """Our account.

        :raises Misconfigured: the log-in is refused, or counts as nobody.
        """
        with self._lock:
            if self._me is None:
                self._me = self.myself()
            return self._me

    def myself(self) -> Json:
        try:
            told: Json = self.get("/myself", "ask who we are")
        except (Gone, Refused) as trouble:
            raise Misconfigured(f"{trouble}; the log-in counts as nobody") from trouble
        return told

    def my_id(self) -> str:
        return self.id_of(self.me())

    def project(self) -> Json:
        """The project of the settings.

        :raises Misconfigured: it is not there, or our account may not see it.
        """
        with self._lock:
            if self._project is None:
                try:
                    self._project = self.get(f"/project/{self.settings.project}", "look up the project")
                except Gone as gone:
                    raise Misconfigured(f"Jira: there is no project {self.settings.project}, or it is hidden from us") from gone
            return self._project

    def is_service(self) -> bool:
        """Whether comments are public or internal by themselves, as in service projects."""
        return str(self.project().get("projectTypeKey")) == "service_desk"

    def fields(self) -> Fields:
        with self._lock:
            if self._fields is None:
                told = _list(self.get("/field", "list the fields"))
                self._fields = Fields(self.settings.cloud, {str(one["id"]): Kind.of(one) for one in told if one.get("id")})
            return self._fields

    # --- searches and reads ---

    def search(self, jql: str, fields: Sequence[str], size: int, token: str = "", start: int = 0) -> Found:
        """One page of issues, from the index."""
        if self.settings.cloud:
            body: Json = {"jql": jql, "fields": list(fields), "maxResults": size} | ({"nextPageToken": token} if token else {})
            told = self.ask("/search/jql", body, "search issues")
            more = str(told.get("nextPageToken") or "")
            return Found(_issues(told), "" if told.get("isLast") else more)
        told = self.get("/search", "search issues", jql=jql, fields=",".join(fields), maxResults=size, startAt=start)
        return Found(_issues(told), total=int(told.get("total", -1)))

    def issues(self, refs: Sequence[str], fields: Sequence[str], *, expand: str = "") -> dict[str, Json]:
        """Issues by id, straight from the database; one that is not there is left out."""
        return self._bulk(refs, fields) if self.settings.cloud else self._one_by_one(refs, fields, expand)

    def _bulk(self, refs: Sequence[str], fields: Sequence[str]) -> dict[str, Json]:
        out: dict[str, Json] = {}
        for part in _parts(refs, self.settings.batch):
            body = {"issueIdsOrKeys": list(part), "fields": list(fields), "properties": [self.settings.property_key]}
            out |= {str(issue["id"]): issue for issue in _issues(self.ask("/issue/bulkfetch", body, "read issues"))}
        return {ref: out[ref] for ref in refs if ref in out}

    def _one_by_one(self, refs: Sequence[str], fields: Sequence[str], expand: str) -> dict[str, Json]:
        params = {"fields": ",".join(fields), "properties": self.settings.property_key, **({"expand": expand} if expand else {})}
        out: dict[str, Json] = {}
        for ref in refs:
            with contextlib.suppress(Gone):
                out[ref] = self.issue(ref, **params)
        return out

    def issue(self, ref: str, **params: str) -> Json:
        """:raises Gone: it is not there."""
        told = self.get(f"/issue/{quote(ref, safe='')}", "read an issue", **params)
        if not isinstance(told, dict) or not told.get("id"):
            raise Gone(f"Jira: read an issue: the answer names no issue {ref}")
        return told

    def keyed(self, keys: Sequence[str]) -> dict[str, str]:
        """Ids of issues by their present or former keys; one that nobody has is left out."""
        out: dict[str, str] = {}
        for part in _parts(keys, self.settings.batch) if self.settings.cloud else ():
            body = {"issueIdsOrKeys": list(part), "fields": ["id"]}
            out |= {
                str(issue["key"]): str(issue["id"]) for issue in _issues(self.ask("/issue/bulkfetch", body, "look up issues"))
            }
        for key in [key for key in keys if key not in out]:  # of a moved issue the list tells the new key alone
            with contextlib.suppress(Gone):
                out[key] = str(self.issue(key, fields="id")["id"])
        return out

    def every(self, path: str, name: str, what: str, **params: str) -> list[Json]:
        """All entries of a list that counts from ``startAt``, each once."""
        out: dict[str, Json] = {}
        start = 0
        while True:
            told = self.get(path, what, startAt=start, maxResults=self.settings.list_page, **params)
            page = _list(told.get(name))
            out |= {str(entry.get("id", start + n)): entry for n, entry in enumerate(page)}
            start += len(page)
            if not page or start >= int(told.get("total", start)):
                return list(out.values())

    def histories(self, refs: Sequence[str]) -> dict[str, list[Json]]:
        """What changed in these issues, by id, oldest first."""
        if not self.settings.cloud:
            found = self._one_by_one(refs, ("id",), "changelog")
            return {ref: _list((issue.get("changelog") or {}).get("histories")) for ref, issue in found.items()}
        out: dict[str, list[Json]] = {ref: [] for ref in refs}
        for part in _parts(refs, _BULK):
            for log in self._bulk_histories(part):
                out.setdefault(str(log.get("issueId")), []).extend(_list(log.get("changeHistories")))
        return out

    def _bulk_histories(self, refs: Sequence[str]) -> Iterator[Json]:
        token, seen = "", set[str]()
        while token not in seen:
            seen.add(token)
            body: Json = {"issueIdsOrKeys": list(refs), "maxResults": self.settings.list_page}
            told = self.ask("/changelog/bulkfetch", body | ({"nextPageToken": token} if token else {}), "read histories")
            yield from _list(told.get("issueChangeLogs"))
            token = str(told.get("nextPageToken") or "")
            if not token:
                return

    # --- files ---

    def upload(self, ref: str, name: str, content_type: str, content: BinaryIO, size: int) -> Json:
        body = Multipart("file", name, content_type, content, size)
        return self.sent(f"/issue/{quote(ref, safe='')}/attachments", body, _first, "attach a file")

    def content(self, attachment: str, name: str, size: int) -> BinaryIO:
        """The file; Cloud redirects to another host."""
        number = quote(attachment, safe="")
        path = f"{self.root}/attachment/content/{number}" if self.settings.cloud else f"/secure/attachment/{number}/{quote(name)}"
        return self.fetched(path, size)


# --- errors ---


def own_error(reply: Reply) -> Trouble | None:
    """The meaning of ``{"errorMessages": [...], "errors": {field: word}}``; and of a log-in that Data Center denies."""
    if reply.status == 403 and _DENIED in reply.headers:  # noqa: PLR2004 - HTTP
        return Misconfigured(
            f"Jira: HTTP 403: log-in denied: {reply.headers[_DENIED][:200]}; a person must log in to the site once"
        )
    body = reply.own_json()
    if not isinstance(body, dict) or not ({"errorMessages", "errors", "errorMessage", "message"} & body.keys()):
        return None
    told = body.get("errors")
    errors: Json = told if isinstance(told, dict) else {}
    said = f"Jira: HTTP {reply.status}: {_words(body, errors)[:500]}"
    if reply.status == 404:  # noqa: PLR2004 - HTTP
        return Gone(said)
    if reply.status == 409:  # noqa: PLR2004 - HTTP
        return Stale(said)
    if reply.status == 410:  # noqa: PLR2004 - HTTP
        return Misconfigured(f"{said}; this Jira does not have the call any more: is `deployment` right?")
    return Refused(said, tuple(errors))


def _words(body: Json, errors: Mapping[str, Any]) -> str:
    messages = body.get("errorMessages")
    lines = [str(line) for line in messages] if isinstance(messages, list) else []
    lines += [f"{name}: {word}" for name, word in errors.items()]
    return "; ".join(lines) or str(body.get("errorMessage") or body.get("message") or "no reason given")


# --- answers ---


def as_json(reply: Reply) -> Any:
    told = reply.json()
    if not isinstance(told, dict | list):
        raise Garbled("an answer that is neither an object nor a list")
    return told


def _json_or_nothing(reply: Reply) -> Any:
    if not reply.body.strip() and reply.status == 204:  # noqa: PLR2004 - HTTP
        return None
    return as_json(reply)


def _first(reply: Reply) -> Json:
    told = _list(as_json(reply))
    if not told or not told[0].get("id"):
        raise Garbled("an answer without a file")
    return told[0]


def _issues(told: Any) -> list[Json]:
    if not isinstance(told, dict) or not isinstance(told.get("issues"), list):
        raise Garbled("an answer without issues")
    return [issue for issue in told["issues"] if isinstance(issue, dict) and issue.get("id")]


def _list(told: Any) -> list[Json]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _parts(refs: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(refs), size):
        yield refs[start : start + size]

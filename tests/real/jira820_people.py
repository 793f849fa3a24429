"""A jira820, a Jira Data Center 8.20 that others wrote, on a free port of the loopback; the line to it, and its people.

jira820 does not do all that our adapter needs of a Jira. The line makes up for that, and for no more (:class:`Line`); whatever else is
asked goes through to it, and comes back, as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.sandbox.core import Deed, Request, Response, SimItem, SimTicket, World
from connector.sandbox.jira_wiki import wiki_of_plain
from tests.real.parts import NotInstalled, home_of, serving
from tests.real.postgres import free_port

Json = dict[str, Any]
CONNECTOR, PERSON, PASSWORD, PROJECT, ROLE = "connector", "anna", "connector-secret", "SUP", "Developers"
API = "/rest/api/2"
_NOTHING_THERE = {"errorMessages": ["HTTP 404 Not Found"], "errors": {}}


def program() -> Path:
    """The Python of the place in which ``.ci/jira820`` has put it.

    :raises NotInstalled: it has not.
    """
    home = home_of("JIRA820_PARTS", "jira820") / "bin"
    if not (home / "jira820").exists():
        raise NotInstalled("no jira820 is installed; .ci/real installs one")
    return home / "python"


@contextmanager
def site(log: Path) -> Iterator[str]:
    """The address of an empty site, for as long as the block lasts."""
    port = free_port()
    line = [str(program()), str(Path(__file__).with_name("jira820_site.py")), str(port), PROJECT, CONNECTOR, PERSON]
    url = f"http://127.0.0.1:{port}"
    with serving(line, f"{url}{API}/serverInfo", log, {"TZ": "UTC"}):
        yield url


@dataclass
class Line:
    """Calls to a site, with what jira820 lacks.

    - An issue answers to its key alone: ids are replaced by the keys that its own answers gave with them.
    - No properties of issues, no comments for a role: both are kept here, and added to its answers.
    - A query knows days, not milliseconds.
    - Nothing tells of rights, of the limits of files, and of screens (the adapter does without the last).
    """

    url: str
    keys: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Json] = field(default_factory=dict)
    seen_by: dict[str, Json] = field(default_factory=dict)  # by the id of the comment
    _session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._session.trust_env = False

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], query: Mapping[str, str] | None = None, body: bytes = b""
    ) -> requests.Response | Json:
        """Its answer, or what stands for one that it does not give."""
        asked = {**(query or {})}
        for end, told in (("mypermissions", {"permissions": {}}), ("attachment/meta", {"enabled": True, "uploadLimit": 10**7})):
            if path == f"{API}/{end}":
                return told
        if "/createmeta/" in path:
            return _NOTHING_THERE
        if "jql" in asked:
            asked["jql"] = re.sub(r"\b\d{12,}\b", _day, asked["jql"])
        kept = Json()
        if headers.get("content-type", "").startswith("application/json") and body:
            sent = json.loads(body)
            kept = {name: sent.pop(name) for name in ("properties", "visibility") if name in sent}
            body = json.dumps(sent).encode()
        path = re.sub(rf"(?<=^{API}/issue/)\d+(?=/|$)", lambda ref: self.keys.get(ref[0], ref[0]), path)
        url = self.url + path
        answer = self._session.request(method, url, params=asked, data=body or None, headers=dict(headers), timeout=30)
        return self._with(answer, kept, asked)

    def _with(self, answer: requests.Response, kept: Json, asked: Mapping[str, str]) -> requests.Response | Json:
        """The answer, with what was kept of it."""
        if not answer.ok or not answer.headers.get("Content-Type", "").startswith("application/json"):
            return answer
        told = answer.json()
        if not isinstance(told, dict):
            return answer
        issues = [one for one in [told, *told.get("issues", ())] if "key" in one and "id" in one]
        self.keys |= {one["id"]: one["key"] for one in issues}
        if "properties" in kept:
            self.properties[told["id"]] = {one["key"]: one["value"] for one in kept["properties"]}
        if "visibility" in kept:
            self.seen_by[told["id"]] = kept["visibility"]
        for one in issues if "properties" in asked else ():
            one["properties"] = self.properties.get(one["id"], {})
        for one in told.get("comments", ()):
            if one["id"] in self.seen_by:
                one["visibility"] = self.seen_by[one["id"]]
        changed = "properties" in asked or "comments" in told
        return told if changed else answer


def _day(milliseconds: re.Match[str]) -> str:
    return f'"{datetime.fromtimestamp(int(milliseconds[0]) / 1000, UTC):%Y-%m-%d}"'


@dataclass
class People:
    """The people of a site. Implements :class:`~connector.sandbox.core.Cast`."""

    line: Line
    world: World
    name: str = "jira"

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        given = {"project": {"key": PROJECT}, "issuetype": {"name": "Incident"}, "summary": fields["summary"]}
        ref: str = self._told(who, "POST", "/issue", {"fields": given | {"labels": fields.get("labels", "").split()}})["id"]
        self._deed(who, "create", ref)
        return ref

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        rest = {name: value for name, value in fields.items() if name != "status"}
        if rest:
            self._told(who, "PUT", f"/issue/{ref}", {"fields": rest})
        if "status" in fields:
            offered = self._told(who, "GET", f"/issue/{ref}/transitions")["transitions"]
            (number,) = [one["id"] for one in offered if one["to"]["name"] == fields["status"]]
            self._told(who, "POST", f"/issue/{ref}/transitions", {"transition": {"id": number}})
        for name, value in fields.items():
            self._deed(who, "field", ref, field=name, new=value)

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        for_role = {} if public else {"visibility": {"type": "role", "value": ROLE}}
        item: str = self._told(who, "POST", f"/issue/{ref}/comment", {"body": wiki_of_plain(text), **for_role})["id"]
        self._deed(who, "comment", ref, new=text, item=item, public=public)
        return item

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        form = requests.Request("POST", self.line.url, files={"file": (name, data, content_type)}).prepare()
        body = form.body if isinstance(form.body, bytes) else b""
        headers = {"content-type": form.headers["Content-Type"], **self._login(who)}
        answer = self.line.ask("POST", f"{API}/issue/{ref}/attachments", headers, body=body)
        assert isinstance(answer, requests.Response), answer
        item: str = answer.json()[0]["id"]
        self._deed(who, "file", ref, new=name, item=item)
        return item

    def clone(self, ref: str, who: str) -> str:
        fields = self._told(who, "GET", f"/issue/{ref}")["fields"]
        return self.create(who, {"summary": fields["summary"], "labels": " ".join(fields["labels"])})

    def sweep(self) -> None:
        """Delete every issue."""
        for one in self._told(PERSON, "GET", f"/search?jql=project={PROJECT}&maxResults=1000")["issues"]:
            self._told(PERSON, "DELETE", f"/issue/{one['key']}")

    def tickets(self) -> list[SimTicket]:
        found = self._told(PERSON, "GET", f"/search?jql=project={PROJECT}&maxResults=1000")["issues"]
        return [self.ticket(one["id"]) for one in found]

    def ticket(self, ref: str) -> SimTicket:
        """:raises LookupError: there is none."""
        told = self._told(PERSON, "GET", f"/issue/{ref}")
        fields, who = told["fields"], told["fields"]["creator"]["name"]
        said = self._told(PERSON, "GET", f"/issue/{ref}/comment?maxResults=1000")["comments"]
        comments = sorted((self._comment(one) for one in said), key=lambda item: int(item.id))
        shown = {"summary": fields["summary"], "status": fields["status"]["name"], "labels": " ".join(fields["labels"])}
        files = tuple(self._file(one) for one in fields["attachment"])
        return SimTicket(told["id"], told["key"], who, who == CONNECTOR, 0.0, shown, tuple(comments), files)

    @staticmethod
    def _comment(row: Json) -> SimItem:
        who = row["author"]["name"]
        return SimItem(row["id"], "comment", who, who == CONNECTOR, 0.0, row["body"], public="visibility" not in row)

    def _file(self, row: Json) -> SimItem:
        answer = self.line.ask("GET", f"/secure/attachment/{row['id']}/x", self._login(PERSON))
        assert isinstance(answer, requests.Response)
        who, data = row["author"]["name"], answer.content
        digest = hashlib.sha256(data).hexdigest()
        return SimItem(row["id"], "file", who, who == CONNECTOR, 0.0, row["filename"], public=True, sha256=digest, size=len(data))

    def _told(self, who: str, method: str, path: str, body: Json | None = None) -> Json:
        """:raises LookupError: it is refused."""
        bare, _, query = path.partition("?")
        headers = {"content-type": "application/json", **self._login(who)}
        sent = json.dumps(body).encode() if body is not None else b""
        answer = self.line.ask(method, API + bare, headers, dict(part.split("=", 1) for part in query.split("&") if part), sent)
        if isinstance(answer, dict):
            return answer
        if not answer.ok:
            raise LookupError(answer.text)
        told: Json = answer.json() if answer.content else {}
        return told

    @staticmethod
    def _login(who: str) -> dict[str, str]:
        return {"authorization": requests.auth._basic_auth_str(who, PASSWORD)}

    def _deed(self, who: str, what: str, ref: str, **more: Any) -> None:
        self.world.record(Deed(self.world.now(), self.name, who, who == CONNECTOR, what, ref, **more))


@dataclass
class Served(People):
    """A site behind a simulated line, on which faults can be injected."""

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        if as_of is not None:
            pytest.skip("jira820 cannot be asked for its past")
        names = ("authorization", "content-type", "accept", "x-atlassian-token")
        kept = {name: request.headers[name] for name in names if name in request.headers}
        query = {name: values[0] for name, values in request.query.items()}
        answer = self.line.ask(request.method, request.path, kept, query, request.body)
        if isinstance(answer, dict):
            status = 404 if answer is _NOTHING_THERE else 200
            return Response(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())
        told = {name: answer.headers[name] for name in ("Content-Type", "Date", "Content-Length") if name in answer.headers}
        return Response(answer.status_code, told, answer.content)

    def is_write(self, request: Request) -> bool:
        return request.method in ("POST", "PUT")

    def label(self, request: Request) -> str:
        return f"{request.method} {re.sub(r'[0-9]+', '?', request.path.removeprefix(API))}"

"""The people of a real Request Tracker: they work by its interface, with an account of their own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from connector.sandbox.core import SimItem, SimTicket, World
from tests.real.request_tracker import CONNECTOR, PERSON, QUEUE, Tracker

Row = Mapping[str, Any]
CUSTOM = "CustomField."


@dataclass
class People:
    """A :class:`~connector.sandbox.core.Cast` whose only person is ``anna``."""

    tracker: Tracker
    world: World
    name: str = "request_tracker"

    def __post_init__(self) -> None:
        self.line = requests.Session()
        self.line.trust_env = False

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        text = {"Content": fields["Subject"], "ContentType": "text/plain"}
        given = {"Queue": QUEUE, "Requestor": "jo@customer.example", **text, **_native(fields)}
        return str(self._call("POST", "/ticket", who, given).json()["id"])

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        self._call("PUT", f"/ticket/{ref}", who, _native(fields))

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        given = {"Content": text, "ContentType": "text/plain"}
        reply = self._call("POST", f"/ticket/{ref}/{'correspond' if public else 'comment'}", who, given)
        return reply.headers["Location"].rpartition("/")[2]

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        file = {"FileName": name, "FileType": content_type, "FileContent": base64.b64encode(data).decode()}
        given = {"Content": f"Attached: {name}", "ContentType": "text/plain", "Attachments": [file]}
        return self._call("POST", f"/ticket/{ref}/correspond", who, given).headers["Location"].rpartition("/")[2] + ":1"

    def clone(self, ref: str, who: str) -> str:
        """Everything but what a new ticket has of its own."""
        kept = {name: value for name, value in self.ticket(ref).fields.items() if value and name != "Status"}
        return self.create(who, kept)

    def merge(self, ref: str, into: str, who: str) -> None:
        self._call("PUT", f"/ticket/{ref}", who, {"MergeInto": into})

    def delete(self, ref: str, who: str) -> None:
        self._call("PUT", f"/ticket/{ref}", who, {"Status": "deleted"})

    def tickets(self) -> list[SimTicket]:
        found = self._call("GET", f"/tickets?query=Queue='{QUEUE}'&per_page=100", PERSON).json()["items"]
        return [self.ticket(row["id"]) for row in found]

    def ticket(self, ref: str) -> SimTicket:
        row = self._call("GET", f"/ticket/{ref}", PERSON).json()
        fields = {name: str(row[name] or "") for name in ("Subject", "Status", "Priority")}
        fields |= {CUSTOM + one["name"]: "\n".join(value or "" for value in one["values"]) for one in row["CustomFields"]}
        comments, files = self._said(ref)
        creator, number = row["Creator"]["id"], str(row["id"])
        ours = creator == CONNECTOR
        return SimTicket(number, number, creator, ours, _epoch(row["Created"]), fields, tuple(comments), tuple(files))

    def _said(self, ref: str) -> tuple[list[SimItem], list[SimItem]]:
        names = "fields=Type,Creator,Created,Data&per_page=100"
        comments, files = [], []
        for row in self._call("GET", f"/ticket/{ref}/history?{names}", PERSON).json()["items"]:
            if row["Type"] not in ("Create", "Correspond", "Comment"):
                continue
            who, public = row["Creator"]["id"], row["Type"] != "Comment"
            at, ours = _epoch(row["Created"]), who == CONNECTOR
            for part in self._parts(row["id"]):
                name, data = part.get("Filename") or "", base64.b64decode(part.get("Content") or "")
                if name:
                    digest = hashlib.sha256(data).hexdigest()
                    files.append(SimItem(f"{row['id']}:1", "file", who, ours, at, name, public, digest, len(data)))
                elif not part["ContentType"].startswith("multipart/"):
                    subject = (row["Data"] or "").strip()
                    comments.append(SimItem(row["id"], "comment", who, ours, at, data.decode(), public, subject=subject))
        return comments, files

    def _parts(self, transaction: str) -> list[Row]:
        found = self._call("GET", f"/transaction/{transaction}/attachments?per_page=100", PERSON).json()["items"]
        return [self._call("GET", f"/attachment/{part['id']}", PERSON).json() for part in found]

    def _call(self, method: str, path: str, who: str, values: Row | None = None) -> requests.Response:
        """:raises AssertionError: it did not do what it was asked for."""
        bearer = {"Authorization": f"token {self.tracker.tokens[who]}"}
        reply = self.line.request(method, f"{self.tracker.url}/REST/2.0{path}", json=values, headers=bearer, timeout=60)
        assert reply.ok, f"{method} {path}: {reply.status_code} {reply.text[:500]}"
        return reply


def _native(fields: Mapping[str, str]) -> dict[str, Any]:
    customs = {name.removeprefix(CUSTOM): value for name, value in fields.items() if name.startswith(CUSTOM)}
    plain = {name: value for name, value in fields.items() if not name.startswith(CUSTOM)}
    return {**plain, "CustomFields": customs} if customs else plain


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()

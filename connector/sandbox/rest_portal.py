"""A made-up help desk with a small REST interface, as many vendors have one: the portal that docs/bindings.md binds.

=====================================  ==========================================================================
``GET /api/me``                        ``{"login": ...}``
``GET /api/tickets``                   ``{"tickets": [...]}``, oldest change first; narrowed by ``changed_since``, ``ids``,
                                       ``numbers`` and ``reference``, by ``page`` and ``per_page``; with ``with=notes,files``
``POST /api/tickets``                  opens one: ``subject``, ``state``, ``severity``, ``reference``, ``description``
``PATCH /api/tickets/ID``              changes fields
``GET /api/tickets/ID/history``        ``{"changes": [...]}``
``POST /api/tickets/ID/notes``         ``text``, ``internal``
``POST /api/tickets/ID/files``         a form with the file as ``content``
``GET /api/files/ID``                  a file's content
=====================================  ==========================================================================

The key stands in the header ``X-Api-Key``. Errors are ``{"error": {"code", "message"}}``. One of them comes with status 200: a
ticket that is ``locked`` takes no notes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from connector.sandbox.core import Deed, Request, Response, SimItem, SimTicket, World

STATES = ("new", "open", "waiting", "solved", "locked")
FIELDS = ("subject", "state", "severity")
_ROUTE = re.compile(r"/api/(me|tickets|files)(?:/(\d+))?(?:/(notes|files|history))?")


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Ticket:
    """``past``: every state that it had, with its time."""

    id: int
    who: str
    born: float
    past: list[tuple[float, dict[str, str]]]
    notes: list[SimItem] = field(default_factory=list)
    files: list[SimItem] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> str:
        return f"HD-{1000 + self.id}"

    @property
    def values(self) -> dict[str, str]:
        return self.past[-1][1]

    def at(self, as_of: float | None) -> tuple[float, dict[str, str]] | None:
        """The time of its last change and its values, at a time."""
        past = [one for one in self.past if as_of is None or one[0] <= as_of]
        return past[-1] if past else None


class RestPortal:
    """One help desk. Implements :class:`~connector.sandbox.core.System` and :class:`~connector.sandbox.core.Cast`."""

    name = "help_desk"

    def __init__(self, world: World, user: str = "connector", key: str = "connector-key") -> None:
        self.world, self.user, self.key = world, user, key
        #: fields whose writes over the interface are answered as if they were made
        self.read_only: set[str] = set()
        self._tickets: dict[int, Ticket] = {}
        self._content: dict[str, tuple[str, bytes]] = {}
        self._ids = 0

    # -- System

    def is_write(self, request: Request) -> bool:
        return request.method != "GET"

    def label(self, request: Request) -> str:
        found = _ROUTE.fullmatch(request.path)
        return f"{request.method} {(found[3] or found[1]) if found else '?'}"

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        with self.world.lock:
            try:
                return self._answer(request, as_of)
            except Refusal as no:
                return self._said({"error": {"code": no.code, "message": str(no)}}, no.status)

    def _answer(self, request: Request, as_of: float | None) -> Response:
        if request.headers.get("x-api-key") != self.key:
            raise Refusal(401, "unauthorized", "a key is needed")
        found = _ROUTE.fullmatch(request.path)
        match (request.method, *(found.groups() if found else ())):
            case "GET", "me", None, None:
                return self._said({"login": self.user})
            case "GET", "tickets", None, None:
                return self._said({"tickets": list(self._list(request, as_of))})
            case "POST", "tickets", None, None:
                given = _body(request)
                ticket = self._open(self.user, _texts(given))
                return self._said({"ticket": self._row(ticket, None, ("notes", "files"))}, 201)
            case "PATCH", "tickets", str(number), None:
                ticket = self._one(number)
                given = _texts(_body(request))
                self._edit(ticket, self.user, {name: value for name, value in given.items() if name not in self.read_only})
                return self._said({"ticket": self._row(ticket, None, ())})
            case "GET", "tickets", str(number), "history":
                return self._said({"changes": self._one(number).changes})
            case "POST", "tickets", str(number), "notes":
                return self._note(self._one(number), _body(request))
            case "POST", "tickets", str(number), "files":
                name, kind, data = _uploaded(request)
                return self._said({"id": int(self._file(self._one(number), self.user, name, data, kind).id)}, 201)
            case "GET", "files", str(number), None if number in self._content:
                kind, data = self._content[number]
                return Response(200, {"Content-Type": kind, **self._date()}, data)
        raise Refusal(404, "not_found", f"there is no {request.path}")

    def _said(self, body: object, status: int = 200) -> Response:
        return Response(
            status, {"Content-Type": "application/json", **self._date()}, json.dumps(body, ensure_ascii=False).encode()
        )

    def _date(self) -> dict[str, str]:
        return {"Date": formatdate(int(self.world.now()), usegmt=True)}

    # -- what the interface shows

    def _list(self, request: Request, as_of: float | None) -> Iterator[dict[str, Any]]:
        rows = [(ticket, state) for ticket in self._tickets.values() if (state := ticket.at(as_of))]
        if "changed_since" in request.query:
            since = datetime.fromisoformat(request.arg("changed_since")).timestamp()
            rows = [row for row in rows if int(row[1][0]) >= since]
        for name in ("ids", "numbers"):
            if name in request.query:
                wanted = set(request.arg(name).split(","))
                rows = [row for row in rows if (str(row[0].id) if name == "ids" else row[0].number) in wanted]
        if "reference" in request.query:
            rows = [row for row in rows if row[1][1]["reference"] == request.arg("reference")]
        rows.sort(key=lambda row: (int(row[1][0]), row[0].id))
        size = int(request.arg("per_page", "50"))
        start = (int(request.arg("page", "1")) - 1) * size
        for ticket, _ in rows[start : start + size]:
            yield self._row(ticket, as_of, tuple(request.arg("with").split(",")))

    def _row(self, ticket: Ticket, as_of: float | None, parts: tuple[str, ...]) -> dict[str, Any]:
        changed, values = ticket.at(as_of) or ticket.past[0]
        row: dict[str, Any] = {"id": ticket.id, "number": ticket.number, **values, "opened_by": {"login": ticket.who}}
        row |= {"opened_at": _iso(ticket.born), "changed_at": _iso(changed)}
        if "notes" in parts:
            row["notes"] = [
                {"id": int(n.id), "author": n.who, "at": _iso(n.at), "text": n.text, "internal": not n.public}
                for n in ticket.notes
                if as_of is None or n.at <= as_of
            ]
        if "files" in parts:
            row["files"] = [
                {"id": int(f.id), "author": f.who, "at": _iso(f.at), "name": f.text, "size": f.size, "sha256": f.sha256}
                | {"content_type": self._content[f.id][0]}
                for f in ticket.files
                if as_of is None or f.at <= as_of
            ]
        return row

    def _one(self, number: str) -> Ticket:
        ticket = self._tickets.get(int(number))
        if ticket is None:
            raise Refusal(404, "not_found", f"there is no ticket {number}")
        return ticket

    def _note(self, ticket: Ticket, given: Mapping[str, Any]) -> Response:
        if ticket.values["state"] == "locked":
            return self._said({"error": {"code": "locked", "message": f"ticket {ticket.number} is locked"}})
        item = self._say(ticket, self.user, str(given.get("text", "")), public=given.get("internal") is False)
        return self._said({"note": {"id": int(item.id)}}, 201)

    # -- what happens

    def _next(self) -> int:
        self._ids += 1
        return self._ids

    def _open(self, who: str, given: Mapping[str, str]) -> Ticket:
        values = {"subject": "", "state": "new", "severity": "3", "reference": "", "description": ""} | dict(given)
        _check(values)
        ticket = Ticket(self._next(), who, self.world.now(), [(self.world.now(), values)])
        self._tickets[ticket.id] = ticket
        self._deed(who, "create", ticket)
        for name in FIELDS:
            self._deed(who, "field", ticket, field=name, old="", new=values[name])
        return ticket

    def _edit(self, ticket: Ticket, who: str, given: Mapping[str, str]) -> None:
        _check(given)
        changed = {name: value for name, value in given.items() if ticket.values.get(name) != value}
        for name, value in changed.items():
            old = ticket.values[name]
            change = {"at": _iso(self.world.now()), "by": who, "field": name, "old": old, "new": value}
            ticket.changes.append(change)
            self._deed(who, "field", ticket, field=name, old=old, new=value)
        if changed:
            self._touch(ticket, changed)

    def _touch(self, ticket: Ticket, changed: Mapping[str, str]) -> None:
        ticket.past.append((self.world.now(), {**ticket.values, **changed}))

    def _say(self, ticket: Ticket, who: str, text: str, *, public: bool) -> SimItem:
        if not text.strip():
            raise Refusal(422, "invalid", "a note needs a text")
        item = SimItem(str(self._next()), "comment", who, who == self.user, self.world.now(), text, public)
        ticket.notes.append(item)
        self._touch(ticket, {})
        self._deed(who, "comment", ticket, new=text, public=public, item=item.id)
        return item

    def _file(self, ticket: Ticket, who: str, name: str, data: bytes, kind: str) -> SimItem:
        digest = hashlib.sha256(data).hexdigest()
        item = SimItem(str(self._next()), "file", who, who == self.user, self.world.now(), name, public=True, sha256=digest)
        ticket.files.append(item := replace(item, size=len(data)))
        self._content[item.id] = (kind, data)
        self._touch(ticket, {})
        self._deed(who, "file", ticket, new=name, public=True, item=item.id)
        return item

    def _deed(self, who: str, what: str, ticket: Ticket, **more: Any) -> None:
        self.world.record(Deed(self.world.now(), self.name, who, who == self.user, what, str(ticket.id), **more))

    # -- Cast

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        with self.world.lock:
            return str(self._open(who, fields).id)

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        with self.world.lock:
            try:
                self._edit(self._tickets[int(ref)], who, fields)
            except Refusal as no:
                raise ValueError(str(no)) from no

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        with self.world.lock:
            return self._say(self._tickets[int(ref)], who, text, public=public).id

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        with self.world.lock:
            return self._file(self._tickets[int(ref)], who, name, data, content_type).id

    def clone(self, ref: str, who: str) -> str:
        with self.world.lock:
            return str(self._open(who, self._tickets[int(ref)].values).id)

    def tickets(self) -> list[SimTicket]:
        with self.world.lock:
            return [self._view(ticket) for ticket in self._tickets.values()]

    def ticket(self, ref: str) -> SimTicket:
        """:raises LookupError: there is none."""
        with self.world.lock:
            return self._view(self._tickets[int(ref)])

    def _view(self, ticket: Ticket) -> SimTicket:
        items = tuple(ticket.notes), tuple(ticket.files)
        return SimTicket(str(ticket.id), ticket.number, ticket.who, ticket.who == self.user, ticket.born, ticket.values, *items)


def _check(values: Mapping[str, str]) -> None:
    unknown = [name for name in values if name not in (*FIELDS, "reference", "description")]
    if unknown:
        raise Refusal(422, "invalid", f"field {unknown[0]} is unknown")
    if values.get("state", "new") not in STATES:
        raise Refusal(422, "invalid", f"field state cannot be {values['state']!r}")


def _iso(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z")


def _body(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError:
        raise Refusal(400, "invalid", "this is not JSON") from None
    if not isinstance(given, dict):
        raise Refusal(400, "invalid", "an object is expected")
    return given


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()}


def _uploaded(request: Request) -> tuple[str, str, bytes]:
    """Name, type and content of the one file of a form."""
    boundary = request.headers.get("content-type", "").partition("boundary=")[2].encode()
    for section in (b"\r\n" + request.body).split(b"\r\n--" + boundary)[1:-1] if boundary else []:
        head, _, content = section.partition(b"\r\n\r\n")
        told = head.decode()
        name, kind = re.search(r'filename="([^"]*)"', told), re.search(r"(?i)content-type: *(\S+)", told)
        if name and 'name="content"' in told:
            return name[1], kind[1] if kind else "application/octet-stream", content
    raise Refusal(422, "invalid", "a file is needed, as content")

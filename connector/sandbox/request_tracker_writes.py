"""What the simulated Request Tracker lets be written: tickets, correspondence and comments.

A change of several fields is made one field after the other, and each says in a list of words how it went, with HTTP 200 for
a refusal too.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.parser import BytesParser
from typing import Any

from connector.sandbox.core import Request, Response
from connector.sandbox.request_tracker_rest import PREFIX, Knobs, Reads, answer, failure
from connector.sandbox.request_tracker_store import CUSTOM, LIFECYCLE, Actor, File, Message, Store, Ticket

_DENIED = "Permission Denied"
_TEXT_KINDS = re.compile(r"text/(plain|html)\b|message/", re.IGNORECASE)
#: Names of fields in a write, in the order in which Request Tracker sets them.
_WRITABLE = ("Due", "Priority", "Queue", "SLA", "Status", "Subject", "TimeWorked", "Owner")


class Broken(Exception):
    """The request cannot be answered in order: Request Tracker says 400, or breaks with 500."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Writes:
    """Changes tickets in the name of the account. The caller holds the world's lock."""

    def __init__(self, store: Store, knobs: Knobs, reads: Reads) -> None:
        self.store, self.knobs, self.reads = store, knobs, reads

    # -- a new ticket -----------------------------------------------------------------------------------------

    def create(self, request: Request, by: Actor) -> Response:
        given = _body(request)
        queue = given.get("Queue")
        if not queue:
            return failure(400, "Could not create ticket. Queue not set")
        if queue not in self.store.queues or not self.knobs.write_rights:
            return failure(403, f"No permission to create tickets in the queue '{queue}'")
        fields = {name: str(given[name]) for name in (*_WRITABLE, "Queue") if given.get(name) is not None}
        if fields.get("Status", "new") not in LIFECYCLE[""]:
            return failure(400, f"Status '{fields['Status']}' isn't a valid status for tickets in this queue.")
        fields = {name: value for name, value in fields.items() if not self.store.refusal(name, value, None)}
        fields |= {"Requestor": "\n".join(_lines(given.get("Requestor")))}
        fields |= {name: value for name, value in self._customs(given) if not self.store.refusal(name, value, None)}
        text = given.get("Content")
        files = tuple(self._files(given))
        message = None
        if text is not None or files:
            message = Message(_text(text), str(given.get("Subject", "")), str(given.get("ContentType", "text/plain")), files)
        ticket = self.store.create(by, {n: v for n, v in fields.items() if n not in self.knobs.read_only}, message)
        row = {"type": "ticket", "id": str(ticket.id), "_url": f"{request.base_url}{PREFIX}/ticket/{ticket.id}"}
        return answer(row, 201, {"Location": f"{PREFIX}/ticket/{ticket.id}"})

    # -- a ticket's fields ------------------------------------------------------------------------------------

    def update(self, request: Request, by: Actor, ticket_id: str) -> Response:
        found = self.reads.find(ticket_id, None)
        if isinstance(found, Response):
            return failure(404, "Resource does not exist; use POST to create") if found.status == 404 else found  # noqa: PLR2004 - a status
        ticket, given = found[0], _body(request)
        match = request.headers.get("if-match")
        if match and match != f'"{max(one.id for one in ticket.transactions)}"':
            return failure(412, "Precondition Failed")
        said = [f"Ticket {ticket.id}: {words}" for words in self._set_fields(ticket, by, given)]
        said += self._set_customs(ticket, by, given)
        return answer([self.knobs.language(words) for words in (*said, *self._merge(ticket, by, given))])

    def _set_fields(self, ticket: Ticket, by: Actor, given: Mapping[str, Any]) -> Iterator[str]:
        for name in _WRITABLE:
            if given.get(name) is None:
                continue
            value, old = str(given[name]), ticket.now.fields[name]
            refused = self._refused(ticket, name, value)
            if refused and value != old:
                yield refused
            elif self.store.change(ticket, by, {name: value}):
                yield f"{name} changed from {_quoted(old)} to {_quoted(ticket.now.fields[name])}"

    def _refused(self, ticket: Ticket, name: str, value: str) -> str:
        """Why a field may not be set so, in Request Tracker's words, or ""."""
        old = ticket.now.fields[name]
        if not self.knobs.write_rights or name in self.knobs.read_only:
            return _DENIED
        if name == "Status" and (old, value) in self.knobs.refuse_statuses:
            return f"You can't change status from '{old}' to '{value}'."
        return self.store.refusal(name, value, old if name == "Status" else None)

    def _set_customs(self, ticket: Ticket, by: Actor, given: Mapping[str, Any]) -> Iterator[str]:
        """A custom field that is not there, or that the account does not see, is passed over without a word."""
        for name, value in self._customs(given):
            refused = self._refused(ticket, name, value)
            old, plain = ticket.now.fields[name], name.removeprefix(CUSTOM)
            if refused:
                yield refused
            elif self.store.change(ticket, by, {name: value}):
                yield (
                    f"{plain} {old} changed to {value}"
                    if old and value
                    else f"{plain} {old or value} {'added' if value else 'deleted'}"
                )

    def _customs(self, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for plain, value in (given.get("CustomFields") or {}).items():
            name = CUSTOM + str(plain)
            if self.store.custom(name) and name not in self.knobs.hidden_fields:
                yield name, "\n".join(_lines(value))

    def _merge(self, ticket: Ticket, by: Actor, given: Mapping[str, Any]) -> Iterator[str]:
        into = self.store.tickets.get(int(given.get("MergeInto") or 0))
        if into:
            self.store.merge(ticket, into, by)
            yield "Merge Successful"

    # -- correspondence and comments --------------------------------------------------------------------------

    def say(self, request: Request, by: Actor, ticket_id: str, kind: str) -> Response:
        given = _body(request)
        files = tuple(self._files(given))
        if given.get("Content") and not given.get("ContentType"):
            return failure(400, "ContentType is a required field for application/json")
        found = self.reads.find(ticket_id, None)
        if isinstance(found, Response) or not self.knobs.write_rights:
            return failure(400, _DENIED)
        subject = str(given.get("Subject") or "").split("\n")[-1]
        message = Message(_text(given.get("Content")), subject, str(given.get("ContentType") or "text/plain"), files)
        made = self.store.say(found[0], by, kind, message)
        said = ["Correspondence added" if kind == "Correspond" else "Comments added"]
        if given.get("Status"):
            said += list(self._set_fields(found[0], by, {"Status": given["Status"]}))
        return answer(said, 201, {"Location": f"{PREFIX}/transaction/{made.id}"})

    def _files(self, given: Mapping[str, Any]) -> Iterator[File]:
        """:raises Broken: a file lacks something; an empty content is none."""
        for one in given.get("Attachments") or ():
            for name in ("FileName", "FileType", "FileContent"):
                if not one.get(name):
                    raise Broken(f"{name} is a required field for each attachment in Attachments")
            try:
                data = base64.b64decode(one["FileContent"])
            except binascii.Error:
                data = b""
            kind = str(one["FileType"])
            yield File(_name(str(one["FileName"])), kind.partition(";")[0], _kept(kind, data)[: self.knobs.max_attachment])


def _kept(kind: str, data: bytes) -> bytes:
    """What is stored of a file: Request Tracker takes texts for texts and keeps them in UTF-8, whatever they were in."""
    if not _TEXT_KINDS.match(kind):
        return data
    charset = re.search(r"charset=\"?([\w-]+)", kind)
    try:
        return data.decode("utf-8").encode()
    except UnicodeDecodeError:
        return data.decode(charset[1] if charset else "latin-1", "replace").encode()


def _name(name: str) -> str:
    """A file's name as it is stored: an encoded word is read, other letters than English ones are broken."""
    if any(ord(letter) > 255 for letter in name):  # noqa: PLR2004 - a byte
        raise Broken("", 500)
    read = str(make_header(decode_header(name))) if "=?" in name else name.encode("latin-1").decode("utf-8", "replace")
    return read.rpartition("/")[2]


def _body(request: Request) -> dict[str, Any]:
    """What a write says, in JSON or in the part ``JSON`` of a form with files.

    :raises Broken: it cannot be read.
    """
    kind = request.headers.get("content-type", "")
    try:
        found = _form(kind, request.body) if kind.startswith("multipart/form-data") else json.loads(request.body or b"{}")
    except ValueError as error:
        raise Broken(f"JSON parse error: {error}") from error
    if not isinstance(found, dict):
        raise Broken("JSON object must be a HASH")
    return found


def _form(kind: str, body: bytes) -> dict[str, Any]:
    mail = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    given: dict[str, Any] = {}
    files: list[dict[str, str]] = []
    parts: list[Mail] = mail.get_payload()  # type: ignore[assignment]  # a form is always of several parts
    for part in parts:
        data = part.get_payload(decode=True)
        content = data if isinstance(data, bytes) else b""
        name = part.get_param("name", header="content-disposition")
        if name == "JSON":
            given = json.loads(content)
        elif name == "Attachments":
            told = part.get_filename() or ""
            files.append(
                {"FileName": told, "FileType": part.get_content_type(), "FileContent": base64.b64encode(content).decode()}
            )
    return {**given, "Attachments": files} if files else given


def _text(content: Any) -> str:
    return str(content or "").replace("\r\n", "\n")


def _quoted(value: str) -> str:
    return f"'{value}'" if value else "(no value)"


def _lines(value: Any) -> list[str]:
    return [str(one) for one in value if one is not None] if isinstance(value, list) else [str(value or "")]

"""The web face of the simulated Request Tracker, as far as it reads: what REST 2 shows of tickets, transactions and parts."""

from __future__ import annotations

import base64
import json
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs

from connector.sandbox.core import Request, Response
from connector.sandbox.request_tracker_query import Column, Parser, Test, conditions
from connector.sandbox.request_tracker_store import CUSTOM, Part, Store, Ticket, Transaction, Version, stamp

T = TypeVar("T")
Row = dict[str, Any]
PREFIX = "/REST/2.0"
_LONGEST_PAGE, _PAGE = 100, 20
_TIMES = ("Starts", "Started", "Due", "Resolved", "Told")
_NEVER = "1970-01-01T00:00:00Z"


@dataclass(eq=False)
class Knobs:
    """How this Request Tracker, or the connector's account in it, differs from the next one. May be turned at any time."""

    #: the account may see the queue's tickets (ShowTicket)
    ticket_rights: bool = True
    #: it may see comments (ShowTicketComments)
    comment_rights: bool = True
    #: it may write: ModifyTicket, CommentOnTicket, ReplyToTicket
    write_rights: bool = True
    #: fields that it may not change
    read_only: set[str] = field(default_factory=set)
    #: custom fields that it may not see (SeeCustomField)
    hidden_fields: set[str] = field(default_factory=set)
    #: (old, new) statuses between which nobody may move a ticket
    refuse_statuses: set[tuple[str, str]] = field(default_factory=set)
    #: the largest file taken, in bytes; what is longer is cut, as TruncateLongAttachments has it
    max_attachment: int = 64 * 1024 * 1024
    #: the account's own time zone, in seconds from UTC: times in a query are in it
    zone: int = 0
    #: how the account's own language tells what was done or refused
    language: Callable[[str], str] = str
    #: ``UseSQLForACLChecks``: without it no list of tickets tells how many there are
    totals: bool = True


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Response(status, {**kind, **(headers or {})}, json.dumps(body, ensure_ascii=False, indent=3).encode())


def failure(status: int, message: str) -> Response:
    return answer({"message": message}, status)


def iso(at: float) -> str:
    return stamp(int(at)).replace(" ", "T") + "Z"


class Reads:
    """Answers what only reads. The caller holds the world's lock."""

    def __init__(self, store: Store, knobs: Knobs) -> None:
        self.store, self.knobs = store, knobs
        self._ticket_columns: dict[str, Column[tuple[Ticket, Version]]] = {
            "id": Column(lambda row: row[0].id, "number"),
            "effectiveid": Column(lambda row: row[1].effective, "number"),
            "creator": Column(lambda row: row[0].by.login),
            "created": Column(lambda row: row[0].created, "time"),
            "lastupdated": Column(lambda row: row[1].changed, "time"),
            "lastupdatedby": Column(lambda row: row[1].changed_by.login),
            **{name.lower(): Column(_field(name)) for name in ("Queue", "Status", "Subject", "Owner", "Priority")},
        }

    # -- tickets ----------------------------------------------------------------------------------------------

    def find(self, ticket_id: str, as_of: float | None) -> tuple[Ticket, Version] | Response:
        """The ticket that an id leads to, through a merge too, or why there is none to see."""
        ticket = self.store.tickets.get(int(ticket_id))
        version = ticket.at(as_of) if ticket else None
        if ticket is None or version is None:
            return failure(404, "Not Found")
        if version.effective != ticket.id:
            return self.find(str(version.effective), as_of)
        return (ticket, version) if self.knobs.ticket_rights else failure(403, "Forbidden")

    def ticket(self, request: Request, ticket_id: str, as_of: float | None) -> Response:
        found = self.find(ticket_id, as_of)
        if isinstance(found, Response):
            return found
        ticket, version = found
        names = ["EffectiveId", *_TIMES, "Subject", "Status", "Queue", "Owner", "Priority", "InitialPriority", "FinalPriority"]
        names += ["Type", "TimeWorked", "Creator", "Created", "LastUpdated", "LastUpdatedBy", "Requestor", "CustomFields"]
        row = {name: self._ticket_value(request, ticket, version, name) for name in names}
        row |= {"id": ticket.id, "EffectiveId": self._link(request, "ticket", str(ticket.id))}
        seen = [one.id for one in self._transactions(ticket, as_of)]
        return answer(row, headers={"ETag": f'"{max(seen, default=0)}"', "Last-Modified": iso(version.changed)})

    def tickets(self, request: Request, as_of: float | None) -> Response:
        asked = _asked(request)
        columns = dict(self._ticket_columns)
        for name in self.store.fields:
            if CUSTOM + name not in self.knobs.hidden_fields:
                columns |= {f"{word}.{{{name}}}".lower(): Column(_field(CUSTOM + name)) for word in ("CF", "CustomField")}
        parser = Parser(asked.get("query", [""])[0], columns, self.knobs.zone)
        test = parser.test()
        moved = "effectiveid" in parser.named
        rows = [
            (ticket, version)
            for ticket in self.store.tickets.values()
            if self.knobs.ticket_rights
            and (version := ticket.at(as_of))
            and (moved or version.effective == ticket.id)
            and version.fields["Status"] != "deleted"
            and test((ticket, version))
        ]
        order: dict[str, Callable[[tuple[Ticket, Version]], Any]] = {
            "id": lambda row: row[0].id,
            "LastUpdated": lambda row: int(row[1].changed),
            "Created": lambda row: int(row[0].created),
        }
        rows = _ordered(rows, asked, order)
        show = lambda row, name: self._ticket_value(request, row[0], row[1], name)  # noqa: E731
        total = len(rows) if self.knobs.totals else None
        return self._page(asked, rows, lambda row: self._link(request, "ticket", str(row[0].id)), show, total)

    def _ticket_value(self, request: Request, ticket: Ticket, version: Version, name: str) -> Any:
        fields = version.fields
        match name:
            case "CustomFields":
                return self._customs(request, version)
            case "Queue":
                named = {"Name": fields["Queue"]} if "Name" in _asked(request).get("fields[Queue]", [""])[0] else {}
                return {**self._link(request, "queue", str(self.store.queues[fields["Queue"]])), **named}
            case "Owner" | "Creator" | "LastUpdatedBy":
                people = {"Owner": fields["Owner"], "Creator": ticket.by.login, "LastUpdatedBy": version.changed_by.login}
                return self._link(request, "user", people[name])
            case "Requestor":
                return [self._link(request, "user", login) for login in fields["Requestor"].split("\n") if login]
            case "Created" | "LastUpdated":
                return iso(ticket.created if name == "Created" else version.changed)
            case "EffectiveId":
                return str(version.effective)
        if name in _TIMES:
            return f"{fields[name].replace(' ', 'T')}Z" if fields.get(name) else _NEVER
        return {"Type": "ticket", "InitialPriority": "0", "FinalPriority": "0"}.get(name, fields.get(name, ""))

    def _customs(self, request: Request, version: Version) -> list[Row]:
        shown = [one for one in self.store.fields.values() if CUSTOM + one.name not in self.knobs.hidden_fields]
        return [
            {
                **self._link(request, "customfield", str(one.id)),
                "name": one.name,
                "values": _values(version.fields[CUSTOM + one.name], many=one.many),
            }
            for one in reversed(shown)
        ]

    # -- transactions and what they carry ---------------------------------------------------------------------

    def history(self, request: Request, ticket_id: str, as_of: float | None) -> Response:
        found = self.find(ticket_id, as_of)
        rows = [] if isinstance(found, Response) else self._transactions(found[0], as_of)
        return self._transaction_page(request, rows, rows)

    def transactions(self, request: Request, as_of: float | None) -> Response:
        """In JSON or in TransactionSQL. What may not be seen leaves gaps: a page may come short, or empty, before the last."""
        asked = request.query
        test: Test[Transaction]
        if asked.get("query"):
            columns: dict[str, Column[Transaction]] = {
                "type": Column(lambda one: one.kind),
                "objecttype": Column(lambda _: "RT::Ticket"),
                "ticketid": Column(lambda one: one.ticket, "number"),
                "ticketqueue": Column(lambda one: self.store.tickets[one.ticket].now.fields["Queue"]),
            }
            test = Parser(asked["query"][0], columns, self.knobs.zone).test()
        else:
            test = conditions(request.body, _TRANSACTION_COLUMNS)
        there = [one for one in self.store.transactions.values() if test(one) and (as_of is None or one.at <= as_of)]
        return self._transaction_page(request, there, [one for one in there if self._sees(one)])

    def transaction(self, request: Request, transaction_id: str) -> Response:
        found = self.store.transactions.get(int(transaction_id))
        if found is None:
            return failure(404, "Not Found")
        names = ("Type", "Field", "OldValue", "NewValue", "Data", "Creator", "Created", "ObjectId")
        row = {name: self._transaction_value(request, found, name) for name in names}
        return answer({"id": found.id, **row}) if self._sees(found) else failure(403, "Forbidden")

    def _transaction_page(self, request: Request, there: list[Transaction], seen: list[Transaction]) -> Response:
        asked, visible = request.query, {one.id for one in seen}
        rows = _ordered(there, asked, {"id": lambda one: one.id, "Created": lambda one: int(one.at)})
        show = lambda one, name: self._transaction_value(request, one, name)  # noqa: E731
        link = lambda one: self._link(request, "transaction", str(one.id))  # noqa: E731
        return self._page(asked, rows, link, show, None, lambda one: one.id in visible)

    def _transaction_value(self, request: Request, one: Transaction, name: str) -> Any:
        message = one.message
        data = _folded(message.subject or "No Subject") if message and one.kind != "Create" else ""
        values: Row = {"Type": one.kind, "Field": one.field, "OldValue": one.old, "NewValue": one.new, "Data": data}
        values |= {"ObjectId": str(one.ticket), "ObjectType": "RT::Ticket", "Created": iso(one.at)}
        return self._link(request, "user", one.by.login) if name == "Creator" else values.get(name, "")

    def _transactions(self, ticket: Ticket, as_of: float | None) -> list[Transaction]:
        found = [one for part in self.store.merged(ticket, as_of) for one in part.transactions]
        return sorted((x for x in found if (as_of is None or x.at <= as_of) and self._sees(x)), key=lambda one: one.id)

    def _sees(self, one: Transaction) -> bool:
        if one.kind == "CustomField":
            return not any(
                str(f.id) == one.field and CUSTOM + f.name in self.knobs.hidden_fields for f in self.store.fields.values()
            )
        return self.knobs.ticket_rights and (self.knobs.comment_rights or one.kind != "Comment")

    def attachments(self, request: Request, as_of: float | None) -> Response:
        searchable: Mapping[str, Callable[[tuple[Transaction, Part]], Any]] = {
            "id": lambda row: row[1].id,
            "TransactionId": lambda row: row[0].id,
        }
        if "Parent" in _asked(request).get("fields", [""])[0].split(","):  # the real one breaks on the first row without a parent
            return Response(500, {"Content-Type": "application/json; charset=utf-8"}, b"")
        test = conditions(request.body, searchable)
        rows = [r for r in self.store.parts.values() if test(r) and (as_of is None or r[0].at <= as_of) and self._sees(r[0])]
        rows = _ordered(rows, request.query, {"id": lambda row: row[1].id})
        link = lambda row: self._link(request, "attachment", str(row[1].id))  # noqa: E731
        return self._page(request.query, rows, link, _part_value, None)

    def attachment(self, request: Request, part_id: str) -> Response:
        found = self.store.parts.get(int(part_id))
        if found is None:
            return failure(404, "Not Found")
        if not self._sees(found[0]):
            return failure(403, "Forbidden")
        transaction, part = found
        row: Row = {"id": part.id, "ContentType": part.content_type, "Subject": part.subject, "Created": iso(transaction.at)}
        row |= {"TransactionId": self._link(request, "transaction", str(transaction.id))}
        if part.name:
            row["Filename"] = part.name
        if part.data:
            row["Content"] = base64.encodebytes(part.data).decode()
        return answer(row)

    # -- what else there is -----------------------------------------------------------------------------------

    def queue(self, request: Request, name: str) -> Response:
        ids = {str(n): queue for queue, n in self.store.queues.items()}
        name = ids.get(name, name)
        if name not in self.store.queues or name == "General":
            return failure(403, "Forbidden")
        shown = [one for one in self.store.fields.values() if CUSTOM + one.name not in self.knobs.hidden_fields]
        fields = [{**self._link(request, "customfield", str(one.id)), "ref": "customfield", "name": one.name} for one in shown]
        number = self.store.queues[name]
        row = {"id": number, "Name": name, "Lifecycle": "default", "Disabled": "0", "TicketCustomFields": fields}
        row |= {"Created": "2026-01-05T08:00:00Z", "Description": "", "_hyperlinks": [self._self(request, "queue", number)]}
        return answer(row)

    def user(self, request: Request, name: str, me: str) -> Response:
        by_id = {str(n): login for login, n in self.store.users.items()}
        login = by_id.get(name, name)
        if login not in self.store.users:
            return failure(404, "Not Found")
        row: Row = {"Name": login, "RealName": None, "EmailAddress": f"{login}@vendor.example", "Privileged": 1}
        if login == me:
            row |= {"id": self.store.users[login], "Disabled": "0", "Memberships": []}
        return answer({**row, "_hyperlinks": [self._self(request, "user", self.store.users[login])]})

    def custom_field(self, _: Request, field_id: str) -> Response:
        for one in self.store.fields.values():
            if str(one.id) == field_id and CUSTOM + one.name not in self.knobs.hidden_fields:
                kind = "Select" if one.values else "Freeform"
                row = {"id": one.id, "Name": one.name, "Type": kind, "MaxValues": "0" if one.many else "1", "Disabled": "0"}
                return answer({**row, "Values": list(one.values)} if one.values else row)
        return failure(404, "Not Found")

    def _page(
        self,
        asked: Mapping[str, Sequence[str]],
        rows: Sequence[T],
        link: Callable[[T], Row],
        show: Callable[[T, str], Any],
        total: int | None,
        visible: Callable[[T], bool] = lambda _: True,
    ) -> Response:
        size = min(_number(asked, "per_page", _PAGE), _LONGEST_PAGE)
        page = _number(asked, "page", 1)
        names = [name for name in ",".join(asked.get("fields", [])).split(",") if name]
        shown = [row for row in rows[(page - 1) * size : page * size] if visible(row)]
        items = [{**link(row), **{name: show(row, name) for name in names}} for row in shown]
        pages = None if total is None else math.ceil(total / size)
        return answer({"items": items, "count": len(items), "total": total, "per_page": size, "page": page, "pages": pages})

    def _link(self, request: Request, kind: str, name: str) -> Row:
        return {"type": kind, "id": name, "_url": f"{request.base_url}{PREFIX}/{kind}/{name}"}

    def _self(self, request: Request, kind: str, number: int) -> Row:
        return {"ref": "self", **self._link(request, kind, str(number)), "id": number}


_TRANSACTION_COLUMNS: Mapping[str, Callable[[Transaction], Any]] = {
    "id": lambda one: one.id,
    "ObjectId": lambda one: one.ticket,
    "ObjectType": lambda _: "RT::Ticket",
    "Type": lambda one: one.kind,
    "Field": lambda one: one.field,
    "Created": lambda one: stamp(int(one.at)),
}


def _folded(subject: str) -> str:
    """A subject as a transaction tells it: folded like in a mail, between any two letters where some are not plain, and cut at 255 bytes."""
    width = 30
    pieces = [subject[at : at + width] for at in range(0, len(subject), width)]
    lines = textwrap.wrap(subject, 72, break_long_words=False) if subject.isascii() else pieces
    return ("\n ".join(lines) + "\n").encode()[:255].decode(errors="ignore")


def _field(name: str) -> Callable[[tuple[Ticket, Version]], str]:
    return lambda row: row[1].fields.get(name, "")


def _values(value: str, *, many: bool) -> list[str]:
    return [part for part in (value.split("\n") if many else [value]) if part]


def _part_value(row: tuple[Transaction, Part], name: str) -> str:
    transaction, part = row
    match name:
        case "TransactionId":
            return str(transaction.id)
        case "Filename":
            return part.name
        case "ContentType":
            return part.content_type
        case "ContentLength":
            return str(len(part.data))
        case "Content":
            return part.data.decode("utf-8" if part.content_type.startswith("text/") else "latin-1", "replace")
        case "Subject":
            return part.subject
    return ""


def _asked(request: Request) -> Mapping[str, list[str]]:
    """The parameters of a request, also of one that is posted as a form because it is long."""
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    posted = parse_qs(request.body.decode(), keep_blank_values=True) if form else {}
    return {**request.query, **posted}


def _number(asked: Mapping[str, Sequence[str]], name: str, default: int) -> int:
    text = (asked.get(name) or [""])[0]
    return int(text) if text.isdecimal() and int(text) else default


def _ordered(rows: Iterable[T], asked: Mapping[str, Sequence[str]], keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """Rows in the order asked for; by id where none is, and where the rest is equal."""
    found = sorted(rows, key=keys["id"])
    orders = [*asked.get("order", ()), *["ASC"] * 10]
    for name, order in reversed(list(zip(asked.get("orderby", ()), orders, strict=False))):
        if name in keys:
            found.sort(key=keys[name], reverse=order.upper() == "DESC")
    return found

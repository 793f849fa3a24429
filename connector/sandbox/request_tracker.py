"""A simulated Request Tracker 5 with its REST 2 interface, and the people who work in it.

What it does is what a Request Tracker 5.0 does, its traps included: a refusal comes with HTTP 200 in a list of words,
correspondence opens tickets, a merged ticket is read as the one that it went into, what may not be seen leaves gaps in
pages without a total, texts are recoded, names of files break, a list holds ids as texts and a record as numbers.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from itertools import takewhile

from connector.sandbox.core import Request, Response, SimItem, SimTicket, World
from connector.sandbox.request_tracker_query import Unreadable
from connector.sandbox.request_tracker_rest import PREFIX, Knobs, Reads, answer, failure
from connector.sandbox.request_tracker_store import (
    CUSTOM,
    PLAIN,
    Actor,
    CustomField,
    File,
    Message,
    Store,
    Ticket,
    Transaction,
)
from connector.sandbox.request_tracker_writes import Broken, Writes

CUSTOM_FIELDS = (
    CustomField(2, "Customer Reference"),
    CustomField(3, "Severity", ("Sev1", "Sev2", "Sev3", "Sev4")),
    CustomField(4, "Serial Numbers", many=True),
    CustomField(5, "Connector Marker"),
)
_ROUTE = re.compile(rf"{PREFIX}/(\w+)(?:/([^/]+))?(?:/(\w+))?/?")
_TEXT = {"Content-Type": "text/plain"}


class RequestTracker(Knobs):
    """One Request Tracker: a :class:`~connector.sandbox.core.System` and a :class:`~connector.sandbox.core.Cast`.

    Natively, ``ref`` and number are the ticket's id, a comment is a transaction (the first carries the ticket's
    description), a file is ``TRANSACTION:N``, the n-th of its transaction. Fields have the names of the interface;
    custom fields are ``CustomField.NAME``.

    :param user: the connector's account; what it does is *ours*. It logs in with ``password`` or with :attr:`token`.
    :param queue: the queue of the customer's tickets; ``queues`` are further ones.
    :param first_id: where ids of tickets, transactions and attachments start.
    :param custom_fields: names of free custom fields beside :data:`CUSTOM_FIELDS`.
    """

    name = "request_tracker"

    def __init__(
        self,
        world: World,
        user: str = "connector",
        password: str = "connector-secret",  # noqa: S107 - of a simulated system
        queue: str = "Support",
        *,
        queues: Iterable[str] = (),
        custom_fields: Iterable[str] = (),
        first_id: int = 101,
    ) -> None:
        super().__init__()
        self.world, self.queue, self.password = world, queue, password
        free = (CustomField(n, name) for n, name in enumerate(custom_fields, len(CUSTOM_FIELDS) + 2))
        self.store = Store(world, self.name, (queue, *queues), (*CUSTOM_FIELDS, *free), first_id)
        self.account = Actor(user, self.store.user(user).id, ours=True)
        self.token = f"1-{self.account.id}-0123456789abcdef0123456789abcdef"
        self.reads = Reads(self.store, self)
        self.writes = Writes(self.store, self, self.reads)

    # -- as a system ----------------------------------------------------------------------------------------------

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        with self.world.lock:
            found = _ROUTE.fullmatch(request.path)
            try:
                if not self._may(request):
                    reply = Response(401, _TEXT, b"Authorization required")
                elif found is None:
                    reply = Response(404, _TEXT, b"Not Found")
                else:
                    reply = self._routed(request, (found[1], found[2] or "", found[3] or ""), as_of)
            except Unreadable as error:
                reply = failure(400, str(error))
            except Broken as error:
                reply = failure(error.status, str(error)) if str(error) else Response(error.status, _TEXT, b"")
            return Response(reply.status, {**reply.headers, "Date": formatdate(int(self.world.now()), usegmt=True)}, reply.body)

    def is_write(self, request: Request) -> bool:
        found = _ROUTE.fullmatch(request.path)
        return request.method in ("POST", "PUT", "DELETE") and found is not None and found[1] == "ticket"

    def label(self, request: Request) -> str:
        """Verb and what it is about: ``PUT ticket``, ``POST correspond``, ``GET tickets``."""
        found = _ROUTE.fullmatch(request.path)
        return f"{request.method} {(found[3] or found[1]) if found else '?'}"

    def _may(self, request: Request) -> bool:
        told = request.headers.get("authorization", "")
        basic = base64.b64encode(f"{self.account.login}:{self.password}".encode()).decode()
        return told in (f"token {self.token}", f"Basic {basic}") or request.arg("token") == self.token

    def _routed(self, request: Request, route: tuple[str, str, str], as_of: float | None) -> Response:
        kind, name, part = route
        if self.is_write(request):
            return self._write(request, name, part)
        lists = {"tickets": self.reads.tickets, "transactions": self.reads.transactions, "attachments": self.reads.attachments}
        if kind in lists and not name:
            return lists[kind](request, as_of)
        tickets = {"": self.reads.ticket, "history": self.reads.history}
        if kind == "ticket" and name.isdecimal() and part in tickets:
            return tickets[part](request, name, as_of)
        if kind == "rt" and not name:
            return answer({"Version": "5.0.3"})
        return self._record(request, kind, name) if name and not part else Response(404, _TEXT, b"Not Found")

    def _record(self, request: Request, kind: str, name: str) -> Response:
        if kind == "queue":
            return self.reads.queue(request, name)
        if kind == "user":
            return self.reads.user(request, name, self.account.login)
        single = {
            "transaction": self.reads.transaction,
            "attachment": self.reads.attachment,
            "customfield": self.reads.custom_field,
        }
        return single[kind](request, name) if kind in single and name.isdecimal() else Response(404, _TEXT, b"Not Found")

    def _write(self, request: Request, name: str, part: str) -> Response:
        if request.method == "POST" and not name:
            return self.writes.create(request, self.account)
        if request.method == "PUT" and name.isdecimal() and not part:
            return self.writes.update(request, self.account, name)
        if request.method == "POST" and name.isdecimal() and part in ("correspond", "comment"):
            return self.writes.say(request, self.account, name, part.capitalize())
        return failure(405, "Method Not Allowed")

    # -- what people do -------------------------------------------------------------------------------------------

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        """Open a ticket by its ``Subject`` and what else is given; ``Content`` is its description."""
        given = {"Queue": self.queue, "Requestor": "jo@customer.example", **fields}
        text = given.pop("Content", given["Subject"])
        with self.world.lock:
            checked = self._checked(given, {})
            return str(self.store.create(self.store.user(who), checked, Message(text, given["Subject"])).id)

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        """Change fields in one go.

        :raises ValueError: for a field or a value that Request Tracker does not have.
        """
        with self.world.lock:
            ticket = self._ticket(ref)
            self.store.change(ticket, self.store.user(who), self._checked(fields, ticket.now.fields))

    def comment(self, ref: str, who: str, text: str, *, public: bool, subject: str = "") -> str:
        kind = "Correspond" if public else "Comment"
        with self.world.lock:
            return str(self.store.say(self._ticket(ref), self.store.user(who), kind, Message(text, subject)).id)

    def attach(
        self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream", *, public: bool = True
    ) -> str:
        """Attach a file by a message of its own, whose text names it: there are no files elsewhere."""
        message = Message(f"Attached: {name}", name, files=(File(name, content_type, data),))
        with self.world.lock:
            made = self.store.say(self._ticket(ref), self.store.user(who), "Correspond" if public else "Comment", message)
            return f"{made.id}:1"

    def clone(self, ref: str, who: str) -> str:
        with self.world.lock:
            source = self._ticket(ref)
            first = source.transactions[0].message or Message("")
            return str(self.store.create(self.store.user(who), source.now.fields, first).id)

    def merge(self, ref: str, into: str, who: str) -> None:
        """Make a ticket part of another: who asks for it gets the other one, with the messages of both."""
        with self.world.lock:
            self.store.merge(self._ticket(ref), self._ticket(into), self.store.user(who))

    def delete(self, ref: str, who: str = "root") -> None:
        """Set it to ``deleted``: it is read by its id, and in no list."""
        with self.world.lock:
            ticket = self._ticket(ref)
            self.store.delete(ticket, self.store.user(who))

    def newer(self, known: int) -> list[int]:
        """Ids of the tickets above ``known``, oldest first; ids only grow."""
        with self.world.lock:
            return sorted(takewhile(lambda ref: ref > known, reversed(self.store.tickets)))

    def find(self, number: str) -> str:
        """The ref of a ticket number. :raises KeyError: where there is none."""
        return str(self.store.tickets[int(number)].id)

    def tickets(self) -> list[SimTicket]:
        with self.world.lock:
            return [_as_seen(self.store, ticket) for ticket in self.store.tickets.values() if _is_there(ticket)]

    def ticket(self, ref: str) -> SimTicket:
        with self.world.lock:
            return _as_seen(self.store, self._ticket(ref))

    def _ticket(self, ref: str) -> Ticket:
        ticket = self.store.tickets[int(ref)]
        if ticket.now.fields["Status"] == "deleted":
            raise KeyError(ref)
        return self.store.tickets[ticket.now.effective]

    def _checked(self, fields: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
        for name, value in fields.items():
            known = name in PLAIN or self.store.custom(name)
            refused = self.store.refusal(name, value, before.get(name)) if known else f"there is no field {name}"
            if refused:
                raise ValueError(refused)
        return dict(fields)


def _is_there(ticket: Ticket) -> bool:
    return ticket.now.effective == ticket.id and ticket.now.fields["Status"] != "deleted"


def _as_seen(store: Store, ticket: Ticket) -> SimTicket:
    said = sorted((x for one in store.merged(ticket) for x in one.transactions if x.message), key=lambda one: one.id)
    files = tuple(item for one in said for item in _files(one))
    fields = ticket.now.fields
    return SimTicket(
        str(ticket.id), str(ticket.id), ticket.by.login, ticket.by.ours, ticket.created, fields, tuple(map(_comment, said)), files
    )


def _comment(one: Transaction) -> SimItem:
    message = one.message or Message("")
    subject = message.subject if one.kind != "Create" else ""
    return SimItem(
        str(one.id), "comment", one.by.login, one.by.ours, one.at, message.text, one.kind != "Comment", subject=subject
    )


def _files(one: Transaction) -> Iterable[SimItem]:
    message, by = one.message or Message(""), one.by
    for n, file in enumerate(message.files, 1):
        yield SimItem(
            f"{one.id}:{n}", "file", by.login, by.ours, one.at, file.name, one.kind != "Comment", file.sha256, len(file.data),
            message.subject,
        )  # fmt: skip


__all__ = ["CUSTOM", "CUSTOM_FIELDS", "PREFIX", "RequestTracker"]

"""A simulated support portal of the OTRS family: GenericTicketConnectorSOAP, and the people who work in it.

What it does is what a Znuny does, its traps included: errors come with HTTP 200, answers of writes carry ids only,
an unknown ticket reads as a forbidden one, one bad ticket spoils a read of many, times have whole seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from itertools import takewhile
from xml.sax.saxutils import quoteattr

from connector.sandbox.core import Deed, Request, Response, SimItem, SimTicket, World
from connector.sandbox.otrs_api import Api, Knobs
from connector.sandbox.otrs_reads import Reads
from connector.sandbox.otrs_soap import Fault, Node, Operation, Pair, Refusal, TooLarge, answer, asked, fault, operation
from connector.sandbox.otrs_store import PENDING, Article, Draft, File, Store, Ticket, is_waiting

PATH = "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorSOAP"
DYNAMIC_FIELDS = ("CustomerReference", "ConnectorMarker", "Severity")
_WAIT = 24 * 3600  # how long a person lets a ticket wait
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


class Otrs(Knobs):
    """One portal: a :class:`~connector.sandbox.core.System` and a :class:`~connector.sandbox.core.Cast`.

    Natively, ``ref`` is the TicketID, a comment is an article (``ArticleID``; the first is the ticket's description),
    a file is ``ArticleID:FileID``. Fields have the names of TicketGet; dynamic fields are ``DynamicField_NAME``.

    :param user: the agent whose password the connector has; what it does is *ours*.
    :param queue: the queue of the customer's tickets; ``queues`` are further ones beside the product's own.
    :param customer_user: the customer user of the customer's tickets; may log in with the same password.
    :param tz_offset: the server's offset from UTC, in seconds.
    :param first_id: where ids of tickets and articles start.
    :param dynamic_fields: names of dynamic fields beside :data:`DYNAMIC_FIELDS`.
    """

    name = "otrs"

    def __init__(  # noqa: PLR0913, PLR0917 - one argument a setting
        self,
        world: World,
        user: str = "connector",
        password: str = "connector-secret",  # noqa: S107 - of a simulated system
        queue: str = "Support",
        customer_user: str = "acme",
        tz_offset: int = 0,
        first_id: int = 1,
        *,
        queues: Iterable[str] = (),
        dynamic_fields: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self.world, self.queue, self.customer_user = world, queue, customer_user
        fields = (*DYNAMIC_FIELDS, *dynamic_fields)
        self.store = Store(world, self.name, (queue, *queues), fields, tz_offset, first_id)
        self.api = Api(self.store, self, user, password, customer_user)
        self.reads = Reads(self.api)

    # -- as a system ----------------------------------------------------------------------------------------------

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        with self.world.lock:
            if request.path != PATH:
                return Response(404, _TEXT, b"Not Found")
            if request.method == "GET" and any(name.lower() == "wsdl" for name in request.query):
                return Response(200, {"Content-Type": "text/xml; charset=utf-8"}, _wsdl(request.base_url + PATH))
            try:
                return self._call(operation(request, accept_slash=self.accept_slash), as_of)
            except Fault as error:
                return fault(str(error))
            except TooLarge:
                return Response(413, _TEXT, b"Payload Too Large")

    def is_write(self, request: Request) -> bool:
        return request.method == "POST" and asked(request) in ("TicketCreate", "TicketUpdate")

    def label(self, request: Request) -> str:
        return asked(request) if request.method == "POST" else f"{request.method} wsdl"

    def expire_tokens(self) -> None:
        """End every session. Passwords still work."""
        self.api.sessions.clear()

    def _call(self, call: Operation, as_of: float | None) -> Response:
        try:
            pairs = self._pairs(call.name, call.body, as_of)
        except Refusal as refusal:
            error: list[Pair] = [("ErrorCode", f"{call.name}.{refusal.code}"), ("ErrorMessage", f"{call.name}: {refusal}")]
            pairs = [("Error", error)]
        return answer(call, pairs, in_order=not self.shuffle, qualified=self.qualified)

    def _pairs(self, name: str, body: Node, as_of: float | None) -> list[Pair]:
        match name:
            case "TicketCreate":
                return self.api.ticket_create(body)
            case "TicketUpdate":
                return self.api.ticket_update(body)
            case "TicketGet":
                return self.reads.ticket_get(body, as_of)
            case "TicketSearch":
                return self.reads.ticket_search(body, as_of)
            case "TicketHistoryGet":
                return self.reads.ticket_history(body, as_of)
            case "SessionCreate":
                return self.api.session_create(body)
            case "SessionGet":
                return self.api.session_get(body)
        message = f"No such operation: {name}"
        raise Fault(message)

    # -- what people do -------------------------------------------------------------------------------------------

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        """Open a ticket by its ``Title`` and what else is given; ``Body`` is the text of its first article."""
        given = {"Queue": self.queue, "State": "new", "Priority": "3 normal", "CustomerUserID": self.customer_user, **fields}
        body = given.pop("Body", given["Title"])
        with self.world.lock:
            ticket = self.store.create(self.store.user(who), self._checked(given), Draft(given["Title"], body, sent_from=who))
            return str(ticket.id)

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        """Change fields; a state of waiting gets an end by itself.

        :raises ValueError: for a field or a value that the portal does not have.
        """
        with self.world.lock:
            self.store.change(self._ticket(ref), self.store.user(who), self._checked(fields))

    def comment(self, ref: str, who: str, text: str, *, public: bool, subject: str = "Note") -> str:
        with self.world.lock:
            draft = Draft(subject, text, visible=public, sent_from=who)
            return str(self.store.add(self._ticket(ref), self.store.user(who), draft).id)

    def attach(
        self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream", *, public: bool = True
    ) -> str:
        """Attach a file by an article of its own, whose text names the file: the portal has no files elsewhere."""
        draft = Draft(name, f"Attached: {name}", visible=public, sent_from=who, files=(File("", name, content_type, data),))
        with self.world.lock:
            article = self.store.add(self._ticket(ref), self.store.user(who), draft)
            return f"{article.id}:{article.draft.files[0].id}"

    def set_visible(self, ref: str, item: str, who: str, visible: bool) -> None:
        """Show an article (or the article of a file) to the customer, or hide it."""
        with self.world.lock:
            self.store.show(self._ticket(ref), self.store.user(who), int(item.partition(":")[0]), visible=visible)

    def clone(self, ref: str, who: str) -> str:
        with self.world.lock:
            source = self._ticket(ref).now
            first = source.articles[0].draft if source.articles else Draft(source.fields["Title"], source.fields["Title"])
            draft = Draft(first.subject, first.body, first.visible, sent_from=who)
            return str(self.store.create(self.store.user(who), source.fields, draft).id)

    def merge(self, ref: str, into: str, who: str) -> None:
        """Merge a ticket into another: its articles move, it stays behind in state ``merged``."""
        with self.world.lock:
            self.store.merge(self._ticket(ref), self._ticket(into), self.store.user(who))

    def delete(self, ref: str, who: str = "root@localhost") -> None:
        with self.world.lock:
            self.store.delete(self._ticket(ref), self.store.user(who))

    @staticmethod
    def account(login: str) -> str:
        """What the portal calls one of the customer's people."""
        return login

    # -- as a witness ---------------------------------------------------------------------------------------------

    def retold(self, deeds: Iterable[Deed]) -> Iterable[Deed]:
        return deeds

    def numbers(self) -> dict[str, str]:
        return {str(ref): ticket.number for ref, ticket in self.store.tickets.items()}

    def content(self, item: SimItem) -> bytes:
        return self._stored(item).data

    def content_type(self, item: SimItem) -> str:
        return self._stored(item).content_type

    def refuses(self, item: SimItem) -> bool:
        return item.size > self.max_attachment

    def hampered(self) -> frozenset[str]:
        return frozenset(self.read_only)

    def hampers_moves(self) -> bool:
        return bool(self.refuse_states or self.comment_reopens)

    def _stored(self, item: SimItem) -> File:
        articles = (article for ticket in self.store.tickets.values() for article in ticket.now.articles)
        return next(file for one in articles for file in one.draft.files if f"{one.id}:{file.id}" == item.id)

    # -- beyond -----------------------------------------------------------------------------------------------------

    def newer(self, known: int) -> list[int]:
        """Ids of the tickets above ``known``, oldest first; ids only grow."""
        with self.world.lock:
            return sorted(takewhile(lambda ref: ref > known, reversed(self.store.tickets)))

    def find(self, number: str) -> str:
        """The ref of a ticket number. :raises KeyError: where there is none."""
        return str(self.store.numbers[number])

    def tickets(self) -> list[SimTicket]:
        with self.world.lock:
            return [_as_seen(ticket) for ticket in self.store.tickets.values() if not ticket.now.deleted]

    def ticket(self, ref: str) -> SimTicket:
        with self.world.lock:
            return _as_seen(self._ticket(ref))

    def _ticket(self, ref: str) -> Ticket:
        ticket = self.store.tickets[int(ref)]
        if ticket.now.deleted:
            raise KeyError(ref)
        return ticket

    def _checked(self, fields: Mapping[str, str]) -> dict[str, str]:
        out = {"CustomerUserID" if name == "CustomerUser" else name: value for name, value in fields.items()}
        for name, value in out.items():
            if not self.store.check(name, value):
                message = f"{name} parameter is invalid: {value!r}"
                raise ValueError(message)
        if is_waiting(out.get("State", "new")):
            out.setdefault(PENDING, str(int(self.world.now()) + _WAIT))
        return out


def _wsdl(address: str) -> bytes:
    text = files("adapters").joinpath("otrs.wsdl").read_text(encoding="utf-8")
    return re.sub(r'(<soap:address location=)"[^"]*"', lambda match: match[1] + quoteattr(address), text).encode()


def _as_seen(ticket: Ticket) -> SimTicket:
    version = ticket.now
    comments = tuple(_comment(article) for article in version.articles)
    attached = tuple(_file(article, file) for article in version.articles for file in article.draft.files)
    return SimTicket(
        str(ticket.id), ticket.number, ticket.by.login, ticket.by.ours, ticket.created, version.fields, comments, attached
    )


def _comment(article: Article) -> SimItem:
    by, draft = article.by, article.draft
    return SimItem(str(article.id), "comment", by.login, by.ours, article.at, draft.body, draft.visible, subject=draft.subject)


def _file(article: Article, file: File) -> SimItem:
    by, visible = article.by, article.draft.visible
    ref = f"{article.id}:{file.id}"
    return SimItem(
        ref, "file", by.login, by.ours, article.at, file.name, visible, file.sha256, len(file.data), article.draft.subject
    )

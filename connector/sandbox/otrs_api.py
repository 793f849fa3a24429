"""The simulated portal's operations over SOAP: who may call, and what TicketCreate and TicketUpdate take."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from connector.sandbox.otrs_soap import Node, Pair, Refusal, TooLarge
from connector.sandbox.otrs_store import (
    CHANNELS,
    HISTORY_TYPES,
    PENDING,
    PREFIX,
    PRIORITIES,
    SENDERS,
    STATES,
    TYPES,
    Actor,
    Draft,
    File,
    Store,
    Ticket,
    Version,
    is_waiting,
)

_WRITES = ("TicketCreate", "TicketUpdate")
#: What a ticket has where an API user may not set the field.
_DEFAULTS = {"Priority": "3 normal", "State": "new"}
_NO_ACCESS = "User does not have access to the ticket!"


@dataclass(eq=False)
class Knobs:
    """How this portal differs from the next one. May be turned at any time."""

    #: answers with elements sorted by name and with some that no WSDL declares, as the real server has them
    shuffle: bool = True
    #: children of an answer are in the service's namespace, as the real server has them
    qualified: bool = True
    #: SOAPAction NAMESPACE/Operation is as good as NAMESPACE#Operation
    accept_slash: bool = True
    #: fields that the API user cannot write; they are dropped without a word
    read_only: set[str] = field(default_factory=set)
    #: (old, new) states between which the API user may not move a ticket
    refuse_states: set[tuple[str, str]] = field(default_factory=set)
    #: the largest attachment taken, in bytes
    max_attachment: int = 64 * 1024 * 1024
    #: an article by API sets a waiting or closed ticket open, unless the call itself names a state
    comment_reopens: bool = False
    #: the API user may read histories
    history_rights: bool = True


class Api:
    """Authentication, sessions and the two writes. Checks everything before it changes anything.

    :raises Refusal: from every operation, with the part of the error code behind the dot.
    """

    def __init__(self, store: Store, knobs: Knobs, user: str, password: str, customer_user: str) -> None:
        self.store, self.knobs, self.password = store, knobs, password
        self.agent = Actor(user, store.user(user).id, ours=True)
        # What a customer user does is done in the name of the customer panel's user, the first of all.
        self.customer = Actor(customer_user, 1, ours=True, customer=True)
        self.sessions: dict[str, Actor] = {}
        self._sessions_given = 0

    # -- who calls ------------------------------------------------------------------------------------------------

    def auth(self, operation: str, body: Node) -> Actor:
        session = body.text("SessionID")
        login, customer, password = body.text("UserLogin"), body.text("CustomerUserLogin"), body.text("Password")
        if operation in _WRITES and not (login or customer or session):
            raise Refusal("MissingParameter", "UserLogin, CustomerUserLogin or SessionID is required!")
        if operation in _WRITES and not session and not password:
            raise Refusal("MissingParameter", "Password or SessionID is required!")
        if session in self.sessions:
            return self.sessions[session]
        if password == self.password and login == self.agent.login:
            return self.agent
        if password == self.password and not login and customer == self.customer.login:
            return self.customer
        raise Refusal("AuthFail", "User could not be authenticated!" if operation in _WRITES else "Authorization failing!")

    def session_create(self, body: Node) -> list[Pair]:
        actor = self.auth("SessionCreate", body)
        self._sessions_given += 1
        session = hashlib.sha256(f"{self.store.name} {self._sessions_given}".encode()).hexdigest()[:32]
        self.sessions[session] = actor
        return [("SessionID", session)]

    def session_get(self, body: Node) -> list[Pair]:
        actor = self.sessions.get(body.text("SessionID"))
        if actor is None:
            raise Refusal("SessionInvalid", "SessionID is Invalid!")
        kind = "Customer" if actor.customer else "User"
        data = {"UserID": str(actor.id), "UserLogin": actor.login, "UserType": kind}
        return [("SessionData", [("Name", name), ("Value", value)]) for name, value in data.items()]

    def reachable(self, ticket_id: str, actor: Actor, as_of: float | None = None) -> tuple[Ticket, Version] | None:
        """The ticket where the caller may see it; an unknown one is as good as a forbidden one."""
        ticket = self.store.tickets.get(int(ticket_id)) if ticket_id.strip().isdecimal() else None
        version = ticket.at(as_of) if ticket else None
        if ticket is None or version is None or (actor.customer and version.fields["CustomerUserID"] != actor.login):
            return None
        return ticket, version

    # -- TicketCreate and TicketUpdate ----------------------------------------------------------------------------

    def ticket_create(self, body: Node) -> list[Pair]:
        actor = self.auth("TicketCreate", body)
        asked = body.one("Ticket")
        if asked is None or not asked.children:
            raise Refusal("MissingParameter", "Ticket parameter is missing or not valid!")
        fields = self._fields(asked)
        for name, told in (("Title",) * 2, ("CustomerUserID", "CustomerUser"), ("Queue",) * 2, ("State",) * 2, ("Priority",) * 2):
            if not fields.get(name):
                raise Refusal("MissingParameter", f"Ticket->{told} parameter is missing!")
        fields |= self._pending(asked, fields["State"])
        fields |= self._dynamic(body)
        draft = self._article(body, actor)
        if draft is None:
            raise Refusal("MissingParameter", "Article parameter is missing or not valid!")
        title = {"Title": fields["Title"]}  # a ticket is not born without one
        ticket = self.store.create(actor, {**_DEFAULTS, **self._allowed(fields), **title}, draft)
        return self._written(ticket, ticket.now.articles[-1].id)

    def ticket_update(self, body: Node) -> list[Pair]:
        actor, ticket = self._target(body)
        asked = body.one("Ticket") or Node()
        fields = self._fields(asked)
        state = fields.get("State")
        fields |= self._pending(asked, state)
        fields |= self._dynamic(body)
        old = ticket.now.fields["State"]
        if state and (old, state) in self.knobs.refuse_states:
            raise Refusal("AccessDenied", "Does not have permissions to update state!")
        draft = self._article(body, actor)
        self.store.change(ticket, actor, self._allowed(fields))
        if draft is None:
            return self._written(ticket)
        article = self.store.add(ticket, actor, draft)
        if self.knobs.comment_reopens and not state and (is_waiting(old) or old.startswith("closed")):
            self.store.change(ticket, actor, {"State": "open"})
        return self._written(ticket, article.id)

    def _allowed(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields that the API user may set; the end of waiting goes with the state."""
        dropped = self.knobs.read_only | ({PENDING} if "State" in self.knobs.read_only else set())
        return {name: value for name, value in fields.items() if name not in dropped}

    @staticmethod
    def _written(ticket: Ticket, article_id: int | None = None) -> list[Pair]:
        pairs: list[Pair] = [("TicketID", ticket.id), ("TicketNumber", ticket.number)]
        return pairs if article_id is None else [*pairs, ("ArticleID", article_id)]

    def _target(self, body: Node) -> tuple[Actor, Ticket]:
        ticket_id, number = body.text("TicketID"), body.text("TicketNumber")
        if not ticket_id and not number:
            raise Refusal("MissingParameter", "TicketID or TicketNumber is required!")
        actor = self.auth("TicketUpdate", body)
        found = self.reachable(str(self.store.numbers.get(number.strip(), "")) if number else ticket_id, actor)
        if found is None:
            raise Refusal("AccessDenied", _NO_ACCESS)
        return actor, found[0]

    # -- what a write carries -------------------------------------------------------------------------------------

    def _fields(self, asked: Node) -> dict[str, str]:
        """Native fields of a Ticket element. Empty ones are not there, unknown ones are ignored, as on the real server."""
        ids: dict[str, Mapping[str, int]] = {
            "Queue": self.store.queues, "State": {s: n for s, (n, _) in STATES.items()}, "Priority": PRIORITIES, "Type": TYPES,
        }  # fmt: skip
        out = {}
        for name in ("Title", "Queue", "State", "Priority", "Type", "Service", "Owner", "Responsible", "CustomerID"):
            value = asked.text(name).strip()
            by_id = asked.text(f"{name}ID").strip() if name in ids else ""
            if by_id and not value:
                value = next((text for text, n in ids[name].items() if str(n) == by_id), "(no such id)")
            if value and not self.store.check(name, value):
                raise Refusal("InvalidParameter", f"Ticket->{name}ID or Ticket->{name} parameter is invalid!")
            if value:
                out[name] = value
        if customer := asked.text("CustomerUser").strip():
            out["CustomerUserID"] = customer
        return out

    def _pending(self, asked: Node, state: str | None) -> dict[str, str]:
        """The end of waiting, which the states of waiting demand."""
        given = asked.one("PendingTime")
        if given is None or not given.children:
            if state and is_waiting(state):
                raise Refusal("MissingParameter", "Ticket->PendingTime parameter is missing!")
            return {}
        try:
            if minutes := given.text("Diff"):
                until = self.store.world.now() + 60 * int(minutes)
            else:
                year, month, day, hour, minute = (int(given.text(n)) for n in ("Year", "Month", "Day", "Hour", "Minute"))
                until = self.store.moment(f"{year:04d}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:00")
            self.store.stamp(until)  # no time at all, if it cannot be written
        except (ValueError, OverflowError, OSError) as error:
            raise Refusal("InvalidParameter", "Ticket->PendingTime parameter is invalid!") from error
        return {PENDING: str(int(until))}

    def _dynamic(self, body: Node) -> dict[str, str]:
        out = {}
        for given in body.all("DynamicField"):
            name = given.text("Name").strip()
            if not name or given.one("Value") is None:
                missing = "Value" if name else "Name"
                raise Refusal("MissingParameter", f"DynamicField->{missing} parameter is missing!")
            if name not in self.store.dynamic:
                raise Refusal("InvalidParameter", f"DynamicField->Name parameter is invalid! ({name})")
            out[PREFIX + name] = given.text("Value")
        return out

    def _article(self, body: Node, actor: Actor) -> Draft | None:
        given, files = body.one("Article"), tuple(self._file(node) for node in body.all("Attachment"))
        if given is None or not given.children:
            if files:
                raise Refusal("MissingParameter", "Article parameter is missing, attachments need one!")
            return None
        for name in ("Subject", "Body"):
            if not given.text(name).strip():
                raise Refusal("MissingParameter", f"Article->{name} parameter is missing!")
        return Draft(
            given.text("Subject"),
            given.text("Body"),
            # Any text but these is true there, "false" too.
            visible=given.text("IsVisibleForCustomer", "1").strip() not in ("", "0"),
            sender=_one_of(given, "SenderType", SENDERS, "customer" if actor.customer else "agent"),
            channel=_one_of(given, "CommunicationChannel", CHANNELS, "Internal"),
            sent_from=given.text("From").strip() or actor.login,
            content_type=_content_type(given),
            files=files,
            history=_one_of(given, "HistoryType", HISTORY_TYPES, "AddNote"),
            history_comment=given.text("HistoryComment"),
        )

    def _file(self, given: Node) -> File:
        for name in ("Content", "ContentType", "Filename"):
            if not given.text(name).strip() and not (name == "Content" and given.one(name)):
                raise Refusal("MissingParameter", f"Attachment->{name} parameter is missing!")
        try:
            data = base64.b64decode(given.text("Content"))
        except binascii.Error as error:
            raise Refusal("InvalidParameter", "Attachment->Content parameter is invalid!") from error
        if len(data) > self.knobs.max_attachment:
            raise TooLarge
        return File("", given.text("Filename").strip(), given.text("ContentType").strip(), data)


def _one_of(given: Node, name: str, allowed: Container[str], default: str) -> str:
    value = given.text(name).strip() or default
    if value not in allowed:
        raise Refusal("InvalidParameter", f"Article->{name} parameter is invalid!")
    return value


def _content_type(given: Node) -> str:
    mime, charset = given.text("MimeType").strip(), given.text("Charset").strip()
    value = given.text("ContentType").strip() or (f"{mime}; charset={charset}" if mime and charset else "")
    if not value:
        raise Refusal("MissingParameter", "Article->ContentType or Article->MimeType and Article->Charset parameter is missing!")
    return value

"""The simulated portal's database: tickets in immutable versions, their articles and history, and its indexes.

Every change of a ticket makes a new version of it, so that a read may be answered as of an earlier time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from connector.sandbox.core import Deed, World
from connector.sandbox.versions import Content, State, Versions

#: State -> (id, state type), as a fresh Znuny has them.
STATES = {
    "new": (1, "new"),
    "closed successful": (2, "closed"),
    "closed unsuccessful": (3, "closed"),
    "open": (4, "open"),
    "removed": (5, "removed"),
    "pending reminder": (6, "pending reminder"),
    "pending auto close+": (7, "pending auto"),
    "pending auto close-": (8, "pending auto"),
    "merged": (9, "merged"),
}
PRIORITIES = {"1 very low": 1, "2 low": 2, "3 normal": 3, "4 high": 4, "5 very high": 5}
TYPES = {"Unclassified": 1, "Incident": 2, "ServiceRequest": 3, "Problem": 4}
SENDERS = {"agent": 1, "system": 2, "customer": 3}
CHANNELS = {"Email": 1, "Phone": 2, "Internal": 3, "Chat": 4}
HISTORY_TYPES = {
    "NewTicket": 1, "AddNote": 15, "Move": 16, "CustomerUpdate": 21, "PriorityUpdate": 22, "OwnerUpdate": 23, "Misc": 25,
    "SetPendingTime": 26, "StateUpdate": 27, "TicketDynamicFieldUpdate": 28, "TypeUpdate": 35, "ServiceUpdate": 36,
    "Merged": 38, "TitleUpdate": 41, "ResponsibleUpdate": 42,
}  # fmt: skip
#: Fields by name of a ticket without its dynamic fields.
PLAIN = ("Title", "Queue", "State", "Priority", "CustomerUserID", "CustomerID", "Type", "Service", "Owner", "Responsible")
PREFIX = "DynamicField_"
PENDING = "RealTillTimeNotUsed"  # the product's own name for the end of waiting, in seconds since the epoch
HISTORY_LENGTH = 200  # the history's name column is no longer, so long values are cut there
TITLE_LENGTH = 255
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Actor:
    """Who does something: ``id`` is what answers show, ``ours`` that it is the connector's account."""

    login: str
    id: int
    ours: bool = False
    customer: bool = False


@dataclass(frozen=True)
class File(Content):
    id: str  # counts from 1 within its article
    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Draft:
    """An article as somebody writes it."""

    subject: str
    body: str
    visible: bool = True
    sender: str = "agent"  # agent, customer, system
    channel: str = "Internal"
    sent_from: str = ""
    content_type: str = "text/plain; charset=utf-8"
    files: tuple[File, ...] = ()
    history: str = "AddNote"
    history_comment: str = ""


@dataclass(frozen=True)
class Article:
    id: int
    at: float
    by: Actor
    draft: Draft
    changed: float


@dataclass(frozen=True)
class Line:
    """One line of a ticket's history, with the ticket's ids at that time."""

    kind: str
    name: str
    at: float
    by: Actor
    article: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Version(State):
    """A ticket between two changes."""

    fields: Mapping[str, str]
    changed: float
    changed_by: Actor
    articles: tuple[Article, ...] = ()
    history: tuple[Line, ...] = ()


@dataclass
class Ticket(Versions[Version]):
    id: int
    number: str
    created: float
    by: Actor


def plain(text: str, limit: int | None = None) -> str:
    """Text as the portal stores it: one kind of line end, no blanks around, nothing that XML cannot carry."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text if limit is None else text[:limit].rstrip()


@lru_cache(maxsize=4096)
def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def is_waiting(state: str) -> bool:
    """True for the states that need an end of waiting."""
    return STATES[state][1].startswith("pending")


class Store:
    """All tickets of one portal. The caller holds the world's lock.

    :param zone: the server's offset from UTC in seconds; all its texts of times are in this zone.
    """

    def __init__(self, world: World, name: str, queues: Iterable[str], fields: Iterable[str], zone: int, first_id: int) -> None:
        self.world = world
        self.name = name
        self.zone = zone
        self.queues = {queue: n for n, queue in enumerate(dict.fromkeys(("Postmaster", "Raw", "Junk", "Misc", *queues)), 1)}
        self.dynamic = frozenset(fields)
        self.users: dict[str, int] = {"root@localhost": 1}
        self.tickets: dict[int, Ticket] = {}
        self.numbers: dict[str, int] = {}
        self.by_change: dict[int, None] = {}  # ticket ids, the one changed last at the end
        self.by_value: dict[tuple[str, str], dict[int, None]] = {}  # (dynamic field, value) -> ticket ids
        self._ticket_id = self._article_id = first_id - 1

    # -- names, ids and times -------------------------------------------------------------------------------------

    def user(self, login: str) -> Actor:
        return Actor(login, self.users.setdefault(login, len(self.users) + 1))

    def stamp(self, at: float) -> str:
        """A time as the portal writes it: its own zone, whole seconds."""
        return _stamp(int(at) + self.zone)

    def moment(self, text: str) -> float:
        """The inverse of :meth:`stamp`. :raises ValueError: for anything that is no such time."""
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp() - self.zone

    def check(self, name: str, value: str) -> bool:
        """True where the portal knows the field and the value may be stored in it."""
        known: dict[str, Iterable[str]] = {"Queue": self.queues, "State": STATES, "Priority": PRIORITIES, "Type": TYPES}
        if name.startswith(PREFIX):
            return name.removeprefix(PREFIX) in self.dynamic
        if name == PENDING:
            return value.isdecimal()
        return value in known[name] if name in known else name in PLAIN

    def clean(self, fields: Mapping[str, str]) -> dict[str, str]:
        return {name: plain(value, TITLE_LENGTH if name == "Title" else None) for name, value in fields.items()}

    # -- changes --------------------------------------------------------------------------------------------------

    def create(self, by: Actor, fields: Mapping[str, str], draft: Draft) -> Ticket:
        now = self.world.now()
        self._ticket_id += 1
        number = f"{self.stamp(now)[:10].replace('-', '')}10{self._ticket_id:06d}"
        ticket = Ticket(self._ticket_id, number, now, by)
        start = {
            "Type": "Unclassified",
            "Service": "",
            "CustomerID": "",
            "Owner": "root@localhost",
            "Responsible": "root@localhost",
        }
        whole = {**start, PENDING: "0", **self.clean(fields)}
        self.tickets[ticket.id], self.numbers[number] = ticket, ticket.id
        self._deed(ticket, by, "create", public=True)
        for name, value in self.clean(fields).items():
            self._deed(ticket, by, "field", field=name, new=value, public=True)
        born = f"%%{number}%%{whole['Queue']}%%{whole['Priority']}%%{whole['State']}%%{ticket.id}"
        lines = [self._line("NewTicket", born, by, whole)]
        lines += [
            self._line(*self._told(name, "", v, whole), by, whole) for name, v in whole.items() if name.startswith(PREFIX) and v
        ]
        self._save(ticket, Version(whole, now, by, history=tuple(lines)))
        self.add(ticket, by, draft)
        return ticket

    def change(self, ticket: Ticket, by: Actor, fields: Mapping[str, str]) -> None:
        """Save changed fields; values that are the stored ones change nothing, not even the time of the last change."""
        old = ticket.now.fields
        changed = {name: value for name, value in self.clean(fields).items() if old.get(name, "") != value}
        if not changed:
            return
        new = {**old, **changed}
        lines = tuple(self._line(*self._told(n, old.get(n, ""), v, new), by, new) for n, v in changed.items())
        for name, value in changed.items():
            self._deed(ticket, by, "field", field=name, old=old.get(name, ""), new=value, public=True)
        self._save(
            ticket, replace(ticket.now, fields=new, changed=self.world.now(), changed_by=by, history=ticket.now.history + lines)
        )

    def add(self, ticket: Ticket, by: Actor, draft: Draft) -> Article:
        self._article_id += 1
        now, old = self.world.now(), ticket.now
        files = tuple(replace(file, id=str(n)) for n, file in enumerate(draft.files, 1))
        clean = replace(draft, subject=plain(draft.subject, TITLE_LENGTH), body=plain(draft.body), files=files)
        article = Article(self._article_id, now, by, clean, now)
        line = self._line(draft.history, f"%%{draft.history_comment}", by, old.fields, article.id)
        self._deed(ticket, by, "comment", new=clean.body, public=draft.visible, item=str(article.id))
        for file in files:
            self._deed(ticket, by, "file", new=file.name, public=draft.visible, item=f"{article.id}:{file.id}")
        self._save(
            ticket, replace(old, changed=now, changed_by=by, articles=(*old.articles, article), history=(*old.history, line))
        )
        return article

    def show(self, ticket: Ticket, by: Actor, article_id: int, *, visible: bool) -> None:
        """Make an article visible for the customer, or no longer."""
        now, old = self.world.now(), ticket.now
        before = next(a for a in old.articles if a.id == article_id)
        after = replace(before, draft=replace(before.draft, visible=visible), changed=now)
        line = self._line("Misc", f"Article {article_id}: visible for customer {int(visible)}", by, old.fields, article_id)
        values = {"old": str(int(before.draft.visible)), "new": str(int(visible))}
        self._deed(ticket, by, "visibility", **values, public=visible, item=str(article_id))
        articles = tuple(after if a.id == article_id else a for a in old.articles)
        self._save(ticket, replace(old, changed=now, changed_by=by, articles=articles, history=(*old.history, line)))

    def merge(self, ticket: Ticket, into: Ticket, by: Actor) -> None:
        """Move every article to another ticket; what is left is in state ``merged`` with a note of it."""
        now, moved = self.world.now(), ticket.now.articles
        text = f"%%{ticket.number}%%{ticket.id}%%{into.number}%%{into.id}"
        for one, articles in ((ticket, ()), (into, tuple(sorted((*into.now.articles, *moved), key=lambda a: a.id)))):
            line = self._line("Merged", text, by, one.now.fields)
            history = (*one.now.history, line)
            self._save(one, replace(one.now, changed=now, changed_by=by, articles=articles, history=history))
        self._deed(ticket, by, "merge", new=str(into.id))
        self.change(ticket, by, {"State": "merged"})
        self.add(ticket, by, Draft("Ticket Merged", f"Merged ticket {ticket.number} to {into.number}.", visible=False))

    def delete(self, ticket: Ticket, by: Actor) -> None:
        self._deed(ticket, by, "delete")
        self._save(ticket, replace(ticket.now, fields={}, changed=self.world.now(), changed_by=by, articles=(), deleted=True))
        del self.by_change[ticket.id], self.numbers[ticket.number]

    # -- inside ---------------------------------------------------------------------------------------------------

    def _save(self, ticket: Ticket, version: Version) -> None:
        before = ticket.now.fields if ticket.versions else {}
        if version.fields is not before:
            self._reindex(ticket.id, before, version.fields)
        ticket.add(version, version.changed)
        self.by_change.pop(ticket.id, None)
        self.by_change[ticket.id] = None

    def _reindex(self, ticket_id: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        for name, value in before.items():
            if name.startswith(PREFIX) and after.get(name) != value:
                self.by_value[name, value].pop(ticket_id, None)
        for name, value in after.items():
            if name.startswith(PREFIX):
                self.by_value.setdefault((name, value), {})[ticket_id] = None

    def _line(self, kind: str, name: str, by: Actor, fields: Mapping[str, str], article: int = 0) -> Line:
        return Line(kind, name[:HISTORY_LENGTH], self.world.now(), by, article, fields)

    def _told(self, name: str, old: str, new: str, fields: Mapping[str, str]) -> tuple[str, str]:
        """The history's type and text of a changed field; ``fields`` are the ticket's after the change."""
        match name:
            case "State":
                return "StateUpdate", f"%%{old}%%{new}%%"
            case "Priority":
                return "PriorityUpdate", f"%%{old}%%{PRIORITIES[old]}%%{new}%%{PRIORITIES[new]}"
            case "Title":
                return "TitleUpdate", f"%%{old}%%{new}"
            case "CustomerUserID" | "CustomerID":
                return "CustomerUpdate", f"%%CustomerID={fields['CustomerID']};CustomerUser={fields['CustomerUserID']};"
            case "Owner" | "Responsible":
                return f"{name}Update", f"%%{new}%%{self.user(new).id}"
            case "Queue":
                return "Move", f"%%{new}%%{self.queues[new]}%%{old}%%{self.queues[old]}"
            case "Type" | "Service":
                return f"{name}Update", f"%%{new}%%{TYPES.get(new, 0)}%%{old}%%{TYPES.get(old, 0)}"
            case "RealTillTimeNotUsed":
                return "SetPendingTime", f"%%{self.stamp(float(new))[:16]}"
        return "TicketDynamicFieldUpdate", f"%%FieldName%%{name.removeprefix(PREFIX)}%%Value%%{new}%%OldValue%%{old}"

    def _deed(self, ticket: Ticket, by: Actor, what: str, **more: Any) -> None:
        self.world.record(Deed(self.world.now(), self.name, by.login, by.ours, what, str(ticket.id), **more))

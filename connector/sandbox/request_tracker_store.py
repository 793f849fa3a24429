"""The simulated Request Tracker's database: tickets in immutable versions, their transactions, and what these carry.

Everything that happens to a ticket is a transaction of it; their ids count over all tickets. What a person reads of a
ticket at an earlier time is its version of then, and the transactions up to then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from connector.sandbox.core import Deed, World
from connector.sandbox.versions import Content, State, Versions

#: Status -> those that may follow, as a fresh Request Tracker has them; "" stands before a ticket is made.
LIFECYCLE: Mapping[str, tuple[str, ...]] = {
    "": ("new", "open", "resolved"),
    "new": ("open", "stalled", "resolved", "rejected", "deleted"),
    "open": ("new", "stalled", "resolved", "rejected", "deleted"),
    "stalled": ("new", "open", "resolved", "rejected", "deleted"),
    "resolved": ("new", "open", "stalled", "rejected", "deleted"),
    "rejected": ("new", "open", "stalled", "resolved", "deleted"),
    "deleted": ("new", "open", "stalled", "resolved", "rejected"),
}
ENDED = ("resolved", "rejected", "deleted")
SYSTEM_USER, NOBODY = "RT_System", "Nobody"
CUSTOM = "CustomField."
PLAIN = ("Subject", "Status", "Queue", "Priority", "Owner", "Requestor", "Due", "TimeWorked", "SLA")
SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Actor:
    """Who does something; ``ours`` says that it is the connector's account."""

    login: str
    id: int
    ours: bool = False


@dataclass(frozen=True)
class CustomField:
    id: int
    name: str
    values: tuple[str, ...] = ()  # of a field to select from; empty: free text
    many: bool = False


@dataclass(frozen=True)
class File(Content):
    """A named part of a message, as it is stored."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Message:
    """What a transaction carries: a text and files."""

    text: str
    subject: str = ""
    content_type: str = "text/plain"
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class Part:
    """One row of the attachments of a transaction; a text's row has no name, the row that holds the others no content."""

    id: int
    parent: int
    content_type: str
    name: str
    data: bytes
    subject: str = ""


@dataclass(frozen=True)
class Transaction:
    id: int
    ticket: int
    kind: str
    at: float
    by: Actor
    field: str = ""
    old: str = ""
    new: str = ""
    message: Message | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Version(State):
    """A ticket between two changes; one in status ``deleted`` can still be read."""

    fields: Mapping[str, str]
    changed: float
    changed_by: Actor
    effective: int  # the ticket that this one became part of, or itself


@dataclass
class Ticket(Versions[Version]):
    id: int
    created: float
    by: Actor
    transactions: list[Transaction] = field(default_factory=list)


def clean(name: str, value: str) -> str:
    """A value as it is stored: a subject is one line of limited length."""
    return value.replace("\r", "").replace("\n", "")[:SUBJECT_LENGTH] if name == "Subject" else value


@lru_cache(maxsize=4096)
def stamp(seconds: int) -> str:
    """A time as columns keep it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


class Store:
    """All tickets of one Request Tracker. The caller holds the world's lock.

    :param first_id: where ids of tickets and transactions start.
    """

    def __init__(self, world: World, name: str, queues: Iterable[str], fields: Iterable[CustomField], first_id: int) -> None:
        self.world, self.name = world, name
        self.queues = {queue: n for n, queue in enumerate(dict.fromkeys(("General", *queues)), 1)}
        self.fields = {one.name: one for one in fields}
        self.users = {SYSTEM_USER: 1, NOBODY: 6}
        self.tickets: dict[int, Ticket] = {}
        self.transactions: dict[int, Transaction] = {}
        self.parts: dict[int, tuple[Transaction, Part]] = {}
        self.by_change: dict[int, None] = {}  # ticket ids, the one changed last at the end
        self.reopened: frozenset[str] = frozenset({"new", *ENDED})
        """Statuses that correspondence turns into ``open``."""
        self._ticket_id = self._transaction_id = self._part_id = first_id - 1

    def user(self, login: str) -> Actor:
        return Actor(login, self.users.setdefault(login, max(self.users.values()) + 1 if len(self.users) > 2 else 20))  # noqa: PLR2004 - the two of the system

    def custom(self, name: str) -> CustomField | None:
        return self.fields.get(name.removeprefix(CUSTOM)) if name.startswith(CUSTOM) else None

    def refusal(self, name: str, value: str, old: str | None) -> str:
        """Why a value cannot be stored, in the words of Request Tracker, or "".

        :param old: the status before; None for what is no status.
        """
        if name == "Status" and value not in LIFECYCLE:
            return f"Status '{value}' isn't a valid status for this ticket."
        if name == "Status" and old is not None and value != old and value not in LIFECYCLE[old]:
            return f"You can't change status from '{old}' to '{value}'."
        if name == "Queue" and value not in self.queues:
            return f"Queue {value} does not exist"
        if name == "Owner" and value not in self.users:
            return "That user does not exist"
        custom = self.custom(name)
        if custom and custom.values and any(part not in ("", *custom.values) for part in value.split("\n")):
            return "Invalid value for custom field"
        return ""

    # -- changes --------------------------------------------------------------------------------------------------

    def create(self, by: Actor, fields: Mapping[str, str], message: Message | None) -> Ticket:
        now = self.world.now()
        self._ticket_id += 1
        ticket = Ticket(self._ticket_id, now, by)
        whole = dict.fromkeys(PLAIN, "") | {CUSTOM + name: "" for name in self.fields}
        whole |= {"Status": "new", "Priority": "0", "Owner": NOBODY, "TimeWorked": "0"}
        given = {name: clean(name, value) for name, value in fields.items()}
        self.tickets[ticket.id] = ticket
        self._deed(ticket, by, "create", public=True)
        for name, value in given.items():
            self._deed(ticket, by, "field", field=name, new=value, public=True)
        self._save(ticket, Version(whole | given, now, by, ticket.id))
        self.say(ticket, by, "Create", message)
        return ticket

    def change(self, ticket: Ticket, by: Actor, fields: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Save fields; what is there already changes nothing. The old and new values of what changed, by name."""
        old = ticket.now.fields
        wanted = {name: clean(name, value) for name, value in fields.items()}
        changed = {name: (old.get(name, ""), value) for name, value in wanted.items() if old.get(name, "") != value}
        for name, (before, after) in changed.items():
            self._deed(ticket, by, "field", field=name, old=before, new=after, public=True)
            for kind, column, first, second in self._told(name, before, after):
                self._add(ticket, by, kind, column, first, second)
        if changed:
            new = {**old, **{name: value for name, (_, value) in changed.items()}}
            self._save(ticket, replace(ticket.now, fields=new, changed=self.world.now(), changed_by=by))
        return changed

    def say(self, ticket: Ticket, by: Actor, kind: str, message: Message | None) -> Transaction:
        """Add a message; correspondence opens a ticket that nobody works at, as the product's own scrip does."""
        public = kind != "Comment"
        made = self._add(ticket, by, kind, message=message)
        if message is not None:
            self._deed(ticket, by, "comment", new=message.text, public=public, item=str(made.id))
            for n, file in enumerate(message.files, 1):
                self._deed(ticket, by, "file", new=file.name, public=public, item=f"{made.id}:{n}")
        self._save(ticket, replace(ticket.now, changed=self.world.now(), changed_by=by))
        if kind == "Correspond" and ticket.now.fields["Status"] in self.reopened:
            self.change(ticket, replace(self.user(SYSTEM_USER), ours=by.ours), {"Status": "open"})
        return made

    def merge(self, ticket: Ticket, into: Ticket, by: Actor) -> None:
        """From now on who asks for the ticket gets the other one; transactions stay where they were written."""
        self._deed(ticket, by, "merge", new=str(into.id))
        for one in (ticket, into):
            self._add(one, by, "AddLink", "MergedInto", new=f"fsck.com-rt://vendor.example/ticket/{into.id}")
        for one in self.tickets.values():
            if one.now.effective == ticket.id:
                self._save(one, replace(one.now, effective=into.id))  # its change time stays
        self._save(into, replace(into.now, changed=self.world.now(), changed_by=by))

    def delete(self, ticket: Ticket, by: Actor) -> None:
        self._deed(ticket, by, "delete")
        self._add(ticket, by, "Status", "Status", ticket.now.fields["Status"], "deleted")
        gone = {**ticket.now.fields, "Status": "deleted"}
        self._save(ticket, replace(ticket.now, fields=gone, changed=self.world.now(), changed_by=by))

    def merged(self, ticket: Ticket, moment: float | None = None) -> list[Ticket]:
        """The ticket and those that became part of it."""
        found = ((one, one.at(moment)) for one in self.tickets.values())
        return [one for one, version in found if version and version.effective == ticket.id]

    # -- inside ---------------------------------------------------------------------------------------------------

    def _save(self, ticket: Ticket, version: Version) -> None:
        ticket.add(version, self.world.now())
        self.by_change.pop(ticket.id, None)
        self.by_change[ticket.id] = None

    def _add(  # noqa: PLR0917 - one argument a column
        self, ticket: Ticket, by: Actor, kind: str, column: str = "", old: str = "", new: str = "", message: Message | None = None
    ) -> Transaction:
        self._transaction_id += 1
        parts = tuple(self._parts(message)) if message else ()
        made = Transaction(
            self._transaction_id, ticket.id, kind, self.world.now(), by, column, old[:255], new[:255], message, parts
        )
        self.transactions[made.id] = made
        self.parts |= {part.id: (made, part) for part in parts}
        ticket.transactions.append(made)
        return made

    def _parts(self, message: Message) -> Iterator[Part]:
        """A message alone is one row; with files it is a row around the rows of the text and of each file."""
        text = Part(self._next_part(), 0, message.content_type, "", message.text.encode(), message.subject)
        if not message.files:
            yield text
            return
        yield replace(text, content_type="multipart/mixed", data=b"")
        yield Part(self._next_part(), text.id, message.content_type, "", message.text.encode())
        for file in message.files:
            yield Part(self._next_part(), text.id, file.content_type, file.name, file.data)

    def _next_part(self) -> int:
        self._part_id += 1
        return self._part_id

    def _told(self, name: str, old: str, new: str) -> Iterator[tuple[str, str, str, str]]:
        """Type, field, old and new value of the transactions that tell of a changed field."""
        custom = self.custom(name)
        if name == "Status":
            yield "Status", name, old, new
        elif name == "Owner":
            yield "Set", name, str(self.user(old or NOBODY).id), str(self.user(new or NOBODY).id)
        elif name == "Queue":
            yield "Set", name, str(self.queues[old]), str(self.queues[new])
        elif custom and custom.many:
            before, after = _lines(old), _lines(new)
            yield from (("CustomField", str(custom.id), "", value) for value in after if value not in before)
            yield from (("CustomField", str(custom.id), value, "") for value in before if value not in after)
        else:
            yield ("CustomField", str(custom.id), old, new) if custom else ("Set", name, old, new)

    def _deed(self, ticket: Ticket, by: Actor, what: str, **more: Any) -> None:
        self.world.record(Deed(self.world.now(), self.name, by.login, by.ours, what, str(ticket.id), **more))


def _lines(value: str) -> list[str]:
    return [line for line in value.split("\n") if line]

"""What the portal's answers mean: tickets as snapshots, history lines as events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from adapters.base import Attachment, Comment, Event, Snapshot
from adapters.otrs_settings import OtrsSettings
from adapters.soap import Element, every, record
from adapters.subject_marker import marker_of

DYNAMIC = "DynamicField_"
PENDING = "PendingTime"
Parts = tuple[Mapping[str, str], Mapping[str, Sequence[Element]]]
_STAMP = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Ticket:
    """One Ticket element of TicketGet."""

    leaves: Mapping[str, str]
    branches: Mapping[str, Sequence[Element]]

    @property
    def ref(self) -> str:
        return self.leaves.get("TicketID", "")

    @property
    def dynamic(self) -> dict[str, str]:
        """Dynamic fields by name; several values of one field are lines."""
        found = (self._pair(element) for element in self.branches.get("DynamicField", ()))
        return {name: value for name, value in found if name}

    @cached_property
    def articles(self) -> list[Parts]:
        """Leaves and branches of each article, oldest first."""
        found = (record(element) for element in self.branches.get("Article", ()))
        return sorted(found, key=lambda parts: int(parts[0].get("ArticleID") or 0))

    @staticmethod
    def _pair(element: Element) -> tuple[str, str]:
        return "".join(every(element, "Name")), "\n".join(every(element, "Value"))


def tickets(answer: Element) -> list[Ticket]:
    """The tickets of an answer of TicketGet, wherever they stand among other elements."""
    return [Ticket(*record(element)) for element in record(answer)[1].get("Ticket", ())]


@dataclass
class Reader:
    """Turns elements into words of the contract.

    :param me: our numeric user id, asked for where it is first needed.
    :ivar names: names of authors by numeric user id, as learned from what was read: histories carry ids only.
    """

    settings: OtrsSettings
    me: Callable[[], str]
    names: dict[str, str] = field(default_factory=dict)

    # -- times -----------------------------------------------------------------------------------------------

    def epoch(self, text: str) -> float:
        """A time as the portal writes it, in seconds since the epoch; 0 where there is none.

        Fractions of a second, which some databases add, are cut. Of an hour that comes twice, the first is meant.
        """
        try:
            return datetime.fromisoformat(text[:19]).replace(tzinfo=self.settings.zone).timestamp()
        except ValueError:
            return 0.0

    def stamp(self, at: float) -> str:
        """The inverse of :meth:`epoch`, in whole seconds."""
        return datetime.fromtimestamp(int(at), self.settings.zone).strftime(_STAMP)

    def iso(self, text: str) -> str:
        at = self.epoch(text)
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""

    def server_now(self, ticket: Ticket) -> float | None:
        """The server's clock when it answered: Age is computed at each read, in seconds since the creation."""
        age = ticket.leaves.get("Age", "")
        created = self.epoch(ticket.leaves.get("Created", ""))
        return created + int(age) if created and age.isdecimal() else None

    def _stamp(self, ticket: Ticket) -> str:
        """The ticket's change time, once its second is over: until then a second change would look the same."""
        changed = ticket.leaves.get("Changed", "")
        return changed if (self.server_now(ticket) or 0.0) > self.epoch(changed) else ""

    # -- tickets ---------------------------------------------------------------------------------------------

    def snapshot(self, ticket: Ticket, read_at: float) -> Snapshot:
        leaves, me = ticket.leaves, self.me()
        self.learn(ticket)
        articles = [self._article(parts) for parts in ticket.articles]
        kept = [a for a in articles if a.ours or a.leaves.get("SenderType", "") not in self.settings.ignore_senders]
        dynamic = ticket.dynamic
        number = leaves.get("TicketNumber", "")
        return Snapshot(
            ref=ticket.ref,
            number=number,
            fields=self._fields(leaves, dynamic),
            comments=tuple(self._comment(article) for article in kept if not article.is_our_file),
            attachments=tuple(file for article in kept for file in self._files(article)),
            changed=self.epoch(leaves.get("Changed", "")),
            read_at=read_at,
            stamp=self._stamp(ticket),
            created_by_us=leaves.get("CreateBy", "") == me,
            marker=dynamic.get(self.settings.marker_field, ""),
            url=self.settings.ticket_url.format(ref=ticket.ref, number=number),
        )

    def _fields(self, leaves: Mapping[str, str], dynamic: Mapping[str, str]) -> dict[str, str]:
        fields = {**leaves, **{DYNAMIC + name: value for name, value in dynamic.items()}}
        until = leaves.get("RealTillTimeNotUsed", "")
        # The portal keeps the end of waiting after the waiting: it means something in a pending state only.
        waits = leaves.get("StateType", "").startswith("pending") and until.isdecimal()
        fields[PENDING] = self.stamp(int(until))[:16] if waits else ""
        return fields

    def learn(self, ticket: Ticket) -> None:
        """Take the names of users, by their ids, out of a ticket and its articles.

        Not out of the first one: it shows the customer as its sender, whoever created the ticket.
        """
        for leaves, _ in ticket.articles[1:]:
            if leaves.get("SenderType", "agent") == "agent" and (name := author_of(leaves)):
                self.names.setdefault(leaves.get("CreateBy", ""), name)
        for name, number in (("Owner", "OwnerID"), ("Responsible", "ResponsibleID")):
            if ticket.leaves.get(name) and ticket.leaves.get(number):
                self.names[ticket.leaves[number]] = ticket.leaves[name]

    # -- articles --------------------------------------------------------------------------------------------

    def _article(self, parts: Parts) -> Article:
        leaves, branches = parts
        by = leaves.get("CreateBy") or leaves.get("CreatedBy", "")
        ours = bool(by) and by == self.me()
        author = self.settings.user if ours else author_of(leaves) or self.names.get(by) or f"user {by}"
        files = [dict(record(child)[0]) for child in branches.get("Attachment", ())]
        return Article(leaves, author, ours, files)

    def _comment(self, article: Article) -> Comment:
        leaves = article.leaves
        return Comment(
            id=article.id,
            place=article.place,
            author=article.author,
            by_us=article.ours,
            created=self.iso(article.created),
            text=leaves.get("Body", ""),
            format="html" if article.is_html else "plain",
            marker=article.marker,
        )

    def _files(self, article: Article) -> Iterator[Attachment]:
        for file in article.files:
            if not article.is_body_again(file):
                yield Attachment(
                    id=f"{article.id}:{file.get('FileID', '')}",
                    name=file.get("Filename", ""),
                    content_type=file.get("ContentType", ""),
                    size=size_of(file),
                    author=article.author,
                    by_us=article.ours,
                    created=self.iso(article.created),
                    place=article.place,
                    marker=article.marker,
                )

    # -- history ---------------------------------------------------------------------------------------------

    def events(self, element: Element) -> tuple[Event, ...]:
        """The field changes of one TicketHistory element, oldest first."""
        lines = [record(line)[0] for line in record(element)[1].get("History", ())]
        found = [event for line in lines for event in self._events(line)]
        return tuple(sorted(found, key=lambda event: event.at))

    def _events(self, line: Mapping[str, str]) -> Iterator[Event]:
        by, at = line.get("CreateBy", ""), self.epoch(line.get("CreateTime", ""))
        for name, old, new in changes(line.get("HistoryType", ""), line.get("Name", "")):
            yield Event(name, old, new, self.author(by), by == self.me(), at)

    def author(self, by: str) -> str:
        return self.settings.user if by == self.me() else self.names.get(by, f"user {by}")


@dataclass(frozen=True)
class Article:
    leaves: Mapping[str, str]
    author: str
    ours: bool
    files: Sequence[Mapping[str, str]]

    @property
    def id(self) -> str:
        return self.leaves.get("ArticleID", "")

    @property
    def created(self) -> str:
        return self.leaves.get("CreateTime") or self.leaves.get("Created", "")

    @property
    def place(self) -> str:
        return "internal" if self.leaves.get("IsVisibleForCustomer", "").strip() in ("", "0") else "visible"

    @property
    def marker(self) -> str:
        """Counts only where the article is ours: a person's reply may quote our subject."""
        return marker_of(self.leaves.get("Subject", "")) if self.ours else ""

    @property
    def is_html(self) -> bool:
        kind = self.leaves.get("MimeType") or self.leaves.get("ContentType", "")
        return kind.strip().lower().startswith("text/html")

    @property
    def is_our_file(self) -> bool:
        """An article that only carries a file of ours is no comment of anybody's."""
        return self.ours and bool(self.marker) and bool(self.files)

    def is_body_again(self, file: Mapping[str, str]) -> bool:
        """True for the HTML form of the body, which the portal keeps as an inline attachment ``file-2``.

        A person's own file of that name has disposition ``attachment``; what is ours is always a file.
        """
        name, kind = file.get("Filename", ""), file.get("ContentType", "").lower()
        inline = file.get("Disposition", "inline") != "attachment"
        return (
            not self.ours and inline and re.fullmatch(r"file-[12](\.html?)?", name) is not None and kind.startswith("text/html")
        )


def author_of(leaves: Mapping[str, str]) -> str:
    """The name that an article shows, "" where it shows none."""
    return leaves.get("FromRealname") or leaves.get("From", "")


def size_of(file: Mapping[str, str]) -> int:
    """The exact size in bytes, or -1: Filesize is a text for people ("4.6 KBytes") unless it is small."""
    for name in ("FilesizeRaw", "Filesize"):
        found = re.fullmatch(r"\s*(\d+)(?:\s*Bytes?)?\s*", file.get(name, ""))
        if found:
            return int(found[1])
    return -1


# --- history ------------------------------------------------------------------------------------------------

#: HistoryType -> (native field, index of the old value, index of the new one) among the parts between ``%%``.
_LINES: dict[str, tuple[str, int | None, int]] = {
    "StateUpdate": ("State", 0, 1),
    "PriorityUpdate": ("Priority", 0, 2),
    "TitleUpdate": ("Title", 0, 1),
    "Move": ("Queue", 2, 0),
    "TypeUpdate": ("Type", 2, 0),
    "ServiceUpdate": ("Service", 2, 0),
    "SLAUpdate": ("SLA", 2, 0),
    "OwnerUpdate": ("Owner", None, 0),
    "ResponsibleUpdate": ("Responsible", None, 0),
    "SetPendingTime": (PENDING, None, 0),
}
_NO_TIME = "00-00-00 00:00"  # what the portal writes when waiting ends
_DYNAMIC_LINE = re.compile(r"%%FieldName%%(?P<name>.*?)%%Value%%(?P<new>.*?)(?:%%OldValue%%(?P<old>.*))?", re.DOTALL)


def changes(kind: str, name: str) -> list[tuple[str, str, str]]:
    """The fields that a history line says were changed: (native field, old value or "", new value).

    The portal has no such columns: values stand in the line's name between ``%%``, in an order that differs by type,
    and are cut where the name is too long.
    """
    if kind == "TicketDynamicFieldUpdate":
        found = _DYNAMIC_LINE.fullmatch(name)
        return [(DYNAMIC + found["name"], found["old"] or "", found["new"])] if found else []
    parts = name.removeprefix("%%").split("%%")
    if kind == "CustomerUpdate":
        pairs = dict(part.split("=", 1) for part in parts[0].split(";") if "=" in part)
        known = (("CustomerID", "CustomerID"), ("CustomerUser", "CustomerUserID"))
        return [(native, "", pairs[told]) for told, native in known if told in pairs]
    if kind not in _LINES:
        return []
    native, old, new = _LINES[kind]
    parts = ["" if part == _NO_TIME else part for part in parts]
    return [(native, parts[old] if old is not None and old < len(parts) else "", parts[new])] if new < len(parts) else []


def merged_into(element: Element) -> str | None:
    """The id of the ticket that this one was merged into, by its history, or None."""
    lines = [record(line)[0] for line in record(element)[1].get("History", ())]
    for line in reversed(lines):
        parts = line.get("Name", "").removeprefix("%%").split("%%")
        if line.get("HistoryType") == "Merged" and len(parts) >= 4 and parts[1] == line.get("TicketID"):  # noqa: PLR2004 - old number and id, new number and id
            return parts[3]
    return None

"""What Request Tracker's answers mean: tickets, transactions and attachments as snapshots, transactions as events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from adapters.base import Attachment, Comment, Event, Snapshot
from adapters.request_tracker_api import Row
from adapters.request_tracker_settings import RequestTrackerSettings
from adapters.subject_marker import marker_of

CUSTOM = "CustomField."
DESCRIPTION = "Content"
"""The text of the transaction that made the ticket, as a field that is read only."""
SYSTEM_USER = "RT_System"

_PEOPLE = ("Owner", "Creator", "LastUpdatedBy", "Requestor", "Cc", "AdminCc")
_TIMES = ("Created", "LastUpdated", "Due", "Starts", "Started", "Resolved", "Told")
_PLAIN = ("Subject", "Status", "Queue", "Priority", "InitialPriority", "FinalPriority", "TimeWorked", "TimeLeft", "TimeEstimated")
FIELDS = (*_PLAIN, "SLA", "Type", *_PEOPLE, *_TIMES)
"""Every field that tickets are asked for, beside custom fields."""
LISTED = (*FIELDS, "EffectiveId", "CustomFields")
SAID = {"Create": "correspond", "Correspond": "correspond", "Comment": "comment"}
"""Type of a transaction that carries words -> the place of its comment."""
CHANGES = ("Set", "Status", "CustomField")
TRANSACTION = ("Type", "Field", "OldValue", "NewValue", "Data", "Created", "Creator", "ObjectId")
PART = ("TransactionId", "Filename", "ContentType", "ContentLength")
_FOLD = re.compile(r"\n\s+")
_PROVOKED = 10.0  # seconds that Request Tracker may take, with its mails, until our correspondence has opened a ticket


def epoch(text: str) -> float:
    """A time of the interface in seconds since the epoch, 0 where there is none. All are in UTC."""
    try:
        return datetime.fromisoformat(text.strip().removesuffix("Z")).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def iso(text: str) -> str:
    """A time as fields show it: ISO 8601 in UTC, "" for the time 0, which stands for none."""
    at = epoch(text)
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def moment(settings: RequestTrackerSettings, at: float) -> str:
    """A time as searches and writes take it: in the account's own zone, whatever zone it might name itself."""
    return datetime.fromtimestamp(int(at), settings.zone).strftime("%Y-%m-%d %H:%M:%S")


def name_of(value: Any) -> str:
    """The name that a link goes by: a user's login, a queue's name where that was asked for."""
    if isinstance(value, Mapping):
        return str(value.get("Name") or value.get("id") or "")
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Part:
    """One row of the attachments of a transaction."""

    id: str
    name: str
    content_type: str
    size: int

    @staticmethod
    def of(row: Row) -> Part:
        length = str(row.get("ContentLength") or "")
        name, kind = str(row.get("Filename") or ""), str(row.get("ContentType") or "").lower()
        return Part(str(row["id"]), name, kind, int(length) if length.isdecimal() else -1)


def body_of(parts: Sequence[Part]) -> Part | None:
    """The part that is a message's text; mails bring it as HTML, too."""
    unnamed = [part for part in parts if not part.name and part.size]
    for kind in ("text/plain", "text/html"):
        for part in unnamed:
            if part.content_type.startswith(kind):
                return part
    return None


@dataclass(frozen=True)
class Said:
    """A transaction that carries words or files, with its parts in their order."""

    row: Row
    parts: Sequence[Part]
    text: str = ""

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def kind(self) -> str:
        return str(self.row.get("Type") or "")

    @cached_property
    def body(self) -> Part | None:
        return body_of(self.parts)

    @cached_property
    def files(self) -> list[Part]:
        """What is neither the text, its HTML form, nor the frame around the others. A nameless one gets a name."""
        found = []
        for part in self.parts:
            again = not part.name and part.content_type.startswith("text/html")
            if part is not self.body and part.size and not again and not part.content_type.startswith("multipart/"):
                found.append(part)
        return found

    @property
    def marker(self) -> str:
        """At the end of the subject, which comes back folded like in a mail, in the middle of a word too. New tickets show none."""
        return marker_of(_FOLD.sub("", str(self.row.get("Data") or "")))


@dataclass
class Reader:
    """Turns rows into words of the contract.

    :param me: our login, asked for where it is first needed.
    :ivar names: names of custom fields by their ids, as learned from what was read: transactions carry ids only.
    """

    settings: RequestTrackerSettings
    me: Callable[[], str]
    names: dict[str, str] = field(default_factory=dict)

    # -- tickets ----------------------------------------------------------------------------------------------

    def fields(self, row: Row) -> dict[str, str]:
        found = {name: self._value(name, row[name]) for name in FIELDS if name in row}
        for custom in row.get("CustomFields") or ():
            self.names[str(custom["id"])] = str(custom["name"])
            found[CUSTOM + str(custom["name"])] = "\n".join(str(value) for value in custom["values"] if value is not None)
        return found

    @staticmethod
    def _value(name: str, value: Any) -> str:
        if isinstance(value, list):
            return "\n".join(name_of(one) for one in value)
        return iso(str(value)) if name in _TIMES else name_of(value)

    def marker(self, row: Row) -> str:
        """Our marker in its own place."""
        return self.fields(row).get(CUSTOM + self.settings.marker_field, "")

    def snapshot(self, row: Row, said: Sequence[Said], merged: Mapping[str, Row], read_at: float, stamp: str) -> Snapshot:
        """One ticket.

        :param merged: the ticket and those that became part of it, by id: their messages are among the others.
        """
        ref, fields, me = str(row["id"]), self.fields(row), self.me()
        markers = {one: self.marker(other) for one, other in merged.items()}
        first = next((one.text for one in said if one.kind == "Create" and _of(one) == ref), "")
        return Snapshot(
            ref=ref,
            number=ref,
            fields={**fields, DESCRIPTION: first},
            comments=tuple(self._comments(said, markers)),
            attachments=tuple(file for one in said for file in self._files(one, markers)),
            changed=epoch(fields.get("LastUpdated", "")),
            read_at=read_at,
            created_by_us=fields.get("Creator", "") == me,
            marker=markers[ref],
            url=self.settings.page_of_ticket.format(ref=ref),
            creator=fields.get("Creator", ""),
            stamp=stamp,
        )

    def _comments(self, said: Iterable[Said], markers: Mapping[str, str]) -> Iterator[Comment]:
        for one in said:
            marker = self._marker(one, markers)
            only_carries = bool(one.files) and bool(marker) and one.kind != "Create"
            if one.body is None or only_carries:
                continue
            yield Comment(
                id=one.id,
                place=SAID[one.kind],
                author=name_of(one.row.get("Creator")),
                by_us=self._by_us(one.row),
                created=iso(str(one.row.get("Created"))),
                text=one.text,
                format="html" if one.body.content_type.startswith("text/html") else "plain",
                marker=marker,
            )

    def _files(self, one: Said, markers: Mapping[str, str]) -> Iterator[Attachment]:
        for n, part in enumerate(one.files, 1):
            yield Attachment(
                id=f"{one.id}:{n}",
                name=part.name or f"file-{part.id}",
                content_type=part.content_type,
                size=part.size,
                author=name_of(one.row.get("Creator")),
                by_us=self._by_us(one.row),
                created=iso(str(one.row.get("Created"))),
                place=SAID[one.kind],
                marker=self._marker(one, markers),
            )

    def _marker(self, one: Said, markers: Mapping[str, str]) -> str:
        """Counts only where we wrote it: a person's reply may quote our subject. A new ticket's words bear the ticket's."""
        if not self._by_us(one.row):
            return ""
        return markers.get(_of(one), "") if one.kind == "Create" else one.marker

    def _by_us(self, row: Row) -> bool:
        return name_of(row.get("Creator")) == self.me()

    # -- history ----------------------------------------------------------------------------------------------

    def events(self, rows: Iterable[Row], named: Callable[[str, str], str]) -> tuple[Event, ...]:
        """The field changes that transactions of one ticket tell of, oldest first.

        A status that Request Tracker itself sets right after our correspondence is our doing.

        :param named: the name of what a field holds by its id.
        """
        found: list[Event] = []
        ours = 0.0  # when we corresponded last, 0 where somebody spoke or moved the ticket since
        for row in sorted(rows, key=lambda row: int(row["id"])):
            kind, at = str(row.get("Type")), epoch(str(row.get("Created")))
            if kind in SAID:
                ours = at if kind == "Correspond" and self._by_us(row) else 0.0
                continue
            event = self._event(row, at, named)
            provoked = kind == "Status" and at - ours <= _PROVOKED and self._is_provoked(event)
            found.append(replace(event, by_us=True) if provoked else event)
            ours = 0.0 if kind == "Status" else ours
        return tuple(found)

    def _is_provoked(self, event: Event) -> bool:
        return event.author == SYSTEM_USER and self.settings.comment_provokes.get(event.old) == event.new

    def _event(self, row: Row, at: float, named: Callable[[str, str], str]) -> Event:
        column = str(row.get("Field") or "")
        name = CUSTOM + self.names.get(column, column) if row.get("Type") == "CustomField" else column
        old, new = (_told(name, str(row.get(end) or ""), named) for end in ("OldValue", "NewValue"))
        return Event(name, old, new, name_of(row.get("Creator")), self._by_us(row), at)


def _of(one: Said) -> str:
    return str(one.row.get("ObjectId") or "")


def _told(name: str, value: str, named: Callable[[str, str], str]) -> str:
    if name in _TIMES:
        return iso(value)
    return named(name, value) if name in ("Owner", "Queue") and value.isdecimal() else value

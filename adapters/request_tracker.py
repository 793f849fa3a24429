"""Request Tracker 5 over its REST 2 interface.

Native words: ``ref`` and number are the ticket's id; fields have the names of the interface (Subject, Status, Queue, Priority,
Owner, Requestor ...), custom fields are ``CustomField.NAME``; a comment is a transaction, its place ``correspond`` (which the
requestor sees) or ``comment``; a file is ``TRANSACTION:N``, the n-th of its transaction. Our marker stands in a custom field of
the ticket, and at the end of the subject of each message of ours. See docs/systems/request-tracker.md for what the account needs.
"""

from __future__ import annotations

import base64
import binascii
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from adapters import request_tracker_write as writing
from adapters.around import USUAL, Around
from adapters.base import (
    Adapter,
    Answer,
    Capabilities,
    Event,
    Gone,
    NotApplied,
    Page,
    Problem,
    Refused,
    Snapshot,
    Trouble,
    Unknown,
    Uses,
    Write,
)
from adapters.request_tracker_api import Api, Denied, Listing, Row, any_of, chunks, quoted
from adapters.request_tracker_check import Inspection
from adapters.request_tracker_messages import Messages, of_tickets
from adapters.request_tracker_poll import Poll, is_over
from adapters.request_tracker_read import CHANGES, LISTED, PART, SAID, TRANSACTION, Part, Reader, Said, iso
from adapters.request_tracker_settings import LONGEST_PAGE, RequestTrackerSettings

_LONGEST_ID = 18
"""Digits."""
_SUBJECT_LENGTH = 200


class RequestTracker(Adapter):
    """One Request Tracker.

    :param fields: native fields that the mapping reads; all are read in any case.
    """

    name = "request_tracker"

    def __init__(self, settings: RequestTrackerSettings, fields: Iterable[str] = (), *, around: Around = USUAL) -> None:
        self._settings = settings
        self._fields = frozenset(fields)
        self._clock = around.clock
        self._api = Api(settings, around)
        self._reader = Reader(settings, self._api.me)
        self._poll = Poll(settings, self._api, around.clock)
        self._names: dict[tuple[str, str], str] = {}  # what ids in transactions stand for
        self._messages = Messages(self._api)
        self.capabilities = Capabilities(
            history=settings.history,
            settle=settings.settle_s,
            read_lag=settings.read_lag_s,
            find_lag=settings.find_lag_s,
            batch=settings.batch,
            comment_limit=settings.comment_limit,
            file_limit=settings.file_limit,
            internal_place="comment",
            comment_provokes=settings.comment_provokes,
        )

    def check(self, uses: Uses) -> list[Problem]:
        """Statuses cannot be listed over this interface: a wrong one is refused at the first write."""
        inspection = Inspection(self._settings, self._api, self._clock)
        found = inspection.problems(Uses(uses.read | self._fields, uses.write, uses.choices, uses.creates))
        self._reader.names |= inspection.names
        return found

    def identity(self) -> str:
        """The queue's own address and when it was made: a copy of the whole installation has another address."""
        try:
            queue = self._api.named("queue", self._settings.queue)
        except (Refused, Gone):
            return ""
        links = [str(link.get("_url")) for link in queue.get("_hyperlinks") or () if link.get("ref") == "self"]
        return " ".join([*links, str(queue.get("Created") or "")])

    # -- reading ----------------------------------------------------------------------------------------------

    def changed_since(self, cursor: str | None) -> Page:
        return self._poll.page(cursor)

    def cursor_at(self, since: float) -> str:
        return self._poll.cursor_at(since)

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """The number is the id."""
        return {name: name for name in names if name.isascii() and name.isdecimal() and len(name) <= _LONGEST_ID}

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        found: dict[str, Snapshot] = {}
        for some in chunks(refs, self._settings.batch):
            found |= self._read(some, alone=len(refs) == 1)
        if len(refs) == 1 and not found:
            raise Gone(f"{self.name}: ticket {refs[0]} is not there, or not for our account")
        return found

    def _read(self, refs: Sequence[str], *, alone: bool) -> dict[str, Snapshot]:
        """Fields first, words after: a state that is told by its change time may hold more than it says, never less."""
        read_at = self._clock()
        known = [ref for ref in refs if ref.isdecimal()]
        rows, listing = self._rows(known)
        moved = {ref: target for ref in known if ref in rows and (target := str(rows[ref]["EffectiveId"])) != ref}
        if alone and moved:
            raise Gone(f"{self.name}: ticket {known[0]} was merged into {moved[known[0]]}", moved[known[0]])
        live = [ref for ref in known if ref in rows and ref not in moved]
        parts = {ref: {one: row for one, row in rows.items() if str(row["EffectiveId"]) == ref} for ref in live}
        said = self._messages.of([one for several in parts.values() for one in several])
        found = {}
        for ref in live:
            words = sorted((one for part in parts[ref] for one in said.get(part, ())), key=lambda one: int(one.id))
            found[ref] = self._reader.snapshot(rows[ref], words, parts[ref], read_at, _stamp(rows[ref], listing))
        return found

    def _rows(self, refs: Sequence[str]) -> tuple[dict[str, Row], Listing]:
        """These tickets and those that became part of them, by id, as far as we see them; the oldest page besides."""
        query = " OR ".join(f"id = {ref} OR EffectiveId = {ref}" for ref in refs)
        if not refs:
            return {}, Listing((), 0, 0.0)
        pages = [self._api.tickets(query, LISTED, LONGEST_PAGE)]
        while pages[-1].items and (pages[-1].total is None or sum(len(page.items) for page in pages) < pages[-1].total):
            pages.append(self._api.tickets(query, LISTED, LONGEST_PAGE, page=len(pages) + 1))
        return {str(row["id"]): row for page in pages for row in page.items}, pages[0]

    def unseen(self, refs: Sequence[str]) -> frozenset[str]:
        """Comments that we may not see are left out without a word: only one that is shown proves that we may see them."""
        rows, _ = self._rows([ref for ref in refs if ref.isdecimal()])
        queues: dict[str, set[str]] = {}
        for ref in refs:
            if ref in rows:
                queues.setdefault(self._reader.fields(rows[ref])["Queue"], set()).add(ref)
        return frozenset(ref for queue, several in queues.items() if not self._shows_comments(queue) for ref in several)

    def _shows_comments(self, queue: str) -> bool:
        return (
            self._api.newest(f"ObjectType = 'RT::Ticket' AND TicketQueue = {quoted(queue)} AND Type = 'Comment'", ["Type"])
            is not None
        )

    def find(self, marker: str) -> list[str]:
        """Merged ones, too: a ticket that went into another is found, and read as gone to it.

        Checked against each ticket found: the search takes letters in either case.
        """
        field, me = self._settings.marker_field, self._api.me()
        query = f"{quoted(f'CF.{{{field}}}')} = {quoted(marker)} AND Creator = {quoted(me)} AND EffectiveId > 0"
        found = self._api.tickets(query, LISTED, LONGEST_PAGE).items
        ours = [row for row in found if self._reader.marker(row) == marker and self._reader.fields(row)["Creator"] == me]
        return sorted((str(row["id"]) for row in ours), key=int)

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        found: dict[str, tuple[Event, ...]] = {}
        for some in chunks([ref for ref in refs if ref.isdecimal()], self._settings.batch):
            told: dict[str, list[Row]] = {ref: [] for ref in some}
            for row in self._api.rows("transactions", of_tickets(some, (*CHANGES, *SAID)), TRANSACTION, gaps=True):
                told[str(row["ObjectId"])].append(row)
            found |= {ref: self._reader.events(rows, self._named) for ref, rows in told.items() if rows}
        return found

    def _named(self, field: str, number: str) -> str:
        """The name of a queue or a user, which transactions name by id; the id itself where we may not see it."""
        key = (field, number)
        if key not in self._names:
            kind = "queue" if field == "Queue" else "user"
            try:
                self._names[key] = str(self._api.record(f"/{kind}/{number}").get("Name") or number)
            except (Denied, Gone):
                self._names[key] = number
        return self._names[key]

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        transaction, _, n = attachment.partition(":")
        rows = self._api.rows("attachments", any_of("TransactionId", [transaction]), PART) if transaction.isdecimal() else []
        files = Said({"id": transaction}, [Part.of(row) for row in rows]).files
        if not n.isdecimal() or not 0 < int(n) <= len(files):
            raise Gone(f"{self.name}: ticket {ref} has no file {attachment}")
        part = files[int(n) - 1]
        return _content(part, str(self._api.record(f"/attachment/{part.id}").get("Content") or ""))

    # -- writing ----------------------------------------------------------------------------------------------

    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:  # noqa: ARG002 - no versions here
        if write.create:
            ref = self._api.create(writing.created(self._settings, write.create))
            return Answer(ref, ref)
        if write.ref is None:
            raise ValueError("only a creation has no ref")
        if write.comment:
            return self._say(write.ref, write.comment.place, writing.message(self._settings, write.comment))
        if write.file and content:
            said = self._say(write.ref, write.file.place, writing.attached(self._settings, write.file, content))
            return Answer(said.ref, said.number, f"{said.item}:1" if said.item else "")
        return self._set(write.ref, write.fields())

    def _say(self, ref: str, place: str, values: Row) -> Answer:
        return Answer(ref, ref, self._api.say(ref, writing.PLACES.get(place, "comment"), values))

    def _set(self, ref: str, native: Mapping[str, str]) -> Answer:
        """:raises Refused: fields of the call were not set; it names them, and the others were."""
        values = writing.fields(self._settings, native)
        doubts = writing.doubtful(self._api.update(ref, values))
        if not doubts:
            return Answer(ref, ref)
        said = f"{self.name}: update {ref}: {'; '.join(doubts)}"
        try:
            stored = self._reader.fields(self._rows([ref])[0][ref])
        except (Trouble, KeyError) as trouble:
            raise Unknown(f"{said}; what was stored could not be read") from trouble
        missing = writing.not_stored(native, stored, self._same)
        if missing:
            raise Refused(said, missing)
        return Answer(ref, ref, fields=stored)

    def _same(self, field: str, one: str, other: str) -> bool:
        return self.normal(field, one) == self.normal(field, other)

    def normal(self, field_name: str, value: str) -> str:
        """Subjects are one line of limited length; a time is the same in any way of writing it."""
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
        if field_name == "Subject":
            return text.replace("\n", "")[:_SUBJECT_LENGTH].strip()
        if field_name in writing.TIMES:
            return iso(text) or text.strip()
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()

    def close(self) -> None:
        self._api.close()


def _stamp(row: Row, listing: Listing) -> str:
    """The ticket's change time, once its second was over when it was read."""
    changed = str(row.get("LastUpdated") or "")
    return changed if is_over(changed, listing) else ""


def _content(part: Part, content: str) -> BinaryIO:
    """:raises NotApplied: what came is not base64, or has not the size that Request Tracker names."""
    try:
        data = base64.b64decode(content)
    except binascii.Error as error:
        raise NotApplied(f"request_tracker: {part.name}: the content is no base64", outage=False) from error
    if part.size not in (-1, len(data)):
        raise NotApplied(
            f"request_tracker: {part.name}: {len(data)} bytes came that are not the file's {part.size}", outage=False
        )
    return io.BytesIO(data)

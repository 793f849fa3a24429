"""The OTRS family (OTRS 6, Znuny, OTOBO) over SOAP: GenericTicketConnectorSOAP.

Native words: ``ref`` is the TicketID; fields have the names of TicketGet (Title, Queue, State, StateType, Priority, Type,
Service, Owner, CustomerUserID ...), dynamic fields are ``DynamicField_NAME``; a comment is an article, its place
``visible`` or ``internal``; a file is ``ArticleID:FileID``. Our marker stands in a dynamic field of the ticket, and at the
end of the subject of each article of ours. See docs/systems/otrs.md for what the account needs.
"""

from __future__ import annotations

import base64
import binascii
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO, TypeVar

from adapters import otrs_write
from adapters.around import USUAL, Around
from adapters.base import (
    Adapter,
    Answer,
    Capabilities,
    Event,
    Gone,
    Misconfigured,
    NotApplied,
    Page,
    Problem,
    Refused,
    Snapshot,
    Trouble,
    Unknown,
    Uses,
    Write,
    halved,
)
from adapters.otrs_check import Inspection
from adapters.otrs_poll import Poll
from adapters.otrs_portal import Denied, Faulted, Portal
from adapters.otrs_read import PENDING, Parts, Reader, Ticket, merged_into, size_of, tickets
from adapters.otrs_settings import OtrsSettings
from adapters.soap import Element, every, record

T = TypeVar("T")
_FIND_LIMIT = 100
_LONGEST_ID = 18
"""Digits."""
_PROOFS = 5
"""How often a portal is asked in vain for a history before it counts as having none."""
_IN_MEMORY = 1024 * 1024  # a file up to here needs no file of ours


class Otrs(Adapter):
    """One portal.

    :param fields: native fields that the mapping reads beside those every snapshot has; the portal shows all of them.
    """

    name = "otrs"

    def __init__(self, settings: OtrsSettings, fields: Iterable[str] = (), *, around: Around = USUAL) -> None:
        self._settings = settings
        self._fields = frozenset(fields)
        self._clock = around.clock
        self._portal = Portal(settings, around)
        self._reader = Reader(settings, self._portal.me)
        self._poll = Poll(settings, self._reader, self._search, self._glance, around.clock)
        self._history_proven = settings.history != "auto"
        self._history_asked = 0
        self.capabilities = Capabilities(
            history=settings.history == "on",
            settle=settings.settle_s,
            read_lag=settings.read_lag_s,
            find_lag=settings.find_lag_s,
            batch=settings.batch,
            comment_limit=settings.comment_limit,
            file_limit=settings.file_limit,
            internal_place="internal",
            comment_provokes=settings.comment_provokes,
        )

    def check(self, uses: Uses) -> list[Problem]:
        """States, priorities and queues cannot be listed over this interface: a wrong one is refused at the first write."""
        wanted = replace(uses, read=uses.read | self._fields)
        inspection = Inspection(self._settings, self._portal, self._reader, self._search, self._clock)
        problems = inspection.problems(wanted)
        if not problems and inspection.seen:
            self._prove_history([inspection.seen.ref])
        return problems

    # -- reading ----------------------------------------------------------------------------------------------

    def changed_since(self, cursor: str | None) -> Page:
        return self._poll.page(cursor)

    def cursor_at(self, since: float) -> str:
        return self._poll.cursor_at(since)

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """What is no number may be a TicketID. A search takes ``*`` for anything, so only digits are sent."""
        digits = [name for name in dict.fromkeys(names) if name.isascii() and name.isdecimal()]
        found: dict[str, str] = {}
        size = self._settings.light_batch
        for start in range(0, len(digits), size):
            some = digits[start : start + size]
            tickets_found = self._light(self._search(TicketNumber=some, Limit=2 * len(some)))
            found |= {number: ref for ref, one in tickets_found.items() if (number := one.leaves.get("TicketNumber", "")) in some}
        return {name: name for name in digits if len(name) <= _LONGEST_ID} | found

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        read_at = self._clock()
        found = self._get(refs, DynamicFields=1, AllArticles=1, Attachments=1, GetAttachmentContents=0)
        if len(refs) == 1 and not found:
            raise Gone(f"{self.name}: ticket {refs[0]} is not there, or not for our account")
        self._prove_history(found)
        if self.capabilities.history and (
            merged := [ref for ref, one in found.items() if one.leaves.get("StateType") == "merged"]
        ):
            self._leave_out(merged, found, alone=len(refs) == 1)
        return {ref: self._reader.snapshot(ticket, read_at) for ref, ticket in found.items()}

    def _leave_out(self, merged: Sequence[str], found: dict[str, Ticket], *, alone: bool) -> None:
        """A merged ticket is an empty shell; where it went stands in its history only."""
        for ref, element in self._histories(merged).items():
            target = merged_into(element)
            if target and alone:
                raise Gone(f"{self.name}: ticket {ref} was merged into {target}", target)
            if target:
                del found[ref]

    def find(self, marker: str) -> list[str]:
        """Checked against each ticket found: the portal ignores a condition on a dynamic field that it does not have."""
        field, me = self._settings.marker_field, self._portal.me()
        refs = self._search(Limit=_FIND_LIMIT, SortBy="Age", OrderBy="Up", DynamicField=[{"Name": field, "Equals": marker}])
        found = self._get(refs, DynamicFields=1)
        if any(field not in ticket.dynamic for ticket in found.values()):
            raise Misconfigured(f"{self.name}: there is no dynamic field {field} on tickets: create it (type Text)")
        ours = [ref for ref, one in found.items() if one.dynamic[field] == marker and one.leaves.get("CreateBy") == me]
        return sorted(ours, key=int)

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        found = self._histories(refs)
        authors = {by for element in found.values() for by in _authors(element)}
        if any(by not in self._reader.names for by in authors - {self._portal.me()}):
            self._learn_names(list(found), authors)
        return {ref: self._reader.events(element) for ref, element in found.items()}

    def _learn_names(self, refs: Sequence[str], authors: Iterable[str]) -> None:
        """Histories carry ids only; articles carry names. Whom no article names is not asked for again."""
        for ticket in self._get(refs, AllArticles=1).values():
            self._reader.learn(ticket)
        for by in authors:
            self._reader.names.setdefault(by, f"user {by}")

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        """Contents come for whole articles only: as few articles are asked for as reach the one."""
        article, _, file = attachment.partition(":")
        ids = [leaves.get("ArticleID", "") for leaves, _ in self._articles(ref)]
        if article not in ids:
            raise Gone(f"{self.name}: ticket {ref} has no article {article}")
        before, after = ids.index(article) + 1, len(ids) - ids.index(article)
        nearest = (
            {"ArticleOrder": "ASC", "ArticleLimit": before}
            if before <= after
            else {"ArticleOrder": "DESC", "ArticleLimit": after}
        )
        for leaves, branches in self._articles(ref, Attachments=1, GetAttachmentContents=1, **nearest):
            for element in branches.get("Attachment", ()):
                found = record(element)[0]
                if (leaves.get("ArticleID"), found.get("FileID")) == (article, file):
                    return _content(found)
        raise NotApplied(f"{self.name}: file {attachment} of ticket {ref} did not come", outage=False)

    # -- writing ----------------------------------------------------------------------------------------------

    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:  # noqa: ARG002 - no versions here
        """Answers carry ids only; what was stored is known after the next read."""
        answer = record(self._portal.tell("TicketCreate" if write.create else "TicketUpdate", **self._values(write, content)))[0]
        if not answer.get("TicketID"):
            raise Unknown(f"{self.name}: {write.kind}: the answer names no ticket; it may have taken effect")
        item = answer.get("ArticleID", "") if write.kind in ("comment", "file") else ""
        return Answer(answer["TicketID"], answer.get("TicketNumber", ""), f"{item}:1" if item and write.file else item)

    def _values(self, write: Write, content: BinaryIO | None) -> dict[str, Any]:
        if write.create:
            return otrs_write.created(self._settings, write.create)
        if write.ref is None:
            raise ValueError("only a creation has no ref")
        target = {"TicketID": write.ref}
        if write.comment:
            return {**target, "Article": otrs_write.article(self._settings, write.comment)}
        if write.file and content:
            return {**target, **otrs_write.attached(self._settings, write.file, content)}
        return {**target, **otrs_write.fields(self._settings, write.fields())}

    def normal(self, field_name: str, value: str) -> str:
        """Relative ends of waiting cannot be compared with what they become, so any end counts as any other."""
        if field_name == PENDING:
            return "set" if value.strip() else ""
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
        text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
        return text[: self._settings.title_limit].rstrip() if field_name == "Title" else text

    def close(self) -> None:
        self._portal.close()

    # -- calls ------------------------------------------------------------------------------------------------

    def _search(self, **conditions: Any) -> list[str]:
        return list(dict.fromkeys(every(self._portal.ask("TicketSearch", **conditions), "TicketID")))

    def _light(self, refs: Sequence[str]) -> dict[str, Ticket]:
        return self._by_batch(refs, partial(self._ask_tickets, {}), self._settings.light_batch)

    def _glance(self, refs: Sequence[str]) -> tuple[dict[str, Ticket], Sequence[str]]:
        """Like ``_light``; a ticket that the portal cannot show is named, and keeps no other from being seen.

        :raises Trouble: it shows none of several: then it is not for the tickets.
        """
        found, broken = halved(self._light, refs, lambda problem: isinstance(problem, NotApplied) and not problem.outage)
        if len(broken) == len(refs) > 1:
            raise broken[refs[0]]
        return found, list(broken)

    def _get(self, refs: Sequence[str], **what: int) -> dict[str, Ticket]:
        return self._by_batch(refs, partial(self._ask_tickets, what), self._settings.batch)

    def _ask_tickets(self, what: Mapping[str, int], refs: Sequence[str]) -> dict[str, Ticket]:
        found = tickets(self._portal.ask("TicketGet", TicketID=list(refs), **what))
        if not found:  # a ticket that is not there is an Error: silence says nothing
            raise NotApplied(f"{self.name}: TicketGet: the answer holds no ticket", outage=False)
        return {ticket.ref: ticket for ticket in found}

    def _histories(self, refs: Sequence[str]) -> dict[str, Element]:
        def ask(some: Sequence[str]) -> dict[str, Element]:
            answer = self._portal.ask("TicketHistoryGet", TicketID=list(some))
            found = record(answer)[1].get("TicketHistory", ())
            return {record(element)[0].get("TicketID", ""): element for element in found}

        return self._by_batch(refs, ask, self._settings.batch)

    def _articles(self, ref: str, **what: Any) -> list[Parts]:
        found = self._get([ref], AllArticles=1, **what)
        if not found:
            raise Gone(f"{self.name}: ticket {ref} is not there, or not for our account")
        return found[ref].articles

    @staticmethod
    def _by_batch(refs: Sequence[str], ask: Callable[[Sequence[str]], dict[str, T]], size: int) -> dict[str, T]:
        """One ticket that is not there spoils the answer for all: it is left out."""
        found: dict[str, T] = {}
        for start in range(0, len(refs), size):
            found |= halved(ask, refs[start : start + size], lambda problem: isinstance(problem, Denied))[0]
        return found

    def _prove_history(self, refs: Iterable[str]) -> None:
        """Learn once, on tickets that we can see, whether the account may read histories.

        :raises Trouble: out of reach just now, which proves nothing: what is read now must not be used as if there were none.
            A portal that never answers this question has none.
        """
        if self._history_proven:
            return
        self._history_asked += 1
        for ref in refs:
            works = self._shows_history(ref)
            if works is not None:
                self._history_proven = True
                self.capabilities = replace(self.capabilities, history=works)
                return

    def _shows_history(self, ref: str) -> bool | None:
        """None: the ticket was there, and is no more, which proves nothing."""
        try:
            self._portal.ask("TicketHistoryGet", TicketID=[ref])
        except Denied:
            return False if self._get([ref]) else None
        except (Faulted, Refused, Misconfigured):
            return False
        except Trouble:
            if self._history_asked < _PROOFS:
                raise
            return False
        return True


def _authors(element: Element) -> set[str]:
    return {record(line)[0].get("CreateBy", "") for line in record(element)[1].get("History", ())}


def _content(found: Mapping[str, str]) -> BinaryIO:
    """:raises NotApplied: what came is not base64, or has not the size that the portal names."""
    try:
        data = base64.b64decode(found.get("Content", ""))
    except binascii.Error as error:
        raise NotApplied(f"otrs: {found.get('Filename')}: the content is no base64", outage=False) from error
    if size_of(found) not in (-1, len(data)):
        raise NotApplied(f"otrs: {found.get('Filename')}: {len(data)} bytes came of {size_of(found)}", outage=False)
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    out.write(data)
    out.seek(0)
    return out  # type: ignore[return-value]  # a SpooledTemporaryFile of bytes has all that BinaryIO asks for


__all__ = ["Otrs", "OtrsSettings"]

"""The messages of tickets: what was said, with its parts and its text, in as few calls as Request Tracker allows.

A message never changes once it is written: whoever has read it need not ask for its parts and its text again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from adapters.base import NotApplied
from adapters.request_tracker_api import SYSTEM, Api, Condition, Row, any_of, chunks
from adapters.request_tracker_read import PART, SAID, TRANSACTION, Part, Said, body_of
from adapters.request_tracker_settings import LONGEST_PAGE

_REMEMBERED = 10_000
"""Messages."""
_SHORT = 20_000
"""Characters of a text that is worth remembering."""


def of_tickets(refs: Sequence[str], kinds: Sequence[str]) -> list[Condition]:
    return [*any_of("ObjectType", ["RT::Ticket"]), *any_of("ObjectId", refs), *any_of("Type", kinds)]


class Messages:
    """Used by several threads."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Sequence[Part], str]] = OrderedDict()  # by transaction, the one used last at the end
        self._sees_comments = False  # one was seen: a page of messages that comes short is the last one

    def of(self, refs: Sequence[str]) -> dict[str, list[Said]]:
        """By the ticket that they were written to, oldest first.

        :raises NotApplied: a text did not come that a list had named.
        """
        if not refs:
            return {}
        rows = self._api.rows("transactions", of_tickets(refs, tuple(SAID)), TRANSACTION, gaps=not self._sees_comments)
        self._sees_comments = self._sees_comments or any(row["Type"] == "Comment" for row in rows)
        known = self._remembered(str(row["id"]) for row in rows)
        known |= self._read([row for row in rows if str(row["id"]) not in known])
        found: dict[str, list[Said]] = {}
        for row in rows:
            found.setdefault(str(row["ObjectId"]), []).append(Said(row, *known[str(row["id"])]))
        return found

    def _read(self, rows: Sequence[Row]) -> dict[str, tuple[Sequence[Part], str]]:
        parts: dict[str, list[Part]] = {str(row["id"]): [] for row in rows}
        for some in chunks(list(parts), LONGEST_PAGE):
            for row in self._api.rows("attachments", any_of("TransactionId", some), PART):
                parts[str(row["TransactionId"])].append(Part.of(row))
        bodies = {one: body.id for one, several in parts.items() if (body := body_of(several))}
        texts: dict[str, str] = {}
        for some in chunks(list(bodies.values()), LONGEST_PAGE):
            texts |= {
                str(row["id"]): str(row["Content"]) for row in self._api.rows("attachments", any_of("id", some), ["Content"])
            }
        if late := set(bodies.values()) - set(texts):  # an answer from before the list: no words are not empty words
            raise NotApplied(f"{SYSTEM}: the texts of attachments {', '.join(sorted(late))} did not come", outage=False)
        read: dict[str, tuple[Sequence[Part], str]] = {
            one: (several, texts.get(bodies.get(one, ""), "")) for one, several in parts.items()
        }
        self._remember({one: read[one] for one in bodies})
        return read

    def _remembered(self, transactions: Iterable[str]) -> dict[str, tuple[Sequence[Part], str]]:
        with self._lock:
            found = {one: self._known[one] for one in transactions if one in self._known}
            for one in found:
                self._known.move_to_end(one)
            return found

    def _remember(self, read: dict[str, tuple[Sequence[Part], str]]) -> None:
        with self._lock:
            self._known |= {one: message for one, message in read.items() if len(message[1]) <= _SHORT}
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

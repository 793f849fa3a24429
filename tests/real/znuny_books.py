"""What a Znuny holds, read from its own database: tickets, and who did what to them. Shares no code with the adapter."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psycopg
from psycopg.rows import dict_row

from connector.sandbox.core import Deed, SimItem, SimTicket
from tests.real.znuny import CONNECTOR

Row = Mapping[str, Any]

# Its times are cut to whole seconds: each is taken for the end of its second, so that nothing seems to come before its cause.

_TICKETS = """
SELECT t.id, t.tn, t.title, s.name AS state, p.name AS priority, q.name AS queue, t.customer_user_id, u.login,
       extract(epoch FROM t.create_time)::float + 0.999 AS at
FROM ticket t
JOIN ticket_state s ON s.id = t.ticket_state_id
JOIN ticket_priority p ON p.id = t.ticket_priority_id
JOIN queue q ON q.id = t.queue_id
JOIN users u ON u.id = t.create_by
WHERE t.customer_user_id IS NOT NULL AND (%(ref)s = 0 OR t.id = %(ref)s)
ORDER BY t.id
"""
"""Without the ticket that every new Znuny brings along, which is no customer's."""

_DYNAMIC = """
SELECT v.object_id, f.name, v.value_text
FROM dynamic_field_value v JOIN dynamic_field f ON f.id = v.field_id
WHERE f.object_type = 'Ticket' AND (%(ref)s = 0 OR v.object_id = %(ref)s)
"""

_ARTICLES = """
SELECT a.id, a.ticket_id, u.login, a.is_visible_for_customer = 1 AS public, m.a_subject, m.a_body,
       extract(epoch FROM a.create_time)::float + 0.999 AS at
FROM article a JOIN article_data_mime m ON m.article_id = a.id JOIN users u ON u.id = a.create_by
WHERE %(ref)s = 0 OR a.ticket_id = %(ref)s
ORDER BY a.id
"""

_FILES = """
SELECT f.id, f.article_id, f.filename, f.content
FROM article_data_mime_attachment f JOIN article a ON a.id = f.article_id
WHERE f.filename NOT IN ('file-1', 'file-2') AND (%(ref)s = 0 OR a.ticket_id = %(ref)s)
ORDER BY f.id
"""
"""Without the form of an article's own text, which the Znuny keeps as a file of that name."""

_HISTORY = """
SELECT h.ticket_id, y.name AS kind, h.name AS text, s.name AS state, p.name AS priority, u.login,
       extract(epoch FROM h.create_time)::float + 0.999 AS at
FROM ticket_history h
JOIN ticket_history_type y ON y.id = h.history_type_id
JOIN ticket_state s ON s.id = h.state_id
JOIN ticket_priority p ON p.id = h.priority_id
JOIN users u ON u.id = h.create_by
ORDER BY h.id
"""

_DYNAMIC_UPDATE = re.compile(r"%%FieldName%%(.*?)%%Value%%(.*?)(?:%%OldValue%%(.*))?", re.DOTALL)


@dataclass
class Books:
    """The database of a Znuny. Every call reads it anew.

    :ivar name: of the system in deeds.
    """

    database: str
    name: str = "otrs"

    def tickets(self) -> list[SimTicket]:
        """Every ticket of a customer, oldest first. The first comment is its description."""
        return self._read(0)

    def ticket(self, ref: str) -> SimTicket:
        """:raises KeyError: there is none."""
        found = {ticket.ref: ticket for ticket in self._read(int(ref))}
        return found[ref]

    def _read(self, ref: int) -> list[SimTicket]:
        dynamic: dict[int, dict[str, str]] = defaultdict(dict)
        comments: dict[int, list[SimItem]] = defaultdict(list)
        files: dict[int, list[SimItem]] = defaultdict(list)
        attached: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows(_DYNAMIC, ref=ref):
            dynamic[row["object_id"]]["DynamicField_" + row["name"]] = row["value_text"] or ""
        for row in self.rows(_FILES, ref=ref):
            attached[row["article_id"]].append(row)
        for row in self.rows(_ARTICLES, ref=ref):
            comments[row["ticket_id"]].append(_comment(row))
            files[row["ticket_id"]] += [_file(row, n, file) for n, file in enumerate(attached[row["id"]], 1)]
        return [_ticket(row, dynamic[row["id"]], comments[row["id"]], files[row["id"]]) for row in self.rows(_TICKETS, ref=ref)]

    def deeds(self) -> list[Deed]:
        """What was done to all tickets, oldest first, by the history that the Znuny itself keeps."""
        told = defaultdict(list)
        for row in self.rows(_HISTORY):
            told[row["ticket_id"]].append(row)
        done = [deed for ticket in self.tickets() for deed in self._of_ticket(ticket, told[int(ticket.ref)])]
        return sorted(done, key=lambda deed: deed.at)  # stable: those of one ticket keep their order

    def rows(self, statement: str, **values: object) -> list[Row]:
        with psycopg.connect(self.database, row_factory=dict_row) as connection:
            return list(connection.execute(statement.encode(), values))

    def _of_ticket(self, ticket: SimTicket, told: Sequence[Row]) -> Iterator[Deed]:
        first = told[0]
        yield self._deed(first, ticket.ref, "create")
        for name in ("state", "priority"):
            yield self._deed(first, ticket.ref, "field", name.capitalize(), None, first[name])
        for item in (*ticket.comments, *ticket.files):
            yield Deed(
                item.at, self.name, item.who, item.ours, item.kind, ticket.ref, new=item.text, public=item.public, item=item.id
            )
        for before, row in pairwise(told):
            for name in ("state", "priority"):
                if before[name] != row[name]:
                    yield self._deed(row, ticket.ref, "field", name.capitalize(), before[name], row[name])
            yield from self._told(ticket.ref, row)

    def _told(self, ref: str, row: Row) -> Iterator[Deed]:
        """What stands in the words of a line only."""
        if row["kind"] == "TitleUpdate":
            _, old, new = row["text"].split("%%")
            yield self._deed(row, ref, "field", "Title", old, new)
        found = _DYNAMIC_UPDATE.fullmatch(row["text"]) if row["kind"] == "TicketDynamicFieldUpdate" else None
        if found:
            yield self._deed(row, ref, "field", "DynamicField_" + found[1], found[3] or "", found[2])

    def _deed(self, row: Row, ref: str, what: str, field: str = "", old: str | None = None, new: str | None = None) -> Deed:
        return Deed(row["at"], self.name, row["login"], row["login"] == CONNECTOR, what, ref, field, old, new)


def _ticket(row: Row, dynamic: Mapping[str, str], comments: Sequence[SimItem], files: Sequence[SimItem]) -> SimTicket:
    fields = {
        "Title": row["title"],
        "State": row["state"],
        "Priority": row["priority"],
        "Queue": row["queue"],
        "CustomerUserID": row["customer_user_id"],
        **dynamic,
    }
    ours = row["login"] == CONNECTOR
    return SimTicket(str(row["id"]), row["tn"], row["login"], ours, row["at"], fields, tuple(comments), tuple(files))


def _comment(row: Row) -> SimItem:
    ours = row["login"] == CONNECTOR
    return SimItem(
        str(row["id"]),
        "comment",
        row["login"],
        ours,
        row["at"],
        row["a_body"] or "",
        row["public"],
        subject=row["a_subject"] or "",
    )


def _file(row: Row, n: int, file: Row) -> SimItem:
    """``n`` counts the files of an article from 1, as its interface does."""
    data = base64.b64decode(file["content"] or "")
    ours, ref = row["login"] == CONNECTOR, f"{row['id']}:{n}"
    digest = hashlib.sha256(data).hexdigest()
    return SimItem(
        ref, "file", row["login"], ours, row["at"], file["filename"], row["public"], digest, len(data), row["a_subject"]
    )

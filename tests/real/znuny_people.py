"""The people of a vendor at work in a Znuny: over its REST interface, each as an agent of their own, never as the connector."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from connector.sandbox.core import Deed, SimItem, World
from tests.real.znuny import PASSWORD, Znuny
from tests.real.znuny_books import Books

_PLAIN = "text/plain; charset=utf8"  # the only name under which it knows this charset
_WAIT = 24 * 60  # minutes that a person lets a ticket wait


@dataclass
class Portal(Books):
    """A Znuny as :class:`~connector.sandbox.core.Cast` wants it: people act by REST, what there is comes from its database.

    :ivar world: to tell those who play in a simulated world which one that is.
    """

    base: str = ""
    world: World = field(default_factory=lambda: World(time.time))
    comment_reopens: bool = False
    _line: requests.Session = field(default_factory=requests.Session)

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        """Open a ticket by its ``Title`` and what else is given; ``Body`` is the text of its first article."""
        given = {"Queue": "Support", "State": "new", "Priority": "3 normal", "CustomerUser": "acme", **fields}
        given["CustomerUser"] = given.pop("CustomerUserID", given["CustomerUser"])
        body = given.pop("Body", given["Title"])
        return str(self._send("/Ticket", who, Article=_article(given["Title"], body), **_split(given))["TicketID"])

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        """:raises ValueError: the portal refuses."""
        self._send(f"/Ticket/{ref}", who, **_split(fields))

    def comment(self, ref: str, who: str, text: str, *, public: bool, subject: str = "Note") -> str:
        return str(self._send(f"/Ticket/{ref}", who, Article=_article(subject, text, public=public))["ArticleID"])

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        """Attach a file by an article of its own, whose text names the file: the portal has no files elsewhere."""
        file = {"Content": base64.b64encode(data).decode(), "ContentType": content_type, "Filename": name}
        self._send(f"/Ticket/{ref}", who, Article=_article(name, f"Attached: {name}"), Attachment=[file])
        return self.ticket(ref).files[-1].id

    def clone(self, ref: str, who: str) -> str:
        return self.create(who, self.ticket(ref).fields)

    def retold(self, deeds: Iterable[Deed]) -> Iterable[Deed]:
        return deeds

    def content_type(self, item: SimItem) -> str:
        """Not kept in its books."""
        return ""

    def refuses(self, item: SimItem) -> bool:
        return False

    def hampered(self) -> frozenset[str]:
        return frozenset()

    def hampers_moves(self) -> bool:
        return False

    def newer(self, known: int) -> list[int]:
        """Ids of the customers' tickets above ``known``, oldest first."""
        found = self.rows("SELECT id FROM ticket WHERE id > %(known)s AND customer_user_id IS NOT NULL ORDER BY id", known=known)
        return [int(row["id"]) for row in found]

    def _send(self, path: str, who: str, **what: Any) -> dict[str, Any]:
        body = {"UserLogin": who, "Password": PASSWORD, **what}
        answer = self._line.post(self.base + path, json=body, timeout=30)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        if "Error" in said:
            raise ValueError(said["Error"]["ErrorMessage"])
        return said


def portal(znuny: Znuny, world: World) -> Portal:
    """The people and the books of a running Znuny."""
    return Portal(znuny.database, base=znuny.people_url, world=world)


def _split(fields: Mapping[str, str]) -> dict[str, Any]:
    """A ticket's own fields and its dynamic fields, as the interface wants them."""
    own: dict[str, Any] = {name: value for name, value in fields.items() if not name.startswith("DynamicField_")}
    if own.get("State", "").startswith("pending"):
        own["PendingTime"] = {"Diff": _WAIT}
    dynamic = [{"Name": name.removeprefix("DynamicField_"), "Value": value} for name, value in fields.items() if name not in own]
    return {name: value for name, value in (("Ticket", own), ("DynamicField", dynamic)) if value}


def _article(subject: str, body: str, *, public: bool = True) -> dict[str, Any]:
    return {
        "CommunicationChannel": "Internal",
        "SenderType": "agent",
        "IsVisibleForCustomer": int(public),
        "Subject": subject,
        "Body": body,
        "ContentType": _PLAIN,
    }

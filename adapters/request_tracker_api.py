"""Calls of Request Tracker's REST 2 interface: who we are, lists page by page, and what its errors mean.

A list tells how many rows there are only where the account sees all that is stored; what it may not see is left out of a page
without a word, so that a page may come short before the last one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from adapters.around import USUAL, Around
from adapters.base import Gone, Misconfigured, Refused, Stale, Trouble
from adapters.http import Garbled, Http, Reply
from adapters.http_auth import Auth, Basic
from adapters.request_tracker_settings import LONGEST_PAGE, RequestTrackerSettings

SYSTEM = "request_tracker"
Row = Mapping[str, Any]
Condition = Mapping[str, str]
_TOKEN = re.compile(r"\d+-(\d+)-\w+")
_PREFIX = "/REST/2.0"


class Denied(Refused):
    """It is there and not for us, or it cannot be told whether it is there."""


class Token(Basic):
    """An authentication token that a person made in Request Tracker."""

    def __init__(self, token: str) -> None:
        self._header = f"token {token}"


@dataclass(frozen=True)
class Listing:
    """One page of a list.

    :ivar total: how many rows there are on all pages, None where Request Tracker does not say.
    :ivar asked_at: a time of the server's clock at which the list had not been made yet, 0 where it does not tell.
    """

    items: Sequence[Row]
    total: int | None
    asked_at: float


class Api:
    """One Request Tracker, as one account. Used by several threads."""

    def __init__(self, settings: RequestTrackerSettings, around: Around = USUAL) -> None:
        self.settings = settings
        self._clock = around.clock
        self._lock = threading.Lock()
        self._login = settings.user
        self._http = Http(
            SYSTEM,
            settings.url.rstrip("/") + _PREFIX,
            own_error=own_error,
            auth=_auth(settings),
            options=settings.http,
            around=around,
        )

    def close(self) -> None:
        self._http.close()

    def me(self) -> str:
        """Our login, by which everything that we did is known.

        :raises Misconfigured: it is neither set nor to be learned from the token.
        """
        with self._lock:
            if not self._login:
                self._login = self._ask_who()
            return self._login

    def _ask_who(self) -> str:
        secret = self.settings.token.get_secret_value() if self.settings.token else ""
        found = _TOKEN.fullmatch(secret)
        name = str(self.record(f"/user/{found[1]}").get("Name") or "") if found else ""
        if not name:
            raise Misconfigured(f"{SYSTEM}: the token does not tell whose it is; set user to the account's login")
        return name

    # -- reading ----------------------------------------------------------------------------------------------

    def record(self, path: str) -> Row:
        """One record by its path.

        :raises Gone: there is none.
        :raises Denied: it is not for us.
        """
        return self._http.read("GET", path, _object, what=f"GET {path}")

    def named(self, kind: str, name: str) -> Row:
        """A queue or a user by its name."""
        return self.record(f"/{kind}/{quote(name, safe='')}")

    def tickets(
        self, query: str, fields: Sequence[str], size: int, *, page: int = 1, oldest_change_first: bool = False
    ) -> Listing:
        """Tickets by TicketSQL; never deleted ones, and merged ones only where the query names EffectiveId.

        The query is sent as a form, which may be longer than an address.
        """
        order = [("orderby", "LastUpdated"), ("order", "ASC")] if oldest_change_first else []
        asked = [("query", query), ("fields", ",".join(fields)), ("fields[Queue]", "Name"), ("per_page", str(size))]
        asked += [("page", str(page)), *order, ("orderby", "id"), ("order", "ASC")]
        return self._list("/tickets", "search tickets", data=asked)

    def rows(self, kind: str, conditions: Sequence[Condition], fields: Sequence[str], *, gaps: bool = False) -> list[Row]:
        """All transactions or attachments that meet the conditions, oldest first; those of one field are alternatives.

        :param gaps: rows may be missing that are not for us: only an empty page is the last one.
        """
        found: list[Row] = []
        size, page = LONGEST_PAGE, 1
        while True:
            asked = {"fields": ",".join(fields), "per_page": str(size), "page": str(page), "orderby": "id", "order": "ASC"}
            listing = self._list(f"/{kind}", f"list {kind}", params=asked, json=list(conditions))
            found += listing.items
            if not listing.items or (len(listing.items) < size and not gaps):
                return found
            page += 1

    def newest(self, query: str, fields: Sequence[str]) -> Row | None:
        """The newest transaction by TransactionSQL, None where there is none or it is not for us."""
        asked = {"query": query, "fields": ",".join(fields), "per_page": "1", "orderby": "id", "order": "DESC"}
        items = self._http.read("GET", "/transactions", _items, what="search transactions", params=asked).items
        return items[0] if items else None

    def _list(self, path: str, what: str, **request: Any) -> Listing:
        begun = self._clock()
        found = self._http.read("POST", path, _items, what=what, **request)
        # The server tells the second in which it answered: it was asked before, by as much as the call took.
        return Listing(found.items, found.total, max(0.0, found.asked_at - (self._clock() - begun)))

    # -- writing ----------------------------------------------------------------------------------------------

    def create(self, values: Row) -> str:
        """Open a ticket; returns its id."""
        return self._http.write("POST", "/ticket", _created, what="create", json=values)

    def update(self, ref: str, values: Row) -> list[str]:
        """Set fields; returns what Request Tracker says to each, in words, refusals among them."""
        return self._http.write("PUT", f"/ticket/{ref}", _words, what=f"update {ref}", json=values)

    def say(self, ref: str, how: str, values: Row) -> str:
        """Add correspondence or a comment; returns the id of its transaction."""
        return self._http.write("POST", f"/ticket/{ref}/{how}", _transaction, what=f"{how} {ref}", json=values)


def any_of(name: str, values: Sequence[str]) -> list[Condition]:
    return [{"field": name, "value": value} for value in values]


def chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def quoted(value: str) -> str:
    """A value as TicketSQL wants it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def own_error(reply: Reply) -> Trouble | None:
    """What a 4xx with Request Tracker's own ``message`` means."""
    body = reply.own_json()
    if not isinstance(body, dict) or "message" not in body:
        return None
    said = f"{SYSTEM}: HTTP {reply.status}: {body['message']}"
    match reply.status:
        case HTTPStatus.NOT_FOUND:
            return Gone(said)
        case HTTPStatus.FORBIDDEN:
            return Denied(said)
        case HTTPStatus.PRECONDITION_FAILED:
            return Stale(said)
    return Refused(said)


def _auth(settings: RequestTrackerSettings) -> Auth:
    if settings.token is not None:
        return Token(settings.token.get_secret_value())
    if settings.password is None:
        raise ValueError("neither a token nor a password")
    return Basic(settings.user, settings.password)


def _object(reply: Reply) -> Row:
    body = reply.json()
    if not isinstance(body, dict):
        raise Garbled("no record in the answer")
    return body


def _items(reply: Reply) -> Listing:
    body = _object(reply)
    items = body.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Garbled("no list in the answer")
    total = body.get("total")
    return Listing(items, total if isinstance(total, int) else None, _served(reply))


def _served(reply: Reply) -> float:
    """When the server answered, by its own clock; 0 where it does not tell."""
    try:
        return parsedate_to_datetime(reply.headers.get("Date", "")).timestamp()
    except ValueError:
        return 0.0


def _created(reply: Reply) -> str:
    ref = str(_object(reply).get("id") or "")
    if not ref:
        raise Garbled("the answer names no ticket")
    return ref


def _words(reply: Reply) -> list[str]:
    body = reply.json()
    if not isinstance(body, list):
        raise Garbled("no list of words in the answer")
    return [str(words) for words in body]


def _transaction(reply: Reply) -> str:
    """The id that the answer's ``Location`` ends in, "" where there is none."""
    _words(reply)
    return reply.headers.get("Location", "").rstrip("/").rpartition("/")[2]

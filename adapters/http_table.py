"""The one table from what came back to what the caller must do.

======================================  =============================  =========================================
what came back                          to a read                      to a write
======================================  =============================  =========================================
not connected, no name, proxy refused   NotApplied, outage             NotApplied, outage
certificate not trusted, bad address    Misconfigured                  Misconfigured
time-out, connection broken, cut short  NotApplied, outage             Unknown
401 that a new token did not cure       Misconfigured                  NotApplied, outage
429                                     NotApplied, outage, delay      NotApplied, outage, delay
413                                     Refused                        Refused: nobody stores what he won't read
other 4xx in the system's own shape     what the system means by it    what the system means by it
408, 502, 503, 504                      NotApplied, outage             Unknown
other status                            NotApplied (404, 500: ticket)  Unknown
2xx, a web page instead of an answer    NotApplied, outage             Unknown
2xx that cannot be read                 NotApplied                     Unknown
======================================  =============================  =========================================

429, and 503 with ``Retry-After``, are ``busy`` besides: the system asks for fewer calls. A 429 that speaks of one ticket
alone (a system may say so) is neither an outage nor ``busy``: it is that ticket's delay.

A write that the table calls NotApplied, Refused, Gone, Stale or Misconfigured is certain to have changed nothing.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.exceptions import ProxyError as ProxyRefused

from adapters.base import Misconfigured, NotApplied, Refused, Trouble, Unknown

FINE = range(200, 300)
_SAID_NO = range(400, 500)
_AWAY = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_BAD_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)


class Garbled(ValueError):
    """An answer of status 2xx that is not what was asked for."""


class TooLarge(Garbled):
    """A body over the bound; asking again would bring it again."""


@dataclass(frozen=True)
class Reply:
    """One answer, read whole."""

    status: int
    headers: CaseInsensitiveDict[str]
    body: bytes

    @property
    def is_page(self) -> bool:
        """A web page: a login, a maintenance notice, a gateway's error."""
        return "html" in self.headers.get("Content-Type", "").lower() or self.body[:256].lstrip().lower().startswith(
            (b"<!doctype html", b"<html")
        )

    def json(self) -> Any:
        """:raises Garbled: where the body is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError as exc:
            message = "a body that is not JSON"
            raise Garbled(message) from exc

    def own_json(self) -> Any:
        """The body of an error as JSON, None where it is none (a gateway's page)."""
        try:
            return self.json()
        except Garbled:
            return None


OwnError = Callable[[Reply], Trouble | None]
"""What a 4xx in the system's own error shape means; None where the body has not that shape."""


@dataclass(frozen=True)
class Table:
    """The table for one system.

    :param system: its name, for messages.
    :param clock: seconds since the epoch, for a ``Retry-After`` that is a date.
    :param of_ticket: whether a 429 is about the one ticket that was written to.
    """

    system: str
    own_error: OwnError
    clock: Callable[[], float]
    of_ticket: Callable[[Reply], bool] = lambda _reply: False

    def of_reply(self, reply: Reply, what: str, *, write: bool) -> Trouble | None:
        """The trouble that a reply means, None where its status is 2xx."""
        status, said = reply.status, f"{self.system}: {what}: HTTP {reply.status}"
        if status in FINE:
            return None
        if status == HTTPStatus.UNAUTHORIZED:
            return (
                NotApplied(f"{said}, not logged in")
                if write
                else Misconfigured(f"{said}, the account or its password is refused")
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            everybody = not self.of_ticket(reply)
            return NotApplied(f"{said}, too many requests", retry_after(reply, self.clock()), outage=everybody, busy=everybody)
        own = self.own_error(reply) if status in _SAID_NO and status not in _AWAY else None
        if own:
            return own
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return Refused(f"{said}, too large")
        after = retry_after(reply, self.clock())
        busy = status == HTTPStatus.SERVICE_UNAVAILABLE and after is not None
        if write:
            return Unknown(f"{said}; it may have taken effect", after if busy else None)
        return NotApplied(said, after, outage=status in _AWAY, busy=busy)

    def of_garbled(self, reply: Reply | None, problem: Garbled, what: str, *, write: bool) -> Trouble:
        page = reply is not None and reply.is_page
        said = f"{self.system}: {what}: {'a web page instead of an answer' if page else problem}"
        return Unknown(f"{said}; it may have taken effect") if write else NotApplied(said, outage=page)

    def of_exception(self, exc: requests.RequestException, what: str, *, write: bool) -> Trouble:
        said = f"{self.system}: {what}: {type(exc).__name__}"  # the text of an exception may hold a proxy's password
        if isinstance(exc, _BAD_ADDRESS):
            return Misconfigured(f"{said}, the address is wrong")
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(exc)):
            return Misconfigured(f"{said}, the server's certificate is not trusted")
        if not write or never_sent(exc):
            return NotApplied(said)
        return Unknown(f"{said}; it may have taken effect")


def never_sent(exc: requests.RequestException) -> bool:
    """True where not a byte of the request left: no name, no connection, no way through the proxy."""
    if isinstance(exc, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return any(isinstance(cause, NewConnectionError | ConnectTimeoutError | ProxyRefused) for cause in _causes(exc))


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """What an exception of ``requests`` was made from: it wraps urllib3's in its arguments, they theirs in ``reason``."""
    seen: set[int] = set()
    waiting: list[object] = [exc]
    while waiting:
        found = waiting.pop()
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__]


def retry_after(reply: Reply, now: float) -> float | None:
    """The delay a server asks for, in seconds from now; None where it says nothing that can be understood.

    Some say in ``X-RateLimit-Reset`` alone when it ends: seconds since the epoch, or ISO 8601.
    """
    text = reply.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return _until_reset(reply.headers.get("X-RateLimit-Reset", "").strip(), now)


def _until_reset(text: str, now: float) -> float | None:
    try:
        at = float(text) if text.isdigit() else datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
    return max(0.0, at - now)

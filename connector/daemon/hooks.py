"""What a webhook says: whether it was signed by who may, and which tickets it names. Nothing else of it is ever used. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WINDOW = 300.0
"""Seconds by which the time of a signed stamp may differ from our clock: older ones may be replays."""

MOST_REFS = 100
"""Tickets that one post may name; whoever names more tells of a mass change, and polls are better at those."""

STAMP = "x-connector-timestamp"

_DIGEST = hashlib.sha256().digest_size
_PREFIX = "sha256="
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_COMMENT_OF = re.compile(r"/issue/([0-9]+)/comment/")


@dataclass(frozen=True)
class Kind:
    """One kind of sender.

    :param header: where the signature stands, unless the settings say otherwise.
    :param path: dotted names that lead to the ticket's id; "" where ``names`` knows.
    :param shape: what an id of that system looks like, all of it.
    :param stamped: the time stands in a header of its own and is signed with the body.
    :param once: the header whose value is the same in each repetition of one post; "" where there is none.
    :param names: the possible ids in a decoded body.
    """

    header: str
    path: str
    shape: re.Pattern[str]
    stamped: bool = False
    once: str = ""
    names: Callable[[Any, str], Iterator[Any]] | None = None


@dataclass(frozen=True)
class Hook:
    """What one side's webhook is known by."""

    kind: Kind
    secret: bytes
    header: str
    path: str

    def claims(self, headers: Mapping[str, str], now: float) -> bool:
        """Whether a post could be signed, as far as its headers (names in small letters) tell: else its body is not worth reading."""
        return _digest(headers.get(self.header, "")) is not None and self._in_time(headers, now)

    def signed(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        """Whether who knows the secret signed these very bytes, and lately, where the kind has a time. Takes the same time for each."""
        given = _digest(headers.get(self.header, ""))
        begin = headers.get(STAMP, "").encode("latin-1", "replace") + b"." if self.kind.stamped else b""
        mac = hmac.new(self.secret, begin, hashlib.sha256)
        mac.update(body)
        return given is not None and hmac.compare_digest(mac.digest(), given) and self._in_time(headers, now)

    def again(self, headers: Mapping[str, str]) -> str:
        """What a repetition of the same post has in common with it; "" where nothing tells.

        No signature does: two changes of one ticket in one second have the same.
        """
        return headers.get(self.kind.once, "")[:200]

    def refs(self, body: bytes) -> tuple[str, ...]:
        """The tickets that a body names, as far as they look like ids of that system; none where it cannot be read."""
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return ()
        names = self.kind.names or _at
        found = dict.fromkeys(_id(one) for one in names(said, self.path))
        return tuple(ref for ref in found if self.kind.shape.fullmatch(ref))[:MOST_REFS]

    def _in_time(self, headers: Mapping[str, str], now: float) -> bool:
        if not self.kind.stamped:
            return True
        told = headers.get(STAMP, "")
        return told.isascii() and told.isdigit() and len(told) < len("1000000000000") and abs(now - int(told)) <= WINDOW


def _digest(text: str) -> bytes | None:
    """The 32 bytes of a signature in hexadecimal or base64, with or without ``sha256=`` before it."""
    bare = text.strip().removeprefix(_PREFIX)
    try:
        found = bytes.fromhex(bare) if len(bare) == 2 * _DIGEST else base64.b64decode(bare, validate=True)
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == _DIGEST else None


def _id(value: object) -> str:
    return str(value) if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)) else ""


def _at(said: Any, path: str) -> Iterator[Any]:
    """The values at a path of dotted names; a list on the way stands for each of its items."""
    found = [said]
    for name in path.split("."):
        below = [one.get(name) for one in _spread(found) if isinstance(one, dict)]
        found = [one for one in below if one is not None]
    yield from _spread(found)


def _spread(values: list[Any]) -> list[Any]:
    return [item for one in values for item in (one if isinstance(one, list) else [one])]


def _jira(said: Any, _: str) -> Iterator[Any]:
    """Data Center's posts about a comment have no issue: the comment's own address names it."""
    for path in ("issue.id", "worklog.issueId", "issueLink.sourceIssueId", "issueLink.destinationIssueId"):
        yield from _at(said, path)
    for address in _at(said, "comment.self"):
        if isinstance(address, str) and (found := _COMMENT_OF.search(address)):
            yield found[1]


OWN_HEADER = "X-Connector-Signature"

KINDS = {
    "jira": Kind("X-Hub-Signature", "", _NUMBER, once="x-atlassian-webhook-identifier", names=_jira),
    "servicenow": Kind(OWN_HEADER, "sys_id", _SYS_ID, stamped=True),
    "otrs": Kind(OWN_HEADER, "TicketID", _NUMBER),
    "request_tracker": Kind(OWN_HEADER, "id", _NUMBER),
    "generic": Kind(OWN_HEADER, "id", _WORD),
}


def hook(kind: str, secret: str, header: str = "", path: str = "") -> Hook:
    """What a side's settings make of a kind.

    :raises KeyError: there is no such kind.
    """
    known = KINDS[kind]
    return Hook(known, secret.encode(), (header or known.header).lower(), path or known.path)

"""As much of HTTP/1.1 as a webhook needs, without any socket: one POST a connection, every part of it bounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

MOST_HEAD = 16 * 1024
"""Bytes of a request line with all headers."""

MOST_BODY = 1024 * 1024
"""Bytes of a body."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REQUEST = re.compile(r"([A-Z]{1,16}) (/[!-~]*) HTTP/1\.[01]")
_LENGTH = re.compile(r"[0-9]{1,19}")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
_LONGEST_LINE = 256  # of a chunk's size, with whatever is said beside it


class Refusal(Exception):
    """The request is not taken; ``status`` is the answer."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True)
class Head:
    method: str
    path: str  # without the query
    headers: Mapping[str, str]  # names in small letters


@dataclass
class Exchange:
    """One request as it arrives. Nothing is kept beyond the bounds, and nothing of a body before its head was admitted.

    :param admit: called with the head as soon as it is there; raises :class:`Refusal`.
    """

    admit: Callable[[Head], None]
    head: Head | None = None
    body: bytes = b""
    _given: bytearray = field(default_factory=bytearray)
    _frame: _Sized | _Chunked | None = None

    def feed(self, data: bytes) -> bool:
        """Take in what arrived; true when the request is whole.

        :raises Refusal: it is not taken, whatever else of it may come.
        """
        self._given += data
        if self._frame is None:
            end = self._given.find(b"\r\n\r\n")
            if end > MOST_HEAD or (end < 0 and len(self._given) > MOST_HEAD):
                raise Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            if end < 0:
                return False
            self.head = parse_head(bytes(self._given[:end]))
            del self._given[: end + 4]
            self.admit(self.head)
            self._frame = _frame_of(self.head)
        whole = self._frame.take(self._given)
        if whole is not None:
            self.body = whole
        return whole is not None

    @property
    def waits(self) -> bool:
        """Whether the sender wants to hear that its head is admitted before it sends a body."""
        return self.head is not None and not self._given and self.head.headers.get("expect", "").lower() == "100-continue"


def parse_head(raw: bytes) -> Head:
    """:raises Refusal: it is no head of a request."""
    line, *lines = raw.decode("latin-1").split("\r\n")
    found = _REQUEST.fullmatch(line)
    if not found:
        raise Refusal(HTTPStatus.BAD_REQUEST)
    headers: dict[str, str] = {}
    for one in lines:
        name, colon, value = one.partition(":")
        # A name that comes twice has no one value: whoever stands between may have taken the other.
        if not colon or not _TOKEN.fullmatch(name) or (name.lower() in headers and name.lower() in _SINGLE):
            raise Refusal(HTTPStatus.BAD_REQUEST)
        headers.setdefault(name.lower(), value.strip(" \t"))
    return Head(found[1], found[2].partition("?")[0], headers)


_SINGLE = frozenset({"content-length", "transfer-encoding", "host"})


class _Sized:
    """A body of a length that was told."""

    def __init__(self, length: int) -> None:
        self._length = length

    def take(self, given: bytearray) -> bytes | None:
        return bytes(given[: self._length]) if len(given) >= self._length else None


class _Chunked:
    """A body in chunks, each with its size before it."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._left = -1  # bytes of the chunk under way, with its line end; -1: its size comes next

    def take(self, given: bytearray) -> bytes | None:
        while True:
            if self._left < 0:
                size = _line(given)
                if size is None:
                    return None
                found = _SIZE.fullmatch(size)
                if not found:
                    raise Refusal(HTTPStatus.BAD_REQUEST)
                self._left = int(found[1], 16) + 2
                if len(self._body) + self._left - 2 > MOST_BODY:
                    raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if self._left == 2:  # noqa: PLR2004 - the last one is empty; what comes after it is of no use to us
                return bytes(self._body)
            if len(given) < self._left:
                return None
            if given[self._left - 2 : self._left] != b"\r\n":
                raise Refusal(HTTPStatus.BAD_REQUEST)
            self._body += given[: self._left - 2]
            del given[: self._left]
            self._left = -1


def _line(given: bytearray) -> bytes | None:
    end = given.find(b"\r\n", 0, _LONGEST_LINE)
    if end < 0:
        if len(given) >= _LONGEST_LINE:
            raise Refusal(HTTPStatus.BAD_REQUEST)
        return None
    line = bytes(given[:end])
    del given[: end + 2]
    return line


def _frame_of(head: Head) -> _Sized | _Chunked:
    """How the body's end is found.

    :raises Refusal: it cannot be, in one way alone, or it is too long.
    """
    length, coding = head.headers.get("content-length"), head.headers.get("transfer-encoding")
    if coding is not None:
        if length is not None or coding.lower() != "chunked":
            raise Refusal(HTTPStatus.BAD_REQUEST)
        return _Chunked()
    if length is None:
        raise Refusal(HTTPStatus.LENGTH_REQUIRED)
    if not _LENGTH.fullmatch(length):
        raise Refusal(HTTPStatus.BAD_REQUEST)
    if int(length) > MOST_BODY:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _Sized(int(length))


def answer(status: HTTPStatus, headers: Mapping[str, str]) -> bytes:
    """A whole answer without a body, after which the connection ends."""
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", "Content-Length: 0", "Connection: close", "Cache-Control: no-store"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

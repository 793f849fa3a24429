"""Secrets in files before they leave the customer's system: found by their form, line by line. Why these forms: decision 0013.

What is found is a line's number and what it looks like; the secret itself is kept nowhere.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from connector.rasci.replies import Topic
from connector.sync.scene import Scene
from connector.words import Side

MOST = 10
"""Findings that are told of one file: whoever mends it looks at the whole of it."""
_CHUNK = 1 << 16  # bytes read at once
_MOST_BYTES = 32 << 20  # of a file; mappings carry far smaller ones
_LONGEST = 1 << 18  # characters of a line that are looked at as one; a longer one is looked at in pieces
_OVERLAP = 1 << 10  # characters that two pieces share, so that nothing is cut in two
_VARIED = 4  # different characters of a value that is meant; fewer, as in x1x1x1x1, stand in its place
_BYTE_ORDERS: Mapping[bytes, str] = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

_NAME = (
    r"(?:client|app|application)[ _-]?secret|(?:api|subscription|access|account|secret)[ _-]?key"
    r"|password|passwd|pwd|passwort|kennwort"
)
_GIVES = r"(?:[\"']?\s{0,8}[:=>]|[\"']\s{1,8}value\s{0,8}=|[\"']\s{0,8},\s{0,8}[\"']value[\"']\s{0,8}:)\s{0,8}[\"']?"


@dataclass(frozen=True)
class _Form:
    """One form, and words without one of which a line (in lower case) cannot have it: looking for those is much faster."""

    what: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]

    def fits(self, line: str, lowered: str) -> bool:
        return any(hint in lowered for hint in self.hints) and self.pattern.search(line) is not None


_FORMS = (
    _Form("a private key", ("private key",), re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")),
    _Form(
        "a connection string", ("accountkey", "accesskey"), re.compile(r"(?:AccountKey|SharedAccessKey)\s?=\s?[A-Za-z0-9+/]{20,}")
    ),
    _Form(
        "a connection string",
        ("password", "pwd"),
        re.compile(
            r"(?:server|data source|endpoint|host|initial catalog)\s?=[^\n]{0,300}?;\s{0,4}(?:password|pwd)\s?=\s?[^;\s\"'*<{$]{3,}",
            re.IGNORECASE,
        ),
    ),
    _Form(
        "a client secret",
        ("q~",),
        re.compile(r"(?<![A-Za-z0-9~._-])[A-Za-z0-9~._-]{3}\dQ~[A-Za-z0-9~._-]{31,34}(?![A-Za-z0-9~._-])"),
    ),
    _Form(
        "an API key",
        ("akia", "aiza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xox"),
        re.compile(r"\b(?:AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[0-9A-Za-z-]{10,})\b"),
    ),
    _Form("a signed link", ("sig=",), re.compile(r"[?&;]sig=[A-Za-z0-9%_+/-]{30,}")),
    _Form("an access token", ("eyj",), re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    _Form("an address with a password", ("://",), re.compile(r"(?<=\w)://[^/\s:@\"']{1,100}:[^/\s:@\"']{3,100}@")),
)
_WORDS = ("secret", "key", "password", "passwd", "pwd", "passwort", "kennwort")
_GIVEN = re.compile(rf"(?P<name>{_NAME}){_GIVES}(?P<value>[^\s\"'<>;,&]{{8,200}})", re.IGNORECASE)
_NO_SECRET = re.compile(r"[/\\$%{<*#(\[]|https?:|redacted|removed|hidden", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


def secrets_in(content: BinaryIO) -> tuple[Found, ...]:
    """What looks like a secret in a text file, the first :data:`MOST`; nothing in any other file. The content is rewound.

    Takes memory for one piece of a line, however long the file is.
    """
    content.seek(0)
    encoding = _encoding(content.read(_CHUNK))
    content.seek(0)
    found = _all(content, encoding) if encoding else iter(())
    told = tuple(islice(dict.fromkeys(found), MOST))
    content.seek(0)
    return told


def _encoding(head: bytes) -> str:
    """Of a text; "" for anything else."""
    known = next((name for order, name in _BYTE_ORDERS.items() if head.startswith(order)), "")
    return known or ("" if b"\0" in head else "utf-8")


def _all(content: BinaryIO, encoding: str) -> Iterator[Found]:
    for number, text in _lines(content, encoding):
        what = looks_like(text)
        if what:
            yield Found(number, what)


def _lines(content: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
    number, rest = 1, ""
    chunks = islice(iter(lambda: content.read(_CHUNK), b""), _MOST_BYTES // _CHUNK)
    for text in codecs.iterdecode(chunks, encoding, "replace"):
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            yield number, line
            number += 1
        if len(rest) > _LONGEST:
            yield number, rest
            rest = rest[-_OVERLAP:]
    yield number, rest


def looks_like(line: str) -> str:
    """What kind of secret a line seems to hold; "" where none."""
    lowered = line.lower()
    kind = next((form.what for form in _FORMS if form.fits(line, lowered)), "")
    if kind:
        return kind
    named = _GIVEN.finditer(line) if any(word in lowered for word in _WORDS) else ()
    given = next((one for one in named if _is_value(one["value"])), None)
    if given is None:
        return ""
    name = given["name"].casefold()
    return "a client secret" if "secret" in name and "key" not in name else "an API key" if "key" in name else "a password"


def _is_value(text: str) -> bool:
    """Letters and digits, and neither a path, an address nor something put in its place."""
    mixed = any(one.isdigit() for one in text) and any(one.isalpha() for one in text)
    return mixed and not _NO_SECRET.match(text) and len(set(text)) >= _VARIED


# --- what is done about it --------------------------------------------------------------------------------------


def withheld_for(scene: Scene, side: Side, key: str, content: BinaryIO) -> tuple[Found, ...]:
    """What keeps a file from going to the vendor now; nothing where nobody asked for the check, or a person let it go."""
    asked = side is Side.VENDOR and scene.installation is not None
    return secrets_in(content) if asked and not let_go(scene, key) else ()


def let_go(scene: Scene, key: str) -> bool:
    """Whether an authorised person has said, since it was told, that the file is to go as it is (setting ``hold.override``)."""
    told = scene.bond.notes.get(_topic(key))
    said = (one.at for one in scene.whole.replies if one.topic == Topic.SUBMIT)
    return told is not None and any(at > told.at for at in said)


def tell(scene: Scene, key: str, name: str, found: tuple[Found, ...]) -> None:
    """Level 1 hears which lines of which file, and nothing of what they say."""
    text = scene.mapping.note("secret", item=name, found=[str(one) for one in found])
    scene.note(_topic(key), Side.CUSTOMER, text)


def reason(found: tuple[Found, ...]) -> str:
    return f"it seems to hold a secret ({'; '.join(map(str, found))})"


def _topic(key: str) -> str:
    return f"secret:{key}"

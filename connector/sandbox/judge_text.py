"""When is one text a copy of another? By rules of the judge's own, coarser than the engine's on purpose."""

from __future__ import annotations

import html
import re
import unicodedata

_CODE = re.compile(r"\[code\](.*?)\[/code\]", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|font|code|small|sub|sup)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORD = re.compile(r"\w+")
_BLANK = re.compile(r"\s+")
_REFERENCE = re.compile(r"\s*\[ref:[0-9a-z-]+\]\s*\Z")


def is_rich(text: str) -> bool:
    """True where ServiceNow would render a part of the text as HTML."""
    return bool(_CODE.search(text))


def readable(text: str) -> str:
    """The words of a journal entry: what is inside ``[code]`` loses its markup."""
    return _CODE.sub(lambda found: f" {_unmarked(found[1])} ", text)


def _unmarked(source: str) -> str:
    return html.unescape(_TAG.sub(" ", _INLINE.sub("", _HIDDEN.sub(" ", source))))


def squeeze(text: str) -> str:
    """A text without blanks and line ends, in one Unicode form, with U+FFFD for what XML cannot carry.

    Without blanks, because they are what both systems and the disarming of ``[code]`` change.
    """
    return _BLANK.sub("", unicodedata.normalize("NFC", _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))))


def unreferenced(text: str) -> str:
    """A text without the reference that our user's texts end with. People who quote them whole send it along; it does not travel."""
    return _REFERENCE.sub("", text)


def body(text: str) -> str:
    """A copy without its first line, which names the author."""
    return text.replace("\r\n", "\n").strip().partition("\n")[2]


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text))


def in_order(wanted: list[str], found: list[str]) -> bool:
    """Whether all wanted words stand among the found ones, in their order."""
    rest = iter(found)
    return all(word in rest for word in wanted)


def without_prefix(text: str, prefix: str) -> str | None:
    """The text behind a prefix, in whatever case it is written; None where it does not begin so.

    Lines in it that begin with ``#connector`` are for nobody on the other side.
    """
    bare = text.lstrip()
    if not bare.casefold().startswith(prefix.casefold()):
        return None
    lines = bare[len(prefix) :].lstrip().split("\n")
    return "\n".join(line for n, line in enumerate(lines) if n == 0 or line.lower().split()[:1] != ["#connector"])

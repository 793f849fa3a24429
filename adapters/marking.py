"""Our marker as the last line of a text, where a comment has no other room for it (decision 0003); and text that every wire carries.

Ours ends with a line of its own, ``[ref:KEYID-HEX]`` (KEYID: lower-case letters and digits; HEX: at least eight
hexadecimal digits). Only as the last line is it in its place.
"""

from __future__ import annotations

import re

_MARK = re.compile(r"(?:\A|\r?\n\r?\n|\r?\n)\[ref:([a-z0-9]{1,32}-[0-9a-f]{8,64})\]\s*\Z")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> str:
    """Text as any system can hold it: what it cannot is replaced by U+FFFD, visibly."""
    return _UNFIT.sub("\ufffd", text)


def marked(text: str, marker: str) -> str:
    """A text with our marker in its place."""
    return f"{text}\n\n[ref:{marker}]" if marker else text


def split_marker(text: str) -> tuple[str, str]:
    """Text without our marker, and the marker, "" where none stands in its place."""
    found = _MARK.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")

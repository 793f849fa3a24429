"""What was said on a request and attached to it, as a portal shows it. Pure.

A file comes with a comment that Jira makes of it: the words that were sent with it, and at the end a mark for each file. So the comment
of a file of ours bears our marker, which is the file's too; and a comment without any words is there for its files alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters import wiki
from adapters.base import Attachment, Comment
from adapters.jira_api import Json
from adapters.jsm_api import entries, number_of
from adapters.marking import split_marker

PUBLIC = "public"
_ANY_NAME = r"[^\]!|\n]{1,300}"

IdOf = Callable[[Any], str]
Ours = Callable[[str], bool]


@dataclass(frozen=True)
class Said:
    """One comment, with what it was made of."""

    told: Json
    comment: Comment
    carries: bool  # files came with it

    @property
    def has_words(self) -> bool:
        """Whether it is more than the frame of its files."""
        if not self.carries:
            return True
        return not self.comment.marker if self.comment.by_us else bool(self.comment.text.strip())


def said_of(told: Json, names: Collection[str], id_of: IdOf, ours: Ours) -> Said:
    """:param names: of the request's files: where they end a comment, they are copied as files, and are no words."""
    author, body = id_of(told.get("author")), str(told.get("body") or "").replace("\r\n", "\n")
    by_us = ours(author)
    words = without_files(body, names, ours=by_us)
    text, marker = split_marker(wiki.plain(words)) if by_us else (words, "")
    comment = Comment(
        id=str(told.get("id", "")),
        place=PUBLIC,
        author=author,
        by_us=by_us,
        created=iso(told.get("created")),
        text=text,
        format="plain" if by_us else "wiki",
        marker=marker,
        author_name=str((told.get("author") or {}).get("displayName") or ""),
    )
    return Said(told, comment, words != body or bool(entries(told.get("attachments"))))


def files_of(files: Sequence[Json], said: Sequence[Said], id_of: IdOf, ours: Ours) -> tuple[Attachment, ...]:
    marks = _marks(files, said)
    return tuple(_file(told, marks, id_of, ours) for told in files)


def _file(told: Json, marks: dict[str, str], id_of: IdOf, ours: Ours) -> Attachment:
    author, size, number = id_of(told.get("author")), told.get("size"), number_of(told)
    by_us = ours(author)
    return Attachment(
        id=number,
        name=str(told.get("filename", "")),
        content_type=str(told.get("mimeType", "")),
        size=size if isinstance(size, int) else -1,
        author=author,
        by_us=by_us,
        created=iso(told.get("created")),
        place=PUBLIC,
        marker=marks.get(number, "") if by_us else "",
    )


def _marks(files: Sequence[Json], said: Sequence[Said]) -> dict[str, str]:
    """By the id of a file; by the next file of its name, where a comment does not tell which ones came with it."""
    marks: dict[str, str] = {}
    for one in said:
        if not one.comment.marker:
            continue
        if "attachments" in one.told:
            marks |= {number_of(file): one.comment.marker for file in entries(one.told["attachments"])}
            continue
        body = str(one.told.get("body"))
        named = (number_of(file) for file in files if _shows(body, str(file.get("filename"))))
        number = next((number for number in named if number not in marks), "")
        marks |= {number: one.comment.marker} if number else {}
    return marks


def without_files(body: str, names: Collection[str], *, ours: bool) -> str:
    """A comment without the marks of files at its end.

    :param ours: whether anything of that form is such a mark: our own words cannot be, they are guarded.
    """
    known = [re.escape(name) for name in sorted(names, key=len, reverse=True)] + ([_ANY_NAME] if ours else [])
    if not known:
        return body
    name = f"(?:{'|'.join(known)})"
    mark = rf"\[\^{name}\](?: ?_\([^()\n]{{1,40}}\)_)?|!{name}(?:\|[^!\n]{{0,300}})?!"
    return re.sub(rf"(?:\s{{0,4}}(?:{mark}))+\s*\Z", "", body)


def _shows(body: str, name: str) -> bool:
    return any(form in body for form in (f"[^{name}]", f"!{name}!", f"!{name}|"))


def in_order(told: Json) -> tuple[float, int]:
    """By which comments and files are sorted, the oldest first."""
    number = str(told.get("id") or number_of(told))
    return seconds(told.get("created")), int(number) if number.isdecimal() else 0


def seconds(date: Any) -> float:
    """Seconds since the epoch of a time as the service desk tells it, 0 where there is none."""
    at = date.get("epochMillis") if isinstance(date, dict) else None
    return at / 1000 if isinstance(at, int) else 0.0


def iso(date: Any) -> str:
    at = seconds(date)
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""

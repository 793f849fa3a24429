"""What writes to Request Tracker carry, and how its words about them are judged.

Fields of one call are set one after the other; each is answered in words, with HTTP 200 for a refusal too. Words that are no
known report of success are looked into by reading the ticket: so no language and no wording can hide a refusal.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from email.header import Header
from typing import Any, BinaryIO

from adapters.base import Change, NewComment, NewFile, Refused
from adapters.request_tracker_read import CUSTOM, epoch, moment
from adapters.request_tracker_settings import RequestTrackerSettings
from adapters.subject_marker import with_marker

WRITABLE = frozenset(
    {
        "Subject",
        "Status",
        "Queue",
        "Priority",
        "Owner",
        "Due",
        "Starts",
        "TimeWorked",
        "TimeLeft",
        "TimeEstimated",
        "SLA",
        "Requestor",
    }
)
ON_CREATION = frozenset({"Requestor", "Cc", "AdminCc"})
TIMES = frozenset({"Due", "Starts"})
"""Written, as they are read, in ISO 8601 and UTC."""
PLACES = {"correspond": "correspond", "comment": "comment"}
"""Place of a comment -> the last part of the address by which it is written."""

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._ ()+-]+")
_RECODED = re.compile(r"(text/(plain|html)|message/|multipart/)", re.IGNORECASE)
"""Types of which Request Tracker takes the content for words, or apart: it would store other bytes than it was given."""
_DONE = re.compile(
    r"(changed from .* to |changed to | added| deleted$|is no longer a value for |^Added .* as |^Ticket \d+: Worked )", re.DOTALL
)


def fit(text: str) -> str:
    """Text as every database can hold it: what it cannot is replaced by U+FFFD, visibly."""
    return _UNFIT.sub("\ufffd", text)


def is_writable(name: str) -> bool:
    return name in WRITABLE or name.startswith(CUSTOM)


def created(settings: RequestTrackerSettings, change: Change) -> dict[str, Any]:
    """What a new ticket is made of. Its marker stands in the custom field alone: its first words have no subject of their own."""
    asked = {name: value for unit in change.units.values() for name, value in unit.items()}
    contact = change.contact or settings.requestor
    native = {"Queue": settings.queue, **settings.create, **({"Requestor": contact} if contact else {}), **asked}
    if change.marker:
        native[CUSTOM + settings.marker_field] = change.marker
    text = change.description or native.get("Subject", "")
    return {**fields(settings, native, ON_CREATION), "Content": fit(text) or "-", "ContentType": "text/plain"}


def fields(settings: RequestTrackerSettings, native: Mapping[str, str], also: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Fields as a write carries them.

    :param also: fields that may be set besides those that are always writable.
    :raises Refused: for a field that nobody can write over this interface.
    """
    unknown = sorted(name for name in native if not is_writable(name) and name not in also)
    if unknown:
        raise Refused(f"request_tracker: {', '.join(unknown)} cannot be written over this interface", unknown)
    found: dict[str, Any] = {name: _value(settings, name, value) for name, value in native.items() if not name.startswith(CUSTOM)}
    customs = {name.removeprefix(CUSTOM): value for name, value in native.items() if name.startswith(CUSTOM)}
    if customs:
        found["CustomFields"] = {
            name: _lines(value) if name in settings.list_fields else fit(value) for name, value in customs.items()
        }
    return found


def _value(settings: RequestTrackerSettings, name: str, value: str) -> str | list[str]:
    if name in ON_CREATION:
        return _lines(value)
    return moment(settings, epoch(value)) if name in TIMES and epoch(value) else fit(value)


def _lines(value: str) -> list[str]:
    return [line for line in fit(value).split("\n") if line]


def message(settings: RequestTrackerSettings, comment: NewComment) -> dict[str, Any]:
    """Correspondence or a comment. Without words Request Tracker makes an empty file of it, so ``-`` stands for nothing."""
    room = settings.subject_limit - len(f" [ref:{comment.marker}]")
    cut = fit(comment.subject).replace("\n", " ").encode()[:room].decode(errors="ignore")
    subject = with_marker(cut, comment.marker)
    text = fit(comment.text)
    return {"Subject": subject or "-", "Content": text if text.strip() else "-", "ContentType": "text/plain"}


def attached(settings: RequestTrackerSettings, file: NewFile, content: BinaryIO) -> dict[str, Any]:
    """A message that says no more than the name of the file that it brings.

    :raises Refused: the file is larger than is taken, or empty: Request Tracker takes no empty ones.
    """
    if file.size > settings.file_limit:
        raise Refused(f"request_tracker: {file.name} has {file.size} bytes, {settings.file_limit} are taken")
    if not file.size:
        raise Refused(f"request_tracker: {file.name} is empty: Request Tracker takes no empty files")
    kind = file.content_type or "application/octet-stream"
    sent = {
        "FileName": file_name(file.name),
        "FileType": "application/octet-stream" if _RECODED.match(kind) else kind,
        "FileContent": base64.b64encode(content.read()).decode(),
    }
    words = NewComment(file.name, file.place, file.marker, subject=file.name)
    return {**message(settings, words), "Attachments": [sent]}


def file_name(name: str) -> str:
    """A name as it is sent: any letter beyond plain ones breaks it, or the whole call, unless it is in an encoded word."""
    plain = fit(name).replace("/", "_").replace("\n", " ")
    return plain if _PLAIN_NAME.fullmatch(plain) else Header(plain, "utf-8", maxlinelen=10_000).encode(maxlinelen=0)


# --- what was said to a write ------------------------------------------------------------------------------------


def doubtful(said: Iterable[str]) -> list[str]:
    """The words that are no known report of a change."""
    return [words for words in said if not _DONE.search(words) or words.startswith("Could not")]


def not_stored(asked: Mapping[str, str], stored: Mapping[str, str], same: Any) -> Sequence[str]:
    """The fields that do not hold what was asked for.

    :param same: whether two values of a field count as the same.
    """
    return [name for name, value in asked.items() if not same(name, value, stored.get(name, ""))]

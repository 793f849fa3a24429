"""What the portal's writes carry: native fields, comments and files as TicketCreate and TicketUpdate want them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, BinaryIO

from adapters.base import Change, NewComment, NewFile, Refused
from adapters.otrs_read import DYNAMIC, PENDING
from adapters.otrs_settings import OtrsSettings
from adapters.subject_marker import with_marker

#: Native field (as read) -> its name in a write. Everything else is computed by the portal.
WRITABLE = {
    name: name
    for name in ("Title", "Queue", "State", "Priority", "Type", "Service", "Owner", "Responsible", "CustomerID", PENDING)
} | {"CustomerUserID": "CustomerUser"}
#: The portal knows the charset ``utf8`` under this name only.
_PLAIN = "text/plain; charset=utf8"
_WHEN = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::\d{2})?")
_PARTS = ("Year", "Month", "Day", "Hour", "Minute")


def is_writable(name: str) -> bool:
    return name in WRITABLE or name.startswith(DYNAMIC)


def created(settings: OtrsSettings, change: Change) -> dict[str, Any]:
    """What TicketCreate is given. The first article is the description; its subject ends in the ticket's marker."""
    asked = {name: value for unit in change.units.values() for name, value in unit.items()}
    contact = change.contact or settings.customer_user
    native = {"Queue": settings.queue, **settings.create, **({"CustomerUserID": contact} if contact else {}), **asked}
    if change.marker:
        native[DYNAMIC + settings.marker_field] = change.marker
    title = native.get("Title", "")
    comment = NewComment(change.description or title, "visible", change.marker, subject=title)
    return {**fields(settings, native), "Article": article(settings, comment)}


def fields(settings: OtrsSettings, native: Mapping[str, str]) -> dict[str, Any]:
    """The elements Ticket and DynamicField of a write.

    :raises Refused: for a field that nobody can write over this interface.
    """
    unknown = sorted(name for name in native if not is_writable(name))
    if unknown:
        raise Refused(f"otrs: {', '.join(unknown)} cannot be written over this interface", unknown)
    ticket: dict[str, Any] = {WRITABLE[name]: value for name, value in native.items() if name in WRITABLE}
    until = ticket.pop(PENDING, "")
    if until or ticket.get("State", "").startswith("pending"):
        ticket[PENDING] = pending(until or f"+{settings.pending_minutes}")
    dynamic = [_dynamic(settings, name, value) for name, value in native.items() if name.startswith(DYNAMIC)]
    return {name: value for name, value in (("Ticket", ticket), ("DynamicField", dynamic)) if value}


def _dynamic(settings: OtrsSettings, native: str, value: str) -> dict[str, Any]:
    name = native.removeprefix(DYNAMIC)
    return {"Name": name, "Value": value.split("\n") if name in settings.list_fields else [value]}


def pending(value: str) -> dict[str, int]:
    """The end of waiting: ``+N`` minutes from now, or ``YYYY-MM-DD HH:MM`` in the server's zone.

    :raises Refused: it is neither.
    """
    if re.fullmatch(r"\+[1-9]\d*", value):
        return {"Diff": int(value)}
    found = _WHEN.fullmatch(value)
    if not found:
        raise Refused(f"otrs: {PENDING} {value!r} is neither +MINUTES nor YYYY-MM-DD HH:MM", (PENDING,))
    return {name: int(part) for name, part in zip(_PARTS, found.groups(), strict=True)}


def article(settings: OtrsSettings, comment: NewComment) -> dict[str, str]:
    """The element Article. The portal refuses an empty subject or text, so ``-`` stands for nothing."""
    return {
        "CommunicationChannel": settings.channel,
        "IsVisibleForCustomer": "1" if comment.place == "visible" else "0",
        "SenderType": "agent",
        "Subject": with_marker(comment.subject, comment.marker) or "-",
        "Body": comment.text if comment.text.strip() else "-",
        "ContentType": _PLAIN,
    }


def attached(settings: OtrsSettings, file: NewFile, content: BinaryIO) -> dict[str, Any]:
    """The elements Article and Attachment of a file: it needs an article, which says no more than its name.

    :raises Refused: the file is larger than the portal takes.
    """
    if file.size > settings.file_limit:
        raise Refused(f"otrs: {file.name} has {file.size} bytes, the portal takes {settings.file_limit}")
    kind = file.content_type or "application/octet-stream"
    return {
        "Article": article(settings, NewComment(file.name, file.place, file.marker, subject=file.name)),
        "Attachment": [{"Content": content.read(), "ContentType": kind, "Filename": file.name}],
    }

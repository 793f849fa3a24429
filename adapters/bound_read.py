"""What the rows of a bound portal mean: tickets as snapshots, comments, files, events."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.base import Attachment, Comment, Event, Snapshot
from adapters.bound_load import Binding
from adapters.bound_model import CommentWords, FileWords, Place
from adapters.bound_names import Names
from adapters.bound_times import Times
from adapters.bound_values import field_at, template, text_at
from adapters.subject_marker import marker_of

_LAST_LINE = re.compile(r"(?:\A|\r?\n\r?\n|\r?\n)\[ref:([a-z0-9]{1,32}-[0-9a-f]{8,64})\]\s*\Z")


def signed(text: str, marker: str) -> str:
    """A text with our marker as its last line."""
    return f"{text}\n\n[ref:{marker}]" if marker else text


def unsigned(text: str) -> tuple[str, str]:
    """A text without the marker in its last line, and that marker, "" where there is none."""
    found = _LAST_LINE.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


@dataclass(frozen=True)
class Reader:
    """:param me: our account as lists name it.
    :param names: for templates.
    """

    binding: Binding
    me: Callable[[], str]
    names: Names

    @property
    def times(self) -> Times:
        return Times(self.binding.file.times, self.binding.file.time_zone)

    def ref(self, row: Any) -> str:
        """Of a row of any list of tickets; a bare text is the id itself."""
        return text_at(self.binding.file.ticket.ref, row) if isinstance(row, Mapping) else str(row)

    def changed(self, row: Any) -> tuple[str, float]:
        """The time of the last change, as the portal writes it and in seconds."""
        text = text_at(self.binding.file.ticket.changed, row)
        return text, self.times.epoch(text)

    def version(self, row: Any) -> int | None:
        text = text_at(self.binding.file.ticket.version, row)
        return int(text) if text.isdecimal() else None

    def state(self, row: Any, at: float) -> str:
        """What tells this state from all others: the version, or the change time once its second was over at ``at``."""
        version = text_at(self.binding.file.ticket.version, row)
        text, changed = self.changed(row)
        return version or (text if at >= int(changed) + 1 else "")

    def fields(self, row: Any) -> dict[str, str]:
        """What the portal shows of them: a field that it leaves out is absent."""
        told = ((name, field_at(words.read, row)) for name, words in self.binding.file.fields.items() if words.read is not None)
        return {name: value for name, value in told if value is not None}

    def snapshot(self, row: Any, comments: Sequence[Any], files: Sequence[Any], read_at: float, at: float) -> Snapshot:
        words = self.binding.file.ticket
        ref = self.ref(row)
        number = text_at(words.number, row) or ref
        creator = text_at(words.created_by, row)
        link = self.binding.file.ticket_url
        return Snapshot(
            ref=ref,
            number=number,
            fields=self.fields(row),
            comments=tuple(one for row in comments if (one := self.comment(row))),
            attachments=tuple(self.file(row) for row in files),
            changed=self.changed(row)[1],
            read_at=read_at,
            created_by_us=creator == self.me(),
            marker=text_at(words.marker.in_, row),
            version=self.version(row),
            url=template(link).render(self.names.with_(ref=ref, number=number)) if link else "",
            creator=creator,
            stamp=self.state(row, at),
        )

    def comment(self, row: Any) -> Comment | None:
        """None for a row of a kind that the binding does not name among its places: what the portal itself writes down."""
        words = self.binding.file.comments.each
        place = place_of(words.place, row)
        if place is None:
            return None
        by = text_at(words.by, row)
        ours = by == self.me()
        text, marker = self._text(words, row, ours=ours)
        return Comment(
            id=text_at(words.id, row),
            place=place,
            author=text_at(words.author, row) or by,
            by_us=ours,
            created=self.times.iso(text_at(words.created, row)),
            text=text,
            format=words.format,
            marker=marker,
        )

    @staticmethod
    def _text(words: CommentWords, row: Any, *, ours: bool) -> tuple[str, str]:
        """The marker counts in its place, and only where the author is our account."""
        text = text_at(words.text, row)
        if not ours:
            return text, ""
        if isinstance(words.marker, str):
            return unsigned(text)
        return text, marker_of(text_at(words.marker.end_of, row)) if words.marker.end_of else text_at(words.marker.in_, row)

    def file(self, row: Any) -> Attachment:
        words = self._file_words()
        by, size = text_at(words.by, row), text_at(words.size, row)
        ours = by == self.me()
        return Attachment(
            id=text_at(words.id, row),
            name=text_at(words.name, row),
            content_type=text_at(words.content_type, row),
            size=int(size) if size.isdecimal() else -1,
            author=text_at(words.author, row) or by,
            by_us=ours,
            created=self.times.iso(text_at(words.created, row)),
            place=place_of(words.place, row) or "",
            sha256=text_at(words.sha256, row).lower(),
            marker=text_at(words.marker.in_, row) if words.marker and ours else "",
        )

    def _file_words(self) -> FileWords:
        files = self.binding.file.files
        if files is None:
            raise ValueError("the binding has no files")
        return files.each

    def event(self, row: Any) -> Event:
        history = self.binding.file.history
        if history is None:
            raise ValueError("the binding has no history")
        words = history.each
        name, by = text_at(words.field, row), text_at(words.by, row)
        version = text_at(words.version, row)
        return Event(
            field=history.fields.get(name, name),
            old=text_at(words.old, row),
            new=text_at(words.new, row),
            author=text_at(words.author, row) or by,
            by_us=by == self.me(),
            at=self.times.epoch(text_at(words.at, row)),
            version=int(version) if version.isdecimal() else None,
        )


def place_of(place: Place, row: Any) -> str | None:
    """Our name of the place where something stands; None where the binding names none for it."""
    return place if isinstance(place, str) else place.words.get(text_at(place.at, row))


def place_value(place: Place, name: str) -> str | None:
    """What the portal has for a place of ours; None where there is no such place."""
    if isinstance(place, str):
        return name if place == name else None
    return next((value for value, ours in place.words.items() if ours == name), None)

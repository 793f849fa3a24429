"""A portal that is bound in YAML: REST or SOAP, without Python. docs/bindings.md says how a binding is written.

Native words are the binding's own: its ``fields``, its places of comments, the ids that its paths lead to.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from adapters.around import USUAL, Around
from adapters.base import (
    Adapter,
    Answer,
    Attachment,
    Capabilities,
    Event,
    Gone,
    NotApplied,
    Page,
    Problem,
    Refused,
    Snapshot,
    Uses,
    Write,
)
from adapters.bound_check import Inspection
from adapters.bound_lists import Lists
from adapters.bound_model import Download
from adapters.bound_poll import Poll
from adapters.bound_read import Reader
from adapters.bound_settings import BoundSettings, RestSettings, SoapSettings
from adapters.bound_values import text_at
from adapters.bound_wire import Wire
from adapters.bound_write import Writer

__all__ = ["Bound", "RestSettings", "SoapSettings"]


class Bound(Adapter):
    """One portal.

    :param fields: native fields that the mapping reads; those of the binding are read in any case.
    """

    def __init__(self, settings: BoundSettings, fields: Iterable[str] = (), *, around: Around = USUAL) -> None:
        self._binding, self._file = settings.bound, settings.bound.file
        self.name = self._file.binding
        self._fields = frozenset(fields)
        self._clock = around.clock
        self._wire = Wire(self._binding, settings, around)
        self._lists = Lists(self._wire)
        self._reader = Reader(self._binding, self._wire.me, self._wire.names)
        self._poll = Poll(settings, self._binding, self._wire, self._reader, around.clock)
        self._writer = Writer(self._binding, self._wire, self._reader)
        self._is_ref = re.compile(self._file.refs)
        self._is_number = re.compile(self._file.numbers) if self._file.numbers else None
        can = self._file.can
        self.capabilities = Capabilities(
            history=self._file.history is not None,
            settle=can.settle_s,
            read_lag=can.read_lag_s,
            find_lag=can.find_lag_s,
            batch=can.batch,
            comment_limit=can.comment_limit,
            file_limit=can.file_limit if self._file.attach else 0,
            internal_place=can.internal_place,
            comment_provokes=can.comment_provokes,
        )

    def check(self, uses: Uses) -> list[Problem]:
        """What values a field may have cannot be listed by a binding: a wrong one is refused at the first write."""
        wanted = Uses(uses.read | self._fields, uses.write, uses.choices, uses.creates)
        return Inspection(self._binding, self._wire, self._reader, self._one_ticket, self.find, self._clock).problems(wanted)

    def _one_ticket(self) -> Any:
        """The row of some ticket as a read shows it, None where there is none yet."""
        refs = self._poll.page(self._poll.cursor_at(0)).refs[:1]
        rows, _ = self._rows(refs)
        return next(iter(rows.values()), None)

    # -- reading ----------------------------------------------------------------------------------------------

    def changed_since(self, cursor: str | None) -> Page:
        return self._poll.page(cursor)

    def cursor_at(self, since: float) -> str:
        return self._poll.cursor_at(since)

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """Numbers are asked for as they were typed, in capitals and in small letters; what was found is read to be sure."""
        found = {name: name for name in names if self._is_ref.fullmatch(name)}
        asked = [name for name in names if self._is_number and self._is_number.fullmatch(name.upper()) and name not in found]
        if not asked or self._file.resolve is None:
            return found
        forms = list(dict.fromkeys(form for name in asked for form in (name, name.upper(), name.lower())))
        rows = self._lists.rows("resolve", self._file.resolve, self._wire.names.with_(numbers=forms))
        refs = list(dict.fromkeys(self._reader.ref(row) for row in rows))
        numbers = {self._number(row).lower(): ref for ref, row in self._rows(refs)[0].items()}
        return found | {name: numbers[name.lower()] for name in asked if name.lower() in numbers}

    def _number(self, row: Any) -> str:
        return text_at(self._file.ticket.number, row) or self._reader.ref(row)

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        """Fields first, words after: a state that is told by its change time may hold more than it says, never less."""
        found: dict[str, Snapshot] = {}
        known = [ref for ref in dict.fromkeys(refs) if self._is_ref.fullmatch(ref)]
        for start in range(0, len(known), self._file.can.batch):
            found |= self._read(known[start : start + self._file.can.batch])
        if len(refs) == 1 and not found:
            raise Gone(f"{self.name}: ticket {refs[0]} is not there, or not for our account")
        return found

    def _read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        read_at = self._clock()
        rows, asked_at = self._rows(refs)
        comments = self._lists.items("comments", self._file.comments, self._wire.names, rows)
        files = self._lists.items("files", self._file.files, self._wire.names, rows) if self._file.files else {}
        return {
            ref: self._reader.snapshot(row, comments.get(ref, ()), files.get(ref, ()), read_at, asked_at)
            for ref, row in rows.items()
        }

    def _rows(self, refs: Sequence[str]) -> tuple[dict[str, Any], float]:
        """By ref, without what was not asked for and what is no ticket; and the portal's clock when they were asked for."""
        rows, asked_at = self._lists.tickets("read", self._file.read, self._wire.names, refs)
        return {ref: row for row in rows if isinstance(row, Mapping) and (ref := self._reader.ref(row)) in refs}, asked_at

    def find(self, marker: str) -> list[str]:
        """What the portal found is read to be sure: the marker in its place, and our account's own."""
        rows = self._lists.rows("find", self._file.find, self._wire.names.with_(marker=marker))
        refs = list(dict.fromkeys(self._reader.ref(row) for row in rows))
        me, words = self._wire.me(), self._file.ticket
        found, _ = self._rows(refs)
        ours = [
            ref
            for ref in refs
            if ref in found and text_at(words.marker.in_, found[ref]) == marker and text_at(words.created_by, found[ref]) == me
        ]
        return sorted(ours, key=lambda ref: (len(ref), ref)) if all(ref.isdecimal() for ref in ours) else ours

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        """:raises Refused: the binding has none."""
        if self._file.history is None:
            raise Refused(f"{self.name}: the binding has no history")
        tickets: dict[str, Any] = {ref: {} for ref in refs if self._is_ref.fullmatch(ref)}
        rows = self._lists.items("history", self._file.history, self._wire.names, tickets)
        events = {ref: [self._reader.event(row) for row in several] for ref, several in rows.items() if ref in tickets}
        return {ref: tuple(sorted(several, key=lambda one: (one.at, one.version or 0))) for ref, several in events.items()}

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        """As :meth:`Adapter.open_attachment`.

        :raises Refused: where the file is not there any more, or not on this ticket.
        """
        rows, _ = self._rows([ref] if self._is_ref.fullmatch(ref) else [])
        if not rows:
            raise Gone(f"{self.name}: ticket {ref} is not there, or not for our account")
        files = self._lists.items("files", self._file.files, self._wire.names, rows) if self._file.files else {}
        file = next((one for row in files.get(ref, ()) if (one := self._reader.file(row)).id == attachment), None)
        if self._file.download is None or file is None:
            raise Refused(f"{self.name}: ticket {ref} has no file {attachment}")
        try:
            return self._opened(self._file.download, ref, file)
        except Gone as gone:
            raise Refused(str(gone)) from gone

    def _opened(self, call: Download, ref: str, file: Attachment) -> BinaryIO:
        names = self._wire.names.with_(ref=ref, file=file.id)
        if not call.base64:
            return self._wire.download(f"open {file.name}", call, names, file.size, file.sha256)
        said = self._wire.call(f"open {file.name}", call, names, write=False)
        return self._content(file, text_at(call.base64, said.document))

    def _content(self, file: Attachment, text: str) -> BinaryIO:
        """:raises NotApplied: what came is not base64, or has not the size that the portal names."""
        try:
            data = base64.b64decode(text)
        except binascii.Error as error:
            raise NotApplied(f"{self.name}: {file.name}: the content is no base64", outage=False) from error
        if file.size not in (-1, len(data)):
            message = f"{self.name}: {file.name}: {len(data)} bytes came that are not the file's {file.size}"
            raise NotApplied(message, outage=False)
        return io.BytesIO(data)

    # -- writing ----------------------------------------------------------------------------------------------

    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:
        if write.ref is not None and not self._is_ref.fullmatch(write.ref):
            raise Gone(f"{self.name}: {write.ref!r} is no id of a ticket here")
        return self._writer.send(write, expected, content)

    def normal(self, field_name: str, value: str) -> str:
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
        text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
        words = self._file.fields.get(field_name)
        return text[: words.longest].rstrip() if words and words.longest else text

    def close(self) -> None:
        self._wire.close()

"""The writes of a bound portal: steps, of which the last one alone changes the ticket."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from adapters.base import Answer, Change, NewComment, NewFile, NotApplied, Refused, Unknown, Write
from adapters.bound_load import Binding
from adapters.bound_model import Header, Step
from adapters.bound_names import Names
from adapters.bound_read import Reader, place_value, signed
from adapters.bound_values import Written, found, text_at
from adapters.bound_wire import Got, Wire
from adapters.http import Garbled
from adapters.subject_marker import with_marker


class Writer:
    def __init__(self, binding: Binding, wire: Wire, reader: Reader) -> None:
        self._file, self._wire, self._reader = binding.file, wire, reader

    def send(self, write: Write, expected: int | None, content: BinaryIO | None) -> Answer:
        """As :meth:`Adapter.send`."""
        if write.create:
            return self._create(write.create, write.fields())
        if write.ref is None:
            raise ValueError("only a creation has no ref")
        names = self._wire.names.with_(ref=write.ref)
        if write.comment:
            return self._comment(write.ref, names, write.comment)
        if write.file and content:
            return self._attach(write.ref, names, write.file, content)
        names = names.with_(version="" if expected is None else str(expected))
        return self._answer(write.ref, self._run("set", self._file.set, names, self._written(write.fields())))

    def _create(self, change: Change, fields: Mapping[str, str]) -> Answer:
        if self._file.create is None:
            raise Refused(f"{self._wire.system}: the binding opens no tickets")
        names = self._wire.names.with_(
            marker=change.marker,
            description=change.description,
            description_with_marker=signed(change.description, change.marker),
            contact=change.contact,
        )
        kept = self._run("create", self._file.create, names, self._written(fields))
        return self._answer(kept["ref"], kept)

    def _comment(self, ref: str, names: Names, comment: NewComment) -> Answer:
        named = names.with_(
            text=comment.text,
            text_with_marker=signed(comment.text, comment.marker),
            subject=comment.subject,
            subject_with_marker=with_marker(comment.subject, comment.marker),
            marker=comment.marker,
            **self._placed(comment.place, self._file.comments.each.place),
        )
        return self._answer(ref, self._run("comment", self._file.comment, named))

    def _attach(self, ref: str, names: Names, file: NewFile, content: BinaryIO) -> Answer:
        if self._file.attach is None or self._file.files is None:
            raise Refused(f"{self._wire.system}: the binding attaches no files")
        if file.size > self._file.can.file_limit:
            limit = self._file.can.file_limit
            raise Refused(f"{self._wire.system}: {file.name} has {file.size} bytes, the portal takes {limit}")
        place = self._file.files.each.place
        named = names.with_(
            file_name=file.name,
            content_type=file.content_type or "application/octet-stream",
            size=str(file.size),
            sha256=file.sha256,
            marker=file.marker,
            **(self._placed(file.place, place) if place else {"place": "", "place_value": ""}),
        )
        return self._answer(ref, self._run("attach", self._file.attach, named, content=_lent(content)))

    def _placed(self, name: str, place: Any) -> dict[str, str]:
        value = place_value(place, name)
        if value is None:
            raise Refused(f"{self._wire.system}: there is no place {name!r}")
        return {"place": name, "place_value": value}

    def _written(self, fields: Mapping[str, str]) -> list[Written]:
        """:raises Refused: for a field that the binding does not write."""
        known = self._file.fields
        unknown = sorted(name for name in fields if name not in known or not known[name].write)
        if unknown:
            raise Refused(f"{self._wire.system}: {', '.join(unknown)} cannot be written", unknown)
        return [Written(known[name].write, value, known[name].type) for name, value in fields.items()]

    def _run(
        self,
        role: str,
        steps: Sequence[Step],
        names: Names,
        fields: Sequence[Written] = (),
        content: Callable[[str], str | bytes] | None = None,
    ) -> dict[str, Any]:
        """Every step; what they keep.

        :raises NotApplied: a step before the last was not answered: whatever it made is seen on no ticket.
        """
        kept: dict[str, Any] = {}
        for step in steps[:-1]:
            try:
                kept |= self._step(role, step, names.with_(**kept), fields, content, write=step.method not in ("get", "ask"))
            except Unknown as doubt:
                raise NotApplied(f"{doubt}, seen on no ticket", doubt.retry_after, outage=True, busy=doubt.busy) from doubt
        return kept | self._step(role, steps[-1], names.with_(**kept), fields, content, write=True)

    def _step(
        self,
        role: str,
        step: Step,
        names: Names,
        fields: Sequence[Written],
        content: Callable[[str], str | bytes] | None,
        *,
        write: bool,
    ) -> dict[str, Any]:
        kept: dict[str, Any] = {}

        def keep(got: Got) -> None:
            for name, where in step.keep.items():
                value = got.headers.get(where.header, "") if isinstance(where, Header) else text_at(where, got.document)
                if not value:
                    raise Garbled(f"an answer without {name}")
                kept[name] = value
            if step.row:
                kept[_ROW] = found(step.row, got.document)

        self._wire.call(role, step, names, write=write, fields=fields, content=content, parse=keep)
        return kept

    def _answer(self, ref: str, kept: Mapping[str, Any]) -> Answer:
        row = kept.get(_ROW)
        shown = isinstance(row, Mapping)
        return Answer(
            ref=ref,
            number=kept.get("number", ""),
            item=kept.get("item", ""),
            fields=self._reader.fields(row) if shown else None,
            version=self._reader.version(row) if shown else None,
            changed=self._reader.changed(row)[1] or None if shown else None,
        )


_ROW = " row"
"""No name of a template can be this."""


def _lent(content: BinaryIO) -> Callable[[str], str | bytes]:
    def give(how: str) -> str | bytes:
        data = content.read()
        return data if how == "bytes" else base64.b64encode(data).decode()

    return give

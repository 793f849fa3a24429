"""Jira Service Management as a vendor's portal that a customer's account sees: the requests of one service desk.

Native words: ``ref`` is the issue's id, the number its key; fields are those of the request type's form by their ids, and
``status``, ``statusCategory``, ``reporter``, ``requestType``. All comments and files are public: what the desk's staff write
among themselves is not shown to customers.

What a customer cannot do, and this adapter therefore neither: change a field of a request once it is raised (the status is moved by
the portal's own actions), search, ask by time, see who changed what. Rights, set-up and limits: docs/systems/jsm.md. An agent's
account works with the adapter ``jira``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from adapters.around import USUAL, Around
from adapters.base import Adapter, Answer, Capabilities, Event, Gone, Native, Page, Problem, Refused, Snapshot, Uses, Write
from adapters.jira_write import moves_apart
from adapters.jsm_api import DeskApi, number_of
from adapters.jsm_check import Check
from adapters.jsm_poll import Poll
from adapters.jsm_read import STATUS, Reader
from adapters.jsm_said import PUBLIC
from adapters.jsm_settings import JsmSettings
from adapters.jsm_write import Writer

__all__ = ["Jsm", "JsmSettings"]

_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,30}-[0-9]{1,18}", re.ASCII)
_MARKER = re.compile(r"[\w-]+", re.ASCII)


class Jsm(Adapter):
    """One service desk of one site.

    :param fields: native fields of the mapping; all that is shown is read in any case. :meth:`check` adds those of its ``uses``.
    """

    name = "jsm"

    def __init__(self, settings: JsmSettings, *, fields: Iterable[str] = (), around: Around = USUAL) -> None:
        self.settings = settings
        self._fields = frozenset(fields)
        self._api = DeskApi(settings, around)
        self._reader = Reader(self._api, around.clock)
        self._writer = Writer(self._api, self._reader)
        self._poll = Poll(self._api, around.clock, self._reader)
        self.capabilities = self._able()

    def _able(self) -> Capabilities:
        s = self.settings
        return Capabilities(
            history=False,
            settle=s.settle_s,
            read_lag=s.read_lag_s,
            find_lag=s.find_lag,
            batch=s.batch,
            comment_limit=s.comment_limit,
            file_limit=s.file_limit,
            internal_place=PUBLIC,
            comment_provokes=s.comment_provokes,
            comments_come_with_ticket=True,
            only_at_creation=(self._fields | self._api.asked()) - {STATUS},
        )

    def check(self, uses: Uses) -> list[Problem]:
        """Statuses and actions cannot be listed over this interface: a wrong one is refused at the first move."""
        self._fields |= uses.read | uses.write
        found = Check(self._api).problems(Uses(self._fields, uses.write, uses.choices, uses.creates))
        self.capabilities = self._able()
        return found

    def identity(self) -> str:
        """The address that the desk gives itself, and the number of its project: a copy of a site has another address."""
        desk = self._api.desk()
        return f"{(desk.get('_links') or {}).get('self', '')} {desk.get('projectId', '')}".strip()

    # --- reading ---

    def changed_since(self, cursor: str | None) -> Page:
        return self._poll.page(cursor)

    def cursor_at(self, since: float) -> str:
        return self._poll.cursor_at(since)

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """Keys in either case."""
        refs = {name: name for name in names if _ID.fullmatch(name)}
        keys = {name: name.upper() for name in names if _KEY.fullmatch(name)}
        found = {key: self._api.id_of_key(key) for key in dict.fromkeys(keys.values())}
        return refs | {name: found[key] for name, key in keys.items() if found[key]}

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        known = [ref for ref in dict.fromkeys(refs) if _ID.fullmatch(ref)]
        found = self._reader.snapshots(known)
        if not self.capabilities.only_at_creation:  # nothing was checked; by now the form is known
            self.capabilities = self._able()
        if len(refs) == 1 and not found:
            self._api.still_there()
            raise Gone(f"Jira: read a request: there is no {refs[0]}, or it is not shown to our account")
        return found

    def find(self, marker: str) -> list[str]:
        """No search finds it: all our own requests are looked through."""
        if not _MARKER.fullmatch(marker):
            raise ValueError(f"not a marker: {marker!r}")
        found = [one.ref for one in self._reader.own_requests() if one.marker == marker]
        return sorted(found, key=int)

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        """Statuses alone, and not whose they are: nothing that could be built on, so capabilities say that there is none."""
        return {ref: self._reader.events(ref) for ref in dict.fromkeys(refs) if _ID.fullmatch(ref)}

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        """As :meth:`Adapter.open_attachment`.

        :raises Refused: where the file is not there any more, or not on this request.
        """
        files = self._api.files(ref)
        found = next((one for one in files if number_of(one) == attachment), None)
        if found is None:
            raise Refused(f"Jira: open an attachment: {attachment} is not on {ref}")
        try:
            return self._api.content(ref, found)
        except Gone as gone:
            raise Refused(str(gone)) from gone

    # --- writing ---

    def saves(self, units: Mapping[str, Native]) -> Sequence[Mapping[str, Native]]:
        return moves_apart(units)

    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:  # noqa: ARG002 - not compared here
        if write.create:
            return self._writer.create(write.create)
        ref = write.ref or ""
        if not _ID.fullmatch(ref):
            raise Gone(f"Jira: change a request: {ref!r} is no id")
        if write.file:
            return self._writer.attach(ref, write.file, content)
        if write.comment:
            return self._writer.say(ref, write.comment)
        return self._writer.change(ref, write.fields(), write.seen)

    def normal(self, field_name: str, value: str) -> str:
        """As :meth:`adapters.jira_fields.Fields.normal`; asks for the form once."""
        return self._api.form().fields.normal(field_name, value)

    def close(self) -> None:
        self._api.close()

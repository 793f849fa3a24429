"""Jira: the issues of one project, of Jira Cloud (REST version 3, documents) or Data Center (version 2, wiki markup).

What Jira does not do, and this adapter therefore neither: it compares no versions (``expected`` is for systems that can),
and it lists no deletions. Rights, set-up and limits: docs/systems/jira.md. A portal of Jira Service Management as a
customer sees it is another system: this one works with an agent's account.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from adapters.around import USUAL, Around
from adapters.base import Adapter, Answer, Capabilities, Event, Gone, Native, Page, Problem, Refused, Snapshot, Uses, Write
from adapters.jira_api import Api
from adapters.jira_check import Check
from adapters.jira_poll import Poll
from adapters.jira_read import INTERNAL, Reader, marker_of
from adapters.jira_settings import JiraSettings
from adapters.jira_write import Writer, moves_apart

__all__ = ["Jira", "JiraSettings"]

_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,30}-[0-9]{1,18}", re.ASCII)
_MARKER = re.compile(r"[\w-]+", re.ASCII)
_FEW = 50  # issues with one marker that are looked at


class Jira(Adapter):
    """One project of one site.

    :param fields: native fields that snapshots and answers hold; :meth:`check` adds those of its ``uses``.
    """

    name = "jira"

    def __init__(self, settings: JiraSettings, *, fields: Iterable[str] = (), around: Around = USUAL) -> None:
        self.settings = settings
        self._clock = around.clock
        self._api = Api(settings, around)
        self._reader = Reader(self._api, around.clock)
        self._writer = Writer(self._api)
        self._poll = Poll(self._api, around.clock, self._reader.over)
        self._fields = frozenset(fields)
        self.capabilities = self._able(settings.file_limit)

    def _able(self, file_limit: int) -> Capabilities:
        s = self.settings
        return Capabilities(
            history=True,
            settle=s.settle_s,
            read_lag=s.read_lag_s,
            find_lag=s.find_lag,
            batch=s.batch,
            comment_limit=s.comment_limit,
            file_limit=file_limit,
            internal_place=INTERNAL,
        )

    def check(self, uses: Uses) -> list[Problem]:
        check = Check(self._api, self._clock)
        check.run(uses)
        told = check.learned
        self._reader.ahead = told.ahead
        self.capabilities = self._able(
            min(self.settings.file_limit, told.file_limit) if told.file_limit >= 0 else self.settings.file_limit
        )
        self._fields |= uses.read | uses.write
        return check.problems

    def identity(self) -> str:
        """The address that the site gives itself, and the number of the project: a copy of a site has another address."""
        told = self._api.get("/serverInfo", "ask what it is")
        return f"{told.get('baseUrl', '')} {self._api.project().get('id', '')}".strip()

    # --- reading ---

    def changed_since(self, cursor: str | None) -> Page:
        return self._poll.page(cursor)

    def cursor_at(self, since: float) -> str:
        return self._poll.cursor_at(since)

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """Keys in either case; an issue that was moved answers to its former key too."""
        refs = {name: name for name in names if _ID.fullmatch(name)}
        keys = {name: name.upper() for name in names if _KEY.fullmatch(name)}
        found = self._api.keyed(sorted(set(keys.values())))
        return refs | {name: found[key] for name, key in keys.items() if key in found}

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        known = [ref for ref in dict.fromkeys(refs) if _ID.fullmatch(ref)]
        found = self._reader.snapshots(known, self._fields) if known else {}
        if len(refs) == 1 and not found:
            self._api.myself()  # to an account that is not logged in nothing is there
            raise Gone(f"Jira: read an issue: there is no {refs[0]}, or it is hidden from our account")
        return found

    def find(self, marker: str) -> list[str]:
        """The index tells which issues to look at, their own property whether they are ours."""
        if not _MARKER.fullmatch(marker):
            raise ValueError(f"not a marker: {marker!r}")
        s = self.settings
        where = f'cf[{s.marker_field.partition("_")[2]}] ~ "\\"{marker}\\""' if s.marker_field else f'labels = "{marker}"'
        hits = self._api.search(f"{where} ORDER BY created ASC, id ASC", ("created",), _FEW).issues
        issues = self._api.issues([str(hit["id"]) for hit in hits], ("creator",))
        return [ref for ref, issue in issues.items() if self._is_ours(issue) and marker_of(issue, s.property_key) == marker]

    def _is_ours(self, issue: dict[str, object]) -> bool:
        fields = issue.get("fields")
        return isinstance(fields, dict) and self._reader.ours(self._api.id_of(fields.get("creator")))

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        known = [ref for ref in dict.fromkeys(refs) if _ID.fullmatch(ref)]
        found = self._api.histories(known) if known else {}
        return {ref: self._reader.events(found.get(ref, ())) for ref in refs}

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        """As :meth:`Adapter.open_attachment`.

        :raises Refused: where the file is not there any more, or not on this issue.
        """
        issue = self._api.issue(ref, fields="attachment")
        found = next((one for one in issue["fields"].get("attachment") or () if str(one.get("id")) == attachment), None)
        if found is None:
            raise Refused(f"Jira: open an attachment: {attachment} is not on {ref}")
        size = found.get("size")
        try:
            return self._api.content(attachment, str(found.get("filename", "")), size if isinstance(size, int) else -1)
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
            raise Gone(f"Jira: change an issue: {ref!r} is no id")
        if write.file:
            return self._writer.attach(ref, write.file, content)
        if write.comment:
            return self._writer.say(ref, write.comment)
        return self._writer.change(ref, write.fields(), write.seen)

    def normal(self, field_name: str, value: str) -> str:
        """As :meth:`adapters.jira_fields.Fields.normal`; asks for the list of fields once."""
        return self._api.fields().normal(field_name, value)

    def close(self) -> None:
        self._api.close()

"""ServiceNow: incidents, or another table of tasks, through the Table API v2.

What the Table API does not do, and this adapter therefore neither: it compares no versions (``expected`` is for
systems that can), it lists no deletions, and it answers 200 to a write whose fields it dropped; the answer carries
the record as stored, so that the difference is seen. Rights, set-up and limits: docs/systems/servicenow.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO

from adapters.around import USUAL, Around
from adapters.at_once import AtOnce
from adapters.base import (
    Adapter,
    Answer,
    Attachment,
    Capabilities,
    Change,
    Comment,
    Event,
    Gone,
    Misconfigured,
    NewComment,
    NewFile,
    Page,
    Problem,
    Refused,
    Snapshot,
    Trouble,
    Unknown,
    Uses,
    Write,
)
from adapters.marking import fit
from adapters.servicenow_api import Api, Row, ServiceNowSettings, iso, seconds
from adapters.servicenow_check import Check, Learned, same_login
from adapters.servicenow_journal import PLACES, of_display, of_row, shows_entries, to_send
from adapters.servicenow_poll import Poll

__all__ = ["ServiceNow", "ServiceNowSettings"]

_ALWAYS = frozenset({"sys_id", "number", "sys_mod_count", "sys_updated_on", "sys_created_on", "sys_created_by"})
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_NO_HISTORY = "ServiceNow: read sys_audit: no rights, or the table is not audited"
_MARKER = re.compile(r"[\w-]+")
_NUMBER = re.compile(r"[\w-]{1,40}", re.ASCII)
_FILE = ("file_name", "content_type", "size_bytes", "hash", "table_name", "sys_created_on", "sys_created_by")
_AUDIT = ("fieldname", "oldvalue", "newvalue", "user", "record_checkpoint", "sys_created_on")
_ENTRY = ("element", "value", "sys_created_on", "sys_created_by")


class ServiceNow(Adapter):
    """One table of one instance.

    :param fields: native fields that snapshots and answers hold; :meth:`check` adds those of its ``uses``.
    """

    name = "servicenow"

    def __init__(self, settings: ServiceNowSettings, *, fields: Iterable[str] = (), around: Around = USUAL) -> None:
        self.settings = settings
        self._clock = around.clock
        self._api = Api(settings, around)
        self._poll = Poll(self._api)
        self._at_once = AtOnce()
        self._fields: frozenset[str] = frozenset()
        self._learned = Learned(settings.user, settings.display_name)
        self.use(fields)
        self.capabilities = self._able()

    def use(self, fields: Iterable[str]) -> None:
        """Name further fields to read. Journals are read as comments, never as fields."""
        self._fields |= frozenset(fields) - frozenset(PLACES)

    def _able(self) -> Capabilities:
        s = self.settings
        return Capabilities(
            history=bool(self._learned.history),
            settle=s.settle_s,
            read_lag=s.read_lag_s,
            find_lag=s.find_lag_s,
            batch=s.batch,
            comment_limit=s.comment_limit,
            file_limit=s.file_limit,
            internal_place="work_notes",
            comment_provokes=s.comment_provokes,
        )

    def check(self, uses: Uses) -> list[Problem]:
        check = Check(self._api)
        check.run(uses)
        self._learned = check.learned
        self._api.labels = check.learned.labels
        self.capabilities = self._able()
        self.use(uses.read | uses.write)
        return check.problems

    def identity(self) -> str:
        """From ``sys_properties``, where our account may read it: a clone keeps the target's own."""
        fields = ("instance_name", "instance_id")
        try:
            rows = self._api.rows(
                "sys_properties", f"nameIN{','.join(fields)}", {"name", "value", "sys_id"}, lambda row: row.get("name") in fields
            )
        except Misconfigured:
            return ""
        return " ".join(sorted(f"{row['name']}={row.get('value', '')}" for row in rows))

    # --- reading ---

    def changed_since(self, cursor: str | None) -> Page:
        return self._poll.page(cursor)

    def cursor_at(self, since: float) -> str:
        return self._poll.cursor_at(since)

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """Numbers are asked for as they were typed and in capitals, as ServiceNow makes them."""
        refs = {name: name for name in names if _SYS_ID.fullmatch(name)}
        asked = [name for name in names if _NUMBER.fullmatch(name) and name not in refs]
        wanted = list(dict.fromkeys(form for name in asked for form in (name, name.upper())))
        rows = self._api.rows_of(self.settings.table, "number", wanted, "", (), "") if wanted else []
        found = {row["number"]: row["sys_id"] for row in rows}
        return refs | {name: ref for name in asked if (ref := found.get(name) or found.get(name.upper()))}

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        begun = self._clock()
        known = [ref for ref in dict.fromkeys(refs) if _SYS_ID.fullmatch(ref)]
        at_once = self._at_once.wanted(len(known))
        if at_once:
            rows, comments, files = self._at_once.three(
                lambda: self._rows(known), lambda: self._comments(known), lambda: self._files(known)
            )
        else:  # what belongs to a record after the record, so that nothing is missing which came with its version
            rows = self._rows(known)
            found = [row["sys_id"] for row in rows]
            comments, files = self._comments(found), self._files(found)
        if len(refs) == 1 and not rows:
            raise Gone(f"ServiceNow: read {self.settings.table}: there is no {refs[0]}, or it is hidden from our account")
        snapshots = [self._snapshot(row, comments[row["sys_id"]], files[row["sys_id"]], begun) for row in rows]
        return {one.ref: replace(one, scattered=at_once) for one in snapshots}

    def _rows(self, refs: Sequence[str]) -> list[Row]:
        return self._api.rows_of(self.settings.table, "sys_id", refs, "", self._columns(), "")

    def hasten(self) -> None:
        self._at_once.allow()

    def _columns(self) -> frozenset[str]:
        return _ALWAYS | self._fields | {self.settings.marker_field}

    def _snapshot(self, row: Row, comments: list[Comment], files: list[Attachment], begun: float) -> Snapshot:
        ref, s = row["sys_id"], self.settings
        return Snapshot(
            ref=ref,
            number=row.get("number", ""),
            fields={name: row[name] for name in self._fields if name in row},
            comments=tuple(comments),
            attachments=tuple(files),
            changed=seconds(row.get("sys_updated_on", "")),
            read_at=begun,
            created_by_us=self._ours(row.get("sys_created_by")),
            creator=row.get("sys_created_by", ""),
            marker=row.get(s.marker_field, ""),
            version=_version(row),
            url=f"{s.url.rstrip('/')}/nav_to.do?uri={s.table}.do?sys_id={ref}",
        )

    def _ours(self, login: str | None) -> bool:
        return same_login(login, self._learned.login)

    def _comments(self, refs: Sequence[str]) -> dict[str, list[Comment]]:
        """By ticket, oldest first. Never the other way than the settings say: the two name comments differently."""
        return self._journal_rows(refs) if self.settings.journal == "rows" else self._journal_texts(refs)

    def _journal_rows(self, refs: Sequence[str]) -> defaultdict[str, list[Comment]]:
        """Entries of one second stay in the server's order: their sys_id is random and says nothing."""
        out: defaultdict[str, list[Comment]] = defaultdict(list)
        condition = f"^elementIN{','.join(PLACES)}"
        for row in self._api.rows_of("sys_journal_field", "element_id", refs, condition, _ENTRY, "^ORDERBYsys_created_on"):
            out[row["element_id"]].append(of_row(row, by_us=self._ours(row.get("sys_created_by"))))
        return out

    def unseen(self, refs: Sequence[str]) -> frozenset[str]:
        """Without the right to journal rows ServiceNow answers 200 and none; the tickets themselves still show entries."""
        if self.settings.journal != "rows":
            return frozenset()
        showing = {ref for ref, record in self._api.records_shown(refs, PLACES).items() if shows_entries(record)}
        return frozenset(showing - self._journal_rows(sorted(showing)).keys())

    def _journal_texts(self, refs: Sequence[str]) -> defaultdict[str, list[Comment]]:
        out: defaultdict[str, list[Comment]] = defaultdict(list)
        fields = ("sys_updated_on", "sys_created_on", *PLACES)
        for ref, record in self._api.records_shown(refs, fields).items():
            if comments := of_display(record, self._learned.display_name):
                out[ref] = comments
        return out

    def _files(self, refs: Sequence[str]) -> dict[str, list[Attachment]]:
        """Attachments proper: images pasted into a rich text lie under the table name ZZ_YY... and are left out."""
        out: dict[str, list[Attachment]] = defaultdict(list)
        condition = f"^table_name={self.settings.table}"
        for row in self._api.rows_of("sys_attachment", "table_sys_id", refs, condition, _FILE, "^ORDERBYsys_created_on"):
            if row.get("table_name") == self.settings.table:
                out[row["table_sys_id"]].append(self._attachment(row))
        return out

    def _attachment(self, row: Row) -> Attachment:
        author = row.get("sys_created_by", "")
        return Attachment(
            id=row["sys_id"],
            name=row.get("file_name", ""),
            content_type=row.get("content_type", ""),
            size=_size(row),
            author=author,
            by_us=self._ours(author),
            created=iso(row.get("sys_created_on", "")),
            sha256=self._hash(row),
        )

    def _hash(self, row: Row) -> str:
        return row.get("hash", "").lower() if self.settings.file_hash else ""

    def find(self, marker: str) -> list[str]:
        if not _MARKER.fullmatch(marker):  # ServiceNow documents no way to quote a ^ in a query
            raise ValueError(f"not a marker: {marker!r}")
        field, table = self.settings.marker_field, self.settings.table
        query = f"{field}={marker}^sys_created_by={self._learned.login}"
        rows = self._api.rows(
            table,
            query,
            {"sys_id", field, "sys_created_by"},
            lambda row: row.get(field) == marker and self._ours(row.get("sys_created_by")),
            "^ORDERBYsys_created_on",
        )
        return [row["sys_id"] for row in rows]

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        """From ``sys_audit``.

        :raises Refused: where our account may not read it.
        """
        if self._learned.history is False:
            raise Refused(_NO_HISTORY)
        events: dict[str, list[Event]] = {ref: [] for ref in refs}
        condition = f"^tablename={self.settings.table}"
        known = [ref for ref in events if _SYS_ID.fullmatch(ref)]
        for row in self._api.rows_of("sys_audit", "documentkey", known, condition, _AUDIT, "^ORDERBYsys_created_on"):
            if row.get("fieldname") not in PLACES:
                events[row["documentkey"]].append(self._event(row))
        if self._learned.history is None:  # nothing has shown yet whether we may: this does, where there is anything
            if not any(events.values()):
                raise Refused(_NO_HISTORY)
            self._learned.history = True
            self.capabilities = self._able()
        return {ref: tuple(sorted(found, key=lambda e: (e.at, e.version or 0))) for ref, found in events.items()}

    def _event(self, row: Row) -> Event:
        author, checkpoint = row.get("user", ""), row.get("record_checkpoint", "")
        return Event(
            field=row.get("fieldname", ""),
            old=row.get("oldvalue", ""),
            new=row.get("newvalue", ""),
            author=author,
            by_us=self._ours(author),
            at=seconds(row.get("sys_created_on", "")),
            version=int(checkpoint) if checkpoint.isdigit() else None,
        )

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        """As :meth:`Adapter.open_attachment`.

        :raises Refused: where the file is not there any more, or not on this ticket.
        """
        try:
            row = self._api.file(attachment)
        except Gone as gone:
            raise Refused(str(gone)) from gone
        if row.get("table_sys_id") != ref:
            raise Refused(f"ServiceNow: open an attachment: {attachment} is not on {ref}")
        return self._api.content(attachment, _size(row), self._hash(row))

    # --- writing ---

    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:  # noqa: ARG002 - not compared here
        if write.create:
            return self._create(write.create, write.fields())
        ref = write.ref or ""
        if not _SYS_ID.fullmatch(ref):
            raise Gone(f"ServiceNow: change {self.settings.table}: {ref!r} is no sys_id")
        if write.file:
            return self._attach(ref, write.file, content)
        if write.comment:
            return self._patch(ref, _spoken(write.comment))
        return self._patch(ref, write.fields())

    def _create(self, change: Change, fields: dict[str, str]) -> Answer:
        body = {self.settings.marker_field: change.marker, **fields} if change.marker else dict(fields)
        if change.description:
            body.setdefault("description", change.description)
        if change.contact:
            body.setdefault(self.settings.contact_field, change.contact)
        return self._answer(self._api.insert(_fitted(body), self._columns() | fields.keys()), fields)

    def _patch(self, ref: str, fields: dict[str, str]) -> Answer:
        row = self._api.update(ref, _fitted(fields), self._columns() | fields.keys())
        if row["sys_id"] != ref:
            raise Unknown(f"ServiceNow: change {self.settings.table}: the answer is about another record")
        self._prove_history(row)
        return self._answer(row, fields)

    def _prove_history(self, row: Row) -> None:
        """A check that saw no audit row at all says nothing of our rights; a record that was saved again has some."""
        if self._learned.history is not None or not _version(row):
            return
        try:
            found = self._api.rows_of("sys_audit", "documentkey", [row["sys_id"]], "", ("fieldname",), "")
        except Misconfigured:
            found = []
        except Trouble:
            return  # out of reach just now, which proves nothing
        self._learned.history = bool(found)
        self.capabilities = self._able()

    def _answer(self, row: Row, sent: Iterable[str]) -> Answer:
        wanted = (self._fields | frozenset(sent)) - frozenset(PLACES)
        return Answer(
            ref=row["sys_id"],
            number=row.get("number", ""),
            fields={name: row[name] for name in wanted if name in row},
            version=_version(row),
            changed=seconds(row.get("sys_updated_on", "")) or None,
        )

    def _attach(self, ref: str, file: NewFile, content: BinaryIO | None) -> Answer:
        if content is None:
            raise ValueError("a file write needs its content")
        data = content if file.size else b""  # requests would send an empty file in chunks, without a length
        row = self._api.upload(ref, fit(file.name), file.content_type, data)
        return Answer(ref, item=row["sys_id"])

    def normal(self, field_name: str, value: str) -> str:
        """Unicode NFC, line ends of Unix, no trailing blanks, cut to the field's length where the dictionary told it."""
        text = fit(unicodedata.normalize("NFC", value.replace("\r\n", "\n")))[: self._learned.lengths.get(field_name)]
        return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")

    def close(self) -> None:
        self._at_once.close()
        self._api.close()


def _spoken(comment: NewComment) -> dict[str, str]:
    if comment.place not in PLACES:
        raise Refused(f"ServiceNow: comment: there is no place {comment.place!r}, only {' and '.join(PLACES)}")
    return {comment.place: to_send(comment.text, comment.marker)}


def _fitted(fields: dict[str, str]) -> dict[str, str]:
    return {name: fit(value) for name, value in fields.items()}


def _version(row: Row) -> int | None:
    count = row.get("sys_mod_count", "")
    return int(count) if count.isdigit() else None


def _size(row: Row) -> int:
    size = row.get("size_bytes", "")
    return int(size) if size.isdigit() else -1

"""Comments of ServiceNow: journal rows, or the display text of a record where we may not read those; and our marker.

**Marker.** A journal entry has no room beside its text, so ours stands in its last line (:mod:`adapters.marking`).

**Code.** ServiceNow renders ``[code]<b>x</b>[/code]`` as HTML. In what we write, a zero-width space after the
bracket makes it plain text; in what we read back from our own hand it is taken out again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.base import Comment
from adapters.marking import fit, marked, split_marker
from adapters.servicenow_api import Row, iso, seconds

PLACES = ("comments", "work_notes")

_CODE = re.compile(r"\[(/?code)\]", re.IGNORECASE)
_BROKEN_CODE = re.compile("\\[\u200b(/?code)\\]", re.IGNORECASE)
_HEADER = re.compile(r"(\S+ \d\S*(?: [AaPp][Mm])?) - (.+) \(([^()\n]+)\)")
_DATES = ("%Y-%m-%d", "%d-%b-%Y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")
_TIMES = ("%H:%M:%S", "%I:%M:%S %p", "%H.%M.%S", "%H:%M", "%I:%M %p")
_QUARTER = timedelta(minutes=15)


def to_send(text: str, marker: str) -> str:
    """A comment of ours as it is written."""
    plain = _CODE.sub("[\u200b\\1]", fit(text))
    return marked(plain, marker)


def _comment(native: str, place: str, author: str, created: str, raw: str, *, by_us: bool) -> Comment:
    text, marker = split_marker(raw)
    if by_us:
        text = _BROKEN_CODE.sub(r"[\1]", text)
    styled = not by_us and _CODE.search(text)
    return Comment(native, place, author, by_us, created, text, "servicenow" if styled else "plain", marker)


def of_row(row: Row, *, by_us: bool) -> Comment:
    """A row of ``sys_journal_field``."""
    author, created = row.get("sys_created_by", ""), iso(row.get("sys_created_on", ""))
    return _comment(row["sys_id"], row.get("element", ""), author, created, row.get("value", ""), by_us=by_us)


# --- the display text ---


@dataclass(frozen=True)
class _Entry:
    author: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Local:
    """How display values write times: the format and the zone of our account."""

    form: str
    offset: timedelta

    def read(self, shown: str) -> datetime | None:
        try:
            return datetime.strptime(shown, self.form).replace(tzinfo=UTC) - self.offset
        except ValueError:
            return None


def local_of(pairs: list[tuple[str, str]]) -> Local | None:
    """Learn it from database times and the same times as displayed; None where no known format explains them."""
    known = [(datetime.fromtimestamp(seconds(value), UTC), shown) for value, shown in pairs if seconds(value) and shown]
    for form in (f"{date} {clock}" for date in _DATES for clock in _TIMES):
        offsets = [_offset(value, Local(form, timedelta()).read(shown)) for value, shown in known]
        if offsets and None not in offsets:
            return Local(form, offsets[0] or timedelta())
    return None


def _offset(value: datetime, shown: datetime | None) -> timedelta | None:
    """The distance of a display time from the database time, where it can be that of a time zone."""
    if shown is None:
        return None
    distance = round((shown - value) / _QUARTER) * _QUARTER
    return distance if abs(distance) <= timedelta(hours=14) and abs(shown - value - distance) < timedelta(minutes=1) else None


def of_display(record: Mapping[str, Any], our_name: str) -> list[Comment]:
    """The comments in a record read with ``sysparm_display_value=all``, oldest first.

    Such a text has no ids, names people as displayed, and cannot be told apart from a comment in which somebody
    quotes a whole header line after an empty one, with a possible time (see docs/systems).
    """
    local = local_of(
        [(_part(record, name, "value"), _part(record, name, "display_value")) for name in ("sys_updated_on", "sys_created_on")]
    )
    if local is None:
        return []
    said = [(entry, place) for place in PLACES for entry in _entries(_part(record, place, "display_value"), local)]
    said.sort(key=lambda pair: pair[0].at)  # stable: within one place their order is the server's
    seen: Counter[str] = Counter()
    out = []
    for entry, place in said:
        key = "\x1f".join((place, entry.author, _digest(entry.text)))
        native = _digest(f"{key}\x1f{seen[key]}")
        seen[key] += 1
        by_us = bool(our_name) and entry.author == our_name
        out.append(_comment(native, place, entry.author, f"{entry.at:%Y-%m-%dT%H:%M:%SZ}", entry.text, by_us=by_us))
    return out


def shows_entries(record: Mapping[str, Any]) -> bool:
    return any(_part(record, place, "display_value").strip() for place in PLACES)


def _part(record: Mapping[str, Any], name: str, part: str) -> str:
    value = record.get(name)
    return str(value.get(part) or "") if isinstance(value, dict) else ""


def _entries(text: str, local: Local) -> list[_Entry]:
    """Entries of one journal field, oldest first; the text has the newest first."""
    lines = text.replace("\r\n", "\n").split("\n")
    heads = list(_heads(lines, local))
    out = []
    for n, (start, author, at) in enumerate(heads):
        end = heads[n + 1][0] if n + 1 < len(heads) else len(lines)
        out.append(_Entry(author, at, "\n".join(lines[start + 1 : end]).strip("\n")))
    return out[::-1]


def _heads(lines: list[str], local: Local) -> Iterator[tuple[int, str, datetime]]:
    """Header lines: after an empty line, with the label of the first one, and never newer than the one above."""
    label, newest = "", datetime.max.replace(tzinfo=UTC)
    for n, line in enumerate(lines):
        found = _HEADER.fullmatch(line) if n == 0 or not lines[n - 1].strip() else None
        at = local.read(found[1]) if found else None
        if found is None or at is None or label not in ("", found[3]) or at > newest:
            continue
        label, newest = found[3], at
        yield n, found[2], at


def _digest(text: str) -> str:
    lines = (line.rstrip() for line in unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n"))
    return hashlib.sha256("\n".join(lines).strip().encode(errors="replace")).hexdigest()[:32]

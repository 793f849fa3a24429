"""Requests of a portal as snapshots: what a customer is shown of them.

A request does not say when it changed last: the latest of what it shows with a time stands for that. A field that somebody
of the desk edited shows without one.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from adapters import wiki
from adapters.base import Attachment, Comment, Event, Gone, Snapshot
from adapters.jira_api import Json
from adapters.jsm_api import WHOLE, DeskApi, entries, number_of
from adapters.marking import split_marker

PUBLIC, INTERNAL = "public", "internal"
STATUS, SUMMARY, DESCRIPTION = "status", "summary", "description"
OWN = (STATUS, "statusCategory", SUMMARY, "reporter", "requestType")
"""Fields that every request has, beside those of its form."""

#: What Jira puts into a comment for each file that came with it.
_SHOWN = re.compile(r"(?:\[\^[^\]\n]{1,300}\](?:[ ]?_\([^()\n]{1,40}\)_)?|!(?=\S)[^!\n]{1,300}!)")
_FILES_ALONE = re.compile(rf"(?:\s*{_SHOWN.pattern})+\s*\Z")


class Reader:
    """Reads requests of one desk."""

    def __init__(self, api: DeskApi, clock: Callable[[], float]) -> None:
        self._api, self._clock = api, clock

    def snapshots(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        """One call each: nothing reads several requests that are named."""
        out: dict[str, Snapshot] = {}
        for ref in refs:
            begun = self._clock()
            with contextlib.suppress(Gone):
                out[ref] = self.snapshot(self._api.request(ref, WHOLE), begun)
        return out

    def own_requests(self) -> Iterator[Snapshot]:
        """All that we raised, without what was said on them."""
        start, last = 0, False
        while not last:
            told, last = self._api.requests("own", start, self._api.settings.list_page)
            begun = self._clock()
            yield from (self.snapshot(one, begun, complete=False) for one in told)
            start += len(told)
            last |= not told

    def snapshot(self, told: Json, begun: float, *, complete: bool = True) -> Snapshot:
        """:param complete: whether to ask for comments and files that did not come with the request."""
        comments, files, all_of_it = self._parts(told, complete=complete)
        texts = [self._comment(one) for one in comments]
        reporter, number = self._api.id_of(told.get("reporter")), str(told.get("issueKey", ""))
        fields, marker = self._marked_fields(told, reporter)
        times = (told.get("createdDate"), _status(told).get("statusDate"), *(one.get("created") for one in (*comments, *files)))
        read = Snapshot(
            ref=str(told["issueId"]),
            number=number,
            fields=fields,
            comments=tuple(text for text, one in zip(texts, comments, strict=True) if not (_carries(one) and text.marker)),
            attachments=tuple(self._files(files, comments, texts)),
            changed=max(map(_seconds, times)),
            read_at=begun,
            created_by_us=bool(marker),  # what the desk raises in our name has none
            marker=marker,
            url=str((told.get("_links") or {}).get("web") or f"{self._api.settings.seen_at}/browse/{quote(number)}"),
            creator=reporter,
        )
        return replace(read, stamp=print_of(read)) if all_of_it else read

    def _ours(self, person: str) -> bool:
        return bool(person) and person == self._api.my_id()

    # --- fields ---

    def _fields(self, told: Json) -> dict[str, str]:
        """What is empty does not come: of a request of our type, what the form asks for and did not come is empty."""
        form = self._api.form()
        ours = str(told.get("requestTypeId", "")) == str(self._api.request_type()["id"])
        entries = [one for one in told.get("requestFieldValues") or () if isinstance(one, dict)]
        values = {SUMMARY: told.get("summary"), **{str(one.get("fieldId")): one.get("value") for one in entries}}
        status = _status(told)
        return {
            **(dict.fromkeys(form.questions, "") if ours else {}),
            **form.fields.flat(values, values),
            STATUS: str(status.get("status", "")),
            "statusCategory": str(status.get("statusCategory", "")),
            "reporter": self._api.id_of(told.get("reporter")),
            "requestType": str(told.get("requestTypeId", "")),
        }

    def _marked_fields(self, told: Json, reporter: str) -> tuple[dict[str, str], str]:
        """The fields, and our mark in them where we raised the request: it is taken out of a description."""
        fields = self._fields(told)
        if not self._ours(reporter):
            return fields, ""
        if name := self._api.settings.marker_field:
            return fields, fields.get(name, "")
        words, marker = split_marker(fields.get(DESCRIPTION, ""))
        return (fields | {DESCRIPTION: words} if marker else fields), marker

    # --- comments and files ---

    def _parts(self, told: Json, *, complete: bool) -> tuple[list[Json], list[Json], bool]:
        """Comments, files, and whether these are all."""
        path, whole = f"/request/{quote(str(told['issueId']), safe='')}", True
        out: list[list[Json]] = []
        for name, what, expand in (("comments", "comment", "attachment"), ("attachments", "attachment", "")):
            had, last = entries(told.get(name)), _is_whole(told.get(name))
            if not last and complete:
                more = {"expand": expand} if expand else {}
                had, last = self._api.every(f"{path}/{what}", f"read {name}", **more), True
            whole &= last
            out.append(had)
        comments, files = out
        return sorted(comments, key=_in_order), sorted(files, key=_in_order), whole

    def _comment(self, told: Json) -> Comment:
        author = self._api.id_of(told.get("author"))
        by_us, body = self._ours(author), str(told.get("body") or "").replace("\r\n", "\n")
        text, marker = split_marker(wiki.plain(_FILES_ALONE.sub("", body) if _carries(told) else body)) if by_us else (body, "")
        return Comment(
            id=str(told.get("id", "")),
            place=PUBLIC if told.get("public", True) else INTERNAL,
            author=author,
            by_us=by_us,
            created=_iso(told.get("created")),
            text=text,
            format="plain" if by_us else "wiki",
            marker=marker,
            author_name=str((told.get("author") or {}).get("displayName") or ""),
        )

    def _files(self, files: Sequence[Json], comments: Sequence[Json], texts: Sequence[Comment]) -> Iterator[Attachment]:
        """A file of ours has the mark of the comment that it came with."""
        marks = {number_of(file): text.marker for told, text in zip(comments, texts, strict=True) for file in _attached(told)}
        for told in files:
            author, size, number = self._api.id_of(told.get("author")), told.get("size"), number_of(told)
            yield Attachment(
                id=number,
                name=str(told.get("filename", "")),
                content_type=str(told.get("mimeType", "")),
                size=size if isinstance(size, int) else -1,
                author=author,
                by_us=self._ours(author),
                created=_iso(told.get("created")),
                place=PUBLIC,
                marker=marks.get(number, "") if self._ours(author) else "",
            )

    def first_file(self, told: Any) -> str:
        """The id of the file of an answer to attaching one, "" where it names none."""
        files = told.get("attachments") if isinstance(told, dict) else None
        return next(map(number_of, entries(files)), "")

    # --- history ---

    def events(self, ref: str) -> tuple[Event, ...]:
        """The statuses that a request went through; who moved it is not told."""
        told = self._api.every(f"/request/{quote(ref, safe='')}/status", "read the statuses")
        moves = sorted((_seconds(one.get("statusDate")), -n, str(one.get("status", ""))) for n, one in enumerate(told))
        return tuple(Event(STATUS, old, new, "", by_us=False, at=at) for (_, _, old), (at, _, new) in pairwise(moves))


def print_of(read: Snapshot) -> str:
    """What tells this state of a request from all others that would show otherwise."""
    seen = repr((sorted(read.fields.items()), read.comments, read.attachments, read.changed))
    return hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:16]


def _status(told: Json) -> Json:
    status = told.get("currentStatus")
    return status if isinstance(status, dict) else {}


def _is_whole(page: Any) -> bool:
    """Whether a list that came within a request is all of it."""
    return isinstance(page, dict) and bool(page.get("isLastPage"))


def _attached(comment: Json) -> list[Json]:
    return entries(comment.get("attachments"))


def _carries(comment: Json) -> bool:
    """Whether a comment shows files that came with it."""
    return bool(_attached(comment))


def _in_order(told: Json) -> tuple[float, int]:
    number = str(told.get("id") or number_of(told))
    return _seconds(told.get("created")), int(number) if number.isdecimal() else 0


def _seconds(date: Any) -> float:
    """Seconds since the epoch of a time as the service desk tells it, 0 where there is none."""
    at = date.get("epochMillis") if isinstance(date, dict) else None
    return at / 1000 if isinstance(at, int) else 0.0


def _iso(date: Any) -> str:
    at = _seconds(date)
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""

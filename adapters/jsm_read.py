"""Requests of a portal as snapshots: what a customer is shown of them.

A request does not say when it changed last: when it was raised or last moved stands for that. A field that somebody
of the desk edited shows without one.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from adapters.base import Event, Gone, Snapshot
from adapters.jira_api import Json
from adapters.jsm_api import WHOLE, DeskApi, entries, number_of
from adapters.jsm_said import files_of, in_order, said_of, seconds
from adapters.marking import split_marker

STATUS, SUMMARY, DESCRIPTION = "status", "summary", "description"
OWN = (STATUS, "statusCategory", SUMMARY, "reporter", "requestType")
"""Fields that every request has, beside those of its form."""


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
        names, id_of = {str(file.get("filename", "")) for file in files}, self._api.id_of
        said = [said_of(one, names, id_of, self._ours) for one in comments]
        reporter, number = id_of(told.get("reporter")), str(told.get("issueKey", ""))
        fields, marker = self._marked_fields(told, reporter)
        read = Snapshot(
            ref=str(told["issueId"]),
            number=number,
            fields=fields,
            comments=tuple(one.comment for one in said if one.has_words),
            attachments=files_of(files, said, id_of, self._ours),
            changed=_moved(told),
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
        given = [one for one in told.get("requestFieldValues") or () if isinstance(one, dict)]
        values = {SUMMARY: told.get("summary"), **{str(one.get("fieldId")): one.get("value") for one in given}}
        status = _status(told)
        return {
            **(dict.fromkeys(filter(form.asks_for, form.questions), "") if ours else {}),
            **form.fields.flat(values, values),
            STATUS: str(status.get("status", "")),
            "statusCategory": str(status.get("statusCategory", "")),
            "reporter": self._api.id_of(told.get("reporter")),
            "requestType": str(told.get("requestTypeId", "")),
        }

    def fields_of(self, told: Json) -> dict[str, str]:
        """The fields of a request, as a snapshot has them."""
        return self._marked_fields(told, self._api.id_of(told.get("reporter")))[0]

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
        """Public comments, files, and whether these are all."""
        path, whole = f"/request/{quote(str(told['issueId']), safe='')}", True
        out: list[list[Json]] = []
        for name, what, expand in (("comments", "comment", "attachment"), ("attachments", "attachment", "")):
            had, last = entries(told.get(name)), _is_whole(told.get(name))
            if not last and complete:
                more = {"expand": expand} if expand else {}
                had, last = self._api.every(f"{path}/{what}", f"read {name}", **more), True
            whole &= last
            out.append(had)
        comments, files = [one for one in out[0] if one.get("public", True)], out[1]  # others are shown to agents alone
        return sorted(comments, key=in_order), sorted(files, key=in_order), whole

    def first_file(self, told: Any) -> str:
        """The id of the file of an answer to attaching one, "" where it names none."""
        files = told.get("attachments") if isinstance(told, dict) else None
        return next(map(number_of, entries(files)), "")

    # --- history ---

    def events(self, ref: str) -> tuple[Event, ...]:
        """The statuses that a request went through; who moved it is not told."""
        told = self._api.every(f"/request/{quote(ref, safe='')}/status", "read the statuses")
        moves = sorted((seconds(one.get("statusDate")), -n, str(one.get("status", ""))) for n, one in enumerate(told))
        return tuple(Event(STATUS, old, new, "", by_us=False, at=at) for (_, _, old), (at, _, new) in pairwise(moves))


def active(told: Json) -> float:
    """The latest time in a request as a list shows it, in seconds since the epoch."""
    parts = (entries(told[name]) for name in ("comments", "attachments") if isinstance(told.get(name), dict))
    return max([_moved(told), *(seconds(one.get("created")) for part in parts for one in part)])


def _moved(told: Json) -> float:
    """When it was raised or last moved. A comment's time is none that lasts: what the desk makes internal is gone for us."""
    return max(seconds(told.get("createdDate")), seconds(_status(told).get("statusDate")))


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

"""Issues of Jira as snapshots: fields, comments with their places, files, and what changed when."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from adapters import adf, wiki
from adapters.base import Attachment, Comment, Event, Gone, Snapshot
from adapters.jira_api import Api, Json
from adapters.jira_fields import seconds
from adapters.marking import split_marker

PUBLIC, INTERNAL = "public", "internal"
SERVICE_PROPERTY = "sd.public.comment"

_PARTS = ("comment", "attachment", "created", "updated", "creator", "status")
_SETTLED = 2.0  # seconds after which nothing more happens in a moment that is past, by the site's clock
_NO_FIELDS = frozenset({"comment", "attachment"})


class Reader:
    """Reads issues of one site. ``ahead`` is by how many seconds its clock is before ours, as far as it is known."""

    def __init__(self, api: Api, clock: Callable[[], float]) -> None:
        self._api, self._clock = api, clock
        self.ahead = 0.0

    def over(self, at: float) -> bool:
        """Whether a moment of the site is past, so that nothing more can happen in it."""
        return self._clock() + self.ahead >= at + _SETTLED

    def snapshots(self, refs: Sequence[str], wanted: frozenset[str]) -> dict[str, Snapshot]:
        begun = self._clock()
        names = {*_PARTS, *(name.partition(".")[0] for name in wanted)}
        out: dict[str, Snapshot] = {}
        for ref, issue in self._api.issues(refs, sorted(names)).items():
            with contextlib.suppress(Gone):  # deleted since, before its comments were read
                out[ref] = self._snapshot(issue, wanted, begun)
        return out

    def _snapshot(self, issue: Json, wanted: frozenset[str], begun: float) -> Snapshot:
        told: Json = issue.get("fields") or {}
        changed, creator = seconds(told.get("updated")), self._api.id_of(told.get("creator"))
        return Snapshot(
            ref=str(issue["id"]),
            number=str(issue.get("key", "")),
            fields=self._api.fields().flat(told, wanted),
            comments=tuple(self._comments(issue)),
            attachments=tuple(map(self._file, told.get("attachment") or ())),
            changed=changed,
            read_at=begun,
            created_by_us=self.ours(creator),
            marker=marker_of(issue, self._api.settings.property_key),
            url=f"{self._api.settings.seen_at}/browse/{quote(str(issue.get('key', '')))}",
            creator=creator,
            stamp=str(round(changed * 1000)) if self.over(changed) else "",
        )

    def ours(self, person: str) -> bool:
        return bool(person) and person == self._api.my_id()

    # --- comments ---

    def _comments(self, issue: Json) -> list[Comment]:
        """An issue carries some of its comments only, and none where a field configuration hides them: then they are asked for."""
        told: Json = issue["fields"].get("comment") or {"total": 1}
        had: list[Json] = told.get("comments") or []
        hides = self._hides_places(had)
        if len(had) < int(told.get("total", 0)) or hides:
            expand = {"expand": "properties"} if hides else {}
            path = f"/issue/{quote(str(issue['id']), safe='')}/comment"
            had = self._api.every(path, "comments", "read comments", orderBy="created", **expand)
        had = sorted(had, key=lambda comment: (seconds(comment.get("created")), _number(comment.get("id"))))
        return [self._comment(comment) for comment in had]

    def _hides_places(self, comments: Sequence[Json]) -> bool:
        """Data Center tells of a service project's comment only on request whether it is internal."""
        return bool(comments) and not self._api.settings.cloud and self._api.is_service()

    def _comment(self, told: Json) -> Comment:
        author = self._api.id_of(told.get("author"))
        by_us, body = self.ours(author), told.get("body")
        stored, form = _form(body)
        text, marker = split_marker(_plain(body)) if by_us else (stored, "")
        return Comment(
            id=str(told.get("id", "")),
            place=INTERNAL if _is_internal(told) else PUBLIC,
            author=author,
            by_us=by_us,
            created=iso(told.get("created")),
            text=text,
            format="plain" if by_us else form,
            marker=marker,
            author_name=str((told.get("author") or {}).get("displayName") or ""),
        )

    # --- files ---

    def _file(self, told: Json) -> Attachment:
        author, size = self._api.id_of(told.get("author")), told.get("size")
        return Attachment(
            id=str(told.get("id", "")),
            name=str(told.get("filename", "")),
            content_type=str(told.get("mimeType", "")),
            size=size if isinstance(size, int) else -1,
            author=author,
            by_us=self.ours(author),
            created=iso(told.get("created")),
        )

    # --- history ---

    def events(self, histories: Sequence[Json]) -> tuple[Event, ...]:
        events = [event for told in histories for event in self._changes(told)]
        return tuple(sorted(events, key=lambda event: event.at))

    def _changes(self, told: Json) -> list[Event]:
        author, at = self._api.id_of(told.get("author")), seconds(told.get("created"))
        by_us = self.ours(author)
        return [
            Event(name, old, new, author, by_us, at)
            for name, old, new in map(self._change, told.get("items") or ())
            if name.lower() not in _NO_FIELDS
        ]

    def _change(self, item: Json) -> tuple[str, str, str]:
        """A person is told of by id, everything else by what people see."""
        fields = self._api.fields()
        name = str(item.get("fieldId") or fields.named(str(item.get("field", ""))))
        old, new = ("from", "to") if fields.kind(name).type == "user" else ("fromString", "toString")
        return name, str(item.get(old) or ""), str(item.get(new) or "")


def marker_of(issue: Json, key: str) -> str:
    value = (issue.get("properties") or {}).get(key)
    return value if isinstance(value, str) else ""


def _is_internal(told: Json) -> bool:
    """A comment that only a role or group sees, or that a service project does not show to customers."""
    properties = {entry.get("key"): entry.get("value") for entry in told.get("properties") or () if isinstance(entry, dict)}
    return bool(told.get("visibility")) or told.get("jsdPublic") is False or _says_internal(properties.get(SERVICE_PROPERTY))


def _says_internal(value: Any) -> bool:
    """Data Center may give the value of a property as JSON in a string."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return isinstance(value, Mapping) and str(value.get("internal")).lower() == "true"


def _form(body: Any) -> tuple[str, str]:
    """A text as stored, and its form. A document of bare lines says no more than its words, so those stand for it."""
    if not isinstance(body, dict):
        return str(body or ""), "wiki"
    return (adf.of_node(body), "plain") if adf.is_plain(body) else (json.dumps(body, ensure_ascii=False), "adf")


def _plain(body: Any) -> str:
    return adf.of_node(body) if isinstance(body, dict) else wiki.plain(str(body or ""))


def _number(told: Any) -> int:
    return int(told) if str(told).isdecimal() else 0


def iso(stamp: Any) -> str:
    """A time for people: ISO 8601 UTC, whole seconds."""
    at = seconds(stamp)
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""

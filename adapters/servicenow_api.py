"""ServiceNow's Table and Attachment APIs: settings, log-in, list reads that can be trusted, and its errors.

Rules of ServiceNow that this module stands on (official REST API documentation):

- An invalid part of a query is *ignored* and the rest is run, so a wrong field name returns the whole table.
  Every row is therefore tested against what was asked.
- ``sysparm_limit`` counts rows *before* access rules remove some, so a short or empty page is not the end;
  ``X-Total-Count`` tells it.
- Version 2 answers a list without a match with 200; the unversioned path and version 1 do not agree on that.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from adapters.around import Around
from adapters.base import Gone, Misconfigured, NotApplied, Refused, Trouble
from adapters.http import Garbled, Http, HttpOptions, Reply
from adapters.http_auth import Auth, Basic, OAuth

Row = dict[str, str]

_TABLE = "/api/now/v2/table/"
_FILES = "/api/now/v1/attachment"
_STAMP = len("2026-11-22 05:00:00")
_LONGEST_QUERY = 6_000  # characters once encoded; with the other parameters an address stays below 8,000
_MANDATORY = re.compile(r"mandatory:\s*(.+)", re.DOTALL)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.\"-]+)*", re.ASCII)


class ServiceNowSettings(BaseModel):
    """One ServiceNow instance. Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=r"^https?://[^\s?#]+$", description="Address of the instance.")
    table: str = Field("incident", pattern=r"^[a-z0-9_]+$")
    user: str = Field(min_length=1, description="Login of our account: the author of all we write, with every kind of log-in.")
    display_name: str = Field("", description="Name of our account as journals show it; looked up where our rights allow.")
    auth: Literal["basic", "oauth_client_credentials", "oauth_password", "oauth_refresh"] = "basic"
    password: SecretStr | None = None
    client_id: str = ""
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    query: str = Field("", description="Encoded query that narrows the poll, e.g. assignment_group=ID.")
    marker_field: str = Field("correlation_id", pattern=r"^[a-z0-9_]+$")
    contact_field: str = Field("caller_id", pattern=r"^[a-z0-9_]+$")
    journal: Literal["rows", "display"] = Field("rows", description="How comments are read; see docs/systems.")
    lookback_s: int = Field(3600, ge=0, description="How far a first poll looks back.")
    overlap_s: int = Field(5, ge=0, description="How far every poll looks back, for what became visible late.")
    page: int = Field(1_000, ge=1, le=10_000, description="Rows of one page of a poll.")
    list_page: int = Field(1_000, ge=1, le=10_000, description="Rows of one page of any other list.")
    batch: int = Field(150, ge=1, description="Tickets in one list read.")
    settle_s: float = Field(90, ge=0, description="How long a write whose answer was lost may still land.")
    read_lag_s: float = Field(2, ge=0)
    find_lag_s: float = Field(2, ge=0)
    file_hash: bool = Field(default=True, description="Whether sys_attachment.hash is the SHA-256 of the content.")
    comment_limit: int = Field(65_536, ge=1, description="Characters of one comment.")
    file_limit: int = Field(1024 * 1024 * 1024, ge=0, description="The instance's com.glide.attachment.max_size.")
    comment_provokes: dict[str, str] = Field(
        default_factory=dict, description="State before a comment of ours to the state that it may provoke."
    )
    http: HttpOptions = Field(default_factory=HttpOptions)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "basic": ("password",),
            "oauth_client_credentials": ("client_id", "client_secret"),
            "oauth_password": ("client_id", "client_secret", "password"),
            "oauth_refresh": ("client_id", "client_secret", "refresh_token"),
        }[self.auth]
        if lacking := [name for name in needed if not getattr(self, name)]:
            raise ValueError(f"auth {self.auth} needs {', '.join(lacking)}")
        if "^NQ" in self.query or "ORDERBY" in self.query:
            raise ValueError("query must be one group of conditions, without ^NQ and ORDERBY")
        return self


def login(settings: ServiceNowSettings, around: Around) -> Auth:
    """The log-in that the settings name."""
    if settings.auth == "basic":
        return Basic(settings.user, settings.password or SecretStr(""))
    kind = settings.auth.removeprefix("oauth_")
    form: dict[str, SecretStr | str] = {"client_id": settings.client_id, "client_secret": settings.client_secret or ""}
    if kind == "password":
        form |= {"username": settings.user, "password": settings.password or ""}
    return OAuth(
        settings.url.rstrip("/") + "/oauth_token.do",
        "refresh_token" if kind == "refresh" else kind,
        form,
        clock=around.clock,
        refresh_token=settings.refresh_token,
        save_token=around.save_token,
        newest_token=around.newest_token,
    )


class NoRight(NotApplied):
    """The access rule of the whole API said no. A missing role, but it also comes and goes while nodes switch."""


@dataclass(frozen=True)
class Listed:
    """One page of a list; ``total`` counts all matches, those hidden from us too; -1 where it is not told."""

    rows: list[dict[str, Any]]
    total: int

    def ends(self, offset: int, limit: int) -> bool:
        return offset + limit >= self.total if self.total >= 0 else not self.rows


class Api:
    """Calls of one instance. Every answer is a record, or a list of them, of plain strings."""

    def __init__(self, settings: ServiceNowSettings, around: Around) -> None:
        self.settings = settings
        self.labels: dict[str, str] = {}  # label of a field to its name, for refusals; learned from the dictionary
        self._http = Http(
            "ServiceNow",
            settings.url,
            own_error=self._own_error,
            auth=login(settings, around),
            options=settings.http,
            around=around,
        )

    # --- lists ---

    def page(
        self, table: str, query: str, fields: Iterable[str], limit: int, offset: int = 0, *, display: str = "false"
    ) -> Listed:
        """One page of a table, as it came.

        :raises Misconfigured: also for a 403: the right to list a table is the account's, not a ticket's.
        """
        params = {
            "sysparm_query": query,
            "sysparm_fields": ",".join(sorted(fields)),
            "sysparm_display_value": display,
            "sysparm_exclude_reference_link": "true",
            "sysparm_limit": str(limit),
            "sysparm_offset": str(offset),
            "sysparm_suppress_pagination_header": "true",
        }
        try:
            return self._http.read("GET", _TABLE + table, _listed, what=f"read {table}", params=params)
        except Refused as refused:
            raise Misconfigured(str(refused)) from refused

    def rows(self, table: str, query: str, fields: Iterable[str], belongs: Callable[[Row], bool], order: str = "") -> list[Row]:
        """All rows of a query that we may see, each once.

        :param belongs: whether a row was asked for; one that was not means that a part of the query was ignored.
        :param order: the order wanted; further pages add the sys_id to it, else rows could slip between pages.
        """
        limit = self.settings.list_page
        first = self.page(table, query + order, fields, limit)
        found = [first]
        if not first.ends(0, limit):
            found = list(self._pages(table, f"{query}{order}^ORDERBYsys_id", fields, limit))
        rows = {row["sys_id"]: row for listed in found for row in map(flat, listed.rows) if row.get("sys_id")}
        return self.trusted(table, list(rows.values()), belongs)

    def _pages(self, table: str, query: str, fields: Iterable[str], limit: int) -> Iterator[Listed]:
        offset = 0
        while True:
            listed = self.page(table, query, fields, limit, offset)
            yield listed
            if listed.ends(offset, limit):
                return
            offset += limit

    def rows_of(
        self, table: str, column: str, refs: Iterable[str], condition: str, fields: Iterable[str], order: str
    ) -> list[Row]:
        """Rows whose ``column`` is one of these, in as few calls as the length of an address allows."""
        out: list[Row] = []
        for part in self._parts(list(refs), len(quote(condition + order))):
            query = f"{column}IN{','.join(part)}{condition}"
            out += self.rows(table, query, {"sys_id", column, *fields}, _one_of(column, part), order)
        return out

    def records_shown(self, refs: Iterable[str], fields: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Tickets with display values beside the stored ones, by sys_id."""
        out: dict[str, dict[str, Any]] = {}
        table = self.settings.table
        for part in self._parts(list(refs), 0):
            listed = self.page(table, f"sys_idIN{','.join(part)}", {"sys_id", *fields}, len(part), display="all")
            self.trusted(table, [flat(record) for record in listed.rows], _one_of("sys_id", part))
            out |= {flat(record)["sys_id"]: record for record in listed.rows}
        return out

    def _parts(self, refs: list[str], rest: int) -> Iterator[list[str]]:
        size = max(1, min(self.settings.batch, (_LONGEST_QUERY - rest) // 35))  # an id and its encoded comma
        for start in range(0, len(refs), size):
            yield refs[start : start + size]

    def trusted(self, table: str, rows: list[Row], belongs: Callable[[Row], bool]) -> list[Row]:
        """:raises Misconfigured: where a row was not asked for."""
        if not all(belongs(row) for row in rows):
            raise Misconfigured(
                f"ServiceNow: read {table}: rows came that were not asked for; a field of the query does not exist, "
                "or our account may not read it"
            )
        return rows

    # --- writes ---

    def insert(self, body: Mapping[str, str], fields: Iterable[str]) -> Row:
        return self._save("POST", self.settings.table, body, fields, "create")

    def update(self, ref: str, body: Mapping[str, str], fields: Iterable[str]) -> Row:
        return self._save("PATCH", f"{self.settings.table}/{ref}", body, fields, "change")

    def _save(self, method: str, path: str, body: Mapping[str, str], fields: Iterable[str], verb: str) -> Row:
        params = {
            "sysparm_fields": ",".join(sorted(fields)),
            "sysparm_display_value": "false",
            "sysparm_exclude_reference_link": "true",
        }
        what = f"{verb} {self.settings.table}"
        return self._http.write(method, _TABLE + path, _record, what=what, params=params, json=dict(body))

    def upload(self, ref: str, name: str, content_type: str, content: BinaryIO | bytes) -> Row:
        params = {"table_name": self.settings.table, "table_sys_id": ref, "file_name": name}
        kind = content_type if _MEDIA_TYPE.fullmatch(content_type) else "application/octet-stream"
        headers = {"Content-Type": kind}
        return self._http.write(
            "POST", f"{_FILES}/file", _record, what="attach a file", params=params, data=content, headers=headers
        )

    # --- files ---

    def file(self, sys_id: str) -> Row:
        """What is known of one attachment.

        :raises Gone: where it is not there.
        """
        return self._http.read("GET", f"{_FILES}/{quote(sys_id, safe='')}", _record, what="look up an attachment")

    def content(self, sys_id: str, size: int, sha256: str) -> BinaryIO:
        path = f"{_FILES}/{quote(sys_id, safe='')}/file"
        return self._http.download(path, what="open an attachment", size=size, sha256=sha256, headers={"Accept": "*/*"})

    def close(self) -> None:
        self._http.close()

    # --- errors ---

    def _own_error(self, reply: Reply) -> Trouble | None:
        """The meaning of ``{"error": {"message", "detail"}, "status": "failure"}``."""
        body = reply.own_json()
        error = body.get("error") if isinstance(body, dict) else None
        if not isinstance(error, dict):
            return None
        message, detail = str(error.get("message") or ""), str(error.get("detail") or "")
        said = f"ServiceNow: HTTP {reply.status}: {message[:200]}: {detail[:500]}"
        if reply.status == 404:  # noqa: PLR2004 - HTTP
            return Gone(said)
        if message.startswith(("Invalid table", "Requested URI does not represent")):
            return Misconfigured(said)
        if "API level ACL" in detail:
            return NoRight(said)
        return Refused(said, self._named(detail))

    def _named(self, detail: str) -> tuple[str, ...]:
        """The fields that a data policy complains of; it names them by label."""
        found = _MANDATORY.search(detail)
        named = [part.strip().rstrip(".") for part in found[1].split(",")] if found else []
        return tuple(self.labels.get(name, name) for name in named)


def _one_of(column: str, wanted: Iterable[str]) -> Callable[[Row], bool]:
    values = frozenset(wanted)
    return lambda row: row.get(column) in values


def _result(reply: Reply) -> Any:
    body = reply.json()
    if not isinstance(body, dict) or "result" not in body or "error" in body:
        # "Transaction cancelled: maximum execution time exceeded" comes with status 200 and half a result
        raise Garbled("an answer without a whole result")
    return body["result"]


def _listed(reply: Reply) -> Listed:
    rows = _result(reply)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Garbled("an answer that is not a list of records")
    total = reply.headers.get("X-Total-Count", "")
    return Listed(rows, int(total) if total.isdigit() else -1)


def _record(reply: Reply) -> Row:
    record = _result(reply)
    if not isinstance(record, dict) or not record.get("sys_id"):
        raise Garbled("an answer without a record")  # access rules may filter what a create answers
    return flat(record)


def flat(record: Mapping[str, Any]) -> Row:
    """A record of plain strings: a reference comes as a string or as ``{"value": ...}``, with or without a link."""
    return {name: str(value.get("value", "") if isinstance(value, dict) else value or "") for name, value in record.items()}


def seconds(stamp: str) -> float:
    """A database time (UTC, whole seconds) as seconds since the epoch; 0 where there is none."""
    if len(stamp) != _STAMP:  # fromisoformat reads more forms than this one; strptime is many times slower
        return 0.0
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def stamp(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def iso(text: str) -> str:
    """A database time for people: ISO 8601."""
    return f"{text.replace(' ', 'T')}Z" if seconds(text) else text

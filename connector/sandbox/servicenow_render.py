"""How the simulated ServiceNow writes its answers: every value a string, references with links, display values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from connector.sandbox.core import Request, Response
from connector.sandbox.servicenow_data import JOURNALS, Column
from connector.sandbox.servicenow_query import Reader, Values
from connector.sandbox.servicenow_records import TIME_FORMAT, Records
from connector.sandbox.servicenow_rules import Refusal

_JSON = {"Content-Type": "application/json;charset=UTF-8"}
_DEFAULT_LIMIT = 10000


def reply(status: int, result: object, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, {**_JSON, **(headers or {})}, json.dumps({"result": result}).encode())


def failure(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    error = {"message": refusal.message, "detail": refusal.detail or None}
    return Response(refusal.status, {**_JSON, **(headers or {})}, json.dumps({"error": error, "status": "failure"}).encode())


class Page:
    """What of the matching rows one answer shows: limit and offset apply before access rules, so a page may be short."""

    def __init__(self, request: Request, total: int, default_limit: int = _DEFAULT_LIMIT) -> None:
        self._request = request
        self._total = total
        self._limit = _whole(request.arg("sysparm_limit"), default_limit)
        self._offset = _whole(request.arg("sysparm_offset"), 0)

    def cut(self, rows: list[Values]) -> list[Values]:
        return rows[self._offset : self._offset + self._limit]

    def headers(self) -> dict[str, str]:
        out = {}
        counted = self._request.arg("sysparm_no_count") != "true"
        if counted:
            out["X-Total-Count"] = str(self._total)
        if self._request.arg("sysparm_suppress_pagination_header") != "true" and self._limit:
            out["Link"] = ",".join(f'<{self._url(offset)}>;rel="{name}"' for name, offset in self._pages(counted=counted).items())
        return out

    def _pages(self, *, counted: bool) -> dict[str, int]:
        pages = {"first": 0}
        if self._offset:
            pages["prev"] = max(0, self._offset - self._limit)
        if self._offset + self._limit < self._total:
            pages["next"] = self._offset + self._limit
        if counted:
            pages["last"] = max(0, (self._total - 1) // self._limit * self._limit)
        return pages

    def _url(self, offset: int) -> str:
        query = {**self._request.query, "sysparm_limit": [str(self._limit)], "sysparm_offset": [str(offset)]}
        return f"{self._request.base_url}{self._request.path}?{urlencode(query, doseq=True)}"


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdigit() else default


class Renderer:
    """Writes rows of one table as one request wants them (``sysparm_fields``, ``sysparm_display_value``, ...).

    :param prefix: the API's path as the caller addressed it, for links (``/api/now/v2``).
    """

    def __init__(self, records: Records, table: str, request: Request, prefix: str, as_of: float | None = None) -> None:
        self._records = records
        self._as_of = as_of
        self._link = f"{request.base_url}{prefix}/table"
        self._mode = request.arg("sysparm_display_value", "false")
        self._links = request.arg("sysparm_exclude_reference_link") != "true"
        names = [name.strip() for name in request.arg("sysparm_fields").split(",") if name.strip()]
        self._cells = list(self._plan(table, names or list(records.columns[table])))

    def _plan(self, table: str, names: list[str]) -> list[tuple[str, Column, Reader]]:
        """The fields of an answer. Unknown names are ignored; fields hidden by access rules are left out."""
        out = []
        for name in dict.fromkeys(names):
            column, read = self._records.column(table, name), self._records.reader(table, name)
            if column and read and not (table == "incident" and name in self._records.hidden_fields):
                out.append((name, column, read))
        return out

    def record(self, values: Values) -> dict[str, object]:
        return {name: self._cell(column, read(values), values) for name, column, read in self._cells}

    def _cell(self, column: Column, raw: str, values: Values) -> object:
        link = f"{self._link}/{column.reference}/{raw}" if self._links and column.reference and raw else ""
        match self._mode:
            case "true":
                shown = self._display(column, raw, values)
                return {"display_value": shown, "link": link} if link else shown
            case "all":
                cell = {"display_value": self._display(column, raw, values), "value": raw}
                return {**cell, "link": link} if link else cell
        return {"link": link, "value": raw} if link else raw

    def _display(self, column: Column, raw: str, values: Values) -> str:
        if column.element in JOURNALS and column.owner == "task":
            return self._journal(values["sys_id"], column.element)
        if not raw:
            return ""
        if column.reference:
            return self._records.target(column.reference, raw).get("name", raw)
        if column.type == "glide_date_time":
            return self._local(raw)
        if column.owner in ("task", "incident"):
            return self._records.choices.get(column.element, {}).get(raw, raw)
        return raw

    def _journal(self, sys_id: str, name: str) -> str:
        """All entries as one text, newest first: what a form shows, without ids."""
        rows = (row.at(self._as_of) for row in reversed(self._records.tables["sys_journal_field"].by("element_id", sys_id)))
        return "".join(self._entry(entry) for entry in rows if entry and entry["element"] == name)

    def _entry(self, entry: Values) -> str:
        who = self._records.user_name(entry["sys_created_by"])
        return f"{self._local(entry['sys_created_on'])} - {who} ({JOURNALS[entry['element']]})\n{entry['value']}\n\n"

    def _local(self, stamp: str) -> str:
        if self._records.zone is UTC:
            return stamp
        try:
            moment = datetime.strptime(stamp, TIME_FORMAT).replace(tzinfo=UTC)
        except ValueError:  # a person's free text in a date field
            return stamp
        return moment.astimezone(self._records.zone).strftime(TIME_FORMAT)

"""The web face of the simulated ServiceNow: routes, headers, the Table and Aggregate APIs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus

from connector.sandbox.core import Request, Response
from connector.sandbox.servicenow_access import Access, Limited
from connector.sandbox.servicenow_files import Files
from connector.sandbox.servicenow_incidents import Incidents
from connector.sandbox.servicenow_query import Values
from connector.sandbox.servicenow_records import NO_RECORD
from connector.sandbox.servicenow_render import Page, Renderer, failure, reply
from connector.sandbox.servicenow_rules import Refusal

_TOKEN_PATH = "/oauth_token.do"  # noqa: S105 - a path
_ROUTE = re.compile(r"(/api/now(?:/(v[12]))?)/(table|stats|attachment)((?:/[^/]+)*)/?")
_ACCEPTABLE = ("*/*", "application/*", "application/json")
_READS = ("GET", "HEAD")
_CHALLENGE = {"WWW-Authenticate": 'BASIC realm="Service-now"'}


@dataclass(frozen=True)
class _Call:
    """One authenticated request, taken apart."""

    request: Request
    method: str
    prefix: str  # /api/now or /api/now/v2
    version: str  # v1, v2 or nothing
    api: str  # table, stats, attachment
    path: list[str]  # what follows
    who: str
    as_of: float | None


class Rest:
    """Answers requests from the records."""

    def __init__(self, records: Incidents, password: str, client_id: str, client_secret: str) -> None:
        self._records = records
        self._files = Files(records)
        self._access = Access(records.world, records.user, password, (client_id, client_secret))

    def expire_tokens(self) -> None:
        self._access.expire_tokens()

    def who(self, request: Request) -> str:
        """The caller's login.

        :raises Refusal: 401.
        """
        return self._access.login(request)

    def is_write(self, request: Request) -> bool:
        return request.path != _TOKEN_PATH and _method(request) not in _READS

    def label(self, request: Request) -> str:
        """Verb and what it is about: ``PATCH incident``, ``POST attachment``, ``GET stats incident``, ``POST oauth``."""
        if request.path == _TOKEN_PATH:
            return "POST oauth"
        found = _ROUTE.fullmatch(request.path)
        if found is None:
            return f"{_method(request)} ?"
        table = found[4].split("/")[1] if found[4] and found[3] != "attachment" else ""
        return " ".join(filter(None, [_method(request), "" if found[3] == "table" else found[3], table]))

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        try:
            if request.path == _TOKEN_PATH:
                return self._access.token(request)
            who = self._access.login(request)
            headers = self._access.count(self._records.rate_limit)
            answer = self._answer(request, who, as_of)
        except Limited as limited:
            return failure(limited, limited.headers)
        except Refusal as refused:
            return failure(refused, _CHALLENGE if refused.status == HTTPStatus.UNAUTHORIZED else {})
        body = b"" if request.method == "HEAD" else answer.body
        return Response(answer.status, {**answer.headers, **headers}, body)

    def _answer(self, request: Request, who: str, as_of: float | None) -> Response:
        found = _ROUTE.fullmatch(request.path)
        if found is None:
            raise Refusal(400, "Requested URI does not represent any resource", request.path)
        path = [part for part in found[4].split("/") if part]
        call = _Call(request, _method(request), found[1], found[2] or "", found[3], path, who, as_of)
        _check_accept(call)
        match call.api:
            case "attachment":
                return self._attachment(call)
            case "stats":
                return self._stats(call)
        return self._table(call)

    # -- attachments and figures

    def _attachment(self, call: _Call) -> Response:
        match call.method, call.path:
            case "GET" | "HEAD", [] | [_] | [_, "file"]:
                return self._files.read(call.request, call.prefix, call.path, call.as_of)
            case "POST", ["file"] | ["upload"]:
                return self._files.write(call.request, call.prefix, call.path, call.who)
            case "DELETE", [_]:
                return self._files.delete(call.path, call.who)
        raise _not_allowed(call)

    def _stats(self, call: _Call) -> Response:
        if call.method not in _READS or len(call.path) != 1:
            raise _not_allowed(call)
        rows = self._matching(call, call.path[0])
        counted = call.request.arg("sysparm_count") == "true"
        return reply(200, {"stats": {"count": str(len(rows))} if counted else {}})

    # -- the Table API

    def _table(self, call: _Call) -> Response:
        match call.method, call.path:
            case "GET" | "HEAD", [table]:
                return self._list(call, table)
            case "GET" | "HEAD", [table, sys_id]:
                return self._shown(call, table, self._records.seen(table, sys_id, call.as_of), 200)
            case "POST", [table]:
                return self._insert(call, table)
            case "PATCH" | "PUT", [table, sys_id]:
                return self._update(call, table, sys_id)
            case "DELETE", [table, sys_id]:
                return self._delete(call, table, sys_id)
        raise _not_allowed(call)

    def _list(self, call: _Call, table: str) -> Response:
        rows = self._matching(call, table)
        if not rows and call.version == "v1":
            raise Refusal(*NO_RECORD)
        page = Page(call.request, len(rows))
        renderer = Renderer(self._records, table, call.request, call.prefix, call.as_of)
        shown = [renderer.record(values) for values in page.cut(rows) if self._records.visible(values)]
        return reply(200, shown, page.headers())

    def _matching(self, call: _Call, table: str) -> list[Values]:
        rows = self._records.table(table)
        if not self._records.readable(table):
            return []
        return rows.search(self._records.query(table, _query(call.request)), call.as_of)

    def _shown(self, call: _Call, table: str, values: Values, status: int, headers: dict[str, str] | None = None) -> Response:
        if call.request.headers.get("x-no-response-body") == "true" and call.method not in _READS:
            return Response(status, headers or {})
        renderer = Renderer(self._records, table, call.request, call.prefix, call.as_of)
        return reply(status, renderer.record(values), headers)

    def _insert(self, call: _Call, table: str) -> Response:
        self._must_be_incident(table, "Insert")
        row = self._records.insert(call.who, _fields(call.request), api=True)
        location = f"{call.request.base_url}{call.prefix}/table/incident/{row.values['sys_id']}"
        return self._shown(call, table, row.values, 201, {"Location": location})

    def _update(self, call: _Call, table: str, sys_id: str) -> Response:
        self._must_be_incident(table, "Update")
        given = _fields(call.request)
        self._records.seen("incident", sys_id)
        row = self._records.incident(sys_id)
        self._records.update(row, call.who, given, api=True)
        return self._shown(call, table, row.values, 200)

    def _delete(self, call: _Call, table: str, sys_id: str) -> Response:
        self._must_be_incident(table, "Delete")
        self._records.seen("incident", sys_id)
        self._records.remove("incident", self._records.incident(sys_id), call.who)
        return Response(204)

    def _must_be_incident(self, table: str, act: str) -> None:
        self._records.table(table)
        if table != "incident":
            raise Refusal(403, "Operation Failed", f"ACL Exception {act} Failed due to security constraints")


def _method(request: Request) -> str:
    override = request.headers.get("x-http-method-override", "")
    return override.upper() if request.method == "POST" and override else request.method


def _check_accept(call: _Call) -> None:
    """A write must say what answer it takes. Content, too, must be declared: see :func:`_fields`."""
    accept = call.request.headers.get("accept", "")
    if call.method in _READS:
        return
    if not accept:
        raise Refusal(400, "Missing Accept header", "")
    if call.method != "DELETE" and not any(part.split(";")[0].strip() in _ACCEPTABLE for part in accept.split(",")):
        raise Refusal(406, "Invalid Accept header", "Supported response media types for this service are: [application/json]")


def _not_allowed(call: _Call) -> Refusal:
    return Refusal(405, "Method not allowed", f"{call.method} is not supported by {call.request.path}")


def _query(request: Request) -> str:
    """The encoded query; without one, plain ``field=value`` pairs."""
    if "sysparm_query" in request.query:
        return request.arg("sysparm_query")
    return "^".join(f"{name}={values[0]}" for name, values in request.query.items() if not name.startswith("sysparm_"))


def _fields(request: Request) -> dict[str, str]:
    """The record of a write. Of several records the first counts; every value becomes text, null clears.

    :raises Refusal: 400 without Content-Type or without readable JSON, 415 for another type.
    """
    kind = request.headers.get("content-type", "")
    if not kind:
        raise Refusal(400, "Missing Content-Type header", "")
    if kind.split(";")[0].strip() != "application/json":
        raise Refusal(415, "Invalid content-type", "Supported request media types for this service are: [application/json]")
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as broken:
        raise Refusal(400, "Exception while reading request", "The payload is not valid JSON") from broken
    if isinstance(body, list):
        body = body[0] if body else {}
    if not isinstance(body, dict):
        raise Refusal(400, "Exception while reading request", "The payload is not a record")
    return {str(name): _text(value) for name, value in body.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)

"""The Attachment API of the simulated ServiceNow."""

from __future__ import annotations

import json
import re
from email import message_from_bytes

from connector.sandbox.core import Request, Response
from connector.sandbox.servicenow_incidents import Incidents
from connector.sandbox.servicenow_query import Values
from connector.sandbox.servicenow_render import Page, reply
from connector.sandbox.servicenow_rules import Refusal

_DEFAULT_LIMIT = 1000
_METADATA = [
    "sys_id",
    "file_name",
    "content_type",
    "size_bytes",
    "size_compressed",
    "compressed",
    "hash",
    "state",
    "table_name",
    "table_sys_id",
    "sys_created_on",
    "sys_created_by",
    "sys_updated_on",
    "sys_updated_by",
    "sys_mod_count",
]
_Upload = tuple[dict[str, str], bytes, str]  # parameters, content, content type


class Files:
    """``/api/now/attachment...``: list, metadata, content, upload raw and as a form, delete."""

    def __init__(self, records: Incidents) -> None:
        self._records = records

    def read(self, request: Request, prefix: str, path: list[str], as_of: float | None) -> Response:
        if not path:
            return self._list(request, prefix, as_of)
        values = self._records.seen("sys_attachment", path[0], as_of)
        meta = self._metadata(request, prefix, values)
        if path[1:] != ["file"]:
            return reply(200, meta)
        headers = {"Content-Type": values["content_type"], "X-Attachment-Metadata": json.dumps(meta)}
        return Response(200, headers, self._records.data[path[0]])

    def _list(self, request: Request, prefix: str, as_of: float | None) -> Response:
        query = self._records.query("sys_attachment", request.arg("sysparm_query"))
        rows = self._records.tables["sys_attachment"].search(query, as_of)
        page = Page(request, len(rows), _DEFAULT_LIMIT)
        shown = [self._metadata(request, prefix, values) for values in page.cut(rows) if self._records.visible(values)]
        return reply(200, shown, page.headers())

    def write(self, request: Request, prefix: str, path: list[str], who: str) -> Response:
        if "content-type" not in request.headers:
            raise Refusal(400, "Missing Content-Type", "")
        if path == ["upload"]:
            return self._store(request, prefix, who, _form(request))
        kind = request.headers["content-type"]
        given = {name: request.arg(name) for name in request.query}
        return self._store(request, prefix, who, (given, request.body, kind))

    def _store(self, request: Request, prefix: str, who: str, upload: _Upload) -> Response:
        given, data, kind = upload
        for name in ("table_name", "table_sys_id", "file_name"):
            if not given.get(name):
                raise Refusal(400, f"Missing parameter: {name}", "")
        if given["table_name"] != "incident":
            raise Refusal(400, f"Invalid table {given['table_name']}", "")
        self._records.seen("incident", given["table_sys_id"])
        row = self._records.incident(given["table_sys_id"])
        file = self._records.add_file(row, who, given["file_name"], data, kind, api=True)
        location = f"{request.base_url}{prefix}/attachment/{file.values['sys_id']}"
        return reply(201, self._metadata(request, prefix, file.values), {"Location": location})

    def delete(self, path: list[str], who: str) -> Response:
        self._records.seen("sys_attachment", path[0])
        self._records.remove("sys_attachment", self._records.tables["sys_attachment"].rows[path[0]], who)
        return Response(204)

    @staticmethod
    def _metadata(request: Request, prefix: str, values: Values) -> dict[str, str]:
        meta = {name: values.get(name, "") for name in _METADATA}
        return {**meta, "download_link": f"{request.base_url}{prefix}/attachment/{values['sys_id']}/file"}


def _form(request: Request) -> _Upload:
    """The fields of a multipart upload, its file and the file's type. What follows the file is not looked at."""
    boundary = re.search(r'boundary="?([^";]+)', request.headers["content-type"])
    if boundary is None:
        raise Refusal(400, "Missing boundary", "")
    given: dict[str, str] = {}
    for section in (b"\r\n" + request.body).split(b"\r\n--" + boundary[1].encode())[1:-1]:
        head, _, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        part = message_from_bytes(head + b"\r\n\r\n")
        if name := part.get_filename():
            return {**given, "file_name": name}, content, part.get_content_type()
        given[str(part.get_param("name", "", "content-disposition"))] = content.decode()
    raise Refusal(400, "Missing file part", "")

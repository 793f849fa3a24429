"""Files on their way into and out of a simulated Jira."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from connector.sandbox.core import Request, Response
from connector.sandbox.jira_site import Refusal
from connector.sandbox.jira_store import File

_NAMED = re.compile(r"filename\*=utf-8''([^;\r\n]+)|filename=\"([^\"]*)\"", re.IGNORECASE)
_FIELD = re.compile(r"[; ]name=\"?file\"?[;\r\n]|[; ]name=\"?file\"?$", re.IGNORECASE | re.MULTILINE)
_KIND = re.compile(r"^content-type: *([^\r\n]+)", re.IGNORECASE | re.MULTILINE)


def uploaded(request: Request) -> list[tuple[str, bytes, str]]:
    """Name, content and type of each part named ``file``.

    :raises Refusal: 403 without the header against forged requests, 415 for no form, 400 without a file.
    """
    if request.headers.get("x-atlassian-token", "") not in ("no-check", "nocheck"):
        raise Refusal(403, "XSRF check failed")
    kind = request.headers.get("content-type", "")
    boundary = re.search(r'boundary="?([^";]+)', kind)
    if not kind.startswith("multipart/form-data") or boundary is None:
        raise Refusal(415, "Unsupported Media Type")
    sections = (b"\r\n" + request.body).split(b"\r\n--" + boundary[1].encode())[1:-1]
    out = [_part(*section.removeprefix(b"\r\n").partition(b"\r\n\r\n")[::2]) for section in sections]
    files = [part for part in out if part is not None]
    if not files:
        raise Refusal(400, "No file is attached: the part's name must be 'file'.")
    return files


def _part(head: bytes, content: bytes) -> tuple[str, bytes, str] | None:
    text = head.decode("utf-8", "replace")
    named, kind = _NAMED.search(text), _KIND.search(text)
    if not _FIELD.search(text) or named is None:
        return None
    name = unquote(named[1]) if named[1] else named[2].replace("%22", '"').replace("%0D", "").replace("%0A", "")
    return name, content, kind[1].strip() if kind else "application/octet-stream"


def sent_file(request: Request, file: File) -> Response:
    """A file, or the part of it that the request asks for."""
    headers = {"Content-Type": file.content_type, "Accept-Ranges": "bytes"}
    headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    wanted = request.headers.get("range", "")
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    if not wanted or not first.isdecimal():
        return Response(200, headers, file.data)
    start, end = int(first), min(int(last) if last.isdecimal() else len(file.data) - 1, len(file.data) - 1)
    if start >= len(file.data):
        return Response(416, {**headers, "Content-Range": f"bytes */{len(file.data)}"})
    span = {"Content-Range": f"bytes {start}-{end}/{len(file.data)}"}
    return Response(206, {**headers, **span}, file.data[start : end + 1])

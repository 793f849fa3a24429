"""Call a simulated system in process, through a real ``requests`` session."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.models import PreparedRequest
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from connector.sandbox.core import Request, Response, System, World


class InProcess(BaseAdapter):
    """A ``requests`` transport adapter: mount it under the base URL of a simulated system.

    Faults come out as the exceptions that ``requests`` raises over a real network.
    """

    def __init__(self, world: World, system: System) -> None:
        super().__init__()
        self.world = world
        self.system = system

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: Any = None,  # noqa: ARG002
        verify: Any = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:
        answer = self.world.deliver(self.system, to_request(request))
        if answer == "refused":
            reason = NewConnectionError(HTTPConnection("sandbox"), "Connection refused")
            raise requests.exceptions.ConnectionError(reason, request=request)
        if isinstance(answer, str):
            message = "Read timed out."
            raise requests.exceptions.ReadTimeout(message, request=request)
        return _answer(request, answer)

    def close(self) -> None:
        """Nothing is held."""


def to_request(prepared: PreparedRequest) -> Request:
    parts = urlsplit(prepared.url or "")
    body: Any = prepared.body or b""  # requests sends iterables too
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes | bytearray):
        body = b"".join(body)
    return Request(
        prepared.method or "GET",
        parts.path,
        parse_qs(parts.query, keep_blank_values=True),
        {name.lower(): str(value) for name, value in prepared.headers.items()},
        bytes(body),
        f"{parts.scheme}://{parts.netloc}",
    )


def _answer(request: PreparedRequest, answer: Response) -> requests.Response:
    out = requests.Response()
    out.status_code = answer.status
    out.headers = CaseInsensitiveDict(answer.headers)
    out.raw = HTTPResponse(io.BytesIO(answer.body), status=answer.status, headers=dict(answer.headers), preload_content=False)
    out.url = request.url or ""
    out.request = request
    out.encoding = requests.utils.get_encoding_from_headers(out.headers)
    return out

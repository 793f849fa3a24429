"""Health over HTTP, for probes and for Prometheus: ``/healthz``, ``/readyz``, ``/metrics``. Reads nothing, changes nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST

Reasons = Callable[[], list[str]]
"""Asks why not: no reason means yes."""


class HealthServer:
    """Answers in threads of its own until :meth:`stop`.

    :param address: where to listen; port 0 takes any free one, see :attr:`port`.
    :param live: why the process should be restarted.
    :param ready: why it is not (yet) at work.
    :param metrics: the text for Prometheus.
    :raises OSError: the address cannot be had.
    """

    def __init__(self, address: tuple[str, int], live: Reasons, ready: Reasons, metrics: Callable[[], bytes]) -> None:
        parts = {"live": staticmethod(live), "ready": staticmethod(ready), "metrics": staticmethod(metrics)}
        family = {"address_family": AF_INET6 if ":" in address[0] else AF_INET}
        self._httpd = type("Server", (_Server,), family)(address, type("Handler", (_Handler,), parts))
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.1,), name="health", daemon=True)

    @property
    def port(self) -> int:
        return int(self._httpd.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join(2)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A probe that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    live: Reasons
    ready: Reasons
    metrics: Callable[[], bytes]
    protocol_version = "HTTP/1.1"
    timeout = 10  # a caller that says nothing is let go

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/healthz":
                self._say(self.live())
            case "/readyz":
                self._say(self.ready())
            case "/metrics":
                self._answer(HTTPStatus.OK, self.metrics(), CONTENT_TYPE_LATEST)
            case _:
                self._answer(HTTPStatus.NOT_FOUND, b"/healthz, /readyz, /metrics\n", "text/plain")

    def _say(self, reasons: list[str]) -> None:
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        body = json.dumps({"ok": not reasons, "reasons": reasons}, ensure_ascii=False).encode() + b"\n"
        self._answer(status, body, "application/json; charset=utf-8")

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Probes are not worth a line each."""

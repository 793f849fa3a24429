"""A proxy on the loopback before a real portal, where a test decides what becomes of an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests

Witness = Callable[[str, bytes], bool]
"""Told the SOAPAction and the answer of each call, after it took effect; False withholds the answer: the line is cut."""


@contextmanager
def between(url: str, witness: Witness) -> Iterator[str]:
    """The address that stands for ``url``, for as long as the block lasts."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept = {name: self.headers[name] for name in ("Content-Type", "SOAPAction")}
            reply = requests.post(origin + self.path, data=body, headers=kept, timeout=30)
            if not witness(kept["SOAPAction"], reply.content):
                self.close_connection = True
                return
            self.send_response(reply.status_code)
            self.send_header("Content-Type", reply.headers["Content-Type"])
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{parts.path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

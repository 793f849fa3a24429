"""Posts as systems send them, signed by code of their own, and a daemon that takes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping

SECRET = "a secret of more than sixteen characters"

TAKES_POSTS = {
    "TEST_WEBHOOK_SECRET": SECRET,
    "CONNECTOR_DAEMON__INBOX": "127.0.0.1:0",
    "CONNECTOR_CONNECTIONS__ACME__CUSTOMER__WEBHOOK__KIND": "servicenow",
    "CONNECTOR_CONNECTIONS__ACME__CUSTOMER__WEBHOOK__SECRET_ENV": "TEST_WEBHOOK_SECRET",
    "CONNECTOR_CONNECTIONS__ACME__VENDOR__WEBHOOK__KIND": "otrs",
    "CONNECTOR_CONNECTIONS__ACME__VENDOR__WEBHOOK__SECRET_ENV": "TEST_WEBHOOK_SECRET",
}
"""The environment of a daemon that takes the posts of both simulated systems."""


def servicenow(sys_id: str, *, secret: str = SECRET, at: float = 0.0) -> tuple[bytes, dict[str, str]]:
    """What the business rule sends."""
    body, stamp = json.dumps({"sys_id": sys_id}).encode(), f"{at or time.time():.0f}"
    mac = hmac.digest(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return body, {"X-Connector-Timestamp": stamp, "X-Connector-Signature": base64.b64encode(mac).decode()}


def plain(body: object, *, secret: str = SECRET, header: str = "X-Connector-Signature") -> tuple[bytes, dict[str, str]]:
    """What everybody else sends: a signature over the body alone."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return raw, {header: f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"}


def otrs(ref: str) -> tuple[bytes, dict[str, str]]:
    return plain({"TicketID": ref})


def post(port: int, path: str, sent: tuple[bytes, Mapping[str, str]], *, method: str = "POST") -> tuple[int, float]:
    """The status of the answer, and the seconds until it came."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    began = time.monotonic()
    try:
        line.request(method, path, sent[0], dict(sent[1]))
        return line.getresponse().status, time.monotonic() - began
    finally:
        line.close()


CUSTOMER, VENDOR = "/hooks/acme/customer", "/hooks/acme/vendor"

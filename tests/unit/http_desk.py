"""A client of a made-up system, for the tests of the HTTP client."""

from __future__ import annotations

from typing import Any

import responses

from adapters.around import Around
from adapters.base import Gone, Refused, Trouble
from adapters.http import Garbled, Http, HttpOptions, Reply

URL = "https://desk.test"
PAGE = "<!DOCTYPE html><html><body>Please wait</body></html>"
SECRET = "s3cr3t-password"


class Time:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def own_error(reply: Reply) -> Trouble | None:
    body = reply.own_json()
    if not isinstance(body, dict) or "error" not in body:
        return None
    return Gone("gone") if reply.status == 404 else Refused(str(body["error"]))


def client(clock: Time | None = None, *, base: str = URL, auth: Any = None, session: Any = None, **options: Any) -> Http:
    clock = clock or Time()
    return Http(
        "Desk",
        base,
        own_error=own_error,
        auth=auth,
        options=HttpOptions(**options),
        around=Around(session=session, clock=clock, sleep=clock.sleep),
        jitter=lambda low, _high: low,
    )


def value(reply: Reply) -> object:
    body = reply.json()
    if "value" not in body:
        raise Garbled("no value")
    return body["value"]


def read(http: Http, path: str = "/x") -> object:
    return http.read("GET", path, value)


def write(http: Http, path: str = "/x") -> object:
    return http.write("POST", path, value, json={"a": "b"})


def both(net: responses.RequestsMock, **answer: Any) -> None:
    net.add("GET", f"{URL}/x", **answer)
    net.add("POST", f"{URL}/x", **answer)

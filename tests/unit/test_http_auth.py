"""Log-ins: tokens that end, rotate, or cannot be had."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from pydantic import SecretStr

from adapters.base import Misconfigured, NotApplied, Trouble
from adapters.http_auth import Bearer, OAuth
from tests.unit.http_desk import PAGE, SECRET, URL, Time, both, client, read, value, write


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


TOKEN = f"{URL}/oauth_token.do"


def oauth(clock: Time, grant: str = "client_credentials", **parts: Any) -> OAuth:
    return OAuth(TOKEN, grant, {"client_id": "id", "client_secret": SecretStr(SECRET)}, clock=clock, **parts)


class Tokens:
    """A token address that gives T1, T2, ..., and a system that takes the newest one until it is ended."""

    def __init__(self, net: responses.RequestsMock, **more: Any) -> None:
        self.given = 0
        self.ended = False
        self.forms: list[str] = []
        self.bodies: list[bytes] = []
        self.more = more
        net.add_callback("POST", TOKEN, self._give)
        for method in ("GET", "POST"):
            net.add_callback(method, f"{URL}/x", self._take)

    def _give(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.forms.append(request.body)
        self.given += 1
        self.ended = False
        more = {"expires_in": 1799, **self.more}
        rest = "".join(f', "{k}": "{v}{self.given}"' if isinstance(v, str) else f', "{k}": {v}' for k, v in more.items())
        return 200, {"Content-Type": "application/json"}, f'{{"access_token": "T{self.given}"{rest}}}'

    def _take(self, request: Any) -> tuple[int, dict[str, str], str]:
        body = request.body
        self.bodies.append(body.read() if hasattr(body, "read") else body)
        if self.ended or request.headers["Authorization"] != f"Bearer T{self.given}":
            return 401, {}, '{"error": "who?"}'
        return 200, {"Content-Type": "application/json"}, f'{{"value": "T{self.given}"}}'


def test_a_token_is_fetched_once_and_renewed_before_its_end(net: responses.RequestsMock) -> None:
    clock, tokens = Time(), Tokens(net)
    http = client(clock, auth=oauth(clock))
    assert [read(http), read(http)] == ["T1", "T1"]
    clock.now += 1799 - 59
    assert read(http) == "T2"
    assert tokens.forms[0] == f"client_id=id&client_secret={SECRET}&grant_type=client_credentials"


def test_a_token_that_ended_in_the_middle_is_renewed_once(net: responses.RequestsMock) -> None:
    clock, tokens = Time(), Tokens(net)
    http = client(clock, auth=oauth(clock))
    read(http)
    tokens.ended = True
    assert write(http) == "T2"
    tokens.ended = True
    content = io.BytesIO(b"whole")
    assert http.write("POST", "/x", value, data=content) == "T3"
    assert tokens.bodies[-1] == b"whole"


def test_a_token_that_a_new_one_does_not_cure(net: responses.RequestsMock) -> None:
    both(net, status=401, json={"error": "who?"})
    net.add("POST", TOKEN, json={"access_token": "same", "expires_in": 30})
    clock = Time()
    with pytest.raises(Misconfigured):
        read(client(clock, auth=oauth(clock)))
    with pytest.raises(NotApplied):
        write(client(clock, auth=oauth(clock)))


def test_the_same_token_near_its_end_is_not_asked_for_at_every_call(net: responses.RequestsMock) -> None:
    both(net, json={"value": 1})
    net.add("POST", TOKEN, json={"access_token": "same", "expires_in": 30})
    clock = Time()
    http = client(clock, auth=oauth(clock))
    for _ in range(10):
        read(http)
    assert net.assert_call_count(TOKEN, 1)


def test_a_rotated_refresh_token_is_saved_before_it_is_used(net: responses.RequestsMock) -> None:
    clock, saved = Time(), list[str]()
    tokens = Tokens(net, refresh_token="R")
    auth = oauth(clock, "refresh_token", refresh_token=SecretStr("R0"), save_token=saved.append)
    http = client(clock, auth=auth)
    read(http)
    assert (saved, "refresh_token=R0" in tokens.forms[0]) == (["R1"], True)
    clock.now += 1800
    read(http)
    assert (saved, "refresh_token=R1" in tokens.forms[1]) == (["R1", "R2"], True)


def test_a_refresh_token_that_cannot_be_saved_stops_before_the_call(net: responses.RequestsMock) -> None:
    def full(_token: str) -> None:
        raise OSError("disk full")

    clock, tokens = Time(), Tokens(net, refresh_token="R")
    http = client(clock, auth=oauth(clock, "refresh_token", refresh_token=SecretStr("R0"), save_token=full))
    with pytest.raises(OSError, match="disk full"):
        write(http)
    assert tokens.bodies == []


def test_one_thread_fetches_for_all(net: responses.RequestsMock) -> None:
    clock, tokens = Time(), Tokens(net)
    auth = oauth(clock)
    http = client(clock, auth=auth)
    read(http)
    used = auth.header(http._token)
    tokens.ended = True
    threads = [threading.Thread(target=auth.renew, args=(used, http._token)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tokens.given == 2


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ({"status": 401, "json": {"error": "invalid_client"}}, Misconfigured),
        ({"status": 400, "json": {"error": "invalid_grant"}}, Misconfigured),
        ({"status": 200, "json": {"no": "token"}}, Misconfigured),
        ({"status": 503, "body": PAGE}, NotApplied),
        ({"status": 200, "body": PAGE, "content_type": "text/html"}, NotApplied),
        ({"body": requests.exceptions.ReadTimeout("slow")}, NotApplied),
    ],
)
def test_a_write_without_a_token_was_never_sent(
    net: responses.RequestsMock, answer: dict[str, Any], trouble: type[Trouble]
) -> None:
    net.add("POST", TOKEN, **answer)
    clock = Time()
    with pytest.raises(trouble) as caught:
        write(client(clock, auth=oauth(clock)))
    assert SECRET not in str(caught.value)
    assert all(call.request.url == TOKEN for call in net.calls)


def test_a_fixed_token_is_sent_as_it_is(net: responses.RequestsMock) -> None:
    both(net, json={"value": 1})
    read(client(auth=Bearer(SecretStr("pat"))))
    assert net.calls[0].request.headers["Authorization"] == "Bearer pat"


@pytest.mark.parametrize("told", ['"soon"', "null", '"1799"'])
def test_a_lifetime_that_is_not_told_is_half_an_hour(net: responses.RequestsMock, told: str) -> None:
    both(net, json={"value": 1})
    net.add("POST", TOKEN, body=f'{{"access_token": "T", "expires_in": {told}}}', content_type="application/json")
    clock = Time()
    http = client(clock, auth=oauth(clock))
    for _ in range(3):
        read(http)
        clock.now += 700
    read(http)
    assert net.assert_call_count(TOKEN, 2)

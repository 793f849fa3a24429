"""The HTTP client: the table of troubles row by row, bounds, tokens, and what must never be told."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import responses
from pydantic import SecretStr
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError, ProtocolError, SSLError

from adapters.base import Gone, Misconfigured, NotApplied, Refused, Trouble, Unknown
from adapters.http import HttpOptions, Reply
from adapters.http_auth import Basic
from adapters.http_table import Table, never_sent, retry_after
from tests.unit.http_desk import PAGE, SECRET, URL, Time, both, client, own_error, read, value, write


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


# --- the table: status and body ---

TABLE: list[tuple[dict[str, Any], type[Trouble], bool | None, type[Trouble]]] = [
    # what came back, to a read, outage, to a write
    ({"status": 400, "json": {"error": "no"}}, Refused, None, Refused),
    ({"status": 400, "body": PAGE, "content_type": "text/html"}, NotApplied, False, Unknown),
    ({"status": 401, "json": {"error": "who?"}}, Misconfigured, None, NotApplied),
    ({"status": 403, "json": {"error": "no"}}, Refused, None, Refused),
    ({"status": 403, "body": PAGE, "content_type": "text/html"}, NotApplied, False, Unknown),
    ({"status": 404, "json": {"error": "no"}}, Gone, None, Gone),
    ({"status": 404, "body": PAGE, "content_type": "text/html"}, NotApplied, False, Unknown),
    ({"status": 408, "json": {"error": "slow"}}, NotApplied, True, Unknown),
    ({"status": 413, "body": PAGE, "content_type": "text/html"}, Refused, None, Refused),
    ({"status": 429, "json": {"error": "slow down"}}, NotApplied, True, NotApplied),
    ({"status": 429, "body": PAGE, "content_type": "text/html"}, NotApplied, True, NotApplied),
    ({"status": 500, "json": {"error": "bug"}}, NotApplied, False, Unknown),
    ({"status": 502, "body": PAGE, "content_type": "text/html"}, NotApplied, True, Unknown),
    ({"status": 503, "body": ""}, NotApplied, True, Unknown),
    ({"status": 504, "body": ""}, NotApplied, True, Unknown),
    ({"status": 302, "headers": {"Location": "https://login.test/"}}, NotApplied, True, Unknown),
    ({"status": 200, "body": PAGE, "content_type": "text/html"}, NotApplied, True, Unknown),
    ({"status": 200, "body": PAGE, "content_type": "application/json"}, NotApplied, True, Unknown),
    ({"status": 200, "body": '{"value": "cut sh', "content_type": "application/json"}, NotApplied, False, Unknown),
    ({"status": 200, "body": b"\xff\xfe\x00{", "content_type": "application/json"}, NotApplied, False, Unknown),
    ({"status": 200, "body": "", "content_type": "application/json"}, NotApplied, False, Unknown),
    ({"status": 200, "json": {"other": 1}}, NotApplied, False, Unknown),
    ({"body": requests.exceptions.ConnectTimeout("slow")}, NotApplied, True, NotApplied),
    ({"body": requests.exceptions.ProxyError("no way")}, NotApplied, True, NotApplied),
    ({"body": requests.exceptions.ReadTimeout("slow")}, NotApplied, True, Unknown),
    ({"body": requests.exceptions.ConnectionError(ProtocolError("reset"))}, NotApplied, True, Unknown),
    ({"body": requests.exceptions.ChunkedEncodingError("cut")}, NotApplied, True, Unknown),
    ({"body": requests.exceptions.SSLError("EOF in the middle")}, NotApplied, True, Unknown),
    ({"body": requests.exceptions.InvalidURL("bad")}, Misconfigured, None, Misconfigured),
]


@pytest.mark.parametrize(("answer", "to_read", "outage", "to_write"), TABLE)
def test_what_came_back_says_what_to_do(
    net: responses.RequestsMock, answer: dict[str, Any], to_read: type[Trouble], outage: bool | None, to_write: type[Trouble]
) -> None:
    both(net, **answer)
    net.add("GET", "https://login.test/", body=PAGE, content_type="text/html")
    with pytest.raises(to_read) as reading:
        read(client())
    assert getattr(reading.value, "outage", None) == outage
    with pytest.raises(to_write):
        write(client())


def caused(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(MaxRetryError(None, "/x", reason))  # type: ignore[arg-type]  # as urllib3 raises it


def test_a_name_that_is_not_known_means_never_sent() -> None:
    unknown = NameResolutionError("desk.test", HTTPConnection("desk.test"), socket.gaierror(-2, "Name or service not known"))
    assert never_sent(caused(unknown))
    assert not never_sent(caused(ProtocolError("Connection aborted.")))


def test_a_certificate_that_is_not_trusted_needs_a_person() -> None:
    refused = requests.exceptions.SSLError(MaxRetryError(None, "/x", SSLError(ssl.SSLCertVerificationError("self-signed"))))  # type: ignore[arg-type]  # as urllib3 raises it
    table = Table("Desk", own_error, Time())
    for to_write in (True, False):
        trouble = table.of_exception(refused, "ask", write=to_write)
        assert isinstance(trouble, Misconfigured)
        assert "certificate" in str(trouble)


def test_a_refused_connection_over_a_real_network_is_not_applied() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(NotApplied) as caught:
        write(client(base=base))
    assert caught.value.outage


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), ("Mon, 21 Sep 2026 14:13:50 GMT", 30.0), ("Mon, 21 Sep 2020 14:13:50 GMT", 0.0), ("soon", None), ("", None)],
)
def test_a_delay_is_read_in_both_forms(text: str, seconds: float | None) -> None:
    reply = Reply(429, CaseInsensitiveDict({"Retry-After": text}), b"")
    assert retry_after(reply, 1_790_000_000.0) == seconds


# --- again, or not ---


def test_a_read_is_tried_three_times_a_write_once(net: responses.RequestsMock) -> None:
    both(net, status=502, body=PAGE)
    clock = Time()
    with pytest.raises(NotApplied):
        read(client(clock))
    assert (len(net.calls), len(clock.slept)) == (3, 2)
    with pytest.raises(Unknown):
        write(client(clock))
    assert len(net.calls) == 4


def test_a_read_waits_as_long_as_it_is_asked_to(net: responses.RequestsMock) -> None:
    net.add("GET", f"{URL}/x", status=502, headers={"Retry-After": "9"})
    net.add("GET", f"{URL}/x", json={"value": 1})
    clock = Time()
    assert read(client(clock)) == 1
    assert clock.slept == [9.1]


@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "2"}), (429, {}), (503, {"Retry-After": "2"})])
def test_a_busy_system_is_not_asked_again_at_once(net: responses.RequestsMock, status: int, headers: dict[str, str]) -> None:
    """All threads are to hear of it, so the one that met it does not wait in silence."""
    both(net, status=status, headers=headers)
    clock = Time()
    with pytest.raises(NotApplied) as caught:
        read(client(clock))
    assert (caught.value.busy, caught.value.retry_after) == (True, 2.0 if headers else None)
    assert (clock.slept, len(net.calls)) == ([], 1)


def test_a_503_with_a_time_tells_a_write_that_the_system_is_busy(net: responses.RequestsMock) -> None:
    both(net, status=503, headers={"Retry-After": "7"})
    with pytest.raises(Unknown) as caught:
        write(client())
    assert (caught.value.busy, caught.value.retry_after) == (True, 7.0)


def test_a_503_without_a_time_is_an_outage_like_any_other(net: responses.RequestsMock) -> None:
    both(net, status=503)
    with pytest.raises(Unknown) as caught:
        write(client())
    assert not caught.value.busy


def test_a_longer_delay_is_handed_on(net: responses.RequestsMock) -> None:
    both(net, status=503, headers={"Retry-After": "600"})
    clock = Time()
    with pytest.raises(NotApplied) as caught:
        read(client(clock))
    assert (caught.value.retry_after, clock.slept, len(net.calls)) == (600.0, [], 1)


def test_a_refusal_is_not_tried_again(net: responses.RequestsMock) -> None:
    both(net, status=400, json={"error": "no"})
    with pytest.raises(Refused):
        read(client())
    assert len(net.calls) == 1


# --- bounds ---


def test_a_body_over_the_bound_is_broken_off_once(net: responses.RequestsMock) -> None:
    both(net, body=b'{"value": "' + b"x" * 5000 + b'"}')
    http = client(max_body=1000)
    with pytest.raises(NotApplied, match="more than 1000") as caught:
        read(http)
    assert (caught.value.outage, len(net.calls)) == (False, 1)
    with pytest.raises(Unknown):
        write(http)


@contextmanager
def raw_server(answer: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """A server that does with each connection what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(5)
                    try:
                        answer(connection, connection.recv(65536))
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def test_an_answer_that_drips_for_ever_ends() -> None:
    def drip(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"1\r\n \r\n")
            threading.Event().wait(0.02)

    with raw_server(drip) as base:
        http = client(base=base, total_timeout_s=0.2, tries=1)
        with pytest.raises(NotApplied, match="ReadTimeout"):
            read(http)
        http.close()


def test_an_answer_that_breaks_off_is_unknown_to_a_write() -> None:
    def cut(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")

    with raw_server(cut) as base:
        http = client(base=base)
        with pytest.raises(Unknown):
            write(http)
        http.close()


def test_a_server_that_hangs_up_without_a_word_is_unknown_to_a_write() -> None:
    with raw_server(lambda _connection, _request: None) as base:
        http = client(base=base)
        with pytest.raises(Unknown):
            write(http)
        with pytest.raises(NotApplied):
            read(http)
        http.close()


# --- what is sent ---


def test_a_redirected_write_is_not_followed(net: responses.RequestsMock) -> None:
    net.add("POST", f"{URL}/x", status=307, headers={"Location": f"{URL}/y"})
    net.add("POST", f"{URL}/y", json={"value": 1})
    with pytest.raises(Unknown):
        write(client())
    assert [call.request.url for call in net.calls] == [f"{URL}/x"]


def test_a_read_by_post_is_not_followed_either(net: responses.RequestsMock) -> None:
    net.add("POST", f"{URL}/x", status=307, headers={"Location": "https://evil.test/"})
    with pytest.raises(NotApplied):
        client().read("POST", "/x", value, data=f"<Password>{SECRET}</Password>")
    assert {call.request.url for call in net.calls} == {f"{URL}/x"}


def test_a_redirect_to_another_host_does_not_get_the_password(net: responses.RequestsMock) -> None:
    net.add("GET", f"{URL}/x", status=302, headers={"Location": "https://evil.test/"})
    net.add("GET", "https://evil.test/", json={"value": 1})
    read(client(auth=Basic("u", SecretStr(SECRET))))
    assert "Authorization" in net.calls[0].request.headers
    assert "Authorization" not in net.calls[1].request.headers


def test_surroundings_count_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    session = requests.Session()
    client(session=session, ca_file="/ours.pem")
    settings = session.merge_environment_settings(URL, {}, None, None, None)
    assert (dict(settings["proxies"]), settings["verify"]) == ({}, "/ours.pem")


@pytest.mark.parametrize("options", [{"ca_file": "/nowhere.pem"}, {"client_cert": "/nowhere.pem"}])
def test_a_missing_certificate_file_needs_a_person(options: dict[str, Any]) -> None:
    for call in (read, write):
        with pytest.raises(Misconfigured, match=r"/nowhere\.pem"):
            call(client(**options))


def test_cookies_are_dropped() -> None:
    asked: list[bytes] = []

    def bake(connection: socket.socket, request: bytes) -> None:
        asked.append(request)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: node=7; Path=/\r\nContent-Length: 12\r\n"
        connection.sendall(head + b'Connection: close\r\n\r\n{"value": 1}')

    with raw_server(bake) as base:
        http = client(base=base)
        assert [read(http), read(http)] == [1, 1]
        http.close()
    assert [b"ookie" in request for request in asked] == [False, False]


def test_every_call_has_both_time_outs(net: responses.RequestsMock) -> None:
    both(net, json={"value": 1})
    http = client()
    read(http)
    write(http)
    assert [call.request.req_kwargs["timeout"] for call in net.calls] == [(5, 20), (5, 20)]  # type: ignore[attr-defined]  # set by responses


def test_options_reach_the_session() -> None:
    session = requests.Session()
    client(session=session, verify=False, client_cert="/c.pem", proxies={"https": SecretStr("http://u:p@proxy.test")})
    assert (session.verify, session.cert, session.proxies) == (False, "/c.pem", {"https": "http://u:p@proxy.test"})
    assert "u:p" not in repr(HttpOptions(proxies={"https": SecretStr("http://u:p@proxy.test")}))


# --- files ---


def test_a_file_comes_whole_and_rewound(net: responses.RequestsMock) -> None:
    data = bytes(range(256)) * 8192  # over what is kept in memory
    net.add("GET", f"{URL}/f", body=data)
    digest = hashlib.sha256(data).hexdigest()
    with client().download("/f", what="open", size=len(data), sha256=digest) as file:
        assert file.read() == data


@pytest.mark.parametrize("expected", [{"size": 4}, {"size": 2}, {"sha256": "0" * 64}])
def test_a_file_that_is_not_the_one_is_not_taken(net: responses.RequestsMock, expected: dict[str, Any]) -> None:
    net.add("GET", f"{URL}/f", body=b"abc")
    with pytest.raises(NotApplied) as caught:
        client().download("/f", what="open", **expected)
    assert (caught.value.outage, len(net.calls)) == (False, 3)


def test_a_file_that_is_away_is_judged_by_the_table(net: responses.RequestsMock) -> None:
    net.add("GET", f"{URL}/f", status=404, json={"error": "no"})
    with pytest.raises(Gone):
        client().download("/f", what="open")


def test_a_file_over_the_bound_is_broken_off(net: responses.RequestsMock) -> None:
    net.add("GET", f"{URL}/f", body=b"x" * 1000)
    with pytest.raises(NotApplied):
        client(max_file=100).download("/f", what="open")
    assert len(net.calls) == 1


def test_no_message_holds_a_secret(net: responses.RequestsMock) -> None:
    both(net, body=requests.exceptions.ProxyError(f"cannot reach http://u:{SECRET}@proxy.test"))
    http = client(auth=Basic("u", SecretStr(SECRET)), proxies={"https": SecretStr(f"http://u:{SECRET}@proxy.test")})
    for call in (read, write):
        with pytest.raises(NotApplied) as caught:
            call(http)
        assert SECRET not in str(caught.value)
    assert SECRET not in repr(http._auth)

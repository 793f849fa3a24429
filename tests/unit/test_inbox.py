"""The inbox on its own: who is answered how, who is let go, and what is marked."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from connector.daemon import hints as hints_module
from connector.daemon import inbox as inbox_module
from connector.daemon.allowance import BURST, Allowance
from connector.daemon.hints import Hints, Place
from connector.daemon.hooks import hook
from connector.daemon.inbox import Inbox
from connector.daemon.inbox_http import MOST_BODY
from connector.daemon.tallies import Tallies, total
from connector.words import Side
from tests.process.place import eventually
from tests.process.posts import CUSTOMER, SECRET, VENDOR, otrs, plain, post

JIRA, OTRS = Place("acme", Side.CUSTOMER), Place("acme", Side.VENDOR)


class Box:
    """An inbox, and what came through it to where the store would be."""

    def __init__(self) -> None:
        self.marked: list[tuple[Place, str]] = []
        self.trouble: list[Exception] = []
        self.free = threading.Event()  # set: whoever marks goes on
        self.free.set()
        self.tallies = Tallies()
        hooks = {JIRA: hook("jira", SECRET), OTRS: hook("otrs", SECRET)}
        self.inbox = Inbox(("127.0.0.1", 0), hooks, Hints(self._mark), self.tallies)
        self.port = self.inbox.port

    def _mark(self, place: Place, refs: list[str]) -> None:
        self.free.wait(10)
        if self.trouble:
            raise self.trouble.pop()
        self.marked += [(place, ref) for ref in refs]

    def counts(self, place: Place) -> dict[str, int]:
        return self.tallies.of(place.connection)[place.side.value]

    def status_of(self, raw: bytes, *, patience: float = 5.0) -> int:
        """The answer to these bytes; 0 where the line was cut without one."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as line:
            line.sendall(raw)
            return read_status(line)


def read_status(line: socket.socket) -> int:
    try:
        answer = line.recv(64)
    except ConnectionError:
        return 0
    return int(answer.split(b" ")[1]) if answer else 0


def head(path: str, length: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Content-Length: {length}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    made.inbox.start()
    yield made
    made.free.set()
    made.inbox.stop()


def jira(issue: int, *, identifier: str = "") -> tuple[bytes, dict[str, str]]:
    body, headers = plain({"issue": {"id": str(issue)}}, header="X-Hub-Signature")
    return body, headers | ({"X-Atlassian-Webhook-Identifier": identifier} if identifier else {})


def test_what_is_signed_is_marked_and_a_repetition_is_not(box: Box) -> None:
    assert [post(box.port, CUSTOMER, jira(7, identifier="a"))[0] for _ in range(3)] == [202, 202, 202]
    assert post(box.port, CUSTOMER, jira(8, identifier="b"))[0] == 202
    assert eventually(lambda: box.marked == [(JIRA, "7"), (JIRA, "8")])
    assert (box.counts(JIRA)["received"], box.counts(JIRA)["repeated"]) == (4, 2)


def test_the_answer_waits_for_nobody_and_what_waits_is_kept_once(box: Box) -> None:
    box.free.clear()  # the store is busy
    assert post(box.port, VENDOR, otrs("1"))[0] == 202
    time.sleep(0.2)
    took = [post(box.port, VENDOR, otrs(ref)) for ref in ("2", "3", "2", "3", "2")]
    assert {status for status, _ in took} == {202}
    assert min(seconds for _, seconds in took) < 0.05
    box.free.set()
    assert eventually(lambda: box.marked == [(OTRS, "1"), (OTRS, "2"), (OTRS, "3")])


def test_where_there_is_no_room_the_answer_is_the_same(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints_module, "ROOM", 3)
    box.free.clear()
    assert post(box.port, VENDOR, otrs("1"))[0] == 202
    time.sleep(0.2)  # that one is being marked
    assert [post(box.port, VENDOR, otrs(str(n)))[0] for n in range(2, 7)] == [202] * 5
    box.free.set()
    assert eventually(lambda: [ref for _, ref in box.marked] == ["1", "2", "3", "4"])
    assert box.counts(OTRS)["dropped"] == 2


def test_a_store_that_fails_is_told_again_and_a_bug_ends_nothing(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints_module, "_PAUSE", 0.01)
    box.trouble = [OperationalError("UPDATE", {}, Exception("away"))]
    assert post(box.port, VENDOR, otrs("1"))[0] == 202
    assert eventually(lambda: box.marked == [(OTRS, "1")])
    box.trouble = [RuntimeError("a bug")]
    assert post(box.port, VENDOR, otrs("2"))[0] == 202
    assert eventually(lambda: not box.trouble)
    assert post(box.port, VENDOR, otrs("3"))[0] == 202
    assert eventually(lambda: box.marked == [(OTRS, "1"), (OTRS, "3")])
    assert box.inbox.running


def test_a_huge_body_is_refused_unread(box: Box) -> None:
    body, headers = otrs("1")
    assert box.status_of(head(VENDOR, MOST_BODY + 1, headers)) == 413
    assert box.status_of(head(VENDOR, 10 * MOST_BODY, headers) + b"x" * 100_000) == 413
    assert box.status_of(head(VENDOR, len(body), headers) + body) == 202
    large = plain(json.dumps({"TicketID": 1, "text": "x" * (MOST_BODY - 100)}).encode())
    assert post(box.port, VENDOR, large)[0] == 202, "as large as may be"


def test_a_sender_that_asks_first_is_told_to_go_on_or_not(box: Box) -> None:
    body, headers = otrs("1")
    with socket.create_connection(("127.0.0.1", box.port), timeout=5) as line:
        line.sendall(head(VENDOR, len(body), headers | {"Expect": "100-continue"}))
        assert read_status(line) == 100
        line.sendall(body)
        assert read_status(line) == 202
    assert box.status_of(head(VENDOR, len(body), {"Expect": "100-continue"})) == 401


def test_who_never_finishes_is_let_go_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "HEAD_S", 0.3)
    monkeypatch.setattr(inbox_module, "WHOLE_S", 2.5)
    monkeypatch.setattr(inbox_module, "_LOOK", 0.05)
    box = Box()
    box.inbox.start()
    body, headers = otrs("1")
    with ExitStack() as stack:
        stack.callback(box.inbox.stop)
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", box.port), timeout=5)) for _ in range(3)]
        lines[1].sendall(b"POST /hooks/ac")
        lines[2].sendall(head(VENDOR, len(body), headers) + body[:-1])
        began = time.monotonic()
        assert [read_status(line) for line in lines[:2]] == [408, 408]
        assert time.monotonic() - began < 2.0, "a head must come soon"
        assert read_status(lines[2]) == 408


def test_who_hangs_up_while_being_let_go_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "HEAD_S", 0.02)
    monkeypatch.setattr(inbox_module, "_LOOK", 0.001)
    box = Box()
    box.inbox.start()
    with capture_logs() as logged:
        for _ in range(40):
            with socket.create_connection(("127.0.0.1", box.port), timeout=5) as line:
                line.recv(1)  # closed with the rest of the answer unread, it resets the line at once
        assert eventually(lambda: post(box.port, VENDOR, otrs("1"))[0] == 202)
    assert (box.inbox.running, logged) == (True, [])
    box.inbox.stop()


def test_with_too_many_lines_the_oldest_are_let_go_and_who_means_it_is_served(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "CONNECTIONS", 8)
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", box.port), timeout=5)) for _ in range(30)]
        assert [post(box.port, VENDOR, otrs(str(n)))[0] for n in range(1, 21)] == [202] * 20
        assert {read_status(line) for line in lines[:22]} <= {503, 0}


def test_what_unfinished_posts_hold_is_bounded(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "HELD", 200_000)
    _, headers = otrs("1")
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", box.port), timeout=5)) for _ in range(4)]
        for line in lines:
            line.sendall(head(VENDOR, MOST_BODY, headers) + b"x" * 80_000)
            time.sleep(0.05)
        assert {read_status(line) for line in lines[:2]} <= {503, 0}
        assert post(box.port, VENDOR, otrs("1"))[0] == 202


def test_unsigned_posts_of_one_address_are_answered_so_often_and_signed_ones_always(box: Box) -> None:
    body, _ = otrs("1")
    statuses = [box.status_of(head(VENDOR, len(body), {}) + body) for _ in range(BURST + 10)]
    assert statuses[:BURST] == [401] * BURST
    assert 429 in statuses[BURST:]
    forged = body, {"X-Connector-Signature": "sha256=" + "0" * 64}
    assert post(box.port, VENDOR, forged)[0] == 401, "one that was read is never asked to come again"
    assert post(box.port, VENDOR, otrs("1"))[0] == 202
    assert box.counts(OTRS)["refused"] == BURST + 11


def test_an_allowance_comes_back_with_time_and_is_one_for_each_address() -> None:
    allowance = Allowance()
    for _ in range(BURST):
        allowance.take("a", 100.0)
    assert allowance.spent("a", 100.5)
    assert not allowance.spent("b", 100.5)
    assert not allowance.spent("a", 101.1)


def test_nothing_of_what_comes_is_logged(box: Box) -> None:
    words = b"a word of a person"
    with capture_logs() as logged:
        for raw in (words * 3000, words + b"\r\n\r\n", head(VENDOR, 5, {"X-Word": words.decode()}) + words):
            box.status_of(raw)
        post(box.port, VENDOR, plain({"TicketID": words.decode()}, secret="not the secret that it should be"))
        post(box.port, VENDOR, plain(words))
    assert "person" not in json.dumps(logged, default=str)
    assert [entry["event"] for entry in logged] == ["webhook_refused"], "and one line a minute, however many come"


def test_an_address_that_is_taken_is_an_error_and_leaves_nothing_open(box: Box) -> None:
    with pytest.raises(OSError, match="in use"):
        Inbox(("127.0.0.1", box.port), {}, Hints(lambda _place, _refs: None), Tallies())


def test_one_that_was_never_started_can_be_stopped() -> None:
    Inbox(("::1", 0), {}, Hints(lambda _place, _refs: None), Tallies()).stop()


def test_counts_of_several_processes_are_added() -> None:
    assert total([{"received": 2}, {"received": 3, "marked": 1}, {}])["received"] == 5

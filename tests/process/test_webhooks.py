"""Webhooks to a running daemon: what a system tells of is done at once, and everything else is left to the polls."""

from __future__ import annotations

import socket
import time

import pytest

from tests.process.place import Place, Running, eventually
from tests.process.posts import CUSTOMER, SECRET, TAKES_POSTS, VENDOR, otrs, plain, post, servicenow
from tests.process.test_daemon import INCIDENT, ready, sides

RARELY = {"CONNECTOR_CONNECTIONS__ACME__TIMING__POLL_S": "600"}
SOON = 20.0


@pytest.fixture(autouse=True)
def _posts(here: Place) -> None:
    here.extra |= TAKES_POSTS


def inbox(daemon: Running) -> int:
    return int(daemon.event("started")["inbox"])


def titles(here: Place) -> list[str]:
    return [case.fields["Title"] for case in here.otrs.tickets()]


def test_what_both_sides_post_is_carried_over_between_two_polls(here: Place) -> None:
    here.extra |= RARELY
    with here.daemon() as daemon:
        assert ready(daemon)
        port = inbox(daemon)
        ref = here.servicenow.create("lena.l1", INCIDENT)
        assert post(port, CUSTOMER, servicenow(ref))[0] == 202
        assert eventually(lambda: len(here.otrs.tickets()) == 1), "an unknown ticket is born"
        case = here.otrs.tickets()[0].ref
        assert eventually(lambda: here.json("status")["connections"][0]["states"]["linked"] == 1)
        here.servicenow.edit(ref, "lena.l1", {"short_description": "Mail is down again"})
        assert post(port, CUSTOMER, servicenow(ref))[0] == 202
        assert eventually(lambda: titles(here) == ["Mail is down again"])
        here.otrs.comment(case, "vera.vendor", "We look into it.", public=True)
        assert post(port, VENDOR, otrs(case))[0] == 202
        assert eventually(lambda: any("We look into it." in c.text for c in here.servicenow.ticket(ref).comments))
        assert eventually(lambda: sides(here)["customer"]["webhooks"]["marked"] >= 1, SOON)
        assert eventually(lambda: sides(here)["vendor"]["webhooks"]["received"] == 1, SOON)
        assert 'connector_webhooks_total{connection="acme",side="customer",what="strangers"} 1.0' in daemon.get("/metrics")[1]
        assert "Webhooks" in here.call("status").stdout
        assert daemon.stop()[0] == 0
    log = daemon.log.read_text(encoding="utf-8")
    assert SECRET not in log
    assert ref not in log, "nothing of what a post says is logged"


@pytest.mark.slow
def test_without_any_webhook_the_polls_bring_everything(here: Place) -> None:
    with here.daemon() as daemon:
        assert ready(daemon)
        ref = here.servicenow.create("lena.l1", INCIDENT)
        assert eventually(lambda: len(here.otrs.tickets()) == 1)
        here.servicenow.edit(ref, "lena.l1", {"short_description": "Mail is down again"})
        assert eventually(lambda: titles(here) == ["Mail is down again"])


@pytest.mark.slow
def test_what_is_no_signed_post_is_refused_and_makes_nothing_due(here: Place) -> None:
    here.extra |= RARELY
    with here.daemon() as daemon:
        assert ready(daemon)
        port = inbox(daemon)
        ref = here.servicenow.create("lena.l1", INCIDENT)
        body, signed = servicenow(ref)
        assert post(port, CUSTOMER, servicenow(ref, secret="another secret of the same length"))[0] == 401
        assert post(port, CUSTOMER, (body + b" ", signed))[0] == 401
        assert post(port, CUSTOMER, servicenow(ref, at=time.time() - 400))[0] == 401
        assert post(port, CUSTOMER, (body, {}))[0] == 401
        assert post(port, VENDOR, (body, signed))[0] == 401, "each side has its own way"
        assert post(port, "/hooks/acme/nobody", (body, signed))[0] == 404
        assert post(port, CUSTOMER, (b"", {}), method="GET")[0] == 405
        assert post(port, VENDOR, otrs("no id"))[0] == 202, "signed, and about nothing"
        assert post(port, VENDOR, plain(b"[" * 100_000))[0] == 202
        assert eventually(lambda: sides(here)["vendor"]["webhooks"]["ignored"] == 2)
        assert sides(here)["customer"]["webhooks"]["refused"] == 4
        assert sides(here)["customer"]["webhooks"]["received"] == 0
    assert here.otrs.tickets() == []


@pytest.mark.slow
def test_the_answer_comes_while_both_systems_hang_and_nobody_is_kept_waiting(here: Place) -> None:
    with here.daemon() as daemon:
        assert ready(daemon)
        port = inbox(daemon)
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]  # who never say anything
        here.world.on_call = lambda call: time.sleep(3) if call.phase == "before" else None
        time.sleep(0.5)
        took = [post(port, VENDOR, otrs(str(n))) for n in range(1, 51)]
        assert {status for status, _ in took} == {202}
        assert sorted(seconds for _, seconds in took)[25] < 0.1
        here.world.on_call = lambda call: None
        for line in slow:
            line.close()


def test_a_wrong_inbox_is_told_by_check_and_keeps_the_daemon_from_starting(here: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        here.extra["CONNECTOR_DAEMON__INBOX"] = f"127.0.0.1:{taken.getsockname()[1]}"
        [problem] = here.json("check", code=1)["problems"]
        assert (problem["place"], problem["remedy"]) == ("daemon.inbox", "change daemon.inbox")
        started = here.call("run")
        assert (started.exit_code, "change daemon.inbox" in started.stderr) == (2, True)
    here.extra["CONNECTOR_DAEMON__INBOX"] = ""
    assert [p["place"] for p in here.json("check", code=1)["problems"]] == ["acme.customer webhook", "acme.vendor webhook"]


def test_check_knows_an_inbox_of_ours(here: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    here.extra["CONNECTOR_DAEMON__INBOX"] = f"127.0.0.1:{port}"
    with here.daemon() as daemon:
        assert ready(daemon)
        assert here.json("check")["problems"] == []

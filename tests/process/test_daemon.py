"""The daemon as a process on simulated systems over loopback: it starts, works, says how it is, and stops in order."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from connector.sandbox.core import Call
from tests.process.place import PASSWORD, Place, Running, eventually

INCIDENT = {
    "short_description": "Mail is down",
    "description": "Since noon nobody can send.",
    "state": "3",
    "hold_reason": "4",  # awaiting vendor: the shipped mapping takes it
    "impact": "2",
    "urgency": "2",
    "caller_id": "carl.caller",
}


def ready(daemon: Running) -> bool:
    daemon.event("started")
    return eventually(lambda: daemon.get("/readyz")[0] == 200)


def texts(here: Place) -> list[str]:
    """The texts of all articles of all cases."""
    return [comment.text for case in here.otrs.tickets() for comment in case.comments]


def test_an_incident_becomes_a_case_and_the_daemon_tells_and_stops(here: Place) -> None:
    with here.daemon() as daemon:
        assert ready(daemon)
        assert daemon.get("/healthz")[0] == 200
        assert daemon.get("/nothing")[0] == 404
        here.servicenow.create("lena.l1", INCIDENT)
        assert eventually(lambda: len(here.otrs.tickets()) == 1)
        assert eventually(lambda: 'connector_bonds{connection="acme",state="linked"} 1.0' in daemon.get("/metrics")[1])
        assert eventually(lambda: 'connector_side_up{connection="acme",side="vendor"} 1.0' in daemon.get("/metrics")[1])
        assert 'connector_leads{connection="acme"} 1.0' in daemon.get("/metrics")[1]
        code, seconds = daemon.stop()
    assert (code, len(here.otrs.tickets())) == (0, 1)
    assert seconds < 10
    assert daemon.event("stopped")["calls_left_in_flight"] == 0
    assert daemon.event("audit_checkpoint")["records"] > 0
    assert PASSWORD not in daemon.log.read_text(encoding="utf-8")
    assert here.json("audit", "verify")["verified"]


def test_a_side_that_is_down_at_the_start_is_told_and_waited_for(here: Place) -> None:
    down = threading.Event()
    down.set()
    here.world.choose_fault = lambda call: "refused" if call.system == "otrs" and down.is_set() else None
    with here.daemon() as daemon:
        daemon.event("not_ready")
        status, body = daemon.get("/readyz")
        assert status == 503
        assert "acme.vendor" in body
        assert daemon.get("/healthz")[0] == 200  # a restart would not help
        here.servicenow.create("lena.l1", INCIDENT)
        down.clear()
        assert ready(daemon)
        assert eventually(lambda: len(here.otrs.tickets()) == 1)


def test_a_killed_daemon_goes_on_where_it_was(here: Place) -> None:
    here.extra = {
        "CONNECTOR_CONNECTIONS__ACME__TIMING__LEASE_S": "2",
        "CONNECTOR_CONNECTIONS__ACME__TIMING__CALL_TIMEOUT_S": "0.9",
    }
    with here.daemon() as daemon:
        assert ready(daemon)
        ref = here.servicenow.create("lena.l1", INCIDENT)
        assert eventually(lambda: len(here.otrs.tickets()) == 1)
        daemon.process.kill()
        daemon.process.wait(10)
    here.servicenow.edit(ref, "lena.l1", {"short_description": "Mail is down again"})
    with here.daemon() as daemon:
        assert eventually(lambda: [case.fields["Title"] for case in here.otrs.tickets()] == ["Mail is down again"], 30)
        assert daemon.stop()[0] == 0
    assert here.json("audit", "verify")["verified"]


def test_a_call_in_flight_is_finished_before_the_end(here: Place) -> None:
    begun, answered = threading.Event(), threading.Event()

    def slow(call: Call) -> None:
        if call.system == "otrs" and call.write:
            (begun if call.phase == "before" else answered).set()
            if call.phase == "before":
                threading.Event().wait(1.5)

    with here.daemon() as daemon:
        assert ready(daemon)
        here.world.on_call = slow
        here.servicenow.create("lena.l1", INCIDENT)
        assert begun.wait(10)
        code, seconds = daemon.stop()
    assert code == 0
    assert seconds < 10
    assert answered.is_set()
    assert daemon.event("stopped")["calls_left_in_flight"] == 0
    [connection] = here.json("status")["connections"]
    assert [(ticket["state"], ticket["open"]) for ticket in connection["tickets"]] == [("linked", 0)]


def test_a_call_that_hangs_does_not_keep_the_daemon(here: Place) -> None:
    hanging, over = threading.Event(), threading.Event()

    def hang(call: Call) -> None:
        if call.phase == "before" and not over.is_set():
            hanging.set()
            over.wait(15)

    here.extra = {"CONNECTOR_DAEMON__STOP_S": "2"}
    with here.daemon() as daemon:
        assert ready(daemon)
        here.world.on_call = hang
        assert hanging.wait(10)
        code, seconds = daemon.stop()
        over.set()
    assert code == 0
    assert seconds < 5


def test_a_second_daemon_is_turned_away_from_the_file_and_from_the_address(here: Place) -> None:
    with here.daemon() as daemon:
        port = daemon.event("started")["port"]
        second = here.call("run")
        assert (second.exit_code, "one daemon at a time" in second.stderr) == (2, True)
        here.extra = {
            "CONNECTOR_DAEMON__LISTEN": f"127.0.0.1:{port}",
            "CONNECTOR_STORE__URL": f"sqlite:///{here.folder}/other.db",
        }
        third = here.call("run")
        assert (third.exit_code, "change daemon.listen" in third.stderr) == (2, True)
        assert daemon.get("/healthz")[0] == 200


@pytest.mark.slow
def test_a_side_that_asks_for_a_pause_is_shown_with_its_reason_and_its_time(here: Place) -> None:
    busy = threading.Event()
    here.world.retry_after = 600
    here.world.choose_fault = lambda call: "limited" if busy.is_set() and call.system == "otrs" else None
    with here.daemon() as daemon:
        assert ready(daemon)
        busy.set()
        here.servicenow.create("lena.l1", INCIDENT)
        assert eventually(lambda: 'connector_side_spared{connection="acme",side="vendor"} 1.0' in daemon.get("/metrics")[1])
        calls = dict(here.world.calls["otrs"])
        metrics = daemon.get("/metrics")[1]
        assert 'connector_busy_answers_total{connection="acme",side="vendor"} 1.0' in metrics
        assert 'connector_calls_limit{connection="acme",side="customer"} 2.0' in metrics
        assert eventually(lambda: sides(here)["vendor"]["busy"] == 1)
        shown = sides(here)
        assert (shown["customer"]["state"], shown["vendor"]["state"]) == ("well", "spared")
        assert "429" in shown["vendor"]["why"]
        assert shown["vendor"]["since"] < shown["vendor"]["until"]
        assert (shown["vendor"]["limit"], shown["vendor"]["most"], shown["vendor"]["processes"]) == (1, 4, 1)
        assert "spared" in here.call("status").stdout
        assert daemon.stop()[0] == 0
    busy.clear()
    with here.daemon() as daemon:  # another process: it knows, and asks nothing either, not even whether it may begin
        daemon.event("not_ready")
        assert here.world.calls["otrs"] == calls
        assert sides(here)["vendor"]["state"] == "spared"


def sides(here: Place) -> Any:
    """What ``status`` says of both sides."""
    return here.json("status")["connections"][0]["sides"]

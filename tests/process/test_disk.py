"""The disk under the embedded store fails or is full: nothing is sent that was not announced, all is said, and it goes on."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from connector.sandbox.core import Call
from tests.process.disk import failing, filled, needs_root, needs_strace, small_disk
from tests.process.place import Place, Running, eventually
from tests.process.trouble import assert_all_is_well, at_work, quick, ready, why_not_ready

pytestmark = [pytest.mark.trouble, pytest.mark.timeout(240)]

TROUBLE = 6.0
"""Seconds for which the disk fails: several leases."""

LINES = 80
"""Lines of warning and error in that time, at most: each of some forty polls says why it failed; a hot loop writes thousands."""


@pytest.fixture
def busy(here: Place) -> Place:
    quick(here)
    return here


def writes(here: Place) -> int:
    return sum(calls["write"] for calls in here.world.calls.values())


def files(here: Place) -> list[Path]:
    return [here.folder / "store.db", here.folder / "store.db-wal"]


def complaints(daemon: Running) -> list[str]:
    return [event["event"] for event in daemon.events() if event["level"] in ("warning", "error")]


def assert_it_suffers_in_silence_towards_others(here: Place, daemon: Running, reason: str) -> None:
    """While the disk fails: no write leaves, the reason is told, the process lives and does not race."""
    assert eventually(lambda: reason in why_not_ready(daemon), 10), why_not_ready(daemon)
    time.sleep(0.5)  # what was announced before is sent
    before, said = writes(here), len(complaints(daemon))
    time.sleep(TROUBLE)
    assert writes(here) == before
    assert reason in why_not_ready(daemon)
    assert daemon.get("/healthz")[0] == 200
    assert len(complaints(daemon)) - said < LINES
    told = [event for event in daemon.events() if event["event"] == "store_failed"]
    assert reason in " ".join(event["reason"] for event in told)


@needs_strace
@pytest.mark.parametrize(
    ("calls", "error", "reason"),
    [
        ("fsync,fdatasync", "EIO", "disk I/O error"),
        ("pwrite64,write", "ENOSPC", "database or disk is full"),
        ("pwrite64,write", "EIO", "disk I/O error"),
    ],
)
def test_a_failing_disk_loses_and_doubles_nothing(busy: Place, calls: str, error: str, reason: str) -> None:
    with busy.daemon() as daemon:
        assert ready(daemon)
        with at_work(busy):
            assert eventually(lambda: writes(busy) > 20)
            with failing(daemon.process.pid, files(busy), calls, error):
                assert_it_suffers_in_silence_towards_others(busy, daemon, reason)
            assert eventually(lambda: not why_not_ready(daemon), 40)
        assert_all_is_well(busy)
        assert daemon.stop()[0] == 0


@needs_strace
def test_an_outcome_that_cannot_be_committed_is_found_by_its_marker(busy: Place) -> None:
    """The disk fails between the effect of every kind of write and its answer, so that no outcome is ever recorded."""
    hit, goes_on = threading.Event(), threading.Event()

    def at_effect(call: Call) -> None:
        if call.write and call.phase == "after" and not hit.is_set():
            hit.set()
            goes_on.wait(10)

    with busy.daemon() as daemon:
        assert ready(daemon)
        busy.world.on_call = at_effect
        with at_work(busy, tickets=3):
            for _ in range(4):
                assert hit.wait(15)
                with failing(daemon.process.pid, files(busy), "fsync,fdatasync", "EIO"):
                    goes_on.set()
                    assert eventually(lambda: "disk I/O error" in why_not_ready(daemon), 10)
                assert eventually(lambda: not why_not_ready(daemon), 40)
                goes_on.clear()
                hit.clear()
            busy.world.on_call = lambda _call: None
            goes_on.set()
        assert_all_is_well(busy)


@needs_strace
def test_a_daemon_killed_on_a_failing_disk_starts_on_a_good_one(busy: Place) -> None:
    with busy.daemon() as daemon:
        assert ready(daemon)
        with at_work(busy):
            assert eventually(lambda: writes(busy) > 20)
            with failing(daemon.process.pid, files(busy), "fsync,fdatasync", "EIO"):
                assert eventually(lambda: "disk I/O error" in why_not_ready(daemon), 10)
                daemon.process.kill()
                daemon.process.wait(10)
    with busy.daemon() as daemon:
        assert_all_is_well(busy)
        assert daemon.stop()[0] == 0


@needs_root
def test_a_full_disk_is_told_and_outlived(busy: Place) -> None:
    with small_disk(busy.folder / "disk", megabytes=8) as disk:
        busy.extra["CONNECTOR_STORE__URL"] = store = f"sqlite:///{disk}/store.db"
        with busy.daemon() as daemon:
            assert ready(daemon)
            with at_work(busy):
                assert eventually(lambda: writes(busy) > 20)
                with filled(disk):
                    assert_it_suffers_in_silence_towards_others(busy, daemon, "database or disk is full")
                    assert daemon.stop()[0] == 0

        with busy.daemon():
            assert_all_is_well(busy, store)

"""SIGTERM in the middle of the work: calls in flight end, nothing stays open, and the process ends in time."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import create_engine, text

from connector.sandbox.core import Call
from tests.process.place import Place, eventually
from tests.process.trouble import assert_all_is_well, at_work, quick, ready

ROUNDS = 4
TIMING = "CONNECTOR_CONNECTIONS__ACME__TIMING__"  # a call that times out may leave its intent open: here none does
STOP_S = 5.0
SLOW = 0.05
"""Seconds that each write takes, so that there always is one in flight."""

UNANSWERED = text("""SELECT doc FROM intent WHERE doc NOT LIKE '%"accepted"_true%'""")
"""An accepted one was answered: it stays until a read has shown under which id the item stands."""


@pytest.mark.trouble
@pytest.mark.timeout(240)
def test_a_daemon_stopped_under_load_leaves_nothing_open(here: Place) -> None:
    quick(here)
    here.extra |= {f"{TIMING}CALL_TIMEOUT_S": "3", f"{TIMING}LEASE_S": "6.5", "CONNECTOR_DAEMON__STOP_S": str(STOP_S)}
    under_way = {"n": 0}

    def slowly(call: Call) -> None:
        if call.write and call.phase == "before":
            under_way["n"] += 1
            time.sleep(SLOW)

    here.world.on_call = slowly
    engine = create_engine(f"sqlite:///{here.folder}/store.db")
    with at_work(here, per_second=15):
        for _ in range(ROUNDS):
            (here.folder / "daemon.log").unlink(missing_ok=True)  # what is read below is the new one's
            with here.daemon() as daemon:
                assert ready(daemon)
                before = under_way["n"]
                assert eventually(lambda before=before: under_way["n"] > before + 5, 30)  # type: ignore[misc] # mypy: default argument
                code, seconds = daemon.stop()
            assert code == 0
            assert seconds < STOP_S + 1
            assert daemon.event("stopped")["calls_left_in_flight"] == 0
            with engine.connect() as connection:
                assert connection.execute(UNANSWERED).scalars().all() == []
                assert connection.execute(text("SELECT count(*) FROM work WHERE owner IS NOT NULL")).scalar() == 0
    engine.dispose()
    here.world.on_call = lambda _call: None
    with here.daemon():
        assert_all_is_well(here)

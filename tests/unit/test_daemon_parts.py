"""Parts of the daemon that need no process: workers, secrets in logs, kept tokens, bounded calls."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from adapters.http import HttpOptions
from adapters.servicenow import ServiceNowSettings
from connector.daemon import assemble, logs, workers
from connector.daemon.logs import hide_secrets
from connector.daemon.vault import Vault
from connector.store.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.memory()
    yield made
    made.close()


def test_a_crash_ends_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_LONGEST_PAUSE", 0.01)
    crashes: list[int] = []
    again = threading.Event()

    def work(_: str) -> int:
        if not crashes:
            raise RuntimeError("a bug")
        again.set()
        return 0

    with capture_logs() as logged:
        team = workers.Workers("acme", 1, work, lambda: crashes.append(1))
        team.start()
        assert again.wait(5)
        assert team.dead() == []
        team.stop()
        assert team.join(time.monotonic() + 5) == 0
    assert [entry["event"] for entry in logged] == ["worker_crashed"]


def test_a_hint_wakes_a_worker_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE", 60.0)
    looked = threading.Semaphore(0)

    def work(_: str) -> int:
        looked.release()
        return 0

    team = workers.Workers("acme", 1, work, lambda: None)
    team.start()
    assert looked.acquire(timeout=5)
    team.wake()
    assert looked.acquire(timeout=5)
    team.stop()
    assert team.join(time.monotonic() + 5) == 0


def test_nothing_is_logged_that_is_named_like_a_secret() -> None:
    event = {"event": "x", "password": "pw12", "api_token": "pw12", "url": "https://me:pw12@host/p", "n": 3}
    assert hide_secrets(None, "info", event) == {
        "event": "x",
        "password": "***",
        "api_token": "***",
        "url": "https://me:***@host/p",
        "n": 3,
    }


def test_a_database_that_fails_takes_one_line_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(error: Exception) -> None:
        raise error

    before = structlog.get_config(), logging.root.handlers, logging.root.level
    try:
        logs.configure("json")
        for error in (OperationalError("SELECT 1", {}, Exception("connection failed:\n\tno route")), RuntimeError("a bug")):
            try:
                fail(error)
            except Exception:
                logs.get().exception("poll_crashed")
                logging.getLogger("apscheduler").exception("a job")
    finally:
        structlog.configure(**before[0])
        logging.root.handlers, logging.root.level = before[1:]
    away, job, *bugs = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (away["reason"], job["reason"]) == ("connection failed: no route",) * 2
    assert not {"exception", "exc_info"} & (away.keys() | job.keys())
    assert all("Traceback" in bug["exception"] for bug in bugs)


def test_a_renewed_token_is_kept_until_another_is_given(store: Store) -> None:
    vault, given = Vault(store, "acme.customer"), SecretStr("first")
    assert vault.newest(given).get_secret_value() == "first"
    vault.keep(given, "second")
    assert vault.newest(given).get_secret_value() == "second"
    assert vault.newest(SecretStr("new from a person")).get_secret_value() == "new from a person"


def test_no_call_may_take_longer_than_the_lease_is_reckoned_from() -> None:
    given = ServiceNowSettings(
        url="https://sn.example", user="u", password=SecretStr("p"), http=HttpOptions(read_timeout_s=7, total_timeout_s=90)
    )
    bounded = assemble.bounded(given, 20)
    assert (bounded.http.read_timeout_s, bounded.http.total_timeout_s) == (7, 20)
    assert bounded.model_copy(update={"http": given.http}) == given

"""What Jira answers, and by which log-ins it lets us in."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.base import Misconfigured, NotApplied, Stale
from connector.sandbox.core import Response
from tests.contract.jira_desk import (
    BASIC,
    DATA_CENTER,
    FLAVOURS,
    HOST,
    OAUTH,
    PAT,
    SCOPED,
    WORDS,
    Desk,
    new_desk,
    settings,
)


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture(params=FLAVOURS)
def either(request: pytest.FixtureRequest) -> Desk:
    return new_desk(request.param)


# --- answers ---
def test_two_writes_at_once_are_stale(desk: Desk) -> None:
    """Cloud's answer is 409; Data Center's file knows none."""
    desk.site.conflicts = 1
    with pytest.raises(Stale):
        desk.rename("At once")
    assert desk.stored("summary") == "The first ticket"


def test_too_many_writes_to_one_issue_delay_that_one_alone(desk: Desk) -> None:
    desk.site.issue_writes = ((2, 30.0),)
    desk.rename("One")
    desk.rename("Two")
    with pytest.raises(NotApplied) as caught:
        desk.rename("Three")
    assert (caught.value.busy, caught.value.outage) == (False, False)
    assert caught.value.retry_after
    assert 0 < caught.value.retry_after <= 31


def read_thrice(desk: Desk) -> None:
    for _ in range(3):
        desk.adapter.read([desk.ref])


def test_a_limit_of_all_requests_is_everybodys(either: Desk) -> None:
    if either.site.cloud:
        either.site.burst = 1
    else:
        either.site.bucket = (1, 1, 60.0)
    with pytest.raises(NotApplied) as caught:
        read_thrice(either)
    assert (caught.value.busy, caught.value.outage) == (True, True)


@pytest.mark.parametrize(("told", "seconds"), [("2026-09-21T14:14:30Z", 70.0), ("1790000071", 71.0), ("soon", None)])
def test_the_end_of_a_limit_may_stand_in_another_header(desk: Desk, told: str, seconds: float | None) -> None:
    desk.clock.now = 1_790_000_000.0  # 14:13:20
    desk.answering(lambda _request, _answer: Response(429, {"X-RateLimit-Reset": told}, b"{}"))
    with pytest.raises(NotApplied) as caught:
        desk.again().read([desk.ref])
    assert caught.value.retry_after == seconds


def test_a_denied_log_in_stops_the_side() -> None:
    desk = new_desk(DATA_CENTER)
    desk.site.denied = True
    with pytest.raises(Misconfigured, match="denied"):
        desk.adapter.read([desk.ref])
    with pytest.raises(Misconfigured):
        desk.rename("Never")


def test_to_nobody_nothing_is_there_which_is_no_proof(either: Desk) -> None:
    either.site.anonymous = True
    wrong = {**BASIC, "password": SecretStr("wrong")}
    adapter = either.again(**wrong)
    with pytest.raises(Misconfigured):
        adapter.read([either.ref])
    assert adapter.check(WORDS.uses)


def test_an_api_that_was_removed_stops_the_side(desk: Desk) -> None:
    gone = {"errorMessages": ["The requested API has been removed."], "errors": {}}
    desk.answering(lambda _request, _answer: Response(410, {"Content-Type": "application/json"}, json.dumps(gone).encode()))
    with pytest.raises(Misconfigured, match="removed"):
        desk.again().changed_since(None)


# --- log-ins ---
def test_a_refresh_token_is_kept_before_its_access_token_is_used() -> None:
    desk = new_desk(**OAUTH)
    told: list[str] = []
    desk.world.on_call = lambda call: told.append(call.label) if call.phase == "before" else None
    desk.again(save=told.append, **desk.oauth).read([desk.ref])
    kept = desk.oauth["refresh_token"].get_secret_value()
    assert told[:2] == ["POST oauth", kept]
    assert len(told) > 2


def test_a_refresh_token_that_cannot_be_kept_is_not_used() -> None:
    desk = new_desk(**OAUTH)

    def fails(_token: str) -> None:
        raise OSError("disk full")

    adapter = desk.again(save=fails, **desk.oauth)
    before = desk.world.calls["jira"]["read"]
    with pytest.raises(OSError, match="disk full"):
        adapter.read([desk.ref])
    assert desk.world.calls["jira"]["read"] == before + 1  # the question for the token


def test_two_processes_take_turns_with_one_refresh_token() -> None:
    """Each use ends the token that was used: who does not ask for the newest one is locked out by the other."""
    desk = new_desk(**OAUTH)
    kept = [desk.oauth["refresh_token"].get_secret_value()]
    start = desk.oauth
    both = [desk.again(save=kept.append, newest=lambda: SecretStr(kept[-1]), **start) for _ in range(2)]
    for _ in range(3):
        for adapter in both:
            assert desk.ref in adapter.read([desk.ref])
        desk.clock.advance(4000)
    assert len(kept) == 1 + 6


def test_many_threads_fetch_one_token() -> None:
    desk = new_desk(**OAUTH)
    adapter = desk.again(**desk.oauth)
    threads = [threading.Thread(target=adapter.read, args=([desk.ref],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.saved) == 1


@pytest.mark.parametrize(
    "lacking", [{"user": ""}, {"auth": "token"}, {"auth": "oauth"}, {"query": "x = 1 ORDER BY y"}, {"project": 'A" OR'}]
)
def test_settings_that_cannot_work_are_refused(lacking: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(HOST, **BASIC, **lacking) if "user" not in lacking else settings(HOST, **{**BASIC, **lacking})


@pytest.mark.parametrize("options", [BASIC, SCOPED, OAUTH])
def test_every_log_in_of_cloud_works(options: dict[str, Any]) -> None:
    desk = new_desk(**options)
    assert desk.adapter.read([desk.ref])[desk.ref].fields["summary"] == "The first ticket"


@pytest.mark.parametrize("options", [BASIC, PAT])
def test_every_log_in_of_data_center_works(options: dict[str, Any]) -> None:
    desk = new_desk(DATA_CENTER, **options)
    assert desk.adapter.read([desk.ref])[desk.ref].fields["summary"] == "The first ticket"

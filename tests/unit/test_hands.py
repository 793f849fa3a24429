"""Jobs at once, or in order."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from connector.sync.hands import Hands


def test_without_threads_jobs_run_here_and_in_order() -> None:
    done: list[tuple[int, str]] = []
    Hands(0).passes([lambda n=n: done.append((n, threading.current_thread().name)) for n in range(5)])  # type: ignore[misc] # mypy: default argument
    assert done == [(n, threading.current_thread().name) for n in range(5)]


def test_as_many_passes_at_once_as_told_and_no_more() -> None:
    hands, met = Hands(3), threading.Barrier(3)
    at_once, most, lock = 0, 0, threading.Lock()

    def job() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        met.wait(10)  # three must be here together, or none gets on
        with lock:
            at_once -= 1

    hands.passes([job] * 9)
    hands.rest()
    assert most == 3


@pytest.mark.parametrize("in_flight", [0, 2])
def test_what_a_job_raises_is_raised_after_the_others_have_ended(in_flight: int) -> None:
    done: list[int] = []

    def job(n: int) -> None:
        if n == 0:
            raise ValueError(n)
        done.append(n)

    hands = Hands(in_flight)
    with pytest.raises(ValueError, match="0"):
        hands.passes([lambda n=n: job(n) for n in range(4)])  # type: ignore[misc] # mypy: default argument
    hands.rest()
    assert done == ([1, 2, 3] if in_flight else [])


def test_passes_that_come_after_the_end_still_decide_for_themselves() -> None:
    hands = Hands(2)
    told: list[int] = []
    hands.rest()
    hands.passes([partial(told.append, n) for n in range(3)])
    assert told == [0, 1, 2]

"""The gate of one system among threads: no more calls at once than there is room for, and none while it is spared."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import BinaryIO

import pytest

from adapters.base import Adapter, Answer, Capabilities, Change, Event, NotApplied, Page, Problem, Snapshot, Uses, Write
from connector.sync.gate import Gate, Spared
from connector.sync.limited import Limited
from connector.sync.pace import GROW, START

BUSY = NotApplied("429", 30.0, busy=True)


class System(Adapter):
    """A system that counts how many calls it serves at once, whatever is asked, and can be told what becomes of one."""

    name = "counted"
    capabilities = Capabilities(
        history=True, settle=1, read_lag=1, find_lag=1, batch=9, comment_limit=9, file_limit=9, internal_place=""
    )

    def __init__(self) -> None:
        self.at_once = self.most = self.calls = 0
        self.does: Callable[[], object] = lambda: time.sleep(0.002)
        self._lock = threading.Lock()

    def _serve(self) -> None:
        with self._lock:
            self.calls += 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            self.does()
        finally:
            with self._lock:
                self.at_once -= 1

    def check(self, uses: Uses) -> list[Problem]:
        self._serve()
        return []

    def changed_since(self, cursor: str | None) -> Page:
        self._serve()
        return Page((), "", more=False)

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        self._serve()
        return {}

    def find(self, marker: str) -> list[str]:
        self._serve()
        return []

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        self._serve()
        return {}

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        self._serve()
        return {}

    def cursor_at(self, since: float) -> str:
        return str(since)

    def split(self, change: Change) -> list[Write]:
        return []

    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:
        self._serve()
        return Answer("1")

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        self._serve()
        return BytesIO()


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def every_kind(adapter: Adapter) -> list[Callable[[], object]]:
    return [
        lambda: adapter.read(["1"]),
        lambda: adapter.changed_since(None),
        lambda: adapter.history(["1"]),
        lambda: adapter.find("m"),
        lambda: adapter.resolve(["1"]),
        lambda: adapter.send(Write("1")),
        lambda: adapter.open_attachment("1", "2"),
        lambda: adapter.check(Uses(frozenset(), frozenset())),
    ]


def test_a_limit_holds_for_all_threads_and_for_calls_of_every_kind(clock: Clock) -> None:
    system = System()
    gate = Gate(clock, 5)
    kinds = every_kind(Limited(system, gate))
    seen: list[int] = []

    def look() -> None:
        time.sleep(0.001)
        seen.append(gate.flying - gate.pace.room)

    system.does = look
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(lambda n: kinds[n % len(kinds)](), range(300)))
    assert (system.calls, system.most, gate.pace.limit, gate.flying) == (300, 5, 5, 0)
    assert max(seen) <= 0


def test_it_starts_with_two_at_once(clock: Clock) -> None:
    system = System()
    limited = Limited(system, Gate(clock, 64))
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(lambda _: limited.read(["1"]), range(GROW)))
    assert system.most == START


def test_a_429_stops_every_thread_and_those_that_waited(clock: Clock) -> None:
    """One of the two calls in flight meets it; forty wait behind them; not one of these is made."""
    system, both, known = System(), threading.Barrier(2), threading.Event()

    def refuse() -> None:
        if both.wait(10) == 0:
            raise BUSY
        known.wait(10)  # the other one is answered after that

    system.does = refuse
    told: list[tuple[float, str]] = []

    def tell(until: float, why: str) -> None:
        told.append((until, why))
        known.set()

    gate = Gate(clock, 64, tell)
    limited = Limited(system, gate)
    with ThreadPoolExecutor(42) as pool:
        troubles = [f.exception() for f in [pool.submit(limited.read, ["1"]) for _ in range(42)]]
    assert (system.calls, sum(isinstance(t, Spared) for t in troubles), troubles.count(BUSY)) == (2, 40, 1)
    assert told == [(clock.now + 30, "429")]
    clock.now += 29.9
    with pytest.raises(Spared, match="429") as spared:
        limited.read(["1"])
    assert (round(spared.value.retry_after or 0, 1), system.calls) == (0.1, 2)


def test_after_a_pause_one_call_is_tried_and_the_others_wait_for_what_comes_of_it(clock: Clock) -> None:
    system = System()
    gate = Gate(clock, 8)
    limited = Limited(system, gate)
    gate.note(0, NotApplied("no connection"))
    clock.now = gate.pace.until
    arrived, waits = threading.Event(), threading.Event()

    def fail() -> None:
        arrived.set()
        waits.wait(10)
        raise NotApplied("still none")

    system.does = fail
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(limited.read, ["1"]) for _ in range(8)]
        assert arrived.wait(10)
        waits.set()
        troubles = [call.exception() for call in calls]
    assert system.calls == 1
    assert sum(isinstance(trouble, Spared) for trouble in troubles) == 7
    clock.now = gate.pace.until
    system.does = lambda: None
    limited.read(["1"])
    assert (gate.pace.reason, gate.pace.room) == ("", 1)


def test_whoever_has_a_place_keeps_it_for_the_call(clock: Clock) -> None:
    """As between the announcement of a write and its call: nothing waits there, and nobody else takes the place."""
    system = System()
    gate = Gate(clock, 1)
    limited = Limited(system, gate)
    with gate.place():
        gate.spare(clock.now + 60, "429 elsewhere")
        limited.send(Write("1"))
        assert gate.flying == 1
    assert (system.calls, gate.flying) == (1, 0)
    with pytest.raises(Spared), gate.place():
        pass


def test_what_is_learned_of_a_system_is_asked_for_each_time(clock: Clock) -> None:
    system = System()
    limited = Limited(system, Gate(clock, 1))
    assert limited.capabilities is system.capabilities
    assert limited.name == "counted"


@pytest.mark.parametrize("seed", range(5))
def test_whatever_threads_and_troubles_do_every_place_is_given_back(clock: Clock, seed: int) -> None:
    system, rng = System(), random.Random(seed)
    gate = Gate(clock, 6)
    kinds = every_kind(Limited(system, gate))

    def anything() -> None:
        clock.now += 0.5
        if rng.random() < 0.3:
            raise rng.choice([NotApplied("429", rng.choice([None, 2.0]), busy=True), NotApplied("down"), ValueError("a bug")])

    system.does = anything
    with ThreadPoolExecutor(16) as pool:
        calls = [pool.submit(kinds[n % len(kinds)]) for n in range(400)]
        ends = [call.exception(timeout=20) for call in calls]
    assert gate.flying == 0
    assert system.most <= 6
    assert len(ends) == 400

"""What processes tell each other of the systems they call."""

from __future__ import annotations

from connector.store.sides import Asked
from connector.store.store import Store
from connector.words import Side
from tests.unit.store.conftest import Engine
from tests.unit.store.helpers import NOW, Clock


def test_the_latest_time_that_was_asked_for_counts_whoever_says_it_last(store: Store) -> None:
    store.spare("c", Side.VENDOR, NOW + 300, "429 there")
    store.spare("c", Side.VENDOR, NOW + 20, "429 here")
    store.spare("other", Side.VENDOR, NOW + 999, "not ours")
    assert store.spared("c") == {Side.VENDOR: Asked(NOW + 300, "429 there")}
    store.spare("c", Side.VENDOR, 1_790_000_000.25, "with ü and a\x00NUL")
    assert store.spared("c")[Side.VENDOR] == Asked(1_790_000_000.25, "with ü and aNUL")


def test_it_outlives_the_process(engine: Engine, clock: Clock) -> None:
    first = engine.open(clock)
    first.spare("c", Side.CUSTOMER, NOW + 60, "429")
    second = engine.open(clock) if engine.url else first
    assert second.spared("c") == {Side.CUSTOMER: Asked(NOW + 60, "429")}
    first.close()
    if second is not first:
        second.close()


def test_what_each_process_says_of_its_calls_is_kept_until_it_ends(store: Store) -> None:
    store.tell_calls("c", "host:1", "a")
    store.tell_calls("c", "host:2", "b")
    store.tell_calls("c", "host:1", "c")
    store.tell_calls("c_", "host:3", "another connection")
    assert store.told_calls("c") == {"host:1": "c", "host:2": "b"}
    store.forget_calls("c", "host:1")
    assert store.told_calls("c") == {"host:2": "b"}

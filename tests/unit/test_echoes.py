"""Which hints of a poll say nothing new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.base import Capabilities, Snapshot
from connector.store.records import Bond, BondState
from connector.sync import echoes
from connector.sync.echoes import Echoes
from connector.words import Side

LAG = 2.0
_ABLE = Capabilities(
    history=True, settle=90, read_lag=LAG, find_lag=2, batch=100, comment_limit=1000, file_limit=1000, internal_place="internal"
)
_READ = Snapshot("7", "INC7", {}, (), (), changed=50.0, read_at=100.0, created_by_us=False)


class Time:
    """A clock that somebody sets."""

    now = 101.0

    def __call__(self) -> float:
        return self.now


def passed(memory: Echoes, snapshot: Snapshot, sent: float = 0.0, version: int = -1) -> None:
    """A pass read this and sent something then (0: nothing); the bond knows the version that it left."""
    bond = Bond("b1", "acme", BondState.LINKED, 0.0)
    known = bond.side(Side.VENDOR)
    known.sent, known.version = sent, version
    memory.passed(bond, {Side.VENDOR: snapshot}, {Side.VENDOR: _ABLE})


def after_a_pass(snapshot: Snapshot, sent: float = 0.0, version: int = -1) -> tuple[Echoes, Time]:
    clock = Time()
    memory = Echoes(clock)
    passed(memory, snapshot, sent, version)
    return memory, clock


def test_a_state_that_a_pass_saw_whole_is_no_news() -> None:
    memory, _ = after_a_pass(replace(_READ, stamp="12:00:01"))
    assert memory.explain(Side.VENDOR, "7", "12:00:01")
    assert not memory.explain(Side.VENDOR, "7", "12:00:02")
    assert not memory.explain(Side.CUSTOMER, "7", "12:00:01")


def test_a_state_that_may_be_part_of_a_later_one_is_news() -> None:
    memory, _ = after_a_pass(replace(_READ, stamp=""))
    assert not memory.explain(Side.VENDOR, "7", "")
    assert not memory.explain(Side.VENDOR, "7", "12:00:01")


def test_our_own_save_is_no_news_where_the_system_counts_saves() -> None:
    memory, _ = after_a_pass(replace(_READ, version=5), sent=100.5, version=5)
    assert memory.explain(Side.VENDOR, "7", "5")
    assert not memory.explain(Side.VENDOR, "7", "6")


def test_somebody_elses_save_beside_ours_is_news() -> None:
    memory, _ = after_a_pass(replace(_READ, version=5), sent=100.5, version=7)
    assert not memory.explain(Side.VENDOR, "7", "7")


def test_until_the_look_that_follows_a_write_hints_add_nothing() -> None:
    memory, clock = after_a_pass(_READ, sent=100.5)
    assert memory.explain(Side.VENDOR, "7", "12:00:09")
    clock.now = 100.5 + LAG
    assert not memory.explain(Side.VENDOR, "7", "12:00:09")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echoes, "REMEMBERED", 2)
    memory, _ = after_a_pass(replace(_READ, stamp="s"))
    for ref in ("8", "9"):
        passed(memory, replace(_READ, ref=ref, stamp="s"))
    assert [memory.explain(Side.VENDOR, ref, "s") for ref in ("7", "8", "9")] == [False, True, True]

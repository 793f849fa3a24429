"""The pace of the calls to one system: bounds, growth, halving and pauses, whatever comes in whatever order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Gone, Misconfigured, NotApplied, Refused, Stale, Trouble, Unknown
from connector.sync.pace import FIRST, GROW, IN_A_ROW, LONGEST, LONGEST_ASKED, START, Outcome, Pace, outcome

NOW = 1_000_000.0


@dataclass(frozen=True)
class Said:
    """One call that ended: how, when after the one before, how many cuts it was begun before, what it asked for."""

    said: Outcome
    later: float
    old: int
    full: bool
    asked: float | None


SAID = st.builds(
    Said,
    st.sampled_from(list(Outcome)),
    st.floats(0, 100),
    st.integers(0, 2),
    st.booleans(),
    st.none() | st.floats(0, 1e9),
)
LIVES = st.lists(SAID, max_size=60)
MOST = st.integers(1, 64)


def live(most: int, life: list[Said]) -> tuple[Pace, float]:
    """A pace after all this, and what time it is then."""
    pace, now = Pace.begin(most), NOW
    for one in life:
        now += one.later
        pace = pace.after(one.said, now, pace.epoch - one.old, full=one.full, asked=one.asked)
    return pace, now


@given(MOST, LIVES)
def test_at_least_one_call_and_never_more_than_configured(most: int, life: list[Said]) -> None:
    pace, now = live(most, life)
    assert 1 <= pace.room <= pace.limit <= most
    assert pace.until <= now + LONGEST_ASKED


@given(MOST, LIVES)
def test_every_trouble_ends(most: int, life: list[Said]) -> None:
    """Good calls alone bring any pace to all that is configured, in as many calls as the steps need."""
    pace, now = live(most, life)
    for _ in range(most * GROW + 1):
        pace = pace.after(Outcome.FINE, max(now, pace.until), pace.epoch)
    assert (pace.limit, pace.room, pace.reason, pace.until) == (most, most, "", 0.0)


@given(MOST, LIVES, st.floats(0.001, 1e9))
def test_what_a_system_asks_for_is_obeyed_and_halves(most: int, life: list[Said], asked: float) -> None:
    pace, now = live(most, life)
    after = pace.after(Outcome.BUSY, now, pace.epoch, asked=asked)
    assert after.until >= now + min(asked, LONGEST_ASKED)
    assert (after.limit, after.room) == (max(1, pace.limit // 2), 1)


@given(MOST, LIVES, SAID)
def test_a_call_begun_before_the_cut_takes_no_pause_back_and_cuts_no_more(most: int, life: list[Said], late: Said) -> None:
    pace, now = live(most, life)
    after = pace.after(late.said, now, pace.epoch - 1, full=late.full, asked=late.asked)
    assert (after.limit, after.until >= pace.until, bool(after.reason) >= bool(pace.reason)) == (pace.limit, True, True)
    if late.asked:
        assert after.until >= now + min(late.asked, LONGEST_ASKED)


@given(MOST, LIVES, st.floats(0.001, 1e5))
def test_what_another_process_was_asked_for_is_obeyed(most: int, life: list[Said], ahead: float) -> None:
    pace, now = live(most, life)
    after = pace.spared(now, now + ahead, "429 there")
    assert after.until >= now + ahead
    assert after is pace or after.after(Outcome.FINE, now, pace.epoch) == after, "a call from before takes it back"
    assert after.spared(now, now + ahead, "429 there") is after, "the same once more changes nothing"


def test_it_starts_low_and_one_more_comes_with_so_many_good_calls() -> None:
    pace, limits = Pace.begin(5), []
    for _ in range(4 * GROW):
        limits.append(pace.limit)
        pace = pace.after(Outcome.FINE, NOW, pace.epoch)
    assert limits == [START] * GROW + [3] * GROW + [4] * GROW + [5] * GROW
    assert Pace.begin(1).limit == 1


def test_a_limit_that_nobody_feels_does_not_grow() -> None:
    pace = Pace.begin(8)
    for _ in range(100):
        pace = pace.after(Outcome.FINE, NOW, pace.epoch, full=False)
    assert pace.limit == START


def test_own_pauses_double_up_to_a_minute_and_begin_anew_after_a_good_call() -> None:
    pace, now, pauses = Pace.begin(4), NOW, []
    for _ in range(9):
        pace = pace.after(Outcome.BUSY, now, pace.epoch)
        pauses.append(pace.until - now)
        now = pace.until
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (FIRST, LONGEST) == (1, 60)
    pace = pace.after(Outcome.FINE, now, pace.epoch).after(Outcome.BUSY, now, pace.epoch)
    assert pace.until == now + FIRST


def test_many_429s_of_one_moment_halve_once() -> None:
    pace = Pace(most=64, limit=40)
    together = pace.epoch
    for _ in range(30):
        pace = pace.after(Outcome.BUSY, NOW, together, asked=1.0)
    assert (pace.limit, pace.until) == (20, NOW + 1)


@pytest.mark.parametrize("said", [Outcome.LATE, Outcome.DOWN])
def test_unanswered_calls_halve_when_they_come_in_a_row(said: Outcome) -> None:
    pace = Pace(most=64, limit=40)
    for n, limit in enumerate([40, 20, 10], 1):
        pace = pace.after(said, NOW, pace.epoch)
        assert (pace.missed, pace.limit) == (n, limit)
    assert IN_A_ROW == 2
    pace = pace.after(Outcome.FINE, NOW, pace.epoch, full=False).after(said, NOW, pace.epoch)
    assert pace.limit == 10


def test_a_single_unanswered_write_stops_nothing_and_an_outage_does() -> None:
    pace = Pace(most=8, limit=8)
    assert pace.after(Outcome.LATE, NOW, pace.epoch).room == 8
    down = pace.after(Outcome.DOWN, NOW, pace.epoch, why="no connection")
    assert (down.until, down.room, down.limit, down.since, down.reason) == (NOW + FIRST, 1, 8, NOW, "no connection")
    again = down.after(Outcome.LATE, down.until, down.epoch)
    assert (again.until, again.since) == (down.until + 2 * FIRST, NOW)


def test_a_rejected_account_is_tried_once_a_minute() -> None:
    pace = Pace.begin(4).after(Outcome.WRONG, NOW, 0)
    assert (pace.until, pace.room) == (NOW + LONGEST, 1)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (None, Outcome.FINE),
        (Refused("no"), Outcome.FINE),
        (Stale("older"), Outcome.FINE),
        (Gone("not there"), Outcome.FINE),
        (NotApplied("this ticket", outage=False), Outcome.FINE),
        (NotApplied("429", busy=True), Outcome.BUSY),
        (NotApplied("503", 3.0, busy=True), Outcome.BUSY),
        (Unknown("503 to a write", 3.0), Outcome.BUSY),
        (Unknown("time-out"), Outcome.LATE),
        (NotApplied("no connection"), Outcome.DOWN),
        (Misconfigured("password"), Outcome.WRONG),
    ],
)
def test_what_a_call_says_of_its_system(trouble: Trouble | None, said: Outcome) -> None:
    assert outcome(trouble) is said

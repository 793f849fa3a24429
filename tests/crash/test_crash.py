"""A few scenarios at some of their points in every test run (``make crash`` tries them all), and engines that must be found out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from unittest.mock import patch

import pytest

from adapters.base import Answer, Write
from connector.store.records import Intent
from connector.store.store import Store
from connector.sync.deliver import Delivery
from connector.sync.scene import Scene
from connector.words import Side
from tests.crash import run
from tests.crash.play import deviations, golden, play
from tests.crash.registry import scenario
from tests.crash.scenarios import SCENARIOS
from tests.crash.stage import Stage, Step

SOME = ("birth", "a_strangers_second_look", "equal_comments", "files_both_ways", "l1_edits_before_our_write")
"""Of different kinds, and short."""


def fresh(name: str, what: str = "") -> list[int]:
    """The steps of a scenario, of a kind, at which a crash leaves something of its own."""
    found: list[int] = []

    def listen(step: Step) -> bool:
        if step.fresh and what in step.what:
            found.append(step.n)
        return False

    Stage(SCENARIOS[name], listen).play()
    return found


def crashed(name: str, points: Iterable[int]) -> Iterator[str]:
    """What is wrong after a crash at each of these points, one play each."""
    wanted = golden(SCENARIOS[name])
    assert wanted.problems == []
    for point in points:
        for line in deviations(SCENARIOS[name], wanted.state, play(SCENARIOS[name], [point])):
            yield f"{point}: {line}"


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
def test_a_crash_changes_nothing_of_the_end(name: str) -> None:
    assert list(crashed(name, fresh(name)[len(name) % 7 :: 7])) == []


def test_two_crashes_in_one_life_change_nothing_of_the_end() -> None:
    wanted = golden(SCENARIOS["birth"])
    for first in fresh("birth")[8::9]:
        assert deviations(SCENARIOS["birth"], wanted.state, play(SCENARIOS["birth"], [first, first + 50])) == [], first


def test_a_stranger_is_not_forgotten_where_the_process_dies_at_its_second_look() -> None:
    """What is kept of a stranger goes with the commit that bears its bond: between two commits it would be lost."""
    (create,) = fresh("a_strangers_second_look", "before otrs TicketCreate")
    commits = [point for point in fresh("a_strangers_second_look", "after commit") if point < create]
    assert list(crashed("a_strangers_second_look", commits[-4:])) == []


def test_our_list_shows_the_title_that_our_own_write_left() -> None:
    """No hint tells of our own writes: what they change must be known without another pass, after a crash too."""
    end = golden(SCENARIOS["the_vendor_renames_it"])
    assert (end.problems, end.state["A.report"]["title"]) == ([], "toner on fire")
    patched = fresh("the_vendor_renames_it", "after servicenow PATCH")[-1]
    assert list(crashed("the_vendor_renames_it", [patched, patched + 1, patched + 2])) == []


def test_a_fork_at_a_step_and_a_play_from_the_start_are_one_thing() -> None:
    """Steps have the same numbers, and leave the same, in two plays of one scenario."""
    assert fresh("birth_of_two") == fresh("birth_of_two")


# --- engines that are broken on purpose ----------------------------------------------------------------------


class _Unannounced(Delivery):
    """Commits the intent after the call instead of before it."""

    def announce_and_send(self, scene: Scene, intent: Intent, write: Write, content: BinaryIO | None = None) -> Answer | None:
        intent.at = self.clock()
        answer = self.connection.adapters[intent.side].send(write, None, content)
        with self.store.transaction(self.claim) as tx:
            tx.open_intent(intent)
            scene.intents.append(intent)
            self.flush(tx, scene)
        return answer


def test_an_engine_that_does_not_announce_its_calls_is_found_out() -> None:
    with patch("connector.sync.one_pass.Delivery", _Unannounced):
        found = list(crashed("birth", fresh("birth", "TicketCreate")))
    assert any("duplicates" in line for line in found)


def test_an_engine_whose_cursor_runs_ahead_is_found_out() -> None:
    """It stores how far it has read before it stores what it read."""
    whole = Store.advance

    def hasty(store: Store, connection: str, side: Side, position: str | None, *found: Any) -> list[str]:
        whole(store, connection, side, position)
        return whole(store, connection, side, None, *found)

    with patch.object(Store, "advance", hasty):
        found = next(crashed("birth", fresh("birth", "after commit")), "nothing")
    assert "knows nothing of it" in found


# --- the program ---------------------------------------------------------------------------------------------


def test_two_scenarios_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two scenarios are called birth"):
        scenario()(SCENARIOS["birth"].script)


def test_there_are_enough_scenarios_and_each_says_what_it_tells() -> None:
    assert len(SCENARIOS) >= run.LEAST_SCENARIOS
    assert all(one.script.__doc__ for one in SCENARIOS.values())

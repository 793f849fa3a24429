"""Every pair of systems to which a mapping is shipped, in a few seeds and in one life without a crash (``make pairs`` plays many)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.daemon.founding import pairs
from connector.sandbox.kinds import DESKS, PORTALS
from tests.crash.play import golden
from tests.crash.scenarios import SCENARIOS
from tests.rules import switches
from tests.simulation.rig import PAIR
from tests.simulation.run import simulate

OTHERS = [(desk, portal) for desk in DESKS for portal in PORTALS if (desk, portal) != PAIR]
LIVES = ("the_whole_way", "both_move", "internal_notes")


def test_a_mapping_is_shipped_for_every_pair_that_is_played() -> None:
    shipped = {(desk.replace("_", "-"), portal.replace("_", "-")) for desk, portal in pairs()}
    assert shipped == {PAIR, *OTHERS}


@pytest.mark.parametrize("kinds", OTHERS, ids="-".join)
@pytest.mark.parametrize("seed", range(1000, 1002))
def test_a_seeded_run_ends_in_agreement(seed: int, kinds: tuple[str, str]) -> None:
    assert simulate(seed, kinds).failures == []


@pytest.mark.parametrize("kinds", OTHERS, ids="-".join)
@pytest.mark.parametrize("name", LIVES)
def test_a_life_ends_as_it_should(name: str, kinds: tuple[str, str]) -> None:
    assert golden(replace(SCENARIOS[name], kinds=kinds)).problems == []


@pytest.mark.parametrize("kinds", OTHERS, ids="-".join)
def test_the_judge_sees_through_other_words(kinds: tuple[str, str]) -> None:
    """An engine without its gate is found out there, too."""
    with switches.the_gate():
        assert any(simulate(seed, kinds).failures for seed in range(40, 52)), "nothing was found in twelve runs"

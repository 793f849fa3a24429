"""A few seeds in every test run (``make simulate`` runs many), and three broken engines that must be found out."""

from __future__ import annotations

import pytest

from tests.simulation.broken import SWITCHES
from tests.simulation.run import simulate


@pytest.mark.parametrize("seed", range(1000, 1024))
def test_a_seeded_run_ends_in_agreement(seed: int) -> None:
    assert simulate(seed).failures == []


@pytest.mark.parametrize("switch", SWITCHES)
def test_the_judge_reports_a_broken_engine(switch: str) -> None:
    with SWITCHES[switch]():
        found = [failure for seed in range(40, 52) for failure in simulate(seed).failures]
    assert found, f"{switch}: nothing was found in twelve runs"

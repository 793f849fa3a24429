"""A few seeds in every test run (``make simulate`` runs many), and three broken engines that must be found out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.rules import switches
from tests.rules.switches import Switch
from tests.simulation.run import simulate

BROKEN = (switches.own_items_never_a_source, switches.the_gate, switches.base_moves_with_the_answer)


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_a_seeded_run_ends_in_agreement(seed: int) -> None:
    assert simulate(seed).failures == []


@pytest.mark.slow
@pytest.mark.parametrize("switch", BROKEN)
def test_the_judge_reports_a_broken_engine(switch: Callable[[], Switch]) -> None:
    """A judge that found nothing here would prove nothing elsewhere."""
    with switch():
        assert any(simulate(seed).failures for seed in range(40, 52)), "nothing was found in twelve runs"

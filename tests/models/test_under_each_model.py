"""The engine under each model: systems that fail, people who act, and the judge. One short life each; the rest is the simulation's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.rasci.table import OperatingModel
from connector.words import Party, Side
from tests.models.named import shipped
from tests.simulation import rig
from tests.simulation.run import Result, simulate

OTHERS = ["anywhere365-wsp", "anywherenow-implementation", "anywhere365-partner-on-premises", "workcube"]


def life(model: OperatingModel, patch: pytest.MonkeyPatch, seed: int = 4) -> Result:
    patch.setattr(rig, "_shipped_model", lambda: model)
    return simulate(seed)


@pytest.mark.parametrize("name", OTHERS)
def test_everything_agrees_in_the_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = life(shipped(name), monkeypatch)
    assert result.failures == []
    assert result.totals["bonds"] == result.totals["agree"] > 0


def test_a_partner_that_is_not_seated_there_submits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seat is what lets the partner's model run: without it no case is opened for a ticket of the customer's system."""
    model = shipped("anywhere365-partner-on-premises")
    result = life(replace(model, seats={**model.seats, Party.PARTNER: Side.VENDOR}), monkeypatch)
    assert result.failures == []
    assert result.totals["agree"] == 0
    assert result.totals["refused"] > 0

"""The engine under each model: systems that fail, people who act, the judge and the oracle. One short life each; the rest is the
simulation's.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.rasci.table import OperatingModel
from connector.words import Party, Side
from tests.models.named import shipped
from tests.oracle.documents import DOCUMENTS
from tests.simulation import rig
from tests.simulation.run import Result, simulate


def life(model: OperatingModel, patch: pytest.MonkeyPatch, seed: int = 4) -> Result:
    patch.setattr(rig, "_shipped_model", lambda: model)
    return simulate(seed)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_everything_agrees_in_the_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = life(shipped(name), monkeypatch)
    assert result.failures == []
    assert result.totals["bonds"] == result.totals["agree"] > 0
    assert result.totals["our writes"] > 10
    assert result.totals["canaries"] > 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_oracle_reads_each_model_s_own_document(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the submitting party's cell empty there, every case of the same life would be one too many."""
    document = DOCUMENTS[name]
    empty = replace(document, rows={**document.rows, "submit": dict.fromkeys(document.rows["submit"], "")})
    monkeypatch.setitem(DOCUMENTS, name, empty)
    found = life(shipped(name), monkeypatch).failures
    assert found
    assert all("forbidden (letters)" in failure and "opened a case" in failure for failure in found)


def test_a_partner_that_is_not_seated_there_submits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seat is what lets the partner's model run: without it no case is opened for a ticket of the customer's system."""
    model = shipped("anywhere365-partner-on-premises")
    result = life(replace(model, seats={**model.seats, Party.PARTNER: Side.VENDOR}), monkeypatch)
    assert result.failures == []
    assert result.totals["agree"] == 0
    assert result.totals["refused"] > 0

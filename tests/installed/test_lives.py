"""A few lives in every test run (``python -m tests.installed.lives`` runs many), and engines that must be found out."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from connector.sync import hand_over, replies
from tests.installed.lives import live


@pytest.mark.parametrize("seed", range(500, 530))
def test_a_life_ends_as_the_model_wants_it(seed: int) -> None:
    assert live(seed).failures == []


@pytest.mark.parametrize("module", [hand_over, replies])
def test_an_engine_that_heeds_everybody_is_found_out(module: object) -> None:
    with patch.object(module, "authorised", lambda *_: True):
        found = [failure for seed in range(500, 506) for failure in live(seed).failures]
    assert found

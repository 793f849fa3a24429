"""A few lives in every test run (``python -m tests.installed.lives`` runs many), and engines that must be found out."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from tests.installed.lives import live


@pytest.mark.parametrize("seed", range(500, 502))
def test_a_life_ends_as_the_model_wants_it(seed: int) -> None:
    assert live(seed).failures == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(502, 506), *range(512, 524)])
def test_another_life_ends_as_the_model_wants_it(seed: int) -> None:
    assert live(seed).failures == []


def test_an_engine_that_heeds_everybody_is_found_out() -> None:
    with patch("connector.sync.replies.heeded", lambda *_, **__: True):
        assert any("nobody who may said it" in failure for failure in live(500).failures)

"""A few lives in which the vendor starts things, in every test run, and engines that must be found out."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from connector.sync import birth, supply
from tests.installed.news import live


@pytest.mark.parametrize("seed", range(700, 703))
def test_one_ticket_tells_of_what_the_vendor_started(seed: int) -> None:
    assert live(seed).failures == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(703, 800))
def test_one_ticket_tells_of_it_in_another_life(seed: int) -> None:
    assert live(seed).failures == []


def test_an_engine_that_opens_a_ticket_for_each_case_is_found_out() -> None:
    with patch.object(supply, "_over", lambda *_: True):
        assert any("two at once" in failure for seed in range(700, 706) for failure in live(seed).failures)


@pytest.mark.slow
def test_an_engine_that_does_not_look_before_it_opens_again_is_found_out() -> None:
    def never_there(*_: object) -> bool:
        return False

    with patch.object(birth, "find_case", never_there):
        found = [failure for seed in range(700, 712) for failure in live(seed).failures]
        assert any("doubled" in failure or "has no bond" in failure for failure in found)

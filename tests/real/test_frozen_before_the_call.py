"""A process stands still between announcement and call for longer than all that was agreed: one copy too many, and it is told."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.postgres import database
from tests.rounds.arena import PACE, Arena, arena
from tests.rounds.daemons import LOST_FOR_GOOD, report

pytestmark = pytest.mark.real


@pytest.fixture
def two(tmp_path: Path, postgres: str) -> Iterator[Arena]:
    """Two daemons and one ticket, of which everything has been said."""
    with database(postgres) as address, arena(tmp_path, address, daemons=2, seed=3, tickets=1) as made:
        made.systems.ask("act", PACE)
        made.keep(30, lambda: made.systems.ask("cases") == 1)
        made.systems.ask("act", 0.0)
        assert made.product.at_rest() == ""
        yield made


def frozen_before_the_call(two: Arena) -> None:
    """One daemon announces a comment and stands still; the other one sends it; then the first one goes on."""
    victim = two.at_announcement(signal.SIGSTOP, lambda: two.systems.ask("l1_comments"))
    assert victim is not None
    victim.frozen(LOST_FOR_GOOD)
    assert two.product.at_rest() == ""
    victim.wake()


def test_a_process_frozen_before_its_call_doubles_one_comment_and_says_so(two: Arena) -> None:
    frozen_before_the_call(two)
    two.score.beyond = 1
    two.look()
    assert two.score.wrong == []
    assert two.score.told == 1


def test_a_double_that_nobody_tells_is_found(two: Arena) -> None:
    """The judge counts in the books of the portal, not in what the connector says."""
    frozen_before_the_call(two)
    two.look()
    assert two.score.wrong == ["1 duplicates after 0 freezes that excuse one each"]
    silent = [{**row, "second_copies": []} for row in report(two.product)]
    _, findings = two.systems.ask("sentence", silent)
    assert [(finding.kind, finding.told) for finding in findings] == [("duplicates", False)]

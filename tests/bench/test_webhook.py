"""What a webhook is for, held to its figures where the machine is idle: ``pytest -m bench tests/bench/test_webhook.py``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench import webhook
from tests.bench.lab import link
from tests.bench.product import product
from tests.bench.systems import systems


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_a_webhooks_change_is_written_within_a_few_round_trips(tmp_path: Path) -> None:
    """200 changes, half of each side, each on a ticket of its own; all reads of both sides and the write included."""
    with ExitStack() as stack:
        both = stack.enter_context(systems())
        linked = link(both, product(tmp_path / "made", both.urls), 200, 1.0)
        found = webhook.measured(linked, 100)
    told = {
        system: (round(taken.median / webhook.SERVER_S, 2), round(taken.p99 / webhook.SERVER_S, 2))
        for system, taken in found.items()
    }
    print(f"round trips of {webhook.SERVER_S * 1000:g} ms, median and p99: {told}")  # noqa: T201
    for taken in found.values():
        assert taken.median <= webhook.MEDIAN * webhook.SERVER_S, told
        assert taken.p99 <= webhook.P99 * webhook.SERVER_S, told

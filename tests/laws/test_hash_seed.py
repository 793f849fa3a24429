"""Sets have another order in every process: plans must not."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.laws.world import LAW, ROOT


def plans(hash_seed: str) -> dict[str, str]:
    """What a process with this order of sets plans, by scene."""
    program = [sys.executable, "-m", "tests.laws.digests"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(program, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.mark.slow
def test_the_order_of_sets_does_not_matter() -> None:
    with ThreadPoolExecutor(2) as both:
        one, other = both.map(plans, ["1", "2"])
    common = one.keys() & other.keys()
    assert len(common) > LAW.max_examples * 0.9, "both processes drew the same scenes"
    assert {scene: one[scene] for scene in common} == {scene: other[scene] for scene in common}

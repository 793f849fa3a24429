"""The store's own suite, as it is, on a real PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.real


def test_the_stores_suite_passes_on_postgresql(postgres: str) -> None:
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "postgresql", "tests/unit/store"]
    done = subprocess.run(
        line,
        cwd=ROOT,
        env={**os.environ, "TEST_POSTGRES_URL": postgres},
        text=True,
        capture_output=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed[1]) >= 80, done.stdout  # as many as there are; fewer means that the suite no longer reaches the server

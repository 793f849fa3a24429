"""A few seeds of the simulation with the store on a real PostgreSQL; ``--seeds 200`` by hand runs them all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.real


def test_seeds_pass_on_postgresql_and_leave_nothing_behind(postgres: str) -> None:
    line = [sys.executable, "-m", "tests.simulation.run", "--seeds", "8", "--jobs", "1", "--store", postgres]
    done = subprocess.run(line, cwd=ROOT, text=True, capture_output=True, check=False, timeout=110)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "8 passed, 0 failed"), done.stdout + done.stderr
    with psycopg.connect(postgres) as server:
        left = server.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'simulation%'").fetchall()
    assert left == []

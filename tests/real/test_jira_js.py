"""jira.js, a client that checks every answer against schemas of its own, works against the simulated Jira Cloud."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from connector.sandbox.core import World
from connector.sandbox.jira import Jira
from connector.sandbox.server import Server
from tests.contract.openapi import FOLDER, Contracts, Watched, jira_contracts

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
PLACE = Path(os.environ.get("JIRA_JS", _CACHE / "ticket-connector" / "jira-js"))
NODE = PLACE / "node_modules" / ".bin" / "node"
SCRIPT = Path(__file__).with_name("jira_js.mjs")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not NODE.exists(), reason=f"jira.js is not in {PLACE}; .ci/real installs it"),
]


def test_every_answer_fits_its_schemas(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(PLACE / "node_modules")  # modules are looked up from where the script lies
    script = tmp_path / SCRIPT.name
    script.write_bytes(SCRIPT.read_bytes())
    world = World(time.time, seed=5)
    system = Jira(world, service=True)
    contracts = jira_contracts(cloud=True) if FOLDER.is_dir() else Contracts(())
    with Server(world, Watched(system, contracts, requests=False)) as server:
        arguments = [str(NODE), str(script), server.url, system.account.login, system.secrets.token]
        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert said.pop("drift") == []
    assert contracts.found == []
    assert said == {
        "key": "SUP-1",
        "status": "Resolved",
        "plain": ["one", "two"],
        "comments": [True, False, True],
        "bulk": [1, 1],
        "found": ["From Node"],
        "changes": 4,
    }

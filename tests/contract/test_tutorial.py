"""The tutorial of docs/bindings.md, carried out: its commands are run, its file is loaded, its class is the tests of this module."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from adapters.around import Around
from adapters.base import Uses
from adapters.bound import Bound
from adapters.bound_settings import RestSettings
from connector.sandbox.rest_portal import RestPortal
from connector.sandbox.transport import InProcess
from tests.contract.help_desk import BLOCKS, pieces
from tests.contract.suite import AdapterContract, Words
from tests.process.place import command

DOCS = Path(__file__).parents[2] / "docs"
AT_HOME = os.environ | {"PYTHONPATH": str(DOCS.parent)}
GIVEN = (AdapterContract, Around, Bound, InProcess, RestPortal, RestSettings, SecretStr, Uses, Words)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader of the page would work: what it tells to write is there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "help-desk.yaml").write_text(pieces("help-desk.yaml"), encoding="utf-8")
    shutil.copy(DOCS / "help-desk.openapi.json", tmp_path)
    return tmp_path


def _class() -> Any:
    names: dict[str, Any] = {one.__name__: one for one in GIVEN} | {"requests": requests, "__name__": __name__}
    exec(compile(pieces("test_help_desk.py"), "docs/bindings.md", "exec"), names)  # noqa: S102 - the page is ours
    return names["TestHelpDesk"]


TestHelpDesk = _class()


def test_each_command_of_the_page_says_what_the_page_says(folder: Path) -> None:
    ran = 0
    for n, (kind, text) in enumerate(BLOCKS):
        if kind == "sh":
            line = command(*text.split()[1:])
            done = subprocess.run(line, cwd=folder, env=AT_HOME, capture_output=True, text=True, check=False, timeout=60)
            told = " ".join((done.stdout + done.stderr).split())
            ran += 1
            follows = BLOCKS[n + 1]
            for said in follows[1].splitlines() if follows[0] == "text" else ():
                assert said in told
    assert ran == 3

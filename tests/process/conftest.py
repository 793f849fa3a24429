"""Shared by the tests of the program as a whole."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.process.place import Place, place


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """Two simulated systems and a settings file that names them."""
    with place(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """Commands that are called within this process set up its logs."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = before, level
    structlog.reset_defaults()

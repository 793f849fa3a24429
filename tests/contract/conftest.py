"""What holds after every test of this folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.contract.openapi import WATCHED

_UNDESCRIBED = re.compile(r"/oauth/token$|/media/|/secure/attachment/|/servicedesk/customershim/secure/attachment/")
"""What the files leave out: tokens, where files lie, and their addresses."""


@pytest.fixture(autouse=True)
def as_described() -> Iterator[None]:
    """Every request of ours to a Jira, and every answer to it, was as Atlassian's own files have it (where they are at hand)."""
    WATCHED.clear()
    yield
    found = [error for contracts in WATCHED for error in contracts.found]
    strange = [path for contracts in WATCHED if contracts.files for path in contracts.undescribed]
    assert not found, "\n".join(found)
    assert not [path for path in strange if not _UNDESCRIBED.search(path)]

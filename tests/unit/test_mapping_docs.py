"""What the page on mappings shows can be loaded, and what it lists is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.mapping.load import loads
from connector.mapping.notes_english import ENGLISH
from connector.mapping.templates import FILTERS, compiled

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")
SHIPPED: dict[str, Any] = yaml.safe_load((ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8"))
LINKING = (ROOT / "docs" / "linking.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE + LINKING, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_fits_into_the_shipped_mapping(example: str) -> None:
    mapping = dict(SHIPPED)
    for key, value in yaml.safe_load(example).items():
        mapping[key] = {**SHIPPED[key], **value} if key in SHIPPED else value
    loads(yaml.safe_dump(mapping, allow_unicode=True))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("name", ENGLISH)
def test_each_note_is_listed_with_its_names(name: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert set(re.findall(r"`(\w+)`", row.rsplit("|", 2)[1])) == compiled(ENGLISH[name]).variables


def test_each_filter_is_listed() -> None:
    assert all(f"`{name}`" in PAGE for name in FILTERS)

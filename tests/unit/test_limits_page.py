"""Every limit names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_page_names_exists() -> None:
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:test|…)\w*…?)`", page))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    known = set(re.findall(r"def (test_\w+)", code))
    lost = [name for name in named if not any(re.fullmatch(name.replace("…", r"\w*"), one) for one in known)]
    assert named
    assert lost == []

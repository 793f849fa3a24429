"""The list of safety rules: what each demands, where it lives, how it is switched off, which test is red without it.

``docs/safety-rules.md`` is written from it: ``.venv/bin/python -m tests.rules.table``.
"""

from __future__ import annotations

from pathlib import Path

from tests.rules.listed import Rule
from tests.rules.rules_at_large import AT_LARGE
from tests.rules.rules_of_conduct import CONDUCT
from tests.rules.rules_of_writing import WRITING

PAGE = Path(__file__).parents[2] / "docs" / "safety-rules.md"
CHAPTERS = (*WRITING, *CONDUCT, *AT_LARGE)
RULES = tuple(rule for chapter in CHAPTERS for rule in chapter.rules)

HEAD = """# Safety rules

What the connector promises rests on these rules. Each has one home in the code (below `connector/`, or `adapters/`), and a test
that is red without it: `tests/rules/test_every_rule.py` switches one rule after the other off, in the running product, and demands that
the named test notices. A rule that no test misses would not be here. This page is written from `tests/rules/table.py`
(`.venv/bin/python -m tests.rules.table`).
"""


def page() -> str:
    """``docs/safety-rules.md``, whole."""
    parts = [HEAD]
    for chapter in CHAPTERS:
        rows = [f"| {rule.says} | `{rule.place}` | `{told(rule)}` |" for rule in chapter.rules]
        parts.append("\n".join((f"## {chapter.title}\n", "| rule | where | red without it |", "|---|---|---|", *rows, "")))
    return "\n".join(parts)


def told(rule: Rule) -> str:
    values = [str(value) for value in rule.given if not isinstance(value, type)]
    given = f"[{'-'.join(values)}]" if values else ""
    return f"{rule.test.__module__.removeprefix('tests.').replace('.', '/')}.py::{rule.test.__name__}{given}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""The oracle shares nothing with what it judges: shown by its imports, and by tables that were counted out of the documents."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.models.documents import DOCUMENTS as READ
from tests.oracle.documents import DOCUMENTS

HERE = Path(__file__).parent
MODULES = sorted(path for path in HERE.glob("*.py") if not path.name.startswith("test_"))
ALLOWED = ("connector.sandbox", "tests.oracle")


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in it."""
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_the_oracle_imports_the_simulated_systems_and_itself_alone(path: Path) -> None:
    ours = {name for name in imported(path) if name.partition(".")[0] in {"connector", "adapters", "tests"}}
    assert all(name.startswith(ALLOWED) for name in ours), ours
    assert not {name for name in imported(path) if name in {"importlib", "runpy"} or "rasci" in name}


def test_there_is_something_to_look_at() -> None:
    assert {"documents.py", "oracle.py", "on_tickets.py", "on_cases.py", "texts.py", "canaries.py"} <= {p.name for p in MODULES}


def test_every_model_has_its_document() -> None:
    assert set(DOCUMENTS) == {document.model for document in READ}

"""Whatever stands in a file, it is told in words with its place; nothing breaks, and nothing wrong is taken in silence."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from connector.rasci.model import ModelError, draft, loads
from connector.rasci.review import review
from tests.models.named import ROOT, file_of

PAGE = (ROOT / "docs" / "operating-models.md").read_text(encoding="utf-8")
[EXAMPLE] = [one for one in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "id: acme" in one]
JUNK: list[Any] = [None, 5, -1, True, "", "x", "L1", [], {}, [[]], [None], {"x": 1}, {"party": "vendor"}]


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(tree, dict | list):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield from places(tree[key], (*path, key))


def replaced(tree: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    changed = copy.deepcopy(tree)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = junk
    return changed


def example() -> Any:
    """The example of the page, with what it leaves out."""
    tree = yaml.safe_load(EXAMPLE)
    more = yaml.safe_load(file_of("workcube").read_text(encoding="utf-8"))
    tree["conditions"] = {"experts": more["conditions"]["experts"]}
    tree["levels"][0]["owner"] = [{"party": "customer", "when": {"experts": ["internal", "none"]}}]
    tree["levels"].append({**more["levels"][3], "owner": {"setting": "level4.owner"}})
    tree["settings"]["level4.owner"] = {"value": "vendor", "source": "ours"}
    tree["duties"] = {
        "p1_call": more["duties"]["p1_call"],
        "speaks_to_users": [{"party": "customer", "level": "L1", "source": "x"}],
    }
    tree["systems"] = [{"id": "s", "title": "one", "managed_by": "vendor", "source": "x"}]
    tree["flow"] = [{"id": "f", "rule": "on it goes", "at": "L1", "then": "hands_over", "to": "L2", "source": "x"}]
    tree["clauses"] = [{"id": "c", "clause": "so it is", "source": "x"}]
    tree["legend"] = {"A": "answers for it"}
    return tree


def written(tree: Any) -> str:
    return json.dumps(tree, indent=1)  # JSON is YAML, and quick


def test_the_example_with_everything_in_it_is_fine() -> None:
    assert [*review(loads(written(example())))] == []


def attempts(*, each: int) -> list[tuple[tuple[Any, ...], Any]]:
    """So many kinds of junk for each place, in turn, so that every kind comes to many places."""
    found = list(places(example()))
    return [(path, JUNK[(number * each + n) % len(JUNK)]) for number, path in enumerate(found) for n in range(each)]


def told_or_harmless(path: tuple[Any, ...], junk: Any) -> None:
    found = draft(written(replaced(example(), path, junk)), "model.yaml")
    assert all(problem.remedy and problem.line for problem in found.problems)
    if not found.problems:
        assert all(message and remedy for _, message, remedy in review(found.model))


@pytest.mark.slow
def test_junk_in_any_place_is_told_or_harmless() -> None:
    for path, junk in attempts(each=1)[::2]:
        told_or_harmless(path, junk)


@pytest.mark.slow
def test_every_junk_in_any_place_is_told_or_harmless() -> None:
    for path, junk in attempts(each=len(JUNK)):
        told_or_harmless(path, junk)


@pytest.mark.parametrize("name", ["workcube", "anywhere365-wsp"])
def test_a_line_that_is_lost_is_told_or_leaves_a_model(name: str) -> None:
    lines = file_of(name).read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(0, len(lines), 40):
        try:
            problems = draft("".join(lines[:number] + lines[number + 1 :]), name).problems
        except ModelError as error:
            problems = error.problems
        assert all(problem.remedy for problem in problems)

"""The page of coverage is what the models say, and it leaves nothing out."""

from __future__ import annotations

import pytest

from connector.rasci.meaning import Proof, State
from connector.rasci.settings import KNOWN
from tests.models import coverage
from tests.models.documents import DOCUMENTS
from tests.models.named import named, shipped

MODELS = [document.model for document in DOCUMENTS]


def test_the_page_is_what_the_models_say() -> None:
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page(), "run: python -m tests.models.coverage"


@pytest.mark.parametrize("name", MODELS)
def test_every_item_has_one_line_with_its_key(name: str) -> None:
    section = coverage.page().partition(f"\n## {name} ")[2].partition("\n## ")[0]
    for key, _ in named(shipped(name)).values():
        assert section.count(f"`{key}`") == 1


@pytest.mark.parametrize("name", KNOWN)
def test_every_setting_has_a_line(name: str) -> None:
    assert f"| `{name}` |" in coverage.page()


@pytest.mark.parametrize("name", MODELS)
def test_what_is_only_text_says_why_and_the_rest_what_it_means(name: str) -> None:
    for key, item in named(shipped(name)).values():
        if item.state is State.EMPTY:
            continue
        assert item.reason if item.proof is Proof.DOCUMENTED else item.means, key


@pytest.mark.parametrize("name", MODELS)
def test_no_two_items_have_one_name(name: str) -> None:
    model = shipped(name)
    duties = len(model.duties.p1_call) + len(model.duties.rca) + len(model.duties.speaks_to_users)
    lists = (model.tasks, model.levels, model.evidence, model.systems, model.flow, model.clauses)
    assert len(named(model)) == sum(map(len, lists)) + duties + sum(len(info.roles) for info in model.parties.values())

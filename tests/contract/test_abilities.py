"""The table of what adapters can do: complete, reasoned, and the page that people read."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import registry
from adapters.abilities import ABILITIES, Ability, Level, page

DOCS = Path(__file__).parents[2] / "docs" / "systems"


def test_every_adapter_answers_every_question() -> None:
    assert ABILITIES.keys() == registry.ADAPTERS.keys()
    assert all(answers.keys() == set(Ability) for answers in ABILITIES.values())


def test_whatever_is_no_plain_yes_has_its_reason() -> None:
    assert all(a.remark for answers in ABILITIES.values() for a in answers.values() if a.level is not Level.YES)


def test_the_page_is_made_of_the_table() -> None:
    """Where it changes on purpose: python -m adapters.abilities."""
    assert (DOCS / "README.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("side", [Ability.CUSTOMER, Ability.VENDOR])
def test_a_side_that_is_served_has_a_mapping(side: Ability) -> None:
    place = 0 if side is Ability.CUSTOMER else 1
    mapped = {pair[place] for pair in _pairs()}
    assert {name for name, answers in ABILITIES.items() if answers[side].level is Level.YES} == mapped


def _pairs() -> list[tuple[str, str]]:
    """The adapters between which a mapping lies in the folder."""
    names = {name.replace("_", "-"): name for name in registry.ADAPTERS}
    stems = [path.stem for path in (DOCS.parents[1] / "mappings").glob("*.yaml")]
    return [(names[a], names[b]) for stem in stems for a in names for b in names if stem == f"{a}-{b}"]

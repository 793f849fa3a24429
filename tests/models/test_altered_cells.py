"""Every cell of every model, altered in every way: something turns red each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector.rasci.consistency import contradictions
from connector.rasci.review import review
from connector.rasci.table import Cell, Letter, OperatingModel
from connector.words import Party
from tests.models.documents import DOCUMENTS, Document
from tests.models.named import shipped
from tests.models.test_documents import cells_of


def altered(model: OperatingModel, columns: tuple[str, ...]) -> Iterator[tuple[str, OperatingModel]]:
    """The model with one cell changed: emptied, a letter left out or put in, or one replaced by each other."""
    for number, task in enumerate(model.tasks):
        for party in map(Party, columns):
            for letters in others(task.letters(party)):
                changed = replace(task, cells={**task.cells, party: Cell(letters, *task.rests_on(party))})
                words = f"{task.id} {party.value} {','.join(letters) or 'empty'}"
                yield words, replace(model, tasks=(*model.tasks[:number], changed, *model.tasks[number + 1 :]))


def others(letters: tuple[Letter, ...]) -> list[tuple[Letter, ...]]:
    spare = [letter for letter in Letter if letter not in letters]
    without = [tuple(one for one in letters if one is not gone) for gone in letters]
    swapped = [tuple(new if one is gone else one for one in letters) for gone in letters for new in spare]
    return [changed for changed in [(), *without, *swapped, *((*letters, new) for new in spare)] if changed != letters]


def said(model: OperatingModel) -> set[tuple[str, str, str]]:
    return {*contradictions(model), *review(model)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.model for document in DOCUMENTS])
def test_an_altered_cell_turns_something_red(document: Document) -> None:
    model = shipped(document.model)
    before, seen, told = said(model), 0, 0
    for words, changed in altered(model, document.columns):
        seen += 1
        told += bool(said(changed) - before)
        assert cells_of(changed, document.columns) != document.cells(), words
    assert seen >= 5 * len(model.tasks) * len(document.columns)
    assert told  # some are told to the user as well: see below for which


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.model for document in DOCUMENTS])
def test_an_a_or_r_that_is_missing_or_too_many_is_told_to_the_user(document: Document) -> None:
    model = shipped(document.model)
    before = said(model)
    for words, changed in altered(model, document.columns):
        for task in changed.tasks:
            held = [letter for cell in task.cells.values() for letter in cell.letters]
            if held.count(Letter.A) != 1 or Letter.R not in held:
                assert said(changed) - before, words

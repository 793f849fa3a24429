"""Every cell of every model altered, and every other item that the rules act on: a scene ends otherwise each time.

The scenes are written from the documents. Where none can end otherwise yet, the item stands in `NOT_YET` with the reason, and a test
sees to it that nothing stands there that is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache

import pytest

from connector.rasci.consistency import contradictions
from connector.rasci.meaning import Proof, State
from connector.rasci.table import Letter, OperatingModel
from tests.models.documents import DOCUMENTS, Document
from tests.models.named import named, shipped
from tests.scenes import altering
from tests.scenes.altering import Altered
from tests.scenes.asking import Scene
from tests.scenes.not_yet import NOT_YET, listed
from tests.scenes.test_scenes import SCENES

MODELS = pytest.mark.parametrize("name", SCENES)


def red(name: str, model: OperatingModel) -> Scene | None:
    """A scene that ends otherwise under this model."""
    return next((scene for scene in SCENES[name] if scene.asked(model) != scene.answer), None)


@cache
def unproven(name: str, alter: Callable[[OperatingModel], Iterator[Altered]]) -> tuple[dict[str, list[str]], frozenset[str]]:
    """What was altered and changed no scene, and all that was altered."""
    assert red(name, shipped(name)) is None, "a scene that is wrong to begin with proves nothing"
    found: dict[str, list[str]] = {}
    seen = set()
    for altered in alter(shipped(name)):
        seen.add(altered.what)
        if red(name, altered.model) is None:
            found.setdefault(altered.what, []).append(altered.how)
    return found, frozenset(seen)


@pytest.mark.slow
@MODELS
def test_an_altered_cell_ends_a_scene_otherwise(name: str) -> None:
    found, _ = unproven(name, altering.cells)
    assert {what: how for what, how in found.items() if not listed(name, what)} == {}


@pytest.mark.slow
@MODELS
def test_an_altered_item_ends_a_scene_otherwise(name: str) -> None:
    found, _ = unproven(name, altering.others)
    assert {what: how for what, how in found.items() if not listed(name, what)} == {}


@MODELS
def test_nothing_that_is_proven_is_listed_as_unproven(name: str) -> None:
    results = [unproven(name, alter) for alter in (altering.cells, altering.others)]
    not_red = {what for found, _ in results for what in found}
    seen = {what for _, all_of_them in results for what in all_of_them}
    assert [what for what in sorted(seen - not_red) if listed(name, what)] == []
    assert [pattern for pattern in NOT_YET[name] if not any(fnmatchcase(what, pattern) for what in not_red)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.model for document in DOCUMENTS])
def test_every_filled_cell_of_the_document_is_altered_in_every_letter(document: Document) -> None:
    """By the person's own copy of the document: no cell is forgotten, and each letter is replaced by each other one."""
    filled = {
        f"{row} {party}": cell
        for row, row_cells in document.cells().items()
        for party, cell in zip(document.columns, row_cells, strict=True)
        if cell
    }
    tried: dict[str, set[frozenset[str]]] = {}
    for altered in altering.cells(shipped(document.model)):
        tried.setdefault(altered.what, set()).add(frozenset(altered.how.split(",")) - {"empty"})
    assert tried.keys() == filled.keys()
    for what, cell in filled.items():
        assert swaps(cell.split(",")) <= tried[what], what


def swaps(letters: Sequence[str]) -> set[frozenset[str]]:
    """Removed, and each letter replaced by each other one."""
    others = [[frozenset({*letters} - {one} | {new.value}) for new in Letter if new.value not in letters] for one in letters]
    return {frozenset(), *(swap for some in others for swap in some)}


@MODELS
def test_a_party_that_is_given_what_it_does_not_have_is_noticed(name: str) -> None:
    """A in an empty cell is refused when the file is loaded; R makes somebody do work that is not theirs."""
    model = shipped(name)
    before = set(contradictions(model))
    quiet = [
        altered.what
        for altered in altering.put_in(model)
        if altered.how in ("A", "R") and not set(contradictions(altered.model)) - before and red(name, altered.model) is None
    ]
    assert [what for what in quiet if not listed(name, what)] == []


@MODELS
def test_what_is_said_to_work_is_proven(name: str) -> None:
    """A row whose meaning works has cells that behave, and so on; how level 2 hands over to level 3 is the vendor's affair."""
    found = {what for alter in (altering.cells, altering.others) for what in unproven(name, alter)[0] if what != "levels.L2 next"}
    works = [(label, item) for label, (_, item) in named(shipped(name)).items() if item.state is State.TODAY]
    behaves = [label.removeprefix("tasks.") for label, item in works if item.proof is Proof.BEHAVES]
    assert [label for label in behaves for what in found if what == label or what.startswith(f"{label} ")] == []

"""Each model against its document: the rows and cells as a person read them, and every line of the document."""

from __future__ import annotations

import re

import pytest

from connector.rasci.meaning import Basis
from connector.rasci.table import OperatingModel, Task
from connector.words import Party
from tests.models.documents import ANYWHERE365_WSP, DIALOGUE_CLOUD, DOCUMENTS, WORKCUBE, Document
from tests.models.named import named, shipped

BY_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS, ids=[document.model for document in DOCUMENTS])
LETTERS = re.compile(r"[RASCI](, ?[RASCI])*")


def cells_of(model: OperatingModel, columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {task.id: tuple(_letters(task, column) for column in columns) for task in model.tasks}


def _letters(task: Task, column: str) -> str:
    return ",".join(task.letters(Party(column)))


def of(document: Document) -> str:
    text = document.text()
    if text is None:
        pytest.skip("the source documents are not here")
    return text


@BY_DOCUMENT
def test_rows_and_cells_are_those_that_a_person_read(document: Document) -> None:
    model = shipped(document.model)
    assert cells_of(model, document.columns) == document.cells()
    assert {party.value for task in model.tasks for party in task.cells} <= set(document.columns)
    assert [task.number for task in model.tasks] == list(range(1, len(model.tasks) + 1))


def test_all_54_cells_of_the_oldest_edition_stand_in_the_document() -> None:
    """Its empty cells survived as a no-break space, so the table can be read by counting."""
    table = of(ANYWHERE365_WSP).partition("RASCI table")[2].partition("R: Responsible")[0]
    lines = [line for line in table.split("\n") if line]
    start = lines.index("Prime contact for end-users of Anywhere365")
    headings = {"Dialogue Cloud deployment specific", "On-premises deployment specific"}
    parts = [line for line in lines[start:] if line not in headings and line != "  • "]
    rows = [parts[at : at + 4] for at in range(0, len(parts) - len(parts) % 4, 4)]
    assert [tuple(cell.replace("\xa0", "") for cell in row[1:]) for row in rows] == list(ANYWHERE365_WSP.cells().values())
    assert (len(rows), sum(cell == "\xa0" for row in rows for cell in row)) == (18, 18)


def test_the_14_rows_of_the_cloud_edition_hold_these_letters_in_this_order() -> None:
    """Its empty cells are lost: only the order of what is left can be compared, and which rows are certain by themselves."""
    table = of(DIALOGUE_CLOUD).partition("RASCI table")[2].partition("R: Responsible")[0]
    found = [re.findall(r"(?<=\s)[RASCI](?:, [RASCI])*(?=\s|$)", line) for line in table.splitlines()]
    cells = list(DIALOGUE_CLOUD.cells().values())
    filled = [[cell.replace(" ", "") for cell in row] for row in found if row]
    assert filled == [[cell for cell in row if cell] for row in cells]
    assert sum(len(row) for row in filled) == 28
    certain = {task.id for task in shipped("anywhere365-dialogue-cloud").tasks if task.placement == "certain"}
    assert certain == {name for name, row in DIALOGUE_CLOUD.cells().items() if all(row)}


@BY_DOCUMENT
def test_every_line_of_the_document_is_read(document: Document) -> None:
    words = [clause for clause, _ in document.clauses()]
    lines = [" ".join(line.split()) for line in of(document).splitlines()]
    said = [line.strip("•- ") for line in lines if re.search(r"\w", line)]
    left = [line for line in said if not LETTERS.fullmatch(line) and not any(word in line for word in words)]
    assert left == []


@BY_DOCUMENT
def test_what_is_said_to_stand_in_the_document_does(document: Document) -> None:
    text = " ".join(of(document).split())
    assert [words for words, _ in document.clauses() if words not in text] == []


@BY_DOCUMENT
def test_every_clause_of_the_document_stands_in_the_model(document: Document) -> None:
    model = shipped(document.model)
    known = named(model).keys() | {f"legend.{letter.value}" for letter in model.legend}
    encoded = [name for _, names in document.clauses() for name in names]
    assert [name for name in encoded if name not in known] == []


@BY_DOCUMENT
def test_everything_in_the_model_stands_in_the_document_or_says_that_it_does_not(document: Document) -> None:
    encoded = {name for _, names in document.clauses() for name in names}
    for name, (key, item) in named(shipped(document.model)).items():
        assert name in encoded or item.basis is not Basis.STATED, key


def test_no_clause_of_the_german_document_is_missing() -> None:
    """Every sentence of it, though a line holds several: no sentence lies between two that are read."""
    text = " ".join(of(WORKCUBE).split())
    for sentence in re.split(r"(?<=[.:]) (?=[A-ZÜÖÄ])", text):
        if re.search(r"\w{4}", sentence) and not sentence.endswith("-Support:"):  # the two headings with a dash before
            assert any(words in sentence or sentence.strip("• .") in words for words, _ in WORKCUBE.clauses()), sentence


@pytest.mark.parametrize("model", ["anywherenow-implementation", "anywhere365-partner-on-premises", "workcube"])
def test_where_a_document_has_no_letters_none_is_said_to_be_stated(model: str) -> None:
    for task in shipped(model).tasks:
        for party in task.cells:
            basis, why = task.rests_on(party)
            assert basis is not Basis.STATED
            assert why


def test_a_document_without_an_rca_has_none_and_the_implementation_has_half() -> None:
    stated = {model: {rca.cause.value for rca in shipped(model).duties.rca if rca.basis is Basis.STATED} for model in _MODELS}
    assert stated == _RCA
    calls = {
        model: {call.owed.value for call in shipped(model).duties.p1_call if call.basis is Basis.STATED} for model in _MODELS
    }
    assert calls == _CALLS


_BOTH = {"vendor_component", "other"}
_RCA = {
    "anywhere365-wsp": _BOTH,
    "anywherenow-implementation": {"other"},
    "anywhere365-dialogue-cloud": _BOTH,
    "anywhere365-partner-on-premises": set[str](),
    "workcube": set[str](),
}
_CALLS = {
    "anywhere365-wsp": {"must"},
    "anywherenow-implementation": {"if_needed"},
    "anywhere365-dialogue-cloud": {"must"},
    "anywhere365-partner-on-premises": set[str](),
    "workcube": set[str](),
}
_MODELS = tuple(_RCA)

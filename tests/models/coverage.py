"""Write docs/operating-models/coverage.md: every row and clause of every document, and what becomes of it today.

python -m tests.models.coverage
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from connector.rasci.duties import FlowRule, P1Call, Rca, Speaks
from connector.rasci.meaning import Basis, Meant, Proof, State
from connector.rasci.settings import KNOWN
from connector.rasci.table import Clause, OperatingModel, Task
from tests.models.documents import DOCUMENTS, Document
from tests.models.named import ROOT, named, shipped
from tests.scenes.not_yet import listed

PAGE = ROOT / "docs" / "operating-models" / "coverage.md"

HEAD = """\
# What becomes of every row and clause

Made from the models by `python -m tests.models.coverage`; do not edit it. A test keeps it true, and others compare each model with
its document, row by row and line by line.

| | |
|---|---|
| **cells** | letters by party; in brackets where the document does not state them (the file says what they rest on) |
| **key** | where it stands in the model's file, with its id |
| **proof** | *behaves*: the engine acts on it · *checked*: loading, `models check` or the tests' own copy of the document hold it · *documented*: nothing that a connector could execute |
| **today** | what works, and in words what does not yet |

A cell behaves where a scene written from the document ends otherwise with any other letters in it (`tests/scenes`, which alters each
cell of each model). The other cells are checked: no other letters can stand there unnoticed, and nothing acts on them yet.
"""

TODAY = {
    State.TODAY: "works",
    State.PARTLY: "partly",
    State.LATER: "**not yet**",
    State.DOC_ONLY: "text only",
    State.EMPTY: "empty in the document",
}


def page() -> str:
    models = [(document, shipped(document.model)) for document in DOCUMENTS]
    parts = [HEAD, *_summary(models)]
    for document, model in models:
        parts += [
            "",
            f"## {model.id} (document {document.number})",
            "",
            f"{model.title}.",
            "",
            *_lines(document, model),
            *_around(document, model),
        ]
    return "\n".join([*parts, *_settings()]) + "\n"


def _summary(models: list[tuple[Document, OperatingModel]]) -> Iterator[str]:
    yield "| model | document | rows | filled cells | items in all | works | partly | not yet | text only or empty |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for document, model in models:
        items = [item for _, item in named(model).values()]
        states = Counter(item.state for item in items)
        cells = sum(bool(cell.letters) for task in model.tasks for cell in task.cells.values())
        numbers = [states[State.TODAY], states[State.PARTLY], states[State.LATER], states[State.DOC_ONLY] + states[State.EMPTY]]
        yield _row(
            f"[{model.id}](#{model.id}-document-{document.number})",
            document.number,
            len(model.tasks),
            cells,
            len(items),
            *numbers,
        )


def _lines(document: Document, model: OperatingModel) -> Iterator[str]:
    yield "| clause of the document | in our words | cells | key | proof | today |"
    yield "|---|---|---|---|---|---|"
    for name, (key, item) in named(model).items():
        row = item if isinstance(item, Task) else item.row if isinstance(item, Clause) and item.cells else None
        cells = _cells(model, row) if row else ""
        yield _row(
            _source(document, item), _what(item), cells, f"`{key}` {name.partition('.')[2]}", _proof(model, item), _today(item)
        )


def _what(item: Meant) -> str:
    match item:
        case P1Call():
            return f"call after a P1: {item.owed.value.replace('_', ' ')}"
        case Rca():
            return f"root cause analysis of a P1, cause {item.cause.value.replace('_', ' ')}{' alone' if item.solely else ''}: {item.party.value}"
        case Speaks():
            return f"speaks to users: {item.party.value} at {item.level}"
        case FlowRule():
            return item.rule
        case Clause():
            return item.clause
    return str(getattr(item, "title", ""))


def _around(document: Document, model: OperatingModel) -> Iterator[str]:
    """What is no item of its own: the legend, and the seats, which no document gives."""
    for letter, text in model.legend.items():
        yield _row(
            f"{document.number}: legend", text, "", f"`legend.{letter.value}`", "documented", "text only: shown by `models show`"
        )
    for party, side in model.seats.items():
        yield _row(
            "*(ours)*", f"{party.value} works in the {side.value}'s system", "", f"`seats.{party.value}`", "behaves", "works"
        )


def _source(document: Document, item: Meant) -> str:
    mark = "" if item.basis is Basis.STATED else f" *({item.basis.value})*"
    return f"{document.number}: {item.source}{mark}"


def _cells(model: OperatingModel, task: Task) -> str:
    return "; ".join(f"{party.value} {_letters(task, party)}" for party in model.parties if task.letters(party))


def _letters(task: Task, party: object) -> str:
    [(basis, letters)] = [(task.rests_on(one)[0], ",".join(cell.letters)) for one, cell in task.cells.items() if one is party]
    return letters if basis is Basis.STATED else f"({letters})"


def _proof(model: OperatingModel, item: Meant) -> str:
    proof = str(item.proof)
    if not isinstance(item, Task) or item.proof is Proof.DOCUMENTED:
        return proof
    return f"{proof}; cells {'checked' if listed(model.id, f'{item.id} ') else 'behave'}"


def _today(item: Meant) -> str:
    match item.state:
        case State.PARTLY:
            return f"{TODAY[item.state]}: {item.means}. Missing: {item.missing}"
        case State.LATER:
            return f"{TODAY[item.state]}: {item.means}" if item.means else TODAY[item.state]
        case State.DOC_ONLY:
            return f"{TODAY[item.state]}: {item.reason}"
    return TODAY[item.state]


def _settings() -> Iterator[str]:
    yield from ("", "## Settings that no document gives", "", "Every default is ours.", "")
    yield from ("| setting | default | what it decides | today |", "|---|---|---|---|")
    for name, known in KNOWN.items():
        default = "must be entered where it is needed" if known.default == "" else f"{known.default} {known.unit}".strip()
        yield _row(f"`{name}`", default, known.meaning, "works" if known.used else "**not yet**")


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")

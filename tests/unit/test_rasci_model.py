"""The operating model's file: what it says, and what is reported when it is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from connector.rasci.model import Basis, Cell, Gate, Kind, Letter, ModelError, load, loads
from connector.rasci.settings import KNOWN
from connector.words import Party
from tests.unit.rasci_help import FILE, MODEL

TEXT = FILE.read_text(encoding="utf-8")
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"

ROWS = [  # vendor / customer / end users, read from the older edition, whose columns are certain
    ("prime-contact", "", "A,R", ""),
    ("submitting", "", "A,R", ""),
    ("l2-3-support", "A,R", "S,C,I", ""),
    ("rca-vendor-cause", "A,R", "S,C,I", ""),
    ("rca-other-cause", "S,C,I", "A,R", ""),
    ("change-request", "C,S", "A,R", "C,I"),
    ("trained-staff", "C,S", "A,R", ""),
    ("training", "A,R", "S,I", ""),
    ("provide-tenant", "A,R", "I", ""),
    ("configure-tenant", "C", "A,R", "C,I"),
    ("interfacing", "R,S", "A,R", ""),
    ("connections", "S,C", "A,R", ""),
    ("entry-points", "A,R", "S", ""),
    ("monitoring", "A,R", "I", ""),
]


def test_the_fourteen_rows_hold_the_letters_of_the_document() -> None:
    parties = (Party.VENDOR, Party.CUSTOMER, Party.END_USER)
    assert [(task.id, *(",".join(task.letters(party)) for party in parties)) for task in MODEL.tasks] == ROWS
    assert [task.number for task in MODEL.tasks] == list(range(1, 15))


def test_the_letters_stand_in_this_order_in_the_source() -> None:
    sources = sorted(SEEDS.glob("002_*.txt"))
    if not sources:
        pytest.skip("the source documents are not here")
    table = sources[0].read_text(encoding="utf-8").partition("RASCI table")[2].partition("R: Responsible")[0]
    letters = r"((?:\b[RASCI]\b(?:, )?)+)"
    found = ["".join(re.findall(letters, line)).replace(" ", "").replace(",", "") for line in table.splitlines()]
    ours = ["".join(cells).replace(",", "") for _, *cells in ROWS]
    assert [row for row in found if row] == ours


def test_only_two_rows_are_certain_of_their_columns() -> None:
    assert {task.id for task in MODEL.tasks if task.placement == "certain"} == {"change-request", "configure-tenant"}
    assert {task.placement for task in MODEL.tasks} == {"certain", "inferred from 000"}


def test_shown_as_json_it_has_the_promised_shape() -> None:
    shown = json.loads(json.dumps(MODEL.as_dict()))
    assert {"id", "parties", "tasks", "levels", "evidence", "settings"} <= shown.keys()
    assert {"id", "title", "kind", "deployment", "rasci", "basis", "source"} <= shown["tasks"][2].keys()
    assert shown["id"] == FILE.stem
    assert shown["tasks"][2]["rasci"] == {"vendor": ["A", "R"], "customer": ["S", "C", "I"]}
    assert shown["tasks"][8]["also"] == ["supply"]
    assert shown["settings"]["reopen.window"] == {"value": 14, "source": "ours"}


def test_a_setting_that_is_left_out_has_our_default() -> None:
    model = loads(TEXT.partition("settings:")[0] + "settings: {}\n")
    assert {name: setting.value for name, setting in model.settings.items()} == {
        name: known.default for name, known in KNOWN.items()
    }
    assert {setting.source for setting in model.settings.values()} == {"ours"}


def test_a_cell_may_have_a_basis_of_its_own() -> None:
    cell = '{letters: "A,R", basis: inferred, why: flow, step 2}'.replace("flow, step 2", '"flow, step 2"')
    model = loads(TEXT.replace('{vendor: "A,R", customer: "S,C,I"}', f'{{vendor: {cell}, customer: "S,C,I"}}', 1))
    work = model.row(Gate.WORK)
    assert work.cells[Party.VENDOR] == Cell((Letter.A, Letter.R), Basis.INFERRED, "flow, step 2")
    assert work.as_dict()["not_stated"] == {"vendor": {"basis": "inferred", "why": "flow, step 2"}}
    assert work.kind is Kind.TOPIC


WRONG = [
    # what stands there, what is written instead, key, message
    ('rasci: {customer: "A,R"}', 'rasci: {customer: "R"}', "tasks[0].rasci", "has 0 times A"),
    ('rasci: {customer: "A,R"}', 'rasci: {customer: "A"}', "tasks[0].rasci", "has no R"),
    ('{vendor: "A,R", customer: "S,C,I"}', '{vendor: "A,R", customer: "A"}', "tasks[2].rasci", "has 2 times A"),
    ('{vendor: "A,R", customer: "S,C,I"}', '{vendor: "A,R,X"}', "tasks[2].rasci.vendor", "'X' is not known"),
    ('{vendor: "A,R", customer: "S,C,I"}', '{vendor: "A,R,R"}', "tasks[2].rasci.vendor", "names a letter twice"),
    ('{vendor: "A,R", customer: "S,C,I"}', '{vendor: "A,R", partner: "S"}', "tasks[2].rasci.partner", "not among the parties"),
    ('{vendor: "A,R", customer: "S,C,I"}', '{vendr: "A,R"}', "tasks[2].rasci.vendr", "did you mean `vendor`?"),
    ('{vendor: "A,R", customer: "S,C,I"}', "[A, R]", "tasks[2].rasci", "is not a set of keys"),
    (
        '{vendor: "A,R", customer: "S,C,I"}',
        '{vendor: {letters: "A,R", basis: ours}}',
        "tasks[2].rasci.vendor",
        "without a reason",
    ),
    ("kind: act", "kind: deed", "tasks[0].kind", "'deed' is not known"),
    ("    kind: act\n", "", "tasks[0]", "lacks `kind`"),
    ("kind: act", "knd: act", "tasks[0].knd", "did you mean `kind`?"),
    ("number: 1\n", "number: 0\n", "tasks[0].number", "not a whole number"),
    ("number: 2\n", "number: 1\n", "tasks[1]", "same number"),
    ("id: submitting", "id: prime-contact", "tasks[1]", "same id"),
    ("    gate: submit\n", "", "tasks", "no row has `gate: submit`"),
    ("gate: submit\n", "gate: work_on_case\n", "tasks[2]", "second row"),
    ("placement: certain", "placement: guessed", "tasks[5].placement", "'guessed' is not known"),
    ("  end_user: customer\n", "", "seats", "says nothing of end_user"),
    ("  end_user: customer\n", "  end_user: portal\n", "seats.end_user", "'portal' is not known"),
    ("owner: customer", "owner: partner", "levels[0].owner", "not among the parties"),
    ("next: [L3]", "next: [L4]", "levels[1]", "'L4'"),
    ("hand_over: L1-L2", "hand_over: L1-L3", "evidence[0]", "no hand-over"),
    ("state: doc_only", "state: today", "clauses[6]", "without a meaning"),
    ("leads_to: l2-3-support", "leads_to: l2-support", "clauses[0].leads_to", "did you mean `l2-3-support`"),
    (
        'vendor: {letters: "A,R", basis: inferred, why: the clause',
        'partner: {letters: "A,R", basis: inferred, why: the clause',
        "clauses[2].rasci.partner",
        "not among the parties",
    ),
    (
        'vendor: {letters: "A,R", basis: inferred, why: the clause',
        "vendor: {letters: R, basis: inferred, why: the clause",
        "clauses[2].rasci",
        "has 0 times A",
    ),
    ("kind: supply\n    rasci", "kind: duty\n    rasci", "clauses[9].kind", "never of kind duty"),
    ("id: hosting-platform", "id: change-request", "clauses[2]", "is a row of the table as well"),
    ("value: proposal", "value: perhaps", "settings.priority.after_vendor_change.value", "use one of: proposal, apply"),
    ("value: 14", "value: soon", "settings.reopen.window.value", "not a whole number"),
    ("reopen.window:", "reopen.windw:", "settings.reopen.windw", "did you mean `reopen.window`?"),
    ("parties:\n", "parties:\n  connector: {name: us}\n", "parties.connector", "nobody's party"),
    ("legend:\n", "legend:\n  R: twice\n", "legend.R", "stands here twice"),
    ("aliases: [End-users of Anywhere365, Anywhere365 users]", "aliases: users", "parties.end_user.aliases", "is not a list"),
    ("title: Submit a case to the vendor", "title: 7", "tasks[1].title", "is not a text"),
]


@pytest.mark.parametrize(("there", "instead", "key", "words"), WRONG, ids=[f"{row[2]} {row[3]}" for row in WRONG])
def test_what_is_wrong_is_said_with_its_place_and_a_remedy(there: str, instead: str, key: str, words: str) -> None:
    assert there in TEXT
    with pytest.raises(ModelError) as caught:
        loads(TEXT.replace(there, instead, 1), "model.yaml")
    at_key = [problem for problem in caught.value.problems if problem.key == key]
    assert words in " ".join(map(str, at_key)), caught.value
    assert all(problem.remedy and problem.line for problem in caught.value.problems)


def test_all_problems_are_reported_together_in_the_order_of_the_file() -> None:
    text = (
        TEXT.replace("kind: act", "kind: deed", 1)
        .replace("value: 14", "value: soon")
        .replace("id: submitting", "idd: submitting")
    )
    with pytest.raises(ModelError) as caught:
        loads(text, "model.yaml")
    keys = [problem.key for problem in caught.value.problems]
    assert keys == ["tasks[0].kind", "tasks[1].idd", "tasks[1]", "settings.reopen.window.value"]
    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(lines)
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "kind: deed" in row)
    assert str(caught.value).startswith(f"model.yaml:{line} tasks[0].kind: 'deed' is not known; ")


@pytest.mark.parametrize(
    "text", ["", "a: [", "- 1", "a: &x 1\nb: *x", "id: 2024-13-45", "id: \x07", "? [a]\n: b", "id: !!python/none x", "id: null"]
)
def test_what_is_no_model_is_refused_in_words(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        loads(text)
    assert caught.value.problems


def test_a_file_that_cannot_be_read_is_a_problem_too(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"id: caf\xe9\n")
    for name in ("absent.yaml", "latin.yaml"):
        with pytest.raises(ModelError, match="cannot be read"):
            load(tmp_path / name)

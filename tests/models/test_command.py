"""``connector models``: what it prints, and its exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from connector.cli.main import app
from connector.rasci.model import load
from tests.models.documents import DOCUMENTS
from tests.models.named import ROOT, file_of, shipped

GOLDEN = Path(__file__).parent / "golden.txt"
MODELS = sorted(document.model for document in DOCUMENTS)
CLOUD = "anywhere365-dialogue-cloud"


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("CONNECTOR_CONFIG", raising=False)


def run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["models", *words])
    assert done.exit_code == code, done.output
    return done


def as_json(*words: str, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code).stdout)


def test_list_names_every_model_with_its_parties_and_levels() -> None:
    found = as_json("list")["models"]
    assert [one["name"] for one in found] == MODELS
    assert {one["name"]: one["rows"] for one in found}[CLOUD] == 14
    shown = run("list").stdout
    assert all(name in shown for name in MODELS)


def test_show_prints_the_matrix_as_it_was_agreed() -> None:
    """Where it changes on purpose: connector models show NAME --all, without trailing blanks, is the file."""
    shown = "\n".join(line.rstrip() for line in run("show", "workcube", "--all").stdout.splitlines())
    assert shown + "\n" == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODELS)
def test_show_has_every_row_and_every_cell_as_the_model_says(name: str) -> None:
    model, shown = shipped(name), as_json("show", name)
    assert {"id", "parties", "tasks", "levels", "evidence", "settings"} <= shown.keys()
    assert [task["id"] for task in shown["tasks"]] == [task.id for task in model.tasks]
    for task, plain in zip(model.tasks, shown["tasks"], strict=True):
        assert {"id", "title", "kind", "deployment", "rasci", "basis", "source"} <= plain.keys()
        assert plain["rasci"] == {party.value: list(cell.letters) for party, cell in task.cells.items()}
    assert shown["settings"]["reopen.window"]["source"] == "ours"


def test_letters_that_are_not_stated_stand_in_brackets_and_stated_ones_do_not() -> None:
    inferred = run("show", "anywhere365-partner-on-premises").stdout
    assert "(A,R)" in inferred
    assert " A,R " not in inferred
    stated = run("show", "anywhere365-wsp").stdout
    assert " S,C,I " in stated
    table, _, prose = stated.partition("Prose that is like a row")
    assert "(A,R)" not in table
    assert "hosting-platform" in prose
    assert "(A,R)" in prose


def test_on_a_narrow_terminal_the_letters_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.cli.models._WIDTH", 80)
    lines = run("show", "anywhere365-wsp").stdout.splitlines()
    [end] = [number for number, line in enumerate(lines) if "vendor = Anywhere365" in line]
    assert all(len(line.rstrip()) <= 80 for line in lines[3:end])
    assert sum(" S,C,I " in line for line in lines) == 3


def test_check_ends_with_0_where_all_is_fine_and_1_with_place_and_remedy_where_not() -> None:
    assert as_json("check", CLOUD) == {"ok": True, "problems": []}
    assert "fine" in run("check", CLOUD).stdout
    found = as_json("check", "workcube", code=1)
    assert found["ok"] is False
    assert found["problems"][0]["place"].startswith("config/operating-models/workcube.yaml:")
    told = run("check", "workcube", code=1).stderr
    assert "remedy" in told
    assert "level4.owner" in told


def test_a_file_that_cannot_be_loaded_is_checked_but_not_shown(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(file_of(CLOUD).read_text(encoding="utf-8").replace("kind: act", "kind: deed", 1), encoding="utf-8")
    [problem] = as_json("check", str(broken), code=1)["problems"]
    assert problem["place"].startswith(f"{broken}:")
    assert "deed" in as_json("show", str(broken), code=2)["error"]
    broken.write_text("a: [", encoding="utf-8")
    assert as_json("check", str(broken), code=1)["problems"]


def test_the_example_of_the_page_is_shown_and_fine(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operating-models.md").read_text(encoding="utf-8")
    [example] = [one for one in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "id: acme" in one]
    conditions = "conditions:\n  deployment: {values: [saas, hybrid], given_by: installation, means: where it runs}\n\nlevels:\n"
    example = example.replace("levels:\n", conditions, 1).replace(
        "    kind: topic\n", "    kind: topic\n    when: {deployment: saas}\n"
    )
    own = tmp_path / "acme.yaml"
    own.write_text(example, encoding="utf-8")
    assert as_json("check", str(own))["ok"] is True
    assert as_json("show", str(own))["tasks"][2]["deployment"] == "saas"
    assert "deployment saas" in run("show", str(own), "--all").stdout


def test_what_is_not_there_is_wrong_usage() -> None:
    for words in (["show", "unheard-of"], ["check", "unheard-of"], ["check", "unheard-of.yaml"]):
        assert as_json(*words, code=2)["ok"] is False
    assert run("shw", code=2).stderr


def test_a_model_is_found_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "operating-models").mkdir()
    own = tmp_path / "operating-models" / "ours.yaml"
    own.write_text(file_of(CLOUD).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "operating-models" / "broken.yaml").write_text("id: x\n", encoding="utf-8")
    config = str(tmp_path / "connector.yaml")
    found = as_json("list", "--config", config)["models"]
    assert {one["name"]: bool(one["problems"]) for one in found} == {"ours": False, "broken": True}
    assert "cannot be loaded" in run("list", "--config", config).stdout
    assert as_json("show", "ours", "--config", config)["id"] == load(own).id


def test_check_with_the_settings_of_an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVICENOW_PASSWORD", "PORTAL_PASSWORD"):
        monkeypatch.setenv(name, "secret")
    example = "config/connector.example.yaml"
    found = as_json("check", CLOUD, "--config", example)
    assert (found["ok"], found["problems"]) == (True, [])
    assert "no installation file" in found["findings"][0]["message"]
    assert "Findings" in run("check", CLOUD, "--config", example).stderr
    assert "no connection" in as_json("check", "anywhere365-wsp", "--config", example, code=2)["error"]
    assert as_json("check", CLOUD, "--config", str(tmp_path / "absent.yaml"), code=2)["problems"]

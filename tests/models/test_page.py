"""The page on operating models shows what can be loaded, and names what is there."""

from __future__ import annotations

import re

import pytest
import yaml

from connector.rasci.consistency import contradictions
from connector.rasci.ladder import Level, RecordType
from connector.rasci.meaning import Basis, State
from connector.rasci.model import draft, loads
from connector.rasci.review import review
from connector.rasci.schema import MODEL
from connector.rasci.settings import KNOWN
from connector.rasci.shape import read
from connector.rasci.source import Reader
from connector.rasci.table import Clause, Kind, Letter, OperatingModel, Task
from connector.words import Party
from tests.models.against_schema import faults
from tests.models.documents import DOCUMENTS
from tests.models.named import ROOT

PAGE = (ROOT / "docs" / "operating-models.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_complete_example_is_a_model_without_findings() -> None:
    [example] = [one for one in EXAMPLES if "id: acme" in one]
    found = draft(example, "acme.yaml")
    assert found.problems == ()
    assert [*contradictions(found.model), *review(found.model)] == []
    assert list(faults(yaml.safe_load(example), MODEL.schema())) == []
    assert found.model.setting("reopen.window") == 30
    assert found.model.tasks[2].letters(Party.CUSTOMER) == (Letter.S,)


def test_the_row_and_the_levels_that_are_explained_can_be_read() -> None:
    row, prose, levels = [one for one in EXAMPLES if "id: acme" not in one]
    reader = Reader("page")
    [task] = read(reader, reader.parse(row), tuple[Task, ...])
    assert (task.kind, task.when.needs) == (Kind.TOPIC, {"deployment": ("cloud",)})
    like_a_row, leading = read(reader, reader.parse(prose).value["clauses"], tuple[Clause, ...])
    assert like_a_row.row.letters(Party.CUSTOMER) == (Letter.A, Letter.R)
    assert (leading.leads_to, leading.record_type) == ("change-request", RecordType.CHANGE)
    first, fourth = read(reader, reader.parse(levels).value["levels"], tuple[Level, ...])
    assert [owner.when.needs for owner in first.owner] == [{"experts": ("internal",)}, {"experts": ("none",)}]
    assert fourth.owner[0].setting in KNOWN
    assert reader.problems == []


@pytest.mark.parametrize("words", [*Basis, *State, *(document.model for document in DOCUMENTS)])
def test_each_word_is_explained(words: str) -> None:
    assert f"\n| `{words}` |" in PAGE


def test_each_section_is_explained() -> None:
    sections = MODEL.schema()["properties"].keys() - {"id", "title", "source"}
    assert [section for section in sections if f"\n| `{section}` |" not in PAGE] == []


def test_the_settings_in_use_are_listed_with_their_defaults() -> None:
    listed = dict(re.findall(r"\n\| `([\w.]+)` \| `?(\w+)", PAGE.partition("## Settings")[2]))
    assert listed == {name: str(known.default or "must") for name, known in KNOWN.items() if known.used}


def test_what_an_engine_reads_of_the_settings_is_what_is_said_to_be_used() -> None:
    """A setting that the code asks for is one that `models show` says works."""
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "connector").rglob("*.py") if path.name != "settings.py"
    )
    asked = {name for name in KNOWN if re.search(rf'(setting|by_setting)\("{re.escape(name)}"\)', code)}
    assert asked
    assert asked <= {name for name, known in KNOWN.items() if known.used}


def test_an_empty_file_is_no_model() -> None:
    with pytest.raises(ValueError, match="lacks `tasks`"):
        loads("id: nothing\n")
    assert isinstance(draft("id: nothing\n", "x").model, OperatingModel)

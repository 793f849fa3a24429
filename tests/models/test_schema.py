"""The JSON Schema for editors says what the reader says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from connector.rasci.model import draft, loads
from connector.rasci.schema import MODEL
from tests.models.against_schema import faults
from tests.models.documents import DOCUMENTS
from tests.models.named import FOLDER, file_of

MODELS = [document.model for document in DOCUMENTS]
SCHEMA = MODEL.schema()


def tree(model: str = "workcube") -> Any:
    return yaml.safe_load(file_of(model).read_text(encoding="utf-8"))


def test_the_shipped_schema_is_made_from_the_reader() -> None:
    remedy = "write connector.rasci.schema.MODEL.text() into it"
    assert (FOLDER / MODEL.file).read_text(encoding="utf-8") == MODEL.text(), remedy
    assert json.loads(MODEL.text()) == SCHEMA


@pytest.mark.parametrize("name", MODELS)
def test_each_shipped_model_fits_and_names_it_in_its_first_line(name: str) -> None:
    assert list(faults(tree(name), SCHEMA)) == []
    assert file_of(name).read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={MODEL.file}\n")


def put(*path: str | int, value: Any) -> Callable[[Any], None]:
    def change(of: Any) -> None:
        for step in path[:-1]:
            of = of[step]
        of[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Any], None]:
    def change(of: Any) -> None:
        for step in path[:-1]:
            of = of[step]
        del of[path[-1]]

    return change


REFUSED = {
    "an unknown section": put("tsks", value=[]),
    "a section that is missing": drop("tasks"),
    "a key that is missing": drop("tasks", 0, "kind"),
    "an unknown key": put("tasks", 0, "knd", value="act"),
    "an unknown word": put("tasks", 0, "kind", value="deed"),
    "a number that is none": put("tasks", 0, "number", value="one"),
    "a number below 1": put("tasks", 0, "number", value=0),
    "yes and no as a number": put("tasks", 0, "number", value=True),
    "a text that is none": put("tasks", 0, "title", value=7),
    "a blank text": put("tasks", 0, "title", value=" "),
    "a list that is none": put("parties", "vendor", "aliases", value="one"),
    "no set of keys": put("tasks", 0, "rasci", value=["A"]),
    "an unknown party": put("tasks", 0, "rasci", "vendr", value="A"),
    "the connector as a party": put("parties", "connector", value={"name": "us"}),
    "an unknown letter": put("tasks", 1, "rasci", "partner", value="A,X"),
    "a cell without letters": put("tasks", 1, "rasci", "partner", value={"basis": "ours"}),
    "an unknown basis": put("evidence", 0, "basis", value="guessed"),
    "an unknown seat": put("seats", "vendor", value="portal"),
    "an unknown need": put("evidence", 0, "need", value="nice"),
    "an unknown form": put("evidence", 0, "by", value=["smoke"]),
    "an unknown state": put("clauses", 0, "state", value="soon"),
    "an unknown way in": put("levels", 3, "entry", value="door"),
    "an owner that is no party": put("levels", 1, "owner", value="nobody"),
    "an unknown key of an owner": put("levels", 1, "owner", value={"prty": "partner"}),
    "a duty that is unknown": put("duties", "p1_cal", value=[]),
    "an unknown call": put("duties", "p1_call", 0, "owed", value="maybe"),
    "a condition without values": drop("conditions", "experts", "values"),
    "an unknown setting": put("settings", "reopen.windw", value={"value": 1, "source": "ours"}),
    "a setting's wrong word": put("settings", "rca.mixed", value={"value": "nobody", "source": "ours"}),
    "a setting's wrong number": put("settings", "reopen.window", value={"value": 0, "source": "ours"}),
    "a number that cannot be on": put("settings", "backup.max_age", value={"value": True, "source": "ours"}),
    "a setting without its source": put("settings", "reopen.window", value={"value": 3}),
}

ALLOWED = {
    "a cell with a basis of its own": put("tasks", 1, "rasci", "partner", value={"letters": "A,R", "basis": "ours", "why": "so"}),
    "two ways in": put("levels", 3, "entry", value=["cause", "report"]),
    "several values of a condition": put("tasks", 0, "when", value={"experts": ["internal", "none"]}),
    "a setting that is off": put("settings", "backup.max_age", value={"value": False, "source": "ours"}),
    "a setting that is on": put("settings", "information_tickets.alarms", value={"value": True, "source": "ours"}),
    "a setting that may be off, and is not": put("settings", "backup.max_age", value={"value": 30, "source": "ours"}),
    "a setting that is a text": put("settings", "calendars.vendor", value={"value": "UTC Mo-Su 08:00-17:00", "source": "ours"}),
    "no evidence": drop("evidence"),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_the_reader_refuses_the_editor_marks(change: Callable[[Any], None]) -> None:
    wrong = tree()
    change(wrong)
    assert list(faults(wrong, SCHEMA))
    assert draft(yaml.safe_dump(wrong, allow_unicode=True), "model.yaml").problems


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_the_reader_takes_the_editor_takes(change: Callable[[Any], None]) -> None:
    right = tree()
    change(right)
    assert list(faults(right, SCHEMA)) == []
    loads(yaml.safe_dump(right, allow_unicode=True))

"""A wrong configuration is told whole, before any request, however many files the mistakes are in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.process.place import ROOT, Place

MAPPING = "mappings/servicenow-otrs.yaml"
MODEL = "config/operating-models/anywhere365-dialogue-cloud.yaml"

MISTAKES = {
    "connector.yaml": [("poll_s: 0.3", "poll_s: never"), ("customer_user: acme", "customer_usr: acme")],
    "servicenow-otrs.yaml": [("after_close: hold", "after_close: follow_up"), ("max_bytes: 10 MB", "max_bytes: ten MB")],
    "anywhere365-dialogue-cloud.yaml": [("parties:\n  vendor:\n    name:", "parties:\n  vendor:\n    nam:")],
}


def spoil(here: Place) -> dict[str, str]:
    """Put all mistakes into files beside the settings; place of each, and the key that is wrong there."""
    for shipped in (MAPPING, MODEL):
        copy = here.folder / Path(shipped).name
        copy.write_text((ROOT / shipped).read_text(encoding="utf-8"), encoding="utf-8")
        settings = here.config.read_text(encoding="utf-8").replace(f"{ROOT}/{shipped}", copy.name)
        here.config.write_text(settings, encoding="utf-8")
    places = {}
    for name, changes in MISTAKES.items():
        file = here.folder / name
        for old, new in changes:
            text = file.read_text(encoding="utf-8")
            assert text.count(old) == 1, old
            file.write_text(text.replace(old, new), encoding="utf-8")
        lines = file.read_text(encoding="utf-8").splitlines()
        for _, new in changes:
            last = new.splitlines()[-1]
            [line] = [number for number, one in enumerate(lines, 1) if last in one]
            places[f"{name}:{line} "] = last.split(":")[0].strip()
    return places


@pytest.mark.parametrize("name", ["check", "run"])
def test_five_mistakes_in_three_files_are_told_in_one_run(here: Place, name: str) -> None:
    places = spoil(here)
    done = here.run(name)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    problems = [part for part in done.stderr.split("problem ") if part.strip()]
    for place, key in places.items():
        [told] = [part for part in problems if place in part and part.splitlines()[0].endswith(f".{key}")]
        assert re.search(r"^  remedy: \S", told, re.MULTILINE), told
    assert here.world.n == 0
    assert not (here.folder / "store.db").exists()


def test_machines_get_the_same(here: Place) -> None:
    places = spoil(here)
    problems = here.json("check", "--offline", code=2)["problems"]
    assert all(any(place in one["place"] for one in problems) for place in places)
    assert all(one["message"] and one["remedy"] for one in problems)

"""The golden texts: what level 1 and a service manager read of each scene, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.golden_texts import FOLDER, text_of, whole
from tests.installed.scenes import SCENES, played

ENGLISH_WORDS = ("the ticket", "the customer ", "the vendor ", "is owed", "It rests", "was opened", "Either side", "as long as")
"""Words by which an English sentence of ours would show in a German text; the model's and the mapping's own are quoted or bracketed."""


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_told_as_it_was_agreed(name: str) -> None:
    """After a change that is meant: ``python -m tests.installed.golden_texts``."""
    assert whole(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCENES)
def test_each_scene_names_actor_task_letters_clause_deed_and_what_comes_next(tmp_path: Path, name: str) -> None:
    house, ref = played(tmp_path, name, "en")
    story = house.story(ref).as_dict()
    rulings = [line["ruling"] for line in story["story"] if line["ruling"]]
    assert rulings
    for ruling in rulings:
        assert all(ruling[part] for part in ("verdict", "task", "title", "clause", "reason", "party"))
    assert any(ruling["letters"] for ruling in rulings)
    assert story["next"]


def test_no_text_is_left_over_or_missing() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == SCENES.keys()


@pytest.mark.parametrize("name", SCENES)
def test_a_german_reader_meets_no_english_sentence_of_ours(name: str) -> None:
    lines = text_of(name, "de").partition("== explain")[2].splitlines()
    ours = [line.partition("(In Progress")[0] for line in lines if ";" not in line.partition("Grundlage")[2]]
    told = [line for line in ours if "RASCI" not in line and "Aufgabe" not in line]
    assert not [line for line in told if any(word in line for word in ENGLISH_WORDS)]

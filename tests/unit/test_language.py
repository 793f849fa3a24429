"""The language of notes and stories: every template still belongs to a sentence of ours, and other people's words stay as they are."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from connector.phrases.german import GERMAN
from connector.phrases.language import Language

ROOT = Path(__file__).parents[2]
SLOT = re.compile(r"\{!?\w+\}")
GERMAN_READER = Language("de")


@cache
def _constants() -> str:
    """Every text of our sources and of the shipped models, in one."""
    found = [
        node.value
        for file in sorted((ROOT / "connector").rglob("*.py"))
        if "phrases" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    models = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "config" / "operating-models").glob("*.yaml"))]
    return " ".join("\n".join([*found, *models]).split()).casefold()


@pytest.mark.parametrize("template", GERMAN)
def test_what_is_translated_is_still_said(template: str) -> None:
    """Whoever rewords a sentence is told which German template has to follow. Parties are put in by the sources themselves."""
    parts = re.split(
        r"[.;:,()'`\[\]]|\b(?:and|a comment|told the connector|the (?:customer|vendor|partner)|customer|vendor|partner)\b",
        SLOT.sub(";", template),
        flags=re.IGNORECASE,
    )
    for part in (" ".join(one.split()).casefold() for one in parts):
        words = part.partition(" ")[2].rpartition(" ")[0] if part.count(" ") > 3 else ""
        assert words in _constants(), part


@pytest.mark.parametrize("template", GERMAN)
def test_nothing_of_a_sentence_is_lost(template: str) -> None:
    assert sorted(re.findall(r"\{!?(\w+)\}", template)) == sorted(re.findall(r"\{(\w+)\}", GERMAN[template]))


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("No case yet", "Noch kein Fall"),
        (
            "Nothing travels as long as this stands: No row of the operating model says whose this ticket is.",
            "Nichts geht hinüber, solange dies gilt: Keine Zeile des Betriebsmodells sagt, wessen dieses Ticket ist.",
        ),
        ("Something that no template has.", "Something that no template has."),
        ("", ""),
        # a person's own words, although they read like ours
        (
            "Lena told the connector on ticket INC1: fact: no case yet",
            "Lena an den Connector, auf Ticket INC1: fact: no case yet",
        ),
        (
            "The connector tells the vendor's staff: “no case yet”",
            "Der Connector sagt dem Personal des Herstellers: “no case yet”",
        ),
    ],
)
def test_a_text_is_translated_as_far_as_it_is_ours(english: str, german: str) -> None:
    assert GERMAN_READER(english) == german
    assert Language()(english) == english
    assert Language("fr")(english) == english

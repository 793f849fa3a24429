"""The pages on installations and replies name what there is, and their links lead somewhere."""

from __future__ import annotations

import re

import pytest

from connector.rasci.installation import Installation, Person
from connector.rasci.replies import Topic
from connector.rasci.shape import entries
from tests.models.named import ROOT

DOCS = ROOT / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("installation.md", "replies.md")}


def test_each_key_of_a_person_and_of_an_installation_is_explained() -> None:
    page = PAGES["installation.md"]
    assert [key for key, _, _ in (*entries(Person), *entries(Installation)) if f"`{key}" not in page and key != "settings"] == []
    roster = page[page.index("## The roster") : page.index("### A new person")]
    assert [key for key, _, _ in entries(Person) if not re.search(rf"^\| [^|]*`{key}`", roster, re.MULTILINE)] == []


def test_each_topic_has_a_row() -> None:
    assert [topic for topic in Topic if not re.search(rf"^\| [^|]*`{topic}`", PAGES["replies.md"], re.MULTILINE)] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_linked_and_their_links_lead_somewhere(name: str) -> None:
    for page in ("README.md", "operating-models.md"):
        assert f"]({name})" in (DOCS / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[name])
    assert links
    assert [link for link in links if not (DOCS / link).exists()] == []

"""When tickets that are not what they were speak against the whole system."""

from __future__ import annotations

import pytest

from connector.sync.connection import Rule
from connector.sync.rollback import Seen, Sign, verdict


def seen(signs: str) -> list[Seen]:
    """One bond a letter, the one that changed last first: b went back, g is gone, . is as it was."""
    kinds = {"b": "went_back", "g": "gone"}
    made = {letter: Sign(kind, "n", "this", "that") for letter, kind in kinds.items()}
    return [Seen(f"bond{n:03}", 0.0, 1000.0 - n, made.get(letter)) for n, letter in enumerate(signs)]


@pytest.mark.parametrize(
    ("signs", "stops"),
    [
        ("", False),
        ("......", False),
        ("bb", False),  # too few
        ("bbb", True),
        ("bbb" + "." * 500, True),  # all that had changed since it went back to
        ("b.b.b.", True),
        (".b.b.b", False),  # not more than half
        ("." * 20 + "bbb", False),
        ("ggg" + "." * 500, False),  # somebody deleted the newest
        ("ggg..", True),  # most of all are gone
        ("ggg...", False),
        ("gbgbb" + "." * 50, True),
        ("gbgb" + "." * 50, False),
    ],
)
def test_the_newest_are_asked_first(signs: str, stops: bool) -> None:
    found = verdict(reversed(seen(signs)), Rule())
    assert bool(found) is stops
    assert all(one.sign for one in found)


def test_the_limits_are_settings() -> None:
    assert verdict(seen("b"), Rule(bonds=1))
    assert not verdict(seen("bbbb"), Rule(bonds=5))
    assert not verdict(seen("b.bb"), Rule(bonds=3, share=0.9))

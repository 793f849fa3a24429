"""When tickets that are not what they were speak against the whole system."""

from __future__ import annotations

import pytest

from adapters.base import Capabilities, Comment, Gone, NotApplied, Snapshot, Trouble
from connector.store.records import Adrift, Bond, BondState, Identity, Loaded, SideState
from connector.sync.connection import Rule, Timing
from connector.sync.rollback import Seen, Sign, sign_of, verdict
from connector.words import Side

ABILITY = Capabilities(
    history=True, settle=10, read_lag=2, find_lag=2, batch=10, comment_limit=9, file_limit=9, internal_place="i"
)
AT = 10_000.0
"""Our clock when the ticket is read; it was read before at 1000, in a state of 900."""


def a_read(**other: object) -> Snapshot:
    ours = Comment("c1", "visible", "us", by_us=True, created="", text="copied")
    theirs = Comment("c2", "visible", "vera", by_us=False, created="", text="hello")
    given = {"ref": "7", "number": "2026", "fields": {}, "comments": (ours, theirs), "attachments": (), "changed": 900.0}
    return Snapshot(**{**given, "read_at": AT, "created_by_us": True, "marker": "m1", "version": 5, **other})  # type: ignore[arg-type] # by name


def kind(read: Snapshot | Trouble, bond: Bond | None = None) -> str:
    known = SideState(ref="7", number="2026", changed=900.0, version=5, mark="m1", seen=1000.0)
    bond = bond or Bond("b", "c", BondState.LINKED, 0.0, sides={Side.VENDOR: known})
    copies = [Identity("customer:1:comment:9", "comment", Side.VENDOR, "7", "c1", 1000.0)]
    copies += [Identity("customer:1:comment:8", "comment", Side.VENDOR, "7", "removed by people", 990.0)]
    sign = sign_of(Loaded(bond, [], copies), Side.VENDOR, read, ABILITY, Timing())
    return sign.kind if sign else ""


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (a_read(), ""),
        (a_read(changed=950.0, version=6), ""),
        (a_read(changed=800.0), "went_back"),
        (a_read(version=4), "went_back"),
        (a_read(version=None), ""),
        (a_read(changed=800.0, read_at=1000.0 + 2 + 60), ""),  # a replica may lag so long
        (a_read(number="2027"), "another"),
        (a_read(marker="m2"), "another"),
        (a_read(created_by_us=False, marker=""), "another"),
        (a_read(marker=""), ""),  # somebody cleared the field
        (a_read(comments=a_read().comments[1:]), "copies_missing"),
        (a_read(comments=()), ""),  # a right is missing
        (Gone("no ticket"), "gone"),
        (Gone("merged", moved_to="8"), ""),
        (NotApplied("time-out"), ""),
    ],
)
def test_what_speaks_against_one_ticket(read: Snapshot | Trouble, said: str) -> None:
    assert kind(read) == said


def test_nothing_speaks_against_what_was_not_seen_before_or_is_taken_as_it_is() -> None:
    known = SideState(ref="7", number="2026", changed=900.0, seen=1000.0)
    assert not kind(a_read(changed=1.0), Bond("b", "c", BondState.LINKED, 0.0))
    adrift = Adrift(0.0, "accepted")
    assert not kind(a_read(changed=1.0), Bond("b", "c", BondState.LINKED, 0.0, sides={Side.VENDOR: known}, adrift=adrift))


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

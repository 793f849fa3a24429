"""How often somebody asked back for what a hand-over was to carry. Nobody reads what a text says: a person says it, or the case waits. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from connector.rasci.replies import Topic, first_word
from connector.words import Handed, Reply


@dataclass(frozen=True)
class Bounce:
    """One question back. Without ``item`` and ``by`` the case itself showed it: it waited, and something had been missing."""

    at: float
    item: str = ""
    by: str = ""


def item_of(reply: Reply) -> str:
    """The id of the item that a person names."""
    return first_word(reply.text)


def bounces(handed: Sequence[Handed], replies: Sequence[Reply]) -> list[tuple[Bounce, ...]]:
    """Those of each hand-over, oldest first.

    A person's word counts for the newest hand-over that was to carry the item. A wait counts by itself unless, while it was the
    newest, somebody said what was asked back for: then that word is its count.
    """
    said: list[list[Bounce]] = [[] for _ in handed]
    for reply in (one for one in replies if one.topic == Topic.BOUNCE):
        item = item_of(reply)
        fits = [n for n, one in enumerate(handed) if one.at <= reply.at and item in one.items]
        for n in fits[-1:]:
            said[n].append(Bounce(reply.at, item, reply.by))
    return [tuple(sorted([*words, *_unsaid(one, words)], key=lambda b: b.at)) for one, words in zip(handed, said, strict=True)]


def _unsaid(handed: Handed, words: Sequence[Bounce]) -> Iterator[Bounce]:
    for at, until in pairwise([*handed.waits, inf]):
        if not any(at <= word.at < until for word in words):
            yield Bounce(at)

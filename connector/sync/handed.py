"""The hand-overs of a ticket from level to level, as status lists and ``explain`` show them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.audit.record import moment
from connector.rasci.bounces import bounces
from connector.store.records import Bond
from connector.sync.story_words import day_and_time, plain, sentence


def hand_overs(bond: Bond) -> list[dict[str, Any]]:
    """Each with what it came without and how often it was asked back for; times in seconds since the epoch."""
    return [
        {
            "step": handed.step,
            "at": handed.at,
            "missing": list(handed.missing),
            "bounces": [{"at": one.at, "item": one.item, "by": one.by} for one in asked],
        }
        for handed, asked in zip(bond.handed, bounces(bond.handed, bond.replies), strict=True)
    ]


def told_hand_overs(bond: Bond) -> list[dict[str, Any]]:
    """The same for people: each with a sentence under ``text``; times in UTC, ISO 8601."""
    return [
        {
            **one,
            "at": moment(one["at"]),
            "bounces": [{**back, "at": moment(back["at"])} for back in one["bounces"]],
            "text": _text(one),
        }
        for one in hand_overs(bond)
    ]


def _text(one: Mapping[str, Any]) -> str:
    without = f"without {plain(', '.join(one['missing']))}" if one["missing"] else "with all that was asked for"
    backs = one["bounces"]
    times = f"; questions back: {len(backs)}, {', '.join(map(_back, backs))}" if backs else ""
    return sentence(f"handed over on {day_and_time(one['at'])} {without}{times}")


def _back(one: Mapping[str, Any]) -> str:
    return f"{one['item']} (said by {plain(one['by'])})" if one["item"] else "the case waited"

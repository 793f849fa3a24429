"""The sentences of what people did to bonds themselves: linked, unlinked, let the past travel. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.sync.story_words import Words, named, plain
from connector.words import Side

Event = Mapping[str, Any]


def _pair(words: Words) -> str:
    return f"{words.ticket(Side.CUSTOMER)} with {words.ticket(Side.VENDOR)}"


def _linked(words: Words, e: Event) -> str:
    differ = ", ".join(named(unit) for unit, fate in e["differ"].items() if fate == "stands")
    base = f"the values found are the base{f', and {differ} stand different' if differ else ''}"
    kept = " and ".join(f"{count} {kind}" for kind, count in e["before"].items() if count)
    stay = f"; {kept} from before stay where they are" if kept else ""
    return f"an operator ({plain(e['by'])}) linked {_pair(words)}; {base}{stay}"


def _unlinked(words: Words, e: Event) -> str:
    return f"an operator ({plain(e['by'])}) ended the exchange of {_pair(words)}; nothing was closed"


def _parted(words: Words, e: Event) -> str:
    case = words.ticket(Side.VENDOR)
    return f"an operator ({plain(e['by'])}) parted ticket {plain(e['ticket'])} from {case}; what it said stays there"


def _gave_way(_: Words, e: Event) -> str:
    return f"an operator linked the ticket elsewhere: its story goes on in bond {e['bond']}"


def _history_let_go(_: Words, e: Event) -> str:
    return f"an operator ({plain(e['by'])}) let {e['items']} comments and files travel that were there before the link"


LINKS: Mapping[str, Callable[[Words, Event], str]] = {
    "linked": _linked,
    "unlinked": _unlinked,
    "parted": _parted,
    "gave_way": _gave_way,
    "history_let_go": _history_let_go,
}
"""By kind of audit record."""

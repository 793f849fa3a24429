"""What the two simulated systems mean by their native values, stated once more and by hand."""

from __future__ import annotations

import re
import unicodedata

TICKETS, CASES = "servicenow", "otrs"  # the systems' names in the log of deeds

RESOLVED, CLOSED, CANCELLED = "6", "7", "8"
ENDED = frozenset({CLOSED, CANCELLED})
NEVER = frozenset({RESOLVED, CLOSED, CANCELLED})  # they end the ticket, mail the caller or start the automatic close
AT_VENDOR, WITH_LEVEL_1 = ("3", "4"), ("2", "")

SOLVED = frozenset({"pending auto close+", "pending auto close-"})
CASE_ENDED = frozenset({"closed successful", "closed unsuccessful", "merged", "removed"})
REJECTED = "closed unsuccessful"
ANSWERABLE = SOLVED | {"pending reminder", "closed successful"}  # the vendor waits, offers a solution, or has closed

ASKS = {
    "open": AT_VENDOR,
    "pending reminder": WITH_LEVEL_1,
    "pending auto close+": WITH_LEVEL_1,
    "pending auto close-": WITH_LEVEL_1,
    "closed successful": WITH_LEVEL_1,
    "closed unsuccessful": WITH_LEVEL_1,
}
"""What a state of the case asks of the ticket: state and hold reason."""

PRIORITIES = {"1": "5 very high", "2": "4 high", "3": "3 normal", "4": "2 low", "5": "1 very low"}

NOTE = "[Ticket connector]"
CHANNEL = "[vendor]"
WITHDRAWN = "Please stop the work on this case"

_REFERENCE = re.compile(r"\[ref:[0-9a-z-]+\]")
_LETTERS = re.compile(r"\w+")


def key(text: str) -> str:
    """The letters and digits of a text in their order: the rest is what systems and disarming change."""
    return "".join(_LETTERS.findall(unicodedata.normalize("NFC", _REFERENCE.sub(" ", text))))


def copied(text: str) -> str:
    """The key of what a copy carries: without the line that names its author."""
    return key(text.replace("\r\n", "\n").strip().partition("\n")[2])


def channelled(note: str) -> str | None:
    """What a work note says to the vendor, or None where it says nothing to it."""
    bare = note.lstrip()
    if not bare.casefold().startswith(CHANNEL):
        return None
    first, *others = bare[len(CHANNEL) :].split("\n")
    return "\n".join([first, *(line for line in others if not line.lstrip().lower().startswith("#connector"))])

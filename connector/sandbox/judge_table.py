"""What the judge expects of a scenario, written by hand, and what it says of it.

The table states again, in its own words, what a mapping between ServiceNow and a portal of the OTRS family means.
It shares nothing with the mapping file nor with the engine that reads it: an error there must not hide itself here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

RESOLVED, CLOSED, CANCELLED = "6", "7", "8"
NO_LONGER_NEW = frozenset({RESOLVED, CLOSED, CANCELLED})
TICKET_ENDED = frozenset({CLOSED, CANCELLED})
CASE_ENDED = frozenset({"closed successful", "closed unsuccessful", "removed", "merged"})
#: A case in one of these states is with nobody who could follow a change: the connector says so and waits.
CASE_AWAY = frozenset({"removed", "merged"})
SOLVED = frozenset({"pending auto close+", "pending auto close-"})
#: States of the vendor's that give the ticket back to level 1.
RETURNED = SOLVED | {"pending reminder", "closed successful", "closed unsuccessful"}

#: The vendor's states that say the same: a change among them is no move.
SAME_STATES = {"pending auto close-": "pending auto close+"}

#: The native fields of each unit that is judged, on both sides.
UNITS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "title": (frozenset({"short_description"}), frozenset({"Title"})),
    "priority": (frozenset({"impact", "urgency", "priority"}), frozenset({"Priority"})),
    "status": (frozenset({"state", "hold_reason"}), frozenset({"State"})),
    "case_number": (frozenset({"correlation_id"}), frozenset()),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. ``ticket`` is the incident's number, the case's where there is no incident."""

    kind: str  # lost, duplicates, violations, unequal, disorder, unexplained
    ticket: str
    text: str  # one sentence
    told: bool = False  # the connector itself reports it: a second case, a second copy


STATED = ("statement", "submit")
"""A named person says on what basis the issue is the application's, or answers for its going as it is."""
ASKED = ("consult", "support")
"""A person decides that the vendor is asked in what stays the customer's."""


@dataclass(frozen=True)
class Due:
    """What the published table of responsibilities makes of one incident that is handed over, as whoever wrote the scene read it.

    :param case: whether it is to end with a case of ours; False: it stays with its own people.
    :param after: no case before a person wrote ``#connector TOPIC reason`` in a work note, with one of these topics; (): no line is needed.
    :param told: words that level 1 must find in one note of ours in the incident: why it stays, or what it waited for.
    """

    case: bool
    after: tuple[str, ...] = ()
    told: str = ""


@dataclass(frozen=True)
class Files:
    """Which files may travel. Sizes in bytes, extensions without their dot."""

    max_bytes: int = 10 * 1024 * 1024
    max_count: int = 50
    extensions: frozenset[str] = frozenset(
        [
            "exe",
            "com",
            "scr",
            "pif",
            "bat",
            "cmd",
            "msi",
            "vbs",
            "vbe",
            "js",
            "jse",
            "wsf",
            "hta",
            "ps1",
            "jar",
            "lnk",
            "reg",
            "iso",
        ]
    )
    types: frozenset[str] = frozenset({"application/x-msdownload", "application/x-dosexec"})

    def objection(self, name: str, size: int, content_type: str, position: int) -> str:
        """Why the file stays where it is, or "". ``position`` counts the ticket's files from 0, oldest first."""
        _, dot, extension = name.rpartition(".")
        if position >= self.max_count:
            return "too many files"
        if size > self.max_bytes:
            return "too large"
        if dot and extension.strip(" .").lower() in self.extensions:
            return "a refused extension"
        if content_type.partition(";")[0].strip().lower() in self.types:
            return "a refused type"
        return ""


RACE = 10.0
"""Seconds within which a person's save and our write may cross: the age of a read when a write is sent, and the call."""


@dataclass(frozen=True)
class Table:
    """One scenario's expectations. The defaults are those of the shipped mapping.

    :param all_escalate: every incident is meant for the vendor while it is not resolved, closed or cancelled (replay).
    :param causes: troubles that the scenario injects beyond what the simulators' own settings show: names of units,
        numbers of incidents, names of files.
    :param canaries: texts that must never leave their side, wherever they stand.
    :param effects: kinds of effect that must have occurred, as in :attr:`Sentence.effects <connector.sandbox.judge.Sentence>`.
    :param window: seconds within which two people's changes may have met unseen, so that either may win.
    :param before: ids of comments and files that stood on a ticket before an operator linked it: they stay where they are.
    :param hidden: numbers of incidents (of deleted ones ids) that our user could not see for a while, and until when (the world's time): what changed
        last before that may never be noticed.
    :param due: by the incident's number, what the rules make of it; of others nothing is asked.
    :param form: the units that our user sets in the vendor's portal with a new case alone.
    :param internal: whether our user can write there what the vendor's staff alone read.
    :param words: what people read in the vendor's portal, by the word of this table, where it is another one.
    :param blind: whether our user could not read histories for a while.
    :param restored: when the connector's store went back to a copy: what it knew of a write just before is lost.
    :param apart: numbers of incidents whose exchange an operator ended: what became of them since is their people's affair.
    :param asked: numbers of incidents about which a person asked the vendor: they have a case without being handed over,
        and stay with level 1 whatever becomes of it.
    :param comment_max: the longest comment that travels, in characters, by the destination's side.
    """

    all_escalate: bool = False
    customer: str = "servicenow"  # names of the systems in the world's deeds
    vendor: str = "otrs"
    prefix: str = "[vendor]"  # a work note that begins so is meant for the vendor
    group: str = "vendor"  # part of the assignment group's stored value
    note_head: str = "[Ticket connector]"  # how the connector's own words begin
    reference: str = "DynamicField_CustomerReference"
    priorities: Mapping[str, str] = field(
        default_factory=lambda: {"1": "5 very high", "2": "4 high", "3": "3 normal", "4": "2 low", "5": "1 very low"}
    )
    title_max: tuple[int, int] = (160, 255)
    no_title: str = "(no title)"
    no_text: str = "(no text)"
    files: Files = field(default_factory=Files)
    comment_max: tuple[int, int] = (65_536, 200_000)  # to the customer, to the vendor
    window: float = 120.0
    causes: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    hidden: Mapping[str, float] = field(default_factory=dict)
    solved_is_closed: bool = False  # the vendor's portal tells a solved case and a closed one not apart
    form: frozenset[str] = frozenset()
    internal: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    blind: bool = False
    restored: float = math.inf
    apart: frozenset[str] = frozenset()
    due: Mapping[str, Due] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    canaries: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()

    def meant(self, fields: Mapping[str, str]) -> bool:
        """Whether an incident with these values is meant for the vendor at this moment."""
        if fields.get("state") in NO_LONGER_NEW:
            return False
        group = fields.get("assignment_group", "").casefold()
        return self.all_escalate or fields.get("hold_reason") == "4" or self.group in group

    def stays(self, number: str) -> bool:
        """Whether the rules leave an incident with its own people, although it is handed over."""
        return number in self.due and not self.due[number].case

    def read(self, word: str) -> str:
        """What people read in the vendor's portal."""
        return self.words.get(word, word)

    def excuses(self, *names: str) -> bool:
        return any(name in self.causes for name in names)


def never() -> float:
    """The time of what did not happen."""
    return -math.inf

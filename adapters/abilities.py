"""What each adapter can do, for people who choose: ``docs/systems/README.md`` is made of this.

Every adapter of the registry answers every question, with a reason where it is not a plain yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from adapters import registry


class Ability(Enum):
    """A question of somebody who wants to link two systems."""

    CUSTOMER = "serves as the customer's side"
    VENDOR = "serves as the vendor's side"
    POLL = "a poll tells what changed"
    BATCH = "many tickets in one read"
    HISTORY = "history tells who changed what"
    COMPARE = "refuses a write that comes too late"
    COMMENTS = "public and internal comments"
    FILES = "files both ways"
    FIND = "a creation without an answer is found again"
    MERGED = "a merged ticket is followed"
    DELETED = "a deleted ticket is noticed"
    WEBHOOK = "a webhook makes a ticket due at once"


class Level(Enum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True)
class Answer:
    level: Level
    remark: str = ""


def _yes(remark: str = "") -> Answer:
    return Answer(Level.YES, remark)


def _partly(remark: str) -> Answer:
    return Answer(Level.PARTLY, remark)


def _no(remark: str) -> Answer:
    return Answer(Level.NO, remark)


_NO_MAPPING = _partly("the adapter can, no mapping is shipped")
_AFTERWARDS = _no("a person's change between read and write is found afterwards, by the history")
_BY_SWEEP = _partly("by the sweep, not by a poll")

_AS_BOUND = _partly("where the binding says how")
_BOUND: Mapping[Ability, Answer] = {
    Ability.CUSTOMER: _NO_MAPPING,
    Ability.VENDOR: _NO_MAPPING,
    Ability.POLL: _yes(),
    Ability.BATCH: _AS_BOUND,
    Ability.HISTORY: _AS_BOUND,
    Ability.COMPARE: _partly("where the binding sends the version or tag of the state before"),
    Ability.COMMENTS: _AS_BOUND,
    Ability.FILES: _AS_BOUND,
    Ability.FIND: _yes("by the field that the binding names"),
    Ability.MERGED: _no("a binding cannot say where a ticket went"),
    Ability.DELETED: _BY_SWEEP,
    Ability.WEBHOOK: _partly("any that signs"),
}

ABILITIES: Mapping[str, Mapping[Ability, Answer]] = {
    "servicenow": {
        Ability.CUSTOMER: _yes(),
        Ability.VENDOR: _NO_MAPPING,
        Ability.POLL: _yes(),
        Ability.BATCH: _yes("records, journals and files of 150 in three calls"),
        Ability.HISTORY: _partly("with rights to sys_audit"),
        Ability.COMPARE: _partly("a second writer shows in the answer, by the number of saves; what was covered, by the history"),
        Ability.COMMENTS: _yes("additional comments, work notes"),
        Ability.FILES: _yes(),
        Ability.FIND: _yes(),
        Ability.MERGED: _no("ServiceNow merges no incidents"),
        Ability.DELETED: _BY_SWEEP,
        Ability.WEBHOOK: _yes("a business rule, shipped"),
    },
    "jira": {
        Ability.CUSTOMER: _yes(),
        Ability.VENDOR: _NO_MAPPING,
        Ability.POLL: _partly("the index of searches lags: what shows later than overlap_s waits for the sweep"),
        Ability.BATCH: _partly("Cloud; Data Center reads issue by issue"),
        Ability.HISTORY: _yes(),
        Ability.COMPARE: _partly("moves from a status that has changed since; fields not"),
        Ability.COMMENTS: _partly("outside service projects a role has to be named that sees the internal ones"),
        Ability.FILES: _yes(),
        Ability.FIND: _partly("once the index shows it: up to find_lag_s later"),
        Ability.MERGED: _no("Jira merges no issues"),
        Ability.DELETED: _BY_SWEEP,
        Ability.WEBHOOK: _yes("signed, Cloud and Data Center"),
    },
    "jsm": {
        Ability.CUSTOMER: _no("a portal's customer has no tickets of other people to hand over"),
        Ability.VENDOR: _yes(),
        Ability.POLL: _partly("not of fields that the desk edits on requests without recent activity; no filter asks for times"),
        Ability.BATCH: _no("each request is read by one call, with its comments and files"),
        Ability.HISTORY: _no("a customer is shown statuses with their times, not who set them"),
        Ability.COMPARE: _partly("moves from a status that has changed since; fields are set once"),
        Ability.COMMENTS: _partly("a customer is shown public ones alone"),
        Ability.FILES: _yes(),
        Ability.FIND: _partly("all own requests are looked through, once the list shows it: up to find_lag_s later"),
        Ability.MERGED: _no("Jira merges no issues"),
        Ability.DELETED: _BY_SWEEP,
        Ability.WEBHOOK: _partly("where the vendor's administrators set one up: a customer cannot"),
    },
    "otrs": {
        Ability.CUSTOMER: _NO_MAPPING,
        Ability.VENDOR: _yes(),
        Ability.POLL: _yes(),
        Ability.BATCH: _yes("150 in one call"),
        Ability.HISTORY: _partly("where the web service offers TicketHistoryGet"),
        Ability.COMPARE: _AFTERWARDS,
        Ability.COMMENTS: _yes("articles, visible for the customer or not"),
        Ability.FILES: _yes("as articles with attachments"),
        Ability.FIND: _yes("by a dynamic field"),
        Ability.MERGED: _yes(),
        Ability.DELETED: _BY_SWEEP,
        Ability.WEBHOOK: _yes("a generic agent or an invoker"),
    },
    "request_tracker": {
        Ability.CUSTOMER: _NO_MAPPING,
        Ability.VENDOR: _yes(),
        Ability.POLL: _partly("not of merged and deleted tickets"),
        Ability.BATCH: _partly("a list for each kind of content"),
        Ability.HISTORY: _yes(),
        Ability.COMPARE: _AFTERWARDS,
        Ability.COMMENTS: _yes("correspondence, comments"),
        Ability.FILES: _partly("no empty ones"),
        Ability.FIND: _yes("by a custom field"),
        Ability.MERGED: _partly("once the sweep notices it"),
        Ability.DELETED: _BY_SWEEP,
        Ability.WEBHOOK: _yes("a scrip"),
    },
    "rest": _BOUND,
    "soap": _BOUND,
}


def page() -> str:
    """The matrix as Markdown, with the remarks below it."""
    names = list(ABILITIES)
    rows = [["", *(f"{registry.ADAPTERS[name].title}" for name in names)], ["---"] * (len(names) + 1)]
    remarks: list[str] = []
    for ability in Ability:
        cells = []
        for name in names:
            answer = ABILITIES[name][ability]
            if answer.remark and answer.remark not in remarks:
                remarks.append(answer.remark)
            cells.append(answer.level.value + (f" ({remarks.index(answer.remark) + 1})" if answer.remark else ""))
        rows.append([ability.value, *cells])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    notes = "\n".join(f"{number}. {remark[0].upper()}{remark[1:]}." for number, remark in enumerate(remarks, 1))
    return f"{_HEAD}\n{table}\n\n{notes}\n"


_HEAD = """\
# What each system can do

Made from `adapters/abilities.py` (`python -m adapters.abilities`); a test compares them. Each system has a page of its own beside this
one: rights, set-up, limits.
"""


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parents[1] / "docs" / "systems" / "README.md").write_text(page(), encoding="utf-8")

"""What the story so far tells about what comes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector.sync.story_words import Words, plain, sentence
from connector.words import Native, Side

Event = Mapping[str, Any]
Told = dict[str, str]
"""A ruling as recorded, with the ``party`` whose letters it names, where that is known."""


@dataclass(frozen=True)
class Said:
    text: str
    ruling: Told | None = None
    quiet: bool = False


@dataclass
class Memory:
    """What the story so far tells about what comes."""

    words: Words
    announced: dict[str, Event] = field(default_factory=dict)  # open calls, by intent
    unanswered: set[str] = field(default_factory=set)  # intents
    ruled: dict[str, Event] = field(default_factory=dict)  # newest ruling by unit or item
    standing: set[str] = field(default_factory=set)  # units
    status: Native = field(default_factory=dict)  # the case's, as last told
    copied: set[str] = field(default_factory=set)  # items
    others: dict[str, Memory] = field(default_factory=dict)  # what is told of the case's other tickets, by number

    def of(self, ticket: str) -> Memory:
        """What is told of one of several tickets on the case; "": of the only one."""
        if not ticket or ticket == self.words.numbers.get(Side.CUSTOMER):
            return self
        return self.others.setdefault(ticket, Memory(self.words.about(ticket), self.announced, self.unanswered))

    def toward(self, task: str) -> Memory:
        """What is told of a task that the ticket joined, in the same memory; "": of its own case."""
        return replace(self, words=self.words.toward(task)) if task else self

    def has_copied(self, item: str) -> bool:
        return any(item in one.copied for one in (self, *self.others.values()))

    def closes(self, event: Event) -> Event | None:
        """The announcement that an event answers; None where its content was erased."""
        self.unanswered.discard(event["intent"])
        return self.announced.pop(event["intent"], None)

    def by_right(self, key: str) -> Told | None:
        event = self.ruled.get(key)
        return told(event["ruling"], party(event)) if event else None


def one(text: str, ruling: Told | None = None, *, quiet: bool = False) -> list[Said]:
    return [Said(sentence(text), ruling, quiet)]


def because(e: Event) -> str:
    reason = plain(e.get("reason") or "").rstrip(".")
    return f": {reason}" if reason else ""


def told(ruling: Mapping[str, str] | None, party: str) -> Told | None:
    return None if ruling is None else {"party": str(party), **ruling}


def party(e: Event) -> str:
    """Whose change was ruled on: the source of a unit or item; the connector for its notes. "" where not recorded."""
    if "source" in e:
        return str(e["source"])
    item = e.get("item", "")
    if item:
        return "connector" if item.startswith("note:") else str(item.partition(":")[0])
    return "customer" if e.get("act") == "submit" else ""

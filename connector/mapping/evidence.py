"""Signs that an item of evidence is there. A sign tells presence and never quality.

They are words, labels and file types, and no regular expressions: a list of words can be checked when it is loaded, an
administrator reads it at once, and no text that a stranger wrote can keep it busy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from adapters.base import Snapshot
from connector.mapping.channels import extension_of
from connector.mapping.conditions import Condition
from connector.mapping.text import clean, one_line, shorten

NAME_SHOWN = 120  # characters of a file's name
_LINK = re.compile(r"https?://([^\s/?#<>\"']+)", re.IGNORECASE)
_MARKS = " \t#*_~>+=|-\N{EN DASH}\N{EM DASH}\N{BULLET}\N{MIDDLE DOT}.)(0123456789"  # what stands before a heading: bullets, numbers, markup
_MARKUP = " \t*_="


class Sign(Protocol):
    def fields(self) -> frozenset[str]: ...
    def found(self, snapshot: Snapshot) -> str:
        """Where it stands, in words and without what a person wrote there; "" where it does not."""
        ...


@dataclass(frozen=True)
class Holds:
    """A condition on fields."""

    when: Condition

    def fields(self) -> frozenset[str]:
        return self.when.fields()

    def found(self, snapshot: Snapshot) -> str:
        names = sorted(self.fields())
        words = f"the {'fields' if len(names) > 1 else 'field'} {', '.join(names)}" if names else "the time of the last change"
        return words if self.when.check(snapshot)[0] else ""


@dataclass(frozen=True)
class HasFile:
    """A file that a person attached, not an empty one."""

    extensions: frozenset[str]  # without dot, in lower case; empty: any

    def fields(self) -> frozenset[str]:
        return frozenset()

    def found(self, snapshot: Snapshot) -> str:
        for file in snapshot.attachments:
            if not file.by_us and file.size != 0 and (not self.extensions or extension_of(file) in self.extensions):
                return f"file {shorten(one_line(file.name), NAME_SHOWN)}"
        return ""


@dataclass(frozen=True)
class HasLine:
    """A line that begins with a label and has words: behind it, or below it up to the next label."""

    label: str
    names: tuple[str, ...]  # the fields to look in
    others: frozenset[str] = field(default=frozenset(), compare=False)  # the labels of all signs, which end a part

    def fields(self) -> frozenset[str]:
        return frozenset(self.names)

    def found(self, snapshot: Snapshot) -> str:
        place = next((name for name in self.names if self._stands_in(snapshot.fields.get(name, ""))), "")
        return f"{place} has a line {self.label!r}" if place else ""

    def _stands_in(self, text: str) -> bool:
        own = stem(self.label)
        labels = {own, *map(stem, self.others)}
        within = False  # whether the line stands in this label's part
        for line in map(stem, clean(text).splitlines()):
            heading = _heading(line, labels)
            within = heading == own if heading else within
            words = line[len(heading) :] if heading else "" if line.endswith(":") else line  # an unknown heading is no content
            if within and has_words(words):
                return True
        return False


@dataclass(frozen=True)
class HasLink:
    """A web address."""

    hosts: frozenset[str]  # in lower case, subdomains included; empty: any
    names: tuple[str, ...]  # the fields to look in

    def fields(self) -> frozenset[str]:
        return frozenset(self.names)

    def found(self, snapshot: Snapshot) -> str:
        place = next((name for name in self.names if self._stands_in(snapshot.fields.get(name, ""))), "")
        return f"a link in {place}" if place else ""

    def _stands_in(self, text: str) -> bool:
        hosts = (found.group(1).rsplit("@", 1)[-1].split(":", 1)[0].casefold() for found in _LINK.finditer(text))
        return any(has_words(host) and self._takes(host) for host in hosts)

    def _takes(self, host: str) -> bool:
        return not self.hosts or any(host == one or host.endswith(f".{one}") for one in self.hosts)


Signs = Mapping[str, tuple[Sign, ...]]
"""The signs by the id of an item, any of which shows that it is there."""


def search(signs: Signs, snapshot: Snapshot) -> dict[str, str]:
    """The items that are there, each with where it was found, in words."""
    found = {item: next(filter(None, (sign.found(snapshot) for sign in choices)), "") for item, choices in signs.items()}
    return {item: words for item, words in found.items() if words}


def stem(line: str) -> str:
    """A line for comparing: without bullets, numbers and markup around it, blanks and case."""
    return " ".join(line.split()).casefold().lstrip(_MARKS).rstrip(_MARKUP)


def has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _heading(line: str, labels: Iterable[str]) -> str:
    """The longest label with which the line begins, as whole words, or ""."""
    begins = (label for label in labels if line.startswith(label) and not line[len(label) : len(label) + 1].isalnum())
    return max(begins, key=len, default="")

"""Signs that an item of evidence is there. A sign tells presence and never quality.

They are words, labels and file types, and no regular expressions: a list of words can be checked when it is loaded, an
administrator reads it at once, and no text that a stranger wrote can keep it busy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from adapters.base import Snapshot
from connector.mapping.channels import extension_of
from connector.mapping.conditions import Condition
from connector.mapping.text import clean, one_line, shorten

NAME_SHOWN = 120  # characters of a file's name
_LINK = re.compile(r"https?://([^\s/?#<>\"']+)", re.IGNORECASE)
_MARKS = r"[\s#*_~>+=|\-\N{EN DASH}\N{EM DASH}\N{BULLET}\N{MIDDLE DOT}]*"
# What stands before a heading. It matches everywhere, so it never goes back.
_BEFORE = re.compile(rf"{_MARKS}(?:\d{{1,2}}[.)])?{_MARKS}")
_MARKUP = " \t*_="


@dataclass(frozen=True)
class Sight:
    """One ticket as the signs see it. Each field is gone through once, for the labels of all of them."""

    snapshot: Snapshot
    labels: tuple[str, ...]  # stems
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.snapshot.fields.get(name, "")

    def filled(self, name: str) -> frozenset[str]:
        """The labels that have words in a field."""
        if name not in self.known:
            self.known[name] = _filled(clean(self.text(name)), self.labels)
        return self.known[name]


class Sign(Protocol):
    def fields(self) -> frozenset[str]: ...
    def found(self, sight: Sight) -> str:
        """Where it stands, in words and without what a person wrote there; "" where it does not."""
        ...


@dataclass(frozen=True)
class Holds:
    """A condition on fields."""

    when: Condition

    def fields(self) -> frozenset[str]:
        return self.when.fields()

    def found(self, sight: Sight) -> str:
        names = sorted(self.fields())
        words = f"the {'fields' if len(names) > 1 else 'field'} {', '.join(names)}" if names else "the time of the last change"
        return words if self.when.check(sight.snapshot)[0] else ""


@dataclass(frozen=True)
class HasFile:
    """A file that a person attached, not an empty one."""

    extensions: frozenset[str]  # without dot, in lower case; empty: any

    def fields(self) -> frozenset[str]:
        return frozenset()

    def found(self, sight: Sight) -> str:
        for file in sight.snapshot.attachments:
            if not file.by_us and file.size != 0 and (not self.extensions or extension_of(file) in self.extensions):
                return f"file {shorten(one_line(file.name), NAME_SHOWN)}"
        return ""


@dataclass(frozen=True)
class HasLine:
    """A line that begins with a label and has words: behind it, or below it up to the next label."""

    label: str
    names: tuple[str, ...]  # the fields to look in

    def fields(self) -> frozenset[str]:
        return frozenset(self.names)

    def found(self, sight: Sight) -> str:
        place = next((name for name in self.names if stem(self.label) in sight.filled(name)), "")
        return f"{place} has a line {self.label!r}" if place else ""


@dataclass(frozen=True)
class HasLink:
    """A web address."""

    hosts: frozenset[str]  # in lower case, subdomains included; empty: any
    names: tuple[str, ...]  # the fields to look in

    def fields(self) -> frozenset[str]:
        return frozenset(self.names)

    def found(self, sight: Sight) -> str:
        place = next((name for name in self.names if self._stands_in(sight.text(name))), "")
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
    labels = {stem(sign.label) for choices in signs.values() for sign in choices if isinstance(sign, HasLine)}
    sight = Sight(snapshot, tuple(labels))
    found = {item: next(filter(None, (sign.found(sight) for sign in choices)), "") for item, choices in signs.items()}
    return {item: words for item, words in found.items() if words}


def stem(line: str) -> str:
    """A line for comparing: without bullet, number and markup around it, blanks and case."""
    return _BEFORE.sub("", " ".join(line.split()).casefold(), count=1).rstrip(_MARKUP)


def has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _filled(text: str, labels: tuple[str, ...]) -> frozenset[str]:
    """A label's part goes up to the next label. A line that ends with a colon is a heading that no sign names: no content."""
    found: set[str] = set()
    part = ""
    for line in map(stem, text.splitlines()):
        heading = _heading(line, labels)
        part = heading or part
        words = line[len(heading) :] if heading else "" if line.endswith(":") else line
        if part and part not in found and has_words(words):
            found.add(part)
    return frozenset(found)


def _heading(line: str, labels: tuple[str, ...]) -> str:
    """The longest label with which the line begins, as whole words, or ""."""
    if not line.startswith(labels):
        return ""
    begins = (label for label in labels if line.startswith(label) and not line[len(label) : len(label) + 1].isalnum())
    return max(begins, key=len, default="")

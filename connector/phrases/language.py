"""The language in which people read what the connector says. Pure; imports nothing of ours.

Everything is composed and recorded in English, and translated where it is shown: a note as it is written, a story as it
is told. A catalogue has German templates by English ones; what it does not know stays English. Words of persons, of the
operating model and of the ticket systems stay as they are: ``{!name}`` in a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from connector.phrases.german import GERMAN

ENGLISH = "en"
CATALOGUES: Mapping[str, Mapping[str, str]] = {"de": GERMAN}
_SLOT = re.compile(r"\{(!?)(\w+)\}")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_FORMS: Mapping[str, str] = {
    **dict.fromkeys(("number", "id", "case", "ticket", "level"), r"\S+?"),
    **dict.fromkeys(("due", "when"), r"[-\d:TZUC ]+?"),
    **dict.fromkeys(("one", "two", "three"), "[^();]+?"),
    "rule": "[^.]+?",
}
"""What the words of a slot look like, where it is not just anything."""


@dataclass(frozen=True)
class _Phrase:
    """One template in both languages."""

    source: str
    target: str

    @cached_property
    def shape(self) -> re.Pattern[str]:
        parts = _SLOT.split(self.source)  # literal, mark, name, literal, ...
        found = [re.escape(parts[0])]
        for mark, name, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            found += [f"(?P<{'raw_' if mark else ''}{name}>{_FORMS.get(name, '.+?')})", re.escape(literal)]
        return re.compile("".join(found), re.DOTALL)

    @property
    def rank(self) -> tuple[bool, int]:
        """Of several that fit, one that begins with words is meant, then the one that says more."""
        return self.source.startswith("{"), -len(_SLOT.sub("", self.source))


@dataclass(frozen=True)
class Language:
    """Translates what the connector says. Called with one text in English."""

    name: str = ENGLISH

    def __call__(self, text: str) -> str:
        return _translated(self.name, text) if self.name in CATALOGUES else text


@cache
def _phrases(language: str) -> tuple[_Phrase, ...]:
    phrases = (_Phrase(source.rstrip("."), target.rstrip(".")) for source, target in CATALOGUES[language].items())
    return tuple(sorted(phrases, key=lambda one: one.rank))


@lru_cache(maxsize=4096)
def _translated(language: str, text: str) -> str:
    """As a whole, else sentence by sentence."""
    whole = _whole(language, text)
    if whole is not None:
        return whole
    sentences = _SENTENCES.split(text)
    return " ".join(_translated(language, one) for one in sentences) if len(sentences) > 1 else text


def _whole(language: str, text: str) -> str | None:
    """By one template, as it stands or as a sentence, whose capital and full stop are no part of it. None: none fits."""
    body, end = (text[:-1], ".") if text.endswith(".") else (text, "")
    inner = body[:1].lower() + body[1:]
    for phrase in _phrases(language) if body else ():
        found = _filled(language, phrase, body)
        if found is None and inner != body and (found := _filled(language, phrase, inner)):
            found = found[:1].upper() + found[1:]
        if found is not None:
            return found + end
    return None


def _filled(language: str, phrase: _Phrase, text: str) -> str | None:
    found = phrase.shape.fullmatch(text)
    if found is None:
        return None
    values = {
        name.removeprefix("raw_"): value if name.startswith("raw_") else _translated(language, value)
        for name, value in found.groupdict().items()
    }
    return _SLOT.sub(lambda slot: values[slot[2]], phrase.target)

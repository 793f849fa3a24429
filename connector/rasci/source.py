"""Read YAML and keep the line of every value, so that a problem can be shown where it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import yaml

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file, with the way out. ``line`` counts from 1; 0: the file as a whole."""

    file: str
    line: int
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.key or 'the file'}: {self.message}; {self.remedy}"


class ModelError(ValueError):
    """A model that cannot be used. ``problems`` holds everything found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Located:
    """A value with its place. ``value`` is a dict of Located, a list of Located, or a scalar."""

    value: Any
    line: int
    key: str  # dotted path, "tasks[2].rasci"


class Places:
    """Where each key of a file stands."""

    def __init__(self, file: str, root: Located) -> None:
        self._file = file
        self._lines = dict(_lines(root))

    def has(self, key: str) -> bool:
        return self._written(key) in self._lines

    def problem(self, key: str, message: str, remedy: str) -> Problem:
        """A problem at a key, or at the nearest one above it that stands in the file."""
        key = above = self._written(key)
        while above not in self._lines:
            above = above[: max(above.rfind("."), above.rfind("["), 0)]
        return Problem(self._file, self._lines[above], key, message, remedy)

    def _written(self, key: str) -> str:
        """The key as the file writes it: a list of one may stand without its dash."""
        head, _, tail = key.rpartition("[0]")
        return key if key in self._lines or head + tail not in self._lines else head + tail


def _lines(at: Located) -> Iterator[tuple[str, int]]:
    yield at.key, at.line
    below = at.value.values() if isinstance(at.value, dict) else at.value if isinstance(at.value, list) else ()
    for one in below:
        yield from _lines(one)


class _Loader(yaml.SafeLoader):
    """The safe loader without aliases: a model is read by people, and an alias can refer to itself."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            events: Any = self  # the stubs leave peek_event untyped
            mark = events.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="an alias (*name) is not allowed here", problem_mark=mark)
        return super().compose_node(parent, index)


class Reader:
    """Takes values out of located YAML. Wrong ones are reported and replaced by a default, so that all are found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def report(self, at: Located, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, at.line, at.key, message, remedy))

    def parse(self, text: str) -> Located:
        """The document. Raises ModelError where it is not YAML at all."""
        try:
            loader = _Loader(text)
            root = loader.get_single_node()
            return self._locate(loader, root, "") if root is not None else Located({}, 1, "")
        except (yaml.YAMLError, ValueError) as error:  # ValueError: a scalar like 2024-13-45, in the form of a date
            mark = getattr(error, "problem_mark", None)
            message = getattr(error, "problem", None) or f"not readable as YAML ({error})"
            raise ModelError([Problem(self.file, mark.line + 1 if mark else 0, "", message, "mend the YAML")]) from error

    def _locate(self, loader: _Loader, node: yaml.Node, key: str) -> Located:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return Located(self._pairs(loader, node, key), line, key)
        if isinstance(node, yaml.SequenceNode):
            return Located([self._locate(loader, item, f"{key}[{i}]") for i, item in enumerate(node.value)], line, key)
        return Located(loader.construct_object(node), line, key)

    def _pairs(self, loader: _Loader, node: yaml.MappingNode, key: str) -> dict[str, Located]:
        pairs: dict[str, Located] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value)
            value = self._locate(loader, value_node, f"{key}.{name}" if key else name)
            if name in pairs:
                self.report(value, "stands here twice", f"keep one (the other is in line {pairs[name].line})")
            pairs[name] = value
        return pairs

    def mapping(self, at: Located | None) -> dict[str, Located]:
        if at is None or isinstance(at.value, dict):
            return at.value if at else {}
        self.report(at, "is not a set of keys", "write it as `key: value` lines")
        return {}

    def entries(self, at: Located, required: str, optional: str = "") -> dict[str, Located]:
        """The keys below ``at``; unknown and missing ones are reported. Names are separated by blanks."""
        found = self.mapping(at)
        known = required.split() + optional.split()
        for name in (name for name in found if name not in known):
            self.report(found[name], "is not known", hint(name, known))
        if isinstance(at.value, dict):
            for name in (name for name in required.split() if name not in found):
                self.report(at, f"lacks `{name}`", f"add `{name}:`")
        return found

    def items(self, at: Located | None) -> list[Located]:
        if at is None or isinstance(at.value, list):
            return at.value if at else []
        self.report(at, "is not a list", "write each item on a line that begins with `- `")
        return []

    def text(self, at: Located | None) -> str:
        if at is None:
            return ""
        if isinstance(at.value, str) and at.value.strip():
            return " ".join(at.value.split())
        self.report(at, "is not a text", "write some words, in quotes where YAML reads them as something else")
        return ""

    def texts(self, at: Located | None) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self.items(at))

    def number(self, at: Located | None) -> int:
        if at is None:
            return 0
        if isinstance(at.value, int) and not isinstance(at.value, bool) and at.value > 0:
            return at.value
        self.report(at, f"{at.value!r} is not a whole number from 1", "write a number such as 14")
        return 0

    def date(self, at: Located | None) -> date | None:
        if at is None or type(at.value) is date:
            return at.value if at else None
        self.report(at, f"{_shown(at.value)} is not a date", "write it as 2026-03-01")
        return None

    def yes_no(self, at: Located | None) -> bool:
        if at is None or isinstance(at.value, bool):
            return bool(at and at.value)
        self.report(at, f"{_shown(at.value)} is neither yes nor no", "write yes or no")
        return False

    def choice(self, at: Located | None, kind: type[E], default: E) -> E:
        if at is None:
            return default
        return self.word(at, at.value, kind, default)

    def word(self, at: Located, word: object, kind: type[E], default: E) -> E:
        """``word`` as a member of ``kind``; anything else is reported at ``at``."""
        found = self.one_of(at, word, tuple(member.value for member in kind))
        return kind(found) if found else default

    def one_of(self, at: Located, word: object, known: tuple[str, ...]) -> str:
        """``word`` if it is one of these; anything else is reported at ``at`` and gives ""."""
        if isinstance(word, str) and word in known:
            return word
        self.report(at, f"{_shown(word)} is not known", hint(str(word), known))
        return ""


def _shown(word: object) -> str:
    return "this" if isinstance(word, (dict, list)) else repr(word)


def hint(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f"did you mean `{close[0]}`?" if close else f"use one of: {', '.join(known)}"

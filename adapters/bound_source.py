"""A binding's YAML as plain tables, with the line of every key: what is wrong with it is said with its place.

All scalars stay the text that was written: ``01`` is not 1, and ``no`` is not false.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from adapters.base import Problem

Place = tuple[str | int, ...]
"""A path of keys and positions in lists."""

FILL_IN = "FILL IN"
"""What a proposed binding has where a person must decide; such a file is refused until all are gone."""
_MAX_SIZE = 1_000_000  # characters; a binding is written by hand


class BindingError(Exception):
    """A binding that cannot be used. ``problems`` holds all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{p.place}: {p.message}. {p.remedy}" for p in self.problems))


@dataclass
class Source:
    """One file as it stands.

    :ivar tree: its content, scalars as texts.
    """

    name: str
    tree: Any = None
    problems: list[Problem] = field(default_factory=list)
    lines: dict[Place, int] = field(default_factory=dict)

    def wrong(self, place: Sequence[str | int], message: str, remedy: str) -> None:
        self.problems.append(Problem(f"{self.name}:{self.line(place)} {shown(place)}".rstrip(), message, remedy))

    def line(self, place: Sequence[str | int]) -> int:
        """The line of a key, of the nearest one above it where it is not in the file."""
        known = tuple(place)
        while known and known not in self.lines:
            known = known[:-1]
        return self.lines.get(known, 1)

    def stop_if_wrong(self) -> None:
        """:raises BindingError: with all problems so far, in the order of the file."""
        if self.problems:
            raise BindingError(sorted(self.problems, key=lambda one: int(one.place.partition(":")[2].split()[0])))


def shown(place: Sequence[str | int]) -> str:
    """A place as people read it: ``comments.get``, ``errors[1].says``."""
    out = ""
    for part in place:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out


def read(path: Path) -> Source:
    """:raises BindingError: no text, no YAML, a key twice, an alias, or something that is still to be filled in."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BindingError([Problem(str(path), f"the file cannot be read: {error.strerror}", "check the path")]) from None
    except UnicodeDecodeError as error:
        raise BindingError([Problem(path.name, f"this is not UTF-8 (byte {error.start})", "save the file as UTF-8")]) from None
    return parsed(text, path.name)


def parsed(text: str, name: str) -> Source:
    """:raises BindingError: as :func:`read`."""
    source = Source(name)
    if len(text) > _MAX_SIZE:
        source.wrong((), f"the file has more than {_MAX_SIZE} characters", "a binding is written by hand")
        source.stop_if_wrong()
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            source.wrong((), "aliases (*name) are not read here", "write it out; a text that begins with * stands in quotes")
            source.stop_if_wrong()
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        source.lines[()] = mark.line + 1 if mark else 1
        source.wrong((), f"this is not YAML: {getattr(error, 'problem', None) or error}", "mend the line named here")
        source.stop_if_wrong()
    source.tree = _plain(source, node, ()) if node else {}
    source.stop_if_wrong()
    return source


def _plain(source: Source, node: yaml.Node, place: Place) -> Any:
    source.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(source, child, (*place, n)) for n, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _table(source, node, place)
    if str(node.value).startswith(FILL_IN):
        source.wrong(place, f"this is still to be filled in ({node.value.removeprefix(FILL_IN).strip(': ')})", "write it")
    return "" if node.tag.endswith(":null") else str(node.value)


def _table(source: Source, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, child in node.value:
        below = (*place, str(key.value) if isinstance(key, yaml.ScalarNode) else "?")
        if below in source.lines:
            source.lines[below] = key.start_mark.line + 1
            source.wrong(below, "this key stands here twice", "keep one of the two")
        source.lines[below] = key.start_mark.line + 1
        table[str(below[-1])] = _plain(source, child, below)
    return table

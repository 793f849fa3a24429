"""A YAML text as a tree that remembers its lines, and a strict reader that collects every problem instead of the first.

All scalars stay the text that was written (``01`` is not 1 and ``no`` is not false): native values are strings.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import yaml

from adapters.base import Problem

MAX_SIZE = 1_000_000  # characters; a mapping is written by hand
MAX_DEPTH = 40  # levels; a mapping needs about ten
_OPENING = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


@dataclass(frozen=True)
class Item:
    """One node: a text, a list or a table, with its line and its path of keys."""

    value: str | tuple[Item, ...] | Mapping[str, Item]
    line: int
    path: str

    @property
    def plain(self) -> object:
        """The bare content, for the mapping's version."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, tuple):
            return [item.plain for item in self.value]
        return {key: item.plain for key, item in self.value.items()}


@dataclass
class Reader:
    """Reads a tree against what is expected. A wrong part is recorded and read as empty, so that the rest is still checked."""

    name: str
    problems: list[Problem] = field(default_factory=list)

    def place(self, item: Item) -> str:
        return f"{self.name}:{item.line} {item.path}".rstrip()

    def wrong(self, item: Item, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.place(item), message, remedy))

    def no_place(self, item: Item, names: Iterable[str], places: Iterable[str], remedy: str) -> None:
        """Report each of these names that is a place of comments: what people write to each other is no field."""
        for name in sorted(set(names) & set(places)):
            self.wrong(item, f"{name!r} is a place of comments, not a field", remedy)

    def compose(self, text: str) -> Item:
        """The tree of a YAML text; an empty table where it is not YAML at all."""
        nothing = Item({}, 1, "")
        if len(text) > MAX_SIZE:
            self.wrong(nothing, f"the file has more than {MAX_SIZE} characters", "split it: one file for each pair of systems")
            return nothing
        try:
            _refuse_tricks(text)
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            self.wrong(
                Item("", line, ""), f"this is not YAML: {getattr(error, 'problem', None) or error}", "mend the line named here"
            )
            return nothing
        return self._item(node, "") if node else nothing

    def _item(self, node: yaml.Node, path: str) -> Item:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return Item(tuple(self._item(child, f"{path}[{n}]") for n, child in enumerate(node.value)), line, path)
        if isinstance(node, yaml.MappingNode):
            return Item(self._entries(node, path), line, path)
        return Item("" if node.tag.endswith(":null") else str(node.value), line, path)

    def _entries(self, node: yaml.MappingNode, path: str) -> dict[str, Item]:
        entries: dict[str, Item] = {}
        for key, child in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            below = f"{path}.{name}" if path else name
            if name in entries:
                self.wrong(Item("", key.start_mark.line + 1, below), "this key stands here twice", "keep one of the two")
            entries[name] = self._item(child, below)
        return entries

    # --- what is expected ---

    def table(self, item: Item, required: Iterable[str], optional: Iterable[str] = ()) -> Mapping[str, Item]:
        """A table with exactly these keys."""
        entries = self.entries(item)
        required = tuple(required)
        known = (*required, *optional)
        for key in entries:
            self.known(entries[key], key, known, "key")
        for key in required:
            if key not in entries:
                self.wrong(
                    item, f"the key {key!r} is missing", f"add {key}: ...; the comments of the shipped mapping say what it means"
                )
        return {key: value for key, value in entries.items() if key in known}

    def entries(self, item: Item) -> Mapping[str, Item]:
        """A table with free keys."""
        if isinstance(item.value, Mapping):
            return item.value
        if item.value != "":
            self.wrong(item, "a table (key: value) belongs here", "write one key: value a line, indented below this key")
        return {}

    def items(self, item: Item) -> tuple[Item, ...]:
        if isinstance(item.value, tuple):
            return item.value
        if item.value != "":
            self.wrong(item, "a list belongs here", "write one '- ...' a line, or [a, b]")
        return ()

    def text(self, item: Item, *, empty: bool = True) -> str:
        if not isinstance(item.value, str):
            self.wrong(item, "a single value belongs here", "write one text or number")
            return ""
        if not empty and not item.value.strip():
            self.wrong(item, "the value is empty", "write a value, or remove the key")
        return item.value

    def texts(self, item: Item) -> tuple[str, ...]:
        """One value or a list of values."""
        return (item.value,) if isinstance(item.value, str) else tuple(self.text(one) for one in self.items(item))

    def known(self, item: Item, word: str, known: Iterable[str], what: str = "value") -> bool:
        known = tuple(known)
        if word in known:
            return True
        near = difflib.get_close_matches(word, known, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known) or 'none'}"
        self.wrong(item, f"unknown {what} {word!r}", remedy)
        return False

    def choice(self, item: Item, known: Iterable[str]) -> str:
        """One of the known words; the first of them where it is not."""
        known = tuple(known)
        word = self.text(item)
        return word if self.known(item, word, known) else known[0]

    def truth(self, item: Item) -> bool:
        return self.choice(item, ("yes", "no", "true", "false")) in ("yes", "true")

    def number(self, item: Item, least: int = 1) -> int:
        text = self.text(item).replace("_", "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):  # noqa: PLR2004 - far above any limit
            self.wrong(item, f"{text!r} is not a whole number of at least {least}", "write digits only")
            return least
        return int(text)


def _refuse_tricks(text: str) -> None:
    """An alias may refer to a part of itself, a few can stand for gigabytes; a deep nest would exhaust the stack."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if isinstance(token, yaml.AliasToken):
            raise yaml.scanner.ScannerError(problem="aliases (*name) are not read here", problem_mark=token.start_mark)
        if depth > MAX_DEPTH:
            raise yaml.scanner.ScannerError(problem="it is nested too deeply", problem_mark=token.start_mark)

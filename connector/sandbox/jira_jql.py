"""The part of JQL that a simulated Jira understands: conditions, AND, OR, NOT, parentheses, ORDER BY.

Parsing gives a tree; what the names in it mean is :mod:`connector.sandbox.jira_search`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?: "(?P<quoted>(?:[^"\\]|\\.)*)" | '(?P<single>(?:[^'\\]|\\.)*)' | (?P<sign>[(),]|!=|!~|>=|<=|[=~<>])
         | (?P<word>[^\s(),=~<>!"']+(?:\[[^\]]*\][\w.-]*)?) )""",
    re.VERBOSE,
)
_SIGNS = ("=", "!=", "~", "!~", ">", ">=", "<", "<=")


class Wrong(ValueError):
    """No JQL that Jira takes; the text is its own complaint."""


@dataclass(frozen=True)
class Token:
    text: str
    quoted: bool = False

    def says(self, *words: str) -> bool:
        return not self.quoted and self.text.lower() in words


@dataclass(frozen=True)
class Condition:
    field: str
    operator: str  # =, !=, ~, !~, >, >=, <, <=, in, not in, is, is not
    operands: tuple[Token, ...]


@dataclass(frozen=True)
class Both:
    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class Either:
    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class Not:
    part: Tree


Tree = Condition | Both | Either | Not
Order = tuple[tuple[str, bool], ...]
"""Names of fields, each with whether it is descending."""


@dataclass(frozen=True)
class Query:
    where: Tree | None
    order: Order

    @property
    def sure(self) -> list[Condition]:
        """The conditions that every match meets."""
        if isinstance(self.where, Condition):
            return [self.where]
        return [part for part in self.where.parts if isinstance(part, Condition)] if isinstance(self.where, Both) else []


def parse(text: str) -> Query:
    """:raises Wrong: with a word on where it ends."""
    reader = _Reader(_tokens(text))
    where = None if reader.done or reader.peek().says("order") else reader.either()
    order = reader.order()
    if not reader.done:
        raise Wrong(f"Error in the JQL Query: Expecting either 'OR' or 'AND' but got '{reader.peek().text}'.")
    return Query(where, order)


def holds(tree: Tree | None, meets: Callable[[Condition], bool]) -> bool:
    match tree:
        case None:
            return True
        case Condition():
            return meets(tree)
        case Both(parts):
            return all(holds(part, meets) for part in parts)
        case Either(parts):
            return any(holds(part, meets) for part in parts)
        case Not(part):
            return not holds(part, meets)


def _tokens(text: str) -> list[Token]:
    out: list[Token] = []
    at = 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Wrong(f"Error in the JQL Query: The character '{text[at]}' is a reserved JQL character. (character {at + 1})")
        string = found["quoted"] if found["quoted"] is not None else found["single"]
        out.append(
            Token(found["sign"] or found["word"]) if string is None else Token(re.sub(r"\\(.)", r"\1", string), quoted=True)
        )
        at = found.end()
    return out


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def done(self) -> bool:
        return self._at >= len(self._tokens)

    def peek(self) -> Token:
        return Token("") if self.done else self._tokens[self._at]

    def take(self) -> Token:
        if self.done:
            raise Wrong("Error in the JQL Query: The query ends where more was expected.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, *words: str) -> bool:
        says = self.peek().says(*words)
        self._at += says
        return says

    def either(self) -> Tree:
        parts = [self.both()]
        while self._takes("or", "||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self) -> Tree:
        parts = [self.one()]
        while self._takes("and", "&&"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def one(self) -> Tree:
        if self._takes("not", "!"):
            return Not(self.one())
        if not self._takes("("):
            return self._condition()
        inner = self.either()
        if not self._takes(")"):
            raise Wrong("Error in the JQL Query: Expecting ')'.")
        return inner

    def _condition(self) -> Condition:
        field = self.take().text
        sign = self.take()
        if sign.text in _SIGNS and not sign.quoted:
            return Condition(field, sign.text, (self.take(),))
        if sign.says("is"):
            return Condition(field, "is not" if self._takes("not") else "is", (self.take(),))
        absent = sign.says("not")
        if not (self._takes("in") if absent else sign.says("in")) or not self._takes("("):
            raise Wrong(f"Error in the JQL Query: Expecting operator but got '{sign.text}'.")
        operands = [self.take()]
        while self._takes(","):
            operands.append(self.take())
        if not self._takes(")"):
            raise Wrong("Error in the JQL Query: Expecting ')'.")
        return Condition(field, "not in" if absent else "in", tuple(operands))

    def order(self) -> Order:
        if not self._takes("order"):
            return ()
        if not self._takes("by"):
            raise Wrong("Error in the JQL Query: Expecting 'by'.")
        out: list[tuple[str, bool]] = []
        while True:
            name = self.take().text
            descending = self._takes("desc")
            if not descending:
                self._takes("asc")
            out.append((name, descending))
            if not self._takes(","):
                return tuple(out)

"""What a call carries, and what stands in an answer: values out of templates, and paths into answers.

A value of ``query``, ``json``, ``form``, ``multipart``, ``with`` is a template, a list or a table; and these words stand for
what no template can say:

- ``as_number: TEMPLATE``, ``as_truth: TEMPLATE``: a number, true or false instead of a text;
- ``each_of: NAME``: a list of texts, such as ``refs``;
- ``each_field: VALUE``: in a table, every field that is written, under its name; in a list, one VALUE for each
  (``{{ name }}`` and ``{{ value }}`` stand for it);
- ``file_as: base64`` or ``bytes``: the content of the file.
"""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from adapters.bound_templates import Template, compiled

#: What JSON could carry and no database, XML document or log does.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TRUE = frozenset({"true", "yes", "1"})
EACH_FIELD, EACH_OF, FILE_AS, AS_NUMBER, AS_TRUTH = "each_field", "each_of", "file_as", "as_number", "as_truth"


def fit(text: str) -> str:
    """The text with U+FFFD, visibly, for what not every system can hold."""
    return _UNFIT.sub("\ufffd", text)


# --- values ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """One field of a write. ``name`` may have dots, for tables within tables."""

    name: str
    value: str
    type: str = "text"


@dataclass(frozen=True)
class Filling:
    """What the values of one call are made from.

    :param names: for templates; only what a template uses is taken out.
    :param content: lends the bytes of the file that is written.
    """

    names: MutableMapping[str, Any]
    fields: tuple[Written, ...] = ()
    content: Callable[[str], str | bytes] | None = None

    def text(self, source: str) -> str:
        return fit(template(source).render(self.names))

    def value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [made for one in value for made in self._members(one)]
        if not isinstance(value, Mapping):
            return self.text(value)
        match dict(value):
            case {"as_number": source, **rest} if not rest:
                return _number(self.text(source))
            case {"as_truth": source, **rest} if not rest:
                return self.text(source).strip().lower() in _TRUE
            case {"each_of": name, **rest} if not rest:
                return [fit(str(one)) for one in self.names[name]]
            case {"file_as": how, **rest} if not rest and self.content:
                return self.content(how)
        return self.table(value)

    def table(self, value: Mapping[str, Any]) -> dict[str, Any]:
        table = {self.text(key): self.value(below) for key, below in value.items() if key != EACH_FIELD}
        if EACH_FIELD in value:
            for field in self.fields:
                _put(table, field.name.split("."), self._typed(field, value[EACH_FIELD]))
        return table

    def _members(self, value: Any) -> Iterator[Any]:
        if isinstance(value, Mapping) and set(value) == {EACH_FIELD}:
            for field in self.fields:
                yield self._of(field).value(value[EACH_FIELD])
        else:
            yield self.value(value)

    def _of(self, field: Written) -> Filling:
        return Filling(ChainMap({"name": field.name, "value": field.value}, self.names), self.fields)

    def _typed(self, field: Written, value: Any) -> Any:
        made = self._of(field).value(value)
        if field.type == "text" or not isinstance(made, str):
            return made
        return made.strip().lower() in _TRUE if field.type == "truth" else _number(made)


def _number(text: str) -> int | float | None:
    """None for what is no number: the portal says what it thinks of that."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def _put(table: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        table = table.setdefault(name, {})
    table[path[-1]] = value


@lru_cache(maxsize=4096)
def template(source: str) -> Template:
    """A template of a loaded binding: its names were checked when it was loaded."""
    return compiled(source, None)


def templates(value: Any) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """Every template in a value, with its place, and whether it is about one field of those that are written."""
    yield from _templates(value, (), of_field=False)


def _templates(value: Any, place: tuple[str | int, ...], *, of_field: bool) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    if isinstance(value, str):
        yield place, value, of_field
    for n, one in enumerate(value) if isinstance(value, list) else ():
        yield from _templates(one, (*place, n), of_field=of_field)
    for key, below in value.items() if isinstance(value, Mapping) else ():
        if key not in (EACH_OF, FILE_AS):
            yield (*place, key), key, of_field
            yield from _templates(below, (*place, key), of_field=of_field or key == EACH_FIELD)


def words_used(value: Any, word: str) -> set[str]:
    """What stands behind ``each_of`` or ``file_as``, wherever in a value."""
    if isinstance(value, list):
        return set().union(*(words_used(one, word) for one in value))
    if not isinstance(value, Mapping):
        return set()
    own = {str(value[word])} if word in value else set()
    return own.union(*(words_used(below, word) for below in value.values()))


# --- paths -----------------------------------------------------------------------------------------------------


def found(path: str, document: Any) -> Any:
    """What stands at a path; None where nothing does."""
    if not path:
        return document
    names = _names(path)
    if names is None:
        try:
            return _compiled(path).search(document)
        except JMESPathError:  # a function of the path met what it is not made for
            return None
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def text_at(path: str, document: Any) -> str:
    """As :func:`found`, as text; "" where nothing stands there."""
    return told(found(path, document)) if path else ""


def field_at(path: str, document: Any) -> str | None:
    """As :func:`text_at`, but None where the answer does not have the place at all, which is not the same as empty."""
    names = _names(path) if path else ()
    if names is None:
        value = found(path, document)
        return None if value is None else told(value)
    for name in names:
        if document is None:  # an empty reference: status.name of a ticket whose status is null
            return ""
        if not isinstance(document, Mapping) or name not in document:
            return "" if document == "" else None
        document = document[name]
    return told(document)


def told(value: Any) -> str:
    """A value of an answer as native values are: text, ``true`` and ``false``, several values as lines, nothing as ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "\n".join(told(one) for one in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, Mapping) else str(value)


def listed(path: str, document: Any) -> list[Any]:
    """The list at a path: one element alone, as XML has it where there is one, is a list too."""
    value = found(path, document)
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]


@lru_cache(maxsize=4096)
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


@lru_cache(maxsize=4096)
def _names(path: str) -> tuple[str, ...] | None:
    """The names of a path that is nothing but names with dots between them, else None."""
    return _chain(_compiled(path).parsed)


def _chain(node: Mapping[str, Any]) -> tuple[str, ...] | None:
    if node["type"] == "field":
        return (str(node["value"]),)
    if node["type"] != "subexpression":
        return None
    parts: Iterable[tuple[str, ...] | None] = [_chain(child) for child in node["children"]]
    return tuple(name for part in parts for name in part or ()) if None not in parts else None

"""The classes of a model are its schema: a file is read into them, and shown from them, by their type hints.

A field without a default must stand in the file. ``Annotated[T, "text"]`` gives the text that an editor shows.
``field(metadata={"key": NAME})`` names the key where it is not the field's name; ``{"lone": True}`` lets a list of one
stand without its dash; ``{"read": function, "schema": dict}`` reads a form of its own. A class may read a form of its own, a shorter one say, by a classmethod ``read`` (see :class:`Own`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints

from connector.rasci.source import Located, Reader


@dataclass(frozen=True)
class Own:
    """A value with a form of its own in the file. ``SCHEMA``: that form, as JSON Schema; beside the form of its fields."""

    SCHEMA: ClassVar[Mapping[str, Any]] = {}
    FIELDS_TOO: ClassVar[bool] = True

    @classmethod
    def read(cls, reader: Reader, at: Located) -> Self | None:
        """The value, or None where it stands in the form of its fields."""
        raise NotImplementedError

    def plain(self) -> Any:
        """As JSON values."""
        cls: Any = type(self)  # a class can be hashed; mypy takes a dataclass's own __hash__ for that of the class
        return {key: plain(getattr(self, one.name)) for key, one, _ in entries(cls)}


@dataclass(frozen=True)
class Hint:
    """One type hint, taken apart."""

    kind: Any
    meaning: str = ""


def hint(kind: Any) -> Hint:
    """Without what may be absent. Where several forms may stand, the class or field reads them itself."""
    meaning = ""
    if get_origin(kind) is Annotated:
        kind, meaning = get_args(kind)[:2]
    if get_origin(kind) in (Union, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    return Hint(kind, meaning)


@cache
def entries(cls: type) -> tuple[tuple[str, Field[Any], Hint], ...]:
    """Key in the file, field and hint of everything that a class holds."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((one.metadata.get("key", one.name), one, hint(hints[one.name])) for one in fields(cls))


def required(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def read(reader: Reader, at: Located, kind: Any) -> Any:
    """What stands at ``at``, as ``kind``. What is wrong is reported, and replaced by a blank so that all is found."""
    if kind is str:
        return reader.text(at)
    if kind is int:
        return reader.number(at)
    if kind is bool:
        return reader.yes_no(at)
    if kind is date:
        return reader.date(at)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return reader.choice(at, kind, next(iter(kind)))
    if get_origin(kind) is tuple:
        return tuple(read(reader, item, get_args(kind)[0]) for item in reader.items(at))
    if get_origin(kind) is not None:
        return _mapping(reader, at, *get_args(kind))
    own = kind.read(reader, at) if issubclass(kind, Own) else None
    return _fields(reader, at, kind) if own is None else own


def _mapping(reader: Reader, at: Located, key: Any, kind: Any) -> dict[Any, Any]:
    nodes = reader.mapping(at).items()
    if key is str:
        return {name: read(reader, node, kind) for name, node in nodes}
    return {reader.word(node, name, key, list(key)[-1]): read(reader, node, kind) for name, node in nodes}


def _fields(reader: Reader, at: Located, cls: Any) -> Any:
    known = entries(cls)
    must = [key for key, one, _ in known if required(one)]
    found = reader.entries(at, " ".join(must), " ".join(key for key, one, _ in known if not required(one)))
    return cls(
        **{one.name: _field(reader, found.get(key), one, kind.kind) for key, one, kind in known if key in found or required(one)}
    )


def _field(reader: Reader, at: Located | None, one: Field[Any], kind: Any) -> Any:
    if at is None:
        return blank(kind)
    if "read" in one.metadata:
        return one.metadata["read"](reader, at)
    if one.metadata.get("lone") and not isinstance(at.value, list):
        return (read(reader, at, get_args(kind)[0]),)
    return read(reader, at, kind)


def blank(kind: Any) -> Any:
    """What stands for a value that is missing."""
    if get_origin(kind) is not None:
        return () if get_origin(kind) is tuple else {}
    if issubclass(kind, StrEnum):
        return next(iter(kind))
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{one.name: blank(of.kind) for _, one, of in entries(kind) if required(one)})
    return kind()


def plain(value: Any) -> Any:
    """A value as JSON values, under the keys of the file."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Own):
        return value.plain()
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {plain(key): plain(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(getattr(value, one.name)) for key, one, _ in entries(type(value))}
    return value

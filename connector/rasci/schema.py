"""The JSON Schemas of models and installations, for editors. Made from the classes that the files are read into, so that they agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import Field, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin

from connector.rasci.installation import Installation
from connector.rasci.shape import Hint, Own, entries, required
from connector.rasci.table import OperatingModel
from connector.words import Party


@dataclass(frozen=True)
class Shipped:
    """A schema as it is shipped: the name of its file, and what it describes."""

    file: str
    of: type
    title: str
    page: str

    def schema(self) -> dict[str, Any]:
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": self.title,
            "description": f"How to write one: {self.page}",
            **_fields(self.of),
        }

    def text(self) -> str:
        """The file as it is shipped."""
        return json.dumps(self.schema(), indent=1, ensure_ascii=False) + "\n"


MODEL = Shipped("operating-model.schema.json", OperatingModel, "Operating model: who may do what", "docs/operating-models.md")
"""Beside the shipped models; their first line names it."""
INSTALLATION = Shipped(
    "installation.schema.json", Installation, "Installation: what is true here, and who may act", "docs/installation.md"
)
"""Beside the settings; the first line of the shipped example names it."""


def _fields(cls: type) -> dict[str, Any]:
    known = entries(cls)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key for key, one, _ in known if required(one)],
        "properties": {key: _property(one, hint) for key, one, hint in known},
    }


def _property(one: Field[Any], hint: Hint) -> dict[str, Any]:
    form = dict(one.metadata["schema"]) if "schema" in one.metadata else _form(hint.kind)
    if one.metadata.get("lone"):
        form = {"anyOf": [form["items"], form]}
    return {"description": hint.meaning, **form} if hint.meaning else form


def _form(kind: Any) -> dict[str, Any]:
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _form(get_args(kind)[0])}
    if get_origin(kind) is not None:
        return _mapping(*get_args(kind))
    if issubclass(kind, StrEnum):
        return {"enum": _members(kind)}
    if issubclass(kind, Own):
        return {"anyOf": [dict(kind.SCHEMA), _fields(kind)]} if kind.FIELDS_TOO else dict(kind.SCHEMA)
    return dict(_PLAIN[kind]) if kind in _PLAIN else _fields(kind)


_PLAIN: Mapping[type, dict[str, Any]] = {
    str: {"type": "string", "pattern": r"\S"},
    int: {"type": "integer", "minimum": 1},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
}


def _mapping(key: Any, kind: Any) -> dict[str, Any]:
    if key is str:
        return {"type": "object", "additionalProperties": _form(kind)}
    return {"type": "object", "additionalProperties": False, "properties": {name: _form(kind) for name in _members(key)}}


def _members(kind: type[StrEnum]) -> list[str]:
    """The connector is an actor and nobody's party: no model names it."""
    return [member.value for member in kind if member is not Party.CONNECTOR]

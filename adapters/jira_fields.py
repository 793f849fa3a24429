"""Values of Jira's fields as plain strings, and plain strings as Jira wants them.

Every kind has one string: what people choose is its name (status, priority, an option), a person is the account id
(Cloud) or the login (Data Center), labels stand in one line, other lists one value a line, rich text is its plain text.
``field.part`` reads within a value, such as ``assignee.displayName``.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters import adf, wiki
from adapters.base import Refused
from adapters.marking import fit

#: By the type of a field's schema: what names one of its values.
_NAMED = {
    "priority": "name", "resolution": "name", "issuetype": "name", "securitylevel": "name", "status": "name", "group": "name",
    "version": "name", "component": "name", "option": "value", "project": "key", "issuelink": "key",
}  # fmt: skip
_RICH = frozenset({"description", "environment"})
_ONE_LINE = frozenset({"summary", "labels"})


@dataclass(frozen=True)
class Kind:
    """What Jira says of one field."""

    type: str = "string"
    items: str = ""  # of an array
    rich: bool = False
    name: str = ""  # as people call it; histories of Data Center know no other

    @staticmethod
    def of(told: Mapping[str, Any]) -> Kind:
        """From an entry of ``GET /field``."""
        schema = told.get("schema") or {}
        rich = schema.get("system") in _RICH or str(schema.get("custom", "")).endswith(":textarea")
        return Kind(str(schema.get("type", "string")), str(schema.get("items", "")), rich, str(told.get("name", "")))


@dataclass(frozen=True)
class Fields:
    """The fields of one site. ``documents``: whether rich text is a document, not wiki markup."""

    cloud: bool  # people have account ids
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    documents: bool | None = None  # None: on Cloud

    @property
    def _documents(self) -> bool:
        return self.cloud if self.documents is None else self.documents

    def kind(self, name: str) -> Kind:
        return self.kinds.get(name) or Kind(rich=name in _RICH)

    def named(self, name: str) -> str:
        """The id of a field that a history calls by its name."""
        if name in self.kinds:
            return name
        return next((known for known, kind in self.kinds.items() if kind.name.lower() == name.lower()), name)

    # --- reading ---

    def flat(self, fields: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, str]:
        """The fields that are there, as strings; one that did not come back stays absent."""
        out: dict[str, str] = {}
        for name in wanted:
            base, *parts = name.split(".")
            if base in fields:
                out[name] = self.text(self.kind(base), _within(fields[base], parts))
        return out

    def text(self, kind: Kind, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, list):
            texts = [self.text(kind, part) for part in value]
            return " ".join(texts) if kind.items == "string" else "\n".join(texts)
        if isinstance(value, dict):
            return self._of_object(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return wiki.plain(value) if kind.rich and not self._documents and isinstance(value, str) else str(value)

    def _of_object(self, value: Mapping[str, Any]) -> str:
        if value.get("type") == "doc":
            return adf.of_node(dict(value))
        if "requestType" in value:
            return str((value["requestType"] or {}).get("name", ""))
        if "key" in value and "projectTypeKey" in value:
            return str(value["key"])
        if value.get("child"):
            return f"{value.get('value', '')} - {value['child'].get('value', '')}"
        names = ("accountId", "name", "value", "key", "id")
        return next((str(value[name]) for name in names if value.get(name) not in (None, "")), "")

    # --- writing ---

    def native(self, values: Mapping[str, str]) -> dict[str, Any]:
        """What a save carries.

        :raises Refused: for a value that a field cannot hold, naming the field.
        """
        return {name: self._native(name, fit(value)) for name, value in values.items()}

    def _native(self, name: str, value: str) -> Any:
        kind = self.kind(name)
        if "." in name:
            raise Refused(f"Jira: {name} can be read, not written", (name,))
        if kind.type == "array":
            parts = value.split() if kind.items == "string" else list(filter(None, value.split("\n")))
            return [self._one(kind.items, part) for part in parts]
        if kind.rich:
            return (self.rich(value) if value else None) if self._documents else self.rich(value)
        if kind.type in ("string", "any"):
            return value if value or name == "summary" else None
        return self._number(name, value) if kind.type == "number" else self._one(kind.type, value)

    def _one(self, kind: str, value: str) -> Any:
        if not value:
            return None
        if kind == "user":
            return {"accountId" if self.cloud else "name": value}
        return {_NAMED[kind]: value} if kind in _NAMED else value

    @staticmethod
    def _number(name: str, value: str) -> float | None:
        number = _number(value)
        if value and number is None:
            raise Refused(f"Jira: {name} is a number, {value!r} is none", (name,))
        return number

    def rich(self, text: str) -> Any:
        """Plain text as this deployment's rich text."""
        lines = fit(text.replace("\r\n", "\n").replace("\r", "\n"))
        return adf.document(lines) if self._documents else wiki.markup(lines)

    def normal(self, name: str, value: str) -> str:
        """The form in which two values count as the same: NFC, no blanks at the ends of lines, labels in any order."""
        kind = self.kind(name)
        text = fit(unicodedata.normalize("NFC", value.replace("\r\n", "\n")))
        if kind.items == "string":
            return " ".join(sorted(set(text.split())))
        if kind.type == "number":
            number = _number(text)
            return text if number is None else self.text(kind, number)
        lines = "\n".join(line.rstrip() for line in text.split("\n"))
        if kind.rich:
            return lines.strip("\n")
        return " ".join(text.split()) if name in _ONE_LINE else lines.strip()


def _number(text: str) -> float | None:
    """None for what is no number that JSON can hold."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _within(value: Any, parts: list[str]) -> Any:
    for part in parts:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def seconds(stamp: Any) -> float:
    """``2026-01-01T00:00:00.000+0000``, or milliseconds (some histories), as seconds since the epoch; 0 where there is none."""
    if isinstance(stamp, int | float):
        return stamp / 1000 if stamp > 1e11 else float(stamp)  # noqa: PLR2004 - seconds reach it in the year 5138
    try:
        return datetime.fromisoformat(str(stamp)).timestamp()
    except ValueError:
        return 0.0

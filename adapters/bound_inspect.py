"""What a WSDL or an OpenAPI file says about a portal: its operations, and which of them a binding is likely to want."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from adapters.base import Problem
from adapters.bound_model import METHODS
from adapters.bound_source import BindingError


@dataclass(frozen=True)
class Operation:
    """One operation. ``name``: of SOAP its own, of REST method and path. ``arguments``: name -> type. ``shows``: fields of its answer."""

    name: str
    arguments: Mapping[str, str]
    shows: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0].lower()

    @property
    def path(self) -> str:
        return self.name.partition(" ")[2]


@dataclass(frozen=True)
class Portal:
    """A portal as its description has it."""

    speaks: str
    source: Path
    operations: tuple[Operation, ...]
    prefix: str = ""
    auth: str = "basic"
    roles: Mapping[str, Operation] = field(default_factory=dict)
    """What a binding asks for -> the operation that looks like it."""


def inspected(path: Path) -> Portal:
    """:raises BindingError: it is neither of the two."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BindingError([Problem(str(path), f"the file cannot be read: {error.strerror}", "check the path")]) from None
    return _soap(path, content) if content.lstrip()[:1] == b"<" else _rest(path, content)


# --- SOAP --------------------------------------------------------------------------------------------------------

_WORDS = {
    "changed": r"search|list|find|query|getrecords",
    "read": r"^(get|read|fetch|show)|get$|getrecords",
    "find": r"search|list|find|query|getrecords",
    "comments": r"(comment|note|article|message|journal)s?(get|list|search)|(get|list)\w*(comment|note|article|message|journal)",
    "create": r"create|insert|open",
    "set": r"update|modify|edit|change",
    "comment": r"(add|create|post|write)\w*(comment|note|article|message|reply)|update",
    "attach": r"attach|upload|addfile",
}


def _soap(path: Path, content: bytes) -> Portal:
    from adapters.soap import Service  # noqa: PLC0415 - zeep takes long to import

    try:
        told = Service(content).operations()
    except ValueError as error:
        remedy = "give a WSDL of document/literal, complete in one file"
        raise BindingError([Problem(str(path), str(error), remedy)]) from None
    operations = tuple(Operation(name, arguments) for name, arguments in sorted(told.items()))
    roles = {role: one for role, words in _WORDS.items() if (one := _best(operations, words))}
    return Portal("soap", path, operations, roles=roles)


def _best(operations: tuple[Operation, ...], words: str) -> Operation | None:
    """The one with the shortest name that fits: TicketGet before TicketHistoryGet."""
    fitting = [one for one in operations if re.search(words, one.name, re.IGNORECASE)]
    return min(fitting, key=lambda one: (len(one.name), one.name), default=None)


# --- REST --------------------------------------------------------------------------------------------------------

_TICKETS = r"(tickets?|issues?|incidents?|cases?|requests?|tasks?|bugs?)"
_SAID = r"(comments?|notes?|messages?|replies|reply|articles?|posts?|journals?)"
_FILED = r"(attachments?|files?|documents?|uploads?)"
_ITEM = rf"(.*/{_TICKETS})/\{{[^/]+\}}"
_ROUTES = {
    "changed": ("get", rf".*/{_TICKETS}"),
    "read": ("get", _ITEM),
    "find": ("get", rf".*/{_TICKETS}"),
    "comments": ("get", rf"{_ITEM}/{_SAID}"),
    "files": ("get", rf"{_ITEM}/{_FILED}"),
    "download": ("get", rf".*/{_FILED}/\{{[^/]+\}}(/(content|download|data))?"),
    "history": ("get", rf"{_ITEM}/(history|changelog|changes|events|audit)"),
    "create": ("post", rf".*/{_TICKETS}"),
    "set": ("(patch|put)", _ITEM),
    "comment": ("post", rf"{_ITEM}/{_SAID}"),
    "attach": ("post", rf"{_ITEM}/{_FILED}"),
}


def _rest(path: Path, content: bytes) -> Portal:
    try:
        told = json.loads(content) if content.lstrip()[:1] == b"{" else yaml.safe_load(content)
    except (ValueError, yaml.YAMLError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("paths"), dict):
        message = "this is neither a WSDL nor an OpenAPI file"
        raise BindingError([Problem(str(path), message, "give the portal's WSDL, or its OpenAPI description in JSON or YAML")])
    operations = tuple(_operations(told))
    roles = {role: one for role, route in _ROUTES.items() if (one := _routed(operations, *route))}
    servers = told.get("servers") or [{}]
    prefix = str(told.get("basePath") or urlsplit(str(servers[0].get("url", ""))).path).rstrip("/")
    return Portal("rest", path, operations, prefix, _auth(told), roles)


def _operations(told: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in told["paths"].items():
        common = methods.get("parameters") or []
        for method, one in methods.items():
            if method in METHODS:
                parameters = [_resolved(told, each) for each in [*common, *(one.get("parameters") or [])]]
                arguments = {str(each.get("name")): _type(told, each) for each in parameters if each.get("in") != "header"}
                body = _schema(told, (_resolved(told, one.get("requestBody") or {})).get("content"))
                arguments |= {name: _type(told, each) for name, each in _properties(told, body).items()}
                yield Operation(f"{method.upper()} {path}", arguments, tuple(_shown(told, one)))


def _shown(told: Mapping[str, Any], one: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in (one.get("responses") or {}).items():
        if str(status).startswith("2"):
            yield from _properties(told, _schema(told, _resolved(told, answer).get("content")))


def _schema(told: Mapping[str, Any], content: Mapping[str, Any] | None) -> Mapping[str, Any]:
    for kind, media in (content or {}).items():
        if "json" in kind or kind == "*/*":
            return _resolved(told, media.get("schema") or {})
    return {}


def _properties(told: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Of an object; of a list, those of its items."""
    if "items" in schema:
        return _properties(told, _resolved(told, schema["items"]))
    found = dict(schema.get("properties") or {})
    for part in schema.get("allOf") or ():
        found |= _properties(told, _resolved(told, part))
    return found


def _type(told: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    schema = _resolved(told, one.get("schema") or one)
    kind = str(schema.get("type") or "any")
    return f"one of {', '.join(map(str, schema['enum']))}" if schema.get("enum") else kind


def _resolved(told: Mapping[str, Any], one: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a ``$ref`` within the file stands for."""
    for _ in range(8):
        ref = str(one.get("$ref", ""))
        if not ref.startswith("#/"):
            return one
        found: Any = told
        for part in ref[2:].split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
        one = found if isinstance(found, Mapping) else {}
    return one


def _routed(operations: tuple[Operation, ...], method: str, path: str) -> Operation | None:
    fitting = [one for one in operations if re.fullmatch(method, one.method) and re.fullmatch(path, one.path, re.IGNORECASE)]
    return min(fitting, key=lambda one: (one.path.count("/"), one.method != "patch", one.path), default=None)


def _auth(told: Mapping[str, Any]) -> str:
    schemes = (told.get("components") or {}).get("securitySchemes") or told.get("securityDefinitions") or {}
    for scheme in (_resolved(told, one) for one in schemes.values()):
        if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
            return f"{{header: {scheme.get('name')}}}"
        if scheme.get("type") == "basic" or str(scheme.get("scheme")).lower() == "basic":
            return "basic"
        if scheme.get("type") in ("http", "oauth2"):
            return "bearer"
    return "basic"

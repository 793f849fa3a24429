"""As much of JSON Schema as the schema of a model uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
}


def faults(value: Any, schema: dict[str, Any], key: str = "") -> Iterator[str]:
    """The key of everything that the schema does not allow."""
    if "anyOf" in schema and all(list(faults(value, one, key)) for one in schema["anyOf"]):
        yield key
    if "enum" in schema and not any(type(value) is type(plain(one)) and value == one for one in schema["enum"]):
        yield key
    if "type" in schema and (not isinstance(value, TYPES[schema["type"]]) or (schema["type"] == "integer" and value is True)):
        yield key
    elif isinstance(value, str | int):
        yield from _of_scalar(value, schema, key)
    elif isinstance(value, list):
        yield from _of_list(value, schema, key)
    elif isinstance(value, dict):
        yield from _of_object(value, schema, key)


def plain(word: Any) -> Any:
    """A word of an enumeration as JSON knows it."""
    return str(word) if isinstance(word, str) else word


def _of_scalar(value: str | int, schema: dict[str, Any], key: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield key
    if isinstance(value, int) and value < schema.get("minimum", value):
        yield key


def _of_list(value: list[Any], schema: dict[str, Any], key: str) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0):
        yield key
    for number, one in enumerate(value):
        yield from faults(one, schema.get("items", {}), f"{key}[{number}]")


def _of_object(value: dict[str, Any], schema: dict[str, Any], key: str) -> Iterator[str]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (key for name in schema.get("required", ()) if name not in value)
    for name, one in value.items():
        inner = f"{key}.{name}" if key else name
        if name in known:
            yield from faults(one, known[name], inner)
        elif more is False:
            yield inner
        elif isinstance(more, dict):
            yield from faults(one, more, inner)

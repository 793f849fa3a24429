"""Secrets: named in the settings by a variable or a file, never written there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

_PASSWORD_IN_URL = re.compile(r"[\w+.-]+://[^/@\s:]*:[^/@\s]+@")


def problem(message: str, remedy: str) -> PydanticCustomError:
    """An error of a validator that knows its own remedy."""
    return PydanticCustomError("settings", "{message}", {"message": message, "remedy": remedy})


def secret_names(model: type[BaseModel]) -> frozenset[str]:
    """The fields that hold secrets, in this model and in those within it."""
    return frozenset(name for name, info in fields(model) if SecretStr in _types(info.annotation))


def resolve(model: type[BaseModel], table: Any) -> Any:
    """The table with ``NAME_env`` and ``NAME_file`` replaced by the secret that they name, at any depth.

    :raises ValidationError: with every secret that is not to be had.
    """
    names, plain = secret_names(model), {name for name, _ in fields(model)}
    errors: list[InitErrorDetails] = []

    def secret(how: str, where: str, at: tuple[str, ...]) -> str:
        try:
            return _from_env(where) if how == "env" else _from_file(Path(where))
        except PydanticCustomError as error:
            errors.append(InitErrorDetails(type=error, loc=at, input=where))
            return ""

    def walk(value: Any, at: tuple[str, ...]) -> Any:
        if not isinstance(value, Mapping):
            return value
        out: dict[str, Any] = {}
        for key, below in value.items():
            name, _, how = str(key).rpartition("_")
            if name in names and key not in plain and how in ("env", "file"):
                out[name] = value.get(name) or secret(how, str(below), (*at, key))
            else:
                out.setdefault(key, walk(below, (*at, key)))
        return out

    resolved = walk(table, ())
    if errors:
        raise ValidationError.from_exception_data(model.__name__, errors, hide_input=True)
    return resolved


def written_out(model: type[BaseModel], table: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The places in a table of the settings file at which a secret stands in clear, each with its remedy."""
    names = secret_names(model)
    for key, value in table.items() if isinstance(table, Mapping) else ():
        here = (*at, str(key))
        if key in names and not isinstance(value, Mapping):
            yield here, f"name it by {key}_env (a variable) or {key}_file (a file), remove it here, and change the secret"
        elif isinstance(value, str) and _PASSWORD_IN_URL.match(value):
            yield here, "take the password out of the address, give it by a variable or a file, and change it"
        else:
            yield from written_out(model, value, here)


def _from_env(name: str) -> str:
    if value := os.environ.get(name, ""):
        return value
    raise problem(
        f"the variable {name} is not set, or empty", f"set {name} to the secret for the account that runs the connector"
    )


def _from_file(path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text"
        raise problem(
            f"the file {path} cannot be read: {reason}", "check the path and the rights of the connector's account"
        ) from None
    if not value:
        raise problem(f"the file {path} is empty", "write the secret into it, and nothing else")
    return value


def fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of a model and of those within it."""
    for name, info in model.model_fields.items():
        yield name, info
        for kind in _types(info.annotation):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from fields(kind)


def _types(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    return set().union(*(_types(one) for one in inner)) if inner else {annotation}

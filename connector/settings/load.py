"""Load the configuration, with all that it names, and report every problem together."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from adapters import registry
from adapters.base import Problem
from connector.mapping.source import Item, Reader
from connector.settings.environment import variables
from connector.settings.models import Settings, StoreSettings
from connector.settings.named import Configured, Named
from connector.settings.secrets import fields, secret_names, written_out
from connector.settings.webhooks import WebhookSettings

DEFAULT_PATH = Path("config/connector.yaml")
EXAMPLE = "config/connector.example.yaml explains every key"


class SettingsError(Exception):
    """A configuration that cannot be used. ``problems`` holds all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{p.place}: {p.message}. {p.remedy}" for p in self.problems))


@dataclass(frozen=True)
class Configuration:
    settings: Settings
    connections: tuple[Configured, ...]
    path: Path  # of the settings file; what it names is found from its folder


def find(path: Path | None = None) -> Path:
    """The settings file: as given, else as CONNECTOR_CONFIG says, else ``config/connector.yaml``."""
    return path or Path(os.environ.get("CONNECTOR_CONFIG") or DEFAULT_PATH)


def load(path: Path | None = None) -> Configuration:
    """Read the settings file and every file that it names.

    :raises SettingsError: with every problem found.
    """
    path = find(path)
    file = _File(path)
    settings = file.settings()
    problems = file.problems
    named = Named(path.parent, problems)
    if settings is None:  # one run tells all: what is wrong in the files that wrong settings name, too
        for table in file.connections():
            named.judge(table)
        raise SettingsError(problems)
    parts = [named.configured(name, connection) for name, connection in settings.connections.items()]
    if problems:
        raise SettingsError(problems)
    return Configuration(settings, tuple(part for part in parts if part), path)


class _File:
    """One settings file: its values, where each stands, and what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = Reader(path.name)
        self._root = self._reader.compose(self._text())
        self.problems = self._reader.problems
        self._lines = dict(_lines(self._root))
        self._set_outside = variables()

    def settings(self) -> Settings | None:
        if self.problems:  # a file that is not YAML, or says a key twice, is not worth judging further
            return None
        plain = self._root.plain
        tree: dict[str, Any] = plain if isinstance(plain, dict) else {}
        self._refuse_secrets(tree)
        try:
            return Settings(**tree)
        except ValidationError as error:
            self.problems += [self._told(one) for one in error.errors(include_url=False, include_input=False)]
            return None

    def connections(self) -> list[Mapping[str, Any]]:
        """The table of each connection, as it stands in the file."""
        plain = self._root.plain
        return [table for _, table in _tables(plain.get("connections"))] if isinstance(plain, dict) else []

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except OSError as error:
            message, remedy = f"the settings cannot be read: {error.strerror}", "name the file by --config or CONNECTOR_CONFIG"
        except UnicodeDecodeError as error:
            message, remedy = f"this is not UTF-8 (byte {error.start})", "save the file as UTF-8"
        raise SettingsError([Problem(str(self.path), message, remedy)])

    def _refuse_secrets(self, tree: Mapping[str, Any]) -> None:
        places = list(written_out(StoreSettings, tree.get("store"), ("store",)))
        for name, connection in _tables(tree.get("connections")):
            for side, table in _tables(connection):
                if (system := table.get("system")) in registry.ADAPTERS:
                    places += written_out(registry.settings_model(system), table, ("connections", name, side))
                    places += written_out(WebhookSettings, table.get("webhook"), ("connections", name, side, "webhook"))
        for path, remedy in places:
            self.problems.append(Problem(self._place(path), "a secret stands in the settings file", remedy))

    def _told(self, error: ErrorDetails) -> Problem:
        path = tuple(str(part) for part in error["loc"] if part != "[key]")
        key = path[-1] if path else ""
        match error["type"]:
            case "settings":
                message, remedy = error["msg"], error["ctx"]["remedy"]
            case "missing" if key in _all_secrets():
                message, remedy = f"the secret {key} is missing", f"name a variable by {key}_env, or a file by {key}_file"
            case "missing":
                message, remedy = f"the key {key} is missing", f"add it; {EXAMPLE}"
            case "extra_forbidden":
                message, remedy = f"unknown key {key!r}", _near(key)
            case "string_pattern_mismatch" if path[:1] == ("connections",) and error["loc"][-1] == "[key]":
                message, remedy = f"{key!r} cannot name a connection", "use lower-case letters, digits and _, a letter first"
            case "value_error":
                message, remedy = error["msg"].removeprefix("Value error, "), EXAMPLE
            case _:
                message, remedy = error["msg"][:1].lower() + error["msg"][1:], EXAMPLE
        return Problem(self._place(path), message, remedy)

    def _place(self, path: tuple[str, ...]) -> str:
        if path in self._set_outside:
            return f"environment {self._set_outside[path]}"
        known = path
        while known and known not in self._lines:
            known = known[:-1]
        return f"{self._reader.name}:{self._lines.get(known, 1)} {'.'.join(path)}".rstrip()


def _lines(item: Item, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    yield path, item.line
    for key, below in item.value.items() if isinstance(item.value, Mapping) else ():
        yield from _lines(below, (*path, key))


def _tables(table: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, below in table.items() if isinstance(table, Mapping) else ():
        if isinstance(below, Mapping):
            yield str(name), below


def _near(key: str) -> str:
    known = {name for model in _models() for name, _ in fields(model)}
    known |= {f"{secret}_{how}" for secret in _all_secrets() for how in ("env", "file")}
    close = difflib.get_close_matches(key, known - {key}, n=1)
    return f"did you mean {close[0]!r}?" if close else f"remove it; {EXAMPLE}"


def _all_secrets() -> frozenset[str]:
    return frozenset(name for model in _models() for name in secret_names(model))


def _models() -> list[type[BaseModel]]:
    return [Settings, *(registry.settings_model(name) for name in registry.ADAPTERS)]

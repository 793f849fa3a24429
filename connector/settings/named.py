"""The files that the settings name: mapping, operating model and installation of each connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from adapters.base import Problem
from connector.mapping.load import MappingError
from connector.mapping.load import load as load_mapping
from connector.mapping.mapping import TicketMapping
from connector.rasci import installation
from connector.rasci.installation import Installation
from connector.rasci.model import ModelError
from connector.rasci.model import load as load_model
from connector.rasci.table import OperatingModel
from connector.settings.agree import disagreements
from connector.settings.models import ConnectionSettings

T = TypeVar("T")


@dataclass(frozen=True)
class Configured:
    """One connection, with everything its settings name. ``model`` has the figures of the installation."""

    name: str
    settings: ConnectionSettings
    mapping: TicketMapping
    model: OperatingModel
    installation: Installation | None = None


class Named:
    """Reads each file once, and adds what is wrong with it to the problems once, however many connections name it."""

    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        self._folder, self._problems = folder, problems
        self._read: dict[tuple[str, ...], Any] = {}

    def configured(self, name: str, settings: ConnectionSettings) -> Configured | None:
        """The connection; None where one of its files cannot be used."""
        mapping, model = self._mapping(settings.mapping), self._model(settings.operating_model)
        here = self._installation(settings.installation, settings.operating_model) if settings.installation else None
        self._agree(settings.mapping, settings.operating_model, settings.installation or "")
        if mapping is None or model is None:
            return None
        return Configured(name, settings, mapping, installation.under(model, here) if here else model, here)

    def judge(self, table: Mapping[str, Any]) -> None:
        """Report what is wrong in the files that a connection names, whatever is wrong with the connection itself."""
        mapping, model, here = (_text(table.get(key)) for key in ("mapping", "operating_model", "installation"))
        if mapping:
            self._mapping(mapping)
        if model:
            self._model(model)
        if here:
            self._installation(here, model)
        if mapping and model:
            self._agree(mapping, model, here)

    def _mapping(self, name: str) -> TicketMapping | None:
        return self._once(("mapping", name), lambda: load_mapping(self._folder / name))

    def _model(self, name: str) -> OperatingModel | None:
        return self._once(("model", name), lambda: load_model(_model_path(self._folder, name)))

    def _installation(self, name: str, model: str) -> Installation | None:
        """Without a model that can be used it is judged by its form alone."""
        known = self._model(model) if model else None
        return self._once(("installation", name, model), lambda: installation.load(self._folder / name, known))

    def _agree(self, mapping: str, model: str, here: str) -> None:
        """An installation may name evidence of its own: where it cannot be used, nobody knows what else the mapping may name."""
        known, found = self._model(model), self._installation(here, model) if here else Installation()
        if known and self._mapping(mapping):
            asked, file = installation.under(known, found or Installation()), self._folder / mapping
            new = self._once(("agree", mapping, model, here), lambda: disagreements(file, asked, evidence=found is not None))
            self._problems += [one for one in new or () if one not in self._problems]

    def _once(self, key: tuple[str, ...], load: Callable[[], T]) -> T | None:
        if key not in self._read:
            self._read[key] = self._reported(load)
        found: T | None = self._read[key]
        return found

    def _reported(self, load: Callable[[], T]) -> T | None:
        try:
            return load()
        except MappingError as error:
            self._problems += error.problems
        except ModelError as error:
            self._problems += [Problem(f"{p.file}:{p.line} {p.key}".rstrip(), p.message, p.remedy) for p in error.problems]
        return None


def _model_path(folder: Path, name: str) -> Path:
    """A path where it looks like one, else the name of a model beside the settings file."""
    return folder / name if name.endswith((".yaml", ".yml")) else folder / "operating-models" / f"{name}.yaml"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

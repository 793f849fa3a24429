"""Load an operating model from its YAML file, with every problem reported together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from connector.rasci.consistency import contradictions
from connector.rasci.ladder import EvidenceItem, Gate, Level, PartyInfo
from connector.rasci.meaning import Basis
from connector.rasci.shape import read
from connector.rasci.source import Located, ModelError, Places, Problem, Reader
from connector.rasci.table import Cell, Clause, Kind, Letter, OperatingModel, Setting, Task

__all__ = [
    "Basis",
    "Cell",
    "Clause",
    "Draft",
    "EvidenceItem",
    "Gate",
    "Kind",
    "Letter",
    "Level",
    "ModelError",
    "OperatingModel",
    "PartyInfo",
    "Problem",
    "Setting",
    "Task",
    "draft",
    "load",
    "loads",
    "text_of",
]


@dataclass(frozen=True)
class Draft:
    """A file as it was read: the model, all that keeps it from being used, and where everything stands."""

    model: OperatingModel
    problems: tuple[Problem, ...]
    places: Places


def load(path: Path | str) -> OperatingModel:
    """The model in a file (UTF-8 YAML). Raises ModelError with all problems found, also where the file cannot be read."""
    return loads(text_of(path), str(path))


def loads(text: str, file: str = "<text>") -> OperatingModel:
    """The model in a text; ``file`` is its name in messages. Raises ModelError with all problems found."""
    found = draft(text, file)
    if found.problems:
        raise ModelError(found.problems)
    return found.model


def text_of(path: Path | str) -> str:
    """What stands in a file. Raises ModelError where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError([Problem(str(path), 0, "", f"cannot be read: {error}", "check the path and its rights")]) from error


def draft(text: str, file: str) -> Draft:
    """The model in a text with its problems. Raises ModelError where the text is not YAML at all."""
    reader = Reader(file)
    root: Located = reader.parse(text)
    model = read(reader, root, OperatingModel)
    places = Places(file, root)
    problems = [*reader.problems, *(places.problem(*one) for one in contradictions(model) if places.has(one[0]))]
    return Draft(model, ModelError(problems).problems, places)

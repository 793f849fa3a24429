"""The operating models: which there are, what each says, and what is wrong with one, alone or in an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.base import Problem
from connector.daemon.errors import Unusable
from connector.daemon.installed import installed
from connector.daemon.standing import standing
from connector.rasci.installation import under
from connector.rasci.meaning import State
from connector.rasci.model import ModelError, draft, load, text_of
from connector.rasci.review import entry, review
from connector.rasci.settings import KNOWN
from connector.rasci.source import Problem as Located
from connector.rasci.table import OperatingModel
from connector.settings import Configuration, Configured, find

_FOLDER = "operating-models"
_ROOT = Path(__file__).parents[2]


def listed(config: Path | None = None) -> list[dict[str, Any]]:
    """Each model that is found by its name; one that cannot be loaded says so.

    :raises Unusable: there is no folder of models.
    """
    return [_line(path) for path in sorted(_folder(config).glob("*.yaml"))]


def told(name: str, config: Path | None = None) -> dict[str, Any]:
    """Everything that a model says, as ``models show --json`` prints it.

    :raises Unusable: there is no such model, or it cannot be loaded.
    """
    path = _path(name, config)
    try:
        model = load(path)
    except ModelError as error:
        raise Unusable(f"{error}\n`connector models check {name}` lists this one by one") from error
    shown = model.as_dict()
    for number, (level, plain) in enumerate(zip(model.levels, shown["levels"], strict=True)):
        plain["entry"] = [way.value for way in entry(level, not number)]
    for key, known in KNOWN.items():
        shown["settings"][key] |= {"meaning": known.meaning, "unit": known.unit, "used": known.used}
    return shown | {"file": str(path)}


def checked(name: str, config: Path | None = None, installation: Configuration | None = None) -> list[Problem]:
    """What is wrong with a model; with settings, loaded from ``config``, also what their mappings do against it.

    A setting that the installation of every connection gives counts as given.

    :raises Unusable: there is no such model, or no connection of the installation uses it.
    """
    path = _path(name, config)
    try:
        found = draft(text_of(path), str(path))
    except ModelError as error:
        return [_problem(one) for one in error.problems]
    if found.problems:
        return [_problem(one) for one in found.problems]
    users = _users(found.model, installation) if installation else []
    reviewed = [under(found.model, one.installation) if one.installation else found.model for one in users] or [found.model]
    wrong = dict.fromkeys(finding for model in reviewed for finding in review(model))
    problems = [_problem(found.places.problem(*one)) for one in wrong]
    folder = find(config).parent
    return [*problems, *(problem for one in users for problem in installed(one, folder / one.settings.mapping))]


def standing_of(name: str, config: Path | None, installation: Configuration) -> list[Problem]:
    """What is not as a model asks in the installations that use it; nothing where the model cannot be read.

    :raises Unusable: there is no such model.
    """
    path = _path(name, config)
    try:
        found = draft(text_of(path), str(path))
    except ModelError:
        return []
    return standing(installation, found.model.id) if found.model.id else []


def _users(model: OperatingModel, installation: Configuration) -> list[Configured]:
    users = [one for one in installation.connections if one.model.id == model.id]
    if not users:
        raise Unusable(f"no connection of these settings uses the model {model.id}")
    return users


def _problem(one: Located) -> Problem:
    return Problem(f"{one.file}:{one.line} {one.key}".rstrip(), one.message, one.remedy)


def _line(path: Path) -> dict[str, Any]:
    try:
        model = load(path)
    except ModelError as error:
        return {"name": path.stem, "file": str(path), "problems": len(error.problems)}
    states = [task.state for task in model.tasks]
    return {
        "name": path.stem,
        "title": model.title,
        "source": model.source,
        "parties": [info.name for info in model.parties.values()],
        "levels": [level.id for level in model.levels],
        "rows": len(model.tasks),
        "rows_in_use": sum(state in (State.TODAY, State.PARTLY) for state in states),
        "file": str(path),
        "problems": 0,
    }


def _path(name: str, config: Path | None) -> Path:
    if name.endswith((".yaml", ".yml")):
        if not Path(name).is_file():
            raise Unusable(f"{name} is not here: check the path")
        return Path(name)
    folder = _folder(config)
    if not (folder / f"{name}.yaml").is_file():
        known = ", ".join(path.stem for path in sorted(folder.glob("*.yaml")))
        raise Unusable(f"there is no operating model {name!r} in {folder}: name one of {known}, or a file that ends in .yaml")
    return folder / f"{name}.yaml"


def _folder(config: Path | None) -> Path:
    """Beside the settings, as a connection finds them; else the shipped ones."""
    for folder in (find(config).parent / _FOLDER, Path("config") / _FOLDER, _ROOT / "config" / _FOLDER):
        if folder.is_dir():
            return folder
    raise Unusable(f"there is no folder {_FOLDER} beside the settings: name a file that ends in .yaml")

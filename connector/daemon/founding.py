"""A new configuration from a few answers: which systems there are, what each has to be asked for, and the files that come of it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from adapters import registry
from connector.daemon.errors import Unusable
from connector.settings.secrets import secret_names

_ROOT = Path(__file__).parents[2]
NAME = re.compile(r"[a-z][a-z0-9_]*")
SETTINGS = "connector.yaml"


@dataclass(frozen=True)
class Question:
    """One setting of an adapter that nobody but the customer can know."""

    key: str
    text: str
    default: str = ""
    secret: bool = False


@dataclass(frozen=True)
class Founding:
    """All answers.

    :ivar sides: for ``customer`` and ``vendor`` the answers by key; ``systems`` their adapters.
    """

    name: str
    systems: Mapping[str, str]
    sides: Mapping[str, Mapping[str, str]]
    model: str


def pairs() -> list[tuple[str, str]]:
    """The pairs of adapters between which a mapping is shipped, customer's first."""
    known = sorted(registry.ADAPTERS)
    return [(desk, portal) for desk in known for portal in known if _mapping(desk, portal).is_file()]


def title(system: str) -> str:
    """What people call it."""
    return registry.ADAPTERS[system].title


def questions(system: str) -> list[Question]:
    """What to ask for one system, in order; what the adapter's settings leave open only."""
    model = registry.settings_model(system)
    secrets = secret_names(model)
    return [_question(key, model.model_fields[key], secret=key in secrets) for key in registry.ADAPTERS[system].asks]


def _question(key: str, field: Any, *, secret: bool) -> Question:
    default = "" if field.default in (None, PydanticUndefined) or isinstance(field.default, SecretStr) else str(field.default)
    return Question(key, (field.description or key.replace("_", " ")).rstrip("."), default, secret)


def found(folder: Path, plan: Founding) -> list[Path]:
    """Write the files: settings, mapping, operating model, and each secret in a file that only its owner reads.

    :raises Unusable: a name that cannot be one, a pair without a mapping, an unknown model, or a file that is there already.
    """
    if not NAME.fullmatch(plan.name):
        raise Unusable(f"{plan.name!r} cannot name a connection: use lower-case letters, digits and _, a letter first")
    copies = {
        folder / "mapping.yaml": _mapping(plan.systems["customer"], plan.systems["vendor"]),
        folder / "operating-models" / f"{plan.model}.yaml": _ROOT / "config" / "operating-models" / f"{plan.model}.yaml",
    }
    for source in copies.values():
        if not source.is_file():
            raise Unusable(f"{source.name} is not shipped: connector init without options lists what there is")
    copies = {target: source for target, source in copies.items() if not _same(target, source)}
    texts = {folder / SETTINGS: _settings(folder, plan), **_secrets(folder, plan)}
    for path in (*copies, *texts):
        if path.exists():
            raise Unusable(f"{path} is there already: name another folder, or move it away; nothing was changed")
    for target, source in copies.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for target, text in texts.items():
        _write(target, text, private=target.parent.name == "secrets")
    return [*texts, *copies]


def _same(target: Path, source: Path) -> bool:
    """Whether it is there already as it is shipped."""
    return target.is_file() and target.read_bytes() == source.read_bytes()


def _mapping(desk: str, portal: str) -> Path:
    return _ROOT / "mappings" / f"{desk}-{portal}.yaml".replace("_", "-")


def _write(path: Path, text: str, *, private: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o755)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644), "w", encoding="utf-8"
    ) as file:
        file.write(text)


def _secrets(folder: Path, plan: Founding) -> dict[Path, str]:
    return {
        _secret_file(folder, side, key): plan.sides[side][key]
        for side, system in plan.systems.items()
        for key in secret_names(registry.settings_model(system)) & plan.sides[side].keys()
    }


def _secret_file(folder: Path, side: str, key: str) -> Path:
    return folder.resolve() / "secrets" / f"{side}-{key}".replace("_", "-")


def _settings(folder: Path, plan: Founding) -> str:
    return _TEXT.format(
        name=plan.name, model=plan.model, store=folder.resolve() / "connector.db",
        customer=_side(folder, plan, "customer"), vendor=_side(folder, plan, "vendor"),
    )  # fmt: skip


def _side(folder: Path, plan: Founding, side: str) -> str:
    system, answers = plan.systems[side], plan.sides[side]
    secrets = secret_names(registry.settings_model(system))
    lines = [f"system: {system}"]
    for key, value in answers.items():
        lines.append(
            f"{key}_file: {_quoted(str(_secret_file(folder, side, key)))}" if key in secrets else f"{key}: {_quoted(value)}"
        )
    return "\n".join(f"      {line}" for line in lines)


def _quoted(value: str) -> str:
    """As JSON, which YAML reads too: no value can mean anything but itself."""
    return json.dumps(value, ensure_ascii=False)


_TEXT = """\
# Settings of the connector, written by connector init. config/connector.example.yaml explains every key that could stand here.
# Before the first start: connector check --config THIS FILE. Secrets are in the folder secrets, each in a file of its own.
store:
  url: "sqlite:///{store}"
daemon:
  listen: 127.0.0.1:9464
connections:
  {name}:
    mapping: mapping.yaml            # yours to change: connector check --offline says what is wrong with it
    operating_model: {model}
    # installation: installation.yaml     # who may submit and answer, office hours, what was bought: docs/installation.md
    customer:
{customer}
    vendor:
{vendor}
"""

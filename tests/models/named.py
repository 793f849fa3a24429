"""The shipped models, and a name for everything in them that does not change when something is put before it."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from connector.rasci import installation
from connector.rasci.consistency import items
from connector.rasci.duties import P1Call, Rca, Speaks
from connector.rasci.installation import Installation
from connector.rasci.ladder import EvidenceItem
from connector.rasci.meaning import Meant
from connector.rasci.model import load
from connector.rasci.table import OperatingModel

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "operating-models"


def file_of(model: str) -> Path:
    return FOLDER / f"{model}.yaml"


@cache
def shipped(model: str) -> OperatingModel:
    return load(file_of(model))


@cache
def installed(model: str, here: str) -> tuple[OperatingModel, Installation]:
    """A shipped model under an installation file with this text, and what the file says."""
    return under(shipped(model), here)


def under(model: OperatingModel, here: str) -> tuple[OperatingModel, Installation]:
    """The same of any model."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "installation.yaml"
        file.write_text(here, encoding="utf-8")
        found = installation.load(file, model)
    return installation.under(model, found), found


def named(model: OperatingModel) -> dict[str, tuple[str, Meant]]:
    """Every item by its name, with its key in the file."""
    return {_name(key, item): (key, item) for key, item in items(model)}


def _name(key: str, item: Meant) -> str:
    match item:
        case EvidenceItem():
            return f"evidence.{item.hand_over}.{item.id}"
        case P1Call():
            return f"p1_call.{item.owed.value}"
        case Rca():
            return f"rca.{item.cause.value}"
        case Speaks():
            return f"speaks.{item.party.value}.{item.level}"
    section = "roles" if ".roles[" in key else key.partition("[")[0]
    return f"{section}.{getattr(item, 'id', '')}"

"""What is not so in an installation although its operating model asks for it. Told, and never a reason to stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from adapters.base import Problem
from connector.daemon.installed import Places
from connector.rasci.consistency import Finding
from connector.rasci.installation import findings
from connector.rasci.model import text_of
from connector.rasci.source import Places as Keys
from connector.rasci.source import Reader
from connector.settings import Configuration, Configured

_NOT_ASKED = (
    "no installation file is named: nobody is asked who submits a case, nothing is asked of the evidence that it carries and of what"
    " it is about, and no duty (call after a P1, root cause analysis, answers in time) is called to mind"
)
_REMEDY = "write one like config/installation.example.yaml and name it here; docs/installation.md explains it"


def standing(configuration: Configuration, model: str = "", today: date | None = None) -> list[Problem]:
    """The findings of all connections, or of those that use one model (its id), each with its line."""
    day = today or datetime.now(UTC).date()
    used = (one for one in configuration.connections if model in ("", one.model.id))
    return [finding for one in used for finding in _of(one, configuration.path, day)]


def _of(connection: Configured, settings: Path, today: date) -> Iterator[Problem]:
    if connection.installation is None or connection.settings.installation is None:
        yield Problem(Places(settings).of("connections", connection.name, "installation"), _NOT_ASKED, _REMEDY)
        return
    found = findings(connection.installation, connection.model, today)
    yield from located(settings.parent / connection.settings.installation, found)


def located(file: Path, found: Iterable[Finding]) -> Iterator[Problem]:
    """Findings of an installation, each with its line in the file."""
    places = Keys(str(file), Reader(str(file)).parse(text_of(file)))
    for one in (places.problem(*finding) for finding in found):
        yield Problem(f"{one.file}:{one.line} {one.key}", one.message, one.remedy)

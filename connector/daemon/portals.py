"""What a portal's own description says, for whoever writes a binding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters import registry
from connector.daemon.errors import Unusable
from connector.daemon.office import problems_as_dicts


def inspected(path: Path) -> dict[str, Any]:
    """Its operations with their arguments, and a proposal of a binding.

    :raises Unusable: the file is neither a WSDL nor an OpenAPI description.
    """
    try:
        return registry.inspected(path)
    except registry.CannotInspect as error:
        raise Unusable(str(error)) from error


def checked(name: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What a binding is, and all that is wrong with it."""
    told, problems = registry.bound(name)
    return told, problems_as_dicts(problems)


def written(path: Path, text: str) -> None:
    """:raises Unusable: there is such a file already, or none can be written there."""
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}; name a new file") from error

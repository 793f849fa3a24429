"""Settings from the environment: ``CONNECTOR_SECTION__KEY=value`` is ``section.key``."""

from __future__ import annotations

import os
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

_PREFIX = "CONNECTOR_"


def variables() -> dict[tuple[str, ...], str]:
    """The variables that set something, by the path of what they set; their names are in capitals.

    A name without ``__`` is none of ours: containers get such as CONNECTOR_PORT from their surroundings.
    """
    return {
        tuple(name.removeprefix(_PREFIX).lower().split("__")): name
        for name in sorted(os.environ)
        if name.startswith(_PREFIX) and "__" in name
    }


class Environment(PydanticBaseSettingsSource):
    """Every value stays the text that it is: pydantic's own source reads a password of digits as a number."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - asked as a whole
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for path, name in variables().items():
            table = tree
            for key in path[:-1]:
                below = table.setdefault(key, {})
                table = below if isinstance(below, dict) else {}
            table[path[-1]] = os.environ[name]
        return tree

"""A story in the language of its reader. It is told, and was recorded, in English. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.phrases.language import Language

_OURS = frozenset({"text", "reason", "next", "state_text", "parked", "open", "units"})
"""Keys below which everything is words of ours; all else is for programs, or somebody else's words."""


def in_language(told: Mapping[str, Any], speak: Language) -> dict[str, Any]:
    """The same with every sentence translated; the keys stay."""
    return {key: _said(value, speak, ours=key in _OURS) for key, value in told.items()}


def _said(value: Any, speak: Language, *, ours: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _said(one, speak, ours=ours or key in _OURS) for key, one in value.items()}
    if isinstance(value, list):
        return [_said(one, speak, ours=ours) for one in value]
    return speak(value) if ours and isinstance(value, str) else value

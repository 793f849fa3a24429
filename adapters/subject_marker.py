"""Our marker at the end of a subject, for systems whose comments have one (decision 0003)."""

from __future__ import annotations

import re

_MARKER = re.compile(r"\s*\[ref:([0-9a-z]+-[0-9a-f]+)\]\s*$")


def with_marker(subject: str, marker: str, limit: int = 240) -> str:
    """A subject that ends in our marker. It is the subject that is cut to the limit, never the marker."""
    token = f"[ref:{marker}]" if marker else ""
    return f"{subject.strip()[: limit - len(token)]} {token}".strip()


def marker_of(subject: str) -> str:
    """The marker at the very end of a subject, or ``""``: "Re: ... [ref:k1-ab] again" is a person's words."""
    found = _MARKER.search(subject)
    return found[1] if found else ""

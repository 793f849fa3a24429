"""When a play is at rest: nothing due, nothing open, nothing on its way."""

from __future__ import annotations

import time
from collections.abc import Callable

from connector.cli.demo_lab import Lab

_CALM_FOR = 1.5
"""Seconds without anything to do, after which a play is at rest: longer than two polls."""


def await_rest(lab: Lab, limit: float, meanwhile: Callable[[], None] = lambda: None) -> bool:
    """Wait until nothing is left to do for a while; says whether it came to that within ``limit`` seconds."""
    calm_since, until = None, time.monotonic() + limit
    while time.monotonic() < until:
        now = time.monotonic()
        calm_since = (calm_since or now) if _at_rest(lab) else None
        if calm_since and now - calm_since > _CALM_FOR:
            return True
        meanwhile()
        time.sleep(0.2)
    return False


def _at_rest(lab: Lab) -> bool:
    if lab.world.pending() or lab.backlog() > 0:
        return False
    return not any(bond["open"] or bond["unverified"] for bond in lab.bonds())

"""All scenarios, in the order in which they are tried."""

from __future__ import annotations

from tests.crash import (
    scenarios_birth,
    scenarios_calls,
    scenarios_installed,
    scenarios_links,
    scenarios_moves,
    scenarios_operators,
    scenarios_races,
    scenarios_talk,
    scenarios_world,
)
from tests.crash.registry import SCENARIOS

__all__ = ["SCENARIOS"]

PARTS = (
    scenarios_birth,
    scenarios_talk,
    scenarios_moves,
    scenarios_races,
    scenarios_calls,
    scenarios_links,
    scenarios_world,
    scenarios_operators,
    scenarios_installed,
)
"""Importing them has registered their scenarios."""

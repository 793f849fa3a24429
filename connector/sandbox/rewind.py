"""A simulated system goes back in time, as one that was restored from its own backup does, or becomes another one.

The world goes on: its clock, its log of deeds and the accounts stay as they are.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from connector.sandbox.otrs import Otrs
from connector.sandbox.servicenow import ServiceNow

_SERVICENOW = ("tables", "data", "_numbers")
_OTRS = ("users", "tickets", "numbers", "by_change", "by_value", "_ticket_id", "_article_id")


@dataclass(frozen=True)
class Moment:
    """The whole state of one system at one time."""

    kept: dict[str, Any]


def remember(system: ServiceNow | Otrs) -> Moment:
    """The state as it is now."""
    home, names = _home(system)
    with system.world.lock:
        return Moment(copy.deepcopy({name: getattr(home, name) for name in names}))


def go_back(system: ServiceNow | Otrs, to: Moment) -> None:
    """Put a state back; ids and numbers given since are given again."""
    home, names = _home(system)
    with system.world.lock:
        kept = copy.deepcopy(to.kept)
        for name in names:
            setattr(home, name, kept[name])


def become_another(system: ServiceNow, instance: str) -> None:
    """From now on the instance says that it is another one, as a clone does."""
    with system.world.lock:
        system.properties = {**system.properties, "instance_name": instance, "instance_id": f"id-of-{instance}"}


def _home(system: ServiceNow | Otrs) -> tuple[Any, tuple[str, ...]]:
    return (system, _SERVICENOW) if isinstance(system, ServiceNow) else (system.store, _OTRS)

"""Which adapters there are. A new one is a line here; nothing is imported before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from adapters.base import Adapter


@dataclass(frozen=True)
class Entry:
    """Where an adapter lives: the class takes an instance of the settings model, then keywords of its own.

    :ivar title: what people call the system. ``asks``: the settings that a new configuration has to be asked for.
    """

    module: str
    adapter: str
    settings: str
    title: str
    asks: tuple[str, ...] = ("url", "user", "password")


ADAPTERS = {
    "servicenow": Entry("adapters.servicenow", "ServiceNow", "ServiceNowSettings", "ServiceNow"),
    "jira": Entry(
        "adapters.jira",
        "Jira",
        "JiraSettings",
        "Jira Cloud, Jira Data Center",
        ("url", "deployment", "project", "issue_type", "internal_role", "user", "password"),
    ),
    "otrs": Entry(
        "adapters.otrs", "Otrs", "OtrsSettings", "OTRS, Znuny, OTOBO", ("url", "user", "password", "customer_user", "queue")
    ),
    "request_tracker": Entry(
        "adapters.request_tracker",
        "RequestTracker",
        "RequestTrackerSettings",
        "Request Tracker",
        ("url", "user", "password", "queue"),
    ),
}


def settings_model(name: str) -> type[BaseModel]:
    """:raises KeyError: where there is no such adapter."""
    model: type[BaseModel] = _part(name, ADAPTERS[name].settings)
    return model


def make(name: str, settings: BaseModel, **parts: Any) -> Adapter:
    """An adapter of this kind.

    :param parts: ``session``, ``clock``, ``sleep`` and what else the class takes.
    :raises KeyError: where there is no such adapter.
    """
    adapter: Adapter = _part(name, ADAPTERS[name].adapter)(settings, **parts)
    return adapter


def _part(name: str, part: str) -> Any:
    return getattr(import_module(ADAPTERS[name].module), part)

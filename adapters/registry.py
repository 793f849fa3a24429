"""Which adapters there are. A new one is a line here; nothing is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from adapters.around import USUAL, Around
from adapters.base import Adapter, Problem

__all__ = ["ADAPTERS", "Around", "CannotInspect", "Entry", "bound", "inspected", "make", "settings_model"]


@dataclass(frozen=True)
class Entry:
    """Where an adapter lives: the class takes an instance of the settings model, ``fields`` and ``around``.

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
    "jsm": Entry(
        "adapters.jsm",
        "Jsm",
        "JsmSettings",
        "Jira Service Management, as its customer",
        ("url", "deployment", "service_desk", "request_type", "user", "password"),
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
    "rest": Entry("adapters.bound", "Bound", "RestSettings", "REST, bound in YAML", ("binding", "url", "user", "password")),
    "soap": Entry("adapters.bound", "Bound", "SoapSettings", "SOAP, bound in YAML", ("binding", "url", "user", "password")),
}


def settings_model(name: str) -> type[BaseModel]:
    """:raises KeyError: where there is no such adapter."""
    model: type[BaseModel] = _part(name, ADAPTERS[name].settings)
    return model


def make(name: str, settings: BaseModel, around: Around = USUAL, *, fields: Iterable[str] = ()) -> Adapter:
    """An adapter of this kind.

    :param fields: native fields of the mapping.
    :raises KeyError: where there is no such adapter.
    """
    adapter: Adapter = _part(name, ADAPTERS[name].adapter)(settings, fields=fields, around=around)
    return adapter


def bound(name: str) -> tuple[dict[str, str], list[Problem]]:
    """What a binding is, by its path or shipped name, and all that is wrong with it."""
    source = import_module("adapters.bound_source")
    try:
        file = import_module("adapters.bound_load").load(name).file
    except source.BindingError as error:
        return {}, error.problems
    return {"binding": file.binding, "speaks": file.speaks, "description": file.description}, []


class CannotInspect(Exception):
    """A file that describes no portal. ``str()`` says what to do."""


def inspected(path: Path) -> dict[str, Any]:
    """What a portal's WSDL or OpenAPI file says, and a proposal of a binding for it.

    :raises CannotInspect: it is neither.
    """
    try:
        portal = import_module("adapters.bound_inspect").inspected(path)
    except import_module("adapters.bound_source").BindingError as error:
        raise CannotInspect(str(error)) from error
    operations = [{"name": one.name, "arguments": dict(one.arguments), "shows": list(one.shows)} for one in portal.operations]
    roles = {role: one.name for role, one in portal.roles.items()}
    proposal = import_module("adapters.bound_proposal").proposal(portal)
    return {"speaks": portal.speaks, "prefix": portal.prefix, "operations": operations, "roles": roles, "proposal": proposal}


def _part(name: str, part: str) -> Any:
    return getattr(import_module(ADAPTERS[name].module), part)

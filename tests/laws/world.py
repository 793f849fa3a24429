"""What all laws are tried on: every shipped mapping bound to the real adapters, the operating model, how often."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import requests
from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from adapters import registry
from adapters.around import Around
from adapters.base import Adapter, Capabilities
from adapters.servicenow import ServiceNow, ServiceNowSettings
from adapters.servicenow_check import Learned
from connector.mapping.channels import FILES
from connector.mapping.load import load as load_mapping
from connector.mapping.mapping import TicketMapping
from connector.mapping.units import Normal
from connector.rasci.model import OperatingModel, Setting
from connector.rasci.model import load as load_model
from connector.sandbox.core import World
from connector.sandbox.kinds import DESKS, PORTALS, Simulated
from connector.sandbox.transport import InProcess
from connector.sync.connection import Timing
from connector.sync.marker import MarkerKey
from connector.words import Audience, Side

ROOT = Path(__file__).parents[2]
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

LAW = settings(
    max_examples=2000 if IN_CI else 100,
    deadline=None,
    derandomize=True,  # every run tries the same examples
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
"""How a law is tried: 2,000 examples in CI, fewer where somebody waits for them."""


def _servicenow() -> Adapter:
    customer = ServiceNow(ServiceNowSettings.model_validate({"url": "http://servicenow.test", **LOGIN}))
    customer._learned = Learned("connector", "Connector", lengths={"short_description": 160, "correlation_id": 100})
    return customer


def _made(system: Simulated[Any]) -> Adapter:
    """One that may ask a simulated system at rest what its fields are."""
    session = requests.Session()
    session.mount("http://rest.test", InProcess(WORLD, system.served))
    told = {"url": "http://rest.test", system.secret: LOGIN["password"], **system.settings}
    return registry.make(system.adapter, registry.settings_model(system.adapter).model_validate(told), Around(session=session))


WORLD = World(lambda: 1_780_000_000.0)
LOGIN = {"user": "connector", "password": SecretStr("connector-secret")}
_DESKS = {"servicenow": _servicenow(), "jira": _made(DESKS["jira"](WORLD))}
_PORTALS = {name: _made(build(WORLD)) for name, build in PORTALS.items()}
ADAPTERS: dict[str, dict[Side, Adapter]] = {
    f"{desk}-{portal}": {Side.CUSTOMER: _DESKS[desk], Side.VENDOR: _PORTALS[portal]} for desk in _DESKS for portal in _PORTALS
}
"""By mapping, the real ones, for what they do without a system: the normal form of values."""

NORMALS: dict[Side, Normal] = {side: adapter.normal for side, adapter in ADAPTERS["servicenow-otrs"].items()}


def _shipped() -> dict[str, TicketMapping]:
    loaded = [load_mapping(file) for file in sorted((ROOT / "mappings").glob("*.yaml"))]
    return {mapping.name: mapping.bind(*(ADAPTERS[mapping.name][side].normal for side in Side)) for mapping in loaded}


def _variants(mapping: TicketMapping) -> list[TicketMapping]:
    """What a mapping leaves to choose: whether a comment may follow after the end."""
    return [mapping, replace(mapping, comment_after_close="send")]


SHIPPED = _shipped()
MAPPINGS = [variant for mapping in SHIPPED.values() for variant in _variants(mapping)]


def _models() -> list[OperatingModel]:
    """The shipped operating models, under every setting that planning asks for."""
    files = sorted((ROOT / "config" / "operating-models").glob("*.yaml"))
    choices = list(product(("customer", "vendor"), ("proposal", "apply")))
    return [_with(load_model(file), authority, after) for file in files for authority, after in choices]


def _with(model: OperatingModel, authority: str, after: str) -> OperatingModel:
    chosen = {"priority.authority": Setting(authority), "priority.after_vendor_change": Setting(after)}
    return replace(model, settings={**model.settings, **chosen})


MODELS = _models()
KEY = MarkerKey("k1", b"a key for laws")
TIMING = Timing()
START = 1_780_000_000.0
COMMENT_LIMIT = 500  # characters; small, so that long texts meet it
REFS = {Side.CUSTOMER: "a" * 32, Side.VENDOR: "17"}
NUMBERS = {Side.CUSTOMER: "INC0010001", Side.VENDOR: "2026052810000001"}
PROVOKES = {"pending reminder": "open", "pending auto close+": "open", "closed successful": "open"}


def places(mapping: TicketMapping, side: Side) -> tuple[str, str]:
    """Where comments stand there, the public place and the internal one; a portal's customer has the public one alone."""
    told = {place: audience for place, audience in mapping.channels.places[side].items() if place != FILES}
    public = next(place for place, shown in told.items() if shown is Audience.PUBLIC)
    return public, next((place for place, shown in told.items() if shown is Audience.INTERNAL), public)


def ability(mapping: TicketMapping, side: Side, *, history: bool, provokes: bool = False) -> Capabilities:
    """What a system can do. ``provokes``: a comment of ours moves a portal's case that waits or has ended."""
    return Capabilities(
        history=history,
        settle=90.0,
        read_lag=2.0,
        find_lag=2.0,
        batch=100,
        comment_limit=COMMENT_LIMIT,
        file_limit=5_000_000,
        internal_place=places(mapping, side)[1],
        comment_provokes=PROVOKES if provokes and side is Side.VENDOR else {},
    )

"""What all laws are tried on: every shipped mapping bound to the real adapters, the operating model, how often."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import product
from pathlib import Path

from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from adapters.base import Capabilities
from adapters.otrs import Otrs
from adapters.otrs_settings import OtrsSettings
from adapters.servicenow import ServiceNow, ServiceNowSettings
from adapters.servicenow_check import Learned
from connector.mapping.load import load as load_mapping
from connector.mapping.mapping import TicketMapping
from connector.mapping.units import Normal
from connector.rasci.model import OperatingModel, Setting
from connector.rasci.model import load as load_model
from connector.sync.connection import Timing
from connector.sync.marker import MarkerKey
from connector.words import Side

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


def _adapters() -> dict[Side, ServiceNow | Otrs]:
    """The real ones, for what they do without a system: the normal form of values."""
    login = {"user": "connector", "password": SecretStr("connector-secret")}
    customer = ServiceNow(ServiceNowSettings.model_validate({"url": "http://servicenow.test", **login}))
    customer._learned = Learned("connector", "Connector", lengths={"short_description": 160, "correlation_id": 100})
    return {Side.CUSTOMER: customer, Side.VENDOR: Otrs(OtrsSettings.model_validate({"url": "http://portal.test", **login}))}


ADAPTERS = _adapters()
NORMALS: dict[Side, Normal] = {side: adapter.normal for side, adapter in ADAPTERS.items()}


def _shipped() -> dict[str, TicketMapping]:
    files = sorted((ROOT / "mappings").glob("*.yaml"))
    loaded = [load_mapping(file) for file in files]
    return {mapping.name: mapping.bind(NORMALS[Side.CUSTOMER], NORMALS[Side.VENDOR]) for mapping in loaded}


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
PLACES = {Side.CUSTOMER: ("comments", "work_notes"), Side.VENDOR: ("visible", "internal")}
REFS = {Side.CUSTOMER: "a" * 32, Side.VENDOR: "17"}
NUMBERS = {Side.CUSTOMER: "INC0010001", Side.VENDOR: "2026052810000001"}
PROVOKES = {"pending reminder": "open", "pending auto close+": "open", "closed successful": "open"}


def ability(side: Side, *, history: bool, provokes: bool = False) -> Capabilities:
    """What a system can do. ``provokes``: a comment of ours moves a portal's case that waits or has ended."""
    return Capabilities(
        history=history,
        settle=90.0,
        read_lag=2.0,
        find_lag=2.0,
        batch=100,
        comment_limit=COMMENT_LIMIT,
        file_limit=5_000_000,
        internal_place=PLACES[side][1],
        comment_provokes=PROVOKES if provokes and side is Side.VENDOR else {},
    )

"""The demo's laboratory: two simulated systems on loopback ports, a store in a folder of its own, the real daemon."""

from __future__ import annotations

import json
import logging
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from connector import cli
from connector.daemon import logs
from connector.daemon.daemon import Daemon
from connector.daemon.office import Office
from connector.sandbox.core import World
from connector.sandbox.otrs import PATH, Otrs
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow
from connector.settings import Configuration
from connector.settings import load as load_settings

CONNECTION = "demo"
USER, PASSWORD = "connector", "connector-secret"
MODEL = "anywhere365-dialogue-cloud"
_ROOT = Path(cli.__file__).parents[2]

Tree = dict[str, Any]


@dataclass(frozen=True)
class Pace:
    """The daemon's timers, in seconds: short, so that a demo is worth watching."""

    poll: float = 0.5
    sweep: float = 6.0
    settle: float = 2.0
    lag: float = 0.2
    note_pause: float = 0.5
    call_timeout: float = 3.0
    lease: float = 6.5
    retry: float = 0.5
    max_age: float = 5.0
    workers: int = 2
    mapping: Mapping[str, Any] = field(default_factory=dict)  # parts of the shipped mapping that are replaced
    lookback: float = 60.0
    overlap: float = 2.0


class NotShipped(Exception):
    """The mappings and operating models are not where the program is."""


class Lab:
    """Everything that runs in a demo. Made by :func:`laboratory`."""

    def __init__(self, folder: Path, world: World, customer: ServiceNow, vendor: Otrs) -> None:
        self.folder, self.world, self.customer, self.vendor = folder, world, customer, vendor
        self.urls: dict[str, str] = {}
        self.names: dict[str, str] = {}  # scene -> number of its incident
        self.configuration: Configuration
        self.daemon: Daemon
        self.office: Office
        self.began = time.monotonic()

    @property
    def settings_path(self) -> Path:
        return self.folder / "connector.yaml"

    @property
    def log_path(self) -> Path:
        return self.folder / "connector.log"

    def bonds(self) -> list[dict[str, Any]]:
        """The connector's own account of its bonds."""
        tickets: list[dict[str, Any]] = self.office.status()["connections"][0]["tickets"]
        return tickets

    def busy(self) -> int:
        """How many bonds are due or in work."""
        backlog = self.office.store.backlog(CONNECTION)
        return backlog.due + backlog.leased

    def errors(self) -> list[str]:
        """What the daemon logged as an error: nothing, unless a pass failed in a way that nobody foresaw."""
        lines = (json.loads(line) for line in self.log_path.read_text(encoding="utf-8").splitlines())
        return [f"{line.get('event')}: {line.get('exception', '')}" for line in lines if line.get("level") == "error"]


@contextmanager
def laboratory(seed: int, pace: Pace, folder: Path | None = None) -> Iterator[Lab]:
    """Start everything, and stop it in order.

    :param folder: where store, settings and log stay; None: in a temporary folder, which is removed.
    :raises NotShipped: mappings or operating models are missing.
    """
    with ExitStack() as open_:
        if folder is None:
            folder = Path(open_.enter_context(tempfile.TemporaryDirectory(prefix="connector-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        world = World(time.time, seed)
        world.late_after, world.retry_after = (0.2, pace.settle * 0.7), 1
        lab = Lab(folder, world, ServiceNow(world, USER, PASSWORD), Otrs(world, USER, PASSWORD))
        _give_a_past(lab)
        for system in (lab.customer, lab.vendor):
            lab.urls[system.name] = open_.enter_context(Server(world, system)).url
        _write_settings(lab, pace)
        _log_to_file(lab.log_path)
        lab.configuration = _load(lab.settings_path)
        lab.daemon = Daemon(lab.configuration)
        lab.daemon.start()
        open_.callback(lab.daemon.stop)
        lab.office = open_.enter_context(Office(lab.configuration))
        _await(lambda: not lab.daemon.why_not_ready(), 20.0, lambda: "; ".join(lab.daemon.why_not_ready()))
        yield lab


def _give_a_past(lab: Lab) -> None:
    """No instance is without history, and an empty audit table looks like one that we may not read."""
    ref = lab.customer.create("admin", {"number": "INC0000001", "short_description": "Before the connector"})
    lab.customer.comment(ref, "admin", "An old comment.", public=True)
    lab.customer.edit(ref, "admin", {"impact": "2"})
    lab.customer.delete(ref)
    lab.world.deeds.clear()


def _await(come: Callable[[], bool], limit: float, why: Callable[[], str]) -> None:
    until = time.monotonic() + limit
    while not come():
        if time.monotonic() > until:
            raise NotShipped(why())
        time.sleep(0.05)


def _write_settings(lab: Lab, pace: Pace) -> None:
    secret = lab.folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD, encoding="utf-8")
    mapping, model = _shipped("mappings/servicenow-otrs.yaml"), _shipped(f"config/operating-models/{MODEL}.yaml")
    if pace.mapping:
        tree = yaml.load(mapping.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) | pace.mapping  # noqa: S506 - texts only
        mapping = lab.folder / "mapping.yaml"
        mapping.write_text(json.dumps(tree, indent=1), encoding="utf-8")
    settings = _settings(lab, pace, {"mapping": str(mapping), "operating_model": str(model)}, str(secret))
    lab.settings_path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _settings(lab: Lab, pace: Pace, named: Tree, secret: str) -> Tree:
    http = {"read_timeout_s": pace.call_timeout, "tries": 2, "longest_wait_s": 1}
    lags = {"settle_s": pace.settle, "read_lag_s": pace.lag, "find_lag_s": pace.lag}
    polls = {"lookback_s": int(pace.lookback), "overlap_s": int(pace.overlap)}
    account = {"user": USER, "password_file": secret, **lags, **polls, "http": http}
    customer = {"system": "servicenow", "url": lab.urls[lab.customer.name], **account}
    vendor = {"system": "otrs", "url": lab.urls[lab.vendor.name] + PATH, "customer_user": "acme", **account}
    timing = {
        "poll_s": pace.poll, "sweep_s": pace.sweep, "max_age_s": pace.max_age, "call_timeout_s": pace.call_timeout,
        "lease_s": pace.lease, "note_pause_s": pace.note_pause, "retry_s": pace.retry, "workers": pace.workers,
    }  # fmt: skip
    return {
        "store": {"url": f"sqlite:///{lab.folder / 'connector.db'}"},
        "daemon": {"listen": "127.0.0.1:0"},
        "connections": {CONNECTION: {**named, "customer": customer, "vendor": vendor, "timing": timing}},
    }


def _shipped(path: str) -> Path:
    for root in (_ROOT, Path.cwd()):
        if (root / path).is_file():
            return root / path
    raise NotShipped(f"{path} is not here: start the demo from the folder that holds it")


def _load(path: Path) -> Configuration:
    """Without CONNECTOR_... variables: those are for a real connector, and its store is not the demo's."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.upper().startswith("CONNECTOR_")}
    try:
        return load_settings(path)
    finally:
        os.environ.update(kept)


def _log_to_file(path: Path) -> None:
    logs.configure("json", "warning")
    handler = logging.getLogger().handlers[0]
    if isinstance(handler, logging.StreamHandler):
        handler.setStream(path.open("w", encoding="utf-8", buffering=1))  # noqa: SIM115 - open as long as the process logs


def new_seed() -> int:
    return random.SystemRandom().randrange(1, 10_000)

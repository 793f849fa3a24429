"""The demo's laboratory: two simulated systems on loopback ports, a store in a folder of its own, the real daemon."""

from __future__ import annotations

import json
import logging
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from connector import cli
from connector.daemon import logs
from connector.daemon.daemon import Daemon
from connector.daemon.office import Office
from connector.sandbox.company import Company
from connector.sandbox.core import World
from connector.sandbox.kinds import DESKS, PORTALS, SECRET, Simulated, mapping_name
from connector.sandbox.server import Server
from connector.settings import Configuration
from connector.settings import load as load_settings

CONNECTION = "demo"
MODEL = "anywhere365-dialogue-cloud"
_STORE = "connector.db"
_START_BY = 20.0  # seconds for the daemon to be at work
_NOTICED = 1.5  # seconds after which an idle worker has looked for due bonds
_SELDOM = 60.0  # seconds between two sweeps, from which on nothing is due without a hint
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
    in_flight: int = 2
    mapping: Mapping[str, Any] = field(default_factory=dict)  # parts of the shipped mapping that are replaced
    apart: bool = False  # the daemon runs as a process of its own


@dataclass(frozen=True)
class Pair:
    """Which systems are played, by the names of :mod:`connector.sandbox.kinds`."""

    desk: str = "servicenow"
    portal: str = "otrs"


class CannotStart(Exception):
    """``str()`` says why, and what helps."""


class Lab:
    """Everything that runs in a demo. Made by :func:`laboratory`."""

    def __init__(self, folder: Path, pace: Pace, world: World, pair: Pair) -> None:
        self.folder, self.pace, self.world, self.pair = folder, pace, world, pair
        self.desk, self.portal = DESKS[pair.desk](world), PORTALS[pair.portal](world)
        self.customer, self.vendor = self.desk.known, self.portal.known
        self.urls: dict[str, str] = {}
        self.names: dict[str, str] = {}  # scene -> number of its incident
        self.configuration: Configuration
        self.office: Office
        self.health = 0  # the port of the daemon's health and metrics
        self.began = time.monotonic()
        self._daemon = ExitStack()
        self._swept_seldom = pace.sweep >= _SELDOM

    def start_here(self) -> None:
        """The daemon in threads of this process."""
        self._daemon.enter_context(_logging_to(self.log_path))
        daemon = Daemon(self.configuration)
        daemon.start()
        self._daemon.callback(daemon.stop)
        self.health = daemon.port
        _await(lambda: not daemon.why_not_ready(), lambda: "; ".join(daemon.why_not_ready()))

    def start_apart(self) -> None:
        """``connector run`` in a process of its own, so that its memory is its own and it has a processor."""
        command = [
            sys.executable,
            "-c",
            "from connector.cli.main import main; main()",
            "run",
            "--config",
            str(self.settings_path),
        ]
        with self.log_path.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(command, stderr=log, stdout=log, env=_environment())  # noqa: S603 - our own program
        self._daemon.callback(_end, process)
        _await(lambda: '"event": "ready"' in self._logged() or process.poll() is not None, self._logged)
        if process.poll() is not None:
            raise CannotStart(f"the daemon does not start: {self._logged()}")

    def _logged(self) -> str:
        return self.log_path.read_text(encoding="utf-8")

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

    def backlog(self) -> int:
        """How many bonds wait for a pass longer than workers take to notice, or are in one."""
        backlog = self.office.store.backlog(CONNECTION)
        waited = time.time() - backlog.oldest_due if backlog.oldest_due else 0.0
        return backlog.leased + (backlog.due if self._swept_seldom or waited > _NOTICED else 0)

    def mark_all_due(self) -> None:
        """A pass over every bond, as the slow sweep would bring it."""
        self.office.store.mark_due([bond["bond"] for bond in self.bonds()], time.time())

    def stop_daemon(self) -> None:
        """Stop it in order; once."""
        self._daemon.close()

    def peak_mb(self) -> dict[str, int]:
        """The most memory that the daemon had, once it has ended, and that this process had (simulators, judge)."""
        own = {"simulators": _peak_mb(resource.RUSAGE_SELF)}
        return {"daemon": _peak_mb(resource.RUSAGE_CHILDREN), **own} if self.pace.apart else own

    def errors(self) -> list[str]:
        """What the daemon logged as an error: nothing, unless a pass failed in a way that nobody foresaw."""
        lines = (json.loads(line) for line in self._logged().splitlines())
        return [f"{line.get('event')}: {line.get('exception', '')}" for line in lines if line.get("level") == "error"]


@contextmanager
def laboratory(
    seed: int, pace: Pace, folder: Path | None = None, company: Company | None = None, pair: Pair | None = None
) -> Iterator[Lab]:
    """Start everything, and stop it in order.

    :param folder: where store, settings and log stay; None: in a temporary folder, which is removed.
    :param company: whose rules hold; None: nobody is asked anything, every ticket that is handed over goes.
    :raises CannotStart: files are missing, the folder is in use, or the daemon does not start.
    """
    with ExitStack() as open_:
        if folder is None:
            folder = Path(open_.enter_context(tempfile.TemporaryDirectory(prefix="connector-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / _STORE).exists():
            raise CannotStart(f"{folder} holds the store of another demo: name a new folder")
        world = World(time.time, seed)
        world.late_after, world.retry_after = (0.2, pace.settle * 0.7), 1
        lab = Lab(folder, pace, world, pair or Pair())
        for side in (lab.desk, lab.portal):
            side.past()
            lab.urls[side.served.name] = open_.enter_context(Server(world, side.served)).url
        _write_settings(lab, pace, company)
        lab.configuration = _load(lab.settings_path)
        open_.callback(lab.stop_daemon)
        if pace.apart:
            lab.start_apart()
        else:
            lab.start_here()
        lab.office = open_.enter_context(Office(lab.configuration))
        yield lab


def _await(come: Callable[[], bool], why: Callable[[], str]) -> None:
    until = time.monotonic() + _START_BY
    while not come():
        if time.monotonic() > until:
            raise CannotStart(f"the daemon does not start: {why()}")
        time.sleep(0.05)


def _write_settings(lab: Lab, pace: Pace, company: Company | None) -> None:
    secret = lab.folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(SECRET, encoding="utf-8")
    named = {
        "mapping": str(_mapping(lab, pace, company)),
        "operating_model": str(model_file(company.model if company else MODEL)),
    }
    if company:
        installation = lab.folder / "installation.yaml"
        installation.write_text(yaml.dump(_here(lab, company), Dumper=_Plain, sort_keys=False), encoding="utf-8")
        named["installation"] = str(installation)
    _written(lab.settings_path, _settings(lab, pace, named, str(secret)))


class _Plain(yaml.SafeDumper):
    """Without anchors for what is said twice: the files of people have none."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - as the library calls it
        return True


def _mapping(lab: Lab, pace: Pace, company: Company | None) -> Path:
    """The shipped mapping, with the parts that are replaced here and those that the company adds."""
    shipped, own = (
        _shipped(f"mappings/{mapping_name(lab.pair.desk, lab.pair.portal)}.yaml"),
        {**pace.mapping, **(_named(lab, company.mapping) if company else {})},
    )
    if not own:
        return shipped
    texts: Tree = yaml.BaseLoader(shipped.read_text(encoding="utf-8")).get_single_data()
    return _written(lab.folder / "mapping.yaml", texts | own)


def _here(lab: Lab, company: Company) -> Tree:
    """What the company says of itself, with its people as both systems call them."""
    said = company.installation()
    return {**said, "roster": [_called(lab, one) for one in said["roster"]]}


def _called(lab: Lab, person: Mapping[str, Any]) -> Tree:
    there = {"portal_user": lab.vendor.account(person["portal_user"])} if "portal_user" in person else {}
    return {**person, "login": lab.customer.account(person["login"]), **there}


def _named(lab: Lab, tree: Any) -> Any:
    """The same sections, with the fields as the customer's system calls them."""
    if isinstance(tree, Mapping):
        names = {key for key in ("field", "in") if isinstance(tree.get(key), str)}
        return {key: lab.customer.field_name(below) if key in names else _named(lab, below) for key, below in tree.items()}
    return [_named(lab, one) for one in tree] if isinstance(tree, Sequence) and not isinstance(tree, str) else tree


def _written(path: Path, tree: Mapping[str, Any]) -> Path:
    """As JSON, which is YAML too."""
    path.write_text(json.dumps(tree, indent=1), encoding="utf-8")
    return path


def model_file(name: str) -> Path:
    """An operating model by its name, or its own file.

    :raises CannotStart: there is none.
    """
    return Path(name).resolve() if name.endswith((".yaml", ".yml")) else _shipped(f"config/operating-models/{name}.yaml")


def _settings(lab: Lab, pace: Pace, named: Tree, secret: str) -> Tree:
    http = {"read_timeout_s": pace.call_timeout, "tries": 2, "longest_wait_s": 1}
    lags = {"settle_s": pace.settle, "read_lag_s": pace.lag, "find_lag_s": pace.lag}
    common = {**lags, "lookback_s": 60, "http": http}
    customer, vendor = ({**_account(lab, side, secret), **common} for side in (lab.desk, lab.portal))
    timing = {
        "poll_s": pace.poll, "sweep_s": pace.sweep, "max_age_s": pace.max_age, "call_timeout_s": pace.call_timeout,
        "lease_s": pace.lease, "note_pause_s": pace.note_pause, "retry_s": pace.retry, "in_flight": pace.in_flight,
    }  # fmt: skip
    return {
        "store": {"url": f"sqlite:///{lab.folder / _STORE}"},
        "daemon": {"listen": "127.0.0.1:0", "log": "json", "log_level": "info"},
        "connections": {CONNECTION: {**named, "customer": customer, "vendor": vendor, "timing": timing}},
    }


def _account(lab: Lab, side: Simulated[Any], secret: str) -> Tree:
    url = lab.urls[side.served.name] + side.path
    polls = {"overlap_s": 2} if side.overlaps else {}
    return {"system": side.adapter, "url": url, **side.settings, **polls, f"{side.secret}_file": secret}


def _shipped(path: str) -> Path:
    for root in (_ROOT, Path.cwd()):
        if (root / path).is_file():
            return root / path
    raise CannotStart(f"{path} is not here: check the name, or start the demo from the folder that holds it")


def _load(path: Path) -> Configuration:
    """Without CONNECTOR_... variables: those are for a real connector, and its store is not the demo's."""
    kept = {name: os.environ.pop(name) for name in os.environ.keys() - _environment().keys()}
    try:
        return load_settings(path)
    finally:
        os.environ.update(kept)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.upper().startswith("CONNECTOR_")}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """The daemon's log goes to a file: standard error is for people who watch."""
    logs.configure("json", "info")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)  # noqa: S101 - as configure makes it
    with path.open("w", encoding="utf-8", buffering=1) as file:
        handler.setStream(file)
        try:
            yield
        finally:
            handler.setStream(sys.stderr)


def _peak_mb(who: int) -> int:
    peak = resource.getrusage(who).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def new_seed() -> int:
    return random.SystemRandom().randrange(1, 10_000)

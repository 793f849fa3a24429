"""The daemon as its users run it, measured from outside: by the kernel and by its own database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

from sqlalchemy import Engine, create_engine, text

from tests.bench import kernel
from tests.bench.systems import PASSWORD
from tests.process.place import ROOT, command, eventually
from tests.process.posts import SECRET

IN_FLIGHT = 4
"""Calls in flight, of a daemon's connection and of the bare pool alike."""

_SETTINGS = """
store:
  url: {store}
daemon:
  listen: 127.0.0.1:0
  inbox: {inbox}
  log: json
connections:
  acme:
    mapping: {root}/mappings/servicenow-otrs.yaml
    operating_model: {root}/config/operating-models/anywhere365-dialogue-cloud.yaml
    customer:
      system: servicenow
      url: {servicenow}
      user: connector
      password_env: BENCH_PASSWORD
      settle_s: {settle_s}
      webhook: {{kind: servicenow, secret_env: BENCH_WEBHOOK_SECRET}}
    vendor:
      system: otrs
      url: {otrs}
      user: connector
      password_env: BENCH_PASSWORD
      customer_user: acme
      settle_s: {settle_s}
      webhook: {{kind: otrs, secret_env: BENCH_WEBHOOK_SECRET}}
    timing:
      poll_s: {poll_s}
      sweep_s: {sweep_s}
      in_flight: {in_flight}
"""


@dataclass(frozen=True)
class Daemon:
    """A running process."""

    pid: int
    inbox: int = 0  # the port at which it takes webhooks; 0: it takes none

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return kernel.cpu(self.pid)


@dataclass(frozen=True)
class Product:
    """Where one configured product lies. Several daemons may run on it where its store is a server.

    :param store: the address of its database, as its daemons use it.
    :param watch: the same as the benchmark uses it: another user of the server, who can be told from the daemons.
    """

    folder: Path
    urls: Mapping[str, str]
    store: str
    watch: str

    @property
    def config(self) -> Path:
        return self.folder / "connector.yaml"

    def configure(
        self,
        *,
        poll_s: float = 5,
        sweep_s: float = 3600,
        in_flight: int = IN_FLIGHT,
        settle_s: float = 90,
        webhooks: bool = False,
    ) -> None:
        """What daemons started from now on are told. What is not named is as the product ships it."""
        told: dict[str, object] = {"poll_s": poll_s, "sweep_s": sweep_s, "in_flight": in_flight, "store": self.store}
        told["settle_s"] = settle_s
        told["inbox"] = "127.0.0.1:0" if webhooks else '""'
        self.config.write_text(_SETTINGS.format(root=ROOT, **self.urls, **told), encoding="utf-8")

    def run(self, *args: str) -> None:
        subprocess.run(command(*args, "--config", str(self.config)), env=_environment(), check=True, stdout=subprocess.DEVNULL)

    def copy(self, folder: Path) -> Product:
        """The same with a file of its own, to be changed at will. No daemon runs on either."""
        copytree(self.folder, folder)
        copied = replace(self, folder=folder, store=_file(folder), watch=_file(folder))
        copied.configure()
        return copied

    @contextmanager
    def daemon(self, name: str = "daemon", *, program: Sequence[str] = ()) -> Iterator[Daemon]:
        """A daemon from ready to stopped. ``program``: arguments of Python that start another main than the product's."""
        log = self.folder / f"{name}.log"
        line = [sys.executable, *program, "run"] if program else command("run")
        with log.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen([*line, "--config", str(self.config)], env=_environment(), stderr=errors)
        try:
            assert eventually(lambda: '"ready"' in log.read_text(encoding="utf-8"), 30), log.read_text(encoding="utf-8")
            started = next(one for one in map(json.loads, log.read_text(encoding="utf-8").splitlines()) if "inbox" in one)
            yield Daemon(process.pid, started["inbox"] or 0)
        finally:
            process.terminate()
            process.wait(20)

    @contextmanager
    def database(self) -> Iterator[Engine]:
        """Its database, for looking and for arranging what a measurement begins with."""
        engine = create_engine(self.watch.replace("postgresql:", "postgresql+psycopg:"))
        try:
            yield engine
        finally:
            engine.dispose()

    def set_due(self, first: float, within: float, count: int) -> None:
        """Let ``count`` bonds become due by time alone, evenly, from ``first`` (seconds since the epoch)."""
        with self.database() as engine, engine.begin() as connection:
            bonds = connection.execute(text("SELECT bond FROM work ORDER BY bond LIMIT :n"), {"n": count}).scalars().all()
            rows = [{"bond": bond, "due": first + within * n / count} for n, bond in enumerate(bonds)]
            connection.execute(text("UPDATE work SET due = :due WHERE bond = :bond"), rows)

    def quiet(self, bonds: int, within: float = 600.0) -> float:
        """Wait until every bond is linked and nothing is due before the next sweep; returns when."""
        resting = text(
            "SELECT (SELECT count(*) FROM work WHERE due > :soon AND owner IS NULL) = :bonds"
            " AND (SELECT count(*) FROM intent) = 0 AND (SELECT count(*) FROM bond WHERE state = 'linked') = :bonds"
        )
        with self.database() as engine:
            for _ in range(int(within * 20)):
                with engine.connect() as connection:
                    if connection.execute(resting, {"soon": time.time() + 100, "bonds": bonds}).scalar():
                        return time.time()
                time.sleep(0.05)
        raise TimeoutError(f"no quiet within {within} s; see {self.folder}/daemon.log")


def product(folder: Path, urls: Mapping[str, str], *, store: str = "", watch: str = "") -> Product:
    """One with an empty store, on a file in ``folder`` where no server is named."""
    folder.mkdir(exist_ok=True)
    made = Product(folder, urls, store or _file(folder), watch or _file(folder))
    made.configure()
    made.run("migrate")
    return made


def _file(folder: Path) -> str:
    return f"sqlite:///{folder}/store.db"


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")}
    arenas = {"MALLOC_ARENA_MAX": "2"}  # as the image sets it
    return own | arenas | {"BENCH_PASSWORD": PASSWORD, "BENCH_WEBHOOK_SECRET": SECRET}

"""The daemon as its users run it, measured from outside: by the kernel and by its own database."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.bench.systems import PASSWORD
from tests.process.place import ROOT, command, eventually

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_SETTINGS = """
store:
  url: {store}
daemon:
  listen: 127.0.0.1:0
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
    vendor:
      system: otrs
      url: {otrs}
      user: connector
      password_env: BENCH_PASSWORD
      customer_user: acme
    timing:
      poll_s: {poll_s}
      sweep_s: {sweep_s}
      workers: {workers}
"""


@dataclass(frozen=True)
class Product:
    """Where one configured product lies. Several daemons may run on it where its store is a server."""

    folder: Path
    store: str

    @property
    def config(self) -> Path:
        return self.folder / "connector.yaml"

    def run(self, *args: str) -> None:
        subprocess.run(command(*args, "--config", str(self.config)), env=_environment(), check=True, stdout=subprocess.DEVNULL)

    @contextmanager
    def daemon(self, name: str = "daemon") -> Iterator[Daemon]:
        log = self.folder / f"{name}.log"
        with log.open("w", encoding="utf-8") as errors:
            line = command("run", "--config", str(self.config))
            process = subprocess.Popen(line, env=_environment(), stderr=errors)
        try:
            assert eventually(lambda: '"ready"' in log.read_text(encoding="utf-8"), 30), log.read_text(encoding="utf-8")
            yield Daemon(process.pid)
        finally:
            process.terminate()
            process.wait(20)

    def quiet(self, bonds: int, within: float = 600.0) -> float:
        """Wait until every bond is linked and nothing is due before the next sweep; returns when."""
        engine = create_engine(self.store.replace("postgresql:", "postgresql+psycopg:"))
        resting = text(
            "SELECT (SELECT count(*) FROM work WHERE due > :soon AND owner IS NULL) = :bonds"
            " AND (SELECT count(*) FROM intent) = 0 AND (SELECT count(*) FROM bond WHERE state = 'linked') = :bonds"
        )
        try:
            for _ in range(int(within * 20)):
                with engine.connect() as connection:
                    if connection.execute(resting, {"soon": time.time() + 100, "bonds": bonds}).scalar():
                        return time.time()
                time.sleep(0.05)
        finally:
            engine.dispose()
        raise TimeoutError(f"no quiet within {within} s; see {self.folder}/daemon.log")


def product(folder: Path, urls: Mapping[str, str], *, store: str = "", workers: int = 4, **timing: float) -> Product:
    """Settings in ``folder``. Timing in seconds; what is not named is as the product ships it."""
    made = Product(folder, store or f"sqlite:///{folder}/store.db")
    timing = {"poll_s": 5, "sweep_s": 3600} | timing
    made.config.write_text(_SETTINGS.format(root=ROOT, store=made.store, workers=workers, **urls, **timing), encoding="utf-8")
    made.run("migrate")
    return made


@dataclass(frozen=True)
class Daemon:
    """A running process, as the kernel sees it."""

    pid: int

    def cpu(self) -> float:
        """Seconds of processor time so far, of all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _TICK

    def memory(self, which: str = "VmHWM") -> float:
        """MB: the most so far (``VmHWM``) or now (``VmRSS``)."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{which}:"):
                return int(line.split()[1]) / 1024
        raise ValueError(which)


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")}
    return own | {"BENCH_PASSWORD": PASSWORD}

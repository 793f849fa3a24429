"""The daemons that are hit: processes of the product on one store, each with addresses of its own of the same two systems."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from tests.bench.systems import PASSWORD, Systems
from tests.process.place import ROOT, command, eventually

CALL_TIMEOUT, LEASE, SETTLE, LAG = 0.7, 1.5, 1.2, 0.3
LOST_FOR_GOOD = LEASE / 3 + SETTLE + 2 * LAG
"""Seconds after which a call that was announced and is not to be found counts as never made, at the latest."""

CALM = 2.0
"""Seconds, several polls, for which nothing may be under way before all is said to rest."""

_SETTINGS = f"""
store:
  url: {{store}}
daemon:
  listen: 127.0.0.1:0
  log: json
connections:
  acme:
    mapping: {ROOT}/mappings/servicenow-otrs.yaml
    operating_model: {ROOT}/config/operating-models/anywhere365-dialogue-cloud.yaml
    customer:
      system: servicenow
      url: {{servicenow}}
      user: connector
      password_env: ROUNDS_PASSWORD
      settle_s: {SETTLE}
      read_lag_s: {LAG}
      find_lag_s: {LAG}
    vendor:
      system: otrs
      url: {{otrs}}
      user: connector
      password_env: ROUNDS_PASSWORD
      customer_user: acme
      settle_s: {SETTLE}
      read_lag_s: {LAG}
      find_lag_s: {LAG}
    timing:
      poll_s: 0.4
      retry_s: 0.3
      note_pause_s: 1
      call_timeout_s: {CALL_TIMEOUT}
      lease_s: {LEASE}
"""


@dataclass
class Daemon:
    """One of them: killed, it is started again at once; frozen, it goes on when its time has come."""

    number: int
    folder: Path
    systems: Systems
    starts: int = 0
    said: int = 0  # bytes in its log before it was started the last time
    wakes: float = 0.0  # when it goes on, in the seconds of ``time.monotonic``; 0: it runs
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def config(self) -> Path:
        return self.folder / f"connector-{self.number}.yaml"

    @property
    def log(self) -> Path:
        return self.folder / f"daemon-{self.number}.log"

    @property
    def trap(self) -> Path:
        """What the next write of any daemon steps into: see ``tests.rounds.steps``."""
        return self.folder / "trap"

    def stepped_in(self) -> bool:
        """Whether this process stepped into it, since this was last asked."""
        taken = self.trap.with_suffix(f".{self.process.pid}")
        found = taken.exists()
        taken.unlink(missing_ok=True)
        return found

    def start(self) -> None:
        self.starts += 1
        self.said = self.log.stat().st_size if self.log.exists() else 0
        line = [sys.executable, "-m", "tests.rounds.steps", str(self.trap), "run", "--config", str(self.config)]
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(line, cwd=ROOT, env=environment(self.folder), stderr=errors)
        self.systems.ask("runs", self.number, self.process.pid)

    def killed(self) -> None:
        """It was killed: here is its successor."""
        self.process.wait(10)
        self.start()

    def frozen(self, seconds: float) -> None:
        """It was frozen, and stays so for a while."""
        self.systems.ask("runs", self.number, 0)
        self.wakes = time.monotonic() + seconds

    def wake(self) -> None:
        self.wakes = 0.0
        self.process.send_signal(signal.SIGCONT)
        self.systems.ask("runs", self.number, self.process.pid)

    def died(self) -> bool:
        """Whether it ended, and nobody here killed it."""
        return self.process.poll() is not None

    def is_ready(self) -> bool:
        """Whether it has begun to work since it was last started."""
        return b'"event": "ready"' in self.log.read_bytes()[self.said :]

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


@dataclass
class Product:
    """What all of them share: the store, and the program's own account of it."""

    folder: Path
    store: str

    def configure(self, daemon: Daemon, urls: Mapping[str, str]) -> None:
        daemon.config.write_text(_SETTINGS.format(store=self.store, **urls), encoding="utf-8")

    def run(self, *args: str) -> str:
        """A command of the program, on the settings of the first daemon; what it printed. Findings are no failure."""
        line = command(*args, "--config", str(self.folder / "connector-0.yaml"))
        done = subprocess.run(line, env=environment(self.folder), capture_output=True, text=True, check=False, timeout=60)
        if done.returncode > 1:
            raise RuntimeError(done.stderr)
        return done.stdout

    def engine(self) -> Engine:
        """Its database, for looking."""
        return create_engine(self.store.replace("postgresql:", "postgresql+psycopg:"))

    def at_rest(self, seconds: float = 90.0) -> str:
        """Wait until nothing is due, in work or open, for CALM seconds on end; what is not, where that does not come."""
        engine = self.engine()
        try:
            since = time.monotonic()

            def calm() -> bool:
                nonlocal since
                if _busy(engine):
                    since = time.monotonic()
                return time.monotonic() - since > CALM

            return "" if eventually(calm, seconds) else f"not at rest within {seconds:g} s: {_busy(engine)}"
        finally:
            engine.dispose()


def _busy(engine: Engine) -> str:
    """What is under way: bonds in work or due soon, and open intents."""
    asked = text(
        "SELECT bond, due - :now, owner, attempts, trouble FROM work WHERE parked IS NULL AND (owner <> '' OR due < :now + 30)"
    )
    with engine.connect() as connection:
        work = connection.execute(asked, {"now": time.time()}).all()
        intents = connection.execute(text("SELECT bond, doc FROM intent")).all()
    return "; ".join(str(row) for row in [*work, *intents])


def environment(folder: Path) -> Mapping[str, str]:
    """What the program is started with; it keeps its compiled modules in the folder, for a start costs thrice as much without."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CONNECTOR_", "PYTHONDONTWRITEBYTECODE"))}
    return own | {"ROUNDS_PASSWORD": PASSWORD, "MALLOC_ARENA_MAX": "2", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def report(product: Product) -> Sequence[dict[str, Any]]:
    """The program's account of its bonds."""
    tickets: list[dict[str, Any]] = json.loads(product.run("status", "--json"))["connections"][0]["tickets"]
    return tickets

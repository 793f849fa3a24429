"""A place to try the program in: two simulated systems on this machine, a settings file, and the program as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from connector.cli.main import app
from connector.sandbox import otrs as otrs_module
from connector.sandbox.core import World
from connector.sandbox.otrs import Otrs
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow

ROOT = Path(__file__).parents[2]
PASSWORD = "connector-secret"

_SETTINGS = """
store:
  url: sqlite:///{folder}/store.db
daemon:
  listen: 127.0.0.1:0
  log: json
  log_level: debug
connections:
  acme:
    mapping: {root}/mappings/servicenow-otrs.yaml
    operating_model: {root}/config/operating-models/anywhere365-dialogue-cloud.yaml
    customer:
      system: servicenow
      url: {servicenow}
      user: connector
      password_env: TEST_PASSWORD
    vendor:
      system: otrs
      url: {otrs}
      user: connector
      password_env: TEST_PASSWORD
      customer_user: acme
    timing:
      poll_s: 0.3
"""


@dataclass
class Place:
    """Systems, settings, and how to call the program on them."""

    folder: Path
    world: World
    servicenow: ServiceNow
    otrs: Otrs
    urls: dict[str, str]
    extra: dict[str, str] = field(default_factory=dict)  # further environment

    @property
    def config(self) -> Path:
        return self.folder / "connector.yaml"

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")}
        return {**own, "TEST_PASSWORD": PASSWORD, "NO_COLOR": "1", "COLUMNS": "200", **self.extra}

    def configure(self) -> None:
        """Write the settings file, by the addresses as they are now."""
        self.config.write_text(_SETTINGS.format(folder=self.folder, root=ROOT, **self.urls), encoding="utf-8")

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        """The program as a process of its own, to its end."""
        line = command(*args, "--config", str(self.config))
        return subprocess.run(
            line, cwd=self.folder, env=self.environment, text=True, capture_output=True, check=False, timeout=60
        )

    def call(self, *args: str) -> Result:
        """The program within this process: the same code, without the second that a start takes."""
        own: dict[str, str | None] = {name: None for name in os.environ if name.startswith("CONNECTOR_")}
        return CliRunner().invoke(app, [*args, "--config", str(self.config)], env={**own, **self.environment})

    def json(self, *args: str, code: int = 0) -> Any:
        """What it prints with ``--json``."""
        done = self.call(*args, "--json")
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    @contextmanager
    def daemon(self) -> Iterator[Running]:
        """The daemon in a process of its own; ended at the end if nobody did."""
        log = self.folder / "daemon.log"
        with log.open("a", encoding="utf-8") as errors:
            process = subprocess.Popen(
                command("run", "--config", str(self.config)), cwd=self.folder, env=self.environment, stderr=errors
            )
        running = Running(process, log)
        try:
            yield running
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(10)


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    log: Path

    def events(self) -> list[dict[str, Any]]:
        """What it logged. The last line of a running or killed process may be half a line."""
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("}\n")]

    def event(self, name: str) -> dict[str, Any]:
        """The newest log line of this name, as soon as there is one."""
        eventually(lambda: any(e["event"] == name for e in self.events()) or self.process.poll() is not None, 60)
        found = [e for e in self.events() if e["event"] == name]
        assert found, self.log.read_text(encoding="utf-8")
        return found[-1]

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of one of its pages."""
        url = f"http://127.0.0.1:{self.event('started')['port']}{path}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self) -> tuple[int, float]:
        """Ask it to stop; its exit code, and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20), time.monotonic() - began


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Both systems, served, and a settings file that names them."""
    world = World(time.time)
    servicenow, otrs = ServiceNow(world), Otrs(world)
    with ExitStack() as stack:
        urls = {system.name: stack.enter_context(Server(world, system)).url for system in (servicenow, otrs)}
        urls["otrs"] += otrs_module.PATH
        made = Place(folder, world, servicenow, otrs, urls)
        made.configure()
        yield made


def command(*args: str) -> list[str]:
    return [sys.executable, "-W", "error", "-c", "from connector.cli.main import main; main()", *args]


def eventually(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False

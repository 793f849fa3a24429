"""A throw-away Request Tracker 5 below a temporary folder, on a free port of the loopback and with a database in a file.

``python -m tests.real.request_tracker`` starts one to look at, until it is interrupted.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.real.parts import NotInstalled, home_of
from tests.real.postgres import free_port

CONNECTOR, PERSON, PASSWORD, QUEUE = "connector", "anna", "connector-secret", "Support"

_HERE = Path(__file__).parent
_CONFIG = """Set($rtname, 'vendor.example'); Set($Organization, 'vendor.example');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebPath, '');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{folder}/rt.sqlite'); Set($DatabaseUser, ''); Set($DatabasePassword, '');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef); Set($LogToSTDERR, 'error'); Set($LogToFile, undef);
Set($Timezone, 'UTC'); Set($DevelMode, 0); Set($WebSessionClass, undef);
$RT::VarPath = '{folder}'; $RT::MasonDataDir = '{folder}/mason'; $RT::MasonSessionDir = '{folder}/session';
1;
"""
_WORKERS = "3"
_START_BY = 60.0  # seconds


def parts() -> Path:
    """Where ``.ci/request-tracker`` has put the program.

    :raises NotInstalled: it has not.
    """
    home = home_of("REQUEST_TRACKER_PARTS", "request-tracker") / "home"
    if not (home / "libexec/rt-server").is_file():
        raise NotInstalled("no Request Tracker is installed; .ci/real installs one")
    return home


@dataclass
class Tracker:
    """One Request Tracker, running between :meth:`start` and :meth:`stop`.

    :ivar tokens: login -> authentication token.
    """

    home: Path
    folder: Path
    port: int = field(default_factory=free_port)
    tokens: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_up(self) -> None:
        """Configuration, database, people, queue and custom fields, as its administrator makes them."""
        for name in ("conf.d", "mason", "session"):
            (self.folder / name).mkdir()
        config = self.folder / "RT_SiteConfig.pm"
        config.write_text(_CONFIG.format(port=self.port, folder=self.folder), encoding="utf-8")
        self._perl(self.home / "sbin/rt-setup-database-5", "--action", "init", "--skip-create")
        seeded = self._perl(_HERE / "request_tracker_seed.pl")
        self.tokens = dict(line.split() for line in seeded.splitlines() if line.count(" ") == 1)

    def start(self) -> None:
        line = [
            "perl",
            str(self.home / "libexec/rt-server"),
            "--server",
            "Starlet",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        line += ["--max-workers", _WORKERS]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(line, env=self._surroundings(), stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + _START_BY
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise TimeoutError(f"Request Tracker does not start: {(self.folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            finally:
                with suppress(ProcessLookupError):  # all have ended by themselves
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    def forget(self) -> None:
        """Put all tickets out of sight: into a queue that nobody polls, without the marks that they bear."""
        with closing(sqlite3.connect(self.folder / "rt.sqlite", timeout=20)) as database, database:
            database.execute("UPDATE Tickets SET Queue = 1")
            database.execute("UPDATE ObjectCustomFieldValues SET Content = 'long ago'")

    def _answers(self) -> bool:
        try:
            return bool(requests.get(f"{self.url}/REST/2.0/rt", timeout=20).status_code == requests.codes.unauthorized)
        except requests.ConnectionError:
            return False

    def _surroundings(self) -> dict[str, str]:
        own = {"RT_SITE_CONFIG": f"{self.folder}/RT_SiteConfig.pm", "RT_SITE_CONFIG_DIR": f"{self.folder}/conf.d"}
        return {**os.environ, **own, "TZ": "UTC", "PERL5LIB": f"{self.home}/lib"}

    def _perl(self, *line: str | Path) -> str:
        words = ["perl", *map(str, line)]
        done = subprocess.run(words, env=self._surroundings(), capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{line[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout


@contextmanager
def running() -> Iterator[Tracker]:
    """A Request Tracker for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="connector-request-tracker-"))
    tracker = Tracker(parts(), folder)
    try:
        tracker.set_up()
        tracker.start()
        yield tracker
    finally:
        tracker.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def request_tracker() -> Iterator[Tracker]:
    """One for all tests of a run."""
    try:
        parts()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    with running() as tracker:
        yield tracker


def _show() -> None:
    with running() as tracker:
        people = {
            login: f"{tracker.url} as {login}, password {PASSWORD}, token {token}" for login, token in tracker.tokens.items()
        }
        sys.stdout.write("".join(f"{name:12} {value}\n" for name, value in people.items()) + "Ctrl-C ends it.\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        _show()

"""A throw-away Znuny below a temporary folder, on a free port of the loopback and on a database of its own.

``python -m tests.real.znuny`` starts one to look at, until it is interrupted.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import requests

from tests.real.parts import NotInstalled, home_of
from tests.real.postgres import free_port
from tests.real.postgres import server as postgres_server

CONNECTOR, ENGINEERS, PASSWORD = "connector", ("vera.vendor", "viktor.vendor", "anna"), "connector-secret"
CUSTOMERS = ("acme", "carla")
SERVICE, PEOPLE = "GenericTicketConnectorSOAP", "People"

_HERE = Path(__file__).parent
_SEED = {
    "agents": [CONNECTOR, *ENGINEERS],
    "customers": CUSTOMERS,
    "password": PASSWORD,
    "queues": ["Support"],
    "dynamic_fields": ["ConnectorMarker", "CustomerReference", "Severity"],
    "web_services": {
        SERVICE: str(_HERE.parents[1] / "docs/systems/otrs-web-service.yml"),
        PEOPLE: str(_HERE / "znuny_people.yml"),
    },
}
_CONFIG = """package Kernel::Config;
use strict; use warnings; use utf8;
sub Load {{
    my $Self = shift;
    $Self->{{DatabaseUser}} = 'postgres';
    $Self->{{DatabasePw}} = '';
    $Self->{{DatabaseDSN}} = 'DBI:Pg:dbname={name};host=127.0.0.1;port={port};';
    $Self->{{Home}} = '{home}';
    $Self->{{SecureMode}} = 1;
    $Self->{{FQDN}} = '127.0.0.1';
    $Self->{{HttpType}} = 'http';
    $Self->{{SendmailModule}} = 'Kernel::System::Email::DoNotSendEmail';
    $Self->{{CheckMXRecord}} = 0;
    $Self->{{CheckEmailAddresses}} = 0;
    $Self->{{LogModule}} = 'Kernel::System::Log::File';
    $Self->{{'LogModule::LogFile'}} = '{home}/var/log/znuny.log';
    return 1;
}}
use Kernel::Config::Defaults;
use parent qw(Kernel::Config::Defaults);
1;
"""
_WORKERS = 4
_START_BY = 30.0  # seconds


def parts() -> Path:
    """Where ``.ci/znuny`` has put the program.

    :raises NotInstalled: it has not.
    """
    home = home_of("ZNUNY_PARTS", "znuny") / "home"
    if not (home / "bin/cgi-bin/app.psgi").is_file() or not shutil.which("plackup"):
        raise NotInstalled("no Znuny is installed; .ci/real installs one")
    return home


@dataclass
class Znuny:
    """One portal, running between :meth:`start` and :meth:`stop`. Its database outlives a stop.

    :param home: its program, with a configuration.
    :param database: the address of its database.
    """

    home: Path
    database: str
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/otrs"

    @property
    def url(self) -> str:
        """The web service that the connector uses."""
        return f"{self.base}/nph-genericinterface.pl/Webservice/{SERVICE}"

    @property
    def people_url(self) -> str:
        """The web service by which the tests act as the vendor's people."""
        return f"{self.base}/nph-genericinterface.pl/Webservice/{PEOPLE}"

    def start(self) -> None:
        line = ["plackup", "-s", "Starlet", "--host", "127.0.0.1", "--port", str(self.port), "--max-workers", str(_WORKERS)]
        line += ["-E", "deployment", "bin/cgi-bin/app.psgi"]
        with (self.home / "var/log/server.log").open("ab") as log:
            self._process = subprocess.Popen(line, cwd=self.home, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + _START_BY
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise TimeoutError(f"Znuny does not start: {(self.home / 'var/log/server.log').read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it as an administrator does: what is being answered is answered, then nobody listens any more."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            finally:
                self._kill(self._process.pid)
            self._process = None

    @staticmethod
    def _kill(group: int) -> None:
        with suppress(ProcessLookupError):  # all have ended by themselves
            os.killpg(group, signal.SIGKILL)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.base}/customer.pl", timeout=10).ok
        except requests.ConnectionError:
            return False


@dataclass
class Original:
    """A Znuny that is set up and never run: each test's own is a copy of its database.

    :param server: the address of the PostgreSQL that holds it, without a database.
    """

    folder: Path
    server: str
    template: str = field(default_factory=lambda: f"znuny_{os.getpid()}")

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def set_up(self) -> None:
        """Database, configuration, people, queue, dynamic fields and web services, as its administrator makes them."""
        shutil.copytree(parts(), self.home, symlinks=True)
        self._sql(f"CREATE DATABASE {self.template} ENCODING 'UTF8' TEMPLATE template0")
        self._configure(self.template)
        for name in ("schema", "initial_insert", "schema-post"):
            script = self.home / f"scripts/database/{name}.postgresql.sql"
            _run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(script), f"{self.server}/{self.template}", cwd=self.home)
        console = ("perl", "bin/otrs.Console.pl", "Maint::Config::Rebuild", "--allow-root", "--no-ansi")
        _run(*console, cwd=self.home)
        seed = self.folder / "seed.json"
        seed.write_text(json.dumps(_SEED), encoding="utf-8")
        _run("perl", str(_HERE / "znuny_seed.pl"), str(self.home), str(seed), cwd=self.home)

    @contextmanager
    def copy(self) -> Iterator[Znuny]:
        """A new portal, running: nobody has opened a ticket in it yet. One at a time."""
        name = f"{self.template}_copy"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        try:
            self._configure(name)
            shutil.rmtree(self.home / "var/tmp", ignore_errors=True)  # its cache of the copy before
            (self.home / "var/tmp").mkdir()
            made = Znuny(self.home, f"{self.server}/{name}")
            try:
                made.start()
                yield made
            finally:
                made.stop()
        finally:
            self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _configure(self, name: str) -> None:
        port = self.server.rpartition(":")[2]
        config = self.home / "Kernel/Config.pm"
        config.write_text(_CONFIG.format(name=name, port=port, home=self.home), encoding="utf-8")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def original(postgres: str) -> Iterator[Original]:
    """A Znuny set up on this PostgreSQL, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="connector-znuny-"))
    try:
        made = Original(folder, postgres.rpartition("/")[0])
        made.set_up()
        yield made
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def znuny_original(postgres: str) -> Iterator[Original]:
    """Set up once for all tests of a run."""
    try:
        parts()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    with original(postgres) as made:
        yield made


@pytest.fixture
def znuny(znuny_original: Original) -> Iterator[Znuny]:
    """A running portal of one's own."""
    with znuny_original.copy() as made:
        yield made


def _run(*line: str, cwd: Path) -> None:
    done = subprocess.run(line, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise RuntimeError(f"{' '.join(line[:3])}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _show() -> None:
    with postgres_server() as database, original(database) as made, made.copy() as portal:
        told = {
            "agents": f"{portal.base}/index.pl as {', '.join([CONNECTOR, *ENGINEERS])}, password {PASSWORD}",
            "customers": f"{portal.base}/customer.pl as {', '.join(CUSTOMERS)}, the same password",
            "web service": portal.url,
            "database": portal.database,
        }
        sys.stdout.write("".join(f"{name:12} {value}\n" for name, value in told.items()) + "Ctrl-C ends it.\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        _show()

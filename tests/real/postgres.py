"""A throw-away PostgreSQL below a temporary folder, on a free port of the loopback, stopped and removed at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"""Nothing here outlives the machine; only what a crash of the server would lose is given up."""


def programs() -> Path | None:
    """Where the newest installed server's programs lie (Debian's folder); None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name)) if found else None


@contextmanager
def server() -> Iterator[str]:
    """The address of a new server, for as long as the block lasts."""
    home = programs()
    if home is None:
        raise FileNotFoundError("no PostgreSQL server is installed (/usr/lib/postgresql/*/bin): apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="connector-postgres-"))
    try:
        _own(folder)
        port = free_port()
        made = ("-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C.UTF-8")
        _call(home / "initdb", folder, *made)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {_FAST}"
        _call(home / "pg_ctl", folder, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _call(home / "pg_ctl", folder, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def restart(url: str, mode: str, *settings: str) -> None:
    """Stop the server and start it again, from now on with all its care and these settings.

    :param mode: ``fast`` cuts all lines; ``immediate`` does so without a word, and the server recovers from its log.
    """
    home = programs()
    assert home is not None
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        port = connection.info.port
    assert row is not None
    folder = Path(row[0]).parent
    options = " ".join([f"-p {port} -k {folder} -c listen_addresses=127.0.0.1", *(f"-c {setting}" for setting in settings)])
    _call(home / "pg_ctl", folder, "-w", "-m", mode, "-l", str(folder / "log"), "-o", options, "restart")


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """The address of a database of one's own on a server, which goes with the block."""
    name = f"connector_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{server_url.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def port(url: str) -> int:
    return make_url(url).port or 0


def at_port(url: str, other: int) -> str:
    """The same database by another port."""
    return make_url(url).set(port=other).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of the server that all tests of a run share."""
    if programs() is None:
        pytest.skip("no PostgreSQL server is installed; .ci/real installs one")
    with server() as url:
        yield url


def _own(folder: Path) -> None:
    # The server refuses to run as root: then it runs as the user that its package made.
    if os.getuid() == 0:
        folder.chmod(0o755)
        shutil.chown(folder, "postgres")


def _call(program: Path, folder: Path, *args: str) -> None:
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    line = [*as_user, str(program), "-D", str(folder / "data"), *args]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""Two daemons on one PostgreSQL whose network is cut for one of them, or which is restarted, while forty incidents are under way."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from connector.store.engine import connect
from connector.store.errors import OUT_OF_REACH
from tests.process.place import eventually
from tests.real import postgres as server
from tests.real.relay import Relay
from tests.real.replicas import LEASE, name, pair
from tests.real.test_replicas import assert_all_agree, people_at_work

pytestmark = pytest.mark.real

DARK = 2.5 * LEASE
NOTICED = 45.0


def test_a_replica_cut_off_from_the_database_is_fenced_and_replaced(tmp_path: Path, postgres: str) -> None:
    with (
        server.database(postgres) as database,
        Relay(server.port(database)) as line,
        pair(tmp_path, database, first_through=server.at_port(database, line.port)) as two,
    ):
        cut, other = two.daemons
        with people_at_work(two, 0.1):
            assert eventually(lambda: bool(two.held_by(name(cut))))
            line.cut()
            held = two.held_by(name(cut))
            began = time.monotonic()
            assert eventually(lambda: two.leader() == name(other))
            assert eventually(lambda: not set(two.held_by(name(cut)).items()) & set(held.items()), DARK)
            time.sleep(max(0.0, began + DARK - time.monotonic()))
            line.heal()
        assert_all_agree(two)
        assert [daemon.get("/readyz")[0] for daemon in two.daemons] == [200, 200]


def test_the_server_ends_a_transaction_that_rests_after_many_rows(postgres: str) -> None:
    with server.database(postgres) as database:
        store = connect(f"{database}?options=-c idle_in_transaction_session_timeout=300")
        with store.write() as open_:
            open_.execute(text("CREATE TABLE kept (n integer)"))
        with pytest.raises(OUT_OF_REACH, match="idle-in-transaction"), store.write() as open_:  # noqa: PT012 - the block is what fails
            assert open_.execute(text("INSERT INTO kept VALUES (:n)"), [{"n": 1}, {"n": 2}]).rowcount == 2
            time.sleep(1)
            open_.execute(text("INSERT INTO kept VALUES (3)"))
        store.close()


@contextmanager
def nothing_arrives_at(port: int) -> Iterator[None]:
    """As where a cable is pulled: packets to this port of the loopback are dropped, and nobody is told."""
    rule = ["INPUT", "-i", "lo", "-p", "tcp", "--dport", str(port), "-j", "DROP"]
    program = shutil.which("iptables") or shutil.which("iptables", path="/usr/sbin:/sbin")
    if program is None or os.getuid() != 0:
        pytest.skip("packets can be dropped by root with iptables only")
    done = subprocess.run([program, "-w", "-I", *rule], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"packets cannot be dropped here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run([program, "-w", "-D", *rule], check=True)


def test_a_database_that_vanishes_in_the_middle_of_a_question_is_noticed(postgres: str) -> None:
    with Relay(server.port(postgres)) as line:
        store = connect(server.at_port(postgres, line.port))
        with pytest.raises(OperationalError), store.read() as open_:  # noqa: PT012 - the block is what fails
            open_.execute(text("SELECT 1"))
            began = time.monotonic()
            with nothing_arrives_at(line.port):
                open_.execute(text("SELECT 1"))
        assert time.monotonic() - began < NOTICED
        store.close()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_database_restarted_under_load_loses_nothing(tmp_path: Path, mode: str) -> None:
    if server.programs() is None:
        pytest.skip("no PostgreSQL server is installed; .ci/real installs one")
    with server.server() as database:
        server.restart(database, "fast")  # the tests' server gives up durability, which is what is at stake here
        with pair(tmp_path, database) as two:
            with people_at_work(two, 0.1):
                for _ in range(3):
                    server.restart(database, mode)
                    time.sleep(2)
            assert_all_agree(two)
            assert eventually(lambda: [daemon.get("/readyz")[0] for daemon in two.daemons] == [200, 200])
            assert [daemon.stop()[0] for daemon in two.daemons] == [0, 0]

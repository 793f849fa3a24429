"""Two daemons on one PostgreSQL whose network is cut for one of them, or which is restarted, while forty incidents are under way."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.process.place import eventually
from tests.real import postgres as server
from tests.real.relay import Relay
from tests.real.replicas import LEASE, events, name, pair
from tests.real.test_replicas import assert_all_agree, people_at_work

pytestmark = pytest.mark.real

DARK = 2.5 * LEASE


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
        assert any(event["event"] == "fenced" for event in events(cut))


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

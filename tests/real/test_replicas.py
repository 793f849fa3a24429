"""Two daemons on one PostgreSQL: one is killed or frozen while forty incidents are under way, and nothing is lost or doubled."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connector.daemon.runner import BEAT
from tests.process.place import Running, eventually
from tests.real.postgres import database
from tests.real.replicas import INCIDENTS, LEASE, Pair, errors, name, pair

pytestmark = pytest.mark.real

FAILOVER = 10.0
RETAKE = LEASE + 1.0


@pytest.fixture
def two(tmp_path: Path, postgres: str) -> Iterator[Pair]:
    """A pair on a database of its own, which goes with it."""
    with database(postgres) as address, pair(tmp_path, address) as made:
        yield made


@dataclass
class Watch:
    """How long the other replica needs, from the moment at which ``victim`` stands still."""

    two: Pair
    victim: Running
    held: dict[str, int] = field(default_factory=dict)
    began: float = 0.0

    def freeze(self) -> None:
        """Stop the victim while it is in the middle of some bonds."""
        assert eventually(self._caught, 20)

    def _caught(self) -> bool:
        self.victim.process.send_signal(signal.SIGSTOP)
        self.began = time.monotonic()
        time.sleep(0.05)  # what it has sent is carried out
        self.held = self.two.held_by(name(self.victim))
        if not self.held:
            self.victim.process.send_signal(signal.SIGCONT)
        return bool(self.held)

    def seconds(self, come: Callable[[], bool], limit: float) -> float:
        """How long it took until something came; fails after ``limit``."""
        assert eventually(come, self.began + limit - time.monotonic()), f"not within {limit} s"
        return time.monotonic() - self.began

    def retaken(self) -> bool:
        """Whether another has claimed all that the victim held."""
        now = dict(self.two.rows("SELECT bond, fence FROM work WHERE bond = ANY(%s)", list(self.held)))
        return all(now[bond] > fence for bond, fence in self.held.items())

    def replaced(self) -> bool:
        """Whether another leads."""
        return self.two.leader() not in {"", name(self.victim)}


@contextmanager
def people_at_work(two: Pair, until: float) -> Iterator[None]:
    """People act while the block runs, which begins when the part ``until`` of all is done; and to their end."""
    people = threading.Thread(target=two.busy)
    people.start()
    try:
        assert eventually(lambda: two.part_done > until, 30)
        yield
    finally:
        people.join(60)


def told(what: str, at: float, **seconds: float) -> None:
    """For the record of a run (``-rP`` shows it)."""
    figures = ", ".join(f"{key} {value:.2f} s" for key, value in seconds.items())
    print(f"{what} when {at:.0%} was done: {figures}")  # noqa: T201 - figures of a run


def assert_all_agree(two: Pair) -> None:
    sentence = two.sentence()
    assert sentence.findings == []
    assert (sentence.tickets, sentence.agree, sentence.ok) == (INCIDENTS, INCIDENTS, True), sentence.summary()
    assert two.here.json("audit", "verify")["verified"]


def test_the_leader_is_killed_in_the_middle_of_its_work(two: Pair) -> None:
    leader, other = two.by_rank()
    watch, at = Watch(two, leader), random.uniform(0.1, 0.6)
    with people_at_work(two, at):
        watch.freeze()
        leader.process.kill()
        retaken = watch.seconds(watch.retaken, RETAKE)
        replaced = watch.seconds(watch.replaced, FAILOVER)
    told("leader killed", at, retaken=retaken, replaced=replaced)
    assert_all_agree(two)
    assert errors(other) == []


def test_a_follower_is_killed_in_the_middle_of_its_work(two: Pair) -> None:
    leader, other = two.by_rank()
    watch, at = Watch(two, other), random.uniform(0.1, 0.6)
    with people_at_work(two, at):
        watch.freeze()
        other.process.kill()
        retaken = watch.seconds(watch.retaken, RETAKE)
    told("follower killed", at, retaken=retaken)
    assert two.leader() == name(leader)
    assert_all_agree(two)
    assert errors(leader) == []


def test_the_leader_freezes_and_comes_back(two: Pair) -> None:
    leader, other = two.by_rank()
    watch, at = Watch(two, leader), random.uniform(0.1, 0.6)
    with people_at_work(two, at):
        watch.freeze()
        retaken = watch.seconds(watch.retaken, RETAKE)
        replaced = watch.seconds(watch.replaced, FAILOVER)
        leader.process.send_signal(signal.SIGCONT)
    told("leader frozen", at, retaken=retaken, replaced=replaced)
    assert_all_agree(two)
    assert two.leader() == name(other)
    assert leader.get("/healthz")[0] == 200
    assert errors(other) == []


def test_the_database_cuts_all_lines_in_the_middle_of_the_work(two: Pair) -> None:
    with people_at_work(two, 0.1):
        for _ in range(3):
            two.cut_all_lines()
            time.sleep(1.5)
    assert_all_agree(two)
    assert [daemon.get("/readyz")[0] for daemon in two.daemons] == [200, 200]


def test_the_leader_alone_polls_and_is_replaced_when_it_stops(two: Pair) -> None:
    leader, other = two.by_rank()
    two.incident(0)
    assert eventually(two.at_rest, 30)
    assert two.rows("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN connector_work'") == [(2,)]
    mine, others = (daemon.get("/metrics")[1] for daemon in (leader, other))
    assert ('connector_leads{connection="acme"} 1.0' in mine, "connector_polls_total{" in mine) == (True, True)
    assert ('connector_leads{connection="acme"} 0.0' in others, "connector_polls_total{" in others) == (True, False)
    began = time.monotonic()
    assert leader.stop()[0] == 0
    assert eventually(lambda: two.leader() == name(other), 2 * BEAT)
    told("leader stopped", 1, replaced=time.monotonic() - began)
    assert eventually(lambda: "connector_polls_total{" in other.get("/metrics")[1], 2 * BEAT)

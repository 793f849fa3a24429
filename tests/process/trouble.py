"""What the tests of a daemon in trouble share: short times, people at work, and the judge once all is at rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from connector.sandbox.judge import Table, judge
from tests.process.place import Place, Running, eventually
from tests.rounds.daemons import CALL_TIMEOUT, LAG, LEASE, SETTLE, Product
from tests.rounds.people import People

_CONNECTION = "CONNECTOR_CONNECTIONS__ACME__"
_TIMES = {"LEASE": LEASE, "CALL_TIMEOUT": CALL_TIMEOUT, "POLL": 0.3, "RETRY": 0.3, "NOTE_PAUSE": 1.0}
_SIDES = {"SETTLE": SETTLE, "READ_LAG": LAG, "FIND_LAG": LAG}


def quick(here: Place) -> None:
    """Times so short that a trouble is over within seconds. One note at a time, as ever."""
    times = {f"{_CONNECTION}TIMING__{name}_S": str(value) for name, value in _TIMES.items()}
    sides = {f"{_CONNECTION}{side}__{name}_S": str(s) for side in ("CUSTOMER", "VENDOR") for name, s in _SIDES.items()}
    here.extra |= times | sides


@contextmanager
def at_work(here: Place, *, tickets: int = 12, per_second: float = 10.0, seed: int = 1) -> Iterator[People]:
    """People act while the block lasts."""
    people = People(here.world, here.servicenow, here.otrs, tickets, seed)
    people.per_second = per_second
    try:
        yield people
    finally:
        people.end()


def ready(daemon: Running) -> bool:
    daemon.event("started")
    return eventually(lambda: daemon.get("/readyz")[0] == 200, 60)


def why_not_ready(daemon: Running) -> str:
    """What it says itself; "" while it is ready."""
    status, body = daemon.get("/readyz")
    return "" if status == 200 else "; ".join(json.loads(body)["reasons"])


def assert_all_is_well(here: Place, store: str = "") -> None:
    """Nothing lost, doubled, unequal or open, by the systems' own books; the audit intact."""
    product = Product(here.folder, store or f"sqlite:///{here.folder}/store.db")
    assert product.at_rest() == ""
    [connection] = here.json("status")["connections"]
    with here.world.lock:
        said = judge(here.world, here.servicenow, here.otrs, connection["tickets"], Table(window=15.0))
    assert said.findings == []
    assert said.ok, said.summary()
    assert said.agree > 0
    assert here.json("audit", "verify")["verified"]

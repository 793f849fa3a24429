"""From a webhook to the write on the other side, in round trips of the systems' latency."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.burst import OTHER, wait_for
from tests.bench.lab import Lab, Linked
from tests.bench.latency import FROM
from tests.bench.product import Daemon
from tests.bench.systems import Call, kinds
from tests.bench.table import Line
from tests.process.posts import CUSTOMER, VENDOR, otrs, post, servicenow

POLL_S = 15.0  # as shipped
SERVER_S = 0.05
APART_S = 0.4
SETTLE_S, REST_S = 1.0, 70.0
"""Within some minutes of a write of ours (with ``settle_s`` as shipped) a change on the same ticket costs one more call: the
history, since a late second delivery has to be told from a person. So that nobody has to wait for minutes, they are one here."""
MEDIAN, P99 = 2.5, 4.0  # round trips


@dataclass(frozen=True)
class Taken:
    """Seconds of each change, from before its post was sent until its value stood on the other side."""

    seconds: list[float]
    calls: list[Call]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]


def lines(lab: Lab) -> Iterator[Line]:
    for system, found in measured(lab.linked, lab.size(200, 20)).items():
        count = len(found.seconds)
        note = f"{count} changes, polls each {POLL_S:g} s; bare: the server's latency; {kinds(found.calls, count)}"
        for name, value, most in (("p50", found.median, MEDIAN), ("p99", found.p99, P99)):
            what = f"{name} from a webhook of {FROM[system]}"
            yield Line("webhook", what, 1000 * value, "ms", 1000 * SERVER_S, at_most=most, of_ratio=True, note=note)


def measured(linked: Linked, count: int, server_s: float = SERVER_S) -> dict[str, Taken]:
    """Change ``count`` tickets of each side, one after the other at random moments, each told of by a post."""
    linked.product.configure(poll_s=POLL_S, settle_s=SETTLE_S, webhooks=True)
    with linked.product.daemon() as daemon:
        time.sleep(REST_S)
        linked.product.set_due(time.time(), 0.0, linked.bonds)  # the pass that sees each ticket at rest
        time.sleep(1)
        linked.product.quiet(linked.bonds)
        linked.systems.ask("latency", server_s)
        taken = {system: _one_side(linked, daemon, system, count) for system in FROM}
    linked.systems.ask("latency", 0.0)
    linked.product.configure(poll_s=linked.poll_s)
    return taken


def _one_side(linked: Linked, daemon: Daemon, system: str, count: int) -> Taken:
    chance, begin = random.Random(1), time.time()
    # The customer edits the first tickets and the vendor the last: no bond twice.
    places = range(count) if system == "servicenow" else range(linked.bonds - count, linked.bonds)
    posted: dict[str, float] = {}
    for n in places:
        time.sleep(chance.uniform(0.5, 1.5) * APART_S)
        word = f"Post {begin} {n}"
        linked.systems.ask("edit", system, n, word)
        ref = linked.systems.ask("ref", system, n)
        path, sent = (CUSTOMER, servicenow(ref)) if system == "servicenow" else (VENDOR, otrs(ref))
        posted[f"{word} on line {n}"] = time.time()
        assert post(daemon.inbox, path, sent)[0] == 202
    wait_for(linked.systems, OTHER[system], f"Post {begin}", begin, count)
    arrived = {value: at for at, value in linked.systems.ask("arrivals", OTHER[system], begin)}  # the first arrival of each stays
    return Taken([arrived[title] - at for title, at in posted.items()], linked.systems.ask("calls", begin))

"""A flood of posts while people work: nothing waits longer than it would without webhooks, and nothing forged gets in."""

from __future__ import annotations

import multiprocessing
import re
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.bench.kernel import memory
from tests.process.flood import CUT, Flood, pour
from tests.process.place import Place, Running, eventually
from tests.process.posts import CUSTOMER, TAKES_POSTS, post, servicenow
from tests.process.test_daemon import INCIDENT, ready

COUNT = 10_000
POLL_S = 5.0
TICKETS = 40
REFUSED = {401, 413, 429, 503, CUT}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_flood_delays_no_change_and_lets_nothing_forged_in(here: Place) -> None:
    here.extra |= TAKES_POSTS | {"CONNECTOR_CONNECTIONS__ACME__TIMING__POLL_S": str(POLL_S)}
    with here.daemon() as daemon, ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as elsewhere:
        assert ready(daemon)
        incidents = [here.servicenow.create("lena.l1", INCIDENT | {"short_description": f"Line {n}"}) for n in range(TICKETS)]
        assert eventually(lambda: _linked(daemon) == TICKETS, 60)
        flood = Flood(int(daemon.event("started")["inbox"]), COUNT // 5, incidents, [case.ref for case in here.otrs.tickets()])
        warm = elsewhere.submit(pour, flood).result()
        before, threads = _now(daemon)
        people = _People(here, flood.port)
        people.start()
        counts = elsewhere.submit(pour, Flood(flood.port, COUNT, flood.incidents, flood.cases)).result()
        took = people.stop()
        after, threads_after = _now(daemon)
        most = memory(daemon.process.pid)
        _say(counts, took, (before, after, most), (threads, threads_after))
        assert max(took) <= POLL_S + 1.0, "one interval, and the pass itself"
        assert after - before < 15, "MB: flat"
        assert most - before < 64, "MB: what may be held of unfinished posts, and some"
        assert threads_after - threads <= 3
        assert {status for (kind, status) in counts + warm if kind in ("forged", "huge")} <= REFUSED
        assert {status for (kind, status) in counts if kind == "signed"} == {202}
        assert _received(daemon) - len(took) == sum(n for (_, status), n in (counts + warm).items() if status == 202)
        assert daemon.get("/healthz")[0] == 200
        assert daemon.stop()[0] == 0


class _People(threading.Thread):
    """Change one ticket after the other and tell of it by a post; how long each change took to the other side."""

    def __init__(self, here: Place, port: int) -> None:
        super().__init__()
        self._here, self._port = here, port
        self._over = threading.Event()
        self._said: dict[str, float] = {}

    def run(self) -> None:
        refs = [incident.ref for incident in self._here.servicenow.tickets()]
        n = 0
        while not self._over.wait(0.3):
            title, ref, n = f"Said {n}", refs[n % len(refs)], n + 1
            self._here.servicenow.edit(ref, "lena.l1", {"short_description": title})
            self._said[title] = time.time()
            assert post(self._port, CUSTOMER, servicenow(ref))[0] == 202

    def stop(self) -> list[float]:
        """Seconds of each change."""
        self._over.set()
        self.join()
        assert eventually(lambda: self._said.keys() <= self._arrived().keys(), 3 * POLL_S), (
            self._said.keys() - self._arrived().keys()
        )
        arrived = self._arrived()
        return [arrived[title] - at for title, at in self._said.items()]

    def _arrived(self) -> dict[str, float]:
        with self._here.world.lock:
            return {deed.new or "": deed.at for deed in reversed(self._here.world.deeds) if deed.ours and deed.system == "otrs"}


def _linked(daemon: Running) -> int:
    found = re.search(r'connector_bonds\{connection="acme",state="linked"\} (\d+)', daemon.get("/metrics")[1])
    return int(found[1]) if found else 0


def _received(daemon: Running) -> int:
    return sum(
        int(float(n)) for n in re.findall(r'connector_webhooks_total\{.*what="received"\} (\S+)', daemon.get("/metrics")[1])
    )


def _now(daemon: Running) -> tuple[float, int]:
    """MB resident, and threads."""
    return memory(daemon.process.pid, "VmRSS"), len(list(Path(f"/proc/{daemon.process.pid}/task").iterdir()))


def _say(counts: Counter[tuple[str, int]], took: list[float], mb: tuple[float, ...], threads: tuple[int, int]) -> None:
    answers = ", ".join(f"{kind} {status or 'cut'}: {n}" for (kind, status), n in sorted(counts.items()))
    ordered = sorted(took)
    print(f"{answers}\n{len(took)} changes: median {ordered[len(took) // 2]:.2f} s, longest {ordered[-1]:.2f} s")  # noqa: T201
    print(f"resident {mb[0]:.0f} MB before, {mb[1]:.0f} after, {mb[2]:.0f} at most; threads {threads[0]}, {threads[1]}")  # noqa: T201

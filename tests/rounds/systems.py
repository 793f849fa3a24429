"""Both simulated systems in a process of their own, which can hit a daemon at a named step of one of its writes."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from connector.sandbox import otrs as otrs_module
from connector.sandbox.core import Request, Response, System, World
from connector.sandbox.judge import Finding, Table, judge
from connector.sandbox.otrs import Otrs
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow
from tests.bench.systems import Systems
from tests.bench.systems import systems as served
from tests.rounds.people import People

LATENCY = (0.02, 0.05)
"""Seconds that a call takes, from the first to the last byte."""

UNSEEN = 60.0
"""Seconds for which a daemon that is hit over and over may not have seen what people did."""

ARRIVED, APPLIED, ANSWERED = "arrived", "applied", "answered"
"""A write has arrived and has no effect yet; has its effect and no answer yet; was answered a moment ago."""

_MOMENT = 0.015  # seconds after an answer within which its outcome is committed


@dataclass
class Trap:
    """Which process is to be hit at which step: the one whose write comes to it after ``passing`` others."""

    step: str
    signal: int
    passing: int
    hit: int = -1  # the number of the daemon that was hit


class _World(World):
    """A world with distance between it and its callers, each of whom has addresses of his own."""

    def __init__(self, seed: int) -> None:
        super().__init__(time.time, seed)
        self.daemon_at: dict[int, int] = {}  # port -> number of the daemon
        self.pids: dict[int, int] = {}  # number of the daemon -> its process, while it runs
        self.trap: Trap | None = None
        self._chance = random.Random(seed)
        self._guard = threading.Lock()

    def deliver(self, system: System, request: Request) -> Response | str:
        pause = self._chance.uniform(*LATENCY) / 2
        daemon = self.daemon_at[urlsplit(request.base_url).port or 0]
        write = system.is_write(request)
        time.sleep(pause)
        self._at(ARRIVED, daemon, write=write)
        answer = super().deliver(system, request)
        self._at(APPLIED, daemon, write=write)
        time.sleep(pause)
        self._at(ANSWERED, daemon, write=write)
        return answer

    def _at(self, step: str, daemon: int, *, write: bool) -> None:
        if not write:
            return
        with self._guard:
            trap, pid = self.trap, self.pids.get(daemon)
            if trap is None or trap.hit >= 0 or trap.step != step or not pid:
                return
            trap.passing -= 1
            if trap.passing >= 0:
                return
            trap.hit = daemon
        if step == ANSWERED:
            threading.Timer(self._chance.uniform(0, _MOMENT), _hit, [pid, trap.signal]).start()
        else:
            _hit(pid, trap.signal)


def _hit(pid: int, signal: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal)


class _Served:
    """What the parent may ask for, by name. Runs in the child."""

    def __init__(self, daemons: int, tickets: int, seed: int) -> None:
        self.world = _World(seed)
        self.servicenow, self.otrs = ServiceNow(self.world), Otrs(self.world)
        self.servers = [[Server(self.world, system).start() for system in (self.servicenow, self.otrs)] for _ in range(daemons)]
        self.world.daemon_at = {server.port: n for n, pair in enumerate(self.servers) for server in pair}
        self.people = People(self.world, self.servicenow, self.otrs, tickets, seed)

    def urls(self) -> list[dict[str, str]]:
        """Where each daemon finds both systems."""
        return [{"servicenow": itsm.url, "otrs": portal.url + otrs_module.PATH} for itsm, portal in self.servers]

    def runs(self, daemon: int, pid: int) -> None:
        """A daemon has this process now; 0: none."""
        self.world.pids[daemon] = pid

    def set_trap(self, step: str, signal: int, passing: int) -> None:
        self.world.trap = Trap(step, signal, passing)

    def sprung(self) -> int:
        """The daemon that was hit; -1 while none was."""
        return self.world.trap.hit if self.world.trap else -1

    def disarm(self) -> int:
        """The same, and from now on none will be."""
        with self.world._guard:
            trap, self.world.trap = self.world.trap, None
        return trap.hit if trap else -1

    def act(self, per_second: float) -> None:
        """How busy people are; 0: they rest."""
        self.people.per_second = per_second

    def l1_comments(self) -> None:
        """Level 1 comments, once."""
        with self.world.lock:
            self.people.l1_comments()

    def acts(self) -> int:
        return self.people.acts

    def cases(self) -> int:
        return len(self.otrs.tickets())

    def sentence(self, report: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], list[Finding]]:
        """What the judge says of this account of the bonds: sums and findings."""
        with self.world.lock:
            said = judge(self.world, self.servicenow, self.otrs, report, Table(window=UNSEEN))
        return said.summary(), said.findings

    def books(self, number: str) -> list[str]:
        """All that happened to an incident and its case, oldest first."""
        with self.world.lock:
            incident = next((t for t in self.servicenow.tickets() if t.number == number), None)
            case = next((t for t in self.otrs.tickets() if incident and number in " ".join(t.fields.values())), None)
            refs = {t.ref for t in (incident, case) if t}
            return [str(deed) for deed in self.world.deeds if deed.ticket in refs]


@contextmanager
def systems(daemons: int, tickets: int, seed: int) -> Iterator[Systems]:
    """Both systems served on loopback, at addresses of its own for each daemon, until the end of the block."""
    with served(partial(_Served, daemons, tickets, seed)) as made:
        yield made

"""Both simulated systems in a process of their own, so that their work is never counted as the daemon's."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlencode

from connector.sandbox import otrs as otrs_module
from connector.sandbox.core import Request, Response, System, World
from connector.sandbox.otrs import Otrs
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow

PASSWORD = "connector-secret"
FOR_THE_VENDOR = {"state": "3", "hold_reason": "4", "impact": "2", "urgency": "2", "description": "Since noon."}


@dataclass(frozen=True)
class Call:
    """One call as it arrived. Times in seconds since the epoch."""

    system: str
    label: str
    write: bool
    began: float
    ended: float
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def kinds(calls: Iterable[Call], over: float = 1) -> str:
    """How often what was called, the most frequent first; divided by ``over``."""
    counts = Counter(call.label for call in calls)
    return ", ".join(f"{kind} {round(count / over, 2):g}" for kind, count in counts.most_common())


class _Recorded(World):
    """A world that answers after a while and keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(time.time)
        self.latency = 0.0
        self.kept: list[Call] = []

    def deliver(self, system: System, request: Request) -> Response | str:
        began = time.time()
        if self.latency:
            time.sleep(self.latency)
        answer = super().deliver(system, request)
        query = f"?{urlencode(request.query, doseq=True)}" if request.query else ""
        label, write = system.label(request), system.is_write(request)
        url = f"{request.base_url}{request.path}{query}"
        headers = {k: v for k, v in request.headers.items() if k not in ("host", "content-length", "connection")}
        self.kept.append(Call(system.name, label, write, began, time.time(), request.method, url, headers, request.body))
        return answer


class _Served:
    """What the parent may ask for, by name. Runs in the child."""

    def __init__(self) -> None:
        self.world = _Recorded()
        self.servicenow = ServiceNow(self.world)
        self.otrs = Otrs(self.world)
        self.servers = [Server(self.world, system).start() for system in (self.servicenow, self.otrs)]
        self.refs: list[str] = []  # of the incidents, and of the case of each
        self.cases: list[str] = []

    def urls(self) -> dict[str, str]:
        servicenow, otrs = self.servers
        return {"servicenow": servicenow.url, "otrs": otrs.url + otrs_module.PATH}

    def latency(self, seconds: float) -> None:
        self.world.latency = seconds

    def open_incidents(self, count: int) -> None:
        """Incidents that wait for the vendor, as their service desk leaves them."""
        with self.world.lock:
            for n in range(count):
                fields = {**FOR_THE_VENDOR, "short_description": f"Line {n} is silent", "caller_id": "carl.caller"}
                self.refs.append(self.servicenow.create("lena.l1", fields))

    def edit_all(self, system: str, word: str) -> float:
        """The title of each ticket of one system, changed by a person; returns when the first was."""
        with self.world.lock:
            began = time.time()
            for n in range(len(self.refs)):
                self.edit(system, n, word)
            return began

    def edit(self, system: str, n: int, word: str) -> float:
        """The title of one; returns when."""
        with self.world.lock:
            began = time.time()
            if system == self.otrs.name:
                self.otrs.edit(self._case(n), "vera.vendor", {"Title": f"{word} on line {n}"})
            else:
                self.servicenow.edit(self.refs[n], "lena.l1", {"short_description": f"{word} on line {n}"})
            return began

    def ref(self, system: str, n: int) -> str:
        """The id of one, as webhooks name it."""
        return self._case(n) if system == self.otrs.name else self.refs[n]

    def _case(self, n: int) -> str:
        """The case of an incident, by the customer's number that it bears."""
        if len(self.cases) < len(self.refs):
            by_number = {case.fields["DynamicField_CustomerReference"]: case.ref for case in self.otrs.tickets()}
            self.cases = [by_number[self.servicenow.ticket(ref).number] for ref in self.refs]
        return self.cases[n]

    def arrivals(self, system: str, since: float) -> list[tuple[float, str]]:
        """What our account wrote to any field of one system, as (time, value), the newest first."""
        with self.world.lock:
            newest = takewhile(lambda deed: deed.at >= since, reversed(self.world.deeds))
            return [(d.at, d.new or "") for d in newest if d.ours and d.system == system]

    def arrived(self, system: str, word: str, since: float) -> int:
        """How many of these values begin with the word."""
        return sum(value.startswith(word) for _, value in self.arrivals(system, since))

    def calls(self, since: float) -> list[Call]:
        return [call for call in self.world.kept if call.began >= since]


class Systems:
    """The parent's end."""

    def __init__(self, pipe: Connection, pid: int) -> None:
        self._pipe = pipe
        self.pid = pid
        self.urls: dict[str, str] = self.ask("urls")

    def ask(self, name: str, *args: object) -> Any:
        self._pipe.send((name, args))
        return self._pipe.recv()


@contextmanager
def systems(make: Callable[[], object] = _Served) -> Iterator[Systems]:
    """Both systems served on loopback until the end of the block. ``make``: what serves them, called in the child."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, make), daemon=True)
    process.start()
    theirs.close()  # or the end of the child would not be heard
    try:
        yield Systems(ours, process.pid or 0)
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection, make: Callable[[], object]) -> None:
    served = make()
    while True:
        name, args = pipe.recv()
        pipe.send(getattr(served, name)(*args))

"""The whole engine with its threads, in this process, on both simulated systems over real sockets; one of them may be small."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from adapters.base import Adapter, Trouble
from adapters.http import HttpOptions
from adapters.otrs import Otrs as OtrsAdapter
from adapters.otrs_settings import OtrsSettings
from adapters.servicenow import ServiceNow as ServiceNowAdapter
from adapters.servicenow import ServiceNowSettings
from connector.mapping.load import load as load_mapping
from connector.rasci.model import load as load_model
from connector.sandbox import otrs as otrs_module
from connector.sandbox.core import Request, Response, System, World
from connector.sandbox.judge import Sentence, Table, judge
from connector.sandbox.otrs import Otrs
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow
from connector.store.store import Store
from connector.sync.connection import Connection, Timing
from connector.sync.reconcile import Reconciler
from connector.sync.report import report
from connector.words import Side
from tests.process.place import PASSWORD, ROOT, eventually

L1, VENDOR = "lena.l1", "vera.vendor"
FOR_THE_VENDOR = {"state": "3", "hold_reason": "4", "impact": "2", "urgency": "2", "description": "Since noon."}
TIMING = Timing(call_timeout=20.0, lease=60.0, sweep=3600.0, note_pause=2.0, retry=0.5)
POLL = 0.3  # seconds between two polls of a side


@dataclass
class Front:
    """A system's front: it serves some requests at once, lets some wait, and sends the rest away before they did anything.

    How it says no changes from one time to the next: with a time, without one, as a gateway does.
    """

    at_once: int
    waiting: int
    seconds: float  # that a request takes to serve
    inside: int = 0
    most: int = 0  # inside at once, since this was set to 0
    sent_away: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._desks = threading.Semaphore(self.at_once)

    def let_in(self) -> Response | None:
        """None: go on, and say :meth:`out` when it is done."""
        with self._lock:
            if self.inside >= self.at_once + self.waiting:
                self.sent_away += 1
                return _NO[self.sent_away % len(_NO)]
            self.inside += 1
            self.most = max(self.most, self.inside)
        self._desks.acquire()
        time.sleep(self.seconds)
        return None

    def out(self) -> None:
        self._desks.release()
        with self._lock:
            self.inside -= 1


_JSON = {"Content-Type": "application/json"}
_NO = (
    Response(429, {**_JSON, "Retry-After": "1"}, b"{}"),
    Response(429, _JSON, b"{}"),
    Response(503, {**_JSON, "Retry-After": "1"}, b"{}"),
)


class Crowded(World):
    """A world in real time, in which systems may have a front."""

    def __init__(self) -> None:
        super().__init__(time.time)
        self.fronts: dict[str, Front] = {}

    def deliver(self, system: System, request: Request) -> Response | str:
        front = self.fronts.get(system.name)
        if front is None:
            return super().deliver(system, request)
        no = front.let_in()
        if no is not None:
            return no
        try:
            return super().deliver(system, request)
        finally:
            front.out()


@dataclass
class Crowd:
    """The systems, the engine at work on them, and what became of it."""

    world: Crowded
    servicenow: ServiceNow
    otrs: Otrs
    store: Store
    engine: Reconciler
    refs: list[str] = field(default_factory=list)

    def open_incidents(self, count: int) -> None:
        """All within one moment: nobody is served meanwhile."""
        with self.world.lock:
            first = len(self.refs)
            titles = (f"Line {n}" for n in range(first, first + count))
            self.refs += [self.servicenow.create(L1, {**FOR_THE_VENDOR, "short_description": title}) for title in titles]

    def both_change(self) -> None:
        """Every pair on both sides within one moment; each third in the same unit, the others in different ones."""
        with self.world.lock:
            cases = {case.fields["DynamicField_CustomerReference"]: case.ref for case in self.otrs.tickets()}
            for n, ref in enumerate(self.refs):
                case = cases[self.servicenow.ticket(ref).number]
                self.servicenow.edit(ref, L1, {"short_description": f"Line {n}, said by L1"})
                self.otrs.edit(case, VENDOR, {"Title": f"Line {n}, said by the vendor"} if n % 3 == 0 else {"State": "open"})
                self.servicenow.comment(ref, L1, f"L1 on line {n}", public=True)
                self.otrs.comment(case, VENDOR, f"the vendor on line {n}", public=True)

    def settled(self, seconds: float) -> bool:
        """Wait until every incident has its case and nothing is left to do."""
        return eventually(lambda: len(self.otrs.tickets()) >= len(self.refs) and self._at_rest(), seconds)

    def _at_rest(self) -> bool:
        """Nothing due within a while, nothing open, and both sides polled since the last write."""
        if self._busy():
            return False
        time.sleep(4 * POLL)
        return not self._busy()

    def _busy(self) -> bool:
        backlog = self.store.backlog("acme")
        rows = report(self.store, "acme")
        return bool(
            backlog.due or backlog.leased or len(rows) < len(self.refs) or any(r["open"] or r["unverified"] for r in rows)
        )

    def sentence(self) -> Sentence:
        """The judge's."""
        with self.world.lock:
            return judge(self.world, self.servicenow, self.otrs, report(self.store, "acme"), Table(window=60.0))


@contextmanager
def crowd(folder: Path, in_flight: int) -> Iterator[Crowd]:
    """Both systems served, and the engine at work: two workers and a poll of each side, as in the daemon."""
    world = Crowded()
    servicenow, otrs = ServiceNow(world), Otrs(world)
    with ExitStack() as stack:
        urls = [stack.enter_context(Server(world, system)).url for system in (servicenow, otrs)]
        store = Store.open(f"sqlite:///{folder}/store.db", durable=False)
        stack.callback(store.close)
        engine = Reconciler(_connection(in_flight, *urls), store, time.time, in_flight)
        engine.check()
        stopping = threading.Event()
        acts: list[Callable[[], int]] = [partial(engine.work, f"worker-{n}") for n in range(2)]
        threads = [threading.Thread(target=_again, args=(act, 0.0, stopping)) for act in acts]
        threads += [threading.Thread(target=_again, args=(partial(engine.poll, side), POLL, stopping)) for side in Side]
        for thread in threads:
            thread.start()
        try:
            yield Crowd(world, servicenow, otrs, store, engine)
        finally:
            stopping.set()
            for thread in threads:
                thread.join(30)
            engine.stop()


def _again(act: Callable[[], int], pause: float, stopping: threading.Event) -> None:
    """Act until the end, at once again where there was something to do, but not sooner than after the pause."""
    while not stopping.wait(pause):
        with suppress(Trouble):
            if act():
                continue
        stopping.wait(POLL - pause)


def _connection(in_flight: int, servicenow: str, otrs: str) -> Connection:
    mapping = load_mapping(ROOT / "mappings" / "servicenow-otrs.yaml")
    http = HttpOptions(pool=max(10, in_flight))
    common = {
        "user": "connector",
        "password": SecretStr(PASSWORD),
        "settle_s": 1,
        "read_lag_s": 0.5,
        "find_lag_s": 0.5,
        "http": http,
    }
    customer = ServiceNowSettings.model_validate({"url": servicenow, **common})
    vendor = OtrsSettings.model_validate({"url": otrs + otrs_module.PATH, "customer_user": "acme", **common})
    adapters: dict[Side, Adapter] = {
        Side.CUSTOMER: ServiceNowAdapter(customer, fields=mapping.reads(Side.CUSTOMER)),
        Side.VENDOR: OtrsAdapter(vendor, fields=mapping.reads(Side.VENDOR)),
    }
    bound = mapping.bind(adapters[Side.CUSTOMER].normal, adapters[Side.VENDOR].normal)
    model = load_model(ROOT / "config" / "operating-models" / "anywhere365-dialogue-cloud.yaml")
    return Connection("acme", adapters, bound, model, TIMING)

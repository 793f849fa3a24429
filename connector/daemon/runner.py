"""One connection at work: checked until it holds, then polled and worked on."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from adapters.base import Trouble
from connector.daemon import checks, logs, recovery
from connector.daemon.flows import Teller
from connector.daemon.hints import Place
from connector.daemon.metrics import Metrics
from connector.daemon.strangers import Strangers
from connector.daemon.tallies import Tallies
from connector.daemon.workers import Workers
from connector.store.store import Store
from connector.sync.gate import Spared
from connector.sync.reconcile import Reconciler
from connector.words import Side

BEAT = 2.0
"""Seconds between two looks at who leads, where several processes share a store."""

TERM = 7.0
"""Seconds for which the lead is taken each time. A dead leader is replaced after TERM + BEAT at the latest."""

TURNS = 2
"""Turns at once: while the passes of one batch are under way, the next one is read."""

NOT_CHECKED = "its systems were not checked yet"


class Runner:
    """Called by timers from several threads; nothing that happens in one connection reaches another.

    :param process: names this process among all that use the store.
    """

    def __init__(
        self, name: str, reconciler: Reconciler, store: Store, metrics: Metrics, tallies: Tallies, *, process: str
    ) -> None:
        self.name = name
        self.trouble = NOT_CHECKED  # why it is not at work; "" once it is
        self._reconciler = reconciler
        self._store = store
        self._metrics = metrics
        self._process = process
        self._leads = False
        self._log = logs.get().bind(connection=name)
        self._workers = Workers(f"{process}/{name}", TURNS, self._work, self._crashed)
        self._checking = threading.Lock()
        self._tallies = tallies
        self._strangers = Strangers(name, self._meet)
        self._teller = Teller(name, process, reconciler.limits, store, tallies)
        self._metrics.ready.labels(name).set(0)
        self._metrics.watch(name, reconciler.limits)

    # --- what timers call ---

    def check(self) -> None:
        """Prove both sides, once; then begin to work. A side that is down or wrong is asked again at the next call."""
        with self._checking:
            if not self.trouble:
                return
            self._reconciler.limits.heed()
            problems = checks.live(self._reconciler.connection)
            trouble = "; ".join(f"{p.place}: {p.message} ({p.remedy})" for p in problems) or self._identify()
            if trouble:
                self._not_ready(trouble)
            else:
                self._begin()

    def lead(self, taken: Callable[[], None]) -> None:
        """Keep the lead of a shared store, or take it where nobody has it; then ``taken`` is called, once.

        Whoever led before may have been dead for a while, so ``taken`` should poll at once.
        """
        if self.trouble:
            return
        led = self._leads
        try:
            if self._elect() and not led:
                taken()
        except Exception:  # noqa: BLE001 - the lead lapses, and is there to be taken at the next beat
            self._leads = False
            self._log.exception("lead_crashed")
            self._crashed()

    def poll(self, side: Side) -> None:
        """Ask one side what changed, if this process leads the connection."""
        if self.trouble:
            return
        try:
            if self._elect():
                self._poll(side)
        except Exception:  # noqa: BLE001 - whatever happens to one poll, the next one comes
            self._log.exception("poll_crashed", side=side.value)
            self._metrics.polls.labels(self.name, side.value, "crashed").inc()
            self._crashed()

    def tell(self) -> None:
        """Say in the store how the calls flow, for ``connector status``."""
        try:
            self._teller.tell()
        except SQLAlchemyError:
            self._log.exception("flows_not_told")

    def wake(self) -> None:
        """There may be work."""
        self._workers.wake()

    def hinted(self, side: Side, refs: list[str]) -> None:
        """A webhook named these tickets: those that are known are due now, the others are looked at soon.

        :raises sqlalchemy.exc.SQLAlchemyError: the store failed, and they are to be told again.
        """
        strangers = self._reconciler.hinted(side, refs)
        self._tallies.count(Place(self.name, side), "marked", len(refs) - len(strangers))
        self._tallies.count(Place(self.name, side), "strangers", len(strangers))
        if len(strangers) < len(refs):
            self.wake()
        if strangers and not self.trouble:
            self._strangers.put(side, strangers)

    # --- what the daemon asks ---

    def dead(self) -> list[str]:
        return self._workers.dead()

    def stopped(self) -> list[str]:
        """Why nothing is written."""
        return [f"{self.name}: {recovery.stopped_in_words(row)}" for row in recovery.stopped(self._store, self.name)]

    def stop(self) -> None:
        """Finish the calls in flight, begin no other."""
        self._strangers.stop()
        self._workers.stop()
        self._reconciler.stop()

    def join(self, deadline: float) -> int:
        """Wait for the workers; returns how many were still in a call at the deadline. Gives up the lead."""
        left = self._workers.join(deadline)
        self._teller.end()
        self._store.resign(self.name, self._process)
        return left

    # --- within ---

    def _not_ready(self, trouble: str) -> None:
        if trouble != self.trouble:  # each new reason once, not one a minute
            self._log.warning("not_ready", reason=trouble)
        self.trouble = trouble

    def _identify(self) -> str:
        """Why it cannot be said whether the systems are those of the last time; "" where that is clear."""
        try:
            self._reconciler.guard.identify()
        except Trouble as error:
            return str(error)
        return ""

    def _begin(self) -> None:
        self.trouble = ""
        self._workers.start()
        self._metrics.ready.labels(self.name).set(1)
        self._log.info("ready")

    def _elect(self) -> bool:
        # An SQLite file has one daemon: nobody to ask.
        leads = not self._store.shared or self._store.lead(self.name, self._process, TERM)
        if leads is not self._leads:
            self._log.info("lead_taken" if leads else "lead_lost")
        self._leads = leads
        self._metrics.leads.labels(self.name).set(leads)
        return leads

    def _poll(self, side: Side) -> None:
        try:
            seen = self._reconciler.poll(side)
        except Spared:
            self._polled(side, "spared")
            return
        except Trouble as error:
            self._log.warning("poll_failed", side=side.value, reason=str(error))
            self._polled(side, "failed")
            return
        self._polled(side, "fine")
        self._metrics.polled.labels(self.name, side.value).set_to_current_time()
        if seen:
            self._log.debug("polled", side=side.value, tickets=seen)
            self.wake()

    def _meet(self, side: Side, refs: list[str]) -> None:
        try:
            if self._reconciler.meet(side, refs):
                self.wake()
        except Trouble as error:  # the poll names them too
            self._log.info("strangers_not_met", side=side.value, reason=str(error))

    def _polled(self, side: Side, result: str) -> None:
        self._metrics.polls.labels(self.name, side.value, result).inc()
        self._metrics.up.labels(self.name, side.value).set(result == "fine")

    def _work(self, worker: str) -> int:
        handled = self._reconciler.work(worker)
        self._metrics.handled.labels(self.name).inc(handled)
        return handled

    def _crashed(self) -> None:
        self._metrics.crashes.labels(self.name).inc()

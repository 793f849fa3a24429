"""The daemon: starts the parts, keeps them going, stops them in order."""

from __future__ import annotations

import gc
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from connector.daemon import assemble, logs, rosters, webhooks
from connector.daemon.errors import Unusable
from connector.daemon.flows import TELL
from connector.daemon.health import HealthServer
from connector.daemon.hints import Hints
from connector.daemon.inbox import Inbox
from connector.daemon.metrics import Metrics
from connector.daemon.runner import BEAT, Runner
from connector.daemon.scheduler import Timers
from connector.daemon.tallies import Tallies
from connector.settings import Configuration
from connector.store.errors import StoreError
from connector.words import Side

LONGEST_CHECK = 30.0
"""Seconds between two checks of a side that is down at the start, at most; sooner where polls are frequent."""
CHECKPOINT_EVERY = 60.0
CHECKPOINT = "audit checkpoint"
"""The name under which one process of all becomes the one that appends checkpoints."""


class Daemon:
    """Everything that runs for one configuration, until SIGTERM or SIGINT.

    :raises Unusable: the store cannot be used, another daemon works on its file, or the address of health is taken.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._settings = configuration.settings
        # Containers may share a host's name, and each has a process 1.
        self._process = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._log = logs.get()
        self._inbox: Inbox | None = None
        self.store = assemble.open_store(self._settings.store)
        try:
            with assemble.usable():
                self.store.lock_exclusive()
            self._metrics = Metrics(self.store, list(self._settings.connections))
            self._tallies = Tallies()
            self._metrics.add(self._tallies)
            self._runners = self._make_runners(configuration)
            rosters.look_at_them(configuration, self.store)
            self._inbox = self._make_inbox()
            self._health = self._make_health()
        except BaseException:
            if self._inbox:
                self._inbox.stop()
            self.store.close()
            raise
        self._timers = self._make_timers()

    @property
    def port(self) -> int:
        """Where health and metrics are served."""
        return self._health.port

    @property
    def inbox_port(self) -> int | None:
        """Where webhooks are taken; None where they are not."""
        return self._inbox.port if self._inbox else None

    def run(self) -> None:
        """Work until a signal asks to stop, then stop within ``daemon.stop_s``. For the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        self.start()
        while not self._stop.wait(3600):
            pass
        self.stop()

    def start(self) -> None:
        self.store.listen(self._wake)
        self._timers.start()
        if self._inbox:
            self._inbox.start()
        self._health.start()
        gc.collect()
        gc.freeze()  # what is here now stays to the end: no collection need look at it again
        connections = list(self._settings.connections)
        self._log.info("started", process=self._process, port=self.port, inbox=self.inbox_port, connections=connections)

    def stop(self) -> None:
        """Claim nothing more, let calls in flight end, give the rest back, close the record, in this order."""
        began = time.monotonic()
        self._log.info("stopping")
        if self._inbox:
            self._inbox.stop()
        self._timers.stop()
        for runner in self._runners:
            runner.stop()
        deadline = began + self._settings.daemon.stop_s * 0.8  # the rest is for the last checkpoint
        left = 0
        try:
            left = sum(runner.join(deadline) for runner in self._runners)
            self._checkpoint()
            self.store.resign(CHECKPOINT, self._process)
        except (StoreError, SQLAlchemyError):  # a store out of reach must not keep us from ending
            self._log.exception("store_unreachable_at_stop")
        self._health.stop()
        self.store.close()
        self._log.info("stopped", seconds=round(time.monotonic() - began, 2), calls_left_in_flight=left)

    def why_dead(self) -> list[str]:
        """Why this process should be restarted."""
        dead = [f"the thread {name} ended" for runner in self._runners for name in runner.dead()]
        dead += ["the webhook inbox ended"] if self._inbox and not self._inbox.running and not self._stop.is_set() else []
        return dead if self._timers.running or self._stop.is_set() else [*dead, "the timers do not run"]

    def why_not_ready(self) -> list[str]:
        """Why not all connections are at work."""
        reasons = [f"{runner.name}: {runner.trouble}" for runner in self._runners if runner.trouble]
        if self._stop.is_set():
            reasons.append("stopping")
        try:
            self.store.prove()
            reasons += [reason for runner in self._runners for reason in runner.stopped()]
        except SQLAlchemyError as error:
            reasons.append(f"the store fails: {getattr(error, 'orig', None) or error}; check its disk or its server")
        return reasons

    def _make_health(self) -> HealthServer:
        daemon = self._settings.daemon
        try:
            return HealthServer(daemon.address, self.why_dead, self.why_not_ready, self._metrics.text)
        except OSError as error:
            raise Unusable(f"health cannot be served at {daemon.listen}: {error.strerror}; change daemon.listen") from error

    def _make_inbox(self) -> Inbox | None:
        daemon = self._settings.daemon
        if daemon.inbox_address is None:
            return None
        runners = {runner.name: runner for runner in self._runners}
        hints = Hints(lambda place, refs: runners[place.connection].hinted(place.side, refs))
        try:
            return Inbox(daemon.inbox_address, webhooks.hooks(self._settings), hints, self._tallies)
        except OSError as error:
            raise Unusable(f"webhooks cannot be taken at {daemon.inbox}: {error.strerror}; change daemon.inbox") from error

    def _make_runners(self, configuration: Configuration) -> list[Runner]:
        runners = []
        for name, reconciler in assemble.reconcilers(configuration, self.store).items():
            runners.append(Runner(name, reconciler, self.store, self._metrics, self._tallies, process=self._process))
        return runners

    def _make_timers(self) -> Timers:
        timers = Timers(threads=5 * len(self._runners) + 1)
        for runner in self._runners:
            poll_s = self._settings.connections[runner.name].timing.poll_s
            timers.every(min(LONGEST_CHECK, 2 * poll_s), runner.check, name=f"check {runner.name}")
            polls = [
                timers.every(poll_s, partial(runner.poll, side), name=f"poll {runner.name} {side}", first=poll_s * n / len(Side))
                for n, side in enumerate(Side)
            ]
            timers.every(TELL, runner.tell, name=f"tell {runner.name}")
            if self.store.shared:
                timers.every(BEAT, partial(runner.lead, partial(_each, polls)), name=f"lead {runner.name}")
        timers.every(CHECKPOINT_EVERY, self._lead_checkpoint, name=CHECKPOINT, first=CHECKPOINT_EVERY)
        return timers

    def _wake(self) -> None:
        for runner in self._runners:
            runner.wake()

    def _lead_checkpoint(self) -> None:
        if self.store.lead(CHECKPOINT, self._process, 3 * CHECKPOINT_EVERY):
            self._checkpoint()

    def _checkpoint(self) -> None:
        checkpoint = self.store.checkpoint()
        if checkpoint:
            # Kept by whoever keeps the logs: it alone shows that the last checkpoints were removed.
            self._log.info("audit_checkpoint", anchor=checkpoint.anchor, records=checkpoint.records, bonds=checkpoint.bonds)

    def _asked_to_stop(self, number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # asked twice: end at once
        self._stop.set()


def _each(acts: Iterable[Callable[[], None]]) -> None:
    for act in acts:
        act()

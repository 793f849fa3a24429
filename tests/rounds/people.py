"""People at work on both sides, seeded: they comment, attach, edit and move as long as they are asked to."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress

from connector.sandbox.core import World
from connector.sandbox.otrs import Otrs
from connector.sandbox.servicenow import ServiceNow

_AWAITING_VENDOR = {"state": "3", "hold_reason": "4"}
_WITH_LEVEL_1 = {"state": "2", "hold_reason": ""}
_REST = 0.05


class People:
    """A thread that acts ``per_second`` times a second; first every ticket is opened, then any of them is worked on."""

    def __init__(self, world: World, servicenow: ServiceNow, otrs: Otrs, tickets: int, seed: int) -> None:
        self.per_second = 0.0
        self.acts = 0
        self._world, self._servicenow, self._otrs, self._tickets = world, servicenow, otrs, tickets
        self._rng = random.Random(seed)
        self._refs: list[str] = []
        self._deeds = [
            *[self.l1_comments, self._vendor_comments] * 4,
            *[self._l1_attaches, self._vendor_attaches] * 2,
            *[self._l1_edits, self._vendor_edits, self._l1_prioritises, self._l1_moves, self._vendor_moves],
        ]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="people", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """They go home."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            pace = self.per_second
            if pace:
                with self._world.lock, suppress(ValueError, LookupError):  # a deed that the system refuses, a case not there yet
                    self._act()
                time.sleep(self._rng.expovariate(pace))
            else:
                time.sleep(_REST)

    def _act(self) -> None:
        self.acts += 1
        if len(self._refs) < self._tickets and (not self._refs or self._rng.random() < 0.5):
            self._open()
        else:
            self._rng.choice(self._deeds)()

    def _open(self) -> None:
        fields = {"short_description": f"Line {self.acts} is silent", "description": "Since noon.", "caller_id": "carl.caller"}
        impact = self._rng.choice("23")
        self._refs.append(self._servicenow.create("lena.l1", {**fields, **_AWAITING_VENDOR, "impact": impact, "urgency": "2"}))

    def _incident(self) -> str:
        return self._rng.choice(self._refs)

    def _case(self) -> str:
        """:raises LookupError: there is none yet."""
        return self._rng.choice(self._otrs.tickets()).ref

    def l1_comments(self) -> None:
        """Level 1 comments on some incident; some comments are for the vendor alone."""
        public = self._rng.random() < 0.5
        text = f"level 1 says {self.acts}"
        self._servicenow.comment(self._incident(), "lena.l1", text if public else f"[vendor] {text}", public=public)

    def _vendor_comments(self) -> None:
        self._otrs.comment(self._case(), "vera.vendor", f"the vendor says {self.acts}", public=True)

    def _l1_attaches(self) -> None:
        data = f"log {self.acts}\n".encode() * self._rng.choice([1, 100, 10_000])
        self._servicenow.attach(self._incident(), "lena.l1", "log.txt", data, "text/plain")

    def _vendor_attaches(self) -> None:
        self._otrs.attach(self._case(), "vera.vendor", "fix.bin", f"fix {self.acts}".encode())

    def _l1_edits(self) -> None:
        self._servicenow.edit(self._incident(), "lena.l1", {"short_description": f"title {self.acts}"})

    def _vendor_edits(self) -> None:
        self._otrs.edit(self._case(), "vera.vendor", {"Title": f"the vendor's title {self.acts}"})

    def _l1_prioritises(self) -> None:
        fields = {"impact": self._rng.choice("23"), "urgency": self._rng.choice("123")}
        self._servicenow.edit(self._incident(), "lena.l1", fields)

    def _l1_moves(self) -> None:
        self._servicenow.edit(self._incident(), "lena.l1", self._rng.choice([_AWAITING_VENDOR, _AWAITING_VENDOR, _WITH_LEVEL_1]))

    def _vendor_moves(self) -> None:
        state = self._rng.choice(["open", "pending reminder", "pending auto close+"])
        self._otrs.edit(self._case(), "vera.vendor", {"State": state})

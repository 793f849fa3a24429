"""Rights that are withdrawn for a while and given back."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.simulation.rig import Rig

BEGINS, ENDS = 0.1, 0.15
"""The chance of each at a turn."""


class Spells:
    """Begins each of the planned spells once, at some turn, and ends it at a later one."""

    def __init__(self, rig: Rig, planned: tuple[str, ...], rng: random.Random, tell: Callable[[str], None]) -> None:
        self._rig = rig
        self._planned = list(planned)
        self._rng = rng
        self._tell = tell
        self._now: list[str] = []
        self.hidden: dict[str, float] = {}  # numbers and ids of incidents that were out of sight -> until when

    def turn(self) -> None:
        for spell in [s for s in self._now if self._rng.random() < ENDS]:
            self._give_back(spell)
        for spell in [s for s in self._planned if self._rng.random() < BEGINS]:
            self._planned.remove(spell)
            self._now.append(spell)
            self._tell(f"withdrawn: {spell}")
            self._withdraw(spell)

    def end(self) -> None:
        for spell in list(self._now):
            self._give_back(spell)

    def _withdraw(self, spell: str) -> None:
        customer, portal = self._rig.desk, self._rig.office
        match spell:
            case "journal rights":
                customer.journal_rights = False
            case "history rights":
                customer.audit_rights = portal.history_rights = False
                self._rig.blind = True
            case "a hidden incident":
                customer.hidden = {self._rng.choice([t.ref for t in customer.tickets()])}
            case "a read-only field":
                customer.read_only = {"short_description"}
            case "a hidden field":
                customer.hidden_fields = {self._rng.choice(["short_description", "impact"])}

    def _give_back(self, spell: str) -> None:
        self._now.remove(spell)
        customer, portal = self._rig.desk, self._rig.office
        match spell:
            case "journal rights":
                customer.journal_rights = True
            case "history rights":
                customer.audit_rights = portal.history_rights = True
            case "a hidden incident":
                names = [t.number for t in customer.tickets() if t.ref in customer.hidden]
                self.hidden |= dict.fromkeys([*names, *customer.hidden], self._rig.clock.now)  # one may be deleted by now
                customer.hidden = set()
            case "a read-only field":
                customer.read_only = set()
            case "a hidden field":
                customer.hidden_fields = set()

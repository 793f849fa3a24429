"""What people do with one ticket and its case. Each act is one second's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.sandbox.core import SimItem

if TYPE_CHECKING:
    from tests.crash.stage import Stage

L1, VENDOR = "lena.l1", "vera.vendor"
ON_HOLD = {"state": "3", "hold_reason": "4"}
SOLUTION = {"close_code": "Solved (Permanently)", "close_notes": "done"}


@dataclass
class Ticket:
    """An incident and the case that follows from it."""

    stage: Stage
    ref: str
    number: str
    linked: str = ""  # the case that an operator linked it with

    @classmethod
    def opened(cls, stage: Stage, title: str, fields: Mapping[str, str]) -> Ticket:
        stage.breathe()
        given = {"short_description": title, "description": "it is broken", "impact": "2", "urgency": "2", **ON_HOLD, **fields}
        return cls.known(stage, stage.customer.create(L1, given))

    @classmethod
    def known(cls, stage: Stage, ref: str) -> Ticket:
        ticket = cls(stage, ref, stage.customer.ticket(ref).number)
        stage.tickets.append(ticket)
        return ticket

    @property
    def case(self) -> str:
        """The ref of its case."""
        return self.linked or self.stage.cases(self.number)[0].ref

    @property
    def bond(self) -> str:
        return str(self.stage.reported(self.ref)["bond"])

    # --- level 1 -----------------------------------------------------------------------------------------

    def says(self, *texts: str) -> None:
        """Comments that the caller reads too; they travel."""
        for text in texts:
            self.stage.breathe()
            self.stage.customer.comment(self.ref, L1, text, public=True)

    def notes(self, text: str) -> None:
        self.stage.breathe()
        self.stage.customer.comment(self.ref, L1, text, public=False)

    def attaches(self, name: str, data: bytes, kind: str = "text/plain") -> None:
        self.stage.breathe()
        self.stage.customer.attach(self.ref, L1, name, data, kind)

    def edits(self, **fields: str) -> None:
        self.stage.breathe()
        self.stage.customer.edit(self.ref, L1, fields)

    def hands_over(self) -> None:
        """(Again) with the vendor."""
        self.edits(**ON_HOLD, close_code="", close_notes="")

    def takes_back(self) -> None:
        self.edits(state="2", hold_reason="")

    def ends(self, state: str = "7") -> None:
        """6 resolved, 7 closed, 8 cancelled."""
        self.edits(state=state, hold_reason="", **SOLUTION)

    def clone(self) -> Ticket:
        self.stage.breathe()
        return Ticket.known(self.stage, self.stage.customer.clone(self.ref, L1))

    # --- the vendor --------------------------------------------------------------------------------------

    def vendor_says(self, *texts: str) -> None:
        for text in texts:
            self.stage.breathe()
            self.stage.portal.comment(self.case, VENDOR, text, public=True)

    def vendor_notes(self, text: str) -> None:
        self.stage.breathe()
        self.stage.portal.comment(self.case, VENDOR, text, public=False)

    def vendor_attaches(self, name: str, data: bytes) -> None:
        self.stage.breathe()
        self.stage.portal.attach(self.case, VENDOR, name, data)

    def vendor_edits(self, **fields: str) -> None:
        self.stage.breathe()
        self.stage.portal.edit(self.case, VENDOR, fields)

    def moves(self, state: str) -> None:
        """The vendor sets the case's state."""
        self.vendor_edits(State=state)

    # --- what they see -----------------------------------------------------------------------------------

    def copy_of(self, words: str) -> SimItem:
        """The first thing that our user wrote on either side with these words in it."""
        both = (*self.stage.customer.ticket(self.ref).comments, *self.stage.portal.ticket(self.case).comments[1:])
        return next(item for item in both if item.ours and words in item.text)

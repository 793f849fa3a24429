"""The daemon as a process between the simulated ServiceNow and a real Znuny, with people on both sides."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.core import SimItem, SimTicket, World
from connector.sandbox.judge import Sentence, Table, judge
from connector.sandbox.past import give_past
from connector.sandbox.servicenow import ServiceNow
from tests.process.place import Place, eventually, place
from tests.real.znuny import Znuny
from tests.real.znuny_people import Portal, portal

LENA, VERA = "lena.l1", "vera.vendor"
AT_VENDOR = {"state": "3", "hold_reason": "4"}
WITH_L1 = {"state": "2", "hold_reason": ""}
LEASE, SETTLE = 11.0, 6.0
POLL = 0.5

_CONNECTION = "CONNECTOR_CONNECTIONS__ACME__"
_QUICK = {
    "TIMING__POLL_S": str(POLL),
    "TIMING__CALL_TIMEOUT_S": "5",
    "TIMING__LEASE_S": str(LEASE),
    "TIMING__NOTE_PAUSE_S": "1",
    "TIMING__RETRY_S": "0.5",
    **{f"{side}__{lag}_LAG_S": "0.2" for side in ("CUSTOMER", "VENDOR") for lag in ("READ", "FIND")},
    **{f"{side}__SETTLE_S": str(SETTLE) for side in ("CUSTOMER", "VENDOR")},
}


@dataclass
class Link:
    """Both systems, their people, and the place in which the daemon runs."""

    here: Place
    znuny: Znuny
    vendor: Portal

    @property
    def customer(self) -> ServiceNow:
        return self.here.servicenow

    def settings(self, **values: str) -> None:
        """Override settings of the connection: ``VENDOR__URL="..."``."""
        self.here.extra |= {_CONNECTION + name: value for name, value in values.items()}

    # --- the customer's people ---

    def incident(self, title: str = "Line 4 is silent", **fields: str) -> str:
        """Open an incident that waits for the vendor; its sys_id."""
        given = {**AT_VENDOR, "impact": "2", "urgency": "2", "description": "Since noon.", "caller_id": "carl.caller"}
        return self.customer.create(LENA, {**given, "short_description": title, **fields})

    # --- what there is ---

    def case_of(self, ref: str) -> SimTicket:
        """The one case of an incident, as the database has it; waits for it."""
        number = self.customer.ticket(ref).number
        self.sees(lambda: bool(self._cases(number)), f"{number} gets a case")
        [case] = self._cases(number)
        return case

    def _cases(self, number: str) -> list[SimTicket]:
        return [case for case in self.vendor.tickets() if case.fields.get("DynamicField_CustomerReference") == number]

    def sees(self, true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        """Wait until it is so, and fail by its name where it is not."""
        assert eventually(true, seconds), f"in {seconds:g} s it did not come that {what}"

    def incident_shows(self, ref: str, **fields: str) -> None:
        self.sees(lambda: fields.items() <= self.customer.ticket(ref).fields.items(), f"the incident shows {fields}")

    def case_shows(self, case: SimTicket, **fields: str) -> None:
        self.sees(lambda: fields.items() <= self.vendor.ticket(case.ref).fields.items(), f"the case shows {fields}")

    def copies(self, ticket: SimTicket, text: str) -> list[SimItem]:
        """Comments of our user that hold a text."""
        return [item for item in ticket.comments if item.ours and text in item.text]

    def case_reads(self, case: SimTicket, text: str) -> None:
        self.sees(lambda: bool(self.copies(self.vendor.ticket(case.ref), text)), f"the case reads {text!r}")

    def incident_reads(self, ref: str, text: str) -> None:
        self.sees(lambda: bool(self.copies(self.customer.ticket(ref), text)), f"the incident reads {text!r}")

    # --- the connector's own account ---

    def report(self) -> list[dict[str, Any]]:
        """Its bonds, as ``connector status --json`` gives them."""
        [connection] = self.here.json("status")["connections"]
        tickets: list[dict[str, Any]] = connection["tickets"]
        return tickets

    def backlog(self) -> int:
        """How many bonds are due or in work."""
        store = f"file:{self.here.folder / 'store.db'}?mode=ro"
        now = time.time()
        with closing(sqlite3.connect(store, uri=True)) as connection:
            [[count]] = connection.execute("SELECT count(*) FROM work WHERE until > ? OR due < ?", (now, now)).fetchall()
        return int(count)

    def rest(self, seconds: float = 60.0) -> None:
        """Wait until both sides were polled and nothing is left to do."""
        calm_since = time.monotonic()

        def calm() -> bool:
            nonlocal calm_since
            if self.backlog() or any(bond["open"] or bond["unverified"] for bond in self.report()):
                calm_since = time.monotonic()
            return time.monotonic() - calm_since > 4 * POLL

        self.sees(calm, "the daemon has nothing left to do", seconds)

    # --- the end ---

    def sentence(self, table: Table | None = None) -> Sentence:
        """The judge's, once everything is at rest: the customer's past is the sandbox's, the vendor's is the Znuny's own history."""
        self.rest()
        whole = World(time.time)
        whole.deeds = sorted([*self.here.world.deeds, *self.vendor.deeds()], key=lambda deed: deed.at)
        return judge(whole, self.customer, self.vendor, self.report(), table or Table(window=15.0))

    def all_agree(self, tickets: int = 1) -> None:
        """Nothing lost, nothing doubled, nothing done wrongly: every incident has its one case, and both say the same."""
        sentence = self.sentence()
        assert sentence.ok, sentence.findings
        assert (sentence.tickets, sentence.agree, len(self.vendor.tickets())) == (tickets, tickets, tickets), sentence.summary()


@contextmanager
def link(folder: Path, znuny: Znuny) -> Iterator[Link]:
    """Both systems, before any daemon runs."""
    with place(folder) as here:
        give_past(here.servicenow)
        made = Link(here, znuny, portal(znuny, here.world))
        made.settings(**_QUICK, VENDOR__URL=znuny.url)
        yield made


@pytest.fixture
def linked(tmp_path: Path, znuny: Znuny) -> Iterator[Link]:
    """A portal of one's own, and no daemon yet."""
    with link(tmp_path, znuny) as made:
        yield made

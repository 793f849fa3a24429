"""One company with its installation: who works there, what its mapping tells apart, and both systems running in one simulated world."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from connector.mapping.load import loads as read_mapping
from connector.mapping.mapping import TicketMapping
from connector.rasci.table import OperatingModel
from connector.sandbox.core import SimItem, SimTicket
from connector.sandbox.judge import judge
from connector.sandbox.judge_table import Table
from connector.sync.connection import Timing
from connector.sync.report import report
from connector.sync.story import Story, tell
from connector.words import Side
from tests.models.named import shipped, under
from tests.simulation.rig import ROOT, Rig

HANDED_OVER = {"state": "3", "hold_reason": "4"}
TAKEN_BACK = {"state": "2", "hold_reason": ""}
RESOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "done"}
CLOSED = {"state": "7", "close_code": "Solution provided", "close_notes": "done"}
LENA, LARS, CARL, VERA = "lena.l1", "lars.l1", "carl.caller", "vera.vendor"
"""Two of level 1, an end user, somebody of the vendor."""

STATEMENT = "#connector statement two users, two networks: the application alone is common to them"

TOPICS = """
topics:
  - {by: system, when: {field: short_description, starts_with: "SBC:"}, system: sbc}
  - {by: system, when: {field: short_description, starts_with: "Back-end:"}, system: back-end}
  - {by: service, when: {field: subcategory, is: training}, topic: training}
  - {by: service, when: {field: subcategory, is: tenant}, topic: provide-tenant}
  - {by: service, when: {field: subcategory, is: configuration}, topic: configure-tenant}
  - {by: service, when: {field: subcategory, is: interfacing}, topic: interfacing}
  - {by: service, when: {field: subcategory, is: connections}, topic: connections}
  - {by: service, when: {field: subcategory, is: entry}, topic: entry-points}
  - {by: service, when: {field: subcategory, is: change}, topic: change-request}
  - {by: category, when: {field: category, is: software}, topic: l2-3-support}
facts:
  record_type:
    - {when: {field: subcategory, in: [training, tenant]}, value: request}
    - {when: {field: subcategory, is: change}, value: change}
"""

HERE = """
facts: {deployment: cloud, plan: premium_plus, purchased: [training], version: supported}
p1_number: "+31 10 000 00 00"
on_call: "+31 20 000 00 00"
settings:
  calendars.customer: {value: "Europe/Amsterdam Mo-Fr 08:00-17:00", source: ours}
  calendars.vendor: {value: "Europe/Amsterdam Mo-Fr 08:00-17:00", source: ours}
roster:
  - {name: Lena Lund, email: lena@acme.example, phone: "+31 20 1", login: lena.l1, role: trained-l1,
     portal_user: lena@acme, trained: 2026-01-10, known_to_vendor: 2026-01-12}
  - {name: Lars Lind, email: lars@acme.example, phone: "+31 20 2", login: lars.l1, role: trained-l1,
     portal_user: lars@acme, trained: 2026-01-10, known_to_vendor: 2026-01-12}
"""


_DAY = 86_400.0
_CALM = Timing(max_age=5.0, call_timeout=5.0, lease=30.0, sweep=43_200.0, note_pause=60.0, retry=2.0)
"""Days go by in these tests: what is looked at meanwhile is looked at because something is due."""


@cache
def mapping_with(extra: str, language: str = "en", fields: str = "") -> TicketMapping:
    """The shipped one, which can tell here who closed a ticket.

    :param fields: further entries of its section of that name.
    """
    text = (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
    for closer in ("caller", "auto_close"):
        text = text.replace(f"  # {closer}: ", f"  {closer}: ")
    text = text.replace("\nfields:\n", f"\nfields:\n{fields}")
    return read_mapping(f"{text}{extra}\nlanguage: {language}\n", "servicenow-otrs.yaml")


class House:
    """Who asks it what stands where asks the simulated systems; the connector's own account is beside it."""

    def __init__(
        self,
        folder: Path,
        *,
        model: str = "anywhere365-dialogue-cloud",
        mapping: str = TOPICS,
        fields: str = "",
        here: str = HERE,
        seed: int = 1,
        language: str = "en",
        altered: Callable[[OperatingModel], OperatingModel] = lambda model: model,
    ) -> None:
        read, installation = under(altered(shipped(model)), here)
        self.rig = Rig(seed, mapping=mapping_with(mapping, language, fields), model=read, installation=installation, timing=_CALM)
        self.customer, self.portal = self.rig.servicenow, self.rig.portal
        self.rig.engine.check()

    # --- people and time ---

    def opens(self, title: str, *, by: str = LENA, **fields: str) -> str:
        """An incident that is handed over to the vendor from the start."""
        given = {
            "short_description": title,
            "description": "it is broken",
            "impact": "2",
            "urgency": "2",
            **HANDED_OVER,
            **fields,
        }
        return self.customer.create(by, given)

    def edits(self, ref: str, fields: dict[str, str], by: str = LENA) -> None:
        self.customer.edit(ref, by, fields)

    def notes(self, ref: str, text: str, by: str = LENA) -> None:
        """An internal note."""
        self.customer.comment(ref, by, text, public=False)

    def vendor_sets(self, ref: str, state: str) -> None:
        self.portal.edit(self.case(ref).ref, VERA, {"State": state})

    def vendor_writes(self, ref: str, text: str) -> None:
        self.portal.comment(self.case(ref).ref, VERA, text, public=True)

    def wait(self, seconds: float = 30.0) -> None:
        self.rig.settle(seconds, 3.0, max(120.0, seconds / 60), growth=1.5 if seconds < _DAY else 4.0)

    # --- what stands there ---

    def ticket(self, ref: str) -> SimTicket:
        return self.customer.ticket(ref)

    def cases(self) -> list[SimTicket]:
        return self.portal.tickets()

    def case(self, ref: str) -> SimTicket:
        """:raises LookupError: the ticket has none."""
        number = self.ticket(ref).number
        found = next((case for case in self.cases() if case.fields.get("DynamicField_CustomerReference") == number), None)
        if found is None:
            raise LookupError(number)
        return found

    def told(self, ref: str) -> list[str]:
        """What the connector wrote into the ticket's internal notes, oldest first, each in one line."""
        return [" ".join(item.text.split()) for item in self.ticket(ref).comments if item.ours]

    def told_vendor(self, ref: str) -> list[SimItem]:
        return [item for item in self.case(ref).comments if item.ours]

    def row(self, ref: str) -> dict[str, Any]:
        return next(row for row in self.rows() if row["ref"] == ref)

    def rows(self) -> list[dict[str, Any]]:
        """What `status --json` has."""
        return report(self.rig.store, "acme")

    def story(self, ref: str) -> Story:
        """What ``explain`` tells."""
        store = self.rig.store
        (known,) = store.load([self.row(ref)["bond"]]).values()
        records = store.records(known.bond.id)
        mapping, work = self.rig.connection.mapping, store.work_of(known.bond.id)
        return tell(known.bond, records, mapping=mapping, intents=known.intents, work=work, now=self.rig.wall())

    def sides(self) -> dict[Side, int]:
        """How many tickets each side has."""
        return {Side.CUSTOMER: len(self.customer.tickets()), Side.VENDOR: len(self.cases())}

    def judged(self, *causes: str) -> None:
        """The judge finds nothing, but for what it is told is meant: names of files, keys of items."""
        table = Table(causes=frozenset(causes))
        sentence = judge(self.rig.world, self.customer, self.portal, report(self.rig.store, "acme"), table)
        assert sentence.ok, sentence.findings

"""What the tests of links share: tickets and cases that were there before the connector, an operator, and judgement."""

from __future__ import annotations

from typing import Any

from connector.audit.verify import verify
from connector.daemon.linking import Checked, Linker
from connector.daemon.pairs import Row
from connector.daemon.parting import Parting
from connector.sandbox.core import SimItem
from connector.sandbox.judge import Table, judge
from connector.sync.report import report
from connector.words import Side
from tests.simulation.rig import Rig
from tests.simulation.run import findings

L1, VENDOR, OPERATOR = "lena.l1", "vera.vendor", "olga"
ON_HOLD = {"state": "3", "hold_reason": "4"}
DONE = {"close_code": "Solved (Permanently)", "close_notes": "done"}


class LinkDesk:
    """One simulated world in which people opened tickets and cases by hand."""

    def __init__(self, seed: int = 1) -> None:
        self.rig = Rig(seed)
        self.customer, self.portal = self.rig.servicenow, self.rig.portal
        self.rig.engine.check()

    # --- people ---

    def incident(self, title: str = "printer on fire", **fields: str) -> str:
        given = {"short_description": title, "description": "it is broken", "impact": "2", "urgency": "2", **ON_HOLD, **fields}
        return self.customer.create(L1, given)

    def case(self, title: str = "printer on fire", **fields: str) -> str:
        return self.portal.create(VENDOR, {"Title": title, "State": "open", "Body": "as told on the phone", **fields})

    def old(self) -> tuple[str, str]:
        """A ticket and a case for the same, on which both sides have spoken for months."""
        pair = self.incident(), self.case()
        self.customer.comment(pair[0], L1, "before: the caller waits", public=True)
        self.customer.attach(pair[0], L1, "before.txt", b"from before", "text/plain")
        self.portal.comment(pair[1], VENDOR, "before: we look at it", public=True)
        self.portal.attach(pair[1], VENDOR, "old.bin", b"old fix")
        self.rig.clock.advance(90 * 86_400.0)  # no poll reaches so far back
        return pair

    def run(self, seconds: float = 60.0, step: float = 4.0) -> None:
        self.rig.settle(seconds, step)

    # --- the operator ---

    def linker(self) -> Linker:
        """As the command line makes it: adapters of its own."""
        self.rig.start()
        self.rig.engine.check()
        return Linker(self.rig.connection, self.rig.store)

    def parting(self) -> Parting:
        return Parting(self.rig.connection, self.rig.store)

    def numbers(self, ref: str, case: str) -> Row:
        return Row(self.customer.ticket(ref).number, self.portal.ticket(case).number)

    def check(self, ref: str, case: str, *, follow: bool = False) -> Checked:
        (checked,) = self.linker().check([self.numbers(ref, case)], follow=follow)
        return checked

    def link(self, ref: str, case: str, *, with_history: bool = False, follow: bool = False) -> Checked:
        """Link two tickets; fails where they cannot be."""
        linker = self.linker()
        (checked,) = linker.check([self.numbers(ref, case)], follow=follow)
        assert linker.link(checked, OPERATOR, with_history=with_history), checked.problems
        return checked

    def refusal(self, ref: str, case: str) -> str:
        """Why two tickets cannot be linked."""
        checked = self.check(ref, case)
        assert checked.problems
        return "\n".join(f"{p.message}; {p.remedy}" for p in checked.problems)

    # --- what is there ---

    def row(self, ref: str) -> dict[str, Any]:
        rows = [row for row in report(self.rig.store, "acme") if row["ref"] == ref]
        return next((row for row in rows if row["state"] != "unlinked"), rows[-1])

    def ours(self, ref: str) -> list[SimItem]:
        """What our user wrote on an incident or a case."""
        ticket = self.customer.ticket(ref) if ref in {t.ref for t in self.customer.tickets()} else self.portal.ticket(ref)
        return [item for item in ticket.comments if item.ours]

    def texts(self, ref: str) -> list[str]:
        return [item.text for item in self.ours(ref)]

    def before(self, *pairs: tuple[str, str]) -> frozenset[str]:
        """The ids of everything that stands on these tickets now."""
        tickets = [t for ref, case in pairs for t in (self.customer.ticket(ref), self.portal.ticket(case))]
        return frozenset(item.id for ticket in tickets for item in (*ticket.comments, *ticket.files))

    def audited(self, bond: str, kind: str) -> list[dict[str, Any]]:
        records = [record for record in self.rig.store.records(bond) if record.kind == kind]
        return [dict(record.content.event) for record in records if record.content]

    def state(self) -> tuple[object, ...]:
        """All that a dry run must leave alone: both systems, and every bond with its place in the queue."""
        bonds = self.rig.store.bonds()
        return (
            len(self.rig.world.deeds),
            {name: calls["write"] for name, calls in self.rig.world.calls.items()},
            bonds,
            [self.rig.store.work_of(bond.id) for bond in bonds],
            self.rig.store.audit_size(),
            [self.rig.store.cursor("acme", side) for side in Side],
            self.rig.store.backfilled("acme"),
        )

    # --- judgement ---

    def judge(self, table: Table | None = None) -> None:
        """Nothing lost, doubled or done wrongly; nothing more is written, for a sweep and more; the record holds."""
        writes = [calls["write"] for calls in self.rig.world.calls.values()]
        self.rig.settle(800.0, 80.0)
        assert [calls["write"] for calls in self.rig.world.calls.values()] == writes, "never quiet"
        sentence = judge(self.rig.world, self.customer, self.portal, report(self.rig.store, "acme"), table or Table())
        assert findings(sentence) == [], findings(sentence)
        self.rig.store.checkpoint()
        with self.rig.store.audit() as reader:
            assert verify(reader).problems == []

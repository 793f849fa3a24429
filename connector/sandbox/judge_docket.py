"""What is known of one incident: the ticket, its case, their deeds, and what the connector reports of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from connector.sandbox.core import Deed, SimItem, SimTicket, World
from connector.sandbox.judge_table import Finding, Table
from connector.sandbox.witness import Customer, Vendor, retold

Row = Mapping[str, Any]
"""One bond as the connector reports it: plain values, never believed where the world can tell."""


@dataclass
class Docket:
    """One incident that is, or was, meant for the vendor."""

    ref: str
    number: str
    incident: SimTicket | None  # None: deleted
    row: Row | None
    cases: list[SimTicket]  # those our user opened for it, oldest first
    case: SimTicket | None  # the linked one
    deeds: list[Deed]  # of the incident
    case_deeds: list[Deed]
    item_deeds: list[Deed]  # of the case and of those that were merged into it: their articles are its own now
    elsewhere: frozenset[str] = frozenset()  # cases merged into this one that another bond still names as its own
    beside: list[Docket] = field(default_factory=list)  # all incidents on the same case, this one too
    ever_meant: bool = False
    meant_for: float = 0.0  # seconds, in all
    meant_at: float = 0.0  # when it last changed and was meant
    findings: list[Finding] = field(default_factory=list)

    @property
    def parked(self) -> str:
        return str(self.row["parked"] or "") if self.row else ""

    @property
    def held(self) -> str:
        return str(self.row["held"] or "") if self.row else ""

    @property
    def follows(self) -> bool:
        """Whether another incident leads the case: who it is only the connector can say."""
        return bool(self.row and self.row.get("follows"))

    @property
    def since(self) -> float:
        """Since when the incident leads or follows this case, where it did not from the start."""
        return float(self.row.get("since", 0.0)) if self.row else 0.0

    @property
    def speaks(self) -> bool:
        """Whether what the case got from all its incidents is judged with this one: the first that is there."""
        return next((one for one in self.beside if one.incident), self) is self

    @property
    def standing(self) -> Mapping[str, Mapping[str, Any]]:
        return self.row["standing"] if self.row else {}

    def withheld(self, kind: str, item: str) -> Mapping[str, Any] | None:
        """What the connector says of a comment or file that did not travel."""
        entries: Iterable[Mapping[str, Any]] = self.row["withheld"] if self.row else ()
        ends = tuple(f":{kind}:{name}" for name in names_of(item))
        return next((e for e in entries if str(e["item"]).endswith(ends) and e["reason"]), None)

    def written(self, parts: Iterable[SimTicket]) -> list[SimItem]:
        """The case's articles and files in any of these: a case that took up this one has items of its own beside them.

        Without our copies for another bond, which could not follow its case here.
        """
        mine = (deed for deed in self.item_deeds if not (deed.ours and deed.ticket in self.elsewhere))
        ids = {deed.item for deed in mine if deed.what in ("comment", "file")}
        return [item for part in parts for item in (*part.comments, *part.files) if item.id in ids]

    def told(self, kind: str, ids: Iterable[str], side: str) -> int:
        """How many of these native ids of copies on one side the connector reports as second ones."""
        entries: Iterable[Mapping[str, Any]] = self.row.get("second_copies", ()) if self.row else ()
        prefix = "file:" if kind == "file" else ""
        second = {str(e["copy"]) for e in entries if e["side"] == side}
        return sum(any(f"{prefix}{name}" in second for name in names_of(copy)) for copy in ids)

    def find(self, kind: str, text: str, *, told: bool = False) -> None:
        self.findings.append(Finding(kind, self.number, text, told))


def names_of(item: str) -> tuple[str, ...]:
    """What the connector may call an item: its id; of a file, in some systems, that without the article in which it stands."""
    article, _, alone = item.partition(":")
    return (item, alone) if alone else (article,)


class Court:
    """The whole world, indexed by ticket."""

    def __init__(self, world: World, customer: Customer, vendor: Vendor, report: Iterable[Row], table: Table) -> None:
        self.customer, self.vendor, self.table = customer, vendor, table
        self.rows = list(report)
        self.deeds: dict[tuple[str, str], list[Deed]] = defaultdict(list)
        for deed in retold(world, customer, vendor):
            self.deeds[deed.system, deed.ticket].append(deed)
        self.now = world.now()
        self.cases = {ticket.ref: ticket for ticket in vendor.tickets()}
        self.incidents = {ticket.ref: ticket for ticket in customer.tickets()}
        self.row_of = {str(row["ref"]): row for row in self.rows if row["ref"]}
        self.opened: dict[str, list[SimTicket]] = defaultdict(list)  # incident number -> cases of ours
        for ticket in self.cases.values():
            if ticket.ours:
                self.opened[self._reference(ticket)].append(ticket)

    def _reference(self, case: SimTicket) -> str:
        """The incident for which a case was opened: as our user wrote it, whatever people made of it since."""
        name = self.table.reference
        written = (d.new for d in self.case_deeds(case.ref) if d.ours and d.what == "field" and d.field == name)
        return next((value for value in written if value), "")

    def case_deeds(self, ref: str) -> list[Deed]:
        return self.deeds.get((self.table.vendor, ref), [])

    def merged_into(self, case: str) -> list[SimTicket]:
        """The case that took this one up, where the vendor merged it and the connector did not follow."""
        return [self.cases[deed.new] for deed in self.case_deeds(case) if deed.what == "merge" and deed.new in self.cases]

    def parts(self, case: str) -> list[str]:
        """A case and those that the vendor merged into it, one after the other."""
        found = [case]
        for ref in found:
            found += [
                deed.ticket
                for (system, _), deeds in self.deeds.items()
                for deed in deeds
                if system == self.table.vendor and deed.what == "merge" and deed.new == ref and deed.ticket not in found
            ]
        return found

    def dockets(self) -> list[Docket]:
        """Every incident that a person opened, meant for the vendor or not."""
        every = [self._docket(ref, deeds) for (system, ref), deeds in self.deeds.items() if self._opened_by_person(system, deeds)]
        for docket in every:
            same = [one for one in every if one.case and docket.case and one.case.ref == docket.case.ref]
            docket.beside = sorted(same, key=lambda one: one.follows) or [docket]
        return every

    def _opened_by_person(self, system: str, deeds: list[Deed]) -> bool:
        return system == self.table.customer and deeds[0].what == "create" and not deeds[0].ours

    def _docket(self, ref: str, deeds: list[Deed]) -> Docket:
        incident, row = self.incidents.get(ref), self.row_of.get(ref)
        number = incident.number if incident else str(row["number"]) if row else ref
        cases = self.opened.get(number, [])
        linked = str(row["case_ref"] or "") if row else ""
        case = self.cases.get(linked) or (cases[0] if cases else None)
        there = self.case_deeds(case.ref) if case else []
        parts = self.parts(case.ref) if case else []
        docket = Docket(ref, number, incident, row, cases, case, deeds, there, [d for p in parts for d in self.case_deeds(p)])
        docket.elsewhere = frozenset(parts[1:]) & {str(one["case_ref"]) for one in self.rows}
        docket.ever_meant, docket.meant_for, docket.meant_at = self._meant(deeds)
        docket.ever_meant = docket.ever_meant or docket.follows or docket.since > 0  # an operator meant it
        return docket

    def _meant(self, deeds: list[Deed]) -> tuple[bool, float, float]:
        """Whether the incident ever was meant for the vendor, for how many seconds, and its last change while it was."""
        values: dict[str, str] = {}
        last = 0.0
        ever, total, before = self.table.all_escalate, 0.0, deeds[0].at
        meant = False
        for _, save in groupby(deeds, lambda deed: (deed.at, deed.who)):
            saved = list(save)  # its fields change together: only its end counts
            total += saved[0].at - before if meant else 0.0
            values.update({d.field: d.new or "" for d in saved if d.what == "field"})
            gone = any(d.what == "delete" and not d.item for d in saved)
            before, meant = saved[0].at, not gone and self.table.meant(values)
            ever = ever or meant
            last = before if meant else last
        return ever, total + (self.now - before if meant else 0.0), last


# --- who wrote what ----------------------------------------------------------------------------------------------


def writes_of(deeds: Iterable[Deed], fields: frozenset[str]) -> list[Deed]:
    """What was written into some fields."""
    return [d for d in deeds if d.what == "field" and d.field in fields]


def last_person(deeds: Sequence[Deed]) -> Deed | None:
    """The last one that was a person's."""
    return next((d for d in reversed(deeds) if not d.ours), None)

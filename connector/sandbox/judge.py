"""The judge: after a run it looks at both simulated systems and says what was lost, doubled or done wrongly.

It shares no code with the engine, knows the two systems and its own :class:`Table`, and believes of the
connector's report only what the world cannot tell: which bonds are held or parked, and what was withheld.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.core import World
from connector.sandbox.judge_beside import judge_beside
from connector.sandbox.judge_causes import bond_cause, unit_cause
from connector.sandbox.judge_deeds import judge_deeds, strangers, unasked
from connector.sandbox.judge_docket import Court, Docket, names_of
from connector.sandbox.judge_items import judge_items
from connector.sandbox.judge_rules import judge_rules
from connector.sandbox.judge_table import UNITS, Finding, Table, never
from connector.sandbox.judge_units import judge_units
from connector.sandbox.witness import Customer, Vendor

__all__ = ["Finding", "Sentence", "Table", "judge"]

KINDS = ("lost", "duplicates", "violations", "unequal", "disorder", "unexplained")


@dataclass
class Sentence:
    """What the judge found. ``bonds + refused == tickets`` and ``agree + held + parked == bonds``, else something is wrong.

    ``effects`` counts what our user did, by kind: ``case``, ``UNIT to SIDE``, ``comment to SIDE``, ``note to SIDE``,
    ``file to SIDE``, with title, priority, status and case_number as units and customer and vendor as sides.
    """

    tickets: int = 0
    bonds: int = 0
    agree: int = 0
    held: int = 0
    parked: int = 0
    refused: int = 0
    lost: list[Finding] = field(default_factory=list)
    duplicates: list[Finding] = field(default_factory=list)
    violations: list[Finding] = field(default_factory=list)
    unequal: list[Finding] = field(default_factory=list)
    disorder: list[Finding] = field(default_factory=list)
    unexplained: list[Finding] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)

    @property
    def findings(self) -> list[Finding]:
        return [finding for kind in KINDS for finding in getattr(self, kind)]

    @property
    def ok(self) -> bool:
        sums = self.bonds + self.refused == self.tickets and self.agree + self.held + self.parked == self.bonds
        return sums and not self.findings

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            getattr(self, finding.kind).append(finding)

    def summary(self) -> dict[str, Any]:
        """Counts under stable names, for machines."""
        sums = {name: getattr(self, name) for name in ("tickets", "bonds", "agree", "held", "parked", "refused")}
        return {**sums, **{kind: len(getattr(self, kind)) for kind in KINDS}, "effects": dict(sorted(self.effects.items()))}


def judge(
    world: World, customer: Customer, vendor: Vendor, report: Iterable[Mapping[str, Any]], table: Table | None = None
) -> Sentence:
    """Judge a world at rest: nothing pending, the connector without anything left to do.

    :param report: one dictionary a bond, as ``connector status --json`` gives them.
    :param table: what the scenario expects; None: what the shipped mapping says.
    """
    court = Court(world, customer, vendor, report, table or Table())
    sentence = Sentence()
    dockets = court.dockets()
    for docket in dockets:
        judge_deeds(court, docket)
        judge_rules(court, docket)
        if (docket.ever_meant or _linked(docket)) and docket.number not in court.table.apart:
            sentence.tickets += 1
            _judge_bond(court, docket, sentence)
        sentence.add(docket.findings)
    sentence.add(strangers(court))
    sentence.add(unasked(court, {docket.number for docket in dockets}))
    sentence.effects += _effects(court)
    missing = [kind for kind in court.table.effects if not sentence.effects[kind]]
    sentence.add(Finding("unexplained", "", f"the scenario promises {kind!r}, and it never occurred") for kind in missing)
    return sentence


def _linked(docket: Docket) -> bool:
    """An operator may link what by the mapping is not meant for the vendor."""
    return bool(docket.row and docket.row["case_ref"])


def _judge_bond(court: Court, docket: Docket, sentence: Sentence) -> None:
    _second_cases(court, docket)
    if not _is_bond(court, docket):
        sentence.refused += _refused(court, docket)
        return
    sentence.bonds += 1
    sentence.effects += judge_items(court, docket)
    judge_units(court, docket)
    judge_beside(court, docket)
    _stuck(court, docket)
    if docket.parked:
        sentence.parked += 1
    elif docket.held:
        sentence.held += 1
    elif not any(finding.kind == "unequal" for finding in docket.findings):
        sentence.agree += 1


def _is_bond(court: Court, docket: Docket) -> bool:
    """A case of ours, or a bond that waits for somebody. One that waits for nobody, since it is no longer meant or stays, is not."""
    linked = bool(docket.row and docket.row["case_ref"])
    waits = bool(docket.held) and _meant_now(court, docket) and not court.table.stays(docket.number)
    return docket.case is not None or linked or bool(docket.parked) or waits


def _meant_now(court: Court, docket: Docket) -> bool:
    return docket.incident is None or court.table.meant(docket.incident.fields)


def _refused(court: Court, docket: Docket) -> bool:
    """Whether it is right that there is no case: it stays, ended, or was taken back before, and the connector says so."""
    seen = docket.row is not None
    gone = docket.incident is None or not _meant_now(court, docket) or court.table.stays(docket.number)
    if gone and (docket.held or (not seen and docket.meant_for < court.table.window)):
        return True
    if not seen and docket.meant_at <= court.table.hidden.get(docket.number, never()):
        return True  # no poll named it while it was meant
    state = "knows of it and gives no reason" if seen else "knows nothing of it"
    docket.find("unexplained", f"the ticket was meant for the vendor, there is no case, and the connector {state}")
    return False


def _second_cases(court: Court, docket: Docket) -> None:
    """Two cases for one incident, unless the world delivered the call of the second once more."""
    extra = [c for c in docket.cases if not any(d.again and d.what == "create" for d in court.case_deeds(c.ref))]
    for case in sorted(extra, key=lambda case: case is not docket.case)[1:]:
        told = docket.row is not None and case.ref in docket.row.get("second_cases", ())
        docket.find("duplicates", f"{case.number} is one case too many for this incident", told=told)


def _stuck(court: Court, docket: Docket) -> None:
    """Everything that waits must have a reason in the world."""
    row = docket.row
    if row is None:
        docket.find("unexplained", "there is a case of ours, and the connector does not report the bond")
        return
    still = bool(docket.parked or (docket.held and (docket.case or row["case_ref"] or docket.incident is None)))
    if (still or docket.follows) and bond_cause(court, docket):
        return  # with one ticket out of reach nothing about the other can be cleared up; a follower's lead says so
    if still:
        docket.find("unexplained", f"the bond stands still without an injected cause: {docket.parked or docket.held}")
    if row["open"]:
        docket.find("unexplained", f"{row['open']} announced writes were never cleared up")
    if row["unverified"]:
        docket.find("unexplained", f"never verified: {', '.join(row['unverified'])}")
    _parked_parts(court, docket, row)


def _parked_parts(court: Court, docket: Docket, row: Mapping[str, Any]) -> None:
    for unit, standing in docket.standing.items():
        if standing["parked"] and unit in UNITS and not unit_cause(court, docket, unit):
            docket.find("unexplained", f"{unit} is parked without an injected cause: {standing['reason']}")
    for entry in row["withheld"]:
        if entry["parked"] and not _item_cause(court, docket, str(entry["item"])):
            docket.find("unexplained", f"{entry['item']} is parked without an injected cause: {entry['reason']}")


def _item_cause(court: Court, docket: Docket, key: str) -> bool:
    """Whether a parked item was made undeliverable by the world. ``key``: SIDE:TICKET:KIND:ID, an ID may hold colons."""
    if court.table.excuses(docket.number, key):
        return True
    sides = ((docket.incident, court.vendor), (docket.case, court.customer))
    every = ((file, target) for ticket, target in sides if ticket for file in ticket.files)
    files = ((file, target) for file, target in every if key.endswith(tuple(f":file:{name}" for name in names_of(file.id))))
    return any(file.deleted or court.table.excuses(file.text) or target.refuses(file) for file, target in files)


def _effects(court: Court) -> Counter[str]:
    """Our user's changes of fields and new cases, by kind."""
    names = {name: unit for unit, sides in UNITS.items() for side in sides for name in side}
    seen: Counter[str] = Counter()
    for (system, _), deeds in court.deeds.items():
        to = "customer" if system == court.table.customer else "vendor"
        born = next((d.at for d in deeds if d.what == "create" and d.ours), None)
        for deed in deeds:
            if deed.ours and deed.what == "create":
                seen["case"] += 1
            elif deed.ours and deed.what == "field" and deed.field in names and deed.old is not None and deed.at != born:
                seen[f"{names[deed.field]} to {to}"] += 1
    return seen

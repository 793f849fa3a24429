"""Lives in which the vendor starts things, with faults: ``live(seed)``; and what must be true of the tickets that tell of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from connector.audit.verify import verify
from connector.mapping.load import loads as read_mapping
from connector.mapping.mapping import TicketMapping
from connector.sandbox.core import Deed, SimTicket
from connector.sandbox.judge import Table, judge
from tests.installed import house
from tests.installed.town import LENA
from tests.models.named import installed
from tests.oracle.words import CASES, TICKETS
from tests.simulation.people import VENDOR, People
from tests.simulation.play import Play, draw
from tests.simulation.rig import ROOT, Rig
from tests.simulation.run import TOLD, Result, findings, forbidden_writes, reported, told
from tests.simulation.trouble import RESTORED

SUPPLY = """
supply:
  rows:
    - {when: {field: Title, starts_with: "Maintenance:"}, task: monitoring, what: maintenance, per: DynamicField_Severity}
    - {when: {field: Title, starts_with: "Alarm:"}, task: monitoring, what: alarms, per: DynamicField_Severity}
    - {when: {field: Title, starts_with: "Tenant:"}, task: provide-tenant, what: maintenance}
  ticket:
    short_description: "{{ Title }}"
    description: "Case {{ number }} of the vendor"
    category: inquiry
    state: 1
"""
ALARMS_ON = house.HERE.replace("settings:", 'settings:\n  information_tickets.alarms: {value: "on", source: ours}')
"""The house's installation, which wants to be told of alarms, too."""
KINDS = ("Maintenance", "Alarm")
SYSTEMS = ("west", "east")
OVER = frozenset({"7", "8"})
WINDOW, RACE = 24 * 3600.0, 200.0
"""How long one ticket tells of a system; seconds by which people's acts and ours may cross, lost answers included."""


@cache
def mapping() -> TicketMapping:
    text = (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
    return read_mapping(f"{text}\n{SUPPLY}", "servicenow-otrs.yaml")


HERE = """
facts: {deployment: cloud}
settings:
  information_tickets.alarms: {value: "on", source: ours}
"""
"""An installation in the cloud that wants to be told of alarms, too, and asks nobody who they are."""


@dataclass
class Publishers(People):
    """The vendor's people start things; level 1 reads, asks back and closes. Some ordinary tickets go on beside that."""

    rare: float = 0.0
    links: bool = False

    def act(self, among: Sequence[Callable[[], None]] = ()) -> None:
        usual = [
            *[self.publishes] * 4,
            *[self.vendor_comments, self.vendor_moves, self.l1_moves] * 3,
            *[self.l1_comments, self.l1_notes, self.vendor_attaches, self.l1_attaches, self.vendor_hides, self.renames],
            *[self.deletes_incident, self.deletes_case][: self.n % 2],
        ]
        super().act(among or usual)

    def words(self) -> str:
        self.n += 1
        return f"word{self.rig.seed}x{self.n}x"

    def publishes(self) -> None:
        kind, system = self.rng.choice(KINDS), self.rng.choice(SYSTEMS)
        fields = {"Title": f"{kind}: {system}", "Body": self.words(), "DynamicField_Severity": system}
        self.say("publishes", f"{self.rig.portal.create(VENDOR, fields)} {fields}")

    def renames(self) -> None:
        self.n += 1
        ref = self.case()
        self.rig.portal.edit(ref, VENDOR, {"Priority": self.rng.choice(["2 low", "4 high"])})
        self.say("renames", ref)

    def l1_moves(self) -> None:
        if self.rng.random() < 0.5:
            super().l1_moves()
            return
        mine = [ticket.ref for ticket in self.rig.servicenow.tickets() if ticket.ours]
        if mine:
            ref = self.rng.choice(mine)
            self.rig.servicenow.edit(ref, LENA, {"state": "7", "close_code": "Solved (Permanently)", "close_notes": "read"})
            self.say("closes", ref)


def live(seed: int, *, loud: bool = False) -> Result:
    """One whole life, judged."""
    model, installation = installed("anywhere365-dialogue-cloud", HERE)
    rig = Rig(seed, mapping=mapping(), model=model, installation=installation)
    play = Play(rig, draw(seed), log=print if loud else lambda _line: None, crowd=Publishers)
    play.run()
    result = Result(seed)
    table = Table(hidden=play.spells.hidden, blind=rig.blind, restored=rig.restored)
    found = findings(judge(rig.world, rig.servicenow, rig.portal, reported(rig), table))
    if {why for kind, why in TOLD.items() if play.met[kind]} & told(rig):
        found = [one for one in found if not one.startswith("unequal")]
    result.failures += found
    result.failures += [str(one) for one in forbidden_writes(rig)]
    result.failures += Newsstand(play).findings()
    if rig.wrote_more(1300.0):
        result.failures.append("never quiet: something was written although nobody did anything")
    rig.store.checkpoint()
    with rig.store.audit() as reader:
        result.failures += [str(problem) for problem in verify(reader).problems]
    tickets = [ticket for ticket in rig.servicenow.tickets() if ticket.ours]
    result.totals.update({"news": len(_published(rig.world.deeds)), "tickets of ours": len(tickets)})
    result.totals.update({f"fault {kind}": n for kind, n in (rig.world.injected | play.met).items()})
    return result


def _published(deeds: Sequence[Deed]) -> list[str]:
    """The vendor's cases that are news."""
    return [d.ticket for d in deeds if d.system == CASES and d.field == "Title" and (d.new or "").partition(":")[0] in KINDS]


class Newsstand:
    """What stands in both systems of what the vendor started, told from their books."""

    def __init__(self, play: Play) -> None:
        rig = play.rig
        self.play, self.deeds = play, rig.world.deeds
        self.rows: Mapping[str, Mapping[str, Any]] = {str(row["ref"]): row for row in reported(rig) if row["ref"]}
        self.of_case = {str(row["case_ref"]): row for row in reported(rig) if row["case_ref"]}
        self.tickets = {ticket.ref: ticket for ticket in rig.servicenow.tickets()}
        self.cases = {case.ref: case for case in rig.portal.tickets()}
        self.born = [d for d in self.deeds if d.system == TICKETS and d.what == "create" and d.ours]
        self.news = _published(self.deeds)

    def findings(self) -> list[str]:
        return [*self._doubled(), *self._untold(), *self._touched(), *self._two_at_once(), *self._words()]

    def _case_of(self, ticket: str) -> str:
        row = self.rows.get(ticket)
        return str(row["case_ref"] or "") if row else ""

    def _doubled(self) -> Iterator[str]:
        """Each ticket of ours has a case that the vendor opened, and no other ticket has it; what the network doubled is told."""
        second = {ref for row in self.rows.values() for ref in row["second_cases"]}
        numbers = {ref: ticket.number for ref, ticket in self.tickets.items()}
        for deed in self.born:
            known = self._case_of(deed.ticket) in self.news
            if not known and not (deed.again or second & {deed.ticket, numbers.get(deed.ticket, "")}):
                yield f"doubled: ticket {deed.ticket} tells of nothing that the vendor started"

    def _untold(self) -> Iterator[str]:
        """Whatever the vendor started is told of: by a ticket of its own, by the note of another, or it is held with a reason."""
        notes = "\n".join(d.new or "" for d in self.deeds if d.system == TICKETS and d.ours and d.what == "comment")
        gone = {
            self._about(self._case_of(d.ticket)) for d in self.born if d.ticket not in self.tickets and self._case_of(d.ticket)
        }
        for ref in self.news:
            if self._about(ref) in gone:  # an admin deleted what told of it, notes under way and all
                continue
            row, case = self.of_case.get(ref), self.cases.get(ref)
            if case is None or (row and (row["ref"] or row["held"] or row["parked"])) or case.number in notes:
                continue
            yield f"untold: nobody was told of case {case.number}"

    def _touched(self) -> Iterator[str]:
        """Its people's own: our user writes internal notes and files there, and nothing else."""
        mine = {deed.ticket for deed in self.born}
        began = {deed.ticket: deed.at for deed in self.born}
        for deed in self.deeds:
            if deed.system != TICKETS or deed.ticket not in mine or not deed.ours or deed.at == began[deed.ticket]:
                continue
            if deed.what not in ("comment", "file") or (deed.what == "comment" and deed.public):
                yield f"touched: {deed.what} {deed.field} of {deed.ticket}: {deed.new!r}"

    def _two_at_once(self) -> Iterator[str]:
        """While somebody can read of a system in one ticket, no second one is opened for it; who was lost with a store is not known."""
        if self.play.met[RESTORED]:
            return
        by_system: dict[str, list[Deed]] = {}
        for deed in self.born:
            case = self._case_of(deed.ticket)
            if case in self.news and not deed.again:
                by_system.setdefault(self._about(case), []).append(deed)
        for about, births in by_system.items():
            for first, later in itertools.pairwise(births):
                if later.at - first.at < WINDOW and not self._over(first.ticket, later.at):
                    yield f"two at once: {first.ticket} and {later.ticket} tell of {about}"

    def _about(self, case: str) -> str:
        return next(d.new or "" for d in self.deeds if d.system == CASES and d.ticket == case and d.field == "Title")

    def _over(self, ticket: str, at: float) -> bool:
        """Whether it had ended or was gone, or its case: then its bond is held."""
        ours, case = (TICKETS, ticket), (CASES, self._case_of(ticket))
        for deed in self.deeds:
            where, soon = (deed.system, deed.ticket), deed.at <= at + RACE
            if soon and where in (ours, case) and deed.what in ("delete", "merge") and not deed.item:
                return True
            if soon and where == ours and deed.field == "state" and deed.new in OVER:
                return True
        return bool(self.play.met["withdrawn: journal rights"] or self.play.met["withdrawn: history rights"])

    def _words(self) -> Iterator[str]:
        """What the vendor says in public there stands in the ticket once, unless the connector says why not."""
        again = {deed.item for deed in self.deeds if deed.again and deed.item}
        for ref, row in self.rows.items():
            ticket, case = self.tickets.get(ref), self.cases.get(str(row["case_ref"]))
            if ticket is None or case is None or not ticket.ours or row["held"] or row["parked"]:
                continue
            copies = [item for item in ticket.comments if item.ours and item.id not in again]
            for said in case.comments:
                if said.ours or not said.public or said.text.startswith("Attached: "):
                    continue
                n = sum(said.text in copy.text for copy in copies)
                stays = any(str(one["item"]).endswith(f":comment:{said.id}") for one in row["withheld"])
                if n > 1 or (n == 0 and not stays and not _again_alone(ticket, said.text)):
                    yield f"words: {said.text!r} of case {case.number} stands {n} times in {ticket.number}"


def _again_alone(ticket: SimTicket, text: str) -> bool:
    return any(item.ours and text in item.text for item in ticket.comments)


def totals(results: Sequence[Result]) -> Counter[str]:
    return sum((result.totals for result in results), Counter())

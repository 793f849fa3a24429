"""Links made and ended at any moment, while people act, faults strike and processes die: judged, seed by seed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from adapters.base import Trouble
from connector.audit.verify import verify
from connector.daemon.errors import NotDone
from connector.daemon.linking import Linker
from connector.daemon.pairs import Row
from connector.daemon.parting import Parting
from connector.sandbox.judge import Table, judge
from connector.store.records import BondState
from connector.sync.report import report
from tests.simulation.play import Crash, Play, draw
from tests.simulation.rig import Rig


@dataclass
class Linked(Play):
    """Tickets and cases that people opened by hand, and an operator who links them and ends the exchange again."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    parted: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> None:
        self.quiet = True
        for n in range(self.plan.tickets):
            fields = {"short_description": f"incident {n}", "impact": "2", "urgency": "2", "state": "2"}
            ref = self.rig.servicenow.create("lena.l1", fields)
            self.pairs.append((ref, self.rig.portal.create("vera.vendor", {"Title": f"incident {n}", "State": "open"})))
            self.rig.servicenow.comment(ref, "lena.l1", f"from the beginning {n}", public=True)
        self.rig.clock.advance(30 * 86_400.0)
        self.quiet = False
        for _ in range(150):
            if self.people.left <= 0:
                break
            if self.rng.random() < 0.1:
                self.operate()
            self.turn()
            if self.people.left > 0 and self.rng.random() < 0.3:
                self.people.act()
            self.rig.clock.advance(self.rng.choice([0.5, 2.0, 6.0, 30.0]))
            self.rig.world.tick()
        self.quiet = True
        self.rig.settle(120.0, 5.0)
        for pair in self.pairs:
            self.link(pair)
        self.rig.settle(500.0, 5.0)

    def operate(self) -> None:
        """One order, at a random moment; a system that is away, or a call that is open, is no reason to fail."""
        pair = self.rng.choice(self.pairs)
        try:
            with suppress(NotDone, Trouble):
                if self.state(pair) is BondState.LINKED and self.rng.random() < 0.3:
                    Parting(self.rig.connection, self.rig.store).unlink(pair[0], "olga")
                    self.parted.append(pair)
                else:
                    self.link(pair)
        except Crash:
            self.depth = 0
            self.restart()

    def link(self, pair: tuple[str, str]) -> None:
        linker = Linker(self.rig.connection, self.rig.store)
        (checked,) = linker.check([Row(*pair)])
        linker.link(checked, "olga")

    def state(self, pair: tuple[str, str]) -> BondState | None:
        known = self.rig.store.find_bonds(pair[0])
        return known[-1].state if known else None


def wild(seed: int) -> list[str]:
    """Every finding but unequal fields: those stand as they were found, which the judge has no word for."""
    rig = Rig(seed)
    # No ticket goes away and no store is lost, so that each pair can be linked at the end.
    play = Linked(rig, replace(draw(seed), database=0.0, restore=0.0, spells=()))
    play.people.rare = 0.0
    play.run()
    bonds = rig.store.load([bond.id for bond in rig.store.bonds()])
    before = frozenset(one.item.split(":", 3)[3] for each in bonds.values() for one in each.identities if not one.copy)
    sentence = judge(rig.world, rig.servicenow, rig.portal, report(rig.store, "acme"), Table(before=before))
    twice = len(play.parted) > len(set(play.parted))  # a pair that is parted twice has its last word twice
    told = [
        *sentence.lost,
        *([] if twice else sentence.duplicates),
        *sentence.violations,
        *sentence.disorder,
        *sentence.unexplained,
    ]
    out = [f"{f.kind} {f.ticket}: {f.text}" for f in told]
    linked = (BondState.LINKED, BondState.ENDED)
    out += [f"{pair[0]} is not linked" for pair in play.pairs if play.state(pair) not in linked]
    if rig.wrote_more(1300.0):
        out.append("never quiet")
    with rig.store.audit() as reader:
        out += [str(problem) for problem in verify(reader).problems]
    return out


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_or_doubled(seed: int) -> None:
    assert wild(seed) == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(4, 84))
def test_nothing_is_lost_or_doubled_in_many_more(seed: int) -> None:
    assert wild(seed) == []

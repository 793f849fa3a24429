"""How many calls a burst takes, on the whole product in virtual time: the same in every run, so that a test can hold it."""

from __future__ import annotations

from collections import Counter

from connector.sandbox.core import Call
from tests.bench.systems import FOR_THE_VENDOR
from tests.simulation.rig import Rig

BONDS = 100  # one batch of a read
QUIET = 40.0
READS = 2 * 4 + 2 + 2
"""Both systems for the changes and once more for what came of them (an incident is three lists, a case is one); two histories;
two looks of the portal's polls at the cases they named, which polls of a portal at rest do not take."""


def test_a_burst_is_one_write_a_change_and_few_reads_for_all() -> None:
    rig = Rig()
    refs = [rig.servicenow.create("lena.l1", {**FOR_THE_VENDOR, "short_description": f"Line {n}"}) for n in range(BONDS)]
    rig.settle(80.0)
    polls = _calls(rig)
    for n, ref in enumerate(refs):
        rig.servicenow.edit(ref, "lena.l1", {"short_description": f"Changed on line {n}"})
    asked = _calls(rig)
    assert {case.fields["Title"] for case in rig.portal.tickets()} == {f"Changed on line {n}" for n in range(BONDS)}
    assert asked.pop("TicketUpdate") == BONDS
    assert (asked - polls).total() <= READS, asked - polls


def _calls(rig: Rig) -> Counter[str]:
    """The calls of so many virtual seconds, by kind."""
    found: Counter[str] = Counter()

    def count(call: Call) -> None:
        found[call.label] += call.phase == "before"

    rig.world.on_call = count
    rig.settle(QUIET)
    return found

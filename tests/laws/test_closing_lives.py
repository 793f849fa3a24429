"""The closing invariant in whole lives: an odd mapping, the real adapters, people, faults and crashes; the log of deeds decides."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.load import MappingError, loads
from tests.laws.odd_files import Says, mapping_texts
from tests.laws.test_closing import SHIPPED_TEXT
from tests.laws.world import IN_CI, LAW
from tests.oracle.log import read
from tests.oracle.words import TICKETS
from tests.rules import switches, switches_edges
from tests.simulation.play import Play, draw
from tests.simulation.rig import Rig

STATUS = ("state", "hold_reason")
CASES_OUT = '      cancelled: {set: {state: 2, hold_reason: ""}, keep: [{state: 6}]}'


def ended_by_us(text: str, seed: int) -> list[str]:
    """Every save of ours that brought a ticket to its end by the mapping's own words, and did not only bring it back."""
    rig = Rig(seed, mapping=loads(text, "odd.yaml"))
    Play(rig, draw(seed)).run()
    says, log = Says(text), read(rig.world, rig.servicenow, rig.portal, [])
    saves = [save for ref, found in log.saves.items() if ref[0] == TICKETS for save in found]
    mine = [s for s in saves if s.ours and not s.again and s.changed.keys() & set(STATUS) and not log.restores(s, STATUS)]
    return [f"{s.before} -> {s.changed}: {why}" for s in mine if (why := says.ends(s.after)) and says.ends(s.before) != why]


@pytest.mark.slow
@settings(LAW, max_examples=120 if IN_CI else 24)
@given(mapping_texts(), st.integers(60_000, 60_999))
def test_in_no_life_a_ticket_is_ended_by_us(text: str, seed: int) -> None:
    try:
        loads(text, "odd.yaml")
    except MappingError:
        return
    assert ended_by_us(text, seed) == []


@pytest.mark.slow
def test_a_life_without_the_invariant_is_found_out() -> None:
    assert SHIPPED_TEXT.count(CASES_OUT) == 1
    text = SHIPPED_TEXT.replace(CASES_OUT, "      cancelled: {set: {state: 8}}")
    with switches.closing_invariant(), switches_edges.notifying_targets_refused_at_load():
        assert any(ended_by_us(text, seed) for seed in range(60_000, 60_020, 4))

"""Who wins when both sides moved a case at once."""

from __future__ import annotations

import itertools

import pytest

from connector.rasci.phases import CROSSING, holder, winner
from connector.words import ENDED, Party, Phase, Side

WORKING, SOLVED, WAITING = Phase.WORKING, Phase.SOLVED, Phase.WAITING_CUSTOMER
PAIRS = list(itertools.product(Phase, Phase))


def test_the_table_is_whole() -> None:
    assert set(CROSSING) == set(PAIRS)
    assert {pair for pair in PAIRS if CROSSING[pair] == "same"} == {(phase, phase) for phase in Phase}


@pytest.mark.parametrize("base", [None, *Phase])
def test_the_customers_ending_wins_over_everything(base: Phase | None) -> None:
    for ending, vendor in itertools.product({SOLVED, *ENDED}, Phase):
        assert winner(base, ending, vendor) is Side.CUSTOMER


@pytest.mark.parametrize("base", [SOLVED, Phase.CLOSED, Phase.CANCELLED])
def test_a_reopening_wins_over_solved(base: Phase) -> None:
    assert winner(base, WORKING, SOLVED) is Side.CUSTOMER


@pytest.mark.parametrize(
    ("base", "party"),
    [
        (Phase.NEW, Party.VENDOR),
        (WORKING, Party.VENDOR),
        (Phase.WAITING_THIRD_PARTY, Party.VENDOR),
        (WAITING, Party.CUSTOMER),
        (SOLVED, Party.CUSTOMER),
        (Phase.CLOSED, Party.CUSTOMER),
        (Phase.CANCELLED, Party.CUSTOMER),
    ],
)
def test_otherwise_it_is_the_turn_of_the_holder(base: Phase, party: Party) -> None:
    assert holder(base) is party
    for customer, vendor in PAIRS:
        if customer not in {SOLVED, *ENDED} and customer is not vendor:
            assert winner(base, customer, vendor).value == party.value


def test_a_side_that_says_nothing_loses() -> None:
    for base, phase in itertools.product([None, *Phase], Phase):
        assert winner(base, None, phase) is Side.VENDOR
        assert winner(base, phase, None) is Side.CUSTOMER
        assert winner(base, None, None) is Side.CUSTOMER


def test_what_was_never_agreed_is_the_customers() -> None:
    assert winner(None, WORKING, SOLVED) is Side.CUSTOMER

"""What an operator types for a person comes to the same as that person's line in the ticket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.daemon.answering import Answer, answer
from connector.daemon.errors import Unusable
from connector.settings import Configuration, Configured
from tests.installed.house import CARL, STATEMENT, House


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def types(house: House, ref: str, words: str, by: str) -> None:
    """``connector answer``, beside the running engine."""
    on = house.rig.connection
    unasked: Any = None  # the settings themselves
    configuration = Configuration(unasked, (Configured(on.name, unasked, on.mapping, on.model, on.installation),), Path())
    topic, _, text = words.removeprefix("#connector ").partition(" ")
    answer(house.rig.store, configuration, house.rig.store.find_bonds(ref), Answer(ref, topic, text, by))


def test_a_statement_that_an_operator_types_lets_the_ticket_go_in_that_persons_name(house: House) -> None:
    ref = house.opens("Calls drop", category="software")
    house.wait()
    assert house.cases() == []
    types(house, ref, STATEMENT, "Lars Lind")
    house.wait()
    assert "Stated by Lars Lind: two users, two networks" in house.case(ref).comments[0].text
    assert house.row(ref)["held"] is None


def test_the_word_of_somebody_who_is_not_on_the_roster_moves_nothing(house: House) -> None:
    ref = house.opens("Calls drop", category="software")
    house.wait()
    with pytest.raises(Unusable, match="is not on the roster"):
        types(house, ref, "#connector submit because I say so", CARL)
    house.wait()
    assert house.cases() == []

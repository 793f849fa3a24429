"""What the prose of 000 and 002 says, and no row of 002: the documentation, the platform, operating, and what stands on premises."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import CARL, LARS, STATEMENT, House
from tests.installed.places import CLOUD_ON_PREMISES, ON_PREMISES, dialogue_cloud, stated
from tests.installed.rows import CASE, STAYS, Handed, hand_over, look

Played = tuple[House, dict[str, str]]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return dialogue_cloud(tmp_path)


ON_PREMISES_ITEMS = [
    Handed("customer's summary, on-premises item 1", "on-premises-infrastructure", STAYS, "the infrastructure is the customer's"),
    Handed("vendor's summary, on-premises item 1", "on-premises-deployment", CASE),
    Handed("customer's summary, bullet 9", "configuration", STAYS, "configuration and functional management"),
]


@pytest.fixture(scope="module")
def on_premises(tmp_path_factory: pytest.TempPathFactory) -> Played:
    house = House(tmp_path_factory.mktemp("premises"), mapping=CLOUD_ON_PREMISES, here=ON_PREMISES)
    return house, hand_over(house, ON_PREMISES_ITEMS)


@pytest.mark.parametrize("one", ON_PREMISES_ITEMS, ids=lambda one: one.name)
def test_what_this_edition_has_no_row_for_goes_where_its_bullet_says(on_premises: Played, one: Handed) -> None:
    look(on_premises[0], on_premises[1][one.name], one)


def test_a_deployment_that_was_not_purchased_is_held_and_says_so(tmp_path: Path) -> None:
    here = ON_PREMISES.replace("[training, deployment]", "[training]")
    house = House(tmp_path, mapping=CLOUD_ON_PREMISES, here=here)
    ref = house.opens("First installation", subcategory="on-premises-deployment")
    house.wait()
    assert house.cases() == []
    assert any("deployment was purchased; it was not" in note for note in house.told(ref))


def test_the_hosted_platform_is_the_vendors_and_its_solved_is_the_whole(house: House) -> None:
    """'Responsible for providing and maintaining the underlying hosting platform'."""
    ref = stated(house, "The platform is slow", subcategory="hosting-platform")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    notes = " ".join(house.told(ref))
    assert "part as done" not in notes
    assert house.ticket(ref).fields["state"] == "2"
    house.judged()


def test_what_deviates_from_the_documentation_is_an_incident_by_a_persons_word(house: House) -> None:
    """'Functionality described in the documentation': a wish by its fields, and yet an incident that needs its statement."""
    ref = house.opens("The greeting is not played", subcategory="change-request")
    house.wait()
    assert house.cases() == []
    house.notes(ref, "#connector fact documented deviates")
    house.wait()
    assert house.cases() == []
    assert any("statement" in note for note in house.told(ref))
    house.notes(ref, STATEMENT)
    house.wait()
    house.case(ref)
    assert [line.ruling["task"] for line in house.story(ref).told() if line.ruling]


def test_what_goes_beyond_the_documentation_is_a_wish_and_stays(house: House) -> None:
    ref = house.opens("Calls should be sorted by mood", subcategory="l2-3-support")
    house.notes(ref, STATEMENT)
    house.notes(ref, "#connector fact documented beyond", by=LARS)
    house.wait()
    assert house.cases() == []
    (note,) = (note for note in house.told(ref) if "row 6" in note)
    assert "Documented beyond (what goes beyond the documentation is not promised)" in note
    assert "#connector consult TEXT" in note
    house.notes(ref, "#connector fact documented deviates", by=LARS)
    house.wait()
    house.case(ref)


def test_a_callers_word_on_the_documentation_counts_for_nothing(house: House) -> None:
    ref = house.opens("Calls should be sorted by mood", subcategory="change-request")
    house.notes(ref, "#connector fact documented deviates", by=CARL)
    house.notes(ref, STATEMENT)
    house.wait()
    assert house.cases() == []

"""Document 001 (AnywhereNow, the vendor implements) in the running engine. It has no letters of its own: routing is by its systems."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import CARL, House
from tests.installed.places import IMPLEMENTATION, found_amiss, implementation, stated
from tests.installed.rows import CASE, STAYS, Handed, hand_over, look

Played = tuple[House, dict[str, str]]

ROWS = [
    Handed("systems, back-end", "back-end:", CASE, task="l2-3-support"),
    Handed("systems, tenant", "tenant:", STAYS, "the customer manages it", task="l2-3-support"),
    Handed("systems, SBC with trunk", "sbc:", STAYS, "the customer manages it", task="l2-3-support"),
    Handed(
        "interfacing with the entry points", "entry-point-interfacing:", STAYS, "the customer manages it", task="l2-3-support"
    ),
    Handed("level 2 and 3", "l2-3-support", CASE),
    Handed("configuration and functional management", "configuration", STAYS, "the vendor has no part in it"),
    Handed("the enterprise operates", "operating", STAYS, "the vendor has no part in it"),
    Handed("vendor provides implementation", "implementation", CASE),
]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    house = implementation(tmp_path_factory.mktemp("implementation"))
    return house, hand_over(house, ROWS)


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.name)
def test_a_ticket_goes_where_its_clause_says(played: Played, one: Handed) -> None:
    look(played[0], played[1][one.name], one)


def test_where_the_vendor_has_no_part_nobody_can_ask_it(played: Played) -> None:
    """No letter of the vendor on the row: no consultation, even by a person's word."""
    house, refs = played
    before = len(house.cases())
    house.notes(refs["configuration and functional management: configuration"], "#connector consult How?")
    house.wait(90.0)
    assert len(house.cases()) == before


def test_a_p1_is_called_only_if_needed_for_follow_up(tmp_path: Path) -> None:
    """'By the portal and, if needed for follow-up, call': the number is offered, and nobody is reminded."""
    house = implementation(tmp_path)
    ref = stated(house, "Nobody can call", subcategory="l2-3-support", impact="1", urgency="1")
    assert "p1-call" not in {one["id"] for one in house.row(ref)["owed"]}
    assert any("to do where it is needed: a call to the vendor's 24x7 number" in line.text for line in house.story(ref).told())
    house.wait(3600.0)
    assert not any("Still to be done" in note and "24x7" in note for note in house.told(ref))


def test_after_a_p1_by_the_vendors_component_the_analysis_is_expected_and_demanded_of_nobody(tmp_path: Path) -> None:
    """001 has only the customer's half; the vendor's is not stated."""
    house = implementation(tmp_path)
    ref = stated(house, "Nobody can call", subcategory="l2-3-support", impact="1", urgency="1")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector cause vendor")
    house.wait()
    states = {one["party"]: one["state"] for one in house.row(ref)["owed"] if one["id"] == "rca"}
    assert states.get("vendor", "expected") == "expected"
    house.notes(ref, "#connector cause other the trunk")
    house.wait()
    (analysis,) = [one for one in house.row(ref)["owed"] if one["id"] == "rca"]
    assert (analysis["party"], analysis["state"]) == ("customer", "open")


def test_after_a_p1_the_vendor_is_not_told_what_nobody_stated(tmp_path: Path) -> None:
    """It hears the cause, and may object; that an analysis is expected of it stands in no text on its case, even in a dispute."""
    house = implementation(tmp_path)
    ref = stated(house, "Nobody can call", subcategory="l2-3-support", impact="1", urgency="1")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector cause vendor")
    house.wait(120.0)
    house.vendor_writes(ref, "#connector object your trunk")
    house.wait(120.0)
    house.notes(ref, "#connector cause vendor")
    house.wait(20 * 86_400.0)
    assert {one["id"]: one["party"] for one in house.row(ref)["owed"]}["dispute"] == "customer"
    assert not [item.text for item in house.told_vendor(ref) if "analysis" in item.text or "Still to be done" in item.text]


def test_bullet_7_the_enterprises_released_analysis_comes_to_the_case(tmp_path: Path) -> None:
    house = implementation(tmp_path)
    ref = stated(house, "Nobody can call", subcategory="l2-3-support", impact="1", urgency="1")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector cause other the trunk\n#connector rca KB 4715")
    house.wait(600.0)
    assert sum("KB 4715" in item.text for item in house.told_vendor(ref)) == 1


def test_one_of_two_persons_left_is_a_finding_and_a_p1_still_goes(tmp_path: Path) -> None:
    alone = IMPLEMENTATION.partition("  - {name: Lars Lind")[0]
    assert "1 of at least 2" in found_amiss(tmp_path, "anywherenow-implementation", alone)
    house = House(tmp_path, model="anywherenow-implementation", mapping="", here=alone)
    ref = house.opens("Nobody can call", impact="1", urgency="1")
    house.wait()
    assert house.case(ref).fields["CustomerUserID"] == "lena@acme"


def test_the_vendors_words_stay_with_level_1(tmp_path: Path) -> None:
    """'Vendor is the first contact' is of the enterprise, not of its users."""
    house = implementation(tmp_path)
    ref = stated(house, "Calls drop", subcategory="l2-3-support", caller_id=CARL)
    house.vendor_writes(ref, "Dear Carl, please restart.")
    house.wait()
    (copy,) = [item for item in house.ticket(ref).comments if "please restart" in item.text]
    assert copy.public is False

"""000, 001, 002: the customer gives the vendor e-mail and phone of its staff. A change of the roster is itself a message to the vendor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.installed.house import HERE, STATEMENT, House
from tests.installed.places import IMPLEMENTATION, PARTNER, dialogue_cloud, found_amiss, implementation, partner, wsp
from tests.models.named import shipped, under

FAULT = {"subcategory": "l2-3-support"}
NEW = """  - {name: Nora Nys, email: nora@acme.example, phone: "+31 20 3", login: nora.l1, role: trained-l1, portal_user: nora@acme}
"""
LARS = HERE[HERE.index("  - {name: Lars") :]
NAMED = "roster_ticket: INC0010001\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return dialogue_cloud(tmp_path, HERE + NAMED)


def told_vendor(house: House, ref: str) -> list[str]:
    """What the vendor's staff read in the case, oldest first; none of it is for end users."""
    notes = [item for item in house.told_vendor(ref) if "may submit cases for the customer" in item.text]
    assert not any(item.public for item in notes)
    return [item.text for item in notes]


def roster_is(house: House, here: str) -> None:
    """The file changes, and the daemon starts again."""
    _, house.rig.installation = under(shipped(house.rig.model.id), here)
    house.rig.start()
    house.rig.store.mark_due([row["bond"] for row in house.rows()], house.rig.wall())
    house.wait(120.0)


def named(house: House, number: str = "INC0010001") -> str:
    """The ticket by whose case the vendor hears of it."""
    ref = house.opens("Persons who may submit cases for us", **FAULT)
    assert house.ticket(ref).number == number
    house.notes(ref, STATEMENT)
    house.wait(120.0)
    return ref


@pytest.mark.parametrize(("place", "here"), [(dialogue_cloud, HERE), (wsp, HERE), (implementation, IMPLEMENTATION)])
def test_the_vendor_hears_who_may_submit_and_each_change_once(tmp_path: Path, place: Callable[[Path], House], here: str) -> None:
    house = place(tmp_path)
    ref = named(house)
    assert told_vendor(house, ref) == []
    roster_is(house, here + NAMED)
    (first,) = told_vendor(house, ref)
    assert "- Lena Lund, lena@acme.example, +31 20 1, lena@acme in the portal" in first
    assert "Lars Lind" in first
    assert "New among them" not in first
    roster_is(house, here + NEW + NAMED)
    roster_is(house, here + NEW + NAMED)
    _, second = told_vendor(house, ref)
    assert second.index("New among them") < second.rindex("Nora Nys, nora@acme.example, +31 20 3")
    assert "Lars Lind" not in second[second.index("New among them") :]
    roster_is(house, here.replace(LARS, NEW) + NAMED)
    *_, third = told_vendor(house, ref)
    assert "Lars Lind" in third[third.index("No longer among them") :]
    assert "New among them" not in third
    roster_is(house, here + NEW + NAMED)  # as it was before: that too is a change
    *before, fourth = told_vendor(house, ref)
    assert before == [first, second, third]
    assert "Lars Lind" in fourth[fourth.index("New among them") :]
    house.judged()


def test_a_new_phone_is_news_and_a_date_is_none(house: House) -> None:
    ref = named(house)
    roster_is(house, HERE.replace('"+31 20 2"', '"+31 20 9"') + NAMED)
    *_, note = told_vendor(house, ref)
    assert "+31 20 9" in note[note.index("New among them, or with new particulars") :]
    roster_is(house, HERE.replace('"+31 20 2"', '"+31 20 9"').replace("2026-01-12", "2026-05-12") + NAMED)
    assert len(told_vendor(house, ref)) == 2


def test_other_cases_hear_nothing_of_it(house: House) -> None:
    named(house)
    other = house.opens("Calls drop", **FAULT)
    house.notes(other, STATEMENT)
    house.wait()
    roster_is(house, HERE + NEW + NAMED)
    assert told_vendor(house, other) == []


def test_it_is_not_told_twice_after_a_restore(house: House) -> None:
    empty = house.rig.copy()
    ref = named(house)
    house.rig.restore(empty)
    house.wait(1200.0)
    assert len(told_vendor(house, ref)) == 1
    copy = house.rig.copy()
    roster_is(house, HERE + NEW + NAMED)
    house.rig.restore(copy)
    house.wait(1200.0)
    assert len(told_vendor(house, ref)) == 2


def test_a_case_that_has_ended_stays_ended_and_level_1_hears_that_nobody_was_told(house: House) -> None:
    house.portal.comment_reopens = True
    house.rig.start()
    ref = named(house)
    house.vendor_sets(ref, "closed successful")
    house.wait(120.0)
    roster_is(house, HERE + NEW + NAMED)
    assert len(told_vendor(house, ref)) == 1
    assert house.case(ref).fields["State"] == "closed successful"
    assert any("and the vendor was not told" in note and "roster_ticket" in note for note in house.told(ref))
    house.vendor_sets(ref, "open")
    house.wait(120.0)
    assert "Nora Nys" in told_vendor(house, ref)[-1]


def test_explain_tells_what_the_vendor_was_told(house: House) -> None:
    ref = named(house)
    assert any("These persons may submit cases" in line.text for line in house.story(ref).told())


def test_a_new_person_waits_for_the_vendors_word_after_it_was_told(house: House) -> None:
    named(house)
    roster_is(house, HERE + NEW + NAMED)
    ref = house.opens("Calls drop", by="nora.l1", **FAULT)
    house.notes(ref, STATEMENT)
    house.wait()
    assert "the vendor has not confirmed yet that it knows Nora Nys" in house.row(ref)["held"]


def test_a_document_that_asks_nothing_of_the_kind_tells_nobody(tmp_path: Path) -> None:
    """003 states no roster of submitters."""
    house = partner(tmp_path)
    ref = house.opens(
        "Calls drop", subcategory="l3-support", description="Scenario and analysis: the queue loses calls, see the log"
    )
    house.wait()
    roster_is(house, PARTNER + NAMED)
    assert told_vendor(house, ref) == []


def test_no_ticket_for_it_is_a_finding(tmp_path: Path) -> None:
    assert "told of no change of the roster" in found_amiss(tmp_path, "anywhere365-dialogue-cloud", HERE)
    assert "told of no change of the roster" not in found_amiss(tmp_path, "anywhere365-dialogue-cloud", HERE + NAMED)
    assert "told of no change of the roster" not in found_amiss(tmp_path, "anywhere365-partner-on-premises", PARTNER)

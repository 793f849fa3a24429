"""Flow 3 of 000, 001 and 002: 'trained staff ... including closing'. Who else of the customer's staff closed a ticket, in the running engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import CLOSED, HERE, LENA, House
from tests.installed.places import dialogue_cloud, stated

HANNA = "hanna.help"
"""Of the customer's staff, and not of the trained level 1 staff."""
WAITS = HERE.replace("settings:", "settings:\n  close_by_others: {value: l1_confirms, source: ours}")


def closed_by(folder: Path, who: str, here: str, vendor: str = "pending auto close+") -> tuple[House, str]:
    house = dialogue_cloud(folder, here)
    ref = stated(house, "Calls drop", subcategory="l2-3-support")
    house.vendor_sets(ref, vendor)
    house.wait()
    house.edits(ref, CLOSED, by=who)
    house.wait(120.0)
    return house, ref


def test_it_counts_as_the_customers_and_is_marked(tmp_path: Path) -> None:
    house, ref = closed_by(tmp_path, HANNA, HERE)
    assert house.case(ref).fields["State"] == "closed successful"
    assert any("not among those who speak to users" in str(line.ruling) for line in house.story(ref).told())
    house.judged()


@pytest.mark.parametrize("here", [HERE, WAITS])
def test_a_trained_persons_is_not_marked_and_waits_for_nobody(tmp_path: Path, here: str) -> None:
    house, ref = closed_by(tmp_path, LENA, here)
    assert house.case(ref).fields["State"] == "closed successful"
    assert not any("not among those" in str(line.ruling) for line in house.story(ref).told())


def test_where_the_setting_says_so_it_waits_for_level_1(tmp_path: Path) -> None:
    house, ref = closed_by(tmp_path, HANNA, WAITS)
    assert house.case(ref).fields["State"] == "pending auto close+"
    assert any("#connector confirm" in note for note in house.told(ref))
    house.notes(ref, "#connector confirm Hanna asked me first")
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "closed successful"


def test_what_is_not_solved_is_withdrawn_by_whoever_closes_it(tmp_path: Path) -> None:
    house, ref = closed_by(tmp_path, HANNA, HERE, "open")
    assert house.case(ref).fields["State"] == "open"
    assert "Please stop the work" in house.told_vendor(ref)[-1].text


def test_or_not_before_level_1_confirms(tmp_path: Path) -> None:
    house, ref = closed_by(tmp_path, HANNA, WAITS, "open")
    assert not [item for item in house.told_vendor(ref) if "Please stop the work" in item.text]
    house.notes(ref, "#connector confirm it is not needed any more")
    house.wait(120.0)
    assert "Please stop the work" in house.told_vendor(ref)[-1].text

"""Document 000 (Workstreampeople, both deployments) in the running engine: what stands in both systems, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed import both_editions
from tests.installed.house import HERE, LARS, STATEMENT, House
from tests.installed.places import ON_PREMISES, found_amiss, stated, wsp
from tests.installed.rows import CASE, STAYS, Handed, hand_over, look

Played = tuple[House, dict[str, str]]

ROWS_ON_PREMISES = [
    Handed("row 15", "infrastructure", STAYS, "row 15"),
    Handed("row 16", "installation", CASE),
    Handed("row 17", "upgrades", STAYS, "#connector consult TEXT"),
    Handed("row 3", "l2-3-support", CASE),
    Handed("customer's summary, configuration", "configuration", STAYS, "configuration and functional management"),
    Handed("customer's summary, operating", "customer-operates", STAYS, "qualified and trained staff"),
]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Played:
    house = wsp(tmp_path_factory.mktemp("cloud"))
    return house, hand_over(house, both_editions.ROWS)


@pytest.fixture(scope="module")
def on_premises(tmp_path_factory: pytest.TempPathFactory) -> Played:
    house = wsp(tmp_path_factory.mktemp("premises"), ON_PREMISES)
    return house, hand_over(house, ROWS_ON_PREMISES)


@pytest.mark.parametrize("one", both_editions.ROWS, ids=lambda one: one.name)
def test_a_ticket_in_the_cloud_goes_where_its_row_says(cloud: Played, one: Handed) -> None:
    look(cloud[0], cloud[1][one.name], one)


@pytest.mark.parametrize("one", ROWS_ON_PREMISES, ids=lambda one: one.name)
def test_a_ticket_on_premises_goes_where_its_row_says(on_premises: Played, one: Handed) -> None:
    look(on_premises[0], on_premises[1][one.name], one)


def test_row_16_an_installation_that_was_not_purchased_is_held_and_says_so(tmp_path: Path) -> None:
    house = wsp(tmp_path, ON_PREMISES.replace("[training, deployment]", "[training]"))
    ref = house.opens("First installation", subcategory="installation")
    house.wait()
    assert house.cases() == []
    assert any("deployment was purchased; it was not" in note for note in house.told(ref))


def test_row_9_a_row_of_the_cloud_is_none_on_premises(on_premises: Played) -> None:
    house, _ = on_premises
    ref = house.opens("Second tenant", subcategory="provide-tenant")
    house.wait()
    assert any("No rule says who is responsible" in note for note in house.told(ref))


def test_row_7_and_10_training_without_a_date_is_a_finding_and_a_backup_is_not_asked_for(tmp_path: Path) -> None:
    """Row 7 says trained staff; a backup of the configuration stands in 002 alone."""
    found = found_amiss(tmp_path, "anywhere365-wsp", HERE.replace("trained: 2026-01-10, ", ""))
    assert "row 7" in found
    assert "backup" not in found


OLD = ON_PREMISES.replace("version: supported", "version: unsupported")
HOLD = OLD.replace("settings:\n", "settings:\n  version.unsupported: {value: hold, source: ours}\n")


def test_row_17_a_case_on_an_unsupported_version_carries_a_remark_and_level_1_gets_the_advice(tmp_path: Path) -> None:
    """'Upgrades to keep the installed version supported by End of Life policy' are the customer's."""
    house = wsp(tmp_path, OLD)
    ref = stated(house, "Calls drop", subcategory="l2-3-support")
    house.wait(120.0)
    assert "no longer supported" in house.case(ref).comments[0].text
    assert sum("Please plan an upgrade" in note for note in house.told(ref)) == 1
    house.judged()


def test_row_17_neither_the_cloud_nor_a_supported_version_nor_a_request_is_remarked(tmp_path: Path) -> None:
    in_the_cloud = OLD.replace("deployment: on_premises", "deployment: cloud")
    for n, (here, about) in enumerate([(ON_PREMISES, "l2-3-support"), (in_the_cloud, "l2-3-support"), (OLD, "training")]):
        folder = tmp_path / str(n)
        folder.mkdir()
        house = wsp(folder, here)
        ref = stated(house, "Calls drop", subcategory=about)
        house.wait(120.0)
        assert "no longer supported" not in house.case(ref).comments[0].text
        assert not any("upgrade" in note for note in house.told(ref))


def test_row_17_held_by_the_setting_it_goes_by_a_persons_word(tmp_path: Path) -> None:
    house = wsp(tmp_path, HOLD)
    ref = house.opens("Calls drop", subcategory="l2-3-support")
    house.notes(ref, STATEMENT)
    house.wait(120.0)
    assert house.cases() == []
    assert any("a version that is supported" in note for note in house.told(ref))
    house.notes(ref, "#connector submit the upgrade is planned for June", by=LARS)
    house.wait(120.0)
    assert "no longer supported" in house.case(ref).comments[0].text


def test_row_17_a_p1_is_never_held_for_the_version(tmp_path: Path) -> None:
    house = wsp(tmp_path, HOLD)
    ref = house.opens("Nobody can call", subcategory="l2-3-support", impact="1", urgency="1")
    house.wait(120.0)
    assert "no longer supported" in house.case(ref).comments[0].text


def test_row_15_advice_on_the_infrastructure_is_a_persons_question(tmp_path: Path) -> None:
    house = wsp(tmp_path, ON_PREMISES)
    ref = house.opens("Disk full", subcategory="infrastructure")
    house.wait()
    assert house.cases() == []
    house.notes(ref, "#connector consult How large does the recording volume have to be?")
    house.wait()
    assert "Asked by Lena Lund: How large does the recording volume have to be?" in house.case(ref).comments[0].text
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    assert house.ticket(ref).fields["state"] == "3"


def test_premium_plus_alone_owes_the_call(tmp_path: Path) -> None:
    """'Premium Plus 24x7': the pair of plans; the call follows the case in the portal."""
    owes = {}
    for plan in ("premium_plus", "other"):
        (tmp_path / plan).mkdir()
        house = wsp(tmp_path / plan, HERE.replace("plan: premium_plus", f"plan: {plan}"))
        ref = stated(house, "Nobody can call", subcategory="l2-3-support", impact="1", urgency="1")
        owes[plan] = {one["id"] for one in house.row(ref)["owed"]} >= {"p1-call"}
    assert owes == {"premium_plus": True, "other": False}

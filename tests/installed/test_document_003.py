"""Document 003 (on premises, supported by a partner) in the running engine: the partner is a group of the customer's ITSM."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import LARS, LENA, RESOLVED, House
from tests.installed.places import OMAR, PARTNER, found_amiss, partner
from tests.installed.rows import CASE, STAYS

DESCRIBED = {"description": "Scenario and analysis: the queue loses calls, see the log"}

WHERE = [
    ("server-configuration", CASE, ""),
    ("defects", CASE, ""),
    ("application-infrastructure", CASE, ""),
    ("l3-support", CASE, ""),
    ("configuration", STAYS, "it stays with the partner"),
    ("supporting-technology", STAYS, "it stays with the partner"),
    ("other-causes", STAYS, "it stays with the partner"),
]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return partner(tmp_path)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, dict[str, str]]:
    house = partner(tmp_path_factory.mktemp("partner"))
    refs = {topic: house.opens(topic, subcategory=topic, **DESCRIBED) for topic, _, _ in WHERE}
    house.wait(90.0)
    return house, refs


@pytest.mark.parametrize(("topic", "stands", "told"), WHERE)
def test_server_side_is_the_vendors_and_the_rest_the_partners(
    played: tuple[House, dict[str, str]], topic: str, stands: str, told: str
) -> None:
    """L3: 'all other ... become a case', 'server side configuration'; L2: what configuration or other technology resolves."""
    house, refs = played
    number = house.ticket(refs[topic]).number
    cases = [case for case in house.cases() if case.fields["DynamicField_CustomerReference"] == number]
    assert len(cases) == (stands == CASE)
    assert told in " ".join(house.told(refs[topic]))
    assert topic in [line.ruling["task"] for line in house.story(refs[topic]).told() if line.ruling]


def test_a_user_error_ends_at_level_1(house: House) -> None:
    """L1: 'If cause is due to user error: provide quick fix'; escalated all the same, it is held."""
    ref = house.opens("Cannot log in", subcategory="l3-support", **DESCRIBED)
    house.notes(ref, "#connector fact cause user_error", by=LENA)
    house.wait()
    assert house.cases() == []
    assert any("It ends at L1" in note and "user error" in note for note in house.told(ref))


def test_what_is_missing_of_level_2s_own_description_holds_and_the_other_items_are_asked_for(house: House) -> None:
    """L2 to L3: 'clear and complete description' is to be there; the list is of examples."""
    ref = house.opens("Calls drop", subcategory="l3-support", description="it is broken")
    house.wait()
    assert house.cases() == []
    assert any("own clear and complete description" in note for note in house.told(ref))
    house.edits(ref, DESCRIBED)
    house.wait()
    assert len(house.cases()) == 1
    (asked,) = [note for note in house.told(ref) if "would also like to have" in note]
    assert "each other cause excluded or not applicable" in asked


def test_an_item_that_is_not_applicable_with_a_reason_is_there(house: House) -> None:
    """L2: open list of other causes, each excluded or not applicable and why."""
    text = "Scenario and analysis: the queue loses calls\nOther causes: anti-virus not applicable, it runs on a sealed appliance"
    ref = house.opens("Calls drop", subcategory="l3-support", description=text)
    house.wait()
    assert len(house.cases()) == 1
    assert not any("each other cause" in note for note in house.told(ref))


def test_without_a_certificate_that_holds_level_2_hands_nothing_over(house: House) -> None:
    """L2: 'senior technical support engineers certified for the service'."""
    ref = house.opens("Calls drop", by=LARS, subcategory="l3-support", **DESCRIBED)
    house.wait()
    assert house.cases() == []
    assert any("Lars Lind has no certificate that holds today" in note for note in house.told(ref))


def test_the_service_desk_hands_nothing_over_past_level_2(house: House) -> None:
    """'Case only from L2'."""
    ref = house.opens("Calls drop", by=OMAR, subcategory="l3-support", **DESCRIBED)
    house.wait()
    assert house.cases() == []
    assert any("Omar Ohm is not among those who submit" in note for note in house.told(ref))


def test_the_partners_public_reply_stands_and_the_vendors_word_becomes_none(house: House) -> None:
    """'Reported to the Partner Services Helpdesk': the partner speaks to who reported."""
    ref = house.opens("Calls drop", subcategory="l3-support", **DESCRIBED)
    house.wait()
    house.customer.comment(ref, OMAR, "We are looking into it.", public=True)
    house.vendor_writes(ref, "Send us the log.")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    public = [item.text for item in house.ticket(ref).comments if item.public]
    assert public == ["We are looking into it."]
    assert any("Send us the log." in note for note in house.told(ref))
    assert house.ticket(ref).fields["state"] == "2"
    house.edits(ref, RESOLVED, by=OMAR)
    house.wait()
    house.judged()


def test_the_waiting_clock_names_the_partner_and_not_the_customer(house: House) -> None:
    """D9, and 'customer' never appears in 003 as a party."""
    ref = house.opens("Calls drop", subcategory="l3-support", description="it is broken")
    house.wait(3600.0)
    assert house.story(ref).as_dict()["waited"].keys() == {"partner"}


def test_no_p1_no_call_and_no_analysis_is_invented(house: House) -> None:
    """No submitter roster, P1, root cause analysis or times are stated."""
    ref = house.opens("Nobody can call", subcategory="l3-support", impact="1", urgency="1", **DESCRIBED)
    house.wait()
    house.vendor_sets(ref, "pending auto close+")
    house.wait(3600.0)
    assert {one["id"] for one in house.row(ref)["owed"]} == {"confirm"}


def test_one_person_alone_is_no_finding(tmp_path: Path) -> None:
    assert "at least 2" not in found_amiss(tmp_path, "anywhere365-partner-on-premises", PARTNER.partition("  - {name: Lars")[0])

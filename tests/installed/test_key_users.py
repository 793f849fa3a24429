"""004: 'requests that level 1 specialists and key users send to the call centre', and the page with the rules for those of level 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import HANDED_OVER, LENA, House
from tests.installed.places import AT_L1, AT_L2, LEVELS, OMAR, WORKCUBE, elevated, partner, workcube

KAY, UMA = "kay.key", "uma.user"
"""A key user of the company; a user of whom nothing is known."""
WITH_KAY = f"{WORKCUBE}  - {{name: Kay Key, email: kay@company.example, phone: '+90 4', login: {KAY}, party: customer, role: key-user}}\n"
PAGE = "https://wiki.workcube.com/help/10760"
TESTS = "\n".join(f"#connector statement {one} failed, 2026-05-21" for one in ("test-user-system", "test-qa", "test-development"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return workcube(tmp_path, WITH_KAY, LEVELS)


def brings(house: House, who: str, where: dict[str, str]) -> str:
    return house.customer.create(who, {"short_description": "Sum is wrong", "impact": "2", "urgency": "2", **where})


def test_what_a_key_user_brings_to_level_2_is_asked_of_nobody_at_level_1(house: House) -> None:
    ref = brings(house, KAY, AT_L2)
    house.wait()
    assert house.told(ref) == []
    assert house.row(ref)["hand_overs"] == []
    assert house.row(ref)["held"].startswith("It is with L2, WorkDesk expert, and was not handed over")
    house.notes(ref, f"#connector fact call fault\n#connector fact task none\n{TESTS}", by=LENA)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert len(house.cases()) == 1
    assert [one["step"] for one in house.row(ref)["hand_overs"]] == ["L2-L3"]


def test_a_key_users_ticket_that_level_1_forwarded_is_level_1s(house: House) -> None:
    ref = brings(house, KAY, AT_L1)
    house.edits(ref, AT_L2, by=OMAR)
    house.wait()
    assert any("L1 (the customer) is asked" in note for note in house.told(ref))
    assert "Asked of L1 (the customer)" in house.row(ref)["held"]
    assert [one["step"] for one in house.row(ref)["hand_overs"]] == ["L1-L2"]


def test_what_anybody_else_brings_there_is_level_1s_to_complete(house: House) -> None:
    ref = brings(house, UMA, AT_L2)
    house.wait()
    assert any("L1 (the customer) is asked" in note for note in house.told(ref))


def test_a_key_user_submits_nothing(house: House) -> None:
    ref = brings(house, KAY, AT_L2)
    house.wait()
    house.edits(ref, HANDED_OVER, by=KAY)
    house.wait()
    assert house.cases() == []


def test_the_note_to_level_1_names_the_page_with_its_rules(house: House) -> None:
    """'Rules to be kept for a level 1 support request: https://wiki.workcube.com/help/10760'."""
    (note,) = house.told(elevated(house, "Sum is wrong"))
    assert PAGE in note


def test_the_installation_may_name_another_page(tmp_path: Path) -> None:
    here = WORKCUBE.replace("settings:", 'settings:\n  procedure.page: {value: "https://intranet.example/rules", source: ours}')
    (note,) = (house := workcube(tmp_path, here, LEVELS)).told(elevated(house, "Sum is wrong"))
    assert "https://intranet.example/rules" in note
    assert PAGE not in note


# --- 003: the exit question of level 2 -------------------------------------------------------------------------------

DESCRIBED = {"subcategory": "l3-support", "description": "Scenario and analysis: the queue loses calls, see the log"}
LINE = "`#connector fact resolution configuration or supporting_technology or neither`"


def test_level_2_is_asked_whether_it_can_resolve_it_and_ends_it_where_it_can(tmp_path: Path) -> None:
    """003, Level 2: 'determine if the incident or request can be resolved by config change or change to supporting technology'."""
    house = partner(tmp_path, LEVELS)
    ref = elevated(house, "Calls drop", **DESCRIBED)
    (note,) = house.told(ref)
    assert "Before it goes on, L2 is asked:" in note
    assert LINE in note
    assert (
        "Before it goes on, L2 is asked: whether a change of configuration or of supporting technology resolves it"
        in house.row(ref)["held"]
    )
    house.notes(ref, "#connector fact resolution configuration", by=LENA)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert house.cases() == []
    assert any("It ends at L2: level 2 tries to resolve it without level 3" in one for one in house.told(ref))
    house.notes(ref, "#connector fact resolution neither", by=LENA)
    house.wait()
    assert len(house.cases()) == 1
    assert "resolution" not in house.told(ref)[-1]


def test_it_goes_without_an_answer_which_is_asked_for(tmp_path: Path) -> None:
    """Level 3: 'all other incidents that cannot be resolved': nobody waits for the words that they cannot."""
    house = partner(tmp_path, LEVELS)
    ref = elevated(house, "Calls drop", **DESCRIBED)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert len(house.cases()) == 1
    assert sum(LINE in note for note in house.told(ref)) == 2

"""What passes between level 1 and level 2 as groups of one ITSM: documents 003 and 004 in the running engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connector.rasci.ladder import Need
from connector.rasci.table import OperatingModel
from connector.words import Side
from tests.installed.house import CARL, CLOSED, HANDED_OVER, LENA, TAKEN_BACK, House
from tests.installed.places import (
    AT_L1,
    AT_L2,
    LEVELS,
    OF_PARTNER,
    OMAR,
    PARTNER,
    WORKCUBE,
    elevated,
    partner,
    reported,
    workcube,
)

DESCRIBED = {"subcategory": "l3-support", "description": "Scenario and analysis: the queue loses calls, see the log"}
FOUND = "#connector fact cause application\n#connector statement seen on two phones, Teams is excluded\n#connector statement reproducible yes"
TESTS = "\n".join(f"#connector statement {one} failed, 2026-05-21" for one in ("test-user-system", "test-qa", "test-development"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return partner(tmp_path, LEVELS)


def _asked(house: House, ref: str) -> list[str]:
    return [note for note in house.told(ref) if "needs to go on without asking back" in note]


# --- 003 -----------------------------------------------------------------------------------------------------------


def test_what_only_level_1_has_is_nobodys_business(house: House) -> None:
    """L1: 'Triage, handle all incidents or requests reported': most never leave it."""
    ref = reported(house, "Cannot log in")
    house.wait(3600.0)
    assert house.told(ref) == []
    assert house.rig.store.known("acme", Side.CUSTOMER, [ref]) == {}


def test_at_level_2_it_is_known_stays_and_level_1_is_asked_once(house: House) -> None:
    """'Clear and complete description ... For example': examples, so that nothing is refused for want of one."""
    ref = elevated(house, "Calls drop", description="it is broken")
    house.wait(7200.0)
    assert house.cases() == []
    assert house.ticket(ref).fields["assignment_group"] == "second-line"
    (asked,) = _asked(house, ref)
    assert "L1 (the partner) is asked" in asked
    for words in ("whether it can be reproduced", "proof: logs", "may be the cause and basic others are ruled out"):
        assert words in asked
    assert "may be the cause and rules out basic other ones (`#connector fact cause user_error or application`" in asked
    row = house.row(ref)
    assert row["held"].startswith(
        "It is with L2, senior certified engineers of the partner, and was not handed over to the vendor."
    )
    assert row["level"] == "L2"
    assert row["owed"] == []
    (handed,) = row["hand_overs"]
    assert handed["step"] == "L1-L2"
    assert {"attribution", "reproducible", "proof"} == set(handed["missing"])
    story = [line.text for line in house.story(ref).told()]
    assert any("was found and is with L2: " in text for text in story)
    assert any("was handed over, L1-L2, without attribution" in text for text in story)
    house.judged()


def test_what_level_1_found_out_and_said_is_not_asked_for(house: House) -> None:
    """L1: 'Analyze issue to determine if this is potentially caused by the application'; by level 1 itself."""
    ref = reported(house, "Calls drop", description="it is broken")
    house.notes(ref, FOUND, by=OMAR)
    house.customer.attach(ref, OMAR, "calls.log", b"calls")
    house.edits(ref, AT_L2, by=OMAR)
    house.wait(600.0)
    assert _asked(house, ref) == []
    held = house.row(ref)["held"]
    assert "It came there by this rule: level 1 elevates what it cannot resolve" in held
    assert "Asked of" not in held
    assert house.row(ref)["hand_overs"][0]["missing"] == []


def test_a_user_error_that_is_elevated_stays_at_level_1_and_says_so(house: House) -> None:
    """'If cause is due to user error: provide quick fix'."""
    ref = reported(house, "Cannot log in")
    house.notes(ref, "#connector fact cause user_error", by=OMAR)
    house.edits(ref, AT_L2, by=OMAR)
    house.wait(600.0)
    assert house.cases() == []
    (note,) = house.told(ref)
    assert "It ends at L1: a user error gets a quick fix" in note
    assert house.row(ref)["hand_overs"] == []
    house.notes(ref, "#connector fact cause application", by=OMAR)
    house.wait(600.0)
    assert [one["step"] for one in house.row(ref)["hand_overs"]] == ["L1-L2"]


def test_level_1_answers_for_its_own_findings_only(house: House) -> None:
    ref = elevated(house, "Calls drop")
    house.notes(ref, "#connector submit it is urgent", by=OMAR)
    house.notes(ref, "#connector fact cause user_error", by=CARL)
    house.wait()
    assert sum("not authorised" in note for note in house.told(ref)) == 2
    assert house.cases() == []


def test_from_level_2_it_becomes_a_case(house: House) -> None:
    """L3: 'all other ... elevated as a case'."""
    ref = elevated(house, "Calls drop", **DESCRIBED)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert len(house.cases()) == 1
    assert [one["step"] for one in house.row(ref)["hand_overs"]] == ["L1-L2", "L2-L3"]
    house.judged()


def test_level_1s_statement_is_level_2s_and_not_the_vendors(house: House) -> None:
    ref = reported(house, "Calls drop", **DESCRIBED)
    house.notes(ref, f"{FOUND}\n#connector statement replicated twice", by=OMAR)
    house.edits(ref, AT_L2, by=OMAR)
    house.wait()
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert "seen on two phones" not in house.case(ref).comments[0].text
    assert "replicated" in house.row(ref)["hand_overs"][1]["missing"]


def test_a_ticket_that_was_never_at_level_2_is_held_with_that_reason(house: House) -> None:
    """'All other incidents ... that cannot be resolved through Level 1 and Level 2': also where a certified engineer hands it over."""
    ref = reported(house, "Calls drop", **DESCRIBED)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait(600.0)
    assert house.cases() == []
    assert "It was never with L2, senior certified engineers of the partner" in house.row(ref)["held"]
    assert any("It was never with L2" in note for note in house.told(ref))
    house.edits(ref, {**AT_L2, **TAKEN_BACK}, by=OMAR)
    house.wait()
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert len(house.cases()) == 1


def test_it_was_at_level_2_before_anybody_looked(house: House) -> None:
    """The history shows it, although no pass saw it there."""
    ref = reported(house, "Calls drop", **DESCRIBED)
    house.edits(ref, AT_L2, by=OMAR)
    house.edits(ref, {"assignment_group": "vendor desk", **HANDED_OVER}, by=LENA)
    house.wait()
    assert len(house.cases()) == 1


def test_a_p1_goes_by_the_same_way_and_an_engineers_word_is_enough(house: House) -> None:
    """Whose the case is to open is no evidence that may follow later."""
    ref = reported(
        house, "Nobody can call", impact="1", urgency="1", subcategory="l3-support", description="Scenario and analysis: down"
    )
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert house.cases() == []
    house.notes(ref, "#connector submit seen on the phone with the desk", by=LENA)
    house.wait()
    assert len(house.cases()) == 1


def test_back_at_level_1_and_up_again_is_a_hand_over_of_its_own_and_asks_nothing_twice(house: House) -> None:
    ref = elevated(house, "Calls drop")
    house.edits(ref, AT_L1, by=LENA)
    house.wait()
    assert house.row(ref)["held"].startswith("It is with L1, service desk of the partner")
    house.customer.attach(ref, OMAR, "calls.log", b"calls")
    house.edits(ref, AT_L2, by=OMAR)
    house.wait()
    assert ["proof" in one["missing"] for one in house.row(ref)["hand_overs"]] == [True, False]
    assert len(_asked(house, ref)) == 1


def test_what_ended_at_level_2_is_at_no_level(house: House) -> None:
    ref = reported(house, "Calls drop")
    house.edits(ref, {**AT_L2, **CLOSED}, by=LENA)
    house.wait(600.0)
    assert house.rig.store.known("acme", Side.CUSTOMER, [ref]) == {}


def test_questions_back_are_counted_for_their_hand_over(house: House) -> None:
    """'Without having to revert back for basic/known information': said by a person, or shown by a case that waits."""
    ref = elevated(house, "Calls drop", **DESCRIBED)
    house.notes(ref, "#connector bounce proof which log was it?", by=LENA)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    for state in ("open", "pending reminder", "open", "pending reminder"):
        house.vendor_sets(ref, state)
        house.wait()
    house.notes(ref, "#connector bounce actions what did you try?", by=LENA)
    house.wait()
    first, second = house.row(ref)["hand_overs"]
    assert [(one["item"], one["by"]) for one in first["bounces"]] == [("proof", LENA)]
    assert [(one["item"], one["by"]) for one in second["bounces"]] == [("", ""), ("actions", LENA)]
    (of_level_1, of_level_2) = house.story(ref).as_dict()["hand_overs"]
    assert of_level_1["text"].endswith(f"questions back: 1, proof (said by {LENA}).")
    assert "questions back: 2, the case waited, actions (said by" in of_level_2["text"]


def test_a_wait_is_no_question_back_where_nothing_was_missing(house: House) -> None:
    ref = elevated(house, "Calls drop", **DESCRIBED)
    items = ("replicated yes", "configuration-correct yes", "other-causes excluded")
    house.notes(ref, "\n".join(f"#connector statement {one}" for one in items), by=LENA)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    for state in ("open", "pending reminder"):
        house.vendor_sets(ref, state)
        house.wait()
    assert house.row(ref)["hand_overs"][-1]["missing"] == []
    assert house.row(ref)["hand_overs"][-1]["bounces"] == []


def test_a_word_on_something_that_no_hand_over_lists_is_answered(house: House) -> None:
    ref = elevated(house, "Calls drop")
    house.notes(ref, "#connector bounce shoe-size", by=LENA)
    house.wait()
    assert any("bounce names what was asked back for" in note for note in house.told(ref))


def test_what_a_model_makes_mandatory_waits_for_level_2s_own_word(tmp_path: Path) -> None:
    """The document: 'to ensure level 2 can continue'. So level 2 says whether it can; handing over to the vendor is such a word."""

    def altered(model: OperatingModel) -> OperatingModel:
        must = (replace(one, need=Need.MANDATORY) if one.id == "proof" else one for one in model.evidence)
        return replace(model, evidence=tuple(must))

    house = House(tmp_path, model="anywhere365-partner-on-premises", mapping=OF_PARTNER + LEVELS, here=PARTNER, altered=altered)
    ref = elevated(house, "Calls drop", **DESCRIBED)
    (asked,) = _asked(house, ref)
    assert "L2 waits for this, unless it goes on without: - proof: logs" in asked
    assert "L2 waits for what L1 (the partner) owes, unless it goes on without: proof: logs" in house.row(ref)["held"]
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert len(house.cases()) == 1


def test_taken_back_it_is_level_2s_again(house: House) -> None:
    ref = elevated(house, "Calls drop", subcategory="l3-support", description="it is broken")
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert "own clear and complete description" in house.row(ref)["held"]
    house.edits(ref, TAKEN_BACK, by=LENA)
    house.wait()
    assert house.row(ref)["held"].startswith("It is with L2")


def test_the_notes_are_in_the_houses_language(tmp_path: Path) -> None:
    house = partner(tmp_path, LEVELS, language="de")
    ref = elevated(house, "Calls drop")
    (note,) = [one for one in house.told(ref) if "Dieses Ticket ist jetzt bei L2." in one]
    assert "L1 (der Partner) wird um das gebeten" in note
    assert (
        house.story(ref).as_dict()["held"]["reason"].startswith("Es ist bei L2, senior certified engineers of the partner, und")
    )


# --- 004 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("experts", "whose"), [("internal", "the customer"), ("none", "the partner")])
def test_level_1_is_asked_where_it_is(tmp_path: Path, experts: str, whose: str) -> None:
    """L1: 'Our business partners also offer first level support for customers who have no internal experts'."""
    house = workcube(tmp_path, WORKCUBE.replace("experts: internal", f"experts: {experts}"), LEVELS)
    ref = elevated(house, "Sum is wrong")
    (asked,) = _asked(house, ref)
    assert f"L1 ({whose}) is asked" in asked
    assert "whether that object is customised" in asked
    held = house.story(ref).as_dict()["held"]
    assert f"Asked of L1 ({whose})" in held["reason"]
    assert held["ruling"]["party"] == whose.removeprefix("the ")
    house.edits(ref, AT_L1, by=LENA)
    house.wait(3600.0)
    assert house.story(ref).as_dict()["waited"].get(whose.removeprefix("the "), 0) > 3000


def test_level_1_reaches_level_3_through_level_2_only(tmp_path: Path) -> None:
    """L2: 'a kind of interpreter for level 3'."""
    house = workcube(tmp_path, more=LEVELS)
    ref = reported(house, "Sum is wrong")
    house.notes(ref, f"#connector fact call fault\n#connector fact task none\n{TESTS}", by=LENA)
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert house.cases() == []
    assert "It was never with L2, WorkDesk expert" in house.row(ref)["held"]
    house.edits(ref, {**AT_L2, **TAKEN_BACK}, by=OMAR)
    house.wait()
    house.edits(ref, HANDED_OVER, by=LENA)
    house.wait()
    assert len(house.cases()) == 1


def test_usage_ends_at_level_2_without_anybody_handing_it_over(tmp_path: Path) -> None:
    house = workcube(tmp_path, more=LEVELS)
    ref = elevated(house, "How do I print?")
    house.notes(ref, "#connector fact call usage", by=LENA)
    house.wait()
    assert any("It ends at L2" in note for note in house.told(ref))
    assert house.cases() == []


# --- without the section -------------------------------------------------------------------------------------------


def test_without_the_section_nobody_is_asked_and_nothing_is_known(tmp_path: Path) -> None:
    house = partner(tmp_path)
    ref = elevated(house, "Calls drop", **DESCRIBED)
    assert house.told(ref) == []
    assert house.rig.store.known("acme", Side.CUSTOMER, [ref]) == {}
    house.edits(ref, {**AT_L1, **HANDED_OVER}, by=LENA)
    house.notes(ref, "#connector fact cause user_error", by=OMAR)
    house.wait()
    assert any("not authorised" in note for note in house.told(ref))
    assert len(house.cases()) == 1

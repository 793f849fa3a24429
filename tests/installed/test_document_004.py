"""Document 004 (Workcube) in the running engine: company and partner work in one ITSM, the vendor in its portal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import LARS, LENA, VERA, House
from tests.installed.places import OF_WORKCUBE, OMAR, WORKCUBE, workcube

TESTS = "\n".join(
    f"#connector statement {item} {result}"
    for item, result in {
        "test-user-system": "failed in the user's system, 2026-05-20",
        "test-qa": "failed in QA, 2026-05-21",
        "test-development": "failed in development, 2026-05-22",
    }.items()
)
NEW_TASK = "#connector fact call fault\n#connector fact task none"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return workcube(tmp_path)


def told(house: House, ref: str) -> str:
    return "\n".join(house.told(ref))


def test_usage_ends_at_level_2_with_an_answer_and_becomes_no_task(house: House) -> None:
    """L2: 'sent to the user with an explanation'."""
    ref = house.opens("How do I print?")
    house.notes(ref, "#connector fact call usage")
    house.wait()
    assert house.cases() == []
    assert "It ends at L2" in told(house, ref)


def test_a_fault_with_its_three_tests_becomes_a_new_task(house: House) -> None:
    """L2: the same test case in the user's system, in QA, in development; then a new task."""
    ref = house.opens("Sum is wrong")
    house.notes(ref, NEW_TASK)
    house.wait()
    assert house.cases() == []
    for item in ("test in the user's own system", "the same test in QA", "the same test in development"):
        assert item in told(house, ref)
    house.notes(ref, TESTS)
    house.wait()
    assert "failed in QA, 2026-05-21" in house.case(ref).comments[0].text
    assert house.row(ref)["held"] is None


def test_a_skipped_qa_holds(house: House) -> None:
    ref = house.opens("Sum is wrong")
    house.notes(ref, NEW_TASK)
    house.notes(ref, "\n".join(line for line in TESTS.splitlines() if "test-qa" not in line))
    house.wait()
    assert house.cases() == []
    missing = house.row(ref)["held"].partition("Missing:")[2]
    assert "QA" in missing
    assert "development" not in missing


def test_no_fault_in_qa_is_told_and_makes_no_task(house: House) -> None:
    """L2: 'If there is no fault in QA, level 2 tells the user that it comes with a new version'."""
    ref = house.opens("Sum is wrong")
    house.notes(ref, "#connector fact call fault\n#connector fact release faulty\n#connector fact qa faultless")
    house.wait()
    assert house.cases() == []
    assert "comes with a new version" in told(house, ref)


def test_an_old_version_without_fault_is_for_the_administrator_to_upgrade(house: House) -> None:
    ref = house.opens("Sum is wrong")
    house.notes(ref, "#connector fact call fault\n#connector fact release faultless\n#connector fact version old")
    house.wait()
    assert house.cases() == []
    assert "system administrator" in told(house, ref)


ADMIN = (
    WORKCUBE
    + """  - {name: Ada Adler, email: ada@company.example, phone: "+90 4", login: ada.a, party: customer, role: administrator}
"""
)


@pytest.mark.parametrize("german", [False, True])
def test_the_advice_to_upgrade_names_the_administrator(tmp_path: Path, *, german: bool) -> None:
    """L2, procedure, step 2: recommended 'to the system administrator of the user company'."""
    house = House(tmp_path, model="workcube", mapping=OF_WORKCUBE, here=ADMIN, language="de" if german else "en")
    ref = house.opens("Sum is wrong")
    house.notes(ref, "#connector fact call fault\n#connector fact release faultless\n#connector fact version old")
    house.wait()
    assert f"{'Für' if german else 'For'}: Ada Adler - system administrator of the user company" in told(house, ref)
    asked = house.opens("We want version 9", subcategory="upgrade")
    house.notes(asked, "#connector fact version old")
    house.wait()
    assert "Ada Adler" in told(house, asked)
    usage = house.opens("How do I print?")
    house.notes(usage, "#connector fact call usage")
    house.wait()
    assert "Ada Adler" not in told(house, usage)
    assert not [item for one in (ref, asked) for item in house.ticket(one).comments if item.ours and item.public]


def test_an_administrator_whom_nobody_named_is_addressed_by_the_role(house: House) -> None:
    ref = house.opens("Sum is wrong")
    house.notes(ref, "#connector fact call fault\n#connector fact release faultless\n#connector fact version old")
    house.wait()
    assert "For: system administrator of the user company" in told(house, ref)


def test_an_old_version_with_the_fault_gets_no_advice_and_goes_on(house: House) -> None:
    ref = house.opens("Sum is wrong")
    house.notes(
        ref, f"{NEW_TASK}\n#connector fact release faulty\n#connector fact version old\n#connector fact qa faulty\n{TESTS}"
    )
    house.wait()
    assert len(house.cases()) == 1
    assert "upgrade" not in told(house, ref)


def test_a_similar_task_is_joined_and_nothing_of_the_ticket_goes_by_itself(house: House) -> None:
    """L2: 'findings are added to the running notes of a similar task'; level 2 stays responsible for the call."""
    ref = house.opens("Sum is wrong, canary-17")
    house.notes(ref, f"#connector fact call fault\n#connector fact task similar\n{TESTS}")
    house.wait()
    assert house.cases() == []
    assert "It joins what is under way already, and the partner goes on answering for it" in told(house, ref)


def test_the_layers_below_are_for_the_owner_of_level_4_and_no_task(house: House) -> None:
    """L4: 'operating system, database, network'; entered by cause; the party is a setting."""
    ref = house.opens("Database is slow")
    house.notes(ref, f"#connector fact cause system_layer\n{NEW_TASK}\n{TESTS}")
    house.wait()
    assert house.cases() == []
    assert "It is for L4" in told(house, ref)
    assert "which is the customer's" in told(house, ref)


def test_a_recording_of_a_screen_goes_with_the_consent_that_was_noted(tmp_path: Path) -> None:
    """L1: 'remote screen sharing ... under the DSGVO'; L2: 'Loom videos or screenshots can be added'."""
    house = workcube(tmp_path, f'{WORKCUBE}recordings: ["*.MP4", "loom-*"]\n')
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    for name in ("session one.mp4", "loom-2.webm", "sum.png"):
        house.customer.attach(ref, LENA, name, name.encode())
    house.wait(60.0)
    assert [file.text for file in house.case(ref).files] == ["sum.png"]
    assert "`#connector consent session one.mp4 WHO, AND WHEN` in an internal note" in told(house, ref)
    house.notes(ref, "#connector consent session one.mp4")
    house.notes(ref, "#connector consent loom-2.webm Uma User, on 2026-05-20", by=OMAR)
    house.wait(60.0)
    assert [file.text for file in house.case(ref).files] == ["sum.png"]
    house.notes(ref, "#connector consent session one.mp4 Uma User, on 2026-05-20")
    house.wait(60.0)
    assert [file.text for file in house.case(ref).files] == ["sum.png", "session one.mp4"]
    assert len([kept for kept in house.row(ref)["withheld"] if ":file:" in kept["item"]]) == 1
    rulings = [line["ruling"] for line in house.story(ref).as_dict()["story"] if line["kind"] == "withheld"]
    assert [ruling["clause"] for ruling in rulings if ruling and ruling["verdict"] == "hold"] == [
        "L1, paragraph 3, sentence 1"
    ] * 2


@pytest.mark.parametrize("owner", ["partner", "vendor"])
def test_level_4_on_the_customers_servers_needs_access(tmp_path: Path, owner: str) -> None:
    """L4: 'give this support mostly on the customer's servers'; the party is a setting."""
    house = workcube(tmp_path, WORKCUBE.replace("level4.owner: {value: customer", f"level4.owner: {{value: {owner}"))
    ref = house.opens("Database is slow")
    house.notes(ref, f"#connector fact cause system_layer\n{TESTS}")
    house.wait()
    assert len(house.cases()) == (owner == "vendor")
    (owed,) = [one for one in house.row(ref)["owed"] if one["id"] == "level-access"]
    assert owed["party"] == "customer"
    assert f"access for L4, specialists for systems and infrastructure, which is the {owner}'s" in told(house, ref)
    house.notes(ref, "#connector access the database server, granted by Omar until Friday")
    house.wait()
    assert [one for one in house.row(ref)["owed"] if one["id"] == "level-access"] == []


def test_a_company_that_has_level_4_itself_owes_nobody_access(house: House) -> None:
    ref = house.opens("Database is slow")
    house.notes(ref, "#connector fact cause system_layer")
    house.wait()
    assert house.row(ref)["owed"] == []


def test_level_1_hands_nothing_to_level_3(house: House) -> None:
    """L2: 'a kind of interpreter for level 3': only level 2 opens tasks."""
    ref = house.opens("Sum is wrong", by=OMAR, subcategory="l3-support")
    house.wait()
    assert house.cases() == []
    assert "Omar Ohm belongs to" in told(house, ref)


def test_without_a_certificate_of_the_level_nothing_is_handed_over(house: House) -> None:
    ref = house.opens("Sum is wrong", by=LARS, subcategory="l3-support")
    house.notes(ref, TESTS, by=LENA)
    house.wait()
    assert house.cases() == []
    assert "Lars Lind has no certificate that holds today" in told(house, ref)


@pytest.mark.parametrize(("experts", "topic"), [("internal", "l1-support"), ("none", "l1-support-by-partner")])
def test_level_1_is_the_companys_or_where_it_has_no_experts_the_partners(tmp_path: Path, experts: str, topic: str) -> None:
    house = House(
        tmp_path,
        model="workcube",
        mapping=f"\ntopics:\n  - {{by: category, when: {{field: category, is: software}}, topic: {topic}}}\n",
        here=WORKCUBE.replace("experts: internal", f"experts: {experts}"),
    )
    ref = house.opens("Cannot print", category="software")
    house.wait()
    assert house.cases() == []
    whose = {"internal": "the customer", "none": "the partner"}[experts]
    assert f"it stays with {whose}" in told(house, ref) or "It ends at L1" in told(house, ref)


def test_the_vendors_change_of_the_priority_is_a_proposal(house: House) -> None:
    """L1: 'Problems are categorised, prioritised': stated here only."""
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    house.portal.edit(house.case(ref).ref, "vera.vendor", {"Priority": "5 very high"})
    house.wait()
    assert house.ticket(ref).fields["priority"] == "3"
    assert house.case(ref).fields["Priority"] == "5 very high"
    assert "The vendor proposes" in told(house, ref)


AT_RELEASE = WORKCUBE.replace("settings:\n", "settings:\n  solved.at: {value: release, source: ours}\n")
STAGE = "DynamicField_Severity"  # the portal has no other field that is free


def staged(folder: Path, here: str) -> tuple[House, str]:
    """A task whose stage the portal names, and level 3 works on it."""
    house = House(folder, model="workcube", mapping=f"{OF_WORKCUBE}\nstage: {{field: {STAGE}, released: [release]}}\n", here=here)
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    house.vendor_sets(ref, "open")
    house.wait()
    return house, ref


CLASS = "  class: {customer: subcategory, vendor: Service, owner: vendor, direction: both}\n"


def test_the_class_is_level_3s_word_and_nobody_elses(tmp_path: Path) -> None:
    """L3: 'the problems are classified'."""
    house = House(tmp_path, model="workcube", mapping=OF_WORKCUBE, fields=CLASS, here=WORKCUBE)
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    house.portal.edit(house.case(ref).ref, VERA, {"Service": "arithmetic"})
    house.wait()
    assert house.ticket(ref).fields["subcategory"] == "arithmetic"
    assert "L3, sentence 2" in str(house.story(ref))
    house.edits(ref, {"subcategory": "network"})
    house.wait()
    assert house.case(ref).fields["Service"] == "arithmetic"
    assert house.ticket(ref).fields["subcategory"] == "network", "it stays on its own side"
    assert "says of what class it is" in str(house.story(ref))


def reaches(house: House, ref: str, stage: str) -> None:
    house.portal.edit(house.case(ref).ref, VERA, {STAGE: stage})
    house.wait(120.0)


def test_each_stage_of_the_work_is_told_once(tmp_path: Path) -> None:
    """L3: 'by way of development, QA, beta and release'; 'followed together with level 1 and level 2'."""
    house, ref = staged(tmp_path, WORKCUBE)
    for stage in ("development", "qa", "development", "qa", "beta"):
        reaches(house, ref, stage)
    house.rig.start()
    house.rig.engine.check()
    house.wait(86_400.0)
    stages = [note.partition("at the stage: ")[2].partition(".")[0] for note in house.told(ref) if "is now at the stage" in note]
    assert stages == ["development", "qa", "development", "qa", "beta"]
    assert house.ticket(ref).fields["state"] == "3"
    house.judged()


def test_a_fix_that_comes_with_a_version_is_solved_at_its_release(tmp_path: Path) -> None:
    """L3: 'finished work becomes part of the main solution'; setting solved.at (ours)."""
    house, ref = staged(tmp_path, AT_RELEASE)
    reaches(house, ref, "qa")
    house.vendor_sets(ref, "pending auto close+")
    house.wait(600.0)
    assert house.ticket(ref).fields["state"] == "3"
    assert "stays where it is until the release" in told(house, ref)
    assert house.row(ref)["owed"] == []
    reaches(house, ref, "beta")
    assert house.ticket(ref).fields["state"] == "3"
    assert told(house, ref).count("stays where it is until the release") == 1
    reaches(house, ref, "release")
    assert house.ticket(ref).fields["state"] == "2"
    assert "reports case" in told(house, ref)
    assert [one["id"] for one in house.row(ref)["owed"]] == ["confirm"]
    house.judged()


def test_a_fix_without_a_stage_is_solved_when_the_vendor_says_so(tmp_path: Path) -> None:
    house, ref = staged(tmp_path, AT_RELEASE)
    house.vendor_sets(ref, "pending auto close+")
    house.wait(120.0)
    assert house.ticket(ref).fields["state"] == "2"


def test_by_default_the_vendors_word_solves_at_any_stage(tmp_path: Path) -> None:
    house, ref = staged(tmp_path, WORKCUBE)
    reaches(house, ref, "qa")
    house.vendor_sets(ref, "pending auto close+")
    house.wait(120.0)
    assert house.ticket(ref).fields["state"] == "2"


def test_what_the_vendor_says_of_its_work_is_told_to_level_1_and_level_2(house: House) -> None:
    """L3: 'followed together with level 1 and level 2 until there is a solution'."""
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    house.vendor_writes(ref, "In beta since today.")
    house.vendor_sets(ref, "open")
    house.wait()
    assert "In beta since today." in told(house, ref)
    assert house.ticket(ref).fields["correlation_display"].endswith("(working)")
    house.judged()

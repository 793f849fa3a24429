"""Document 004, level 2's procedure, step 6: a call joins a task that is under way already.

'findings ... are added to the running notes in the task's detail, and the person registers to be informed'; 'assigns the running task
to the call's list of tasks'. What stands where is asked of the simulated systems.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.daemon.linking import Linker
from connector.daemon.pairs import Row
from connector.sandbox.core import SimItem, SimTicket
from connector.sync import following
from tests.installed.house import CLOSED, LENA, VERA, House
from tests.installed.places import OMAR, workcube, wsp
from tests.installed.test_answer import types
from tests.installed.test_document_004 import NEW_TASK, TESTS

SOMEBODY = "piet.other"
"""A customer of the vendor's whom nobody here knows."""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return workcube(tmp_path)


def task(house: House, title: str = "Totals are wrong in version 8") -> SimTicket:
    """Work under way at the vendor's, of which the customer has no ticket; something was said there before."""
    ref = house.portal.create(SOMEBODY, {"Title": title, "Body": "the sum is off by one"})
    house.portal.edit(ref, VERA, {"State": "open"})
    house.portal.comment(ref, VERA, "we look at it", public=True)
    house.wait(5.0)
    return house.portal.ticket(ref)


def joins(house: House, found: SimTicket, findings: str = "") -> str:
    """A ticket of the company's that joins a task, with these findings."""
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.notes(ref, f"#connector join {found.number} {findings}".rstrip())
    house.wait()
    return ref


def ours(found: SimTicket) -> list[SimItem]:
    return [item for item in found.comments if item.ours]


def said(items: list[SimItem]) -> list[str]:
    return [" ".join(item.text.split()) for item in items]


def tasks(house: House, ref: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = house.row(ref)["tasks"]
    return listed


def test_chosen_findings_go_into_the_task_and_nothing_else_of_the_ticket(house: House) -> None:
    similar = task(house)
    before = dict(similar.fields)
    ref = house.opens("Sum is wrong, canary-17", subcategory="l3-support")
    house.customer.attach(ref, LENA, "canary.log", b"canary-18")
    house.customer.comment(ref, LENA, "canary-19 for the caller", public=True)
    house.notes(ref, "[vendor] canary-20")
    house.notes(ref, f"canary-21\n#connector join {similar.number} 1. only with a tax of 7 %; 2. since version 8.1\ncanary-22")
    house.wait()
    after = house.portal.ticket(similar.ref)
    assert len(ours(after)) == 1
    finding = ours(after)[0]
    assert "1. only with a tax of 7 %; 2. since version 8.1" in finding.text
    assert "Lena Lund" in finding.text
    assert not finding.public
    assert "canary" not in str([item.text for item in after.comments])
    assert [item for item in after.files if item.ours] == []
    assert after.fields == before
    assert house.row(ref)["case"] == ""
    house.judged()


def test_the_ticket_has_the_task_in_its_list_and_everybody_reads_why(house: House) -> None:
    similar = task(house)
    ref = joins(house, similar, "only with a tax of 7 %")
    (listed,) = tasks(house, ref)
    assert (listed["task"], listed["by"], listed["findings"], listed["waiting"]) == (similar.number, LENA, 1, 0)
    story = house.story(ref).as_dict()
    (line,) = [line for line in story["story"] if line["kind"] == "task_joined"]
    assert line["ruling"]["letters"] == "S,I"
    assert line["ruling"]["party"] == "partner"
    assert line["ruling"]["clause"] == "L2, procedure, step 6"
    assert "Lena Lund" in line["ruling"]["reason"]
    assert similar.number in story["tasks"][0]["task"]
    assert f"joined the vendor's task {similar.number}" in " ".join(house.told(ref))
    house.judged()


def test_level_2_stays_responsible_and_no_second_task_is_opened(house: House) -> None:
    """'If no task record is found, a new one is opened': one was."""
    similar = task(house)
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.notes(ref, f"{TESTS}\n#connector join {similar.number} it is the same")
    house.wait()
    assert len(house.cases()) == 1
    assert "It joins what is under way already, and the partner goes on answering for it" in str(house.row(ref)["held"])
    house.notes(ref, f"#connector leave {similar.number}")
    house.wait()
    assert house.case(ref).ref != similar.ref
    house.judged()


def test_what_becomes_of_the_task_is_told_inside_and_moves_nothing(house: House) -> None:
    similar = task(house)
    ref = joins(house, similar)
    assert ours(house.portal.ticket(similar.ref)) == []
    fields = house.ticket(ref).fields
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.portal.comment(similar.ref, VERA, "not for anybody", public=False)
    house.portal.comment(similar.ref, SOMEBODY, "thank you", public=True)
    house.portal.edit(similar.ref, VERA, {"State": "closed successful"})
    house.wait(120.0)
    told = [item for item in house.ticket(ref).comments if item.ours]
    assert [item for item in told if item.public] == []
    words = " ".join(said(told))
    assert words.count("mended in 8.2") == 1
    assert "we look at it" not in words
    assert "not for anybody" not in words
    assert words.count("is now: closed successful (closed)") == 1
    assert house.ticket(ref).fields["state"] == fields["state"]
    assert house.row(ref)["state"] == "candidate"
    house.wait(86_400.0)
    assert len([item for item in house.ticket(ref).comments if item.ours]) == len(told)
    house.judged()


def test_a_ticket_with_a_case_of_its_own_joins_several_tasks_and_one_task_gets_several_findings(house: House) -> None:
    first, second = task(house, "first"), task(house, "second")
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    own = house.case(ref)
    house.notes(ref, f"#connector join {first.number} one\n#connector join {second.number} two")
    house.wait()
    house.notes(ref, f"#connector join {first.number} three")
    house.wait()
    assert [text.rpartition(": ")[2].split(" ")[0] for text in said(ours(house.portal.ticket(first.ref)))] == ["one", "three"]
    assert len(ours(house.portal.ticket(second.ref))) == 1
    assert [listed["task"] for listed in tasks(house, ref)] == [first.number, second.number]
    house.portal.comment(second.ref, VERA, "second is mended", public=True)
    house.portal.edit(second.ref, VERA, {"State": "closed successful"})
    house.wait(120.0)
    words = " ".join(house.told(ref))
    assert "second is mended" in words
    assert house.case(ref).fields["State"] == own.fields["State"]
    assert house.ticket(ref).fields["state"] == "3"
    assert "second is mended" not in str([item.text for item in house.case(ref).comments])
    assert "second is mended" not in str([item.text for item in house.portal.ticket(first.ref).comments])
    house.judged()


def test_an_answer_by_command_joins_as_well(house: House) -> None:
    similar = task(house)
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.wait()
    types(house, ref, f"#connector join {similar.number} only with a tax of 7 %", "Lena Lund")
    house.wait()
    assert "only with a tax of 7 %" in said(ours(house.portal.ticket(similar.ref)))[0]


def test_two_tickets_join_one_task_and_each_is_told(house: House) -> None:
    similar = task(house)
    refs = [house.opens(f"Sum is wrong {n}", subcategory="l3-support") for n in (1, 2)]
    for n, ref in enumerate(refs):
        house.notes(ref, f"#connector join {similar.number} finding {n}")
    house.wait()
    assert len(ours(house.portal.ticket(similar.ref))) == 2
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.wait(30.0)
    assert [" ".join(house.told(ref)).count("mended in 8.2") for ref in refs] == [1, 1]
    house.judged()


def test_the_case_of_another_ticket_is_joined_like_any_task(house: House) -> None:
    other = house.opens("Totals are wrong")
    house.notes(other, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    similar = house.case(other)
    ref = joins(house, similar, "only with a tax of 7 %")
    assert "only with a tax of 7 %" in str(said(ours(house.case(other))))
    assert "only with a tax of 7 %" not in str(house.told(other))
    house.vendor_writes(other, "mended in 8.2")
    house.vendor_sets(other, "pending auto close+")
    house.wait(120.0)
    assert [" ".join(house.told(one)).count("mended in 8.2") for one in (ref, other)] == [1, 1]
    assert house.ticket(ref).fields["state"] == "3"
    assert house.ticket(other).fields["state"] == "2"
    house.judged()


# --- what is refused --------------------------------------------------------------------------------------------


def test_what_cannot_be_joined_is_said_with_the_remedy(house: House) -> None:
    over, own = task(house, "over"), house.opens("Sum is wrong")
    house.portal.edit(over.ref, VERA, {"State": "closed successful"})
    house.notes(own, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    mine = house.case(own)
    lines = {
        "join 999999 found": "there is no task 999999",
        f"join {over.ref} found": f"there is no task {over.ref}",
        f"join {over.number} found": f"task {over.number} has ended",
        f"join {mine.number} found": "is this ticket's own case: write an ordinary comment",
        "join": "join needs some words",
        "leave 17": "this ticket joined no such task: none",
    }
    for line, reason in lines.items():
        house.notes(own, f"#connector {line}")
        house.wait()
        assert reason in house.told(own)[-1], line
    assert ours(house.portal.ticket(over.ref)) == []
    assert tasks(house, own) == []
    said_before = len(house.told(own))
    house.wait(86_400.0)
    assert len(house.told(own)) == said_before
    house.judged()


def test_nobody_joins_who_may_not_hand_over(house: House) -> None:
    similar = task(house)
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.notes(ref, f"#connector join {similar.number} mine", by=OMAR)
    house.wait()
    assert ours(house.portal.ticket(similar.ref)) == []
    assert "not authorised" in " ".join(house.told(ref))
    house.judged()


def test_a_model_without_it_says_so(tmp_path: Path) -> None:
    house = wsp(tmp_path)
    similar = task(house)
    ref = house.opens("Calls drop", subcategory="l2-3-support")
    house.notes(ref, f"#connector join {similar.number} mine")
    house.wait()
    assert ours(house.portal.ticket(similar.ref)) == []
    assert "knows no joining of the vendor's tasks" in " ".join(house.told(ref))


# --- what happens to a task -------------------------------------------------------------------------------------


def test_who_left_hears_no_more_and_may_come_back(house: House) -> None:
    similar = task(house)
    ref = joins(house, similar, "one")
    house.notes(ref, f"#connector leave {similar.number}")
    house.wait()
    house.portal.comment(similar.ref, VERA, "meanwhile", public=True)
    house.wait()
    house.notes(ref, f"#connector join {similar.number} two")
    house.wait()
    house.portal.comment(similar.ref, VERA, "afterwards", public=True)
    house.wait()
    words = " ".join(house.told(ref))
    assert "meanwhile" not in words
    assert words.count("afterwards") == 1
    assert len(ours(house.portal.ticket(similar.ref))) == 2
    house.judged()


def test_a_finding_that_was_chosen_goes_although_its_author_leaves_at_once(house: House) -> None:
    similar = task(house)
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.notes(ref, f"#connector join {similar.number} one\n#connector leave {similar.number}")
    house.wait()
    assert len(ours(house.portal.ticket(similar.ref))) == 1
    assert [listed["informed"] for listed in tasks(house, ref)] == [False]
    house.judged()


def test_a_merged_task_is_followed_and_its_past_is_no_news(house: House) -> None:
    similar, other = task(house), task(house, "older")
    ref = joins(house, similar, "one")
    house.portal.merge(similar.ref, other.ref, VERA)
    house.wait(120.0)
    assert [listed["task"] for listed in tasks(house, ref)] == [other.number]
    house.portal.comment(other.ref, VERA, "mended in 8.2", public=True)
    house.notes(ref, f"#connector join {other.number} two")
    house.wait(60.0)
    words = " ".join(house.told(ref))
    assert words.count(f"merged task {similar.number}, which this ticket joined, into {other.number}") == 1
    assert words.count("mended in 8.2") == 1
    assert "we look at it" not in words
    findings = [text for text in said(ours(house.portal.ticket(other.ref))) if "two" in text]
    assert len(findings) == 1
    house.judged()


def test_a_task_that_becomes_part_of_the_own_case_is_that_case(house: House) -> None:
    similar = task(house)
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    house.notes(ref, f"#connector join {similar.number} one")
    house.wait()
    house.portal.merge(similar.ref, house.case(ref).ref, VERA)
    house.wait(120.0)
    assert [listed["informed"] for listed in tasks(house, ref)] == [False]
    house.vendor_writes(ref, "mended in 8.2")
    house.wait(60.0)
    assert " ".join(house.told(ref)).count("mended in 8.2") == 1
    assert str(said(ours(house.case(ref)))).count("adds for a similar call") <= 1
    house.judged()


def test_a_task_that_is_gone_is_said_once_and_holds_nothing_else(house: House) -> None:
    similar = task(house)
    ref = house.opens("Sum is wrong")
    house.notes(ref, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    house.notes(ref, f"#connector join {similar.number} one")
    house.wait()
    house.portal.delete(similar.ref)
    house.wait(86_400.0)
    assert " ".join(house.told(ref)).count("can no longer be read") == 1
    house.vendor_writes(ref, "of the own case")
    house.wait(60.0)
    assert "of the own case" in " ".join(house.told(ref))
    assert tasks(house, ref)[0]["unreadable"]


def test_nothing_is_told_of_a_task_while_the_ticket_is_over(house: House) -> None:
    similar = task(house)
    ref = joins(house, similar, "one")
    house.edits(ref, CLOSED)
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.portal.edit(similar.ref, VERA, {"State": "closed successful"})
    house.wait(120.0)
    assert "mended in 8.2" not in " ".join(house.told(ref))
    assert house.ticket(ref).fields["state"] == "7"
    house.judged()


def test_a_restart_changes_nothing(house: House) -> None:
    similar = task(house)
    ref = joins(house, similar, "one")
    house.rig.start()
    house.rig.engine.check()
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.wait(120.0)
    assert " ".join(house.told(ref)).count("mended in 8.2") == 1
    assert len(ours(house.portal.ticket(similar.ref))) == 1
    house.judged()


def test_a_store_from_a_backup_tells_and_sends_nothing_twice(house: House) -> None:
    similar = task(house)
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.wait()
    kept = house.rig.copy()
    house.notes(ref, f"#connector join {similar.number} one")
    house.wait()
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.wait(120.0)
    house.rig.restore(kept)
    house.rig.engine.check()
    house.wait(600.0)
    assert len(ours(house.portal.ticket(similar.ref))) == 1
    words = " ".join(house.told(ref))
    assert words.count("mended in 8.2") == 1
    assert words.count("joined the vendor's task") == 1
    house.portal.comment(similar.ref, VERA, "delivered", public=True)
    house.wait(60.0)
    assert " ".join(house.told(ref)).count("delivered") == 1


def test_a_finding_that_would_move_the_task_waits_and_that_is_told(house: House) -> None:
    similar = task(house)
    house.portal.edit(similar.ref, VERA, {"State": "pending reminder"})
    house.portal.comment_reopens = True
    house.rig.start()
    house.rig.engine.check()
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.notes(ref, f"#connector join {similar.number} one")
    house.wait(120.0)
    assert house.portal.ticket(similar.ref).fields["State"] == "pending reminder"
    assert ours(house.portal.ticket(similar.ref)) == []
    assert " ".join(house.told(ref)).count("the portal would move the task because of it") == 1
    house.portal.edit(similar.ref, VERA, {"State": "open"})
    house.wait(120.0)
    assert len(ours(house.portal.ticket(similar.ref))) == 1
    assert house.portal.ticket(similar.ref).fields["State"] == "open"


def test_a_ticket_that_follows_joins_for_itself(house: House) -> None:
    similar = task(house)
    lead, other = house.opens("Sum is wrong"), house.opens("Total is wrong", subcategory="l3-support")
    house.notes(lead, f"{NEW_TASK}\n{TESTS}")
    house.wait()
    following.join(house.rig.store, house.row(other)["bond"], house.row(lead)["bond"], by="an operator")
    house.wait()
    house.notes(other, f"#connector join {similar.number} one")
    house.wait()
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.wait(60.0)
    assert len(ours(house.portal.ticket(similar.ref))) == 1
    assert [" ".join(house.told(ref)).count("mended in 8.2") for ref in (lead, other)] == [0, 1]
    assert [len(tasks(house, ref)) for ref in (lead, other)] == [0, 1]


def test_a_ticket_that_joined_keeps_its_tasks_when_it_comes_to_follow(house: House) -> None:
    similar = task(house)
    lead, other = house.opens("Sum is wrong"), house.opens("Total is wrong", subcategory="l3-support")
    house.notes(lead, f"{NEW_TASK}\n{TESTS}")
    house.notes(other, f"#connector join {similar.number} one")
    house.wait()
    following.join(house.rig.store, house.row(other)["bond"], house.row(lead)["bond"], by="an operator")
    house.wait()
    house.notes(other, f"#connector join {similar.number} two")
    house.wait(60.0)
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.wait(86_400.0)
    assert len(ours(house.portal.ticket(similar.ref))) == 2
    assert " ".join(house.told(other)).count("mended in 8.2") == 1


def test_a_task_that_an_operator_makes_the_ticket_s_own_case_is_told_of_once(house: House) -> None:
    similar = task(house)
    ref = joins(house, similar, "one")
    linker = Linker(house.rig.connection, house.rig.store)
    (checked,) = linker.check([Row(house.ticket(ref).number, similar.number)])
    assert linker.link(checked, "an operator")
    house.wait(60.0)
    house.portal.comment(similar.ref, VERA, "mended in 8.2", public=True)
    house.portal.edit(similar.ref, VERA, {"State": "pending auto close+"})
    house.wait(120.0)
    words = " ".join(house.told(ref))
    assert words.count("mended in 8.2") == 1
    assert "which this ticket joined, is now" not in words
    assert house.ticket(ref).fields["state"] == "2"
    assert len([item for item in ours(house.portal.ticket(similar.ref)) if "one" in item.text]) == 1

"""What is owed, called to mind and fulfilled in the running engine: document 002, and the settings that no document gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.sync.report import report
from tests.installed.house import HERE, LARS, RESOLVED, STATEMENT, House

P1 = {"impact": "1", "urgency": "1", "category": "software"}
DAY = 86_400.0


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def p1(house: House) -> str:
    ref = house.opens("Nobody can call", **P1)
    house.notes(ref, STATEMENT)
    house.wait()
    return ref


def owed(house: House, ref: str) -> dict[str, str]:
    """The duties that stand with the ticket, by id: how they stand."""
    (row,) = [row for row in report(house.rig.store, "acme") if row["ref"] == ref]
    return {one["id"]: one["state"] for one in row["owed"]}


def reminders(house: House, ref: str, words: str) -> int:
    return sum("Still to be done" in note and words in note for note in house.told(ref))


def test_a_p1_under_premium_plus_is_called_and_called_to_mind(house: House) -> None:
    """Customer's summary, bullet 5; settings p1.reminder_every and p1.reminders: at once, then each quarter of an hour, four times."""
    ref = p1(house)
    assert owed(house, ref)["p1-call"] == "open"
    assert reminders(house, ref, "+31 10 000 00 00") == 1
    house.wait(20 * 60)
    assert reminders(house, ref, "+31 10 000 00 00") == 2
    house.notes(ref, "#connector called 14:20, Vera Vendor", by=LARS)
    house.wait(3600)
    assert reminders(house, ref, "+31 10 000 00 00") == 2
    assert "p1-call" not in owed(house, ref)
    assert any("lars" in line.text and "14:20, Vera Vendor" in line.text for line in house.story(ref).told())


def test_reminders_end_with_the_service_manager(house: House) -> None:
    ref = p1(house)
    house.wait(3 * 3600)
    assert reminders(house, ref, "+31 10 000 00 00") <= 5
    assert sum("service manager" in note for note in house.told(ref)) == 1
    assert owed(house, ref)["p1-call"] == "overdue"


def test_without_the_plan_no_call_is_owed(tmp_path: Path) -> None:
    house = House(tmp_path, here=HERE.replace("plan: premium_plus", "plan: other"))
    ref = p1(house)
    house.wait(3600)
    assert "p1-call" not in owed(house, ref)
    assert reminders(house, ref, "+31 10 000 00 00") == 0


def test_after_a_p1_the_cause_is_asked_and_the_analysis_is_owed_by_whose_it_was(house: House) -> None:
    """Row 4 and vendor's summary, bullet 2: solely by the vendor's component; owed from the restoration of service."""
    ref = p1(house)
    house.vendor_sets(ref, "open")
    house.wait()
    assert "cause" not in owed(house, ref)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    assert owed(house, ref)["cause"] == "open"
    house.notes(ref, "#connector cause vendor")
    house.wait()
    assert owed(house, ref)["rca"] == "open"
    house.notes(ref, "#connector rca done KB 4711")
    house.wait()
    assert owed(house, ref)["rca"] == "open"  # level 1 has not seen a draft of it
    house.notes(ref, "#connector rca draft as attached")
    house.wait()
    house.notes(ref, "#connector rca done KB 4711")
    house.wait()
    assert "rca" not in owed(house, ref)


def test_a_solution_that_nobody_answers_is_called_to_mind_and_never_closes(house: House) -> None:
    """Setting solved.unanswered (ours): after three working days, then weekly."""
    ref = house.opens("Calls drop", category="software")
    house.notes(ref, STATEMENT)
    house.wait()
    house.vendor_sets(ref, "pending auto close+")
    house.wait(6 * DAY)
    assert reminders(house, ref, "solution") == 1
    house.wait(7 * DAY)
    assert reminders(house, ref, "solution") == 2
    assert house.ticket(ref).fields["state"] == "2"
    house.edits(ref, RESOLVED)
    before = reminders(house, ref, "solution")
    house.wait(14 * DAY)
    assert reminders(house, ref, "solution") == before


def test_a_held_ticket_is_told_to_the_lead_of_level_1(house: House) -> None:
    """Setting hold.limit (ours): one working day."""
    ref = house.opens("Calls drop", category="software")
    house.wait(4 * DAY)
    assert sum("lead of level 1" in note for note in house.told(ref)) == 1
    assert house.cases() == []


def test_what_is_level_1s_own_is_held_against_nobody(house: House) -> None:
    """A ticket that stays, or was taken back, waits for nothing: nobody is told that it is held too long."""
    change = house.opens("New skill for team 4", subcategory="change")
    back = house.opens("Calls drop", category="software")
    house.wait()
    house.edits(back, {"state": "2", "hold_reason": ""})
    house.wait(4 * DAY)
    assert not any("lead of level 1" in note for ref in (change, back) for note in house.told(ref))


def test_a_call_before_anybody_looked_counts(house: House) -> None:
    """Also where the clocks differ: a word counts from when it is heard."""
    house.rig.wall.jump(300.0)
    ref = house.opens("Nobody can call", **P1)
    house.notes(ref, "#connector called 14:20, Vera Vendor", by=LARS)
    house.wait(3600)
    assert "p1-call" not in owed(house, ref)
    assert reminders(house, ref, "+31 10 000 00 00") == 0


def test_a_restart_neither_loses_nor_repeats_a_reminder(house: House) -> None:
    ref = p1(house)
    for _ in range(3):
        house.rig.start()
        house.rig.engine.check()
        house.wait(5 * 60)
    assert reminders(house, ref, "+31 10 000 00 00") == 2


def test_what_is_owed_survives_a_long_stop_without_a_burst_of_notes(house: House) -> None:
    ref = p1(house)
    house.rig.clock.advance(2 * 3600)
    house.wait()
    assert reminders(house, ref, "+31 10 000 00 00") <= 2


def test_a_p1_whose_portal_is_silent_is_to_be_phoned(house: House) -> None:
    """Setting p1.on_portal_down (ours): after five minutes; the case number follows, and the call counts for it."""
    house.rig.world.choose_fault = lambda call: "refused" if call.system == "otrs" else None
    ref = house.opens("Nobody can call", **P1)
    house.notes(ref, STATEMENT)
    house.wait(4 * 60)
    assert reminders(house, ref, "the portal does not answer") == 0
    house.wait(8 * 60)
    assert reminders(house, ref, "the portal does not answer") == 1
    house.notes(ref, "#connector called 14:20, Vera Vendor")
    house.wait(60)
    house.rig.world.choose_fault = lambda _call: None
    house.wait(10 * 60)
    assert len(house.cases()) == 1
    assert "p1-call" not in owed(house, ref)


def test_the_waiting_clock_runs_on_who_has_it(house: House) -> None:
    """Held counts for the customer, the vendor's work for the vendor, a question for the customer."""
    ref = house.opens("Calls drop", category="software")
    house.wait(3600)
    house.notes(ref, STATEMENT)
    house.wait(1800)
    house.vendor_sets(ref, "pending reminder")
    house.wait(900)
    spent: dict[str, Any] = house.story(ref).as_dict()["waited"]
    assert 3400 < spent["customer"] - 900 < 3900
    assert 1700 < spent["vendor"] < 2100

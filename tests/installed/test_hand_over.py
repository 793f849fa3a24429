"""What goes to the vendor, by whom, and with what: document 002 (Dialogue Cloud), in the running engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import CARL, HERE, LARS, LENA, STATEMENT, TAKEN_BACK, TOPICS, House


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_fault_of_the_application_goes_with_a_named_persons_statement(house: House) -> None:
    """Customer's summary, bullet 4: only cases validated as highly likely attributable; flow 1: that person's own identity."""
    ref = house.opens("Calls drop", category="software")
    house.wait()
    assert house.cases() == []
    assert any("statement" in note for note in house.told(ref))
    house.notes(ref, STATEMENT)
    house.wait()
    case = house.case(ref)
    assert case.fields["CustomerUserID"] == "lena@acme"
    assert "Stated by Lena Lund: two users, two networks" in case.comments[0].text
    assert house.row(ref)["held"] is None


def test_what_is_the_customers_stays_and_says_by_which_row(house: House) -> None:
    """Row 6, change request: the customer's; the vendor is consulted where a person decides so, never by the engine alone."""
    ref = house.opens("New skill for team 4", subcategory="change")
    house.wait(7200)
    assert house.cases() == []
    (note,) = house.told(ref)
    assert "row 6" in note
    assert "#connector consult" in note


def test_a_consultation_leaves_the_change_request_where_it_is(house: House) -> None:
    ref = house.opens("New skill for team 4", subcategory="change")
    house.wait()
    house.edits(ref, TAKEN_BACK)
    house.notes(ref, "#connector consult Can a skill have two wallboards?", by=LARS)
    house.wait()
    assert "Asked by Lars Lind: Can a skill have two wallboards?" in house.case(ref).comments[0].text
    before = house.ticket(ref).fields["state"]
    house.vendor_writes(ref, "Yes, since version 8.")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    assert house.ticket(ref).fields["state"] == before
    assert any("Yes, since version 8." in note for note in house.told(ref))


def test_a_question_about_the_vendors_own_work_hands_nothing_over(house: House) -> None:
    """Only what stays is asked about; a ticket that was taken back stays back, whatever was said on it."""
    ref = house.opens("Calls drop", category="software")
    house.wait()
    house.edits(ref, TAKEN_BACK)
    house.notes(ref, STATEMENT)
    house.notes(ref, "#connector consult Is it known?", by=LARS)
    house.wait(7200)
    assert house.cases() == []


def test_a_consultation_without_a_question_asks_nothing(house: House) -> None:
    house.opens("New skill for team 4", subcategory="change")
    (ref,) = (ticket.ref for ticket in house.customer.tickets())
    house.notes(ref, "#connector consult")
    house.wait(600)
    assert house.cases() == []


def test_a_line_to_the_connector_stays_away_from_the_vendor_also_in_a_note_for_it(house: House) -> None:
    ref = house.opens("Nobody can call", category="software", impact="1", urgency="1")
    house.notes(ref, "[vendor] please look\n#connector called 14:20, Vera\nthank you")
    house.wait()
    (copy,) = (item.text for item in house.told_vendor(ref)[1:] if "please look" in item.text)
    assert "thank you" in copy
    assert not any("#connector" in item.text for item in house.told_vendor(ref))


def test_who_is_not_on_the_roster_submits_nothing(house: House) -> None:
    """Row 2 and customer's summary, bullet 3: the persons whose e-mail and phone the vendor has."""
    ref = house.customer.create(LENA, {"short_description": "Calls drop", "category": "software", "impact": "2", "urgency": "2"})
    house.notes(ref, STATEMENT)
    house.edits(ref, {"state": "3", "hold_reason": "4"}, by=CARL)
    house.wait()
    assert house.cases() == []
    assert any("not on the roster" in note for note in house.told(ref))
    house.edits(ref, {"state": "2", "hold_reason": ""})
    house.edits(ref, {"state": "3", "hold_reason": "4"}, by=LARS)
    house.wait()
    assert house.case(ref).fields["CustomerUserID"] == "lars@acme"


def test_a_p1_is_never_held_for_evidence(house: House) -> None:
    """Setting p1.on_incomplete (ours): a P1 held for a missing paper is what service managers refuse first."""
    ref = house.opens("Nobody can call", category="software", impact="1", urgency="1")
    house.wait()
    assert "Not complete when it was submitted" in house.case(ref).comments[0].text
    assert any("goes to the vendor at once" in note for note in house.told(ref))


def test_a_ticket_on_the_customers_system_stays(house: House) -> None:
    """Systems overview, item 3: the session border controller with its trunk is the customer's."""
    ref = house.opens("SBC: one-way audio", category="software")
    house.wait()
    assert house.cases() == []
    assert "the customer manages it" in (house.row(ref)["held"] or "")


def test_what_nobody_classified_is_said(house: House) -> None:
    ref = house.opens("It hurts", category="inquiry")
    house.wait()
    assert house.cases() == []
    assert any("No rule says who is responsible" in note for note in house.told(ref))
    house.edits(ref, {"category": "software"})
    house.notes(ref, STATEMENT)
    house.wait()
    assert len(house.cases()) == 1


def test_joint_work_needs_no_attribution_and_the_vendors_solved_is_its_part(house: House) -> None:
    """Row 11, troubleshooting interfacing: vendor R,S, customer A,R."""
    ref = house.opens("CRM pop-up empty", subcategory="interfacing")
    house.wait()
    assert len(house.cases()) == 1
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    assert house.ticket(ref).fields["state"] == "2"
    assert any("part as done" in note for note in house.told(ref))


def test_training_goes_where_it_was_purchased_as_a_request_without_evidence(house: House, tmp_path: Path) -> None:
    """Vendor's summary, bullet 3: when purchased."""
    ref = house.opens("Training for six", subcategory="training")
    house.wait()
    assert len(house.cases()) == 1
    (tmp_path / "other").mkdir()
    other = House(tmp_path / "other", here=HERE.replace("purchased: [training]", "purchased: [deployment]"))
    ref = other.opens("Training for six", subcategory="training")
    other.wait()
    assert other.cases() == []
    assert "it was not" in (other.row(ref)["held"] or "")


def test_a_line_that_is_not_understood_is_answered(house: House) -> None:
    ref = house.opens("Calls drop", category="software")
    house.notes(ref, "#connector statemnt all fine")
    house.notes(ref, STATEMENT, by=CARL)
    house.wait()
    assert house.cases() == []
    assert any("was not understood" in note for note in house.told(ref))
    assert any("not authorised" in note for note in house.told(ref))
    house.wait(3600)
    assert sum("was not understood" in note for note in house.told(ref)) == 1


def test_an_override_goes_with_its_reason(house: House) -> None:
    """Setting hold.override (ours): a person of the roster, with a reason, recorded."""
    ref = house.opens("Calls drop", category="software")
    house.wait()
    house.notes(ref, "#connector submit the vendor asked for it on the phone", by=LARS)
    house.wait()
    assert len(house.cases()) == 1
    assert any(
        "the vendor asked for it on the phone" in line.text or "phone" in str(line.ruling) for line in house.story(ref).told()
    )


GUIDELINE = """
evidence:
  - {id: call-id, title: the id of a call that failed, hand_over: L1-L2, need: mandatory, by: [statement, text], record_type: incident,
     source: "guideline of the vendor, 3"}
  - {id: trace, title: a trace of that call, hand_over: L1-L2, by: [file]}
"""
WHERE_IT_STANDS = "evidence:\n  call-id: [{label: Call, in: description}]\n  trace: [{file: [pcap]}]\n"


def test_what_the_guideline_lists_is_asked_for_as_the_models_own_items_are(tmp_path: Path) -> None:
    """Flow 1: 'relevant information according to the guidelines', which an installation names: waited for, or asked for."""
    house = House(tmp_path, here=HERE + GUIDELINE, mapping=TOPICS + WHERE_IT_STANDS)
    ref = house.opens("Calls drop", category="software")
    house.notes(ref, STATEMENT)
    house.wait()
    assert house.cases() == []
    assert any("the id of a call that failed (`#connector statement call-id ...`" in note for note in house.told(ref))
    house.edits(ref, {"description": "it is broken\nCall: 4711"})
    house.wait()
    house.case(ref)
    assert any("a trace of that call" in note for note in house.told(ref))
    house.notes(ref, "#connector bounce trace they asked for it", by=LARS)
    house.wait()
    (hand_over,) = house.row(ref)["hand_overs"]
    assert "trace" in str(hand_over)


def test_a_persons_word_shows_what_the_guideline_lists(tmp_path: Path) -> None:
    house = House(tmp_path, here=HERE + GUIDELINE, mapping=TOPICS + WHERE_IT_STANDS)
    ref = house.opens("Calls drop", category="software")
    house.notes(ref, f"{STATEMENT}\n#connector statement call-id 4711, from the log")
    house.wait()
    house.case(ref)
    assert "4711, from the log" in house.case(ref).comments[0].text

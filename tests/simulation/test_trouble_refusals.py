"""What a system refuses, drops or hides. Only what was refused stands still, with its reason; everything else goes on."""

from __future__ import annotations

import pytest

from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR, Desk

# --- dropped fields ---------------------------------------------------------------------------------------


def test_a_title_that_the_portal_drops_stands_and_is_said_once() -> None:
    desk = Desk()
    desk.portal.read_only = {"Title"}
    desk.customer.edit(desk.a, L1, {"short_description": "new title", "impact": "1"})
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert set(standing) == {"title"}
    assert standing["title"]["why"] == "dropped"
    assert desk.notes(desk.a).count("did not keep our change of title") == 1
    assert desk.case(desk.a).fields["Title"] == "printer on fire"
    assert desk.case(desk.a).fields["Priority"] == "4 high"
    assert len(desk.copies(desk.a, "how is it going?")) == 2
    desk.agree(desk.b)
    desk.still()
    desk.portal.read_only = set()
    desk.customer.edit(desk.a, L1, {"short_description": "newer title"})
    desk.run(30)
    desk.agree(desk.a, desk.b)


def test_a_title_that_the_customers_system_drops_stands_and_is_said_once() -> None:
    desk = Desk()
    desk.customer.read_only = {"short_description"}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title", "State": "pending reminder"})
    desk.both_talk(desk.b)
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert set(standing) == {"title"}
    assert standing["title"]["why"] == "dropped"
    assert desk.spoken(desk.a).count("did not keep our change of title") == 1
    assert desk.customer.ticket(desk.a).fields["short_description"] == "printer on fire"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.agree(desk.b)
    desk.still()
    desk.customer.edit(desk.a, L1, {"short_description": "L1 title"})
    desk.run(30)
    desk.agree(desk.a)


def test_a_status_that_the_customers_system_drops_stands_and_is_never_tried_in_a_loop() -> None:
    desk = Desk()
    desk.customer.read_only = {"state", "hold_reason"}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.both_talk(desk.a)
    desk.run(60)
    assert desk.row(desk.a)["standing"]["status"]["why"] == "dropped"
    assert desk.spoken(desk.a).count("did not keep our change of status") == 1
    desk.items(desk.a)
    desk.agree(desk.b)
    desk.still()


# --- refusals ----------------------------------------------------------------------------------------------


def test_a_transition_that_a_business_rule_refuses_parks_alone() -> None:
    desk = Desk()
    desk.customer.refuse_moves = {("3", "2")}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder", "Title": "vendor title"})
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert set(standing) == {"status"}
    assert standing["status"]["parked"]
    assert "Business Rule" in standing["status"]["reason"]
    assert "refused the change of status" in desk.spoken(desk.a)
    assert desk.customer.ticket(desk.a).fields["state"] == "3"
    desk.same(desk.a)
    desk.agree(desk.b)
    desk.still()
    desk.customer.refuse_moves = set()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "open"})
    desk.run(20)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run(30)
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.agree(desk.a)


def test_a_transition_that_the_portal_refuses_parks_alone() -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run(30)
    desk.portal.refuse_states = {("pending reminder", "open")}
    desk.customer.edit(desk.a, L1, {**ON_HOLD, "short_description": "L1 title"})
    desk.both_talk(desk.a)
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert set(standing) == {"status"}
    assert standing["status"]["parked"]
    assert "refused the change of status" in desk.notes(desk.a)
    desk.same(desk.a)
    desk.agree(desk.b)
    desk.still()


def test_a_missing_mandatory_field_parks_the_status_alone_and_names_the_field() -> None:
    desk = Desk()
    desk.customer.mandatory = {"2": ("category",)}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder", "Title": "vendor title"})
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert set(standing) == {"status"}
    assert standing["status"]["parked"]
    assert "Category" in standing["status"]["reason"]
    assert desk.spoken(desk.a).count("refused the change of status") == 1
    desk.same(desk.a)
    desk.agree(desk.b)
    desk.still()


def test_a_case_that_the_portal_refuses_parks_its_ticket_alone() -> None:
    """Somebody removed a dynamic field of the portal: every creation is refused; what is linked goes on."""
    desk, refused = refused_case()
    assert desk.row(refused)["parked"]
    assert len(desk.portal.tickets()) == 2
    desk.same(desk.a)
    assert set(desk.row(desk.a)["standing"]) == {"customer_reference"}
    assert "not readable" in desk.row(desk.a)["standing"]["customer_reference"]["reason"]
    desk.agree(desk.b)
    desk.still()


def test_a_refused_case_is_reported_with_the_portals_reason() -> None:
    desk, refused = refused_case()
    assert "CustomerReference" in desk.row(refused)["parked"]


def refused_case() -> tuple[Desk, str]:
    desk = Desk()
    fields = desk.portal.store.dynamic
    desk.portal.store.dynamic = type(fields)(n for n in fields if n != "CustomerReference")
    refused = desk.incident("new one")
    desk.both_talk(desk.a)
    desk.run(40)
    return desk, refused


# --- rights ------------------------------------------------------------------------------------------------


def test_history_rights_withdrawn_in_the_middle_leave_all_else_working() -> None:
    desk = Desk()
    desk.portal.history_rights = False
    desk.customer.audit_rights = False
    for ref in (desk.a, desk.b):
        desk.both_talk(ref)
        desk.customer.edit(ref, L1, {"short_description": f"title of {ref[:4]}"})
        desk.portal.edit(desk.case(ref).ref, VENDOR, {"State": "pending reminder"})
    desk.run(90)
    for ref in (desk.a, desk.b):
        assert desk.customer.ticket(ref).fields["state"] == "2"
    desk.agree(desk.a, desk.b)
    desk.still()


def test_what_our_comment_provokes_is_taken_back_though_the_portal_no_longer_shows_histories() -> None:
    desk = Desk()
    desk.texts_reopen()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"})
    desk.run(60)
    desk.portal.history_rights = False
    desk.customer.comment(desk.a, L1, "this opens the case again", public=True)
    desk.run(120)
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.still()


def test_no_history_rights_from_the_start() -> None:
    desk = Desk(linked=False)
    desk.portal.history_rights = False
    desk.customer.audit_rights = False
    desk.restart()
    desk.run(30)
    desk.both_talk(desk.a)
    desk.customer.edit(desk.a, L1, {"short_description": "another title"})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run(60)
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.agree(desk.a, desk.b)
    desk.still()


def test_journal_rights_withdrawn_in_the_middle_lose_and_double_nothing() -> None:
    """The ticket is held as long as its comments cannot be seen, and nothing is written twice."""
    desk = Desk()
    desk.both_talk(desk.a, "before")
    desk.run(20)
    desk.customer.journal_rights = False
    desk.both_talk(desk.a, "during")
    desk.both_talk(desk.b, "during")
    desk.run(90)
    assert len(desk.copies(desk.a, "vendor: during")) <= 1
    assert "can no longer be read" in desk.row(desk.a)["held"]
    desk.customer.journal_rights = True
    desk.both_talk(desk.a, "afterwards")
    desk.run(700)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_an_accepted_note_that_never_shows_is_parked_and_not_sent_again() -> None:
    """ServiceNow answers 200 and drops what our account may not write."""
    desk = Desk()
    desk.both_talk(desk.a, "before")
    desk.run(20)
    desk.customer.read_only = {"work_notes"}
    before = desk.writes()
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "never seen", public=True)
    desk.run(120)
    parked = [w for w in desk.row(desk.a)["withheld"] if w["parked"]]
    assert any("it does not show" in w["reason"] for w in parked)
    assert desk.writes() - before <= 2  # the comment, and the word to the vendor about it
    desk.customer.read_only = set()
    desk.both_talk(desk.b, "afterwards")
    desk.run(60)
    desk.agree(desk.b)
    assert desk.copies(desk.a, "never seen") == []


def test_a_restart_without_journal_rights_copies_nothing_again() -> None:
    """Comments that were there and cannot be seen hold the ticket; with the right back, everything goes on."""
    desk = Desk()
    desk.both_talk(desk.a, "before")
    desk.run(30)
    desk.agree(desk.a)
    desk.customer.journal_rights = False
    desk.restart()
    desk.both_talk(desk.a, "meanwhile")
    desk.run(60)
    assert "can no longer be read" in desk.row(desk.a)["held"]
    desk.customer.journal_rights = True
    desk.restart()
    desk.run(700)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_no_journal_rights_from_the_start() -> None:
    desk = Desk(linked=False)
    desk.customer.journal_rights = False
    desk.rig.journal = "display"
    desk.restart()
    desk.run(30)
    for words in ("same words", "same words", "other words\nand a second line"):
        desk.both_talk(desk.a, words)
        desk.run(10)
    desk.run(60)
    desk.items(desk.a)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_field_that_may_no_longer_be_read_stands_alone() -> None:
    desk = Desk()
    desk.customer.hidden_fields = {"short_description"}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title", "State": "pending reminder"})
    desk.both_talk(desk.a)
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert set(standing) == {"title"}
    assert standing["title"]["why"] == "unreadable"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert desk.case(desk.a).fields["Title"] == "vendor title"
    desk.items(desk.a)
    desk.still()
    desk.customer.hidden_fields = set()
    desk.run(900, 50)
    desk.agree(desk.a, desk.b)


def test_what_the_vendor_changed_beside_an_unreadable_field_travels_when_it_is_back() -> None:
    """Level 1 changed nothing: that its title could not be read for a while does not make it the newer one."""
    desk = Desk()
    desk.customer.hidden_fields = {"short_description"}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.run(60)
    desk.customer.hidden_fields = set()
    desk.run(900, 50)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"
    desk.agree(desk.a, desk.b)


def test_a_dropped_title_is_still_told_after_it_could_not_be_read_for_a_while() -> None:
    desk = Desk()
    desk.customer.read_only = {"short_description"}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.run(40)
    desk.customer.hidden_fields = {"short_description"}
    desk.both_talk(desk.a)
    desk.run(40)
    desk.customer.read_only = desk.customer.hidden_fields = set()
    desk.run(900, 50)
    assert desk.row(desk.a)["standing"]["title"]["why"] == "dropped"
    assert desk.customer.ticket(desk.a).fields["short_description"] == "printer on fire"
    desk.agree(desk.b)


def test_an_incident_hidden_by_access_rules_is_held_and_goes_on_when_it_is_back() -> None:
    desk = Desk()
    desk.customer.hidden = {desk.a}
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    desk.run(60)
    assert "is not what it was" in desk.row(desk.a)["held"]
    assert desk.row(desk.a)["parked"] is None
    assert desk.case(desk.a).fields["State"] == "new"
    desk.agree(desk.b)
    desk.still()
    desk.customer.hidden = set()
    desk.run(900, 50)
    desk.agree(desk.a, desk.b)


# --- one ticket that its system cannot show ---------------------------------------------------------------------


@pytest.mark.parametrize("side", ["customer", "vendor"])
@pytest.mark.parametrize("what", ["the ticket", "its history"])
def test_a_ticket_that_its_system_cannot_show_delays_no_other(side: str, what: str) -> None:
    """Every read in which it is asked for ends with HTTP 500: polls, reads of many, histories."""
    desk = Desk()
    case = desk.row(desk.a)["case_ref"]
    asked = desk.a if side == "customer" else f"TicketID>{case}<"
    history = "documentkey" if side == "customer" else "TicketHistoryGet"
    desk.rig.world.spoiled = {(asked,) if what == "the ticket" else (asked, history)}
    desk.customer.edit(desk.a, L1, {"short_description": "L1 title"})
    desk.portal.edit(case, VENDOR, {"Title": "vendor title"})
    desk.both_talk(desk.a)
    for _ in range(3):
        desk.both_talk(desk.b)
        desk.run(60)
        desk.agree(desk.b)
    desk.rig.world.spoiled = set()
    with desk.rig.store.operator_transaction(desk.row(desk.a)["bond"]) as tx:  # connector release
        tx.release()
    desk.run(900, 30)
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("side", ["customer", "vendor"])
def test_several_tickets_that_their_system_cannot_show_stop_no_other(side: str) -> None:
    """Also where they stand side by side, so that one half of a read holds nothing else."""
    desk = Desk()
    others = [desk.incident("one more"), desk.incident("and one")]
    desk.run(30)
    bad = (desk.a, desk.b)
    asked = bad if side == "customer" else [f"TicketID>{desk.row(ref)['case_ref']}<" for ref in bad]
    desk.rig.world.spoiled = {(one,) for one in asked}
    for ref in (*bad, *others):
        desk.both_talk(ref)
    desk.run(300)  # each failing read is tried again for seconds, so the others wait until those two have stood back
    desk.agree(*others)


def test_a_stranger_that_its_system_cannot_show_is_taken_in_when_it_can() -> None:
    desk = Desk()
    fresh = desk.incident("seen late")
    desk.rig.world.spoiled = {(fresh,)}
    other = desk.incident("seen at once")
    desk.run(60)
    desk.agree(other)
    assert not desk.cases(fresh)
    desk.rig.world.spoiled = set()
    desk.run(60)
    desk.agree(fresh)


# --- deleted and merged --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "cases"), [("answer_lost", 1), ("html_200", 0)])
def test_an_incident_deleted_while_its_case_is_being_opened_leaves_no_question_open(fault: str, cases: int) -> None:
    desk = Desk()
    fresh = desk.incident("gone in a moment")
    desk.fault(fault, "TicketCreate")
    desk.after("TicketCreate", lambda: desk.customer.delete(fresh))
    desk.run(200)
    row = desk.row(fresh)
    assert bool(row["case_ref"]) == bool(cases)
    assert row["open"] == 0
    assert row["held"]
    assert len([t for t in desk.portal.tickets() if "gone in a moment" in t.fields["Title"]]) == cases
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_deleted_incident_is_held_and_its_case_is_not_closed() -> None:
    desk = Desk()
    desk.customer.delete(desk.a)
    case = desk.row(desk.a)["case_ref"]
    desk.portal.comment(case, VENDOR, "are you there?", public=True)
    desk.both_talk(desk.b)
    desk.run(60)
    row = desk.row(desk.a)
    assert row["held"]
    assert row["parked"] is None
    assert desk.portal.ticket(row["case_ref"]).fields["State"] == "new"
    desk.agree(desk.b)
    desk.still()


def test_a_deleted_case_is_held_and_its_incident_is_not_closed() -> None:
    desk = Desk()
    desk.portal.delete(desk.case(desk.a).ref)
    desk.customer.comment(desk.a, L1, "are you there?", public=True)
    desk.both_talk(desk.b)
    desk.run(60)
    row = desk.row(desk.a)
    assert row["held"]
    assert row["parked"] is None
    assert desk.customer.ticket(desk.a).fields["state"] == "3"
    assert desk.cases(desk.a) == [], "no second case is opened"
    desk.agree(desk.b)
    desk.still()


def test_a_merged_case_that_cannot_be_followed_is_held_and_closes_nothing() -> None:
    """Where it went on is not for us to see; where it is, see test_following.py."""
    desk = Desk()
    into = desk.portal.create(VENDOR, {"Title": "the vendor's own"})
    desk.portal.merge(desk.case(desk.a).ref, into, VENDOR)
    desk.portal.delete(into)
    desk.both_talk(desk.b)
    desk.run(60)
    row = desk.row(desk.a)
    assert f"it became part of {into}" in row["held"]
    assert desk.customer.ticket(desk.a).fields["state"] == "3"
    desk.agree(desk.b)
    desk.still()


# --- one bad record ------------------------------------------------------------------------------------------


def test_one_bad_record_pauses_nothing() -> None:
    """Ten tickets, one of them trouble in every way at once: the nine others agree as fast as ever."""
    desk = Desk()
    others = [desk.incident(f"ticket {n}") for n in range(8)]
    desk.run(20)
    desk.customer.hidden = {desk.a}
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "hello?", public=True)
    for n, ref in enumerate([*others, desk.b]):
        desk.both_talk(ref, f"words {n}")
        desk.customer.edit(ref, L1, {"short_description": f"title {n}"})
    desk.run(15)
    desk.agree(*others, desk.b)
    assert desk.row(desk.a)["held"]
    desk.still()


def test_a_status_without_a_translation_is_told_and_the_rest_goes_on() -> None:
    desk = Desk()
    desk.customer.choices["state"]["9"] = "Quarantine"
    desk.customer.edit(desk.a, L1, {"state": "9", "short_description": "strange state"})
    desk.both_talk(desk.a)
    desk.run(40)
    row = desk.row(desk.a)
    assert set(row["standing"]) == {"status"}
    assert row["standing"]["status"]["why"] in ("unmapped", "unreadable")
    assert "9" in row["standing"]["status"]["reason"]
    desk.same(desk.a)
    desk.agree(desk.b)
    desk.still()
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "open"})
    desk.run(30)
    desk.agree(desk.a)


def test_a_status_that_came_back_to_what_was_agreed_is_agreed() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"state": "2", "hold_reason": ""})
    desk.run(20)
    desk.agree(desk.a)
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.run(20)
    desk.agree(desk.a, desk.b)


def test_closing_without_a_vendor_solution_is_a_withdrawal() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"state": "8", **DONE})
    desk.run(40)
    row = desk.row(desk.a)
    assert "Please stop the work" in desk.spoken(desk.a) or desk.case(desk.a).fields["State"].startswith("closed")
    assert row["parked"] is None
    desk.agree(desk.b)
    desk.still()

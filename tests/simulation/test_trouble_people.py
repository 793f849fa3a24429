"""People act when it suits them: between our read and our write, on both sides at once, after the end.

``before(call)`` lets a person act exactly before our write arrives, which no lock can prevent.
"""

from __future__ import annotations

from functools import partial

import pytest

from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR, Desk

# --- both sides in one window --------------------------------------------------------------------------------


def test_both_sides_edit_different_fields_and_both_travel() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"impact": "1"})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.both_talk(desk.b)
    desk.run(40)
    assert desk.case(desk.a).fields["Priority"] == "4 high"
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"
    desk.agree(desk.a, desk.b)
    desk.still()


def test_both_sides_edit_one_field_and_the_owner_wins_while_the_other_value_is_kept() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "L1 title"})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.both_talk(desk.b)
    desk.run(40)
    assert desk.case(desk.a).fields["Title"] == "L1 title"
    assert "vendor title" in desk.spoken(desk.a)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_both_sides_make_the_same_change() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "same title", "impact": "1"})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "same title", "Priority": "4 high"})
    before = desk.rig.world.calls["otrs"]["write"]
    desk.run(30)
    assert desk.rig.world.calls["otrs"]["write"] == before
    desk.agree(desk.a, desk.b)
    desk.still()


# --- between our read and our write ----------------------------------------------------------------------------


def test_the_vendor_edits_the_title_just_before_ours_arrives() -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.customer.edit(desk.a, L1, {"short_description": "L1 title"})
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"Title": "vendor title"}))
    desk.run(60)
    assert desk.acted()
    assert desk.case(desk.a).fields["Title"] == "L1 title"
    assert "vendor title" in desk.spoken(desk.a)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_l1_edits_the_title_just_before_the_vendors_arrives() -> None:
    """L1 owns the title: its value is put back by the history and travels to the vendor."""
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"short_description": "L1 title"}))
    desk.run(60)
    assert desk.acted()
    assert desk.customer.ticket(desk.a).fields["short_description"] == "L1 title"
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("first", ["L1 title 1", "vendor title"])
def test_l1_edits_the_title_twice_just_before_the_vendors_arrives(first: str) -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})

    def twice() -> None:
        desk.customer.edit(desk.a, L1, {"short_description": first})
        desk.customer.edit(desk.a, L1, {"short_description": "L1 title 2"})

    desk.before("PATCH incident", twice)
    desk.run(60)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "L1 title 2"
    desk.agree(desk.a, desk.b)
    desk.still()


def test_l1_edits_another_field_just_before_our_write() -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"impact": "1", "description": "more"}))
    desk.run(60)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"
    assert desk.case(desk.a).fields["Priority"] == "4 high"
    desk.agree(desk.a, desk.b)
    desk.still()


def test_the_vendor_changes_the_priority_just_before_ours_arrives() -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.customer.edit(desk.a, L1, {"impact": "1"})
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"Priority": "2 low"}))
    desk.run(60)
    assert desk.acted()
    assert desk.case(desk.a).fields["Priority"] == "4 high"
    assert "2 low" in desk.spoken(desk.a)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_another_impact_and_urgency_of_the_same_priority_are_no_word_against_the_vendors() -> None:
    """Both sides save at once: the vendor's priority stays there as a proposal, and is not overwritten with what it was before."""
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"impact": "1", "urgency": "3"})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Priority": "2 low"})
    desk.run(60)
    assert desk.customer.ticket(desk.a).fields["priority"] == "3"
    assert desk.case(desk.a).fields["Priority"] == "2 low"
    assert desk.row(desk.a)["standing"]["priority"]["why"] == "held"
    desk.customer.edit(desk.a, L1, {"impact": "1", "urgency": "1"})
    desk.run(60)
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("end", ["6", "7", "8"])
def test_l1_ends_the_incident_just_before_the_vendors_move_arrives(end: str) -> None:
    """Our write reopens it for a moment; L1's end is put back."""
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"state": end, "hold_reason": "", **DONE}))
    desk.both_talk(desk.b)
    desk.run(90)
    assert desk.acted()
    ended = desk.customer.ticket(desk.a).fields
    assert (ended["state"], ended["hold_reason"]) == (end, ""), "as level 1 left it, and not as it was read before"
    assert desk.row(desk.a)["parked"] is None
    desk.agree(desk.b)
    desk.still()


def test_an_end_that_cannot_be_put_back_is_told_and_tried_once() -> None:
    """A rule of the instance takes no such move from our account."""
    desk = Desk()
    desk.customer.refuse_moves = {("2", "7")}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"state": "7", "hold_reason": "", **DONE}))
    desk.run(90)
    assert desk.acted()
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert desk.notes(desk.a).count("refuses to have it back") == 1
    assert "state = 7" in desk.notes(desk.a)
    assert desk.audited(desk.a, "refused") == 1
    desk.still()
    desk.customer.refuse_moves = set()
    desk.customer.edit(desk.a, L1, {"state": "7", "hold_reason": "", **DONE})
    desk.run(60)
    assert "is now closed" in desk.spoken(desk.a)
    desk.still()


def test_an_end_that_our_write_covered_stays_so_where_the_case_is_deleted_at_once() -> None:
    """With the case gone nothing about the incident can be cleared up: its bond is held, and says so."""
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"state": "8", "hold_reason": "", **DONE}))
    desk.after("PATCH incident", lambda: desk.portal.delete(case))
    desk.run(90)
    assert desk.acted()
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert desk.row(desk.a)["held"]
    desk.agree(desk.b)
    desk.still()


def test_l1_holds_for_the_caller_just_before_the_vendors_move_arrives() -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "open"})
    desk.run(20)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    waiting = {"state": "3", "hold_reason": "1", "comments": "dear caller, which printer?"}
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, waiting))
    desk.run(90)
    assert desk.acted()
    row = desk.row(desk.a)
    assert (row["parked"], row["open"], row["unverified"]) == (None, 0, [])
    desk.items(desk.a)
    desk.agree(desk.b)
    desk.still()


@pytest.mark.parametrize("state", ["pending auto close+", "closed successful"])
def test_the_vendor_ends_just_before_l1s_return_arrives(state: str) -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(30)
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": state}))
    desk.run(90)
    assert desk.acted()
    row = desk.row(desk.a)
    assert (row["parked"], row["open"], row["unverified"]) == (None, 0, [])
    assert (desk.customer.ticket(desk.a).fields["state"], desk.case(desk.a).fields["State"]) in {("2", state), ("3", "open")}
    desk.never_closed_by_us()
    desk.agree(desk.b)
    desk.still()


@pytest.mark.parametrize("when", ["before", "after"])
def test_people_comment_at_the_very_moment_of_ours(when: str) -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.both_talk(desk.a, "first")
    act = desk.before if when == "before" else desk.after
    act("TicketUpdate", lambda: desk.portal.comment(case, VENDOR, "vendor: meanwhile", public=True))
    act("PATCH incident", lambda: desk.customer.comment(desk.a, L1, "L1: meanwhile", public=True))
    desk.run(60)
    assert desk.acted()
    desk.agree(desk.a, desk.b)
    desk.still()


def test_our_comment_reopens_the_case_and_the_vendors_waiting_is_put_back() -> None:
    """A portal on which every article reopens: the vendor set the case waiting just before our comment arrived."""
    desk = Desk()
    desk.texts_reopen()
    case = desk.case(desk.a).ref
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending auto close+"}))
    desk.run(90)
    assert desk.acted()
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.items(desk.a)
    desk.agree(desk.b)
    desk.still()


def test_no_comment_of_ours_follows_a_put_back_before_a_read_has_shown_it() -> None:
    """Else it would cover the vendor's status a second time, and the case would go to and fro."""
    desk = Desk()
    desk.texts_reopen()
    case = desk.case(desk.a).ref

    def once_more() -> None:
        desk.after("TicketUpdate", lambda: desk.customer.comment(desk.a, L1, "hello?", public=True))

    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending auto close+"}))
    desk.after("TicketUpdate", once_more)
    desk.run(120, 0.5)
    assert desk.acted()
    assert len(desk.copies(desk.a, "hello?")) == 1
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert desk.audited(desk.a, "covered") == 1, "put back, it was covered again"
    desk.still()


def test_no_comment_of_ours_covers_a_status_that_is_still_on_its_way() -> None:
    """The vendor solved, and nobody answered the write to the ticket: a text that reopens the case waits until that is known."""
    desk = Desk()
    desk.texts_reopen()
    case = desk.case(desk.a).ref
    desk.fault("html_200", "PATCH incident")
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.run(12)
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    assert desk.copies(desk.a, "any news?") == []
    desk.run(120)
    assert not desk.faults_left()
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert len(desk.copies(desk.a, "any news?")) == 1
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    desk.still()


def test_no_comment_of_ours_goes_before_a_covered_status_is_put_back() -> None:
    """Whatever the vendor sets meanwhile would be covered too, and the older value put back."""
    desk = Desk()
    desk.texts_reopen()
    case = desk.case(desk.a).ref
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending auto close+"}))
    desk.after("TicketUpdate", lambda: desk.customer.comment(desk.a, L1, "hello?", public=True))
    desk.run(120)
    assert desk.acted()
    ours = [d for d in desk.rig.world.deeds if d.ours and d.ticket == case]
    put_back = next(n for n, d in enumerate(ours) if d.new == "pending auto close+")
    (hello,) = [n for n, d in enumerate(ours) if "hello?" in (d.new or "")]
    assert put_back < hello
    desk.still()


def test_our_comment_reopens_a_case_and_what_stood_there_is_put_back_not_what_was_agreed_before() -> None:
    desk = Desk()
    desk.texts_reopen()
    case = desk.case(desk.a).ref
    desk.customer.edit(desk.a, L1, {"state": "8", **DONE})
    desk.portal.edit(case, VENDOR, {"State": "closed unsuccessful"})
    desk.run()
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run()
    assert desk.row(desk.a)["standing"]["status"]["why"] == "refused"
    for words in ("thank you", "and goodbye"):
        desk.customer.comment(desk.a, L1, words, public=True)
        desk.run()
        assert len(desk.copies(desk.a, words)) == 1
        assert desk.case(desk.a).fields["State"] == "pending auto close+", "as the vendor left it"
    desk.still()


def test_the_same_race_again_and_again_ends_with_level_1s_title() -> None:
    """Somebody at level 1 saves a title at each of our writes, at times one that they had before."""
    desk = Desk()
    for n in range(4):
        title = f"title {n % 2} of level 1"
        desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": f"vendor title {n}"})
        desk.before("PATCH incident", partial(desk.customer.edit, desk.a, L1, {"short_description": title}))
        desk.run(40)
        assert desk.acted()
        assert desk.customer.ticket(desk.a).fields["short_description"] == title
    desk.run(300, 20)  # notes on one topic keep a pause
    desk.agree(desk.a, desk.b)
    desk.still()


# --- the end -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["pending auto close+", "closed successful", "closed unsuccessful"])
def test_whatever_the_vendor_closes_the_incident_comes_back_to_level_1(state: str) -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": state})
    desk.both_talk(desk.b)
    desk.run(40)
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert "back with level 1" in desk.notes(desk.a)
    desk.never_closed_by_us()
    desk.agree(desk.a, desk.b)
    desk.still()


def test_the_customer_closes_after_the_vendors_solution_and_the_case_is_closed() -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"})
    desk.run(30)
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.both_talk(desk.b)
    desk.run(60)
    assert desk.case(desk.a).fields["State"] == "closed successful"
    desk.never_closed_by_us()
    desk.agree(desk.a, desk.b)
    assert desk.row(desk.a)["state"] == "ended"
    desk.still()


def test_l1_resolves_the_vendor_closes_and_l1_gives_it_back_after_all() -> None:
    """Resolving was refused, closing is no news for a resolved incident; then it waits for the vendor as it did at first."""
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"state": "6", "hold_reason": "", **DONE})
    desk.run()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "closed successful"})
    desk.rig.turn()
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.run()
    assert desk.case(desk.a).fields["State"] == "open"
    assert desk.customer.ticket(desk.a).fields["state"] == "3"
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_close_waits_for_the_comment_written_before_it() -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"})
    desk.run(30)
    desk.fault("answer_lost", "TicketUpdate")
    desk.customer.comment(desk.a, L1, "thank you", public=True)
    desk.customer.attach(desk.a, L1, "proof.txt", b"works", "text/plain")
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.run(90)
    deeds = [d for d in desk.rig.world.deeds if d.system == "otrs" and d.ours and d.ticket == desk.case(desk.a).ref]
    closed = next(n for n, d in enumerate(deeds) if d.new == "closed successful")
    assert not [d for d in deeds[closed:] if d.what in ("comment", "file")]
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_comment_after_the_end_is_held_and_delivered_when_it_is_reopened() -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(30)
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.run(40)
    desk.customer.comment(desk.a, L1, "it is broken again", public=True)
    desk.portal.comment(case, VENDOR, "survey: were you happy?", public=True)
    desk.both_talk(desk.b)
    desk.run(40)
    reasons = [w["reason"] for w in desk.row(desk.a)["withheld"]]
    assert len(reasons) == 2
    assert all("comment_after_close" in reason for reason in reasons)
    assert "broken again" not in desk.spoken(desk.a)
    desk.agree(desk.b)
    desk.still()
    desk.customer.edit(desk.a, L1, {**ON_HOLD, "close_code": "", "close_notes": ""})
    desk.portal.edit(case, VENDOR, {"State": "open"})
    desk.run(60)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_the_vendor_reopens_what_the_customer_closed_and_it_stays_closed() -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(30)
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.run(40)
    desk.portal.edit(case, VENDOR, {"State": "open"})
    desk.run(40)
    assert desk.customer.ticket(desk.a).fields["state"] == "7"
    assert desk.row(desk.a)["standing"]["status"]["why"] == "refused"
    desk.agree(desk.b)
    desk.still()


def test_what_the_vendor_did_since_an_ended_ticket_was_taken_up_again_is_news() -> None:
    """Both before the next read: level 1 takes the ticket up for the caller, and then the vendor solves the case."""
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.run(40)
    desk.customer.edit(desk.a, L1, {"state": "3", "hold_reason": "3"})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"})
    desk.run(40)
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    desk.agree(desk.a, desk.b)
    desk.still()


# --- what must never travel ------------------------------------------------------------------------------------


def test_internal_notes_never_travel() -> None:
    desk = Desk()
    desk.customer.comment(desk.a, L1, "canary of L1", public=False)
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "canary of the vendor", public=False)
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "internal.txt", b"canary", "text/plain", public=False)
    desk.both_talk(desk.a)
    desk.run(40)
    assert "canary" not in desk.notes(desk.a) + desk.spoken(desk.a)
    assert desk.customer.ticket(desk.a).files == ()
    row = desk.row(desk.a)
    assert (row["held"], row["parked"], row["standing"], row["open"]) == (None, None, {}, 0)
    assert not any(w["parked"] for w in row["withheld"])
    desk.items(desk.a)
    desk.agree(desk.b)
    desk.still()


def test_a_note_for_the_vendor_travels_without_its_prefix() -> None:
    desk = Desk()
    desk.customer.comment(desk.a, L1, "[vendor] please look at the log", public=False)
    desk.run(30)
    (copy,) = desk.copies(desk.a, "please look at the log")
    assert "[vendor]" not in copy.text
    desk.agree(desk.b)
    desk.still()


def test_an_article_hidden_after_it_was_copied_is_reported() -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    item = desk.portal.comment(case, VENDOR, "oops, internal", public=True)
    desk.run(20)
    desk.portal.set_visible(case, item, VENDOR, visible=False)
    desk.run(40)
    assert len(desk.copies(desk.a, "oops, internal")) == 1
    (withheld,) = desk.row(desk.a)["withheld"]
    assert "carried over before" in withheld["reason"]
    desk.agree(desk.b)
    desk.still()


def test_what_our_note_provokes_on_a_case_that_stands_otherwise_is_taken_back_to_what_stood() -> None:
    """The vendor moved a case that both had ended: refused, so it stands. Our note there reopens it; nobody decided that."""
    desk = Desk()
    desk.texts_reopen()
    case = desk.case(desk.a).ref
    desk.customer.edit(desk.a, L1, {"state": "8"})
    desk.portal.edit(case, VENDOR, {"State": "closed unsuccessful"})
    desk.run(60)
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(60)
    for text in ("it was the toner", "and the paper"):
        desk.portal.comment(case, VENDOR, text, public=True)
        desk.run(200)
    assert any("Not passed on" in comment.text for comment in desk.case(desk.a).comments)
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    assert desk.row(desk.a)["standing"]["status"]["why"] == "refused"
    assert desk.row(desk.a)["unverified"] == []
    desk.still()

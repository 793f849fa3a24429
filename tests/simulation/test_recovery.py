"""The store goes back to an older copy: nothing is written by itself, nothing doubled, nothing lost, and the audit says so."""

from __future__ import annotations

import pytest

from connector.audit.verify import Report, verify
from connector.sync import operate
from connector.sync.report import report
from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR, Desk

TAKEN_UP = 90.0
"""Seconds within which every bond is taken up: what was on its way is waited for."""


def audit(desk: Desk, anchor: str = "") -> Report:
    desk.rig.store.checkpoint()
    with desk.rig.store.audit() as reader:
        return verify(reader, anchor)


def retry(desk: Desk, ref: str) -> None:
    with desk.rig.store.operator_transaction(desk.row(ref)["bond"]) as tx:
        bond = tx.load().bond
        operate.try_again(bond, desk.rig.mapping)
        tx.save(bond)


def standing(desk: Desk, ref: str) -> dict[str, str]:
    return {unit: stands["why"] for unit, stands in desk.row(ref)["standing"].items()}


def test_a_backup_and_a_restore_with_nothing_between_write_nothing() -> None:
    desk = Desk()
    desk.both_talk(desk.a)
    desk.customer.attach(desk.a, L1, "log.txt", b"log", "text/plain")
    desk.run()
    before = desk.writes()
    desk.rig.restore(desk.rig.copy())
    desk.run(TAKEN_UP)
    desk.still()
    assert desk.writes() == before
    desk.agree(desk.a, desk.b)
    assert audit(desk).problems == []
    assert desk.audited(desk.a, "restored") == desk.audited(desk.a, "taken_up") == 1


def test_what_was_copied_after_the_backup_is_recognised_and_what_was_not_travels() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    desk.both_talk(desk.a, "copied before the loss")
    for name, data in (("log.txt", b"from L1"), ("twin.txt", b"same"), ("other.txt", b"same")):
        desk.customer.attach(desk.a, L1, name, data, "text/plain")
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.bin", b"from the vendor")
    desk.run()
    desk.agree(desk.a, desk.b)
    desk.both_talk(desk.b, "written, not yet copied")
    desk.portal.attach(desk.case(desk.b).ref, VENDOR, "late.bin", b"late")
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.agree(desk.a, desk.b)
    assert len(desk.copies(desk.a, "copied before the loss")) == 2
    desk.still()
    assert audit(desk).problems == []


def test_a_value_that_moved_after_the_backup_stands_until_it_is_asked_for() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    desk.customer.edit(desk.a, L1, {"short_description": "written by L1 while nobody watched"})
    desk.portal.edit(desk.case(desk.b).ref, VENDOR, {"State": "pending auto close+"})
    before = desk.writes()
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    assert desk.writes() == before
    assert standing(desk, desk.a) == {"title": "restored"}
    assert standing(desk, desk.b)["status"] == "restored"
    retry(desk, desk.a)
    retry(desk, desk.b)
    desk.run()
    desk.agree(desk.a, desk.b)
    assert desk.customer.ticket(desk.b).fields["state"] == "2"  # the vendor solved it: back with L1
    desk.never_closed_by_us()


@pytest.mark.parametrize("born", ["before the backup", "after it"])
def test_a_field_that_cannot_be_read_after_a_restore_stands_as_restored_once_it_can(born: str) -> None:
    desk = Desk()
    kept = desk.rig.copy()
    ticket = desk.a if born == "before the backup" else desk.incident("new since")
    desk.run()
    desk.agree(ticket)
    desk.customer.edit(ticket, L1, {"short_description": "written by L1 while nobody watched"})
    desk.customer.hidden_fields = {"short_description"}
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    before = desk.writes()
    desk.customer.hidden_fields = set()
    desk.run(900, 50)
    assert desk.writes() == before
    assert standing(desk, ticket) == {"title": "restored"}
    retry(desk, ticket)
    desk.run()
    assert desk.customer.ticket(ticket).fields["short_description"] == "written by L1 while nobody watched"
    desk.agree(ticket, desk.b)


@pytest.mark.parametrize("stands", ["pending auto close+", "pending reminder"])
def test_a_comment_of_ours_that_moves_the_case_does_not_settle_what_stands(stands: str) -> None:
    desk = Desk()
    desk.texts_reopen()
    kept = desk.rig.copy()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": stands})
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    assert standing(desk, desk.a)["status"] == "restored"
    desk.customer.comment(desk.a, L1, "is it done?", public=True)
    desk.run(200)
    assert desk.case(desk.a).fields["State"] == stands
    assert standing(desk, desk.a)["status"] == "restored"
    retry(desk, desk.a)
    desk.run(200)
    desk.agree(desk.a, desk.b)
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.still()


def test_values_that_travelled_after_the_backup_agree() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    desk.customer.edit(desk.a, L1, {"short_description": "carried over", "impact": "1"})
    desk.portal.edit(desk.case(desk.b).ref, VENDOR, {"State": "pending auto close+"})
    desk.run()
    desk.agree(desk.a, desk.b)
    before, notes = desk.writes(), desk.notes(desk.b)
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.still()
    assert desk.writes() == before
    assert desk.notes(desk.b) == notes
    desk.agree(desk.a, desk.b)


@pytest.mark.parametrize("known", ["unknown", "candidate"])
def test_a_case_opened_after_the_backup_is_found_and_no_second_one_is_opened(known: str) -> None:
    desk = Desk()
    if known == "candidate":
        desk.fault("refused", "TicketCreate", 1000)
        fresh = desk.incident("new since")
        desk.run(10)
        kept = desk.rig.copy()
        desk.heal()
    else:
        kept = desk.rig.copy()
        fresh = desk.incident("new since")
    desk.run(200)
    desk.both_talk(fresh, "after the backup")
    desk.run()
    desk.agree(fresh)
    before = desk.writes()
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.still()
    assert desk.writes() == before
    desk.agree(desk.a, desk.b, fresh)
    assert audit(desk).problems == []


def test_a_ticket_that_shows_nothing_of_its_lost_bond_is_found_by_the_number_on_its_case() -> None:
    """The case was opened, its number had not reached the ticket yet, and level 1 withdrew: then the store went back."""
    desk = Desk()
    kept = desk.rig.copy()
    desk.fault("refused", "PATCH incident", 1000)
    fresh = desk.incident("new since")
    desk.run(60)
    case = desk.case(fresh).ref
    desk.customer.edit(fresh, L1, {"state": "8", "hold_reason": "", **DONE})
    assert desk.customer.ticket(fresh).fields["correlation_id"] == ""
    desk.heal()
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    assert desk.row(fresh)["case_ref"] == case
    assert standing(desk, fresh)["status"] == "restored"
    retry(desk, fresh)
    desk.run(200)
    assert "Please stop the work on this case" in desk.spoken(fresh)
    desk.agree(desk.a, desk.b)
    desk.never_closed_by_us()
    desk.still()


@pytest.mark.parametrize("state", [{"state": "2", "hold_reason": ""}, {"state": "7", **DONE}], ids=["with level 1", "closed"])
def test_a_ticket_whose_bond_was_lost_is_taken_up_though_a_new_one_in_its_state_would_not_be(state: dict[str, str]) -> None:
    desk = Desk()
    kept = desk.rig.copy()
    fresh = desk.incident("new since")
    desk.run(200)
    desk.customer.edit(fresh, L1, state)
    desk.run()
    case = desk.case(fresh).ref
    desk.rig.restore(kept)
    desk.portal.comment(case, VENDOR, "written after the loss", public=True)
    desk.run(TAKEN_UP)
    assert desk.row(fresh)["case_ref"] == case
    assert desk.row(fresh)["held"] is None
    desk.customer.edit(fresh, L1, {**ON_HOLD, "close_code": "", "close_notes": ""})
    desk.run(200)
    assert desk.notes(fresh).count("written after the loss") == 1
    assert audit(desk).problems == []


def test_a_ticket_that_only_looks_like_one_with_a_case_gets_none_after_a_restore() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    other = desk.customer.create(L1, {"short_description": "of another integration", "correlation_id": "JIRA-17"})
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    assert not desk.row(other)["case_ref"]
    assert "not meant for the vendor" in desk.row(other)["held"]


def test_a_case_opened_after_the_backup_is_found_though_its_incident_is_gone() -> None:
    desk = Desk()
    desk.fault("refused", "TicketCreate", 1000)
    fresh = desk.incident("new since")
    desk.run(10)
    kept = desk.rig.copy()
    desk.heal()
    desk.run(200)
    case = desk.case(fresh).ref
    desk.customer.delete(fresh)
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    row = desk.row(fresh)
    assert row["case_ref"] == case
    assert row["held"]
    desk.agree(desk.a, desk.b)


def test_a_ticket_without_a_case_gets_one_after_the_restore() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    fresh = desk.incident("new since, and not seen yet")
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.agree(desk.a, desk.b, fresh)


def test_notes_are_not_said_again() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    big = b"x" * (21 * 1024 * 1024)
    desk.customer.attach(desk.a, L1, "dump.bin", big)
    desk.run(200)
    assert "dump.bin" in desk.notes(desk.a)
    before = desk.notes(desk.a)
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.still()
    assert desk.notes(desk.a) == before


def test_a_note_about_a_new_move_is_told_from_the_one_that_was_said_before_the_restore() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run()
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.run(90)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run(90)
    told = [i.text for i in desk.customer.ticket(desk.a).comments if i.ours and "waits for the customer" in i.text]
    assert len(told) == 2
    assert sum("(No. 2 of its kind on this ticket.)" in text for text in told) == 1
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.still()


def test_the_same_words_are_not_said_again_after_the_restore() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Priority": "5 very high"})
    desk.run()
    assert desk.notes(desk.a).count("5 very high") == 1
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    for proposed in ("2 low", "5 very high"):
        desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Priority": proposed})
        desk.run(120)
    assert desk.notes(desk.a).count("5 very high") == desk.notes(desk.a).count("2 low") == 1
    desk.still()


def test_an_open_write_at_the_moment_of_the_backup_is_neither_sent_again_nor_lost() -> None:
    desk = Desk()
    desk.fault("answer_lost", "TicketUpdate")
    desk.customer.comment(desk.a, L1, "unanswered", public=True)
    desk.run(4)
    assert desk.row(desk.a)["open"]
    kept = desk.rig.copy()
    desk.run(90)
    desk.agree(desk.a, desk.b)
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.agree(desk.a, desk.b)
    assert len(desk.copies(desk.a, "unanswered")) == 1


def test_an_anchor_from_after_the_backup_no_longer_fits_and_the_restore_explains_it() -> None:
    desk = Desk()
    desk.rig.store.checkpoint()
    kept = desk.rig.copy()
    old = audit(desk).anchor
    desk.both_talk(desk.a)
    desk.run()
    late = audit(desk).anchor
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    assert audit(desk, old).problems == []
    found = audit(desk, late)
    assert len(found.problems) == 1
    assert "a restore" in found.problems[0].what
    assert [restore["lost"] for restore in found.restores] == [late]
    assert "explains" not in audit(desk, f"1:{'0' * 64}").problems[0].what  # covered by the backup: nothing explains it


def test_two_restores_one_after_the_other() -> None:
    desk = Desk()
    first = desk.rig.copy()
    desk.both_talk(desk.a, "one")
    desk.run()
    second = desk.rig.copy()
    desk.both_talk(desk.a, "two")
    desk.run()
    before = desk.writes()
    desk.rig.restore(second)
    desk.run(8)
    desk.rig.restore(first)
    desk.run(TAKEN_UP)
    desk.still()
    assert desk.writes() == before
    desk.agree(desk.a, desk.b)
    assert all(row["parked"] is None for row in report(desk.rig.store, "acme"))
    assert audit(desk).problems == []


@pytest.mark.parametrize("owned", [False, True])
def test_what_was_copied_after_the_backup_is_recognised_though_the_case_was_merged_since(*, owned: bool) -> None:
    """``owned``: the other case is that of another incident, which this one follows from then on."""
    desk = Desk()
    desk.run()
    into = desk.case(desk.b).ref if owned else desk.portal.create(VENDOR, {"Title": "the vendor's own"})
    kept = desk.rig.copy()
    desk.both_talk(desk.a, "copied before the loss")
    desk.customer.attach(desk.a, L1, "log.txt", b"from L1", "text/plain")
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.bin", b"from the vendor")
    desk.run()
    desk.portal.merge(desk.case(desk.a).ref, into, VENDOR)
    desk.rig.restore(kept)
    desk.run(2 * TAKEN_UP)
    incident, case = desk.customer.ticket(desk.a), desk.portal.ticket(into)
    assert desk.row(desk.a)["case_ref"] == into
    assert incident.fields["correlation_id"] == case.number, "the number of another case is news, not a difference"
    for ticket in (incident, case):
        assert sum("copied before the loss" in item.text for item in ticket.comments if item.ours) == 1
        assert sum(file.ours for file in ticket.files) == 1
    desk.still()


@pytest.mark.parametrize("told", ["customer", "vendor"])
def test_a_note_that_was_written_after_the_backup_is_not_said_again_though_the_case_was_merged_since(told: str) -> None:
    """The backup has what was to be said and not that it was; by now the ticket follows the case of another bond."""
    desk = Desk()
    desk.run()
    case, into = desk.case(desk.a).ref, desk.case(desk.b).ref
    kept = []
    if told == "customer":
        label, words = "PATCH incident", "waits for the customer"
        desk.portal.comment(case, VENDOR, "since when?", public=True)
        desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    else:
        label, words = "TicketUpdate", "is now cancelled"
        desk.customer.comment(desk.a, L1, "never mind", public=True)
        desk.customer.comment(desk.a, L1, "it was the plug", public=True)
        desk.customer.edit(desk.a, L1, {"state": "8", **DONE})
    desk.after(label, lambda: desk.before(label, lambda: kept.append(desk.rig.copy())))
    desk.run()
    assert desk.acted()
    desk.portal.merge(case, into, VENDOR)
    desk.rig.restore(kept[0])
    desk.run(2 * TAKEN_UP)
    assert desk.row(desk.a)["follows"]
    both = (*desk.customer.ticket(desk.a).comments, *desk.portal.ticket(into).comments)
    assert sum(words in item.text for item in both if item.ours) == 1
    desk.still()


def test_a_case_that_was_on_its_way_when_the_store_was_lost_is_waited_for() -> None:
    desk = Desk()
    kept = desk.rig.copy()
    desk.rig.world.late_after = (9.0, 9.0)
    desk.fault("late", "TicketCreate")
    fresh = desk.incident("its case lands late")
    desk.run(2, 1)
    assert desk.faults_left() == 0
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    assert len(desk.cases(fresh)) == 1
    assert set(standing(desk, fresh).values()) == {"restored"}  # its number was not written to the incident yet
    retry(desk, fresh)
    desk.run()
    desk.agree(desk.a, desk.b, fresh)


@pytest.mark.parametrize("seconds", [0, 2, 4])
def test_what_our_comment_provoked_before_the_restore_is_not_taken_back_after_it(seconds: int) -> None:
    desk = Desk()
    desk.texts_reopen()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run()
    desk.customer.comment(desk.a, L1, "this opens the case again", public=True)
    if seconds:
        desk.run(seconds, 2)
    kept = desk.rig.copy()
    desk.run(120)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run(120)
    desk.customer.edit(desk.a, L1, ON_HOLD)  # and hands it over again: the newest move of the case is ours
    desk.run(120)
    desk.agree(desk.a)
    before, state = desk.writes(), desk.case(desk.a).fields["State"]
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    desk.still()
    assert (desk.writes(), desk.case(desk.a).fields["State"]) == (before, state)


@pytest.mark.parametrize("provoked", [True, False])
def test_a_case_that_moved_after_the_backup_beside_a_ticket_with_level_1_is_told(provoked: bool) -> None:
    """By a comment of ours that was not taken back any more, or by the vendor itself: nobody told level 1."""
    desk = Desk()
    desk.portal.comment_reopens = provoked
    desk.restart()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run()
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    if provoked:
        desk.customer.comment(desk.a, L1, "this opens the case", public=True)
        desk.before("TicketUpdate", lambda: None)
        while not desk.acted():
            desk.rig.turn()
            desk.rig.clock.advance(1)
        kept = desk.rig.copy()
    else:
        kept = desk.rig.copy()
        desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "open"})
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    assert desk.case(desk.a).fields["State"] == "open"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert standing(desk, desk.a)["status"] == "restored"
    desk.still()


def test_a_case_that_was_merged_and_cannot_be_followed_gets_nothing_twice_after_a_restore() -> None:
    """The copies lie in the case into which the vendor merged it; without its history nobody can tell which that is."""
    desk = Desk()
    kept = desk.rig.copy()
    case, into = desk.case(desk.a).ref, desk.case(desk.b).ref
    desk.customer.attach(desk.a, L1, "log.txt", b"log", "text/plain")
    desk.run()
    desk.portal.history_rights = False
    desk.restart()
    desk.portal.merge(case, into, VENDOR)
    desk.rig.restore(kept)
    desk.run(TAKEN_UP)
    every = [item for ref in (case, into) for item in desk.portal.ticket(ref).files if item.ours]
    assert [item.text for item in every] == ["log.txt"]
    assert "merged" in str(desk.row(desk.a)["held"])

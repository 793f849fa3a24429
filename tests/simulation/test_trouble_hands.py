"""What our own hand did to a status, and what a person did to it in the same moments: a person's newest word stands."""

from __future__ import annotations

import pytest

from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR, Desk


def _reopening(*, history: bool = True) -> Desk:
    desk = Desk()
    desk.texts_reopen(history=history)
    return desk


def _shown(desk: Desk) -> tuple[str, str, str]:
    """The ticket's state and reason, and the case's state."""
    fields = desk.customer.ticket(desk.a).fields
    return fields["state"], fields["hold_reason"], desk.case(desk.a).fields["State"]


def test_what_the_vendor_set_again_by_itself_is_not_covered_by_a_put_back() -> None:
    """Our comment opened the case over the vendor's solution. Before that is put back, the vendor opens the case itself."""
    desk = _reopening()
    case = desk.case(desk.a).ref

    def opens_it_itself() -> None:
        desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
        desk.portal.edit(case, VENDOR, {"State": "open"})

    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending auto close+"}))
    desk.after("TicketUpdate", lambda: desk.after("TicketHistoryGet", opens_it_itself))
    desk.run(120)
    assert desk.acted()
    assert desk.audited(desk.a, "covered") == 1
    assert _shown(desk) == ("3", "4", "open")
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_history_that_is_newer_than_the_ticket_as_read_does_not_make_our_own_doing_the_vendors() -> None:
    """What our comment provoked moves no ticket, though the vendor moves the case on before the history is read."""
    desk = _reopening()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(120)
    assert _shown(desk) == ("2", "", "pending reminder")
    then = desk.rig.clock.now
    desk.customer.comment(desk.a, L1, "any news?", public=True)

    def moves_on() -> None:
        desk.before("TicketHistoryGet", lambda: desk.portal.edit(case, VENDOR, {"State": "closed successful"}))

    desk.after("TicketUpdate", moves_on)
    desk.run(120)
    assert desk.acted()
    assert _shown(desk) == ("2", "", "closed successful")
    assert not [d for d in desk.rig.world.deeds if d.ours and d.field == "state" and d.at > then], (
        "it was with level 1 all the time"
    )
    desk.still()


def test_nothing_is_taken_back_over_what_the_history_shows_already() -> None:
    """Our comment opened a solved case. Before the history is read the vendor rejects it: that stands, not even for a moment covered."""
    desk = _reopening()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(120)
    desk.customer.comment(desk.a, L1, "any news?", public=True)

    def rejects() -> None:
        desk.before("TicketHistoryGet", lambda: desk.portal.edit(case, VENDOR, {"State": "closed unsuccessful"}))

    desk.after("TicketUpdate", rejects)
    desk.run(120)
    assert desk.acted()
    assert _shown(desk) == ("2", "", "closed unsuccessful")
    assert not [d for d in desk.rig.world.deeds if d.ours and d.old == "closed unsuccessful"]
    desk.still()


def test_what_was_agreed_long_ago_is_not_put_back_when_both_mean_the_same_by_chance() -> None:
    """Level 1 refuses the solution at the moment at which our comment opens the case: both say the same, and it stays so."""
    desk = _reopening()
    desk.run(120)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"})
    desk.run(120)
    assert _shown(desk) == ("2", "", "pending auto close+")
    desk.customer.comment(desk.a, L1, "it still burns", public=True)
    desk.before("TicketUpdate", lambda: desk.customer.edit(desk.a, L1, ON_HOLD))
    desk.run(120)
    assert desk.acted()
    assert _shown(desk) == ("3", "4", "open")
    assert desk.audited(desk.a, "covered") == 0
    desk.agree(desk.a, desk.b)
    desk.still()


def test_without_history_and_without_any_text_of_ours_a_move_is_the_vendors_own() -> None:
    """The vendor takes its solution back at once, on a case on which nothing of ours can have provoked that."""
    desk = Desk(linked=False)
    desk.texts_reopen(history=False)
    desk.after("TicketCreate", lambda: desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"}))
    desk.after("PATCH incident", lambda: desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "open"}))
    desk.run(120)
    assert desk.acted()
    assert _shown(desk) == ("3", "4", "open")
    assert not [d for d in desk.rig.world.deeds if d.ours and d.field == "State" and d.old], "our user moved no case"
    desk.still()


def test_without_history_a_text_that_was_not_taken_provoked_nothing() -> None:
    """The portal asks for patience before it takes our comment, and in that moment the vendor takes the case up again."""
    desk = _reopening(history=False)
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(300)
    assert _shown(desk) == ("2", "", "pending reminder")
    desk.customer.comment(desk.a, L1, "here is the log", public=True)
    desk.fault("limited_bare", "TicketUpdate")
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "open"}))
    desk.run(120)
    assert desk.acted()
    assert not desk.faults_left()
    assert _shown(desk) == ("3", "4", "open")
    desk.agree(desk.a, desk.b)
    desk.still()


def test_without_history_what_was_seen_after_our_text_was_not_changed_by_it() -> None:
    """The ticket has ended and the case has not: whatever the vendor does there is its own, though we write all the time."""
    desk = _reopening(history=False)
    case = desk.case(desk.a).ref

    def meanwhile(seconds: int) -> None:
        for n in range(seconds // 4):
            desk.customer.edit(desk.a, L1, {"short_description": f"title {desk.rig.clock()} {n}"})
            desk.run(4)

    def at_once() -> None:
        desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
        desk.portal.edit(case, VENDOR, {"State": "pending reminder"})

    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(60)
    desk.customer.comment(desk.a, L1, "it still burns", public=True)
    desk.after("TicketUpdate", at_once)
    desk.run(4)
    assert desk.acted()
    meanwhile(40)
    desk.portal.edit(case, VENDOR, {"State": "open"})
    opened = desk.rig.clock()
    meanwhile(40)
    desk.run(300)
    assert desk.portal.ticket(case).fields["State"] == "open"
    assert not [d for d in desk.rig.world.deeds if d.ours and d.field == "State" and d.old and d.at > opened], (
        "it was not taken back"
    )
    desk.still()


@pytest.mark.parametrize("end", ["6", "7", "8"])
def test_an_end_that_our_write_covered_is_put_back_though_the_history_lags(end: str) -> None:
    """The answer tells that somebody came between; the history read right after it does not show yet who."""
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"state": end, "hold_reason": "", **DONE}))
    desk.fault("stale", "GET sys_audit")
    desk.run(120)
    assert desk.acted()
    assert not desk.faults_left()
    assert _shown(desk)[:2] == (end, "")
    desk.agree(desk.b)
    desk.still()


def test_what_a_comment_provoked_is_taken_back_also_where_the_other_side_s_move_comes_to_nothing() -> None:
    """Level 1 resolves, which does not move the case; our comment opens it. Taken up again, the ticket stays with level 1."""
    desk = _reopening()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.run(120)
    desk.customer.edit(desk.a, L1, {"state": "6", **DONE})
    desk.run(60)
    desk.customer.comment(desk.a, L1, "it was the toner", public=True)
    desk.run(120)
    assert len(desk.copies(desk.a, "it was the toner")) == 1
    assert _shown(desk) == ("6", "", "pending reminder")
    desk.customer.edit(desk.a, L1, {"state": "2"})
    desk.run(120)
    assert _shown(desk) == ("2", "", "pending reminder")
    desk.still()


def test_a_way_back_to_what_had_been_agreed_is_put_back_where_a_comment_covered_it() -> None:
    """The vendor had taken up a closed case again, which the ticket does not follow. Our first comment opens it; the vendor
    closes it as before, and our second comment opens that.
    """
    desk = _reopening()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(60)
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.run(60)
    assert _shown(desk) == ("7", "", "closed successful")
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(60)
    assert _shown(desk) == ("7", "", "pending reminder")
    desk.customer.comment(desk.a, L1, "it was the toner", public=True)
    desk.customer.comment(desk.a, L1, "many thanks", public=True)

    def closes_again() -> None:
        desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "closed successful"}))

    desk.after("TicketUpdate", closes_again)
    desk.run(120)
    assert desk.acted()
    assert _shown(desk) == ("7", "", "closed successful")
    desk.agree(desk.a, desk.b)
    desk.still()

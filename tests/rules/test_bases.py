"""What is remembered as agreed, and what only looks like it: each needs its own small story."""

from __future__ import annotations

from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR, Desk


def test_level_1_takes_the_incident_and_keeps_it() -> None:
    """*In Progress* says nothing to the vendor, whose case goes on: neither side is to be moved to what the other shows."""
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "open"})
    desk.run(20)
    desk.customer.edit(desk.a, L1, {"state": "2", "hold_reason": ""})
    desk.run(20)
    desk.both_talk(desk.a)
    desk.run(40)
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    assert desk.case(desk.a).fields["State"] == "open"


def test_what_level_1_writes_while_a_write_is_in_doubt_travels_afterwards() -> None:
    """The first title landed unanswered. When that comes out, the base is the title that was sent, not the newer one."""
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "first"})
    desk.fault("answer_lost", "TicketUpdate")
    desk.after("TicketUpdate", lambda: desk.customer.edit(desk.a, L1, {"short_description": "second"}))
    desk.run(60)
    assert desk.acted()
    assert desk.case(desk.a).fields["Title"] == "second"
    desk.agree(desk.a)


def test_a_late_title_does_not_win_over_a_newer_one() -> None:
    """While the fate of the first title is open, no second one is sent: the first could land after it."""
    desk = Desk()
    desk.rig.world.late_after = (9.0, 9.5)
    desk.fault("late", "TicketUpdate")
    desk.customer.edit(desk.a, L1, {"short_description": "first"})
    desk.run(4)
    desk.customer.edit(desk.a, L1, {"short_description": "second"})
    desk.run(100)
    assert titles(desk) == ["first", "second"]
    desk.agree(desk.a)


def titles(desk: Desk) -> list[str | None]:
    """What our user made of the titles of cases since they were opened, in order."""
    ours = [d.new for d in desk.rig.world.deeds if d.system == "otrs" and d.ours and d.field == "Title"]
    return ours[len(desk.portal.tickets()) :]


def test_a_title_that_landed_unanswered_is_agreed_as_soon_as_it_shows() -> None:
    """What the vendor makes of it a moment later is the vendor's change, and no conflict with a write in doubt."""
    desk = Desk()
    desk.fault("answer_lost", "TicketUpdate")
    desk.customer.edit(desk.a, L1, {"short_description": "first"})
    desk.run(10)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.run(60)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"
    desk.agree(desk.a)


def test_an_old_read_makes_no_change_of_what_is_over() -> None:
    """A lagging replica shows the title before the last: nobody went back to it. There is no history that would tell."""
    desk = Desk()
    desk.customer.audit_rights = False
    desk.rig.world.stale_by = 20.0
    desk.customer.edit(desk.a, L1, {"short_description": "newer"})
    desk.run(10)
    desk.after("GET incident", lambda: desk.fault("stale", "GET incident"))
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "a word", public=True)
    desk.run(60)
    assert desk.faults_left() == 0
    assert titles(desk) == ["newer"]
    desk.agree(desk.a)


def test_what_the_vendor_changes_just_after_our_write_travels() -> None:
    """The portal's answer shows nothing, and the next read another title than ours: its history names who set it."""
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.customer.edit(desk.a, L1, {"short_description": "L1 title"})
    desk.after("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"Title": "vendor title"}))
    desk.run(60)
    assert desk.acted()
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"
    desk.agree(desk.a)


def test_what_the_vendor_writes_during_a_slow_call_is_kept() -> None:
    """A call to ServiceNow takes 6 s: what was read of the case before it is too old to write from.

    The portal shows no history, so that nobody would find what such a write covers.
    """
    desk = Desk()
    desk.portal.history_rights = False
    desk.restart()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.customer.edit(desk.a, L1, {"short_description": "L1 title"})

    def slow() -> None:
        desk.rig.clock.advance(6)
        desk.portal.edit(case, VENDOR, {"Title": "vendor title"})

    desk.before("PATCH incident", slow)
    desk.run(60)
    assert desk.acted()
    assert desk.case(desk.a).fields["Title"] == "L1 title"
    assert "vendor title" in desk.spoken(desk.a)


def test_what_the_vendor_writes_while_another_bond_takes_long_is_kept() -> None:
    """The bonds of one turn were read together: the second begins when its read is too old."""
    desk = Desk()
    desk.portal.history_rights = False
    desk.restart()
    for ref in (desk.a, desk.b):
        desk.customer.edit(ref, L1, {"short_description": "L1 title"})

    def slow() -> None:
        desk.rig.clock.advance(6)
        for ref in (desk.a, desk.b):
            desk.portal.edit(desk.case(ref).ref, VENDOR, {"Title": "vendor title"})

    desk.after("TicketUpdate", slow)
    desk.run(90)
    assert desk.acted()
    titles = {(desk.case(ref).fields["Title"], "vendor title" in desk.spoken(ref)) for ref in (desk.a, desk.b)}
    assert titles == {("vendor title", False), ("L1 title", True)}, "one was changed after our write, one before"


def test_what_the_vendor_did_in_the_meantime_does_not_move_a_ticket_that_is_taken_up_again() -> None:
    """The customer closed, the vendor still asked, the customer hands it over again: its word is the newest."""
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "open"})
    desk.run(20)
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.run(40)
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(40)
    desk.customer.edit(desk.a, L1, {**ON_HOLD, "close_code": "", "close_notes": ""})
    desk.run(60)
    assert (desk.customer.ticket(desk.a).fields["state"], desk.case(desk.a).fields["State"]) == ("3", "open")

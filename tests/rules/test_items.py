"""Comments, files and cases: once each, in order, and only what people wrote for the other side."""

from __future__ import annotations

import pytest

from tests.simulation.trouble_desk import L1, VENDOR, Desk


def test_comments_keep_their_order_although_the_first_lands_late() -> None:
    desk = Desk()
    desk.rig.world.late_after = (9.0, 9.5)
    desk.fault("late", "TicketUpdate")
    desk.customer.comment(desk.a, L1, "one", public=True)
    desk.customer.comment(desk.a, L1, "two", public=True)
    desk.run(8)
    desk.customer.comment(desk.a, L1, "three", public=True)
    desk.run(60)
    arrived = [item.text.splitlines()[-1] for item in desk.case(desk.a).comments[1:]]
    assert arrived == ["one", "two", "three"]


@pytest.mark.parametrize("side", ["customer", "portal"])
def test_what_our_account_wrote_by_hand_is_no_source(side: str) -> None:
    """An administrator logged in as the connector and typed a line: it bears no marker and stays where it is."""
    desk = Desk()
    if side == "portal":
        desk.portal.comment(desk.case(desk.a).ref, "connector", "typed by hand", public=True)
    else:
        desk.customer.comment(desk.a, "connector", "typed by hand", public=True)
    desk.both_talk(desk.a)
    desk.run(40)
    assert "typed by hand" not in (desk.notes(desk.a) if side == "portal" else desk.spoken(desk.a))
    assert desk.row(desk.a)["withheld"] == []


def test_a_file_that_landed_unanswered_is_not_sent_again() -> None:
    """ServiceNow's attachments have no room for a marker: size and hash tell that it is there."""
    desk = Desk()
    desk.fault("answer_lost", "POST attachment")
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.zip", b"fix")
    desk.run(60)
    assert [file.text for file in desk.customer.ticket(desk.a).files] == ["fix.zip"]


def test_a_clone_of_a_case_is_the_vendors_own() -> None:
    """It bears our marker, but the vendor opened it: no second case of ours, a bond of its own that is held."""
    desk = Desk()
    clone = desk.portal.clone(desk.case(desk.a).ref, VENDOR)
    desk.run(40)
    assert desk.row(desk.a)["second_cases"] == []
    (held,) = [bond for bond in desk.rig.store.bonds("acme") if bond.id not in {desk.row(r)["bond"] for r in (desk.a, desk.b)}]
    assert desk.rig.store.load([held.id])[held.id].bond.held is not None
    assert clone not in {desk.row(r)["case_ref"] for r in (desk.a, desk.b)}


def test_a_ticket_in_trouble_hears_of_it_once() -> None:
    desk = Desk()
    desk.portal.read_only = {"Title"}
    desk.customer.edit(desk.a, L1, {"short_description": "new title"})
    desk.run(60)
    desk.both_talk(desk.a)
    desk.run(120, 10.0)
    desk.both_talk(desk.a)
    desk.run(120, 10.0)
    assert desk.notes(desk.a).count("did not keep our change of title") == 1


def test_a_file_that_a_system_refuses_is_not_sent_again_at_each_look() -> None:
    desk = Desk()
    desk.portal.max_attachment = 1000
    desk.customer.attach(desk.a, L1, "dump.bin", b"x" * 2000)
    desk.run(30)
    before = desk.writes()
    desk.customer.comment(desk.a, L1, "one", public=True)
    desk.run(30)
    desk.customer.comment(desk.a, L1, "two", public=True)
    desk.run(30)
    assert desk.writes() - before == 2

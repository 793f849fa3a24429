"""A webhook is a hint and no more: whoever forges one moves nothing, and what it says is read from the system."""

from __future__ import annotations

from connector.words import Side
from tests.process.place import eventually
from tests.process.posts import VENDOR, otrs, plain, post
from tests.simulation.trouble_desk import L1, Desk
from tests.unit.test_inbox import OTRS, Box


def test_a_forged_post_marks_nothing() -> None:
    box = Box()
    box.inbox.start()
    try:
        post(box.port, VENDOR, plain({"TicketID": 666}, secret="a secret that somebody guessed"))
        assert post(box.port, VENDOR, otrs("7"))[0] == 202
        assert eventually(lambda: (OTRS, "7") in box.marked)
        assert box.marked == [(OTRS, "7")]
    finally:
        box.inbox.stop()


def test_what_a_hint_names_is_read_before_any_poll() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "it burns"})
    new = desk.incident("new one")
    strangers = desk.rig.engine.hinted(Side.CUSTOMER, [desk.a, new, "0" * 32])
    assert strangers == [new, "0" * 32]
    assert desk.rig.engine.meet(Side.CUSTOMER, strangers) == 1, "and one that is not there is nobody's trouble"
    desk.rig.engine.work("a worker")
    assert desk.case(desk.a).fields["Title"] == "it burns"
    assert len(desk.cases(new)) == 1


def test_a_stranger_that_was_met_too_early_is_left_to_the_poll() -> None:
    """The first read does not show the ticket yet. What the poll keeps for a second look is not touched."""
    desk = Desk()
    new = desk.incident("new one")
    desk.fault("stale", "GET incident")
    assert desk.rig.engine.meet(Side.CUSTOMER, desk.rig.engine.hinted(Side.CUSTOMER, [new])) == 0
    assert desk.faults_left() == 0
    desk.run(60)
    assert len(desk.cases(new)) == 1


def test_a_ticket_that_is_not_meant_for_the_vendor_is_met_and_left() -> None:
    desk = Desk()
    mine = desk.incident("ours alone", state="2", hold_reason="")
    assert desk.rig.engine.meet(Side.CUSTOMER, [mine]) == 0
    desk.run(20)
    assert desk.cases(mine) == []


def test_a_hint_while_a_system_is_not_what_it_was_bears_nothing() -> None:
    desk = Desk()
    new = desk.incident("new one")
    desk.rig.engine.guard._stop(Side.CUSTOMER, "identity", knew="one", there="another")
    assert desk.rig.engine.meet(Side.CUSTOMER, desk.rig.engine.hinted(Side.CUSTOMER, [new])) == 0
    assert desk.cases(new) == []

"""An operator ends exchanges, links again, and lets travel what was there before: the whole product, judged."""

from __future__ import annotations

import pytest

from connector.daemon.errors import NoSuchTicket, NotDone
from connector.sandbox.judge import Table
from tests.simulation.link_desk import L1, OPERATOR, VENDOR, LinkDesk
from tests.simulation.play import Crash


@pytest.fixture
def desk() -> LinkDesk:
    return LinkDesk()


def apart(desk: LinkDesk, *refs: str) -> Table:
    return Table(apart=frozenset(desk.customer.ticket(ref).number for ref in refs))


def test_an_exchange_ends_with_one_note_on_each_side_and_nothing_else(desk: LinkDesk) -> None:
    ref, case = desk.incident(), ""
    desk.run()
    case = desk.row(ref)["case_ref"]
    fields = dict(desk.customer.ticket(ref).fields), dict(desk.portal.ticket(case).fields)
    spoken = len(desk.ours(ref)), len(desk.ours(case))
    bond = desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    assert desk.audited(bond.id, "unlinked")[0]["by"] == OPERATOR
    desk.run()
    for side, there in ((ref, spoken[0]), (case, spoken[1])):
        (note,) = desk.ours(side)[there:]
        assert "has ended: an operator unlinked the two tickets" in note.text
        assert not note.public
    desk.customer.comment(ref, L1, "to nobody", public=True)
    desk.customer.edit(ref, L1, {"short_description": "ours alone"})
    desk.portal.comment(case, VENDOR, "to nobody either", public=True)
    desk.portal.edit(case, VENDOR, {"State": "closed successful"})
    desk.run(120)
    assert (len(desk.ours(ref)), len(desk.ours(case))) == (spoken[0] + 1, spoken[1] + 1)
    now = dict(desk.customer.ticket(ref).fields)
    assert {k: v for k, v in now.items() if k in ("state", "hold_reason", "correlation_id")} == {
        k: v for k, v in fields[0].items() if k in ("state", "hold_reason", "correlation_id")
    }
    assert len(desk.portal.tickets()) == 1, "a person ended it: no new case by itself"
    assert desk.row(ref)["state"] == "unlinked"
    desk.judge(apart(desk, ref))


def test_a_ticket_that_was_unlinked_gets_no_second_case(desk: LinkDesk) -> None:
    ref = desk.incident()
    desk.run()
    desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    desk.run()
    desk.customer.edit(ref, L1, {"short_description": "still broken"})
    desk.customer.comment(ref, L1, "is anybody there?", public=True)
    desk.run(800, 20)
    assert len(desk.portal.tickets()) == 1


def test_what_differed_is_nobodys_task_once_the_exchange_has_ended(desk: LinkDesk) -> None:
    ref, case = desk.incident("our words"), desk.case("their words")
    desk.link(ref, case)
    desk.run()
    assert desk.row(ref)["standing"]
    desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    desk.run()
    assert (desk.row(ref)["standing"], desk.row(ref)["withheld"]) == ({}, [])


def test_what_is_linked_with_nothing_cannot_be_unlinked(desk: LinkDesk) -> None:
    ref, case = desk.old()
    with pytest.raises(NoSuchTicket, match="it is not known"):
        desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    desk.link(ref, case)
    desk.parting().unlink(desk.portal.ticket(case).number, OPERATOR)
    with pytest.raises(NoSuchTicket, match="it is unlinked"):
        desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)


def test_while_a_call_is_open_nothing_is_unlinked_and_it_is_said_until_when(desk: LinkDesk) -> None:
    ref = desk.incident()
    desk.run()
    desk.customer.comment(ref, L1, "is it there?", public=True)
    desk.rig.world.choose_fault = lambda call: "late" if call.label == "TicketUpdate" else None
    desk.rig.turn()
    desk.rig.world.choose_fault = lambda _call: None
    assert desk.row(ref)["open"] == 1
    with pytest.raises(NotDone, match=r"known by 20\d\d-.*Z"):
        desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    assert desk.row(ref)["state"] == "linked"
    desk.run()
    desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    desk.run()
    desk.judge(apart(desk, ref))


def test_linked_again_the_same_two_go_on_without_a_second_copy(desk: LinkDesk) -> None:
    ref = desk.incident()
    desk.run()
    desk.customer.comment(ref, L1, "copied in the first exchange", public=True)
    desk.run()
    case = desk.row(ref)["case_ref"]
    bond = desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR).id
    desk.run()
    quiet = desk.customer.comment(ref, L1, "said while they were apart", public=True)
    desk.run()
    assert desk.link(ref, case).bond == bond
    desk.customer.comment(ref, L1, "said afterwards", public=True)
    desk.run(120)
    said = [text for text in desk.texts(case) if "first exchange" in text or "apart" in text or "afterwards" in text]
    assert ["first exchange" in said[0], "afterwards" in said[1], len(said)] == [True, True, 2]
    desk.judge(Table(before=frozenset({quiet})))


def test_linked_again_with_history_only_what_has_no_copy_travels(desk: LinkDesk) -> None:
    ref, case = desk.old()
    desk.link(ref, case)
    desk.customer.comment(ref, L1, "copied in the first exchange", public=True)
    desk.run()
    desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    desk.run()
    desk.customer.comment(ref, L1, "said while they were apart", public=True)
    desk.link(ref, case, with_history=True)
    desk.run(120)
    for words in ("the caller waits", "first exchange", "apart"):
        assert len([text for text in desk.texts(case) if words in text]) == 1


def test_both_are_free_for_another_link(desk: LinkDesk) -> None:
    ref, case = desk.old()
    other, spare = desk.incident("another", state="2", hold_reason=""), desk.case("another")
    first = desk.link(ref, case).bond
    desk.run()
    desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    desk.run()
    before = desk.before((ref, case), (other, spare))
    second, third = desk.link(ref, spare).bond, desk.link(other, case).bond
    assert len({first, second, third}) == 3
    desk.portal.comment(case, VENDOR, "for the other one", public=True)
    desk.portal.comment(spare, VENDOR, "for the first one", public=True)
    desk.run()
    assert [t for t in desk.texts(other) if "for the other one" in t]
    assert [t for t in desk.texts(ref) if "for the first one" in t]
    assert not [t for t in desk.texts(ref) if "for the other one" in t]
    numbers = frozenset(desk.customer.ticket(each).number for each in (ref, other))
    desk.judge(Table(before=before, causes=numbers))
    desk.parting().unlink(desk.customer.ticket(ref).number, OPERATOR)
    desk.parting().unlink(desk.customer.ticket(other).number, OPERATOR)
    assert desk.link(ref, case).bond == first


# --- what was there before ----------------------------------------------------------------------------------


def test_the_past_travels_later_when_it_is_asked_for(desk: LinkDesk) -> None:
    pairs = [desk.old() for _ in range(3)]
    for pair in pairs:
        desk.link(*pair)
    desk.run()
    assert not any(desk.texts(ref) for pair in pairs for ref in pair)
    state = desk.state()
    assert desk.parting().let_history_go(OPERATOR, dry_run=True) == (3, 18)
    assert desk.state() == state
    assert desk.parting().let_history_go(OPERATOR) == (3, 18)
    desk.run(120)
    assert desk.parting().let_history_go(OPERATOR) == (0, 0)
    for ref, case in pairs:
        assert [t for t in desk.texts(case) if "the caller waits" in t]
        assert [t for t in desk.texts(ref) if "we look at it" in t]
    desk.judge()


def test_letting_the_past_go_dies_half_way_and_goes_on(desk: LinkDesk) -> None:
    pairs = [desk.old() for _ in range(3)]
    for pair in pairs:
        desk.link(*pair)

    def dying(done: int, _total: int) -> None:
        if done == 2:
            raise Crash

    with pytest.raises(Crash):
        desk.parting().let_history_go(OPERATOR, dying)
    assert desk.parting().let_history_go(OPERATOR) == (1, 6)
    desk.run(120)
    desk.judge()

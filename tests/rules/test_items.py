"""Comments, files and cases: once each, in order, and only what people wrote for the other side."""

from __future__ import annotations

import pytest

from connector.sandbox.core import Request, Response
from tests.simulation.trouble_desk import DONE, L1, VENDOR, Desk


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


def test_a_pasted_copy_is_a_persons_text() -> None:
    """Level 1 pastes what we wrote, marker and all, below an answer of its own."""
    desk = Desk()
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "please restart it", public=True)
    desk.run(10)
    ours = desk.copies(desk.a, "please restart it")[0].text
    desk.customer.comment(desk.a, L1, f"done, see below\n{ours}", public=True)
    desk.run(30)
    assert len(desk.copies(desk.a, "done, see below")) == 1


def test_an_article_that_was_hidden_later_is_told_to_the_vendor() -> None:
    desk = Desk()
    case = desk.case(desk.a).ref
    item = desk.portal.comment(case, VENDOR, "oops, internal", public=True)
    desk.run(20)
    desk.portal.set_visible(case, item, VENDOR, visible=False)
    desk.run(40)
    assert "carried over before" in desk.spoken(desk.a)


def test_a_comment_in_doubt_is_not_sent_again_while_no_comment_can_be_read() -> None:
    """Every right to read the journal goes just when an answer is lost: not even the ticket shows that there are entries."""
    desk = Desk()
    desk.both_talk(desk.a, "before")
    desk.run(20)
    in_doubt(desk, {"comments", "work_notes"})
    assert len(desk.copies(desk.a, "in doubt")) == 1


def test_a_comment_in_doubt_is_not_sent_again_though_no_comment_was_ever_seen() -> None:
    """Nothing tells that comments vanished; the ticket shows entries that no row is given of."""
    desk = Desk()
    in_doubt(desk, set())
    assert len(desk.copies(desk.a, "in doubt")) == 1


def in_doubt(desk: Desk, hidden: set[str]) -> None:
    """An answer is lost, and with it the rights to journal rows and to these fields, for a minute."""

    def lose() -> None:
        desk.customer.journal_rights, desk.customer.hidden_fields = False, hidden

    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "in doubt", public=True)
    desk.fault("answer_lost", "PATCH incident")
    desk.after("PATCH incident", lose)
    desk.run(60)
    desk.customer.journal_rights, desk.customer.hidden_fields = True, set()
    desk.run(800, 20.0)


def solved_case(desk: Desk) -> str:
    """A portal on which every comment reopens a case that waits or is solved."""
    desk.texts_reopen()
    return desk.case(desk.a).ref


def test_a_solution_stands_although_our_comment_reopened_the_case() -> None:
    desk = Desk()
    case = solved_case(desk)
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(30)
    desk.customer.comment(desk.a, L1, "thank you", public=True)
    desk.run(60)
    assert desk.case(desk.a).fields["State"] == "pending auto close+"
    assert [d.new for d in desk.rig.world.deeds if d.ours and d.field == "state"] == ["2"], "it went back to the vendor"


def test_a_question_of_the_vendor_stands_although_our_comment_turned_it_back() -> None:
    """It was set just before our comment arrived, which made the case what it had been: no difference is left to see."""
    desk = Desk()
    case = solved_case(desk)
    desk.portal.edit(case, VENDOR, {"State": "open"})
    desk.run(60)
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending reminder"}))
    desk.run(60)
    assert desk.acted()
    assert (desk.customer.ticket(desk.a).fields["state"], desk.case(desk.a).fields["State"]) == ("2", "pending reminder")


def test_half_a_file_never_travels() -> None:
    """A gateway cuts a file and says so to nobody: its size and hash do not fit what ServiceNow tells of it."""
    desk = Desk()
    whole, left = desk.customer.handle, [4]

    def cut(request: Request, as_of: float | None = None) -> Response:
        answer = whole(request, as_of)
        if not request.path.endswith("/file") or not left[0]:
            return answer
        left[0] -= 1
        return Response(answer.status, {}, answer.body[: len(answer.body) // 2])

    desk.customer.handle = cut  # type: ignore[method-assign] # the network's trouble
    desk.customer.attach(desk.a, L1, "log.txt", b"every line of it", "text/plain")
    desk.run(60)
    assert left == [0]
    assert [file.size for file in desk.case(desk.a).files] == [len(b"every line of it")]


def test_our_word_about_a_late_comment_does_not_reopen_the_case() -> None:
    desk = Desk()
    case = solved_case(desk)
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(30)
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.run(60)
    desk.portal.comment(case, VENDOR, "were you happy?", public=True)
    before = len(desk.rig.world.deeds)
    desk.run(120)
    assert [w["reason"] for w in desk.row(desk.a)["withheld"]]
    assert [d for d in desk.rig.world.deeds[before:] if d.ours and d.ticket == case] == []

"""An operator lets tickets follow a case that another one leads, and parts them again: the whole product, judged."""

from __future__ import annotations

import pytest

from connector.daemon.errors import NotDone
from connector.daemon.linking import Order
from connector.sandbox.judge import Table
from connector.sync.report import report
from connector.words import Side
from tests.simulation.link_desk import L1, OPERATOR, VENDOR, LinkDesk

WITH_L1 = {"state": "2", "hold_reason": ""}


@pytest.fixture
def desk() -> LinkDesk:
    return LinkDesk()


def led(desk: LinkDesk) -> tuple[str, str]:
    """A ticket and the case that it leads."""
    lead = desk.incident()
    desk.run()
    return lead, str(desk.row(lead)["case_ref"])


def said(desk: LinkDesk, ref: str, words: str) -> int:
    return sum(words in text for text in desk.texts(ref))


def number(desk: LinkDesk, ref: str) -> str:
    return desk.customer.ticket(ref).number


def test_a_ticket_follows_where_the_order_says_so_and_else_the_option_is_named(desk: LinkDesk) -> None:
    lead, case = led(desk)
    ref = desk.incident("also on fire", **WITH_L1)
    assert f"connector link {number(desk, ref)} {desk.portal.ticket(case).number} --follow" in desk.refusal(ref, case)
    state = desk.state()
    checked = desk.check(ref, case, follow=True)
    assert (checked.lead, checked.problems) == (number(desk, lead), [])
    assert "follows it" in checked.outlook.warnings[0]
    assert desk.state() == state
    assert desk.link(ref, case, follow=True).bond == desk.row(lead)["bond"]
    desk.customer.comment(ref, L1, "here too", public=True)
    desk.portal.comment(case, VENDOR, "switch it off", public=True)
    desk.run()
    assert [said(desk, case, "here too"), said(desk, lead, "here too")] == [1, 0]
    assert [said(desk, each, "switch it off") for each in (lead, ref)] == [1, 1]
    assert desk.customer.ticket(ref).fields["correlation_id"] == desk.portal.ticket(case).number
    assert desk.check(ref, case, follow=True).already
    desk.judge()


def test_a_candidate_follows_and_opens_no_case(desk: LinkDesk) -> None:
    lead, case = led(desk)
    ref = desk.incident("also on fire")
    desk.rig.engine.poll(Side.CUSTOMER)
    desk.customer.comment(ref, L1, "said while it waited", public=True)
    desk.link(ref, case, follow=True)
    desk.run()
    assert len(desk.portal.tickets()) == 1
    assert said(desk, case, "said while it waited") == 1
    assert desk.row(ref)["bond"] == desk.row(lead)["bond"]
    desk.judge()


def test_of_a_list_the_first_leads_and_the_others_follow(desk: LinkDesk) -> None:
    case = desk.case("on fire 0")
    refs = [desk.incident(f"on fire {n}", **WITH_L1) for n in range(3)]
    before = desk.before((refs[0], case))
    rows = [desk.numbers(ref, case) for ref in refs]
    refused = desk.linker().carry_out(rows, Order(OPERATOR))
    assert len(refused.problems) == 2
    dry = desk.linker().carry_out(rows, Order(OPERATOR, dry_run=True, follow=True))
    done = desk.linker().carry_out(rows, Order(OPERATOR, follow=True))
    for told in (dry, done):
        assert [one.lead for one in told.checked] == ["", number(desk, refs[0]), number(desk, refs[0])]
    assert len(done.linked) == 3
    desk.portal.comment(case, VENDOR, "we come", public=True)
    desk.run()
    assert [said(desk, ref, "we come") for ref in refs] == [1, 1, 1]
    desk.judge(Table(before=before))


def test_a_ticket_with_a_case_of_its_own_does_not_follow(desk: LinkDesk) -> None:
    _, case = led(desk)
    other = desk.incident("another")
    desk.run()
    checked = desk.check(other, case, follow=True)
    assert [p.message.startswith(f"{number(desk, other)} is linked with") for p in checked.problems] == [True, False]


def test_a_follower_is_parted_alone_and_the_others_go_on(desk: LinkDesk) -> None:
    lead, case = led(desk)
    ref = desk.incident("also on fire", **WITH_L1)
    desk.link(ref, case, follow=True)
    desk.customer.comment(ref, L1, "said while it followed", public=True)
    desk.run()
    with pytest.raises(
        NotDone, match=f"{number(desk, lead)} leads .* {number(desk, ref)} follows it.*unlink {number(desk, ref)}"
    ):
        desk.parting().unlink(number(desk, lead), OPERATOR)
    assert desk.parting().named(number(desk, ref))["ticket"] == number(desk, ref)
    ended = desk.parting().unlink(number(desk, ref), OPERATOR)
    assert desk.audited(ended.id, "unlinked")[0]["ticket"] == number(desk, ref)
    assert desk.audited(desk.row(lead)["bond"], "parted")[0]["by"] == OPERATOR
    desk.run()
    assert [said(desk, ref, "has ended: an operator unlinked"), said(desk, lead, "has ended")] == [1, 0]
    assert said(desk, case, f"Ticket {number(desk, ref)} no longer belongs to this case") == 1
    assert said(desk, case, "said while it followed") == 1
    desk.customer.comment(ref, L1, "to nobody", public=True)
    desk.portal.comment(case, VENDOR, "for the lead alone", public=True)
    desk.run(800, 20)
    assert [said(desk, case, "to nobody"), said(desk, ref, "for the lead"), said(desk, lead, "for the lead")] == [0, 0, 1]
    assert len(desk.portal.tickets()) == 1, "a person parted it: no case by itself"
    desk.parting().unlink(number(desk, lead), OPERATOR)
    desk.run()
    assert {row["state"] for row in report(desk.rig.store, "acme")} == {"unlinked"}


@pytest.mark.parametrize("candidate", [False, True])
def test_a_parted_ticket_follows_again_and_nothing_is_copied_twice(*, candidate: bool) -> None:
    desk = LinkDesk()
    _, case = led(desk)
    ref = desk.incident("also on fire", **({} if candidate else WITH_L1))
    desk.rig.engine.poll(Side.CUSTOMER)
    for _ in range(3):
        desk.link(ref, case, follow=True)
        desk.customer.comment(ref, L1, "said while it followed", public=True)
        desk.portal.comment(case, VENDOR, "and answered", public=True)
        desk.run()
        desk.parting().unlink(number(desk, ref), OPERATOR)
        desk.run()
    assert [said(desk, case, "said while"), said(desk, ref, "and answered")] == [3, 3]
    assert len(desk.portal.tickets()) == 1


@pytest.mark.parametrize("candidate", [False, True])
def test_a_parted_ticket_is_linked_with_a_case_of_its_own(*, candidate: bool) -> None:
    """Also one whose own bond joined that of the lead: its id is taken."""
    desk = LinkDesk()
    lead, case = led(desk)
    ref = desk.incident("also on fire", **({} if candidate else WITH_L1))
    desk.rig.engine.poll(Side.CUSTOMER)
    desk.link(ref, case, follow=True)
    desk.run()
    desk.parting().unlink(number(desk, ref), OPERATOR)
    desk.run()
    spare = desk.case("another")
    bond = desk.link(ref, spare).bond
    assert bond != desk.row(lead)["bond"]
    desk.portal.comment(spare, VENDOR, "for this one", public=True)
    desk.run()
    assert [said(desk, ref, "for this one"), said(desk, lead, "for this one")] == [1, 0]
    desk.parting().unlink(number(desk, ref), OPERATOR)
    desk.link(ref, case, follow=True)
    desk.run()
    assert desk.row(ref)["bond"] == desk.row(lead)["bond"]


def test_the_lead_that_ended_and_now_follows_is_parted_too(desk: LinkDesk) -> None:
    """Its own id is that of the bond, which goes on without it."""
    lead, case = led(desk)
    ref = desk.incident("also on fire")
    desk.rig.engine.poll(Side.CUSTOMER)
    desk.link(ref, case, follow=True)
    desk.run()
    desk.customer.edit(lead, L1, {"state": "7", "close_code": "Solved (Permanently)", "close_notes": "done"})
    desk.run()
    bond = desk.row(ref)["bond"]
    ended = desk.parting().unlink(number(desk, lead), OPERATOR)
    assert ended.id != bond
    desk.portal.comment(case, VENDOR, "for who leads now", public=True)
    desk.run()
    assert [said(desk, ref, "for who leads now"), said(desk, lead, "for who leads now")] == [1, 0]
    assert desk.portal.ticket(case).fields["State"] != "closed successful"

"""Several tickets of the customer on one case, and what becomes of a bond whose case the vendor merged."""

from __future__ import annotations

from typing import Any

import pytest

from connector.daemon.parting import Parting
from connector.sandbox.core import SimItem
from connector.sandbox.judge import judge
from connector.store.records import BondState
from connector.sync import following
from connector.sync.report import report
from connector.sync.story import tell
from connector.words import Side
from tests.simulation.trouble_desk import CALM, DONE, L1, ON_HOLD, VENDOR, Desk

CLOSED = {"state": "7", **DONE}


class Case(Desk):
    """``a`` leads a case, ``f`` follows it, ``b`` is a healthy ticket with a case of its own."""

    def __init__(self, seed: int = 1, **fields: str) -> None:
        super().__init__(seed)
        self.f = self.follower(self.a, **fields)
        self.run(20)

    def follower(self, leader: str, **fields: str) -> str:
        """A ticket that an operator links to the case of another, before any poll has named it."""
        ref = self.incident("also on fire", **fields)
        snapshot = self.rig.connection.adapters[Side.CUSTOMER].read([ref])[ref]
        with self.rig.store.operator_transaction(self.bond(leader)) as tx:
            following.follow(tx, snapshot, self.rig.clock(), by="olga")
        return ref

    def bond(self, ref: str) -> str:
        return str(self.row(ref)["bond"])

    def spoken_here(self, case: str) -> list[SimItem]:
        return [i for i in self.portal.ticket(case).comments if i.ours]

    def told(self, ref: str, words: str) -> int:
        """How often L1 of one ticket reads some words of us."""
        return sum(words in i.text for i in self.customer.ticket(ref).comments if i.ours)

    def judged(self) -> None:
        """The judge finds nothing."""
        sentence = judge(self.rig.world, self.customer, self.portal, report(self.rig.store, "acme"))
        assert sentence.ok, (sentence.findings, sentence.summary())

    def calm(self, *refs: str) -> None:
        for ref in refs:
            row = self.row(ref)
            assert {name: row[name] for name in CALM} == CALM, row


@pytest.fixture
def desk() -> Case:
    return Case()


def test_a_follower_opens_no_case_and_names_the_one_it_follows(desk: Case) -> None:
    case = desk.case(desk.a)
    assert desk.cases(desk.f) == []
    row = desk.row(desk.f)
    assert (row["follows"], row["case_ref"]) == (f"{case.number}/{desk.customer.ticket(desk.a).number}", case.ref)
    assert desk.customer.ticket(desk.f).fields["correlation_id"] == case.number
    assert desk.told(desk.f, "This ticket follows the vendor's case") == 1
    desk.calm(desk.a, desk.f)
    desk.judged()
    desk.still()


def test_comments_and_files_of_a_follower_go_to_the_case_alone_under_its_number(desk: Case) -> None:
    desk.customer.comment(desk.f, L1, "here too, since noon", public=True)
    desk.customer.attach(desk.f, L1, "noon.log", b"noon", "text/plain")
    desk.run(20)
    case = desk.case(desk.a)
    said = [i for i in case.comments if i.ours and "since noon" in i.text]
    assert len(said) == 1
    assert desk.customer.ticket(desk.f).number in said[0].text.partition("\n")[0]
    assert [i.text for i in case.files] == ["noon.log"]
    assert desk.told(desk.a, "since noon") == 0
    assert not desk.customer.ticket(desk.a).files
    desk.judged()


def test_the_vendors_word_goes_to_every_ticket_once(desk: Case) -> None:
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "switch it off", public=True)
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.bin", b"fix")
    desk.run(20)
    for ref in (desk.a, desk.f):
        assert desk.told(ref, "switch it off") == 1
        assert [i.text for i in desk.customer.ticket(ref).files] == ["fix.bin"]
    desk.judged()
    desk.still()


def test_the_status_of_the_case_goes_to_every_ticket_and_only_the_leads_moves_to_the_case(desk: Case) -> None:
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(20)
    assert [desk.customer.ticket(ref).fields["state"] for ref in (desk.a, desk.f)] == ["2", "2"]
    before = len(desk.rig.world.deeds)
    desk.customer.edit(desk.f, L1, ON_HOLD | {"short_description": "my own title", "impact": "3", "urgency": "3"})
    desk.run(20)
    assert [deed for deed in desk.rig.world.deeds[before:] if deed.ours and deed.ticket == case] == []
    there = desk.portal.ticket(case).fields
    assert (there["State"], there["Title"], there["Priority"]) == ("pending reminder", "printer on fire", "3 normal")
    assert desk.customer.ticket(desk.f).fields["state"] == "3", "nobody takes the follower's own move back"
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.run(20)
    assert desk.portal.ticket(case).fields["State"] == "open"
    desk.judged()


def test_an_urgent_follower_makes_the_bond_urgent(desk: Case) -> None:
    desk.customer.edit(desk.f, L1, {"impact": "1", "urgency": "1"})
    desk.run(20)
    assert desk.row(desk.a)["priority"] == 1
    work = desk.rig.store.work_of(desk.bond(desk.a))
    assert work is not None
    assert work.priority == 1
    assert desk.case(desk.a).fields["Priority"] == "3 normal"
    desk.judged()


def told_of_urgency(desk: Case) -> list[str]:
    texts = [" ".join(item.text.split()) for item in desk.case(desk.a).comments if item.ours]
    return [text for text in texts if "Please treat this case as that urgent" in text]


def test_the_vendor_is_told_once_of_a_follower_that_is_more_urgent_than_the_lead(desk: Case) -> None:
    """Setting shared_case.priority: the highest of the tickets that a case serves; its own field stays the lead's."""
    desk.customer.edit(desk.f, L1, {"impact": "1", "urgency": "1"})
    desk.run(20)
    (text,) = told_of_urgency(desk)
    assert f"Ticket {desk.customer.ticket(desk.f).number}, which this case serves too, has priority 1" in text
    desk.customer.edit(desk.f, L1, {"impact": "3", "urgency": "3"})
    desk.run(20)
    desk.customer.edit(desk.f, L1, {"impact": "1", "urgency": "1"})
    desk.run(20)
    assert len(told_of_urgency(desk)) == 1
    desk.judged()


def test_a_follower_that_is_less_urgent_or_has_ended_is_no_news(desk: Case) -> None:
    desk.customer.edit(desk.a, L1, {"impact": "1", "urgency": "1"})
    desk.run(20)
    desk.customer.edit(desk.f, L1, {"impact": "2", "urgency": "2"})
    desk.run(20)
    assert told_of_urgency(desk) == []


def test_when_the_lead_closes_the_oldest_open_follower_leads_and_the_case_stays_open(desk: Case) -> None:
    second = desk.follower(desk.a)
    desk.run(20)
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    desk.customer.comment(desk.a, L1, "thank you", public=True)
    desk.customer.edit(desk.a, L1, CLOSED)
    desk.run(30)
    assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
    assert [desk.row(ref)["follows"] is None for ref in (desk.a, desk.f, second)] == [False, True, False]
    assert desk.portal.ticket(case).fields["Title"] == "printer on fire", "what differs stands"
    assert desk.row(desk.f)["standing"]["title"]["why"] == "leads"
    assert len([i for i in desk.spoken_here(case) if "thank you" in i.text]) == 1
    desk.judged()
    desk.customer.edit(desk.f, L1, {"short_description": "the printer of the second floor"})
    desk.run(20)
    assert desk.portal.ticket(case).fields["Title"] == "the printer of the second floor"
    for ref in (desk.f, second):
        assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
        desk.customer.edit(ref, L1, CLOSED)
        desk.run(30)
    assert desk.portal.ticket(case).fields["State"] == "closed successful", "it closes with the last"
    desk.never_closed_by_us()
    desk.judged()
    desk.still()


def test_the_end_of_the_lead_does_not_end_the_case_while_a_follower_cannot_be_read(desk: Case) -> None:
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    desk.customer.hidden = {desk.f}
    desk.customer.edit(desk.a, L1, CLOSED)
    desk.run(900, 50)
    assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
    number = desk.customer.ticket(desk.f).number
    assert number in desk.row(desk.a)["standing"]["status"]["reason"]
    assert desk.told(desk.a, f"{number} on the same case cannot be read") == 1
    desk.customer.hidden = set()
    desk.run(900, 50)
    assert desk.row(desk.f)["follows"] is None, "it was open all the time, and leads"
    assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
    desk.judged()


def test_a_follower_that_had_ended_and_cannot_be_read_any_more_keeps_nothing_open(desk: Case) -> None:
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    desk.customer.edit(desk.f, L1, CLOSED)
    desk.run(20)
    desk.customer.hidden = {desk.f}
    desk.customer.edit(desk.a, L1, CLOSED)
    desk.run(900, 50)
    assert desk.portal.ticket(case).fields["State"] == "closed successful"


def test_the_case_of_an_ended_lead_closes_once_the_follower_that_is_gone_was_parted(desk: Case) -> None:
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    number = desk.customer.ticket(desk.f).number
    desk.customer.delete(desk.f)
    desk.customer.edit(desk.a, L1, CLOSED)
    desk.run(900, 50)
    assert desk.portal.ticket(case).fields["State"] == "pending auto close+"
    Parting(desk.rig.connection, desk.rig.store).unlink(number, "olga")
    desk.run(60)
    assert desk.portal.ticket(case).fields["State"] == "closed successful"
    desk.judged()


def test_a_follower_that_is_taken_up_again_leads_and_reopens_the_case(desk: Case) -> None:
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    for ref in (desk.f, desk.a):
        desk.customer.edit(ref, L1, CLOSED)
        desk.run(20)
    assert desk.portal.ticket(case).fields["State"] == "closed successful"
    desk.customer.edit(desk.f, L1, {**ON_HOLD, "close_code": "", "close_notes": ""})
    desk.run(30)
    assert desk.row(desk.f)["follows"] is None
    assert desk.portal.ticket(case).fields["State"] == "open"
    desk.judged()


def test_a_follower_that_is_gone_holds_itself_alone(desk: Case) -> None:
    desk.customer.hidden = {desk.f}
    desk.both_talk(desk.a)
    desk.run(60)
    assert desk.row(desk.f)["held"]
    desk.calm(desk.a)
    assert desk.told(desk.a, "how is it going") == 1
    desk.customer.hidden = set()
    desk.run(900, 50)
    assert desk.row(desk.f)["held"] is None
    assert desk.told(desk.f, "how is it going") == 1
    desk.judged()


def test_a_case_that_is_gone_holds_every_ticket(desk: Case) -> None:
    desk.portal.delete(desk.row(desk.a)["case_ref"])
    desk.run(900, 50)
    reasons = {desk.row(ref)["held"] for ref in (desk.a, desk.f)}
    assert len(reasons) == 1
    assert all(reasons)
    desk.judged()


def test_a_lead_that_is_gone_does_not_keep_its_followers(desk: Case) -> None:
    desk.customer.hidden = {desk.a}
    desk.customer.comment(desk.f, L1, "still burning", public=True)
    desk.portal.comment(desk.row(desk.a)["case_ref"], VENDOR, "we come", public=True)
    desk.run(60)
    assert desk.row(desk.a)["held"]
    assert desk.told(desk.f, "we come") == 1
    assert len([i for i in desk.spoken_here(desk.row(desk.a)["case_ref"]) if "still burning" in i.text]) == 1
    desk.customer.hidden = set()
    desk.run(900, 50)
    assert desk.told(desk.a, "we come") == 1
    desk.judged()


# --- an operator's word ----------------------------------------------------------------------------------------------


def test_a_candidate_dissolves_into_the_case_that_it_follows() -> None:
    desk = Case()
    desk.fault("limited_bare", "TicketCreate", 50)
    waiting = desk.incident("not ready")
    desk.customer.comment(waiting, L1, "said while it waited", public=True)
    desk.run(20)
    gone = desk.bond(waiting)
    following.join(desk.rig.store, gone, desk.bond(desk.a), by="olga")
    desk.heal()
    desk.run(40)
    case = desk.case(desk.a)
    assert desk.cases(waiting) == []
    assert desk.row(waiting)["follows"] == f"{case.number}/{desk.customer.ticket(desk.a).number}"
    assert len([i for i in desk.spoken_here(case.ref) if "said while it waited" in i.text]) == 1
    records = list(desk.rig.store.records(gone))
    assert records[-1].content is not None
    assert records[-1].content.event["bond"] == desk.bond(desk.a), "its audit says where it went"
    assert [bond.id for bond in desk.rig.store.find_bonds(desk.customer.ticket(waiting).number)] == [desk.bond(desk.a)]
    desk.judged()
    desk.still()


def test_a_ticket_whose_case_may_be_there_already_is_not_linked_to_another() -> None:
    desk = Case()
    desk.fault("answer_lost", "TicketCreate")
    waiting = desk.incident("in doubt")
    desk.rig.turn()
    with pytest.raises(following.CannotFollow, match="just being opened"):
        following.join(desk.rig.store, desk.bond(waiting), desk.bond(desk.a), by="olga")
    desk.run(60)
    desk.agree(waiting)


def test_a_ticket_with_a_case_of_its_own_is_not_linked_to_another() -> None:
    desk = Case()
    with pytest.raises(following.CannotFollow, match="already"):
        following.join(desk.rig.store, desk.bond(desk.b), desk.bond(desk.a), by="olga")
    desk.run(20)
    desk.agree(desk.b)
    desk.judged()


# --- merged cases ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", [False, True])
def test_a_case_merged_into_one_of_nobodys_is_followed_there(*, seen: bool) -> None:
    """``seen``: the vendor's own case was held as opened by the vendor before."""
    desk = Case()
    desk.both_talk(desk.a, "before the merge")
    desk.customer.attach(desk.a, L1, "a.log", b"a log", "text/plain")
    desk.run(20)
    into = desk.portal.create(VENDOR, {"Title": "the vendor's own"})
    desk.portal.comment(into, VENDOR, "known trouble", public=True)
    desk.run(20 if seen else 0)
    old = desk.case(desk.a).ref
    desk.portal.merge(old, into, VENDOR)
    desk.both_talk(desk.b)
    desk.run(60)
    for ref in (desk.a, desk.f):
        row = desk.row(ref)
        assert row["case_ref"] == into
        assert desk.customer.ticket(ref).fields["correlation_id"] == desk.portal.ticket(into).number
        assert desk.told(ref, "before the merge") == desk.told(ref, "known trouble") == 1
    assert desk.row(desk.a)["standing"]["title"]["why"] == "moved"
    assert len([i for i in desk.spoken_here(into) if "before the merge" in i.text]) == 1
    desk.customer.comment(desk.a, L1, "after the merge", public=True)
    desk.run(20)
    assert len([i for i in desk.spoken_here(into) if "after the merge" in i.text]) == 1
    desk.agree(desk.b)
    desk.judged()
    desk.still()


def test_a_case_merged_into_one_that_is_bonded_is_followed_behind_its_lead() -> None:
    desk = Case()
    desk.both_talk(desk.a, "before the merge")
    desk.both_talk(desk.b, "of the other")
    desk.run(20)
    gone, into = desk.bond(desk.a), desk.case(desk.b)
    desk.portal.merge(desk.case(desk.a).ref, into.ref, VENDOR)
    desk.run(60)
    for ref in (desk.a, desk.f):
        row = desk.row(ref)
        assert (row["case_ref"], row["follows"]) == (into.ref, f"{into.number}/{desk.customer.ticket(desk.b).number}")
        assert desk.told(ref, "before the merge") == desk.told(ref, "of the other") == 1
    assert desk.told(desk.b, "before the merge") == 1, "the vendor's word, and not the other ticket's"
    assert len([i for i in desk.spoken_here(into.ref) if "before the merge" in i.text]) == 1
    [ended] = [bond for bond in desk.rig.store.bonds() if bond.id == gone]
    assert (ended.state, ended.joined) == (BondState.JOINED, desk.bond(desk.b))
    desk.both_talk(desk.b, "together")
    desk.run(20)
    assert [desk.told(ref, "together") for ref in (desk.a, desk.b, desk.f)] == [1, 1, 1]
    desk.judged()
    desk.still()


@pytest.mark.parametrize("fault", ["answer_lost", "late", "html_502_after"])
def test_what_was_under_way_when_cases_were_merged_arrives_once(fault: str) -> None:
    desk = Case()
    desk.customer.comment(desk.f, L1, "on its way", public=True)
    desk.fault(fault, "TicketUpdate")
    desk.after("TicketUpdate", lambda: desk.portal.merge(desk.row(desk.a)["case_ref"], desk.case(desk.b).ref, VENDOR))
    desk.run(120)
    assert desk.acted()
    into = desk.case(desk.b).ref
    assert desk.row(desk.f)["case_ref"] == into
    assert len([i for i in desk.spoken_here(into) if "on its way" in i.text]) == 1
    desk.judged()


@pytest.mark.parametrize("fault", ["", "answer_lost", "late"])
@pytest.mark.parametrize("whose", ["another ticket's", "nobody's"])
def test_a_person_s_word_that_our_write_covered_as_the_case_was_merged_is_put_back(whose: str, fault: str) -> None:
    """Nothing can be put back before the ticket goes on with the other case, and after that nothing else tells of it."""
    desk = Case()
    old = desk.case(desk.a).ref
    into = desk.case(desk.b).ref if whose == "another ticket's" else desk.portal.create(VENDOR, {"Title": "the vendor's own"})
    desk.run(30)
    desk.portal.edit(old, VENDOR, {"State": "pending reminder"})
    if fault:
        desk.fault(fault, "PATCH incident")
    desk.before("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"state": "8"}))
    desk.after("PATCH incident", lambda: desk.portal.merge(old, into, VENDOR))
    desk.run(240)
    assert desk.acted()
    assert desk.row(desk.a)["case_ref"] == into
    assert desk.customer.ticket(desk.a).fields["state"] == "8"
    desk.judged()
    desk.still()


def test_what_was_written_into_the_merged_case_in_that_very_moment_is_not_lost() -> None:
    desk = Case()
    old, into = desk.case(desk.a).ref, desk.portal.create(VENDOR, {"Title": "the vendor's own"})
    desk.customer.comment(desk.f, L1, "into the shell", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.merge(old, into, VENDOR))
    desk.run(60)
    assert any("into the shell" in i.text for i in desk.spoken_here(old)), "the portal took it there"
    assert len([i for i in desk.spoken_here(into) if "into the shell" in i.text]) == 1
    desk.judged()


def test_a_case_merged_in_the_moment_of_our_move_is_followed_all_the_same() -> None:
    """The portal takes our status for the shell, which so looks like an open case again."""
    desk = Case()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"})
    desk.run(20)
    old, into = desk.case(desk.a).ref, desk.portal.create(VENDOR, {"Title": "the vendor's own"})
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.before("TicketUpdate", lambda: desk.portal.merge(old, into, VENDOR))
    desk.run(90)
    assert desk.acted()
    assert desk.portal.ticket(old).fields["State"] == "merged"
    for ref in (desk.a, desk.f):
        assert desk.row(ref)["case_ref"] == into
        assert desk.customer.ticket(ref).fields["correlation_id"] == desk.portal.ticket(into).number
    desk.judged()
    desk.still()


def test_a_stale_read_of_the_other_case_doubles_nothing() -> None:
    desk = Case()
    desk.both_talk(desk.a)
    desk.run(20)
    into = desk.case(desk.b).ref
    desk.portal.merge(desk.case(desk.a).ref, into, VENDOR)
    desk.fault("stale", "TicketGet", 4)
    desk.run(60)
    assert len([i for i in desk.spoken_here(into) if "how is it going" in i.text]) == 1
    desk.judged()


def test_cases_merged_one_into_the_other_and_on() -> None:
    """Three cases become one, one after the other; every ticket is behind one lead."""
    desk = Case()
    c = desk.incident("third")
    desk.run(20)
    first, second, third = (desk.case(ref).ref for ref in (desk.a, desk.b, c))
    desk.portal.merge(first, second, VENDOR)
    desk.portal.merge(second, third, VENDOR)
    desk.portal.comment(third, VENDOR, "all the same", public=True)
    desk.run(120)
    for ref in (desk.a, desk.b, c, desk.f):
        assert desk.row(ref)["case_ref"] == third
        assert desk.told(ref, "all the same") == 1
    assert [ref for ref in (desk.a, desk.b, c, desk.f) if desk.row(ref)["follows"] is None] == [c]
    desk.judged()
    desk.still()


# --- what is told ----------------------------------------------------------------------------------------------------


def test_the_story_of_a_follower_is_its_own(desk: Case) -> None:
    desk.customer.comment(desk.f, L1, "smoke here as well", public=True)
    desk.run(20)
    number, lead = (desk.customer.ticket(ref).number for ref in (desk.f, desk.a))
    [bond] = desk.rig.store.find_bonds(number.lower())
    [one] = desk.rig.store.load([bond.id]).values()

    def told(ticket: str) -> dict[str, Any]:
        return tell(one.bond, desk.rig.store.records(bond.id), mapping=desk.rig.mapping, ticket=ticket).as_dict()

    mine, theirs = told(number.lower()), told(lead.lower())
    assert (mine["ticket"], mine["follows"]) == (number, f"{desk.case(desk.a).number}/{lead}")
    assert mine["story"][0]["text"].startswith(f"Ticket {number} follows case")
    assert any("was carried to case" in line["text"] for line in mine["story"])
    assert sorted(mine["units"]) == ["case_line", "case_number", "status"]
    assert (theirs["ticket"], theirs["follows"], theirs["followers"]) == (lead, None, [number])
    assert f"for ticket {lead}" in theirs["story"][1]["text"]


def test_a_field_that_could_not_be_read_when_the_case_became_another_one_stands_as_it_is_once_it_can_be() -> None:
    """And says why, instead of that it cannot be read."""
    desk = Desk()
    before, into = desk.case(desk.a).ref, desk.portal.create(VENDOR, {"Title": "the vendor's own case"})
    desk.customer.hidden_fields = {"short_description"}
    desk.portal.merge(before, into, VENDOR)
    desk.run(60)
    assert desk.row(desk.a)["case_ref"] == into
    assert desk.row(desk.a)["standing"]["title"]["why"] == "unreadable"
    desk.customer.hidden_fields = set()
    desk.customer.comment(desk.a, L1, "still there?", public=True)
    desk.run(60)
    assert desk.row(desk.a)["standing"]["title"]["why"] == "moved"
    desk.customer.edit(desk.a, L1, {"short_description": "level 1 decides"})
    desk.run(60)
    assert desk.portal.ticket(into).fields["Title"] == "level 1 decides"


def test_what_changes_in_the_case_while_the_ticket_s_field_could_not_be_read_is_news() -> None:
    desk = Desk()
    before, into = desk.case(desk.a).ref, desk.portal.create(VENDOR, {"Title": "the vendor's own case"})
    desk.customer.hidden_fields = {"short_description"}
    desk.portal.merge(before, into, VENDOR)
    desk.run(60)
    desk.portal.edit(into, VENDOR, {"Title": "the vendor knows more"})
    desk.run(60)
    desk.customer.hidden_fields = set()
    desk.customer.comment(desk.a, L1, "still there?", public=True)
    desk.run(60)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "the vendor knows more"


def test_a_note_on_a_follower_that_our_account_may_not_see_is_not_written_again(desk: Case) -> None:
    """Nobody answered, and the right to read comments is withdrawn: on this ticket, too, to see none proves nothing."""
    desk.customer.journal_rights = False
    late = desk.follower(desk.a)
    desk.after("PATCH incident", lambda: desk.fault("answer_lost", "PATCH incident"))
    desk.run(200)
    assert desk.acted()
    assert not desk.faults_left()
    assert "cannot be read" in desk.row(late)["held"]
    desk.customer.journal_rights = True
    desk.run(900, 20)
    assert desk.told(late, "This ticket follows the vendor's case") == 1
    desk.calm(desk.a, late)
    desk.judged()
    desk.still()


def test_what_was_put_back_for_a_person_and_a_follower_s_file_covered_again_is_put_back_once_more() -> None:
    """Nobody could look at the lead in between: its comments could not be read, while the file of another ticket went out."""
    desk = Case()
    desk.texts_reopen()
    case = desk.case(desk.a).ref

    def nobody_looks() -> None:
        desk.customer.journal_rights = False

    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending reminder"}))
    desk.after("TicketUpdate", lambda: desk.after("TicketUpdate", nobody_looks))
    desk.run(20)
    assert desk.acted()
    assert desk.portal.ticket(case).fields["State"] == "pending reminder", "put back"
    late = desk.follower(desk.a)
    desk.customer.attach(late, L1, "log.txt", b"smoke", "text/plain")
    desk.run(20)
    assert [i.text for i in desk.portal.ticket(case).files] == ["log.txt"]
    assert desk.portal.ticket(case).fields["State"] == "open", "the file opened it, and nobody can have looked at it since"
    desk.customer.journal_rights = True
    desk.run(120)
    assert desk.portal.ticket(case).fields["State"] == "pending reminder"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.judged()
    desk.still()


def test_a_follower_s_comment_waits_while_a_status_is_to_be_put_back_on_the_case() -> None:
    """What the vendor does meanwhile would be lost in it: neither the put-back nor anybody else would know of it."""
    desk = Case()
    desk.texts_reopen()
    case = desk.case(desk.a).ref

    def both() -> None:
        desk.customer.comment(desk.f, L1, "here too", public=True)
        desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending auto close+"}))

    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.before("TicketUpdate", lambda: desk.portal.edit(case, VENDOR, {"State": "pending reminder"}))
    desk.after("TicketUpdate", both)
    desk.run(120)
    assert desk.acted()
    assert len([i for i in desk.spoken_here(case) if "here too" in i.text]) == 1
    assert desk.portal.ticket(case).fields["State"] == "pending auto close+", "the vendor's newest word"
    assert desk.customer.ticket(desk.a).fields["state"] == "2"
    desk.judged()
    desk.still()

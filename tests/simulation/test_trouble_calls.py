"""Trouble with single calls: what gets lost, lands late, arrives twice or is answered with nonsense. All ends in agreement."""

from __future__ import annotations

from functools import partial

import pytest

from tests.simulation.trouble_desk import DONE, L1, ON_HOLD, VENDOR, Desk

#: Trouble that a well-behaved connector gets over by itself, wherever it strikes.
FAULTS = (
    "refused",
    "answer_lost",
    "late",
    "limited",
    "limited_bare",
    "html_502",
    "html_502_after",
    "html_200",
    "truncated",
)
READS = ("GET incident", "GET sys_journal_field", "GET sys_attachment", "TicketSearch", "TicketGet", "TicketHistoryGet")
RECOVERY = 60.0
"""Seconds within which all must be well again: settle and read lag of these tests, a third of a lease, and some retries."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_case_is_opened_once_whatever_becomes_of_the_call(fault: str) -> None:
    desk = Desk(linked=False)
    desk.fault(fault, "TicketCreate")
    desk.run(RECOVERY)
    assert desk.faults_left() == 0
    assert len(desk.portal.tickets()) == 2
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("fault", FAULTS)
def test_comments_arrive_once_whatever_becomes_of_the_call(fault: str) -> None:
    desk = Desk()
    desk.fault(fault, "TicketUpdate")
    desk.fault(fault, "PATCH incident")
    desk.both_talk(desk.a)
    desk.run(6)
    desk.both_talk(desk.b)
    desk.run(RECOVERY)
    assert desk.faults_left() == 0
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("fault", FAULTS)
def test_files_arrive_once_and_whole_whatever_becomes_of_the_call(fault: str) -> None:
    desk = Desk()
    desk.fault(fault, "TicketUpdate")
    desk.fault(fault, "POST attachment")
    for ref in (desk.a, desk.b):
        desk.customer.attach(ref, L1, "log.txt", b"log of" + ref.encode() * 99, "text/plain")
        desk.portal.attach(desk.case(ref).ref, VENDOR, "fix.zip", b"fix of" + ref.encode() * 99)
    desk.run(RECOVERY)
    assert desk.faults_left() == 0
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("fault", FAULTS)
def test_fields_agree_although_a_write_met_trouble_on_each_side(fault: str) -> None:
    desk = Desk()
    desk.fault(fault, "TicketUpdate")
    desk.fault(fault, "PATCH incident")
    for ref in (desk.a, desk.b):
        desk.customer.edit(ref, L1, {"short_description": f"new title {ref[:4]}", "impact": "1"})
        desk.portal.edit(desk.case(ref).ref, VENDOR, {"State": "pending reminder"})
    desk.run(RECOVERY)
    assert desk.faults_left() == 0
    desk.agree(desk.a, desk.b)
    for ref in (desk.a, desk.b):
        assert desk.customer.ticket(ref).fields["state"] == "2"
        assert desk.case(ref).fields["Priority"] == "4 high"
    desk.still()


@pytest.mark.parametrize("fault", ["answer_lost", "stale", "limited_bare", "html_200", "truncated"])
def test_no_trouble_with_a_read_does_any_harm(fault: str) -> None:
    desk = Desk(linked=False)
    for label in READS:
        desk.fault(fault, label)
    desk.run(20)
    for label in READS:
        desk.fault(fault, label)
    desk.both_talk(desk.a)
    desk.customer.edit(desk.b, L1, {"short_description": "another"})
    desk.run(RECOVERY)
    assert desk.faults_left() == 0
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_file_that_a_lagging_read_does_not_show_yet_is_fetched_later() -> None:
    desk = Desk()
    desk.fault("stale", "GET attachment")
    desk.customer.attach(desk.a, L1, "log.txt", b"log", "text/plain")
    desk.run(RECOVERY)
    assert desk.faults_left() == 0
    desk.agree(desk.a, desk.b)


def test_a_late_write_is_recognised_when_it_lands() -> None:
    """The answer never came and the comment lands seconds later, when the connector has looked for it already."""
    desk = Desk()
    desk.rig.world.late_after = (9.0, 9.5)
    desk.fault("late", "TicketUpdate")
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.run(6)
    assert desk.row(desk.a)["open"] == 1
    assert not desk.copies(desk.a, "any news?")
    desk.run(RECOVERY)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_case_that_lands_late_is_adopted_and_not_opened_again() -> None:
    desk = Desk(linked=False)
    desk.rig.world.late_after = (9.0, 9.5)
    desk.fault("late", "TicketCreate", times=2)
    desk.run(RECOVERY)
    assert len(desk.portal.tickets()) == 2
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("fault", ["html_502", "html_502_after", "late"])
def test_a_case_that_nobody_answered_for_is_found_though_its_incident_is_gone(fault: str) -> None:
    desk = Desk(linked=False)
    desk.fault(fault, "TicketCreate")
    desk.after("TicketCreate", lambda: desk.customer.delete(desk.a))
    desk.run(RECOVERY)
    assert desk.acted()
    row = desk.row(desk.a)
    opened = [ticket.ref for ticket in desk.portal.tickets() if ticket.fields["Title"] == "printer on fire"]
    assert (row["case_ref"], row["open"]) == (opened[0] if opened else "", 0)
    assert row["held"]
    desk.agree(desk.b)
    desk.still()


def test_a_portal_that_does_not_say_whether_it_shows_histories_is_asked_again() -> None:
    """Whoever took it for one that shows none would take the vendor's move for a dropped write of ours."""
    desk = Desk(linked=False)
    desk.fault("limited_bare", "TicketHistoryGet")
    desk.after("TicketCreate", lambda: desk.portal.edit(desk.portal.tickets()[0].ref, VENDOR, {"State": "pending reminder"}))
    desk.run(120)
    assert desk.acted()
    assert desk.faults_left() == 0
    assert sorted(desk.customer.ticket(ref).fields["state"] for ref in (desk.a, desk.b)) == ["2", "3"]
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_history_older_than_the_read_beside_it_does_not_hide_the_vendors_title() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "title of L1"})
    desk.run(1)
    desk.rig.clock.advance(5)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "title of the vendor"})
    desk.fault("stale", "TicketHistoryGet")
    desk.run(60)
    assert desk.faults_left() == 0
    assert desk.customer.ticket(desk.a).fields["short_description"] == "title of the vendor"
    desk.agree(desk.a, desk.b)
    desk.still()


def test_while_one_write_is_in_doubt_other_tickets_go_on() -> None:
    desk = Desk()
    desk.fault("answer_lost", "TicketUpdate")
    desk.rig.world.stale_by = 60.0
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.run(2)
    desk.fault("stale", "TicketHistoryGet", times=9)
    desk.customer.comment(desk.b, L1, "and here?", public=True)
    desk.customer.edit(desk.b, L1, {"short_description": "better title"})
    desk.run(8)
    assert len(desk.copies(desk.b, "and here?")) == 1
    assert desk.case(desk.b).fields["Title"] == "better title"
    desk.heal()
    desk.run(RECOVERY)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_429_is_obeyed_for_as_long_as_it_says() -> None:
    desk = Desk()
    desk.rig.world.retry_after = 40
    desk.fault("limited", "TicketUpdate")
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.run(4)
    calls = dict(desk.rig.world.calls["otrs"])
    desk.run(30)
    assert desk.rig.world.calls["otrs"] == calls, "it asked before the time was up"
    assert not desk.copies(desk.a, "any news?")
    desk.run(30)
    desk.agree(desk.a, desk.b)
    assert desk.attempts(desk.a) == 0
    desk.still()


def test_a_429_without_a_time_is_asked_again_ever_more_slowly() -> None:
    desk = Desk()
    desk.fault("limited_bare", "Ticket", times=999)
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    before = sum(desk.rig.world.calls["otrs"].values())
    desk.run(300, 6)
    assert sum(desk.rig.world.calls["otrs"].values()) - before < 40
    desk.heal()
    desk.run(RECOVERY + 60)
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("label", ["TicketUpdate", "PATCH incident"])
def test_a_double_delivery_is_seen_and_never_copied_back(label: str) -> None:
    """The network delivers one comment twice: two copies stand there, and the connector adds no third anywhere."""
    desk = Desk()
    desk.fault("twice", label)
    desk.both_talk(desk.a, "hello")
    desk.run(RECOVERY)
    side = desk.case(desk.a) if label == "TicketUpdate" else desk.customer.ticket(desk.a)
    twice = [i for i in side.comments if i.ours and "hello" in i.text]
    assert len(twice) == 2
    assert len(desk.copies(desk.a, "hello")) == 3
    assert desk.audited(desk.a, "second_copy") == 1
    desk.agree(desk.b)
    desk.still()


def test_a_double_delivery_of_a_field_changes_nothing() -> None:
    desk = Desk()
    desk.fault("twice", "TicketUpdate")
    desk.customer.edit(desk.a, L1, {"short_description": "another title"})
    desk.run(RECOVERY)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_field_delivered_again_over_a_persons_change_is_put_right() -> None:
    """The second delivery comes after L1 changed the title once more: the older title must not win."""
    desk = Desk()
    desk.rig.world.late_after = (20.0, 20.5)
    desk.fault("twice", "TicketUpdate")
    desk.customer.edit(desk.a, L1, {"short_description": "second title"})
    desk.run(8)
    desk.customer.edit(desk.a, L1, {"short_description": "third title"})
    desk.run(RECOVERY)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "third title"
    desk.agree(desk.a, desk.b)
    desk.still()


_CARRIED_AND_COVERED: dict[tuple[str, str], tuple[dict[str, str], dict[str, str]]] = {
    ("customer", "a status"): ({"State": "pending reminder"}, {"state": "8"}),
    ("customer", "a title"): ({"Title": "from the vendor"}, {"short_description": "from level 1"}),
    ("vendor", "a status"): (ON_HOLD, {"State": "pending auto close+"}),
    ("vendor", "a title"): ({"short_description": "from level 1"}, {"Title": "from the vendor"}),
}
"""By side that is written: the change of the other side that we carry here, and the person's change here that it covers."""


class _Crossing:
    """A change of the other side that we carry to ``side``, where it is delivered a second time, and a person's change there."""

    def __init__(self, side: str, what: str) -> None:
        self.ours, self.theirs = _CARRIED_AND_COVERED[side, what]
        self.desk, self.side = Desk(), side
        customer = partial(self.desk.customer.edit, self.desk.a, L1)
        vendor = partial(self.desk.portal.edit, self.desk.case(self.desk.a).ref, VENDOR)
        self._here, self._there = (customer, vendor) if side == "customer" else (vendor, customer)
        if self.ours == ON_HOLD:
            vendor({"State": "pending reminder"})
            self.desk.run(30)

    def carry(self) -> None:
        """Our write arrives; its second delivery is on its way."""
        self.desk.fault("twice", "PATCH incident" if self.side == "customer" else "TicketUpdate")
        self._there(self.ours)
        self.desk.run(8)

    def cover(self) -> None:
        self._here(self.theirs)

    def stands(self) -> bool:
        """Whether the person's change is there."""
        desk = self.desk
        found = (desk.customer.ticket(desk.a) if self.side == "customer" else desk.case(desk.a)).fields
        return {name: found[name] for name in self.theirs} == self.theirs


@pytest.mark.parametrize(("side", "what"), _CARRIED_AND_COVERED)
def test_a_field_delivered_again_over_what_nobody_has_read_yet_is_put_right(side: str, what: str) -> None:
    crossing = _Crossing(side, what)
    desk = crossing.desk
    desk.rig.world.late_after = (20.0, 20.5)
    crossing.carry()
    desk.rig.clock.advance(4)
    crossing.cover()
    desk.rig.clock.advance(12)
    desk.rig.world.tick()
    assert desk.rig.world.pending() == 0, "the second delivery is there"
    desk.run(RECOVERY)
    assert crossing.stands()
    assert desk.audited(desk.a, "covered") == 1
    desk.still()


@pytest.mark.parametrize(("side", "what"), _CARRIED_AND_COVERED)
def test_a_field_delivered_again_while_we_read_what_it_covers_is_put_right(side: str, what: str) -> None:
    """The ticket is read with the person's value, and its history already without: that read decides nothing, and is the only one."""
    crossing = _Crossing(side, what)
    desk = crossing.desk
    covered: list[bool] = []

    def lands_again() -> None:
        before = crossing.stands()
        desk.rig.clock.advance(40)
        desk.rig.world.tick()
        covered.append(before and not crossing.stands())

    desk.rig.world.late_after = (40.0, 40.5)
    crossing.carry()
    crossing.cover()
    desk.before("GET sys_audit" if side == "customer" else "TicketHistoryGet", lands_again)
    desk.run(RECOVERY)
    assert covered == [True]
    assert crossing.stands()
    assert desk.audited(desk.a, "covered") == 1
    desk.still()


def test_a_move_delivered_again_over_an_end_in_the_same_second_is_put_right() -> None:
    desk = Desk()
    desk.rig.world.late_after = (1.5, 1.6)
    desk.fault("twice", "PATCH incident")
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending reminder"})
    desk.after("PATCH incident", lambda: desk.customer.edit(desk.a, L1, {"state": "8"}))
    desk.run(RECOVERY)
    assert desk.acted()
    assert desk.customer.ticket(desk.a).fields["state"] == "8"
    assert desk.audited(desk.a, "covered") == 1
    desk.still()


@pytest.mark.parametrize("side", ["vendor", "customer"])
def test_a_field_delivered_again_between_our_next_write_and_its_check_is_put_right(side: str) -> None:
    """The portal's answer shows nothing: what stands there then looks as if it had dropped the newer title."""
    desk = Desk()
    case, label = desk.case(desk.a).ref, "TicketUpdate" if side == "vendor" else "PATCH incident"

    def rename(title: str) -> None:
        if side == "vendor":
            desk.customer.edit(desk.a, L1, {"short_description": title})
        else:
            desk.portal.edit(case, VENDOR, {"Title": title})

    def titles() -> tuple[str, str]:
        return desk.customer.ticket(desk.a).fields["short_description"], desk.portal.ticket(case).fields["Title"]

    landed_again: list[bool] = []

    def wait_for_it() -> None:
        desk.rig.clock.advance(12)
        desk.rig.world.tick()
        landed_again.append("second" in titles())

    desk.rig.world.late_after = (20.0, 20.0)
    desk.fault("twice", label)
    rename("second")
    desk.run(12)
    rename("third")
    desk.after(label, wait_for_it)
    desk.run(RECOVERY)
    assert landed_again == [True]
    assert titles() == ("third", "third")
    desk.agree(desk.a)
    desk.still()


def test_a_status_delivered_again_before_the_next_one_was_verified_stands_and_is_told() -> None:
    """Of a status nobody can tell it from what a comment of ours provoked: it is not put right, and not hidden."""
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(20)
    desk.rig.world.late_after = (20.0, 20.0)
    desk.fault("twice", "TicketUpdate")
    desk.customer.edit(desk.a, L1, ON_HOLD)
    desk.run(8)
    desk.portal.edit(case, VENDOR, {"State": "pending auto close+"})
    desk.run(4)

    def wait_for_it() -> None:
        desk.rig.clock.advance(12)
        desk.rig.world.tick()

    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.after("TicketUpdate", wait_for_it)
    desk.run(RECOVERY)
    assert desk.acted()
    assert (desk.customer.ticket(desk.a).fields["state"], desk.portal.ticket(case).fields["State"]) == ("7", "open")
    assert desk.row(desk.a)["standing"]["status"]["why"] == "dropped"
    assert "did not keep our change of status" in desk.notes(desk.a)
    desk.still()


def test_a_portal_that_turns_our_title_back_under_our_name_has_its_way_in_the_end() -> None:
    """It looks like a late second delivery, so it is written once more, and no third time."""
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.customer.edit(desk.a, L1, {"short_description": "second"})
    desk.run(30)

    def turn_back() -> None:
        desk.portal.edit(case, "connector", {"Title": "second"})
        desk.after("TicketUpdate", turn_back)

    desk.after("TicketUpdate", turn_back)
    before = desk.writes()
    desk.customer.edit(desk.a, L1, {"short_description": "third"})
    desk.run(RECOVERY)
    assert desk.row(desk.a)["standing"]["title"]["why"] == "dropped"
    assert desk.notes(desk.a).count("did not keep our change of title") == 1
    assert desk.writes() - before == 3, "the title twice, and a note"
    desk.still()


def test_a_case_opened_twice_by_the_network_is_reported() -> None:
    desk = Desk(linked=False)
    desk.fault("twice", "TicketCreate")
    desk.run(RECOVERY)
    doubled = next(ref for ref in (desk.a, desk.b) if len(desk.cases(ref)) == 2)
    assert desk.audited(doubled, "second_case")


def test_a_case_opened_twice_by_the_network_is_linked_once() -> None:
    desk = Desk(linked=False)
    desk.fault("twice", "TicketCreate")
    desk.run(RECOVERY)
    doubled = next(ref for ref in (desk.a, desk.b) if len(desk.cases(ref)) == 2)
    assert len([row for row in (desk.row(desk.a), desk.row(desk.b)) if row["case_ref"]]) == 2
    assert desk.cases(doubled)[0].ref == desk.row(doubled)["case_ref"]
    desk.customer.comment(doubled, L1, "to one case only", public=True)
    desk.run(20)
    said = [i for t in desk.cases(doubled) for i in t.comments if "to one case only" in i.text]
    assert len(said) == 1
    desk.still()

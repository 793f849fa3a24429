"""Systems that are away, doors that are locked, processes that die or freeze, and a mapping that changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from connector.sandbox.core import Call
from connector.sync.operate import try_again
from connector.sync.reconcile import LETHAL
from connector.sync.report import report
from connector.words import Side
from tests.simulation.play import Crash
from tests.simulation.trouble_desk import L1, VENDOR, Desk, TokenRig

# --- outage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "label"),
    [("refused", "Ticket"), ("answer_lost", "Ticket"), ("html_502", "Ticket"), ("refused", "GET"), ("html_200", "GET")],
)
def test_an_outage_costs_few_calls_counts_against_nobody_and_is_caught_up(fault: str, label: str) -> None:
    desk = Desk()
    others = [desk.incident(f"ticket {n}") for n in range(3)]
    desk.run(15)
    system = "otrs" if label == "Ticket" else "servicenow"
    before = sum(desk.rig.world.calls[system].values())
    desk.fault(fault, label, times=9999)
    for ref in (desk.a, desk.b, *others):
        desk.both_talk(ref)
    late = desk.incident("opened during the outage")
    desk.run(600, 12)
    assert sum(desk.rig.world.calls[system].values()) - before < 120
    assert all(desk.attempts(ref) == 0 for ref in (desk.a, desk.b, *others))
    desk.heal()
    desk.run(120)
    desk.agree(desk.a, desk.b, *others, late)
    desk.still()


def test_an_outage_that_begins_with_a_write_counts_against_nobody() -> None:
    desk = Desk()
    desk.both_talk(desk.a)
    desk.fault("refused", "TicketUpdate")
    desk.before("TicketUpdate", lambda: desk.fault("refused", "Ticket", times=9999))
    desk.run(300, 10)
    assert desk.attempts(desk.a) == 0
    desk.heal()
    desk.run(120)
    desk.agree(desk.a, desk.b)
    desk.still()


# --- the account -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["customer", "portal"])
def test_a_wrong_password_stops_the_side_and_no_ticket(side: str) -> None:
    desk = Desk()
    api = desk.portal.api if side == "portal" else desk.customer._rest._access
    name = "password" if side == "portal" else "_password"
    good = getattr(api, name)
    setattr(api, name, "changed")
    system = "otrs" if side == "portal" else "servicenow"
    before = sum(desk.rig.world.calls[system].values())
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    desk.run(600, 12)
    assert sum(desk.rig.world.calls[system].values()) - before < 60, "it hammers at a locked door"
    for ref in (desk.a, desk.b):
        assert desk.row(ref)["parked"] is None
        assert desk.attempts(ref) == 0
    setattr(api, name, good)
    desk.run(120)
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize(
    "label", ["GET sys_journal_field", "GET attachment", "PATCH incident", "POST attachment", "TicketGet", "TicketUpdate"]
)
def test_a_token_that_ends_in_the_middle_of_a_pass_is_renewed(label: str) -> None:
    desk = Desk(rig=TokenRig)
    desk.fault("expired", label)
    for ref in (desk.a, desk.b):
        desk.both_talk(ref)
        desk.customer.attach(ref, L1, "log.txt", b"log of" + ref.encode())
        desk.portal.attach(desk.case(ref).ref, VENDOR, "fix.zip", b"fix of" + ref.encode())
        desk.portal.edit(desk.case(ref).ref, VENDOR, {"State": "pending reminder"})
    desk.run(60)
    assert desk.faults_left() == 0
    desk.agree(desk.a, desk.b)
    desk.still()


# --- crash and freeze --------------------------------------------------------------------------------------------


def crash(desk: Desk, phase: str, label: str) -> None:
    """The process dies at the next such call, and is started again after a while."""

    def die() -> None:
        raise Crash

    (desk.before if phase == "before" else desk.after)(label, die)
    with pytest.raises(Crash):
        desk.run(60)
    desk.rig.clock.advance(3)
    desk.restart()


WRITES: list[tuple[str, Callable[[Desk], object]]] = [
    ("TicketUpdate", lambda d: d.customer.comment(d.a, L1, "any news?", public=True)),
    ("TicketUpdate", lambda d: d.customer.edit(d.a, L1, {"short_description": "new title", "impact": "1"})),
    ("TicketUpdate", lambda d: d.customer.attach(d.a, L1, "log.txt", b"log", "text/plain")),
    ("PATCH incident", lambda d: d.portal.comment(d.case(d.a).ref, VENDOR, "try this", public=True)),
    ("PATCH incident", lambda d: d.portal.edit(d.case(d.a).ref, VENDOR, {"State": "pending reminder", "Title": "v"})),
    ("POST attachment", lambda d: d.portal.attach(d.case(d.a).ref, VENDOR, "fix.zip", b"fix")),
]


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("n", range(len(WRITES)))
def test_a_crash_around_a_write_loses_and_doubles_nothing(n: int, phase: str) -> None:
    """Before: the intent is on record, the call never left. After: it took effect, nobody noted the answer."""
    desk = Desk()
    label, act = WRITES[n]
    act(desk)
    crash(desk, phase, label)
    desk.both_talk(desk.b)
    desk.run(120)
    desk.agree(desk.a, desk.b)
    desk.still()


CHANGED_SINCE: list[tuple[str, Callable[[Desk], object], Callable[[Desk], object], str]] = [
    (
        "TicketUpdate",
        lambda d: d.customer.edit(d.a, L1, {"short_description": "level 1's"}),
        lambda d: d.portal.edit(d.case(d.a).ref, VENDOR, {"Title": "the vendor's"}),
        "the vendor's",
    ),
    (
        "TicketUpdate",
        lambda d: d.customer.edit(d.a, L1, {"short_description": "level 1's"}),
        lambda d: d.portal.edit(d.case(d.a).ref, VENDOR, {"Title": "printer on fire"}),
        "printer on fire",
    ),
    (
        "PATCH incident",
        lambda d: d.portal.edit(d.case(d.a).ref, VENDOR, {"Title": "the vendor's"}),
        lambda d: d.customer.edit(d.a, L1, {"short_description": "printer on fire"}),
        "printer on fire",
    ),
]


@pytest.mark.parametrize("n", range(len(CHANGED_SINCE)))
def test_what_people_make_of_a_write_after_a_crash_is_news(n: int) -> None:
    """It took effect, the process died, somebody changed it: no conflict with what that person had before their eyes."""
    desk = Desk()
    label, act, change, title = CHANGED_SINCE[n]
    act(desk)
    crash(desk, "after", label)
    change(desk)
    desk.run(200)
    assert desk.customer.ticket(desk.a).fields["short_description"] == title
    assert desk.audited(desk.a, "conflict") == 0
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_crash_around_the_creation_leaves_one_case(phase: str) -> None:
    desk = Desk(linked=False)
    crash(desk, phase, "TicketCreate")
    desk.run(120)
    assert len(desk.portal.tickets()) == 2
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.slow
def test_restarts_park_no_bond_even_with_a_failure_on_top() -> None:
    desk = Desk()
    desk.both_talk(desk.a)
    for _ in range(2 * desk.rig.timing.max_attempts):
        crash(desk, "before", "TicketUpdate")
        desk.rig.clock.advance(desk.rig.timing.lease)

    def fail() -> None:
        raise ValueError("an error that nobody expected")

    desk.before("TicketUpdate", fail)
    desk.run(60)
    assert desk.acted()
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_bond_that_ends_every_process_parks_at_last_and_delays_no_other() -> None:
    desk = Desk()
    bond = desk.row(desk.a)["bond"]

    def die(call: Call) -> None:
        work = desk.rig.store.work_of(bond)
        if call.write and work and work.until > desk.rig.clock.now:
            raise Crash

    def ends() -> bool:
        try:
            desk.run(60)
        except Crash:
            desk.rig.clock.advance(desk.rig.timing.lease)
            desk.restart()
            return True
        return False

    desk.rig.world.on_call = die
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    ended = sum(ends() for _ in range(12))
    desk.agree(desk.b)
    while ended <= LETHAL and ends():
        ended += 1
    assert ended == LETHAL
    assert f"{LETHAL} in a row" in str(desk.row(desk.a)["parked"])


def test_a_poll_that_meets_a_case_which_is_just_being_recorded_takes_the_bond_from_nobody() -> None:
    desk = Desk(linked=False)
    kept: list[bool] = []

    def fences() -> list[int]:
        bonds = (desk.rig.store.work_of(row["bond"]) for row in report(desk.rig.store, "acme"))
        return [work.fence for work in bonds if work]

    def poll() -> None:
        before = fences()
        desk.rig.engine.poll(Side.VENDOR)
        kept.append(fences() == before)

    def poll_twice() -> None:
        poll()
        desk.before("TicketCreate", poll_later)

    def poll_later() -> None:
        desk.rig.clock.advance(3)
        poll()

    desk.after("TicketCreate", poll_twice)
    desk.run(30)
    assert kept == [True, True]
    desk.agree(desk.a, desk.b)


@pytest.mark.parametrize("standstill", [12.0, 45.0])
@pytest.mark.parametrize(
    ("phase", "label"),
    [("before", "GET sys_journal_field"), ("after", "TicketGet"), ("after", "TicketUpdate"), ("after", "PATCH incident")],
)
def test_a_frozen_worker_is_fenced(phase: str, label: str, standstill: float) -> None:
    desk = Desk()
    others: list[int] = []

    def freeze() -> None:
        desk.rig.clock.advance(standstill)
        mine, desk.rig.worker = desk.rig.worker, "other"
        others.append(desk.rig.turn())
        desk.rig.worker = mine

    for ref in (desk.a, desk.b):
        desk.both_talk(ref)
        desk.customer.edit(ref, L1, {"short_description": f"title {ref[:4]}"})
    (desk.before if phase == "before" else desk.after)(label, freeze)
    desk.run(120)
    assert len(others) == 1
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("label", ["TicketUpdate", "PATCH incident"])
def test_a_worker_that_freezes_in_the_middle_of_a_write_is_within_what_settle_covers(label: str) -> None:
    """The call leaves 12 s after its announcement: no other worker may have written the same in the meantime."""
    desk = Desk()

    def freeze() -> None:
        desk.rig.clock.advance(12)
        mine, desk.rig.worker = desk.rig.worker, "other"
        desk.rig.turn()
        desk.rig.worker = mine

    desk.both_talk(desk.a)
    desk.before(label, freeze)
    desk.run(120)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_stale_read_is_never_used() -> None:
    """A replica shows both tickets as they were before the newest changes: nothing is turned back."""
    desk = Desk()
    desk.rig.world.stale_by = 30.0
    for n in range(4):
        desk.customer.edit(desk.a, L1, {"short_description": f"L1 title {n}"})
        desk.run(6)
        desk.fault("stale", "GET incident", times=2)
        desk.fault("stale", "TicketGet", times=2)
        desk.customer.comment(desk.a, L1, f"comment {n}", public=True)
        desk.run(6)
    desk.run(60)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "L1 title 3"
    titles = [d.new for d in desk.rig.world.deeds if d.system == "otrs" and d.ours and d.field == "Title" and d.ticket == "1"]
    assert titles[-4:] == [f"L1 title {n}" for n in range(4)]
    desk.agree(desk.a, desk.b)
    desk.still()


# --- another mapping ---------------------------------------------------------------------------------------------


def another_mapping(desk: Desk) -> None:
    """The same rules under another version, as after an edit of a comment in the file."""
    desk.rig.mapping = replace(desk.rig.mapping, version="another")
    desk.restart()


def test_another_mapping_makes_no_difference_of_what_is_agreed() -> None:
    desk = Desk()
    another_mapping(desk)
    desk.both_talk(desk.b)
    desk.run(900, 50)
    desk.agree(desk.a, desk.b)


def test_under_another_mapping_differences_stand_and_nothing_is_written_by_itself() -> None:
    desk = Desk()
    for ref in (desk.a, desk.b):
        desk.portal.edit(desk.case(ref).ref, VENDOR, {"State": "open"})
    desk.run(20)
    desk.customer.edit(desk.a, L1, {"short_description": "changed while the product was down"})
    another_mapping(desk)
    before = desk.writes()
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert set(standing) == {"title"}
    assert standing["title"]["why"] == "mapping"
    assert "not applied unless asked for" in standing["title"]["reason"]
    assert desk.writes() == before
    assert desk.case(desk.a).fields["Title"] == "printer on fire"
    desk.customer.edit(desk.a, L1, {"short_description": "changed again"})
    desk.both_talk(desk.b)
    desk.run(60)
    desk.agree(desk.a, desk.b)
    desk.still()


def test_what_differs_under_another_mapping_is_applied_on_request() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "changed while the product was down"})
    another_mapping(desk)
    desk.run(60)
    assert desk.row(desk.a)["standing"]["title"]["why"] == "mapping"
    with desk.rig.store.operator_transaction(desk.row(desk.a)["bond"]) as tx:
        bond = tx.load().bond
        assert try_again(bond, desk.rig.connection.mapping) == ([], ["title"])
        tx.save(bond)
    desk.run(60)
    assert desk.case(desk.a).fields["Title"] == "changed while the product was down"
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("times", [1, 3])
def test_a_busy_portal_that_does_not_show_histories_yet_is_not_taken_for_one_without(times: int) -> None:
    """Who moved the case right after it was opened is known from its history alone."""
    desk = Desk(linked=False)
    desk.fault("limited_bare", "TicketHistoryGet", times)
    desk.after("TicketCreate", lambda: desk.portal.edit("1", VENDOR, {"State": "pending auto close+"}))
    desk.run(200)
    assert desk.acted()
    moved = next(ref for ref in (desk.a, desk.b) if desk.row(ref)["case_ref"] == "1")
    assert desk.row(moved)["standing"] == {}
    assert desk.customer.ticket(moved).fields["state"] == "2", "solved by the vendor: back with level 1"
    desk.agree(desk.a, desk.b)


def test_a_portal_that_never_answers_for_histories_is_worked_with_all_the_same() -> None:
    desk = Desk(linked=False)
    desk.fault("limited_bare", "TicketHistoryGet", 1000)
    desk.run(400)
    desk.agree(desk.a, desk.b)


def test_a_ticket_that_goes_in_that_moment_says_nothing_of_the_right_to_read_histories() -> None:
    desk = Desk(linked=False)
    desk.before("TicketHistoryGet", lambda: desk.portal.delete("1"))
    desk.run(60)
    assert desk.acted()
    assert desk.rig.connection.adapters[Side.VENDOR].capabilities.history

"""Outages and limits on the whole product in virtual time: what is called when, what comes first, what is never lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from connector.mapping.mapping import TicketMapping
from connector.sandbox.core import Call
from connector.sync.connection import Timing
from connector.sync.gate import Spared
from connector.sync.reconcile import Reconciler
from connector.words import Side
from tests.simulation.rig import Rig
from tests.simulation.trouble_desk import L1, VENDOR, Desk

HOUR = 3600.0
POLLS = frozenset({"GET incident", "GET sys_attachment", "TicketSearch"})


@contextmanager
def counted(desk: Desk) -> Iterator[Counter[tuple[str, str]]]:
    """The calls that are made meanwhile, by system and kind."""
    seen: Counter[tuple[str, str]] = Counter()
    told = desk.rig.world.on_call

    def count(call: Call) -> None:
        seen[call.system, call.label] += call.phase == "before"
        told(call)

    desk.rig.world.on_call = count
    yield seen
    desk.rig.world.on_call = told


# --- quiet -------------------------------------------------------------------------------------------------------


class QuietRig(Rig):
    """No sweep within the day, so that whatever is called in an hour is a poll."""

    def __init__(self, seed: int, *, mapping: TicketMapping | None = None) -> None:
        super().__init__(seed, mapping=mapping, timing=Timing(max_age=5.0, call_timeout=5.0, lease=30.0, sweep=10 * 86400.0))


def test_a_quiet_hour_is_polls_and_nothing_else() -> None:
    """Polls each 15 s, as shipped: two calls to ServiceNow and one to the portal."""
    desk = Desk(rig=QuietRig)
    refs = [desk.a, desk.b, *(desk.incident(f"ticket {n}") for n in range(8))]
    desk.run(15)
    for ref in refs:
        desk.both_talk(ref)
    desk.run(120)
    writes = desk.writes()
    with counted(desk) as calls:
        desk.run(HOUR, 15)
    print(dict(calls))  # noqa: T201 - figures of a run (-rP shows them)
    assert desk.writes() == writes
    assert {kind for _, kind in calls} == POLLS
    assert max(calls.values()) <= HOUR / 15
    desk.agree(*refs)


# --- a system that asks for a pause ------------------------------------------------------------------------------


def test_what_one_process_was_asked_for_another_obeys() -> None:
    desk = Desk()
    rig = desk.rig
    other = Reconciler(rig.connection, rig.store, rig.clock)
    rig.world.retry_after = 300
    desk.fault("limited", "TicketUpdate")
    for ref in (desk.a, desk.b):
        desk.both_talk(ref)
    asked = rig.clock.now
    desk.run(4)
    assert desk.faults_left() == 0
    with counted(desk) as calls:
        while rig.clock.now < asked + 299:
            other.work("other")
            with suppress(Spared):
                other.poll(Side.VENDOR)
            rig.clock.advance(7)
    assert calls == Counter(), "it called a side that had asked another process for a pause"
    rig.clock.advance(10)
    for _ in range(10):
        other.poll(Side.VENDOR)
        other.poll(Side.CUSTOMER)
        other.work("other")
        rig.clock.advance(3)
    desk.agree(desk.a, desk.b)
    assert [desk.attempts(ref) for ref in (desk.a, desk.b)] == [0, 0]
    desk.still()


def test_a_process_that_starts_obeys_what_an_earlier_one_was_asked_for() -> None:
    desk = Desk()
    desk.rig.world.retry_after = 300
    desk.fault("limited", "TicketGet")
    desk.both_talk(desk.a)
    desk.run(4)
    desk.rig.start()
    with counted(desk) as calls:
        desk.run(280)
    assert {system for system, _ in calls} == {"servicenow"}
    desk.run(60)
    desk.agree(desk.a, desk.b)


@pytest.mark.parametrize(("fault", "nth"), [*(("limited", n) for n in range(1, 13)), *(("limited_bare", n) for n in (1, 5, 9))])
def test_a_429_at_any_call_loses_parks_and_counts_nothing(fault: str, nth: int) -> None:
    """A busy moment, with everything that can be in a pass; the nth call to either system meets the limit."""
    desk = Desk()
    late = desk.incident("opened just now")
    for ref in (desk.a, desk.b):
        desk.both_talk(ref)
        desk.customer.edit(ref, L1, {"short_description": f"title {ref[:4]}", "impact": "1"})
        desk.portal.edit(desk.case(ref).ref, VENDOR, {"State": "pending reminder"})
        desk.customer.attach(ref, L1, "log.txt", b"log of" + ref.encode(), "text/plain")
        desk.portal.attach(desk.case(ref).ref, VENDOR, "fix.zip", b"fix of" + ref.encode())
    met: Counter[str] = Counter()

    def choose(call: Call) -> str | None:
        met[call.system] += 1
        return fault if met[call.system] == nth else None

    desk.rig.world.choose_fault = choose
    for _ in range(10):
        desk.run(2, 1)
        assert [row for ref in (desk.a, desk.b) if (row := desk.row(ref))["parked"]] == []
        assert max(desk.attempts(ref) for ref in (desk.a, desk.b)) == 0
    desk.run(60)
    assert desk.rig.world.injected[fault] == 2
    desk.agree(desk.a, desk.b, late)
    desk.still()


# --- outages of hours --------------------------------------------------------------------------------------------


def test_the_healthy_side_is_polled_and_nothing_else_while_the_other_is_down() -> None:
    desk = Desk()
    others = [desk.incident(f"ticket {n}") for n in range(20)]
    desk.run(60)
    desk.fault("refused", "Ticket", times=10**9)
    for ref in (desk.a, desk.b, *others):
        desk.both_talk(ref)
    with counted(desk) as calls:
        for _ in range(int(2 * HOUR / 15)):  # as a process that does not lead: no poll finds out for it
            desk.rig.engine.poll(Side.CUSTOMER)
            desk.rig.engine.work("worker")
            desk.rig.clock.advance(15)
    assert {kind for system, kind in calls if system == "servicenow"} <= POLLS | {"GET sys_journal_field"}
    assert calls["servicenow", "GET sys_journal_field"] <= 1, "tickets were read whose cases could not be"
    assert sum(n for (system, _), n in calls.items() if system == "otrs") < 3 * 130, "three tries at a call, once a minute"
    assert max(desk.attempts(ref) for ref in (desk.a, *others)) == 0
    desk.heal()
    desk.run(150)
    desk.agree(desk.a, desk.b, *others)
    desk.still()


def test_after_an_outage_of_hours_p1s_come_first_and_all_come() -> None:
    """Sixty P3 change as the outage begins, four P1 are opened as it ends: each P1 has its case before any P3 is written."""
    desk = Desk()
    piled = [desk.incident(f"piled {n}") for n in range(60)]
    desk.run(60)
    desk.fault("refused", "Ticket", times=10**9)
    for ref in piled:
        desk.customer.comment(ref, L1, "since the outage began", public=True)
    desk.run(9 * HOUR, 300)
    urgent = [desk.incident(f"urgent {n}", impact="1", urgency="1") for n in range(4)]
    desk.run(60)
    desk.heal()
    before = len(desk.rig.world.deeds)
    desk.run(240)
    done = [deed for deed in desk.rig.world.deeds[before:] if deed.system == "otrs" and deed.ours]
    firsts = list(dict.fromkeys(deed.ticket for deed in done))[: len(urgent)]
    assert set(firsts) == {desk.case(ref).ref for ref in urgent}
    assert {desk.row(ref)["priority"] for ref in urgent} == {1}
    desk.agree(*urgent, *piled)
    desk.still()

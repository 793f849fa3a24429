"""Old tickets become cases: page by page, each once, whatever happens on the way."""

from __future__ import annotations

import itertools

import pytest

from adapters.servicenow import ServiceNow
from connector.daemon.backfill import SPACING, Backfill, as_dict
from connector.daemon.errors import NotDone
from connector.sandbox.core import Call
from connector.store.backfilled import Progress
from connector.words import Side
from tests.simulation.link_desk import DONE, L1, ON_HOLD, LinkDesk
from tests.simulation.play import Crash
from tests.simulation.rig import START
from tests.simulation.trouble import Hints

DAY = 86_400.0


@pytest.fixture
def desk() -> LinkDesk:
    return LinkDesk()


def backfill(desk: LinkDesk, page: int = 3) -> Backfill:
    """As the command line makes it: adapters of its own; with small pages."""
    desk.linker()
    hinting = desk.rig.connection.adapters[Side.CUSTOMER]
    assert isinstance(hinting, Hints)
    customer = hinting.wrapped
    assert isinstance(customer, ServiceNow)
    customer.settings = customer._api.settings = customer.settings.model_copy(update={"page": page})
    return Backfill(desk.rig.connection, desk.rig.store)


def old_tickets(desk: LinkDesk, count: int = 8) -> list[str]:
    """One a day, all for the vendor; the last is a month old. Today's is not for the vendor: a first poll begins at the newest."""
    refs = []
    for n in range(count):
        refs.append(desk.incident(f"old {n}"))
        desk.customer.comment(refs[-1], L1, "said long ago", public=True)
        desk.rig.clock.advance(DAY)
    desk.rig.clock.advance(30 * DAY)
    desk.incident("today's", state="2", hold_reason="")
    return refs


def all_of(desk: LinkDesk, since: float | None = None, until: float | None = None) -> Progress:
    work = backfill(desk)
    return work.run(work.begin(since, until))


def test_old_tickets_become_cases_like_new_ones(desk: LinkDesk) -> None:
    refs = old_tickets(desk)
    desk.run(30)
    assert desk.portal.tickets() == []
    done = all_of(desk)
    assert (done.taken, done.seen) == (8, 9)
    desk.run(120)
    assert len(desk.portal.tickets()) == 8
    assert [t for t in desk.texts(desk.row(refs[0])["case_ref"]) if "said long ago" in t]
    assert desk.audited(desk.row(refs[0])["bond"], "born")[0]["backfill"]
    desk.judge()


def test_what_is_counted_adds_up_and_says_why(desk: LinkDesk) -> None:
    refs = old_tickets(desk)
    linked = desk.incident("linked by hand"), desk.case("linked by hand")
    desk.customer.edit(refs[0], L1, {"state": "7", **DONE})
    desk.customer.edit(refs[1], L1, {"state": "2", "hold_reason": ""})
    desk.rig.clock.advance(30 * DAY)
    desk.link(*linked)
    told = as_dict(all_of(desk), dry_run=False)
    assert [told[name] for name in ("seen", "taken", "known", "not_for_the_vendor", "outside")] == [10, 6, 1, 3, 0]
    assert sum(told["why"].values()) == 3
    assert len(told["why"]) in (2, 3)
    desk.run(120)
    assert len(desk.portal.tickets()) == 7


def test_a_ticket_that_cannot_be_read_is_named_and_a_deleted_one_counted(desk: LinkDesk) -> None:
    refs = old_tickets(desk)
    work = backfill(desk, 100)

    def deleted(call: Call) -> None:
        if (call.phase, call.label) == ("after", "GET incident") and refs[0] in {t.ref for t in desk.customer.tickets()}:
            desk.customer.delete(refs[0])

    begun = work.begin()
    desk.rig.world.on_call = deleted
    done = work.run(begun)
    assert (done.gone, done.unread, done.taken) == (1, {}, 7)


def test_only_what_changed_within_the_dates_is_taken(desk: LinkDesk) -> None:
    old_tickets(desk)
    done = all_of(desk, START + 1.5 * DAY, START + 4.5 * DAY)
    assert done.taken == 3
    desk.run(60)
    assert sorted(t.fields["Title"] for t in desk.portal.tickets()) == ["old 2", "old 3", "old 4"]


def test_a_dry_run_tells_the_same_and_writes_nothing_anywhere(desk: LinkDesk) -> None:
    old_tickets(desk)
    work = backfill(desk)
    state = desk.state()
    seen: list[tuple[int, int]] = []
    dry = work.run(work.begin(), lambda done, total: seen.append((done, total)), dry_run=True)
    assert desk.state() == state
    assert seen[-1] == (9, 9)
    assert all(total == 9 for _, total in seen)
    assert dry.taken == all_of(desk).taken == 8


@pytest.mark.parametrize("nth", [1, 2, 3, 5, 7, 9])
def test_killed_at_any_page_it_goes_on_and_takes_each_ticket_once(nth: int) -> None:
    desk = LinkDesk(nth)
    old_tickets(desk)
    work = backfill(desk)
    calls = itertools.count(1)

    def strike(call: Call) -> None:
        if call.phase == "before" and next(calls) == nth:
            raise Crash

    desk.rig.world.on_call = strike
    with pytest.raises(Crash):
        work.run(work.begin())
    desk.rig.world.on_call = lambda _call: None
    kept = desk.rig.store.backfilled("acme")
    assert kept is None or kept.taken == len(desk.rig.store.bonds())
    done = all_of(desk)
    assert (done.seen, done.taken, done.known) == (9, 8, 0)
    desk.run(120)
    assert sorted(t.fields["Title"] for t in desk.portal.tickets()) == [f"old {n}" for n in range(8)]
    desk.judge()


def test_killed_between_two_pages_nothing_is_looked_at_twice(desk: LinkDesk) -> None:
    old_tickets(desk)
    work = backfill(desk)

    def dying(_done: int, _total: int) -> None:
        raise Crash

    with pytest.raises(Crash):
        work.run(work.begin(), dying)
    kept = desk.rig.store.backfilled("acme")
    assert kept is not None
    assert (kept.seen, kept.done, len(desk.rig.store.bonds())) == (3, False, 3)
    again = backfill(desk)
    with pytest.raises(NotDone, match="--restart"):
        again.begin(since=desk.rig.clock())
    assert again.run(again.begin()).known == 0
    assert backfill(desk).begin().seen == 0, "what is done begins anew"
    assert again.begin(restart=True).seen == 0


def test_an_outage_interrupts_and_the_next_call_goes_on(desk: LinkDesk) -> None:
    old_tickets(desk)
    work = backfill(desk)
    calls = itertools.count(1)
    desk.rig.world.choose_fault = lambda _call: "refused" if next(calls) > 4 else None
    with pytest.raises(NotDone, match="call it again to go on"):
        work.run(work.begin())
    desk.rig.world.choose_fault = lambda _call: None
    assert all_of(desk).taken == 8


@pytest.mark.parametrize("how", ["changed", "backfilled"])
def test_a_ticket_that_was_hidden_when_it_became_the_vendors_waits_for_a_change_or_a_backfill(desk: LinkDesk, how: str) -> None:
    ref = desk.incident("out of sight", state="2", hold_reason="")
    desk.run(10)
    desk.customer.hidden = {ref}
    desk.customer.edit(ref, L1, ON_HOLD)
    desk.run(20)
    healthy = desk.incident("in sight")
    desk.run(60)
    desk.customer.hidden = set()
    desk.run(1200, 60)
    assert desk.row(healthy)["state"] == "linked"
    assert desk.rig.store.known("acme", Side.CUSTOMER, [ref]) == {}, "no poll names it"
    if how == "changed":
        desk.customer.comment(ref, L1, "anybody there?", public=True)
    else:
        all_of(desk)
    desk.run(900, 60)
    assert desk.row(ref)["state"] == "linked"
    desk.judge()


def test_polls_are_not_disturbed_and_todays_work_goes_first(desk: LinkDesk) -> None:
    desk.run(10)
    cursors = [desk.rig.store.cursor("acme", side) for side in Side]
    refs = old_tickets(desk, 40)
    desk.customer.edit(refs[0], L1, {"impact": "1", "urgency": "1"})
    desk.rig.clock.advance(30 * DAY)
    assert all_of(desk).taken == 40
    assert [desk.rig.store.cursor("acme", side) for side in Side] == cursors
    due = sorted(work.due for bond in desk.rig.store.bonds() if (work := desk.rig.store.work_of(bond.id)))
    assert due[0] <= desk.rig.clock(), "what is urgent is looked at at once"
    assert all(later - earlier == pytest.approx(SPACING) for earlier, later in itertools.pairwise(due[1:]))
    todays = desk.incident("today's fire", impact="1", urgency="1")
    desk.rig.engine.poll(Side.CUSTOMER)
    desk.rig.clock.advance(60.0)
    desk.rig.engine.work("w")
    assert desk.row(todays)["state"] == "linked"
    assert desk.row(refs[1])["state"] == "candidate"

"""Many tickets at once, with real threads over real sockets: on systems that bear it, and on one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.words import Side
from tests.process.crowd import Crowd, Front, crowd


def assert_all_agree(made: Crowd) -> None:
    sentence, count = made.sentence(), len(made.refs)
    assert sentence.findings == []
    assert (sentence.tickets, sentence.agree, sentence.ok) == (count, count, True), sentence.summary()
    assert len([case for case in made.otrs.tickets() if case.ours]) == count


@pytest.mark.parametrize("count", [24, pytest.param(200, marks=pytest.mark.slow)])
def test_all_tickets_change_on_both_sides_in_one_moment(tmp_path: Path, count: int) -> None:
    with crowd(tmp_path, in_flight=16) as made:
        made.open_incidents(count)
        assert made.settled(60), made.store.backlog("acme")
        made.both_change()
        assert made.settled(90), made.store.backlog("acme")
        assert_all_agree(made)
        titles = {made.servicenow.ticket(ref).fields["short_description"] for ref in made.refs}
        assert titles == {f"Line {n}, said by L1" for n in range(count)}, "the owner of the title is the customer"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "at_once", "waiting", "seconds", "in_flight"), [(40, 3, 1, 0.05, 24), (400, 16, 50, 0.25, 150)]
)
def test_a_portal_that_serves_few_at_once_is_called_less_and_everything_arrives(
    tmp_path: Path, count: int, at_once: int, waiting: int, seconds: float, in_flight: int
) -> None:
    """Cases to open, then changes on both sides of all of them, and a queue that is shorter than we could fill."""
    with crowd(tmp_path, in_flight) as made:
        front = made.world.fronts["otrs"] = Front(at_once, waiting, seconds)
        made.open_incidents(count)
        assert made.settled(120), made.store.backlog("acme")
        made.both_change()
        assert made.settled(120), made.store.backlog("acme")
        calls = sum(made.world.calls["otrs"].values())
        print(f"{count} tickets: {calls} calls served, {front.sent_away} sent away, {front.most} inside at most")  # noqa: T201
        assert_all_agree(made)
        assert made.store.backlog("acme").parked == 0
        flow = made.engine.limits.flows()[Side.VENDOR]
        assert (flow.busy, flow.reason) == (front.sent_away, ""), "each answer that asked for less was heard"
        assert front.most > at_once, "it found out how much the portal takes"
        assert front.sent_away < calls * 0.1
        assert flow.limit < in_flight, "it still wants more than the portal takes"

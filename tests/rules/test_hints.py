"""Hints may be lost, early, late or echoes: a change is missed by none of that."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

from adapters.at_once import A, AtOnce, B, C
from adapters.servicenow import ServiceNow
from connector.sandbox.core import Request, Response
from connector.store.store import Store
from connector.words import Side
from tests.rules.moments import dying_after_commit
from tests.simulation.trouble import Hints
from tests.simulation.trouble_desk import L1, VENDOR, Desk
from tests.unit.store.helpers import Clock, bear, claim_one


def test_a_change_in_the_same_second_as_our_look_is_seen() -> None:
    """The portal counts whole seconds: the title changed after our look has the change time that our look saw.

    The look found nothing to write, so that nothing else brings the bond back before the sweep.
    """
    desk = Desk()
    case = desk.case(desk.a).ref
    desk.rig.clock.now = math.ceil(desk.rig.clock.now) + 0.01
    second = int(desk.rig.clock.now)
    desk.portal.comment(case, VENDOR, "for ourselves", public=False)
    desk.rig.turn()
    desk.portal.edit(case, VENDOR, {"Title": "vendor title"})
    assert int(desk.rig.clock.now) == second
    desk.run(40)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"


def test_a_change_right_after_our_own_write_is_no_echo() -> None:
    desk = Desk()
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "a word", public=True)
    desk.after("PATCH incident", lambda: desk.customer.comment(desk.a, L1, "an answer", public=True))
    desk.run(40)
    assert desk.acted()
    assert len(desk.copies(desk.a, "an answer")) == 1


def test_a_comment_that_came_while_a_tickets_parts_were_read_at_once_is_no_echo() -> None:
    """The journal was read before the person spoke, the record after it; our own write follows the person's at once.

    The poll then names the version that our write left: it must not be taken for all that there is.
    """
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.rig.clock.advance(3)  # else the portal's next poll would bring the bond back
    to_do = _in_disorder(desk, lambda: desk.customer.comment(desk.a, L1, "an answer", public=True))
    desk.run(40)
    assert (to_do, desk.customer.ticket(desk.a).fields["short_description"]) == ([], "vendor title")
    assert len(desk.copies(desk.a, "an answer")) == 1


def test_a_ticket_whose_parts_were_read_at_once_with_nothing_new_is_known_as_well_as_any() -> None:
    """Saved before the last pass, and so before any part was read: what our write leaves there is an echo."""
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    to_do = _in_disorder(desk, lambda: None)
    desk.rig.turn()
    assert (to_do, desk.customer.ticket(desk.a).fields["short_description"]) == ([], "vendor title")
    [left] = desk.rig.connection.adapters[Side.CUSTOMER].read([desk.a]).values()
    assert desk.rig.engine._echoes.explain(Side.CUSTOMER, desk.a, str(left.version))


def _in_disorder(desk: Desk, act: Callable[[], object]) -> list[Callable[[], object]]:
    """ServiceNow's lists as they may come where they are asked for at once: the record last, and ``act`` before the next one.

    Returns what is still to be done.
    """
    acts = [act]

    class Disorder(AtOnce):
        def wanted(self, tickets: int) -> bool:
            return tickets > 0

        def three(self, first: Callable[[], A], second: Callable[[], B], third: Callable[[], C]) -> tuple[A, B, C]:
            parts = second(), third()
            if acts:
                acts.pop()()
            return first(), *parts

    hinting = cast("Hints", desk.rig.connection.adapters[Side.CUSTOMER])
    cast("ServiceNow", hinting.wrapped)._at_once = Disorder()
    return acts


def test_a_ticket_that_the_first_read_did_not_show_is_taken_at_the_second_look() -> None:
    """The poll names it, and a lagging replica does not have it yet. Nothing names it again."""
    desk = Desk()
    desk.after("GET incident", lambda: desk.fault("stale", "GET incident"))
    new = desk.incident("new one")
    desk.run(60)
    assert desk.faults_left() == 0
    assert len(desk.cases(new)) == 1


def test_a_poll_that_dies_after_a_commit_loses_no_ticket() -> None:
    for number in range(1, 4):
        desk = Desk()
        new = desk.incident("new one")
        with dying_after_commit(desk, number):
            desk.run(60)
        desk.run(60)
        assert len(desk.cases(new)) == 1, f"lost by a death after commit {number}"


def test_a_change_that_no_poll_names_is_found_by_the_sweep() -> None:
    """An access rule is lifted: nothing in the ticket changes, and no poll names it."""
    desk = Desk()
    desk.customer.hidden_fields = {"short_description"}
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor title"})
    desk.run(60)
    desk.customer.hidden_fields = set()
    desk.run(1500, 50)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "vendor title"


def test_a_hint_that_comes_during_a_pass_brings_the_bond_back() -> None:
    store = Store.memory(Clock())
    bear(store, "a")
    claim = claim_one(store)
    store.mark_due(["a"], store.clock())
    store.done(claim, store.clock() + 3600)
    assert [again.bond for again in store.claim("c", "w", 1, 60.0)] == ["a"]


def test_a_p1_goes_first_and_alone() -> None:
    store = Store.memory(Clock())
    bear(store, "old", "older", priority=3, due=store.clock() - 600)
    bear(store, "urgent", priority=1)
    assert [claim.bond for claim in store.claim("c", "w", 10, 60.0)] == ["urgent"]


def test_a_ticket_that_fails_at_each_pass_parks_and_no_other_waits_for_it() -> None:
    """The portal breaks on the articles of one case, whatever else is asked for with it."""
    desk = Desk()
    ticket, whole = f"TicketID>{desk.case(desk.a).ref}<".encode(), desk.portal.handle

    def breaks(request: Request, as_of: float | None = None) -> Response:
        poison = ticket in request.body and b"AllArticles" in request.body
        return Response(500, {}, b"") if poison else whole(request, as_of)

    desk.portal.handle = breaks  # type: ignore[method-assign] # the system's own trouble
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    desk.run(20)
    desk.agree(desk.b)
    desk.run(900, 10.0)
    assert desk.row(desk.a)["parked"]

"""A system goes back in time, or is another one: nothing more is written until it is as it was or somebody accepts it."""

from __future__ import annotations

import pytest

from adapters.base import Trouble
from connector.sandbox.otrs import Otrs
from connector.sandbox.rewind import become_another, go_back, remember
from connector.sandbox.servicenow import ServiceNow
from connector.store.restore import each
from connector.sync import guard, operate
from connector.sync.polling import look_back_fact
from connector.words import Side
from tests.simulation.trouble_desk import L1, VENDOR, Desk

SEEN = 800.0
"""Seconds within which every bond was looked at without a hint, and more."""


class Office(Desk):
    """A desk with six bonds that agree; four of them changed on both sides after a moment that systems may go back to."""

    def __init__(self) -> None:
        super().__init__()
        self.refs = [self.a, self.b, *(self.incident(f"more {n}") for n in range(4))]
        self.run(20)
        self.agree(*self.refs)
        self.past = {side: remember(system) for side, system in self.systems().items()}
        for n, ref in enumerate(self.refs[:4]):
            self.both_talk(ref, f"after that moment {n}")
            self.customer.edit(ref, L1, {"short_description": f"renamed {n}"})
        self.portal.attach(self.case(self.a).ref, VENDOR, "fix.bin", b"fix")
        self.customer.attach(self.a, L1, "log.txt", b"log", "text/plain")
        self.run(SEEN, 40)
        self.agree(*self.refs)
        self.present = {side: remember(system) for side, system in self.systems().items()}

    def systems(self) -> dict[Side, ServiceNow | Otrs]:
        return {Side.CUSTOMER: self.customer, Side.VENDOR: self.portal}

    def stopped(self) -> dict[Side, dict]:  # type: ignore[type-arg] # whatever it says
        return guard.states(self.rig.store, "acme")

    def accept(self, side: Side) -> None:
        store = self.rig.store
        each(store, store.bond_ids("acme"), lambda tx, bond: operate.accept(tx, bond, side, self.rig.clock(), "ann"))
        store.set_fact(look_back_fact("acme", side), "wanted")
        store.set_fact(guard.fact_of("acme", side), "")


@pytest.mark.parametrize("side", list(Side))
def test_a_system_that_went_back_stops_all_writes_and_goes_on_when_it_is_brought_back(side: Side) -> None:
    desk = Office()
    go_back(desk.systems()[side], desk.past[side])
    before = desk.writes()
    desk.run(SEEN, 40)
    assert set(desk.stopped()) == {side}
    assert 3 <= len(desk.stopped()[side]["bonds"]) <= 4
    desk.restart()
    other = desk.refs[5]  # a change of people while nothing may be written, in a ticket that is as it was
    (desk.customer if side is Side.VENDOR else desk.portal).comment(
        other if side is Side.VENDOR else desk.case(other).ref, L1 if side is Side.VENDOR else VENDOR, "meanwhile", public=True
    )
    desk.run(SEEN, 40)
    assert desk.writes() == before
    go_back(desk.systems()[side], desk.present[side])
    desk.run(150, 10)  # all bonds are looked at as soon as it is clear
    assert desk.stopped() == {}
    desk.agree(*desk.refs)
    assert len(desk.copies(other, "meanwhile")) == 1
    desk.still()


@pytest.mark.parametrize("side", list(Side))
def test_a_system_that_is_accepted_as_it_is_gets_its_comments_again_and_no_value(side: Side) -> None:
    desk = Office()
    go_back(desk.systems()[side], desk.past[side])
    desk.run(SEEN, 40)
    fields = {ref: (dict(desk.customer.ticket(ref).fields), dict(desk.case(ref).fields)) for ref in desk.refs}
    assert desk.stopped()
    desk.accept(side)
    desk.run(SEEN, 40)
    assert desk.stopped() == {}
    for n, ref in enumerate(desk.refs[:4]):
        incident, case = desk.customer.ticket(ref), desk.case(ref)
        assert (incident.fields["short_description"], case.fields["Title"]) == (
            fields[ref][0]["short_description"],
            fields[ref][1]["Title"],
        )
        assert desk.row(ref)["standing"]["title"]["why"] == "restored"
        there = desk.customer.ticket(ref) if side is Side.CUSTOMER else desk.case(ref)
        copies = [c for c in there.comments if c.ours and f"after that moment {n}" in c.text]
        assert len(copies) == 1  # people wrote it on the other side: it is not lost
    assert all(len(desk.cases(ref)) == 1 for ref in desk.refs)
    desk.still()
    desk.customer.comment(desk.a, L1, "and on it goes", public=True)
    desk.run()
    assert len(desk.copies(desk.a, "and on it goes")) == 1


def test_people_who_work_on_in_the_portal_that_went_back_change_nothing_at_the_customers() -> None:
    desk = Office()
    go_back(desk.portal, desk.past[Side.VENDOR])
    before = desk.writes()
    for ref in desk.refs[:4]:
        desk.portal.comment(desk.case(ref).ref, VENDOR, "where is everything?", public=True)
        desk.run(8)
    desk.run(SEEN, 40)
    assert desk.writes() == before
    assert set(desk.stopped()) == {Side.VENDOR}


@pytest.mark.parametrize("side", list(Side))
def test_one_ticket_that_went_back_holds_its_bond_alone(side: Side) -> None:
    desk = Office()
    system, ref = desk.systems()[side], desk.a if side is Side.CUSTOMER else desk.case(desk.a).ref
    whole = remember(system)
    if side is Side.CUSTOMER:
        whole.kept["tables"]["incident"].rows[ref].values["sys_updated_on"] = "2020-01-01 00:00:00"
    else:
        ticket = whole.kept["tickets"][int(ref)]
        del ticket.versions[1:], ticket.times[1:]
    go_back(system, whole)
    desk.both_talk(desk.b, "the others go on")
    desk.run(SEEN, 40)
    assert desk.stopped() == {}
    assert "is not what it was" in (desk.row(desk.a)["held"] or "")
    desk.agree(*desk.refs[1:])
    with desk.rig.store.operator_transaction(desk.row(desk.a)["bond"]) as tx:  # connector release
        bond = tx.load().bond
        assert operate.accept_held(bond, desk.rig.clock())
        tx.save(bond)
    desk.run(120)
    assert desk.row(desk.a)["held"] is None


def test_deleting_some_tickets_is_no_system_that_went_back() -> None:
    desk = Office()
    for ref in desk.refs[3:]:  # the newest of them among those that changed last
        desk.customer.delete(ref)
    desk.both_talk(desk.a, "the others go on")
    desk.run(SEEN, 40)
    assert desk.stopped() == {}
    desk.agree(*desk.refs[:3])


def test_all_tickets_gone_stops_and_is_over_when_they_are_back() -> None:
    desk = Office()
    desk.customer.hidden |= set(desk.refs)
    desk.run(SEEN, 40)
    assert set(desk.stopped()) == {Side.CUSTOMER}
    desk.customer.hidden.clear()
    desk.run(SEEN, 40)
    assert desk.stopped() == {}
    desk.agree(*desk.refs)


def test_another_identity_stops_at_once_and_the_old_one_lets_it_go_on() -> None:
    desk = Office()
    desk.rig.engine.guard.identify()
    become_another(desk.customer, "acme-test")
    desk.restart()
    desk.rig.engine.guard.identify()
    assert set(desk.stopped()) == {Side.CUSTOMER}
    assert desk.stopped()[Side.CUSTOMER]["knew"] != desk.stopped()[Side.CUSTOMER]["there"]
    before = desk.writes()
    desk.both_talk(desk.a, "to the wrong one")
    fresh = desk.incident("not to be taken")
    desk.run(SEEN, 40)
    assert desk.writes() == before
    assert desk.cases(fresh) == []
    become_another(desk.customer, "sandbox")
    desk.customer.properties["instance_id"] = "5a4d"
    desk.restart()
    desk.rig.engine.guard.identify()
    desk.run(SEEN, 40)
    assert desk.stopped() == {}
    desk.agree(*desk.refs, fresh)


def test_an_instance_that_does_not_say_who_it_is_is_believed() -> None:
    desk = Desk()
    desk.customer.properties.clear()
    desk.rig.engine.guard.identify()
    become_another(desk.customer, "first told now")
    desk.rig.engine.guard.identify()
    assert guard.states(desk.rig.store, "acme") == {}
    desk.fault("refused", "", 1000)
    with pytest.raises(Trouble):
        desk.rig.engine.guard.identify()


def test_a_ticket_that_is_eligible_in_the_accepted_system_is_taken() -> None:
    desk = Office()
    early = desk.customer.create(L1, {"short_description": "with L1", "impact": "2", "urgency": "2", "state": "2"})
    desk.customer.edit(early, L1, {"state": "3", "hold_reason": "4", "short_description": "handed over"})
    then = remember(desk.customer)
    desk.customer.edit(early, L1, {"state": "2", "hold_reason": ""})  # before anybody looked: taken back
    desk.run(8)
    assert desk.cases(early) == []
    for ref in desk.refs:
        desk.customer.comment(ref, L1, "newer than that", public=True)
    desk.run(SEEN, 40)
    go_back(desk.customer, then)
    desk.run(SEEN, 40)
    assert set(desk.stopped()) == {Side.CUSTOMER}
    desk.accept(Side.CUSTOMER)
    desk.run(SEEN, 40)
    assert len(desk.cases(early)) == 1


def test_what_happened_in_the_right_instance_meanwhile_is_not_passed_by() -> None:
    desk = Desk()
    desk.rig.engine.guard.identify()
    clone = remember(desk.customer)
    fresh = desk.incident("opened while the address led to a clone")
    right = remember(desk.customer)
    go_back(desk.customer, clone)
    become_another(desk.customer, "clone")
    desk.restart()
    desk.rig.engine.guard.identify()
    desk.run(120)
    desk.customer.edit(desk.b, L1, {"short_description": "somebody tests in the clone"})
    desk.run(120)
    go_back(desk.customer, right)
    become_another(desk.customer, "sandbox")
    desk.customer.properties["instance_id"] = "5a4d"
    desk.restart()
    desk.rig.engine.guard.identify()
    desk.run(120)
    desk.agree(desk.a, desk.b, fresh)

"""The shipped mapping between the two real adapters on simulated systems: what it names is there, and what it makes fits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from adapters.around import Around
from adapters.base import Adapter, Change, Snapshot
from adapters.otrs import Otrs
from connector.mapping.load import load, loads
from connector.mapping.mapping import TicketMapping
from connector.mapping.results import Carry
from connector.sandbox.core import World
from connector.sandbox.otrs import Otrs as Portal
from connector.sandbox.servicenow import ServiceNow as Instance
from connector.sandbox.transport import InProcess
from connector.words import Phase, Side
from tests.contract.rig import Clock
from tests.contract.servicenow_desk import adapter_of
from tests.contract.test_otrs import settings

CUSTOMER, VENDOR = Side.CUSTOMER, Side.VENDOR


@dataclass
class Pair:
    """Both systems, both adapters, the mapping bound to them, and one incident that waits for the vendor."""

    clock: Clock
    systems: dict[Side, Instance | Portal]
    adapters: dict[Side, Adapter]
    mapping: TicketMapping
    incident: str

    def read(self, side: Side, ref: str) -> Snapshot:
        self.clock.advance(5)
        return self.adapters[side].read([ref])[ref]

    def open_case(self) -> str:
        ticket = self.read(CUSTOMER, self.incident)
        made = self.mapping.creation(self.mapping.view(CUSTOMER, ticket), ticket)
        assert made.unmapped == {}
        (write,) = self.adapters[VENDOR].split(Change(None, made.units, "k1-0123456789abcdef", made.description, made.contact))
        return self.adapters[VENDOR].send(write).ref

    def carry(self, unit: str, source: Side, refs: dict[Side, str]) -> Carry:
        """Bring one unit to the other side, and see that the two agree afterwards."""
        views = {side: self.mapping.view(side, self.read(side, refs[side])) for side in Side}
        native = {side: view.units[unit] for side, view in views.items()}
        answer = self.mapping.translate(unit, source, native[source], native[source.other], views)
        if answer.carry is Carry.VALUE:
            adapter = self.adapters[source.other]
            for write in adapter.split(Change(refs[source.other], {unit: answer.value})):
                adapter.send(write)
            stored = self.mapping.view(source.other, self.read(source.other, refs[source.other])).units[unit]
            pair = {source: native[source], source.other: stored}
            assert self.mapping.same(unit, pair[CUSTOMER], pair[VENDOR]), (unit, pair)
            assert self.mapping.equal(unit, source.other, answer.value, stored)
        return answer.carry


@pytest.fixture
def pair() -> Pair:
    clock = Clock()
    world = World(clock, seed=7)
    instance, portal = Instance(world), Portal(world)
    session = requests.Session()
    session.mount("http://portal.test", InProcess(world, portal))
    customer = adapter_of(world, clock, instance)
    vendor = Otrs(settings("http://portal.test"), around=Around(session=session, clock=clock, sleep=clock.advance))
    mapping = load(Path(__file__).parents[2] / "mappings" / "servicenow-otrs.yaml").bind(customer.normal, vendor.normal)
    ticket = {
        "short_description": "No dial tone",
        "description": "Since nine.",
        "impact": "1",
        "urgency": "2",
        "caller_id": "carl.caller",
    }
    incident = instance.create("lena.l1", {**ticket, "state": "3", "hold_reason": "4"})
    adapters: dict[Side, Adapter] = {CUSTOMER: customer, VENDOR: vendor}
    for side, adapter in adapters.items():
        assert adapter.check(mapping.uses(side)) == [], "the systems have all that the mapping names"
    return Pair(clock, {CUSTOMER: instance, VENDOR: portal}, adapters, mapping, incident)


def test_an_incident_becomes_a_case_that_agrees(pair: Pair) -> None:
    assert pair.mapping.intake(pair.read(CUSTOMER, pair.incident)).taken
    refs = {CUSTOMER: pair.incident, VENDOR: pair.open_case()}
    case = pair.read(VENDOR, refs[VENDOR])
    assert pair.mapping.view(VENDOR, case).phase is Phase.NEW
    assert "Since nine." in case.comments[0].text
    incident = pair.read(CUSTOMER, refs[CUSTOMER])
    views = {CUSTOMER: pair.mapping.view(CUSTOMER, incident), VENDOR: pair.mapping.view(VENDOR, case)}
    for unit in ("priority", "title", "customer_reference"):
        assert pair.mapping.same(unit, views[CUSTOMER].units[unit], views[VENDOR].units[unit]), unit
    for unit in ("case_number", "case_line"):
        assert pair.carry(unit, VENDOR, refs) is Carry.VALUE


@pytest.mark.parametrize("state", ["open", "pending reminder", "pending auto close+", "closed successful", "closed unsuccessful"])
def test_every_state_of_the_vendor_reaches_the_incident(pair: Pair, state: str) -> None:
    refs = {CUSTOMER: pair.incident, VENDOR: pair.open_case()}
    pair.systems[VENDOR].edit(refs[VENDOR], "anna", {"State": state})
    assert pair.carry("status", VENDOR, refs) is Carry.VALUE
    assert pair.carry("case_line", VENDOR, refs) is Carry.VALUE


@pytest.mark.parametrize("priority", ["1 very low", "2 low", "3 normal", "4 high", "5 very high"])
def test_every_priority_of_the_vendor_is_computed_by_the_instance(pair: Pair, priority: str) -> None:
    refs = {CUSTOMER: pair.incident, VENDOR: pair.open_case()}
    pair.systems[VENDOR].edit(refs[VENDOR], "anna", {"Priority": priority})
    assert pair.carry("priority", VENDOR, refs) is Carry.VALUE


@pytest.mark.parametrize(("state", "carry"), [("3", Carry.VALUE), ("2", Carry.NOTHING), ("8", Carry.VALUE)])
def test_states_of_the_incident_reach_the_case(pair: Pair, state: str, carry: Carry) -> None:
    refs = {CUSTOMER: pair.incident, VENDOR: pair.open_case()}
    pair.systems[CUSTOMER].edit(refs[CUSTOMER], "lena.l1", {"state": state})
    assert pair.carry("status", CUSTOMER, refs) is carry


def test_what_the_operating_model_asks_is_read_through_other_records(pair: Pair) -> None:
    instance, customer = pair.systems[CUSTOMER], pair.adapters[CUSTOMER]
    assert isinstance(instance, Instance)
    shipped = (Path(__file__).parents[2] / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
    mapping = loads(
        shipped.replace("  # assignee:", "  assignee:")
        + """
topics:
  - {by: service, when: {field: business_service.name, is: contact centre}, topic: l2-3-support}
  - {by: system, when: {field: cmdb_ci.name, starts_with: sbc}, system: sbc}
"""
    )
    assert customer.check(mapping.uses(CUSTOMER)) == []
    item = instance.add_row("cmdb_ci", "admin", {"name": "SBC 1"}).values["sys_id"]
    service = instance.add_row("cmdb_ci_service", "admin", {"name": "Contact centre"}).values["sys_id"]
    instance.edit(pair.incident, "lena.l1", {"cmdb_ci": item, "business_service": service, "assigned_to": "lena.l1"})
    ticket = pair.read(CUSTOMER, pair.incident)
    assert [(about.system, about.task) for about in mapping.about(ticket)] == [("sbc", ""), ("", "l2-3-support")]
    assert mapping.assignee(ticket) == "lena.l1"
    assert mapping.facts(ticket) == {"record_type": {"incident"}, "priority": {"lower"}}

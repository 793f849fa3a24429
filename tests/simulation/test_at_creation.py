"""A portal that takes title and priority from us only when a case is opened, as forms for customers do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.base import Adapter
from connector.words import Side
from tests.simulation.rig import Rig
from tests.simulation.trouble_desk import L1, VENDOR, Desk

FORM = frozenset({"Title", "Priority"})


class FormRig(Rig):
    """The portal's form is all that our account has: it is told so, and drops whatever comes all the same."""

    def adapters(self) -> dict[Side, Adapter]:
        made = super().adapters()
        vendor = made[Side.VENDOR]
        vendor.capabilities = replace(vendor.capabilities, only_at_creation=FORM)
        return made


class FormDesk(Desk):
    def __init__(self) -> None:
        super().__init__(rig=FormRig)
        self.portal.read_only = set(FORM)


@pytest.fixture
def desk() -> Desk:
    return FormDesk()


def written(desk: Desk) -> int:
    """Writes of fields to the portal since the cases were opened."""
    return sum(desk.audited(ref, "announced") for ref in (desk.a, desk.b))


def test_a_later_change_is_not_tried_and_the_vendors_people_are_asked(desk: Desk) -> None:
    before = written(desk)
    desk.customer.edit(desk.a, L1, {"impact": "1", "urgency": "1"})
    desk.run(60)
    standing = desk.row(desk.a)["standing"]
    assert {unit: (one["why"], one["parked"]) for unit, one in standing.items()} == {"priority": ("only_at_creation", False)}
    assert "people are asked to set it" in standing["priority"]["reason"]
    assert desk.spoken(desk.a).count("priority was changed to: 5 very high") == 1
    assert desk.notes(desk.a).count("A change of priority is not carried") == 1
    assert desk.case(desk.a).fields["Priority"] == "3 normal"
    desk.both_talk(desk.a)
    desk.run(60)
    assert len(desk.copies(desk.a, "how is it going?")) == 2
    assert written(desk) - before == 4, "two notes and two copies were announced, and no field"
    desk.still()


def test_it_is_over_once_the_vendors_people_set_it(desk: Desk) -> None:
    desk.customer.edit(desk.a, L1, {"short_description": "fire is out"})
    desk.run(30)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "fire is out"})
    desk.run(30)
    desk.agree(desk.a, desk.b)
    assert "Nothing has to be set" not in desk.spoken(desk.a)
    desk.still()


def test_a_change_that_is_taken_back_is_no_longer_asked_for(desk: Desk) -> None:
    for urgent in ("1", "2", "1", "2"):
        desk.customer.edit(desk.a, L1, {"impact": urgent, "urgency": urgent})
        desk.run(30)
    desk.agree(desk.a)
    assert desk.spoken(desk.a).count("please set it") == 2
    assert desk.spoken(desk.a).count("Nothing has to be set any more") == 2
    assert "Nothing has to be set" in desk.case(desk.a).comments[-1].text
    desk.still()


def test_what_the_vendor_sets_instead_is_newer_and_travels(desk: Desk) -> None:
    desk.customer.edit(desk.a, L1, {"short_description": "fire is out"})
    desk.run(30)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "fire: cause unknown"})
    desk.run(30)
    assert desk.customer.ticket(desk.a).fields["short_description"] == "fire: cause unknown"
    desk.agree(desk.a)
    desk.customer.edit(desk.a, L1, {"short_description": "fire: a cable"})
    desk.run(30)
    assert "title was changed to: fire: a cable" in desk.spoken(desk.a)
    desk.still()


def test_a_priority_that_the_vendor_sets_instead_is_its_proposal(desk: Desk) -> None:
    desk.customer.edit(desk.a, L1, {"impact": "1", "urgency": "1"})
    desk.run(30)
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Priority": "4 high"})
    desk.run(30)
    assert desk.customer.ticket(desk.a).fields["priority"] == "1"
    assert desk.row(desk.a)["standing"]["priority"]["why"] == "held"
    assert "proposes" in desk.notes(desk.a)
    desk.customer.edit(desk.a, L1, {"impact": "1", "urgency": "2"})
    desk.run(30)
    desk.agree(desk.a)


def test_both_at_once_lets_both_stand_and_asks(desk: Desk) -> None:
    desk.customer.edit(desk.a, L1, {"short_description": "fire is out"})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "fire: cause unknown"})
    desk.run(30)
    assert desk.row(desk.a)["standing"]["title"]["why"] == "only_at_creation"
    assert "title was changed to: fire is out" in desk.spoken(desk.a)
    desk.still()

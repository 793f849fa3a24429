"""Laws that hold for every value: what is said in the other side's words and read back means the same."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Attachment, Comment, Snapshot
from connector.mapping.load import load
from connector.mapping.results import Carry
from connector.mapping.units import PriorityUnit
from connector.words import Audience, Native, Phase, Side

MAPPING = load(Path(__file__).parents[2] / "mappings" / "servicenow-otrs.yaml")
CUSTOMER, VENDOR = Side.CUSTOMER, Side.VENDOR
LINE = st.text(max_size=400)
STATES = st.sampled_from(["1", "2", "3", "6", "7", "8", "-100", ""])
HOLD = st.sampled_from(["", "1", "3", "4", "5", "99"])
CASE_STATES = [
    "new", "open", "pending reminder", "pending auto close+", "pending auto close-",
    "closed successful", "closed unsuccessful", "merged", "removed", "other",
]  # fmt: skip
LEVELS = ["1", "2", "3"]
PRIORITIES = ["1 very low", "2 low", "3 normal", "4 high", "5 very high"]

customers = st.fixed_dictionaries(
    {
        "state": STATES,
        "hold_reason": HOLD,
        "impact": st.sampled_from(LEVELS),
        "urgency": st.sampled_from(LEVELS),
        "priority": st.sampled_from(["1", "2", "3", "4", "5", "", "9"]),
        "short_description": LINE,
        "description": LINE,
        "category": LINE,
        "subcategory": LINE,
        "assignment_group.name": LINE,
        "correlation_id": LINE,
        "correlation_display": LINE,
    }
)
vendors = st.fixed_dictionaries(
    {
        "State": st.sampled_from(CASE_STATES),
        "Priority": st.sampled_from([*PRIORITIES, "", "other"]),
        "Title": LINE,
        "DynamicField_CustomerReference": LINE,
    }
)


def snapshot(fields: Mapping[str, str], files: tuple[Attachment, ...] = ()) -> Snapshot:
    return Snapshot("1", "N1", fields, (), files, 0.0, 0.0, created_by_us=False)


def instance(fields: Native) -> dict[str, str]:
    """What the customer's instance makes of an impact and urgency."""
    unit = MAPPING.unit("priority")
    assert isinstance(unit, PriorityUnit)
    (rule,) = (r for r in unit.computed if (r.impact, r.urgency) == (fields["impact"], fields["urgency"]))
    return {**fields, "priority": rule.priority}


@given(customers, vendors)
def test_what_was_translated_is_the_same(customer: dict[str, str], vendor: dict[str, str]) -> None:
    present = {CUSTOMER: MAPPING.view(CUSTOMER, snapshot(customer)).units, VENDOR: MAPPING.view(VENDOR, snapshot(vendor)).units}
    for unit, source in product(MAPPING.units, Side):
        answer = MAPPING.translate(unit, source, present[source][unit], present[source.other][unit], {})
        if answer.carry is not Carry.VALUE:
            assert answer.reason
            continue
        if MAPPING.same(unit, present[CUSTOMER][unit], present[VENDOR][unit]):
            continue  # such a side is not written
        stored = {**present[source.other][unit], **answer.value}
        if unit == "priority" and source is VENDOR:
            stored = instance(stored)
        values = {source: present[source][unit], source.other: stored}
        assert MAPPING.same(unit, values[CUSTOMER], values[VENDOR]), (unit, values)


@given(customers, vendors)
def test_there_and_back_again_is_the_same(customer: dict[str, str], vendor: dict[str, str]) -> None:
    present = {CUSTOMER: MAPPING.view(CUSTOMER, snapshot(customer)).units, VENDOR: MAPPING.view(VENDOR, snapshot(vendor)).units}
    for unit, source in product(("title", "priority"), Side):
        there = MAPPING.translate(unit, source, present[source][unit], None, {})
        if there.carry is not Carry.VALUE:
            continue
        read = instance(there.value) if unit == "priority" and source is VENDOR else there.value
        back = MAPPING.translate(unit, source.other, read, present[source][unit], {})
        if back.carry is Carry.VALUE:
            values = {source: {**present[source][unit], **back.value}, source.other: read}
            if unit == "priority" and source is CUSTOMER:
                values[CUSTOMER] = present[CUSTOMER][unit]
            assert MAPPING.same(unit, values[CUSTOMER], values[VENDOR]), (unit, values)


@pytest.mark.parametrize(("impact", "urgency"), list(product(LEVELS, LEVELS)))
def test_every_impact_and_urgency_has_a_priority_there_and_back(impact: str, urgency: str) -> None:
    mine = instance({"impact": impact, "urgency": urgency})
    there = MAPPING.translate("priority", CUSTOMER, mine, None, {})
    assert there.carry is Carry.VALUE
    back = MAPPING.translate("priority", VENDOR, there.value, mine, {})
    assert back.value == {"impact": impact, "urgency": urgency}, "a pair that fits already stays"


@pytest.mark.parametrize("priority", PRIORITIES)
def test_every_priority_of_the_vendor_has_a_pair_that_computes_to_it(priority: str) -> None:
    pair = MAPPING.translate("priority", VENDOR, {"Priority": priority}, None, {})
    assert MAPPING.translate("priority", CUSTOMER, instance(pair.value), None, {}).value == {"Priority": priority}


@given(STATES, HOLD, st.sampled_from(CASE_STATES))
def test_nothing_of_the_vendor_moves_a_ticket_to_its_end(state: str, hold: str, case: str) -> None:
    now = {"state": state, "hold_reason": hold}
    answer = MAPPING.translate("status", VENDOR, {"State": case}, now, {})
    if answer.carry is Carry.VALUE:
        after = {**now, **answer.value}
        assert not MAPPING.notifies(after)
        assert MAPPING.phase(CUSTOMER, after) not in (Phase.SOLVED, Phase.CLOSED, Phase.CANCELLED)


@given(customers)
def test_view_and_creation_depend_on_nothing_else(customer: dict[str, str]) -> None:
    ticket = snapshot(customer, (Attachment("1", "a.txt", "text/plain", 1, "x", by_us=False, created=""),))
    view = MAPPING.view(CUSTOMER, ticket)
    assert view == MAPPING.view(CUSTOMER, ticket)
    made = MAPPING.creation(view, ticket)
    assert made == MAPPING.creation({CUSTOMER: view}, ticket)
    assert made.description.strip()
    for name in made.unmapped:
        assert name not in made.units or name == "status"
    carried = {name for name in MAPPING.units if MAPPING.carries(name, CUSTOMER)}
    assert carried == set(made.units) | set(made.unmapped)
    for native in made.units.values():
        assert set(native) <= MAPPING.uses(VENDOR).write


places = st.sampled_from(["comments", "work_notes", "visible", "internal", "", "files"])
comments = st.builds(
    Comment,
    id=st.just("1"),
    place=places,
    author=LINE,
    by_us=st.booleans(),
    created=st.just("2026-11-21T10:00:00Z"),
    text=st.one_of(LINE, st.builds("[vendor]{}".format, LINE), st.builds("[code]{}[/code]".format, LINE)),
    format=st.sampled_from(["plain", "html", "servicenow"]),
)


@given(st.sampled_from(list(Side)), comments)
def test_only_chosen_texts_travel_and_the_vendors_stay_internal(source: Side, comment: Comment) -> None:
    route = MAPPING.route_comment(source, comment)
    assert route.allowed or route.reason
    if not route.allowed:
        return
    assert source is CUSTOMER or route.shown_to is Audience.INTERNAL
    assert (comment.place, route.place) in {("comments", "visible"), ("work_notes", "visible"), ("visible", "work_notes")}
    text = MAPPING.render_comment(source, comment, {})
    assert text.strip()
    assert source is CUSTOMER or "[code]" not in text.lower()
    assert text == MAPPING.render_comment(source, comment, {})

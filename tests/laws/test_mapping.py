"""Laws of the mapping: what is said in the other side's words means the same, and sameness is what the word says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connector.mapping.mapping import TicketMapping
from connector.mapping.results import Carry
from connector.mapping.units import FieldPriority, PriorityUnit
from connector.words import Phase, Side
from tests.laws.values import NASTY, natives, texts
from tests.laws.world import ADAPTERS, LAW, SHIPPED

SHORT = 80
"""Characters of a value that no field cuts, whatever line ends it has."""
sides = st.sampled_from(list(Side))
names = st.sampled_from(sorted(SHIPPED))
shipped = pytest.mark.parametrize("mapping", SHIPPED.values(), ids=SHIPPED)


@LAW
@given(st.data(), names, sides)
def test_what_was_translated_agrees(data: st.DataObject, name: str, source: Side) -> None:
    """A translated value, written over whatever is there, agrees with what it was made from; and so does its way back."""
    mapping = SHIPPED[name]
    unit = data.draw(st.sampled_from([u for u in mapping.units if mapping.carries(u, source)]))
    value = _stored(mapping, unit, source, data.draw(natives(mapping, source, unit)))
    there = _stored(mapping, unit, source.other, data.draw(natives(mapping, source.other, unit)))
    answer = mapping.translate(unit, source, value, there, {})
    if answer.carry is not Carry.VALUE:
        assert answer.reason
        return
    stored = _stored(mapping, unit, source.other, {**there, **answer.value})
    assert _same(mapping, unit, source, value, stored)
    if mapping.carries(unit, source.other):
        back = mapping.translate(unit, source.other, stored, value, {})
        assert back.carry is not Carry.VALUE or _same(
            mapping, unit, source, _home(mapping, unit, source, value, back.value), stored
        )


def _same(mapping: TicketMapping, unit: str, source: Side, value: dict[str, str], other: dict[str, str]) -> bool:
    pair = {source: value, source.other: other}
    return mapping.same(unit, pair[Side.CUSTOMER], pair[Side.VENDOR])


def _home(mapping: TicketMapping, unit: str, side: Side, value: dict[str, str], back: object) -> dict[str, str]:
    assert isinstance(back, dict)
    return _stored(mapping, unit, side, {**value, **back})


def _stored(mapping: TicketMapping, unit: str, side: Side, value: dict[str, str]) -> dict[str, str]:
    """What the system makes of it: the customer's instance computes the priority from impact and urgency."""
    kind = mapping.unit(unit)
    if side is Side.VENDOR or not isinstance(kind, PriorityUnit):
        return value
    pair = (value[kind.impact], value[kind.urgency])
    computed = [rule.priority for rule in kind.computed if (rule.impact, rule.urgency) == pair]
    return {**value, kind.priority: computed[0]} if computed else value


@LAW
@given(st.data(), names, sides)
def test_equal_is_an_equivalence(data: st.DataObject, name: str, side: Side) -> None:
    mapping = SHIPPED[name]
    unit = data.draw(st.sampled_from(mapping.units))
    values = natives(mapping, side, unit)
    a, b, c = data.draw(values), data.draw(values), data.draw(values)
    if data.draw(st.booleans()):  # values that differ in their shape only
        a = {field: ADAPTERS[name][side].normal(field, text) for field, text in a.items()}
        b = {field: text if field.startswith("$") else text + " " for field, text in a.items()}
        assert mapping.equal(unit, side, a, b)
    assert mapping.equal(unit, side, a, a)
    assert mapping.equal(unit, side, a, b) == mapping.equal(unit, side, b, a)
    if mapping.equal(unit, side, a, b) and mapping.equal(unit, side, b, c):
        assert mapping.equal(unit, side, a, c)


@LAW
@given(sides, names, st.data(), st.lists(texts, min_size=1, max_size=4).map("".join) | st.text())
def test_the_normal_form_of_a_normal_form_is_itself(side: Side, name: str, data: st.DataObject, value: str) -> None:
    field = data.draw(st.sampled_from(sorted(SHIPPED[name].reads(side) | {"PendingTime"})))
    once = ADAPTERS[name][side].normal(field, value)
    assert ADAPTERS[name][side].normal(field, once) == once
    assert ADAPTERS[name][side].normal(field, once + " ") == once
    if len(once) < SHORT:
        assert ADAPTERS[name][side].normal(field, once.replace("\n", " \r\n")) == once


@LAW
@given(st.data(), names, sides)
def test_equal_values_have_equal_translations(data: st.DataObject, name: str, source: Side) -> None:
    """Nothing travels only because a system stored the same value in another shape."""
    mapping = SHIPPED[name]
    unit = data.draw(st.sampled_from([u for u in mapping.units if mapping.carries(u, source)]))
    a = {n: ADAPTERS[name][source].normal(n, text) for n, text in data.draw(natives(mapping, source, unit)).items()}
    end = data.draw(st.sampled_from(["", " ", "\n"]))
    b = {n: text if n.startswith("$") else text.replace("\n", " \r\n") + end for n, text in a.items()}
    assume(mapping.equal(unit, source, a, b))
    first, second = mapping.translate(unit, source, a, None, {}), mapping.translate(unit, source, b, None, {})
    assert first.carry is second.carry
    assert first.carry is not Carry.VALUE or mapping.equal(unit, source.other, first.value, second.value)


@shipped
def test_every_state_that_a_mapping_names_is_read(mapping: TicketMapping) -> None:
    """Phases are total over the shipped states: each says a phase, nothing, or why it cannot be passed on."""
    for side in Side:
        for row in mapping.status.sides[side].reads:
            native = {name: min(values) for name, values in row.when.allowed.items()}
            answer = mapping.translate("status", side, native, None, {})
            assert answer.carry is not Carry.UNMAPPED or row.unmapped, native
            assert row.unmapped or mapping.phase(side, native) is row.phase, f"{native} is never reached"


@shipped
def test_every_phase_says_something_on_the_other_side(mapping: TicketMapping) -> None:
    """And what it writes is a state that is read, on the customer's side never an end."""
    for side in Side:
        writes = mapping.status.sides[side].writes
        assert set(writes) == set(Phase)
        for phase, write in writes.items():
            if write.value is None:
                assert write.because, phase
                continue
            row = mapping.status.sides[side].read(write.value, ADAPTERS[mapping.name][side].normal)
            assert row is not None
            assert not row.unmapped, phase
            ends = mapping.phase(side, write.value) in {Phase.SOLVED, Phase.CLOSED, Phase.CANCELLED}
            assert side is Side.VENDOR or not (ends or mapping.notifies(write.value))


@shipped
@pytest.mark.parametrize("source", list(Side))
def test_a_more_urgent_priority_stays_the_more_urgent(mapping: TicketMapping, source: Side) -> None:
    """Translation of priorities is monotone, and the computed pair ranks as the priority that asked for it."""
    unit = mapping.unit("priority")
    assert isinstance(unit, PriorityUnit | FieldPriority)
    assert unit.table
    normals = {side: adapter.normal for side, adapter in ADAPTERS[mapping.name].items()}
    if isinstance(unit, PriorityUnit):
        name = {Side.CUSTOMER: unit.priority, Side.VENDOR: unit.vendor}
    else:
        name = {side: unit.fields[side][0] for side in Side}
    ranks = []
    for pair in (p for p in unit.table.pairs if source in p.sources):
        mine = {name[source]: pair.of(source)}
        answer = mapping.translate("priority", source, mine, None, {})
        assert answer.carry is Carry.VALUE
        theirs = _stored(mapping, "priority", source.other, dict(answer.value))
        ranks.append((unit.rank(source, mine, normals), unit.rank(source.other, theirs, normals)))
    assert ranks == sorted(ranks)
    assert all(theirs <= after for (_, theirs), (_, after) in pairwise(ranks))


def test_the_ugly_texts_are_as_ugly_as_they_look() -> None:
    """The list that the laws draw from loses nothing to an editor that tidies it."""
    assert {"\r\n", "\x00", "\u2028", "\N{NO-BREAK SPACE}"} <= {part for part in _PARTS if any(part in t for t in NASTY)}


_PARTS = ("\r\n", "\x00", "\u2028", "\N{NO-BREAK SPACE}")

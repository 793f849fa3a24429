"""How a ticket and a case differ that a person wants linked, and what becomes of each difference. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connector.mapping.mapping import TicketMapping
from connector.mapping.results import Carry, Translation
from connector.store.records import Value
from connector.sync.conflicts import STATUS
from connector.sync.story_words import Words
from connector.words import ENDED, Native, Side, TicketView

Views = Mapping[Side, TicketView]
Once = Mapping[Side, frozenset[str]]
"""The fields of each side that our account sets with a new ticket alone: of a later change of them its people are asked."""


class Fate(StrEnum):
    """What linking does about one difference."""

    STANDS = "stands"  # nothing, until a person changes one of the values or asks for it
    WRITTEN = "written"  # names the other ticket on this one: written as at a birth
    OWN_AFFAIR = "own_affair"  # by the mapping this value says nothing to the other side
    UNREADABLE = "unreadable"  # a right is missing


@dataclass(frozen=True)
class Difference:
    """One unit whose values do not stand for the same. ``later``: what becomes of it, in a sentence for a person."""

    unit: str
    customer: Value
    vendor: Value
    fate: Fate
    later: str


def compare(mapping: TicketMapping, views: Views, once: Once | None = None) -> Iterator[Difference]:
    """The differences in the order of the mapping."""
    words = Words(mapping, {side: view.number for side, view in views.items()})
    once = once or {}
    for unit in mapping.units:
        values = {side: dict(views[side].units.get(unit, {})) for side in Side}
        missing = next((side for side in Side if unit not in views[side].units), None)
        if missing:
            fate, later = Fate.UNREADABLE, views[missing].unmapped.get(unit, "it is not readable with our rights")
        elif mapping.same(unit, values[Side.CUSTOMER], values[Side.VENDOR]):
            continue
        else:
            fate, later = _fate(mapping, unit, values, views, words, once)
        yield Difference(unit, values[Side.CUSTOMER], values[Side.VENDOR], fate, later)


def names_the_other(mapping: TicketMapping, unit: str) -> bool:
    """Whether the unit tells one side the number of the other's ticket: news by itself, whatever stood there before."""
    sources = mapping.unit(unit).sources
    own = (name.startswith("$") for side in sources for name in mapping.unit(unit).reads(side))
    return len(sources) == 1 and all(own)


def _fate(
    mapping: TicketMapping, unit: str, values: dict[Side, Value], views: Views, words: Words, once: Once
) -> tuple[Fate, str]:
    answers = {
        side: mapping.translate(unit, side, values[side], values[side.other], views)
        for side in Side
        if mapping.carries(unit, side)
    }
    if names_the_other(mapping, unit):
        return _written(unit, values, answers, words, once)
    silent = next((answer for answer in answers.values() if answer.carry is Carry.NOTHING), None)
    if silent:
        return Fate.OWN_AFFAIR, f"stays: {silent.reason}"
    return Fate.STANDS, _stands(mapping, unit, answers, views, words, once)


def _written(
    unit: str, values: dict[Side, Value], answers: dict[Side, Translation], words: Words, once: Once
) -> tuple[Fate, str]:
    ((source, answer),) = answers.items()
    target = source.other
    before = any(values[target].values())
    instead = f" in place of {words.value(unit, target, values[target])}" if before else ""
    what = words.value(unit, target, answer.value)
    if _too_late(once, target, answer.value):
        return Fate.WRITTEN, f"the {target}'s people are asked to set {what} on {words.ticket(target)}{instead}"
    return Fate.WRITTEN, f"{what} is written on {words.ticket(target)}{instead}"


def _too_late(once: Once, side: Side, target: Native) -> bool:
    return bool(once.get(side, frozenset()) & target.keys())


def _stands(mapping: TicketMapping, unit: str, answers: dict[Side, Translation], views: Views, words: Words, once: Once) -> str:
    """What travels from here on, and what ``connector retry`` would do."""
    owner = mapping.owner(unit)
    answer = answers.get(owner)
    travels = "the next change on either side" if len(answers) == len(Side) else f"the {next(iter(answers))}'s next change"
    if unit == STATUS and views[Side.CUSTOMER].phase in ENDED:
        travels = "nothing, as the customer has ended the ticket, until it is opened again"
    if answer is None:
        return f"stays different; {travels} travels"
    if answer.carry is Carry.UNMAPPED:
        return f"stays different: {answer.reason}"
    target, what = owner.other, words.value(unit, owner.other, answer.value)
    if _too_late(once, target, answer.value):
        asked = f"the {target}'s people are asked for those of the {owner}"
        return (
            f"stays different; {travels} travels, but {asked}; connector retry asks them to set {words.ticket(target)} to {what}"
        )
    return f"stays different; {travels} travels; connector retry sets {words.ticket(target)} to {what}"

"""Strategies for what happens to a bond: rounds of people's acts on both sides, passes between them, lost answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from connector.mapping.mapping import TicketMapping
from connector.words import Side
from tests.laws.hand import Hand
from tests.laws.tickets import Ticket
from tests.laws.values import all_fields, comments, field_values, files, statuses, value_fields
from tests.laws.world import MAPPINGS, MODELS, SHIPPED, ability, places

Act = tuple[str, Side, Any]
"""What a person does, on which side, with what."""


@dataclass(frozen=True)
class Round:
    """One pass: what people did before it, what they do in its middle, and which of its calls go unanswered."""

    before: list[Act]
    within: list[Act]
    fates: list[str]
    wait: float


@cache
def _acts(mapping: str, side: Side) -> st.SearchStrategy[Act]:
    known = SHIPPED[mapping]
    names = [n for n in value_fields(known, side) if n != "priority"]  # the instance computes it
    edits = st.one_of([st.tuples(st.just(name), field_values(known, side, name)) for name in names])
    kinds = {
        "edit": edits.map(lambda pair: {pair[0]: pair[1]}),
        "move": statuses(known, side),
        "say": comments(mapping, side).map(_by_a_person),
        "attach": files(mapping, side).map(_by_a_person),
        "withdraw": st.sampled_from(places(known, side)),
    }
    often = [*kinds, "edit", "move", "move"]
    return st.one_of([st.tuples(st.just(kind), st.just(side), kinds[kind]) for kind in often])


def _by_a_person(item: Any) -> Any:
    return replace(item, by_us=False, author="lena.l1")


@cache
def _rounds(mapping: str, *, calm: bool) -> st.SearchStrategy[list[Round]]:
    acts = st.lists(st.one_of([_acts(mapping, side) for side in Side]), min_size=1, max_size=6)
    none: st.SearchStrategy[list[Any]] = st.just([])
    within = none if calm else none | st.lists(st.one_of([_acts(mapping, side) for side in Side]), max_size=2)
    fates = none if calm else none | st.lists(st.sampled_from(["", "", "landed", "missed"]), max_size=3)
    waits = st.sampled_from([0.5, 5.0, 30.0, 200.0, 1000.0])
    return st.lists(st.builds(Round, acts, within, fates, waits), min_size=2, max_size=4)


@st.composite
def lives(draw: st.DrawFn, *, calm: bool = False, provokes: bool = False) -> Hand:
    """A bond after some rounds, and one more set of acts that no pass has seen.

    :param calm: nobody acts in the middle of a pass, and every call is answered.
    """
    mapping: TicketMapping = draw(st.sampled_from(MAPPINGS))
    provoked = provokes and draw(st.booleans())
    tickets = {side: _ticket(draw, mapping, side, provokes=provoked and side is Side.VENDOR) for side in Side}
    abilities = {
        side: ability(mapping, side, history=draw(st.booleans()), provokes=ticket.provokes) for side, ticket in tickets.items()
    }
    hand = Hand(mapping, draw(st.sampled_from(MODELS)), tickets, abilities)
    *past, last = draw(_rounds(mapping.name, calm=calm))
    for turn in past:
        live(hand, turn)
    do(hand, last.before)
    hand.now += last.wait
    return hand


def _ticket(draw: st.DrawFn, mapping: TicketMapping, side: Side, *, provokes: bool) -> Ticket:
    ticket = Ticket(side, mapping, draw(all_fields(mapping, side)), tells=draw(st.booleans()), provokes=provokes)
    ticket.fields |= ticket._computed() if side is Side.CUSTOMER else {}
    return ticket


def live(hand: Hand, turn: Round) -> None:
    do(hand, turn.before)
    hand.now += 1.0
    fates: Iterator[str] = iter(turn.fates)
    hand.run(partial(do, hand, turn.within), lambda: next(fates, ""))
    hand.now += turn.wait


def do(hand: Hand, acts: list[Act]) -> None:
    """People act, one after the other."""
    for kind, side, what in acts:
        hand.now += 1.0
        hand.tell(f"{side}: {kind} {what}")
        ticket = hand.tickets[side]
        deeds: dict[str, Callable[[], Any]] = {
            "edit": partial(ticket.set, what, hand.now, by_us=False),
            "move": partial(ticket.set, what, hand.now, by_us=False),
            "say": partial(ticket.say, what, hand.now),
            "attach": partial(ticket.attach, what, hand.now),
            "withdraw": partial(ticket.withdraw, hand.now, what),
        }
        deeds[kind]()

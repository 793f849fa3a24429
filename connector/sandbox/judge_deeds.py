"""Deeds of our user that nothing excuses, whatever the tickets look like in the end."""

from __future__ import annotations

from collections.abc import Iterable

from connector.sandbox.core import Deed
from connector.sandbox.judge_docket import Court, Docket
from connector.sandbox.judge_joined import joined, judge_joined
from connector.sandbox.judge_table import NO_LONGER_NEW, RACE, TICKET_ENDED, Finding

_STATUS = ("state", "hold_reason")
_PUBLIC = ("comments", "close_notes")


def judge_deeds(court: Court, docket: Docket) -> None:
    """What our user did to one incident."""
    states = [d for d in docket.deeds if d.what == "field" and d.field == "state"]
    for n, deed in enumerate(states):
        if deed.ours and not put_back(states[:n], deed):
            _move(court, docket, deed, states[:n], states[n + 1 :])
    for deed in docket.deeds:
        if deed.ours and deed.field in _PUBLIC and deed.new:
            docket.find("violations", f"our user wrote {deed.field}, which end users read")
    if docket.cases and not docket.ever_meant and docket.number not in court.table.asked:
        docket.find("violations", "a case was opened for an incident that was never meant for the vendor")
    _canaries(court, docket)


def _move(court: Court, docket: Docket, deed: Deed, earlier: list[Deed], later: list[Deed]) -> None:
    if deed.new in NO_LONGER_NEW and not put_back(_before_a_crossing(earlier, deed), deed):
        docket.find("violations", f"our user set the ticket's state to {deed.new}")
    restored = any(d.new == deed.old for d in later)  # by us or by its people: then it was a race, and it was mended
    if deed.old in TICKET_ENDED and not restored and not _overtaken(court, docket, deed, earlier, later):
        docket.find("violations", f"our user moved the ended ticket from state {deed.old} to {deed.new}")


def _overtaken(court: Court, docket: Docket, deed: Deed, earlier: list[Deed], later: list[Deed]) -> bool:
    """Whether a move of ours met an end that nobody had read, and its people did something before it could be mended.

    They took the ticket up again themselves, or it was deleted, or its case: with one of the two gone nothing about the other
    can be cleared up. What the world delivers a second time comes when it likes. And
    where no history is shown, or the store went back to a copy of before, nobody can tell what was covered (docs/limits.md).
    """
    race = bool(earlier) and not earlier[-1].ours and deed.at - earlier[-1].at <= RACE
    soon = deed.at + court.table.window
    doubled = deed.again and bool(later) and not later[0].ours and later[0].at < soon
    both = (*docket.deeds, *_of_linked_case(court, docket))
    gone = any(d.what == "delete" and not d.item and deed.at - RACE <= d.at < soon for d in both)
    taken_up = any(not d.ours and d.field in _STATUS and d.at > deed.at for d in docket.deeds)
    unknown = court.table.blind or deed.at <= court.table.restored < soon
    return doubled or (race and (taken_up or unknown)) or (gone and (race or deed.again))


def _of_linked_case(court: Court, docket: Docket) -> list[Deed]:
    """What was done to the case that the connector names, be it there or not."""
    return court.case_deeds(str(docket.row["case_ref"] or "")) if docket.row else []


def put_back(before: list[Deed], deed: Deed) -> bool:
    """Whether a state of ours is a person's own, which our write before had covered."""
    if not before or not before[-1].ours or before[-1].old != deed.new:
        return False
    person = next((d for d in reversed(before) if not d.ours), None)
    return person is not None and person.new == deed.new


def _before_a_crossing(earlier: list[Deed], deed: Deed) -> list[Deed]:
    """Without the moves of people that our write may have crossed: it was on its way before anybody could read them."""
    while earlier and not earlier[-1].ours and deed.at - earlier[-1].at <= RACE:
        earlier = earlier[:-1]
    return earlier


def _canaries(court: Court, docket: Docket) -> None:
    canaries = court.table.canaries
    for deed in [*docket.deeds, *docket.case_deeds] if canaries else ():
        leaked = next((canary for canary in canaries if deed.ours and canary in (deed.new or "")), None)
        if leaked:
            docket.find("violations", f"our user wrote {leaked!r} into {deed.system}, which must never leave its side")


def strangers(court: Court) -> Iterable[Finding]:
    """Tickets that our user wrote on without a bond."""
    table = court.table
    linked = {part for row in court.rows if row["case_ref"] and row["ref"] for part in court.parts(str(row["case_ref"]))}
    ours = {case.ref for cases in court.opened.values() for case in cases}
    bonds = {table.customer: set(court.row_of), table.vendor: linked | ours | joined(court).keys()}
    yield from judge_joined(court, linked | ours)
    for (system, ref), deeds in court.deeds.items():
        mine = next((d for d in deeds if d.ours and not (d.what == "create" and d.again)), None)
        if mine and mine.what == "field" and deeds[0].again:  # what it began with, of a creation that was delivered twice
            continue
        if mine and ref not in bonds.get(system, ()) and not (mine.what == "create" and system == table.vendor):
            ticket = (court.incidents if system == table.customer else court.cases).get(ref)
            number = ticket.number if ticket else ref
            yield Finding("violations", number, f"our user wrote ({mine.what}) on a ticket of {system} that has no bond")


def unasked(court: Court, numbers: set[str]) -> Iterable[Finding]:
    """Cases that our user opened for no incident at all."""
    for number, cases in court.opened.items():
        if number not in numbers:
            for case in cases:
                yield Finding(
                    "violations", case.number, f"our user opened a case for {number or 'nobody'}: there is no such incident"
                )

"""Where the two say that a ticket stands: who moved it last, and what that must have brought about on the other side."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from connector.sandbox.core import Deed
from connector.sandbox.judge_docket import Court, Docket, last_person, writes_of
from connector.sandbox.judge_table import (
    CASE_ENDED,
    CLOSED,
    NO_LONGER_NEW,
    RACE,
    RETURNED,
    SAME_STATES,
    SOLVED,
    TICKET_ENDED,
    UNITS,
    never,
)

Values = Mapping[str, str]

_STATUS = ("state", "hold_reason")

PROVOKED = 10.0
"""Seconds within which a text of ours and the move that follows it in the same pass reach the case."""


def status(court: Court, docket: Docket, incident: Values, case: Values) -> str:
    """What is wrong between an incident that leads and its case; "" where nothing is."""
    fields, case_fields = UNITS["status"]
    mine, theirs = writes_of(docket.deeds, fields), writes_of(docket.case_deeds, case_fields)
    if docket.number in court.table.asked and not any(deed.ours for deed in mine):
        return ""  # of a vendor that was only asked the status is its own affair
    moved, vendor_moved = last_person(mine), _last_move(court, docket, theirs)
    when = moved.at if moved else never()
    vendor_when = vendor_moved.at if vendor_moved else never()
    excursion = last_person(_moves(theirs))  # it may have been seen after all: then its end counts as a move
    if excursion is not vendor_moved and excursion and excursion.at > when and not _vendor_last(incident, case, excursion):
        return ""
    wrong = {
        "customer": _customer_last(court, docket, when, theirs),
        "vendor": _vendor_last(incident, case, vendor_moved),
    }
    if _either(court, incident, when, vendor_when, theirs) or _brought_late(mine, when, vendor_moved):
        return "" if "" in wrong.values() else wrong["customer"]
    return (wrong["customer"] or _kept(mine)) if when > vendor_when else wrong["vendor"]


def _either(court: Court, incident: Values, when: float, vendor_when: float, theirs: list[Deed]) -> bool:
    """Whether either side's move may win: they crossed, or the customer's could not be granted when it was made and still stands."""
    if abs(when - vendor_when) < court.table.window:
        return True
    waits = incident["state"] == "3" and incident["hold_reason"] == "4"
    return waits and _before(theirs, when) in ("new", "closed unsuccessful")


def _brought_late(mine: list[Deed], when: float, moved: Deed | None) -> bool:
    """Whether the customer moved a ticket that did not show the vendor's move yet: our user brought it only afterwards.

    However long that took (a lost hint, a frozen process): nobody can see by it which of the two is to count.
    """
    ours = [deed.at for deed in mine if deed.ours and moved and deed.at > moved.at]
    if moved is None or not ours or not moved.at < when < ours[0]:
        return False
    # What its people set themselves meanwhile may look like the vendor's move, and tells nobody of it.
    before = [d for d in reversed(mine) if d.at < when and (d.ours or d.at <= moved.at)]
    shown = {name: next((d.new or "" for d in before if d.field == name), "") for name in _STATUS}
    return shown["state"] in NO_LONGER_NEW or bool(_vendor_last(shown, {"State": moved.new or ""}, moved))


def _last_move(court: Court, docket: Docket, writes: list[Deed]) -> Deed | None:
    """The vendor's last change of the case that says something else than before.

    A short excursion that ended where it began may never have been seen: it is no move. Nor is, where no history is shown,
    what a text of ours covered at once (docs/limits.md).
    """
    moves = _moves(writes)
    if court.table.blind:
        covered = {id(one) for one, after in pairwise(moves) if after.at - one.at <= RACE and _provoked(docket, after)}
        moves = [one for one in moves if id(one) not in covered]
    while len(moves) > 1 and _excursion(moves[-2], moves[-1], court.table.window):
        del moves[-2:]
    return last_person(moves)


def _moves(writes: list[Deed]) -> list[Deed]:
    return [d for d in writes if _meaning(d.old) != _meaning(d.new)]


def _excursion(there: Deed, back: Deed, window: float) -> bool:
    people = not there.ours and not back.ours
    return people and _meaning(there.old) == _meaning(back.new) and back.at - there.at < window


def _meaning(state: str | None) -> str:
    return SAME_STATES.get(state or "", state or "")


def _customer_last(court: Court, docket: Docket, when: float, theirs: list[Deed]) -> str:
    """What the customer's last move must have brought about in the case."""
    assert docket.incident  # noqa: S101 - asked before
    assert docket.case  # noqa: S101 - asked before
    incident, there = docket.incident.fields, docket.case.fields["State"]
    if incident["state"] in TICKET_ENDED:
        return _ended(court, docket, incident["state"], there, _ended_since(court, docket, when), theirs)
    if incident["state"] == "3" and incident["hold_reason"] == "4":
        refused = there == "closed unsuccessful" and "status" in docket.standing  # a case that was rejected stays so
        return "" if refused or there in ("open", "new") else f"the ticket waits for the vendor again, the case is {there!r}"
    after = [d for d in theirs if d.at > when + court.table.window]
    if after and after[-1].ours and _meaning(after[-1].new) not in _stood(docket, theirs, when):
        return f"the case was moved to {there!r} although the customer's state {incident['state']} says nothing to the vendor"
    return ""


def _stood(docket: Docket, writes: list[Deed], when: float) -> set[str]:
    """What the case said at a moment; where a text of ours had just provoked that, also what it said before."""
    last = next((d for d in reversed(writes) if d.at <= when), None)
    if last is None:
        return {""}
    return {_meaning(last.new), _meaning(last.old if _provoked(docket, last) else last.new)}


def _provoked(docket: Docket, move: Deed) -> bool:
    """Whether a text of ours moved the case: the portal does that in the same save."""
    return move.ours and any(d.at == move.at for d in docket.case_deeds if d.ours and d.what == "comment")


def _before(writes: list[Deed], when: float) -> str:
    return next((d.new or "" for d in reversed(writes) if d.at <= when), "")


def _ended_since(court: Court, docket: Docket, when: float) -> float:
    """When the ticket ended; a short return to work in between may never have been seen, unless our user took it to the case."""
    states = [d for d in docket.deeds if d.what == "field" and d.field == "state"]
    ours = [d.at for d in writes_of(docket.case_deeds, UNITS["status"][1]) if d.ours]
    end = len(states) - 1
    while end > 0 and states[end].new in TICKET_ENDED:
        back = next((n for n in range(end - 1, 0, -1) if states[n].old in TICKET_ENDED), 0)  # it may have moved on meanwhile
        away = states[back:end]
        seen = any(away[0].at < at < states[end].at for at in ours)
        long = states[end].at - away[0].at >= court.table.window and not _unattended(docket, away[0].at, states[end].at)
        if not back or seen or any(d.ours for d in away) or long:
            break
        end = back - 1
        when = min(when, states[end].at)
    return when


def _unattended(docket: Docket, since: float, until: float) -> bool:
    """Whether our user did nothing about the two tickets for all that time, although somebody said something on them."""
    meanwhile = [d for d in (*docket.deeds, *docket.case_deeds) if since < d.at < until]
    return not any(d.ours for d in meanwhile) and any(d.what in {"comment", "file"} for d in meanwhile)


def _ended(court: Court, docket: Docket, state: str, there: str, when: float, theirs: list[Deed]) -> str:
    """A solved case is closed with its ticket; any other is the vendor's to end, and a note asks for it."""
    before = _before(theirs, when)
    may_close = SOLVED if state == CLOSED else ()
    closed = [n for n, d in enumerate(theirs) if d.ours and d.at >= when and d.new in CASE_ENDED]
    if any(_was(docket, theirs, n) not in (SOLVED if _seen_closed(docket, theirs[n].at) else ()) for n in closed):
        return "a case that was not solved was closed because the customer ended its ticket"
    if there in CASE_ENDED or (court.table.solved_is_closed and there in SOLVED):
        return ""
    if before in may_close:
        return f"the customer closed a ticket whose case was solved, and the case is {there!r}"
    ours = (d for d in docket.case_deeds if d.ours and d.what == "comment" and d.at >= when)
    notes = (d for d in ours if not d.public or (not court.table.internal and (d.new or "").startswith(court.table.note_head)))
    return (
        ""
        if any(docket.number in (d.new or "") for d in notes)
        else "the customer ended its ticket, and no note in the case says so"
    )


def _seen_closed(docket: Docket, at: float) -> bool:
    """Whether the ticket may have been read as closed just before a moment, whatever its people made of it since."""
    states = [d for d in docket.deeds if d.what == "field" and d.field == "state" and d.at <= at]
    recent = sum(d.at >= at - RACE for d in states)
    return any(d.new == CLOSED for d in states[-recent - 1 :])


def _was(docket: Docket, writes: list[Deed], n: int) -> str | None:
    """The state that a move replaced; what a text of ours provoked just before it does not count."""
    deed, before = writes[n], writes[n - 1] if n else None
    if before is None or before.new != deed.old or deed.at - before.at >= PROVOKED or not _provoked(docket, before):
        return deed.old
    return before.old


def _vendor_last(incident: Values, case: Values, moved: Deed | None) -> str:
    """What the vendor's last move must have brought about in the customer's ticket."""
    state, hold, there = incident["state"], incident["hold_reason"], case["State"]
    if moved is None or state in NO_LONGER_NEW:
        return ""
    if _meaning(there) != _meaning(moved.new):
        return f"the vendor's last move, to {moved.new!r}, was overwritten by {there!r}"
    if there in RETURNED and state != "2":
        return f"the case is {there!r}, but the ticket (state {state}) is not back with level 1"
    if there == "open" and not (state == "3" and hold in ("1", "3", "4", "5")):
        return f"the vendor works on the case, but the ticket (state {state}) does not wait for the vendor"
    return ""


def _kept(mine: list[Deed]) -> str:
    """After the customer's last move, with the vendor silent since, nobody else may have moved the ticket."""
    last = next((d for d in reversed(mine) if d.field == "state"), None)
    if mine and not mine[-1].ours:  # why it waits was said since
        return ""
    person = next((d for d in reversed(mine) if d.field == "state" and not d.ours), None)
    if last is None or person is None or not last.ours or last.new == person.new:
        return ""
    return f"the customer's last move, to state {person.new}, was overwritten by {last.new}"


# --- the status of an incident that follows ----------------------------------------------------------------------


def follower_status(court: Court, docket: Docket, incident: Values, case: Values) -> str:
    """It shows where the case stands, by whomever that was moved, unless its own people moved it since."""
    fields, case_fields = UNITS["status"]
    mine, theirs = writes_of(docket.deeds, fields), writes_of(docket.case_deeds, case_fields)
    person, every = last_person(mine), _moves(theirs)
    if incident["state"] in NO_LONGER_NEW:
        return ""
    when = person.at if person else never()
    moved = max(every[-1].at if every else never(), docket.since)
    provoked = bool(every) and every[-1].ours and every[-1].new == "open" and court.vendor.comment_reopens
    if provoked or abs(when - moved) < court.table.window or _came_back(every, when, court.table.window):
        return ""
    return _kept(mine) if when > moved else _shows_case(incident, case)


def _came_back(moves: list[Deed], when: float, window: float) -> bool:
    """Whether all that the case did since a person's move was a short excursion, which may never have been seen."""
    since = [d for d in moves if d.at > when]
    return len(since) > 1 and _meaning(since[0].old) == _meaning(since[-1].new) and since[-1].at - since[0].at < window


def _shows_case(incident: Values, case: Values) -> str:
    state, hold, there = incident["state"], incident["hold_reason"], case["State"]
    if there in RETURNED and state != "2":
        return f"the case is {there!r}, but the following ticket (state {state}) is not back with level 1"
    if there == "open" and not (state == "3" and hold in ("1", "3", "4", "5")):
        return f"the vendor works on the case, but the following ticket (state {state}) does not wait for the vendor"
    return ""

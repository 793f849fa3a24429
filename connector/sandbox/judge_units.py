"""Fields at rest: both sides say the same, and it is what the last person meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby, pairwise

from connector.sandbox.core import Deed
from connector.sandbox.judge_causes import unit_cause
from connector.sandbox.judge_docket import Court, Docket
from connector.sandbox.judge_form import asked_for
from connector.sandbox.judge_table import (
    CASE_AWAY,
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
from connector.sandbox.judge_text import squeeze

Values = Mapping[str, str]

_STATUS = ("state", "hold_reason")

PROVOKED = 10.0
"""Seconds within which a text of ours and the move that follows it in the same pass reach the case."""


def judge_units(court: Court, docket: Docket) -> None:
    """Judge every unit of a bond whose both tickets are there and which nobody holds or has parked."""
    if docket.incident is None or docket.case is None or docket.held or docket.parked:
        return
    if docket.case.fields["State"] in CASE_AWAY:
        return
    checks: Mapping[str, Callable[[Court, Docket, Values, Values], str]] = {
        "title": _title,
        "priority": _priority,
        "status": _status,
        "case_number": _case_number,
    }
    if docket.follows:
        checks = {"status": follower_status, "case_number": _case_number}
    for unit, check in checks.items():
        wrong = check(court, docket, docket.incident.fields, docket.case.fields)
        if wrong and (_stood_from_the_start(docket, unit) or asked_for(court, docket, unit)):
            continue
        if wrong and not (unit in docket.standing and unit_cause(court, docket, unit)):
            docket.find("unequal", wrong)


def _stood_from_the_start(docket: Docket, unit: str) -> bool:
    """Whether the two differed when the incident came to lead this case, and no person changed either of them since."""
    if docket.follows or not docket.since or unit == "case_number":
        return False
    sides = zip(UNITS[unit], (docket.deeds, docket.case_deeds), strict=True)
    people = [_last_person(_writes(deeds, fields)) for fields, deeds in sides]
    return all(deed is None or deed.at <= docket.since for deed in people)


# --- who wrote what ----------------------------------------------------------------------------------------------


def _writes(deeds: list[Deed], fields: frozenset[str]) -> list[Deed]:
    return [d for d in deeds if d.what == "field" and d.field in fields]


def _last_person(deeds: list[Deed]) -> Deed | None:
    return next((d for d in reversed(deeds) if not d.ours), None)


# --- title -------------------------------------------------------------------------------------------------------


def _of_a_former_case(court: Court, writes: list[Deed], title: str) -> bool:
    """Whether the vendor's people wrote the title in a case that is gone, from which it had been carried over before."""
    carried = any(d.ours and _same_title(court, d.new or "", title) for d in writes)
    gone = [deeds for deeds in court.deeds.values() if any(d.what == "delete" for d in deeds)]
    theirs = (d for deeds in gone for d in deeds if not d.ours and d.field in UNITS["title"][1])
    return carried and any(_same_title(court, d.new or "", title) for d in theirs)


def _title(court: Court, docket: Docket, incident: Values, case: Values) -> str:
    ours, theirs = incident["short_description"], case["Title"]
    if not _same_title(court, ours, theirs):
        return f"the titles differ: {ours!r} here, {theirs!r} in the case"
    fields, case_fields = UNITS["title"]
    writes = (_writes(docket.deeds, fields), _writes(docket.case_deeds, case_fields))
    last = [_last_person(side) for side in writes]
    written = [deed for deed in last if deed is not None]
    fitting = [deed for deed in written if _same_title(court, deed.new or "", ours)]
    if not written or (len(fitting) == len(written)):
        return ""
    if not fitting:
        told = _of_a_former_case(court, writes[0], ours)
        return "" if told else f"the title {ours!r} is not what any person wrote last"
    newest = max(written, key=lambda deed: deed.at)
    if newest in fitting or _crossed(court, fitting[0], newest, writes):
        return ""
    return f"the title {newest.new!r}, which {newest.who} wrote last, was overwritten by {ours!r}"


def _same_title(court: Court, customer: str, vendor: str) -> bool:
    short, long = sorted((squeeze(customer or court.table.no_title), squeeze(vendor)), key=len)
    if short == long:
        return True
    # One of the systems was too narrow for it: what is there must be its beginning.
    narrow = min(len(customer), len(vendor)) >= min(court.table.title_max) - 2
    return narrow and long.startswith(short.rstrip("…"))


def _crossed(court: Court, stands: Deed, newest: Deed, writes: tuple[list[Deed], list[Deed]]) -> bool:
    """Whether the newer value was written before its author could see the one that stands."""
    if newest.at - stands.at < court.table.window:
        return True
    unseen = RACE if court.table.blind else 0.0  # who wrote first nobody can tell then, if our write was not answered
    carried = (d for side in writes for d in side if d.ours and d.system == newest.system and d.at < newest.at - unseen)
    return not any(squeeze(d.new or "") == squeeze(stands.new or "") for d in carried)


# --- priority ----------------------------------------------------------------------------------------------------


def _priority(court: Court, docket: Docket, incident: Values, case: Values) -> str:
    wanted = court.table.priorities.get(incident["priority"])
    fields, case_fields = UNITS["priority"]
    customer, vendor = _writes(docket.deeds, fields), _writes(docket.case_deeds, case_fields)
    last_customer, last_vendor = _last_person(_without_excursion(customer, court.table.window)), _last_person(vendor)
    when = last_customer.at if last_customer else never()
    vendor_last = last_vendor is not None and last_vendor.at >= when
    newest = customer[-1] if customer else None
    if newest and newest.ours and not vendor_last and last_customer and newest.at - last_customer.at > court.table.window:
        return "the customer's own priority was overwritten although the vendor had not changed it since"
    crossed = last_vendor is not None and abs(last_vendor.at - when) < court.table.window
    news = vendor_last or crossed or (last_vendor is not None and _said_nothing(docket, customer, last_vendor, when))
    if case["Priority"] == wanted or (news and "priority" in docket.standing):
        return ""
    return f"the case has priority {case['Priority']!r} where the customer's {incident['priority']} asks for {wanted!r}"


def _said_nothing(docket: Docket, writes: list[Deed], moved: Deed, when: float) -> bool:
    """Whether the customer's fields mean the same since the vendor's change, of which no note of ours had told when they were changed."""
    notes = (d for d in docket.deeds if d.ours and d.what == "comment" and moved.at <= d.at < when)
    told = any((moved.new or "") in (d.new or "") for d in notes)
    return not told and not any(d.field == "priority" and d.at > moved.at for d in writes)


def _without_excursion(deeds: list[Deed], window: float) -> list[Deed]:
    """Without what a person set and set back within a short time, since it may never have been seen."""
    saves = [list(save) for _, save in groupby(deeds, lambda deed: (deed.at, deed.ours))]
    shown: list[dict[str, str | None]] = [{}]
    for save in saves:
        shown.append({**shown[-1], **{deed.field: deed.new for deed in save}})
    while len(saves) > 1 and shown[-1] == shown[-3]:
        there, back = saves[-2][0], saves[-1][0]
        if there.ours or back.ours or back.at - there.at >= window:
            break
        del saves[-2:], shown[-2:]
    return [deed for save in saves for deed in save]


# --- case number -------------------------------------------------------------------------------------------------


def _case_number(_court: Court, docket: Docket, incident: Values, _case: Values) -> str:
    number = docket.case.number if docket.case else ""
    if incident["correlation_id"] == number:
        return ""
    last = _writes(docket.deeds, UNITS["case_number"][0])
    if last and not last[-1].ours and "case_number" in docket.standing:
        return ""  # a person wrote something else there; the connector does not take it away
    return f"correlation_id is {incident['correlation_id']!r}, the case's number {number!r}"


# --- status ------------------------------------------------------------------------------------------------------


def _status(court: Court, docket: Docket, incident: Values, case: Values) -> str:
    fields, case_fields = UNITS["status"]
    mine, theirs = _writes(docket.deeds, fields), _writes(docket.case_deeds, case_fields)
    if docket.number in court.table.asked and not any(deed.ours for deed in mine):
        return ""  # of a vendor that was only asked the status is its own affair
    moved, vendor_moved = _last_person(mine), _last_move(court, docket, theirs)
    when = moved.at if moved else never()
    vendor_when = vendor_moved.at if vendor_moved else never()
    excursion = _last_person(_moves(theirs))  # it may have been seen after all: then its end counts as a move
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
    return _last_person(moves)


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
    ours = [d.at for d in _writes(docket.case_deeds, UNITS["status"][1]) if d.ours]
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
    if any(_was(docket, theirs, n) not in may_close for n in closed):
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
    mine, theirs = _writes(docket.deeds, fields), _writes(docket.case_deeds, case_fields)
    person, every = _last_person(mine), _moves(theirs)
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

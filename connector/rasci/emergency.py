"""What a P1 asks of people: the call, the portal that is silent to it, and the vendor's first answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from connector.rasci.course import Case, Owed, Stand, Told, up_to_next
from connector.rasci.duties import Call, P1Call
from connector.rasci.ladder import Gate
from connector.rasci.settings import OFF
from connector.words import Party, Reply

MINUTE = 60.0
HOW_CALLED = "#connector called TIME, PERSON"

_EVERY, _TIMES = "p1.reminder_every", "p1.reminders"


def emergencies(case: Case) -> Iterator[Owed]:
    """The duties of a P1; nothing where the document knows no P1. None of them ever keeps a case back."""
    if case.course.p1_since and any(one.owed is not Call.NONE for one in case.model.duties.p1_call):
        yield from _call(case)
        yield from _silent_portal(case)
        yield from _response(case)


# --- the call ---


def _call(case: Case) -> Iterator[Owed]:
    """Owed once the case is in the portal: the documents have the call follow it."""
    call, called = _call_duty(case), _called(case)
    if call is None or not case.course.opened:
        return
    demanded = call.owed is Call.MUST
    party = call.party or case.holder(Gate.SUBMIT)
    settings = [*((_EVERY, _TIMES) if demanded else ()), "p1.call_confirmed_by"]
    offer = Owed(
        id="p1-call",
        party=party,
        what="a call to the vendor's 24x7 number" + ("" if demanded else ", if it is needed for follow-up"),
        how=HOW_CALLED,
        since=max(case.course.p1_since, case.course.opened),
        state=Stand.OFFERED,
        ground=replace(case.ground(party, call, settings=settings), task="p1_call"),
    )
    yield (_demanded(case, offer, called) if demanded else offer).done(called)


def _demanded(case: Case, offer: Owed, called: Reply | None) -> Owed:
    """Reminders at once, at intervals, then the service manager. The vendor's answer ends them, and confirms nothing."""
    used_up = offer.since + case.number(_TIMES) * _every(case)
    lowered = not case.course.p1_now and not called
    until = 0.0 if lowered else min(called.at if called else inf, case.course.vendor_spoke or inf, case.over)
    moot = lowered or case.over < inf
    return replace(
        offer,
        due=used_up,
        reminders=up_to_next(_beats(case, offer.since), case.now, until),
        state=Stand.MOOT if moot else _overdue(case, used_up if used_up < until else inf),
        tells=Told.SERVICE_MANAGER,
        tell_at=used_up if used_up < until else None,
    )


def _call_duty(case: Case) -> P1Call | None:
    calls = (one for one in case.model.duties.p1_call if one.owed is not Call.NONE)
    return next((one for one in calls if one.when.holds(case.facts)), None)


def _called(case: Case) -> Reply | None:
    """A person's word that it was done. A call while the portal was silent counts for the case that followed."""
    return next(case.said("called", case.course.p1_since), None)


def _every(case: Case) -> float:
    return case.number(_EVERY) * MINUTE


def _beats(case: Case, first: float) -> Iterator[float]:
    return (first + number * _every(case) for number in range(case.number(_TIMES)))


def _overdue(case: Case, due: float) -> Stand:
    return Stand.OVERDUE if case.now >= due else Stand.OPEN


# --- a portal that is silent, and a vendor that is ---


def _silent_portal(case: Case) -> Iterator[Owed]:
    """The portal has not taken a P1 that was to go: phone now, the case number follows."""
    course = case.course
    if not course.born or course.opened or course.held_since or not course.p1_now or case.over < inf:
        return
    party, call = case.holder(Gate.SUBMIT), _call_duty(case)
    since, called = max(course.born, course.p1_since), _called(case)
    due = since + case.number("p1.on_portal_down") * MINUTE
    beats = _beats(case, due) if call and call.owed is Call.MUST else iter((due,))
    yield Owed(
        id="portal-silent",
        party=party,
        what="a call to the vendor now, for the portal does not answer; the case number follows"
        if call
        else "word to the vendor by another way, for the portal does not answer; the case number follows",
        how=HOW_CALLED,
        since=since,
        due=due,
        reminders=up_to_next(beats, case.now, called.at if called else inf),
        state=Stand.OVERDUE if case.now >= due else Stand.WATCHED,
        ground=case.ground(party, case.model.row(Gate.SUBMIT), settings=["p1.on_portal_down"]),
    ).done(called)


def _response(case: Case) -> Iterator[Owed]:
    """The watch for the vendor's first answer: off until the contract's figure is entered."""
    course, watch = case.course, case.word("p1.response_watch")
    if watch == OFF or not course.opened:
        return
    since, hours = max(course.p1_since, course.opened), case.hours(Party.VENDOR)
    due = hours.add_open_time(since, case.number("p1.response_watch") * MINUTE)
    spoke, moot = course.vendor_spoke, case.over < inf or not course.p1_now
    yield Owed(
        id="response",
        party=Party.VENDOR,
        what="a first answer to the P1",
        how="",
        since=since,
        due=due,
        state=Stand.DONE if spoke else Stand.MOOT if moot else _overdue(case, due),
        done_at=spoke,
        tells=Told.SERVICE_MANAGER,
        tell_at=due if due < min(spoke or inf, case.over) and (spoke or course.p1_now) else None,
        hours=hours.text,
        ground=case.ground(Party.VENDOR, case.model.row(Gate.WORK), settings=["p1.response_watch"]),
    )

"""What is owed on a case at a moment. Computed anew each time from what is stored, so that no restart loses or repeats it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import inf

from connector.rasci.calendars import Calendar
from connector.rasci.course import OVER, Case, Owed, Stand, Told, calendars, then_weekly, up_to_next
from connector.rasci.emergency import emergencies
from connector.rasci.ladder import Gate
from connector.rasci.parts import NOBODY, named, parts_of, toward_users
from connector.rasci.rca import analyses
from connector.rasci.replies import OfVendor, first_word, last
from connector.rasci.routing import entered_by_cause
from connector.rasci.table import Kind, OperatingModel, Task
from connector.words import ACCESS, Course, Facts, Party, Reply

__all__ = ["Course", "Owed", "Stand", "Told", "calendars", "next_moment", "owed"]


def owed(
    model: OperatingModel,
    facts: Facts,
    calendars: Mapping[Party, Calendar],
    course: Course,
    replies: Sequence[Reply],
    now: float,
) -> tuple[Owed, ...]:
    """Every duty on the case, those that are done or moot too.

    ``model`` has the installation's settings in place of its own; ``replies`` are those of people who may give them.
    What comes later than ``now`` (seconds since the epoch) is not looked at.
    """
    case = Case.at(model, facts, calendars, course, replies, now)
    kinds = (emergencies, analyses, _answer, _access_to_servers, _confirmation, _users, _held, _consultation)
    return tuple(one for kind in kinds for one in kind(case))


def next_moment(owed: Sequence[Owed], now: float) -> float | None:
    """When the next reminder or word to somebody comes, so that the case has to be looked at again; None: only after an event."""
    moments = [at for one in owed if one.state not in OVER for at in (*one.reminders, one.tell_at) if at is not None]
    return min((at for at in moments if at > now), default=None)


def _answer(case: Case) -> Iterator[Owed]:
    """The case waits for the customer's side: for an answer, or for access. No document has a time for it."""
    course = case.course
    if not course.waiting_since or case.over < inf:
        return
    access = course.waiting_why == ACCESS
    item = case.named("access" if access else "timely-support", Gate.WORK)
    parts = parts_of(item) if isinstance(item, Task) and item.kind is Kind.DUTY else NOBODY
    party = (*parts.hold, case.holder(Gate.SUBMIT))[0]
    asked = last(list(case.said(OfVendor.ASKS_ACCESS, course.waited)), OfVendor.ASKS_ACCESS) if access else None
    since = max(course.waiting_since, asked.at) if asked else course.waiting_since
    granted = next(case.said("access", asked.at if asked else since), None)  # a vendor may ask for access in other words, too
    hours = case.hours(party)
    beats = then_weekly(hours, since, case.number("answer.reminder"))
    yield Owed(
        id="access" if access else "answer",
        party=party,
        what=("access for the vendor's engineers" if access else "an answer to the vendor's question")
        + (f" ({parts})" if parts.hold else "")
        + (f": {asked.text}" if asked and asked.text else ""),
        how=HOW_ACCESS if access else "",
        since=since,
        reminders=up_to_next(chain([since] if asked else [], beats), case.now, granted.at if granted else inf),
        hours=hours.text,
        ground=case.ground(party, item, settings=["answer.reminder"]),
    ).done(granted)


def _access_to_servers(case: Case) -> Iterator[Owed]:
    """A level that is entered by its cause works on the customer's servers: where somebody else staffs it, access is owed at once."""
    clause = next((one for one in case.model.clauses if one.id == "on-customer-servers"), None)
    level, rule, owner = next(entered_by_cause(case.model, case.facts), (None, None, None))
    if not clause or not level or not rule or owner in (None, Party.CUSTOMER) or case.course.finished or case.over < inf:
        return
    words = (one for one in case.said("fact", 0.0) if first_word(one.text) in rule.when.needs)
    since = next((one.at for one in words), case.course.born)
    granted, hours = next(case.said("access", since), None), case.hours(Party.CUSTOMER)
    beats = chain([since], then_weekly(hours, since, case.number("answer.reminder")))
    yield Owed(
        id="level-access",
        party=Party.CUSTOMER,
        what=f"access for {level.id}, {level.title}, which is {named([owner] if owner else [])}'s",
        how=HOW_ACCESS,
        since=since,
        reminders=up_to_next(beats, case.now, granted.at if granted else inf),
        hours=hours.text,
        ground=case.ground(
            Party.CUSTOMER, clause, rule, settings=["answer.reminder", *(one.setting for one in level.owner if one.setting)]
        ),
    ).done(granted)


HOW_ACCESS = "#connector access WHO GRANTED IT, UNTIL WHEN (never a password)"


def _confirmation(case: Case) -> Iterator[Owed]:
    """The vendor solved: level 1 accepts or refuses. Silence is called to mind and never closes anything.

    Of a vendor that was only asked nothing is a solution.
    """
    course = case.course
    if not course.solved or course.ended or course.consulted:
        return
    party = case.holder(Gate.SPEAK)
    answers = [next(case.said(topic, course.solved), None) for topic in ("accept", "refuse", "confirm")]
    word = min((one for one in answers if one), key=lambda one: one.at, default=None)
    hours = case.hours(party)
    beats = then_weekly(hours, course.solved, case.number("solved.unanswered"))
    answered = min(word.at if word else inf, course.accepted or inf)
    shown = Owed(
        id="confirm",
        party=party,
        what="a word on the vendor's solution: accepted, or refused",
        how="#connector accept, or #connector refuse REASON",
        since=course.solved,
        reminders=up_to_next(beats, case.now, answered),
        hours=hours.text,
        ground=case.ground(party, case.model.row(Gate.SPEAK), settings=["solved.unanswered"]),
    )
    resolved = course.accepted and (word is None or course.accepted < word.at)
    yield replace(shown, state=Stand.DONE, done_at=course.accepted) if resolved else shown.done(word)


def _users(case: Case) -> Iterator[Owed]:
    """What the row gives the end users is confirmed when the ticket is finished; a close does not wait for it."""
    course, rows = case.course, _topic(case)
    users = toward_users(case.model, rows[0]) if rows else None
    if not course.finished or users is None or not (users.before or users.after):
        return
    party, row = case.holder(Gate.SPEAK), case.model.row(Gate.SPEAK)
    word = next((one for one in case.said("confirm", course.born) if one.text), None)
    hours = case.hours(party)
    yield Owed(
        id="users",
        party=party,
        what=_DID[users.before, users.after],
        how=HOW_USERS,
        since=course.finished,
        state=Stand.MOOT if course.ended else Stand.OPEN,
        reminders=up_to_next(
            then_weekly(hours, course.finished, case.number("solved.unanswered")), case.now, word.at if word else inf
        ),
        hours=hours.text,
        ground=case.ground(party, row, *rows, settings=["solved.unanswered"]),
    ).done(word)


_DID = {
    (True, True): "a word that the end user was asked before it was decided, and was told after",
    (True, False): "a word that the end user was asked before it was decided",
    (False, True): "a word that the end user was told after it was done",
}
HOW_USERS = "#connector confirm WHO WAS ASKED OR TOLD, AND WHEN"


def _held(case: Case) -> Iterator[Owed]:
    """A ticket that is held is its submitter's to complete. A P1 is told to the roster at once."""
    course = case.course
    if not course.held_since or course.stays or case.over < inf:
        return
    party = case.holder(Gate.SUBMIT)
    hours = case.hours(party)
    due = hours.add_working_days(course.held_since, case.number("hold.limit"))
    at_once = [max(course.held_since, course.p1_since)] if course.p1_now else []
    yield Owed(
        id="held",
        party=party,
        what=f"what the ticket is held for: {course.held_why.rstrip('.') or 'see its note'}",
        how="#connector submit REASON" if course.topic else "",
        since=course.held_since,
        due=due,
        reminders=up_to_next(at_once, case.now),
        state=Stand.OVERDUE if case.now >= due else Stand.OPEN,
        tells=Told.LEVEL_1_LEAD,
        tell_at=due,
        hours=hours.text,
        ground=case.ground(
            party,
            case.model.row(Gate.SUBMIT),
            settings=["hold.limit", "hold.override", *(["p1.on_unauthorised"] if at_once else [])],
        ),
    )


def _consultation(case: Case) -> Iterator[Owed]:
    """The vendor is asked before a decision. Its silence lets the accountable party go on, and is recorded."""
    course = case.course
    if not course.consulted or course.ended:
        return
    hours = case.hours(Party.VENDOR)
    due = hours.add_working_days(course.consulted, case.number("consult.window"))
    answered = course.consult_answered
    yield Owed(
        id="consult",
        party=Party.VENDOR,
        what="an answer to the consultation",
        how="",
        since=course.consulted,
        due=due,
        state=Stand.DONE if answered else Stand.LAPSED if case.now >= due else Stand.OPEN,
        done_at=answered,
        tells=Told.ACCOUNTABLE,
        tell_at=due if due < (answered or inf) else None,
        hours=hours.text,
        ground=case.ground(Party.VENDOR, *_topic(case), settings=["consult.window"]),
    )


def _topic(case: Case) -> list[Task]:
    return [task for task in case.model.tasks if task.id == case.course.topic]

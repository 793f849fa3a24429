"""Root cause analyses of a P1: who owes one, from when, by when, and what fulfils it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from connector.rasci.course import Case, Ground, Owed, Stand, Told, up_to_next
from connector.rasci.duties import RCA_ROWS, Cause, Rca
from connector.rasci.ladder import Gate
from connector.rasci.meaning import Basis
from connector.rasci.parts import parts_of
from connector.rasci.table import Task
from connector.words import Party, Reply, Side

CAUSES = {"vendor": Cause.VENDOR, "other": Cause.OTHER, "mixed": None}
"""What a person may state. A mixed cause is in no half of the documents."""

_DRAFT = "draft"


def analyses(case: Case) -> Iterator[Owed]:
    """First the cause, which the customer states; then the analysis, by whoever owes it for that cause."""
    since, halves = _since(case), _halves(case)
    if not since or not halves:
        return
    stated = _stated(case)
    yield _cause(case, since, halves, stated)
    if stated:
        yield from _analysis(case, since, halves, CAUSES[_first_word(stated)])


def _since(case: Case) -> float:
    """When it became owed: with the service restored, or the case closed. 0.0: it is not owed."""
    course = case.course
    p1 = course.p1_since if case.word("rca.p1_basis") == "any_time" else course.p1_now
    if not p1 or course.withdrawn:
        return 0.0
    return course.ended if case.word("rca.trigger") == "closed" else course.solved or course.ended


def _halves(case: Case) -> Sequence[Rca]:
    return [half for half in case.model.duties.rca if half.when.holds(case.facts)]


def _first_word(reply: Reply) -> str:
    return re.split(r"\W", reply.text.strip(), maxsplit=1)[0].lower()


def _stated(case: Case) -> Reply | None:
    """The customer's last word on the cause."""
    said = [one for one in case.said("cause", case.course.p1_since) if _first_word(one) in CAUSES]
    return said[-1] if said else None


def _cause(case: Case, since: float, halves: Sequence[Rca], stated: Reply | None) -> Owed:
    """Which half is owed depends on it. That the customer says it is ours; what asks for it is what the document states."""
    party = case.holder(Gate.SUBMIT)
    rows = [row for half in halves if half.basis is not Basis.OURS and (row := _row(case, RCA_ROWS[half.cause]))]
    asked = Owed(
        id="cause",
        party=party,
        what="a word on what caused the P1: the vendor's component alone, something else, or both",
        how="#connector cause vendor|other|mixed",
        since=since,
        ground=replace(case.ground(party, *rows, settings=["rca.cause_decided_by", "rca.due"]), basis=Basis.OURS),
    )
    return _in_time(case, asked, stated.at if stated else inf).done(stated)


def _analysis(case: Case, since: float, halves: Sequence[Rca], cause: Cause | None) -> Iterator[Owed]:
    half = next((half for half in halves if _covers(half, cause)), None)
    if half:
        row = _row(case, RCA_ROWS[half.cause])
        party = (*(parts_of(row).hold if row else ()), half.party)[0]
        ground = _rests(case, party, half.cause, half)
        yield _fulfilled(case, since, party, ground, expected=half.basis is Basis.OURS)
    elif cause is None:
        leads = Cause.VENDOR if case.word("rca.mixed") == "vendor_leads" else Cause.OTHER
        party = Party.VENDOR if leads is Cause.VENDOR else case.holder(Gate.SUBMIT)
        ground = replace(_rests(case, party, leads, settings=["rca.mixed"]), basis=Basis.OURS)
        yield _fulfilled(case, since, party, ground, expected=False)


def _covers(half: Rca, cause: Cause | None) -> bool:
    """A mixed cause is the vendor's only where the document itself does not ask for its component alone."""
    if cause is None:
        return half.cause is Cause.VENDOR and not half.solely and half.basis is Basis.STATED
    return half.cause is cause


def _row(case: Case, name: str) -> Task | None:
    return next((task for task in case.model.tasks if task.id == name), None)


def _rests(case: Case, party: Party, cause: Cause, *half: Rca, settings: Sequence[str] = ()) -> Ground:
    row = _row(case, RCA_ROWS[cause])
    items = [*([row] if row else []), *half]
    return case.ground(party, *items, settings=[*settings, "rca.trigger", "rca.due"])


def _fulfilled(case: Case, since: float, party: Party, ground: Ground, *, expected: bool) -> Owed:
    """The vendor's text counts only after the customer, where it is consulted, had the draft; until then it is shown as owed."""
    row = _row(case, ground.task)
    draft_first = party is Party.VENDOR and (
        row is None or any(one in parts_of(row).asked for one in case.model.staff(Side.CUSTOMER))
    )
    drafts, word = _words(case, draft_first=draft_first)
    kept = "; the customer had the draft" if drafts else "; first the customer gets the draft"
    shares = f" ({parts_of(row)})" if row else ""
    analysis = Owed(
        id="rca",
        party=party,
        what="the root cause analysis of the P1" + (kept if draft_first and not word else "") + shares,
        how="#connector rca draft, then #connector rca done" if draft_first else "#connector rca TEXT or link",
        since=since,
        state=Stand.EXPECTED,
        ground=ground,
    )
    return (analysis if expected else _in_time(case, analysis, word.at if word else inf)).done(word)


def _words(case: Case, *, draft_first: bool) -> tuple[Sequence[Reply], Reply | None]:
    """What was said of drafts, and the word that fulfils it."""
    said = list(case.said("rca", case.course.p1_since))
    drafts = [one for one in said if _first_word(one) == _DRAFT]
    after = said.index(drafts[0]) if drafts else len(said) if draft_first else 0
    return drafts, next((one for one in said[after:] if _first_word(one) != _DRAFT), None)


def _in_time(case: Case, owed: Owed, until: float) -> Owed:
    """Due after so many working days of who owes it, called to mind at half; overdue, the accountable party is told."""
    hours, days = case.hours(owed.party), case.number("rca.due")
    half, due = (hours.add_working_days(owed.since, n) for n in (max(days // 2, 1), days))
    return replace(
        owed,
        due=due,
        reminders=up_to_next([half], case.now, until),
        state=Stand.OVERDUE if case.now >= due else Stand.OPEN,
        tells=Told.ACCOUNTABLE,
        tell_at=due if due < until else None,
        hours=hours.text,
    )

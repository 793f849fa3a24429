"""Root cause analyses of a P1: who says what caused it, who owes one, from when, by when, and what fulfils it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from connector.rasci.course import Case, Ground, Owed, Stand, Told, up_to_next
from connector.rasci.duties import RCA_ROWS, Cause, Rca
from connector.rasci.ladder import Gate
from connector.rasci.meaning import Basis
from connector.rasci.parts import parts_of
from connector.rasci.replies import OfVendor
from connector.rasci.table import Letter, Task
from connector.words import Party, Reply, Side

CAUSES = {"vendor": Cause.VENDOR, "other": Cause.OTHER, "mixed": None}
"""What a person may state. A mixed cause is in no half of the documents."""

_DRAFT = "draft"


def analyses(case: Case) -> Iterator[Owed]:
    """First the cause, which the customer states and the vendor may object to; then the analysis, by whoever owes it for that cause.

    Nobody owes an analysis while it is open whose it is.
    """
    since, halves = _since(case), _halves(case)
    if not since or not halves:
        return
    question = _asked(case)
    yield _cause(case, since, halves, question)
    if question.stated and not question.open_again:
        analysis = list(_analysis(case, since, halves, CAUSES[_first_word(question.stated)]))
        yield from analysis
        if question.objection and not any(one.state is Stand.DONE for one in analysis):
            yield _dispute(case, question.stated, question.objection)


def _since(case: Case) -> float:
    """When one could be owed: with the service restored, or the case closed. 0.0: not yet, or no more."""
    course = case.course
    if course.withdrawn:
        return 0.0
    return course.ended if case.word("rca.trigger") == "closed" else course.solved or course.ended


def _halves(case: Case) -> Sequence[Rca]:
    """What is owed for such a case, by the row where the table has one: only a P1 is analysed."""
    p1 = case.course.p1_since if case.word("rca.p1_basis") == "any_time" else case.course.p1_now
    facts = {**case.facts, "priority": frozenset({"p1" if p1 else "lower"})}
    return [half for half in case.model.duties.rca if (_row(case, RCA_ROWS[half.cause]) or half).when.holds(facts)]


def _first_word(reply: Reply) -> str:
    return re.split(r"\W", reply.text.strip(), maxsplit=1)[0].lower()


@dataclass(frozen=True)
class _Question:
    """How it stands with the cause (setting ``rca.cause_decided_by``): the customer states it, the vendor may object."""

    stated: Reply | None = None  # the customer's last word
    objection: Reply | None = None  # the vendor's against that cause
    upheld: bool = False  # the customer said the same again after it: the cause stands, and is disputed

    @property
    def open_again(self) -> bool:
        return self.objection is not None and not self.upheld

    def heard(self, word: Reply) -> _Question:
        if word.topic == OfVendor.OBJECT:
            return replace(self, objection=word) if self.stated and not self.objection else self
        same = self.stated is not None and _first_word(self.stated) == _first_word(word)
        return replace(self, stated=word, upheld=self.objection is not None) if same else _Question(word)


def _asked(case: Case) -> _Question:
    question = _Question()
    for word in case.replies:
        counts = word.topic == OfVendor.OBJECT or (word.topic == "cause" and _first_word(word) in CAUSES)
        question = question.heard(word) if counts and word.at >= case.course.p1_since else question
    return question


def _cause(case: Case, since: float, halves: Sequence[Rca], question: _Question) -> Owed:
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
    if question.objection and question.open_again:
        return _once_more(case, asked, question.objection)
    return _in_time(case, asked, question.stated.at if question.stated else inf).done(question.stated)


def _once_more(case: Case, asked: Owed, objection: Reply) -> Owed:
    """The same question, told at once: the vendor objects."""
    what = f"a new word on what caused the P1, since the vendor objects to the cause that was stated: {_reason(objection)}"
    again = _in_time(case, replace(asked, what=what, since=max(objection.at, asked.since)), inf)
    return replace(again, reminders=(again.since, *again.reminders))


def _reason(objection: Reply) -> str:
    return objection.text or "it gives no reason"


def _dispute(case: Case, stated: Reply, objection: Reply) -> Owed:
    """The customer stays with its word, and the vendor objects: whoever is accountable for that analysis decides."""
    row = _row(case, RCA_ROWS[CAUSES[_first_word(stated)] or _leader(case)])
    party = _accountable(case, row)
    return Owed(
        id="dispute",
        party=party,
        what=f"a decision on the cause of the P1: the customer stays with its word, the vendor objects: {_reason(objection)}",
        how="" if party is Party.VENDOR else "#connector cause vendor|other|mixed",
        since=stated.at,
        reminders=(stated.at,),
        ground=replace(case.ground(party, *([row] if row else []), settings=["rca.cause_decided_by"]), basis=Basis.OURS),
    )


def _accountable(case: Case, row: Task | None) -> Party:
    """Where the document gives the row to nobody, it is the customer's side, which states the cause."""
    able = [one for one in row.cells if Letter.A in row.letters(one) and row.rests_on(one)[0] is not Basis.OURS] if row else []
    return (*able, case.holder(Gate.SUBMIT))[0]


def _analysis(case: Case, since: float, halves: Sequence[Rca], cause: Cause | None) -> Iterator[Owed]:
    half = next((half for half in halves if _covers(half, cause)), None)
    if half:
        row = _row(case, RCA_ROWS[half.cause])
        party = (*(parts_of(row).hold if row else ()), half.party)[0]
        ground = _rests(case, party, half.cause, half)
        yield _fulfilled(case, since, party, ground, expected=half.basis is Basis.OURS)
    elif cause is None:
        leads = _leader(case)
        party = Party.VENDOR if leads is Cause.VENDOR else case.holder(Gate.SUBMIT)
        ground = replace(_rests(case, party, leads, settings=["rca.mixed"]), basis=Basis.OURS)
        yield _fulfilled(case, since, party, ground, expected=False)


def _leader(case: Case) -> Cause:
    """Whose analysis it is where the cause is mixed."""
    return Cause.VENDOR if case.word("rca.mixed") == "vendor_leads" else Cause.OTHER


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

"""The submit gate: what a hand-over to the vendor needs, who may make it, and what is missing. Pure.

It promises presence, never quality: whether a statement is true stays the word of the person who made it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connector.rasci.installation import Installation, Person, certified, role_of
from connector.rasci.ladder import Certificate, EvidenceItem, Form, Gate, Need, RecordType
from connector.rasci.parts import named, parts_of
from connector.rasci.replies import SIGN, Topic, last
from connector.rasci.routing import exit_questions, hand_over, last_step
from connector.rasci.table import Letter, OperatingModel, Task
from connector.words import Facts, Reply, Ruling, Side, Verdict


@dataclass(frozen=True)
class Submission:
    """A ticket that was handed over, with all that the gate looks at. ``now``: seconds since the epoch."""

    task: Task
    facts: Facts
    now: float
    p1: bool = False
    submitter: str = ""  # login of the person whose act handed it over; "" where nobody knows
    assumed: bool = False  # the submitter is not known from the history
    present: Mapping[str, str] = field(default_factory=dict)  # id of an item -> where it stands, in words
    looked_for: frozenset[str] = frozenset()  # the items of which the mapping says where they would stand
    replies: Sequence[Reply] = ()
    reporter: str = ""  # login of whoever created it
    been: frozenset[str] | None = None  # the levels of the customer's side that had it; None: nobody knows, or tells them apart


@dataclass(frozen=True)
class Entry:
    """What the gate says: it may go, or it waits and why."""

    ruling: Ruling
    missing: tuple[str, ...] = ()  # what it waits for, or, where it may go, what goes without
    asked: tuple[str, ...] = ()  # what the vendor would like besides
    gaps: tuple[str, ...] = ()  # what it waits for, or goes without, as the vendor is told: without how it is given
    person: Person | None = None  # who submits
    stated: tuple[Reply, ...] = ()  # the statements that go with it
    unauthorised: bool = False  # who handed it over may not
    items: tuple[str, ...] = ()  # ids of what the hand-over lists
    absent: tuple[str, ...] = ()  # those of them that are asked for and not there
    unsupported: str = ""  # where the document asks for a supported version, and the installed one is not

    @property
    def open(self) -> bool:
        return self.ruling.allowed


def enter(model: OperatingModel, installation: Installation, submission: Submission) -> Entry:
    """Whether a ticket may become a case now. A P1 is never held for evidence: it goes with its gaps listed."""
    override = _override(installation, submission)
    person, objection = _submitter(model, installation, submission, override)
    if objection:
        return Entry(_rule(model, Verdict.HOLD, objection), person=person, unauthorised=True)
    if past := _past_a_level(model, installation, submission, override):
        return Entry(_rule(model, Verdict.HOLD, past), person=person)
    items = profile(model, submission, hand_over(model, submission.facts))
    stated = tuple(one for one in statements(installation, submission) if authorised(model, installation, one.by))
    absent = without(submission, items, stated)
    missing = tuple(wanted(item) for item in absent if item.need is Need.MANDATORY)
    asked = (*leaving(model, submission.facts), *(wanted(item) for item in absent if item.need is Need.ASKED))
    listed, gone = tuple(item.id for item in items), tuple(item.id for item in absent if item.need is not Need.OPTIONAL)
    gaps = tuple(item.title for item in absent if item.need is Need.MANDATORY)
    old = _unsupported(model, submission)
    if old and not submission.p1 and not override and model.setting("version.unsupported") == "hold":
        missing = (*missing, f"a version that is supported ({old}; `{SIGN} {Topic.SUBMIT.value} REASON` sends it as it is)")
    if missing and not submission.p1 and not override:
        sources = "; ".join(dict.fromkeys(item.source for item in absent if item.need is Need.MANDATORY))
        whose = named(parts_of(model.row(Gate.SUBMIT)).answer)
        reason = f"Held with {whose} until what is missing is there; then it goes by itself, unless the hand-over was taken back."
        return Entry(_rule(model, Verdict.HOLD, reason, sources), missing, asked, gaps, person, stated, unsupported=old)
    allowed = _rule(model, Verdict.ALLOW, _goes(submission, person, missing, override))
    return Entry(allowed, missing, asked, gaps, person, stated, items=listed, absent=gone, unsupported=old)


def _rule(model: OperatingModel, verdict: Verdict, reason: str, sources: str = "") -> Ruling:
    row = model.row(Gate.SUBMIT)
    letters = model.letters(model.staff(Side.CUSTOMER), row)
    return Ruling(verdict, row.id, row.title, ",".join(letters), f"{row.source}; {sources}" if sources else row.source, reason)


# --- who ------------------------------------------------------------------------------------------------------


def authorised(model: OperatingModel, installation: Installation, login: str, act: Gate = Gate.SUBMIT) -> bool:
    """Whether a person may submit (or speak to users) for the customer's side; without a roster nobody is asked."""
    if not installation.roster:
        return True
    person = installation.person(login)
    return person is not None and not _not_entitled(model, person, installation.known, act)


def _submitter(
    model: OperatingModel, installation: Installation, submission: Submission, override: Reply | None
) -> tuple[Person | None, str]:
    """Who submits, and why that person's act does not. Whoever may submit can make somebody else's hand-over their own."""
    person = installation.person(submission.submitter)
    if not installation.roster:
        return person, ""
    objection = _objection(model, submission, person, submission.submitter)
    if objection and override:
        other = installation.person(override.by)
        if not _objection(model, submission, other, override.by):
            return other, ""
    return person, objection


def _objection(model: OperatingModel, submission: Submission, person: Person | None, login: str) -> str:
    """Why this person's act does not submit; "" where it does."""
    if person is None:
        who = login or "somebody whom the history does not name"
        return f"{who} handed it over and is not on the roster: an authorised person has to do so."
    if entitled := _not_entitled(model, person, submission.facts):
        return entitled
    role = role_of(model, person)
    if role and role.announced and person.known_to_vendor is None:
        return f"the vendor has not confirmed yet that it knows {person.name}: e-mail and phone have to be with it first."
    if role and role.registered and not person.portal_user:
        return f"{person.name} has no identity of their own in the vendor's portal."
    today = datetime.fromtimestamp(submission.now, UTC).date()
    if role and role.certificate is Certificate.REQUIRED and not certified(person, today):
        return f"{person.name} has no certificate that holds today, which {role.title} need ({role.source})."
    return ""


def _not_entitled(model: OperatingModel, person: Person, facts: Facts, act: Gate = Gate.SUBMIT) -> str:
    row, info = model.row(act), model.parties[person.party]
    if Letter.R not in row.letters(person.party):
        return f"{person.name} belongs to {info.name}, which does not hold R on row {row.number}, {row.title!r}."
    entitled = [role for role in info.roles if act in role.may]
    if entitled and person.role not in {role.id for role in entitled}:
        whose = " or ".join(role.title for role in entitled)
        return f"{person.name} is not among those who {_DOES[act]}: that is for {whose} ({entitled[0].source})."
    role = next((one for one in entitled if one.id == person.role), None)
    if role and not role.when.holds(facts):
        return f"{person.name} is {role.title} where {role.when}, which is not said of this installation ({role.source})."
    return ""


_DOES = {Gate.SUBMIT: "submit", Gate.SPEAK: "speak to users", Gate.WORK: "work on a case"}


def _past_a_level(model: OperatingModel, installation: Installation, submission: Submission, override: Reply | None) -> str:
    """A case comes from the level before the vendor only: why this one does not; "" where nobody knows, or that level lets it go."""
    last = last_step(model, submission.facts)
    if last is None or submission.been is None or last[0].id in submission.been:
        return ""
    if override and authorised(model, installation, override.by):
        return ""
    level = last[0]
    return f"It was never with {level.id}, {level.title}, from which alone a case comes ({level.source})."


def _override(installation: Installation, submission: Submission) -> Reply | None:
    """A person of the roster lets it go as it is, and says why (setting hold.override)."""
    known = [reply for reply in submission.replies if not installation.roster or installation.person(reply.by)]
    return last([reply for reply in known if reply.text], Topic.SUBMIT)


def _goes(submission: Submission, person: Person | None, missing: tuple[str, ...], override: Reply | None) -> str:
    who = person.name if person else submission.submitter or "an unnamed person"
    assumed = " (assumed: the history does not say whose act it was)" if submission.assumed else ""
    if override:
        return f"{override.by} lets it go as it is: {override.text}"
    if missing:
        return f"Submitted by {who}{assumed}; a P1 is never held for evidence: it goes with its gaps listed."
    return f"Submitted by {who}{assumed}; all that has to be there is present."


def _unsupported(model: OperatingModel, submission: Submission) -> str:
    """Where the document asks for a supported version, if the installed one is not. A request is about no version."""
    asks = next((one for one in model.clauses if one.id == "on-premises-upgrades" and one.when.holds(submission.facts)), None)
    kinds = submission.facts.get("record_type", frozenset())
    return asks.source if asks and kinds != {RecordType.REQUEST.value} else ""


# --- what -----------------------------------------------------------------------------------------------------


def profile(model: OperatingModel, submission: Submission, step: str) -> list[EvidenceItem]:
    """What a hand-over, such as L1-L2, of this kind of record is to carry."""
    facts = submission.facts
    kinds = {RecordType.ANY.value, *facts.get("record_type", RecordType)}  # nobody said: whatever it may be is to be there
    fits = (item for item in model.evidence if item.hand_over == step and item.record_type.value in kinds)
    return [item for item in fits if submission.task.id not in item.not_for and item.when.holds(facts)]


def leaving(model: OperatingModel, facts: Facts) -> Iterator[str]:
    """What the level that hands over to the vendor is asked before it does, and nobody found out."""
    last = last_step(model, facts)
    yield from exit_questions(model, last[0].id, facts).values() if last else ()


def without(submission: Submission, items: Sequence[EvidenceItem], stated: Sequence[Reply]) -> list[EvidenceItem]:
    """The items that are not there. ``stated``: the statements that count."""
    said = {_about(reply, items) for reply in stated}
    return [item for item in items if not _shows(submission, item, said)]


def _shows(submission: Submission, item: EvidenceItem, said: Collection[str]) -> bool:
    """Whether it is there, or nobody could say where it would be."""
    if item.id in submission.present or item.id in said:
        return True
    return item.id not in submission.looked_for and not stateable(item)


def stateable(item: EvidenceItem) -> bool:
    """Whether a person's word can show it."""
    return bool({Form.STATEMENT, Form.RESULT} & set(item.by))


def statements(installation: Installation, submission: Submission) -> Iterator[Reply]:
    for reply in submission.replies:
        known = not installation.roster or installation.person(reply.by) is not None
        if reply.topic == Topic.STATEMENT and reply.text and known:
            yield reply


def _about(reply: Reply, items: Sequence[EvidenceItem]) -> str:
    """Which item a statement is about: the one it names, else the attribution, which a statement alone can show."""
    first, _, rest = reply.text.partition(" ")
    named = next((item for item in items if item.id == first.rstrip(":").casefold()), None)
    if named:
        return named.id if rest.strip() and stateable(named) else ""
    return next((item.id for item in items if item.by == (Form.STATEMENT,)), "")


def wanted(item: EvidenceItem) -> str:
    how = f" (`{SIGN} {Topic.STATEMENT.value}{'' if item.by == (Form.STATEMENT,) else f' {item.id}'} ...` in an internal note)"
    return f"{item.title}{how if stateable(item) else ''}"

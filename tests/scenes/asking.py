"""A scene: a clause of a document, a situation in words, a question to the rules, and the answer that the clause gives.

The answers are written by hand, from the documents. No answer is read from a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from connector.rasci.conditions import When
from connector.rasci.installation import Installation, OwnItem, Person, findings, under
from connector.rasci.intake import Entry, Submission, authorised, enter
from connector.rasci.judge import judge
from connector.rasci.ladder import Gate
from connector.rasci.owed import Course, Owed, owed
from connector.rasci.parts import named, parts_of, toward_users
from connector.rasci.replies import Topic
from connector.rasci.routing import Destination, case_of, destination, kind_found_out, owner_of
from connector.rasci.routing import answers_for as answers_for_it
from connector.rasci.supply import notice
from connector.rasci.table import OperatingModel, Setting
from connector.words import About, Act, Audience, Change, Facts, News, Party, Phase, Reply, Ruling, Side

Question = Callable[[OperatingModel], str]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW, TODAY = NOON.timestamp(), NOON.date()
VENDOR, CUSTOMER, PARTNER, END_USER = Party.VENDOR, Party.CUSTOMER, Party.PARTNER, Party.END_USER


@dataclass(frozen=True)
class Scene:
    clause: str  # the document's words, or where they stand
    situation: str
    asked: Question
    answer: str

    @property
    def name(self) -> str:
        return f"{self.clause}: {self.situation}"


def facts_of(given: dict[str, str]) -> Facts:
    return {name: frozenset(value.split()) for name, value in given.items()}


def where(setting: str, value: str, question: Question) -> Question:
    """The question where a setting of the model has this value."""
    return lambda model: question(replace(model, settings={**model.settings, setting: Setting(value)}))


# --- whose is it ------------------------------------------------------------------------------------------------


def _sent(model: OperatingModel, task: str, system: str, given: dict[str, str]) -> Destination:
    about = [About(task, system, "it says so")] if task or system else []
    return destination(model, facts_of(given), about)


def goes(task: str = "", /, *, system: str = "", **given: str) -> Question:
    """Where the ticket goes: case, stays, ends, not_bought, unclassified."""
    return lambda model: _sent(model, task, system, given).way.value


def row_of(task: str = "", /, *, system: str = "", **given: str) -> Question:
    """The id of the row that is named to people."""
    return lambda model: found.id if (found := _sent(model, task, system, given).task) else "none"


def works(task: str = "", /, *, system: str = "", **given: str) -> Question:
    """Who does the work, and on whom the clock runs."""
    return lambda model: named(_sent(model, task, system, given).parts.hold)


def answers_for(task: str = "", /, *, system: str = "", **given: str) -> Question:
    """On whose word it is done, and to whom it returns when nobody has it."""
    return lambda model: named(_sent(model, task, system, given).parts.answer)


def helps(task: str = "", /, **given: str) -> Question:
    """Who is asked for help."""
    return lambda model: named(_sent(model, task, "", given).parts.help)


def may_ask(task: str = "", /, **given: str) -> Question:
    """By which word an authorised person may involve the vendor in what stays."""
    return lambda model: ", ".join(_sent(model, task, "", given).asks) or "nothing"


def says(words: str, task: str = "", /, *, system: str = "", **given: str) -> Question:
    """Whether people are told so."""
    return lambda model: "said" if words in _sent(model, task, system, given).reason else "not said"


def kind_of_record(**given: str) -> Question:
    """What kind of record it is by what a person found out."""
    return lambda model: " ".join(kind_found_out(model, facts_of(given)).get("record_type", {"nobody says"}))


def staffs(level: str, **given: str) -> Question:
    """Who staffs a level here."""

    def asked(model: OperatingModel) -> str:
        owners = (owner_of(model, one, facts_of(given)) for one in model.levels if one.id == level)
        return named([owner for owner in owners if owner])

    return asked


def toward_the_users(task: str) -> Question:
    return lambda model: str(toward_users(model, case_of(model, task))) or "nothing"


# --- what the vendor starts -----------------------------------------------------------------------------------------


def vendor_starts(task: str, what: str = "maintenance", /, **given: str) -> Question:
    """What becomes of it at the customer's."""

    def asked(model: OperatingModel) -> str:
        found = notice(model, facts_of(given), News(task, what, "west", "it says so"))
        if not found.told:
            return "nobody wants to be told" if found.quiet else found.ruling.verdict.value
        return "a ticket with work to do" if found.work else "a ticket for information"

    return asked


def works_on_it(task: str) -> Question:
    """Who does the work of what the vendor started."""
    return lambda model: named(parts_of(case_of(model, task)).hold)


def vendor_ends_it(task: str) -> Question:
    """What it says when the vendor is done with what it started."""
    return lambda model: "all is done" if answers_for_it(model, case_of(model, task)) else "its part is done"


# --- a case that is open ------------------------------------------------------------------------------------------


def _verdict(change: Change) -> Question:
    return lambda model: judge(model, change).verdict.value


def _ticket(topic: str, shows: Phase, source: Phase, by: Party = VENDOR, *, notifies: bool = False) -> Change:
    return Change(Act.MOVE, Side.CUSTOMER, by, "status", Phase.WORKING, shows, source, topic=topic, notifies=notifies)


def _case(topic: str, source: Phase, now: Phase, by: Party = CUSTOMER) -> Change:
    return Change(Act.MOVE, Side.VENDOR, by, "status", now, source, source, topic=topic)


def vendor_sets(phase: Phase, topic: str) -> Question:
    """The vendor's status on the customer's ticket."""
    return _verdict(_ticket(topic, phase, phase))


def vendor_resolves_the_ticket(topic: str) -> Question:
    """The vendor's solved would be the end of the whole task."""
    return _verdict(_ticket(topic, Phase.SOLVED, Phase.SOLVED))


def vendor_solves(topic: str) -> Question:
    """What the vendor's solved says: the whole, or its part. The ticket is back at level 1 in either case."""

    def asked(model: OperatingModel) -> str:
        ruling = judge(model, _ticket(topic, Phase.WORKING, Phase.SOLVED))
        whole = "the whole" if ruling.reason.startswith("Solved by") else "its part"
        return f"{whole}, back to level 1" if ruling.allowed and "back to level 1" in ruling.reason else ruling.verdict.value

    return asked


def vendor_closes(topic: str) -> Question:
    return _verdict(_ticket(topic, Phase.CLOSED, Phase.CLOSED))


def vendor_mails_the_caller(topic: str) -> Question:
    return _verdict(_ticket(topic, Phase.SOLVED, Phase.SOLVED, notifies=True))


def vendor_asks(topic: str, party: Party = CUSTOMER) -> Question:
    """The case waits for the customer's side: whether the party is to help, or is asked as anybody may be."""

    def asked(model: OperatingModel) -> str:
        ruling = judge(model, _ticket(topic, Phase.WAITING_CUSTOMER, Phase.WAITING_CUSTOMER))
        return _parts_said(ruling, party)

    return asked


def answers(topic: str, by: Party = CUSTOMER) -> Question:
    """The vendor waits, and is answered: by right of the row, or of the floor."""
    return _by_right(_case(topic, Phase.WORKING, Phase.WAITING_CUSTOMER, by), topic)


def comments(topic: str, by: Party = CUSTOMER) -> Question:
    return _by_right(_text(Side.VENDOR, by, topic), topic)


def _by_right(change: Change, topic: str) -> Question:
    def asked(model: OperatingModel) -> str:
        ruling = judge(model, change)
        right = "by its row" if ruling.task == topic else "by the floor"
        return f"{ruling.verdict.value} {right}" if ruling.allowed else ruling.verdict.value

    return asked


def customer_solves(topic: str) -> Question:
    """The customer set its ticket to solved: what is said to whoever reads why the case does not follow."""
    own = "is its own part"
    return lambda model: own if own in judge(model, _case(topic, Phase.SOLVED, Phase.WORKING)).reason else "is not its to say"


def changes_the_title(topic: str, by: Party = CUSTOMER, *, shown: bool = False) -> Question:
    other = Side.CUSTOMER if by is VENDOR else Side.VENDOR
    return _verdict(Change(Act.FIELD, other, by, "title", topic=topic, informs=shown))


def changes_the_class(topic: str, by: Party) -> Question:
    """Whether it is this party's word, and where that stands."""
    other = Side.CUSTOMER if by is VENDOR else Side.VENDOR

    def asked(model: OperatingModel) -> str:
        ruling = judge(model, Change(Act.FIELD, other, by, "class", topic=topic))
        return f"{ruling.verdict.value}: {ruling.clause.rpartition('; ')[2]}"

    return asked


def changes_the_priority(topic: str, by: Party) -> Question:
    other = Side.CUSTOMER if by is VENDOR else Side.VENDOR
    return _verdict(Change(Act.FIELD, other, by, "priority", topic=topic))


def _text(to: Side, by: Party, topic: str, shown: Audience = Audience.INTERNAL, said: Audience = Audience.PUBLIC) -> Change:
    return Change(Act.COMMENT, to, by, said_to=said, shown_to=shown, topic=topic)


def hears_the_vendor(topic: str, party: Party = CUSTOMER) -> Question:
    """As what the party hears the vendor's words on the case."""
    return lambda model: _parts_said(judge(model, _text(Side.CUSTOMER, VENDOR, topic)), party)


def vendor_hears(topic: str) -> Question:
    """As what the vendor hears the customer's words on the case."""
    return lambda model: _parts_said(judge(model, _text(Side.VENDOR, CUSTOMER, topic)), VENDOR)


def _parts_said(ruling: Ruling, party: Party) -> str:
    if not ruling.allowed:
        return ruling.verdict.value
    who = named([party])
    words = ("helps when asked", "is consulted", "is informed", "works on it too")
    return ", ".join(word for word in words if f"{who} {word}" in ruling.clause) or "as anybody on the case"


def is_heard_by_users(by: Party) -> Question:
    return _verdict(_text(Side.CUSTOMER, by, "", Audience.PUBLIC))


def closes(topic: str, by: Party = CUSTOMER, now: Phase = Phase.SOLVED, *, untrained: bool = False) -> Question:
    """What follows for the case when the ticket is closed."""

    def asked(model: OperatingModel) -> str:
        ruling = judge(model, replace(_case(topic, Phase.CLOSED, now, by), untrained=untrained))
        if ruling.allowed and "not among those who speak to users" in ruling.reason:
            return "allow, marked"
        return "withdrawn by a note" if "Withdrawal" in ruling.reason else ruling.verdict.value

    return asked


def refuses_the_solution(topic: str) -> Question:
    return _verdict(_case(topic, Phase.WORKING, Phase.SOLVED))


# --- handing over -------------------------------------------------------------------------------------------------


def person(name: str, role: str = "", party: Party = CUSTOMER, **other: date | str | None) -> Person:
    """Somebody of whom all is known, but for what is given otherwise."""
    known: dict[str, date | str | None] = {
        "portal_user": f"{name}@portal",
        "known_to_vendor": TODAY,
        "trained": TODAY,
        "certified_until": TODAY,
    }
    return Person(
        name=name,
        email=f"{name}@example.org",
        phone="1",
        login=name,
        party=party,
        role=role,
        **{**known, **other},  # type: ignore[arg-type]  # names and kinds as in Person
    )


def submits(actor: Party) -> Question:
    return _verdict(Change(Act.SUBMIT, Side.VENDOR, actor))


def vendor_opens_a_ticket() -> Question:
    return _verdict(Change(Act.SUBMIT, Side.CUSTOMER, VENDOR))


@dataclass(frozen=True)
class Handing:
    """A ticket that somebody hands over."""

    task: str
    roster: tuple[Person, ...] = ()
    by: str = "Ann"
    present: str = ""  # ids of evidence that is there
    looked_for: str = ""  # ids of evidence of which the mapping says where it would stand
    said: tuple[tuple[str, str, str], ...] = ()  # who, topic, text
    p1: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    been: str | None = None  # ids of the levels that had it; None: nobody knows
    reporter: str = ""  # who created it
    own: tuple[OwnItem, ...] = ()  # what this installation asks for besides

    def submission(self, model: OperatingModel) -> Submission:
        replies = [Reply(topic, text, who, NOW) for who, topic, text in self.said]
        return Submission(
            task=case_of(model, self.task),
            facts=facts_of(dict(self.facts)),
            now=NOW,
            p1=self.p1,
            submitter=self.by,
            present=dict.fromkeys(self.present.split(), "in the ticket"),
            looked_for=frozenset(self.looked_for.split()),
            replies=replies,
            reporter=self.reporter,
            been=None if self.been is None else frozenset(self.been.split()),
        )

    def entered(self, model: OperatingModel) -> Entry:
        here = Installation(roster=self.roster, evidence=self.own)
        return enter(under(model, here), here, self.submission(model))


def passes(handing: Handing) -> Question:
    """Whether it may become a case now; who may not, is named."""

    def asked(model: OperatingModel) -> str:
        entry = handing.entered(model)
        why = "not authorised" if entry.unauthorised else "incomplete" if entry.missing else "never there"
        return "goes" if entry.open else f"held: {why}"

    return asked


def held_with(handing: Handing) -> Question:
    """With whom it waits."""
    parties = [VENDOR, CUSTOMER, PARTNER]
    return lambda model: next(
        (named([one]) for one in parties if f"with {named([one])}" in handing.entered(model).ruling.reason), "-"
    )


def waits_for(handing: Handing) -> Question:
    """How many things are missing and how many are asked for."""
    return lambda model: f"{len(handing.entered(model).missing)} missing, {len(handing.entered(model).asked)} asked"


def asks_for(words: str, handing: Handing) -> Question:
    """Whether people are asked for this."""

    def asked(model: OperatingModel) -> str:
        entry = handing.entered(model)
        lists = (("missing", entry.missing), ("asked", entry.asked))
        return next((name for name, found in lists if any(words in one for one in found)), "not asked")

    return asked


def submitted_by(handing: Handing) -> Question:
    return lambda model: found.name if (found := handing.entered(model).person) else "nobody known"


def may_speak(who: Person, **given: str) -> Question:
    """Whether this person speaks to users for the customer's side."""
    here = Installation(facts=When({name: (value,) for name, value in given.items()}), roster=(who,))
    return lambda model: "may" if authorised(model, here, who.login, Gate.SPEAK) else "may not"


def statement(who: str, text: str = "seen in its log, after every other cause was excluded") -> tuple[str, str, str]:
    return who, Topic.STATEMENT, text


# --- states of affairs --------------------------------------------------------------------------------------------


def finds(words: str, roster: Sequence[Person], *, on_call: str = "", backup: date | None = None, **given: str) -> Question:
    """Whether ``connector check`` says so."""
    facts = When({name: (value,) for name, value in given.items()})
    found = Installation(facts=facts, roster=tuple(roster), on_call=on_call, backup=backup)
    return lambda model: "found" if any(words in one[1] for one in findings(found, model, TODAY)) else "nothing"


def part_in(words: str, party: Party, roster: Sequence[Person]) -> Question:
    """What the party has to do with a state of affairs that ``connector check`` finds wanting."""

    def asked(model: OperatingModel) -> str:
        found = next((one[1] for one in findings(Installation(roster=tuple(roster)), model, TODAY) if words in one[1]), "")
        _, _, of_the_row = found.partition("; row ")
        said = (part.partition(f"{named([party])} ") for part in of_the_row.split("; "))
        return next((words for _, who, words in said if who), "nothing")

    return asked


# --- what is owed -------------------------------------------------------------------------------------------------


def _analysis(model: OperatingModel, cause: str, said: Sequence[str], priority: str) -> Owed | None:
    """The analysis of a P1 that is solved, after somebody said what caused it and what is there of it."""
    days = 86400.0
    began = NOW - 30 * days
    course = Course(born=began, opened=began, p1_since=began if priority == "p1" else 0.0, solved=NOW - 20 * days)
    replies = [
        Reply(topic, text, "Ann", NOW - (9 - n) * days)
        for n, (topic, text) in enumerate([("cause", cause), *(("rca", one) for one in said)])
    ]
    found = owed(model, facts_of({"priority": priority, "plan": "other"}), {}, course, replies, NOW)
    return next((one for one in found if one.id == "rca"), None)


def owes_analysis(cause: str, *, priority: str = "p1") -> Question:
    return lambda model: named([found.party]) if (found := _analysis(model, cause, (), priority)) else "nobody"


def part_in_analysis(cause: str, party: Party) -> Question:
    """What the party is told of its part in it."""

    def asked(model: OperatingModel) -> str:
        found = _analysis(model, cause, (), "p1")
        _, _, shares = found.what.rstrip(")").partition(" (") if found else ("", "", "")
        said = (part.partition(f"{named([party])} ") for part in shares.split("; "))
        return next((words for _, who, words in said if who), "nothing")

    return asked


def analysis_is(cause: str, *said: str) -> Question:
    return lambda model: found.state.value if (found := _analysis(model, cause, said, "p1")) else "nobody's"


def waits_on(why: str, party: Party) -> Question:
    """What a case that waits asks of the party. ``why``: answer, or access."""

    def asked(model: OperatingModel) -> str:
        course = Course(born=NOW - 1, opened=NOW - 1, waiting_since=NOW - 1, waiting_why=why)
        found = next(one for one in owed(model, {}, {}, course, (), NOW) if one.id == why)
        _, _, shares = found.what.rstrip(")").partition(" (")
        said = (part.partition(f"{named([party])} ") for part in shares.split("; "))
        return next((words for _, who, words in said if who), "nothing")

    return asked


def owes_access(**given: str) -> Question:
    """Who is to give whoever works on it access, from the moment at which that is found out."""

    def asked(model: OperatingModel) -> str:
        found = owed(model, facts_of(given), {}, Course(born=NOW - 1, stays=True), (), NOW)
        return next((named([one.party]) for one in found if one.id == "level-access"), "nobody")

    return asked

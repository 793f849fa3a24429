"""Whose a ticket is, by what it is about: the vendor's, or the customer's own, or nobody said. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.rasci.conditions import GivenBy
from connector.rasci.duties import FlowRule, System, Then
from connector.rasci.ladder import Gate, Level
from connector.rasci.replies import Topic
from connector.rasci.table import Kind, Letter, OperatingModel, Task
from connector.words import About, Facts, Party, Ruling, Side, Verdict


class Way(StrEnum):
    """Where a ticket goes."""

    CASE = "case"  # the vendor does the work: a case
    STAYS = "stays"  # the customer's side does it
    ENDS = "ends"  # the step before the vendor ends it, with an answer
    NOT_BOUGHT = "not_bought"  # the vendor would, had it been purchased
    UNCLASSIFIED = "unclassified"  # nothing says what it is about


@dataclass(frozen=True)
class Destination:
    """Where a ticket goes, with the row that says so. ``asks``: how an authorised person may involve the vendor."""

    way: Way
    task: Task | None
    reason: str
    clause: str = ""
    asks: tuple[Topic, ...] = ()

    def ruling(self, model: OperatingModel) -> Ruling:
        row = self.task or model.row(Gate.WORK)
        letters = dict.fromkeys(letter for party in model.staff(Side.VENDOR) for letter in row.letters(party))
        verdict = Verdict.ALLOW if self.way is Way.CASE else Verdict.HOLD
        return Ruling(verdict, row.id, row.title, ",".join(letters), self.clause or row.source, self.reason)


def destination(model: OperatingModel, facts: Facts, about: Sequence[About]) -> Destination:
    """Where a ticket goes.

    :param about: what the mapping says that it is about, most specific first. The first row that applies decides.
    """
    ends = next(_ends(model, facts), None)
    if ends:
        return ends
    doubts: list[str] = []
    for one in (*about, *_by_facts(model, facts)):
        found = _of_system(model, facts, one) if one.system else _of_task(model, facts, one, doubts)
        if found:
            return found
    why = f" ({'; '.join(dict.fromkeys(doubts))})" if doubts else ""
    return Destination(Way.UNCLASSIFIED, None, f"No row of the operating model says whose this ticket is{why}.")


def plainly(model: OperatingModel) -> Destination:
    """Where every ticket goes that is handed over, for an installation that does not tell topics apart."""
    row = model.row(Gate.WORK)
    return Destination(Way.CASE, row, f"It was handed over, and the vendor does the work of row {row.number}, {row.title!r}.")


def case_of(model: OperatingModel, task: str) -> Task:
    """The row that decides the work on a case: its own topic's, else the one of the gate."""
    return next((row for row in model.tasks if row.id == task), model.row(Gate.WORK))


def answers_for(model: OperatingModel, row: Task) -> bool:
    """Whether the vendor is accountable for the row: else its *solved* is that of its own part."""
    return any(Letter.A in row.letters(party) for party in model.staff(Side.VENDOR))


def _ends(model: OperatingModel, facts: Facts) -> Iterator[Destination]:
    """The exits of the levels before the vendor: what a person found out ends the matter there."""
    ours = {level.id for level in model.levels if owner_of(model, level, facts) in model.staff(Side.CUSTOMER)}
    for rule in model.flow:
        if rule.at in ours and rule.then is Then.ENDS and _by_person(model, rule) and rule.when.holds(facts):
            row = next((task for task in _topics(model) if task.when.needs and task.when.holds(facts)), None)
            yield Destination(Way.ENDS, row, f"It ends at {rule.at}: {rule.rule}.", rule.source)


def _by_person(model: OperatingModel, rule: FlowRule) -> bool:
    """Whether the rule rests on what somebody found out about this very ticket."""
    return any(model.conditions[name].given_by in (GivenBy.PERSON, GivenBy.TICKET) for name in rule.when.needs)


def _by_facts(model: OperatingModel, facts: Facts) -> Iterator[About]:
    """The topics that hold by what is known of the ticket, without a word of the mapping."""
    for task in _topics(model):
        given = {name for name in task.when.needs if model.conditions[name].given_by in (GivenBy.PERSON, GivenBy.TICKET)}
        if given and task.when.holds(facts):
            yield About(task.id, because=str(task.when))


def _topics(model: OperatingModel) -> Iterator[Task]:
    return (task for task in model.tasks if Kind.TOPIC in (task.kind, *task.also))


def _of_task(model: OperatingModel, facts: Facts, about: About, doubts: list[str]) -> Destination | None:
    row = next((task for task in _topics(model) if task.id == about.task), None)
    if row is None:
        return None
    if not row.when.holds(facts):
        return _lacking(row, facts, doubts)
    letters = {letter for party in model.staff(Side.VENDOR) for letter in row.letters(party)}
    said = f"{about.because}, so this is row {row.number}, {row.title!r}"
    if Letter.R in letters:
        joint = any(Letter.R in row.letters(party) for party in model.staff(Side.CUSTOMER))
        share = "works on it too" if joint else "does the work"
        return Destination(Way.CASE, row, f"{_sentence(said)}: the vendor {share}.")
    asks = tuple(topic for letter, topic in ((Letter.C, Topic.CONSULT), (Letter.S, Topic.SUPPORT)) if letter in letters)
    part = {(): "has no part in it", (Topic.CONSULT,): "is asked where somebody decides so", (Topic.SUPPORT,): "helps when asked"}
    return Destination(
        Way.STAYS, row, f"{_sentence(said)}: it stays, the vendor {part.get(asks, 'helps and advises when asked')}.", asks=asks
    )


def _lacking(row: Task, facts: Facts, doubts: list[str]) -> Destination | None:
    """A row that does not apply here. What only had to be bought is said; else the next row is asked."""
    failing = [name for name, values in row.when.needs.items() if facts.get(name, frozenset()).isdisjoint(values)]
    if failing == ["purchased"]:
        wanted = " or ".join(row.when.needs["purchased"])
        reason = f"This is row {row.number}, {row.title!r}, which the vendor does where {wanted} was purchased; it was not."
        return Destination(Way.NOT_BOUGHT, row, reason)
    doubts += [f"row {row.number} applies with {row.when}; nobody said {name}" for name in row.when.unanswered(facts)]
    return None


def _of_system(model: OperatingModel, facts: Facts, about: About) -> Destination | None:
    system = next((one for one in model.systems if one.id == about.system and one.when.holds(facts)), None)
    if system is None:
        return None
    work = model.row(Gate.WORK)
    if system.managed_by in model.staff(Side.VENDOR):
        return Destination(Way.CASE, work, _whose(system, about, "the vendor manages it"), system.source)
    return Destination(Way.STAYS, None, _whose(system, about, f"the {system.managed_by.value} manages it"), system.source)


def _whose(system: System, about: About, who: str) -> str:
    return f"{_sentence(about.because)}, so this is on the system {system.title!r}: {who}."


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def owner_of(model: OperatingModel, level: Level, facts: Facts) -> Party | None:
    """Who staffs a level here; None where nobody said."""
    for owner in level.owner:
        if owner.when.holds(facts):
            named = str(model.setting(owner.setting)) if owner.setting else ""
            return owner.party or (Party(named) if named else None)
    return None


def hand_over(model: OperatingModel, facts: Facts) -> str:
    """The step by which a ticket comes to the vendor, such as L1-L2; "" where the levels do not say."""
    sides = {level.id: _side(model, owner_of(model, level, facts)) for level in model.levels}
    steps = ((level.id, to) for level in model.levels for to in level.next)
    return next((f"{one}-{to}" for one, to in steps if sides.get(one) is Side.CUSTOMER and sides.get(to) is Side.VENDOR), "")


def _side(model: OperatingModel, party: Party | None) -> Side | None:
    return model.seats.get(party) if party else None

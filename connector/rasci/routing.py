"""Whose a ticket is, by what it is about: the vendor's, or the customer's own, or nobody said. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from connector.rasci.conditions import GivenBy, When
from connector.rasci.duties import FlowRule, System, Then
from connector.rasci.joining import comparing
from connector.rasci.ladder import Entry, Gate, Level, RecordType
from connector.rasci.parts import NOBODY, Parts, capital, named, parts_of, toward_users
from connector.rasci.replies import SIGN, Topic
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
    parts: Parts = NOBODY  # who does the work, on whose word it is done, who helps
    tells: str = ""  # id of the role whose people are addressed

    def ruling(self, model: OperatingModel) -> Ruling:
        row = self.task or model.row(Gate.WORK)
        letters = model.letters(model.staff(Side.VENDOR), row)
        verdict = Verdict.ALLOW if self.way is Way.CASE else Verdict.HOLD
        return Ruling(verdict, row.id, row.title, ",".join(letters), self.clause or row.source, self.reason)


def destination(model: OperatingModel, facts: Facts, about: Sequence[About]) -> Destination:
    """Where a ticket goes.

    :param about: what the mapping says that it is about, most specific first. The first row that applies decides.
    """
    if found := found_out(model, facts):
        return found
    doubts: list[str] = []
    for one in about:
        found = _of_system(model, facts, one) if one.system else _of_task(model, facts, one, doubts)
        if found:
            return found
    for found in _by_facts(model, facts):
        return found
    why = f" ({'; '.join(dict.fromkeys(doubts))})" if doubts else ""
    return Destination(Way.UNCLASSIFIED, None, f"No row of the operating model says whose this ticket is{why}.")


def found_out(model: OperatingModel, facts: Facts) -> Destination | None:
    """Where a ticket goes by what people found out about it, whatever the mapping says.

    It ends before the vendor, goes past it, or joins what is under way there.
    """
    return next(chain(_ends(model, facts), _by_cause(model, facts), _by_clause(model, facts), _joins(model, facts)), None)


def plainly(model: OperatingModel, facts: Facts | None = None) -> Destination:
    """Where a ticket goes that is handed over, for an installation that does not tell topics apart."""
    if found := found_out(model, facts or {}):
        return found
    row = model.row(Gate.WORK)
    reason = f"It was handed over, and the vendor does the work of {row.called}."
    return Destination(Way.CASE, row, reason, parts=parts_of(row))


def case_of(model: OperatingModel, task: str) -> Task:
    """The row that decides the work on a case: its own topic's, else the one of the gate."""
    return next((row for row in model.rows if row.id == task), model.row(Gate.WORK))


def answers_for(model: OperatingModel, row: Task) -> bool:
    """Whether the vendor is accountable for the row: else its *solved* is that of its own part."""
    return Letter.A in model.letters(model.staff(Side.VENDOR), row)


# --- what people found out about this very ticket ---------------------------------------------------------------


def _ends(model: OperatingModel, facts: Facts) -> Iterator[Destination]:
    """The exits of the levels before the vendor: what a person found out ends the matter there."""
    for rule, owner in _flow(model, facts, Then.ENDS):
        row = _row_beside(model, facts, rule)
        parts = parts_of(row) if row else Parts(hold=(owner,), answer=(owner,))
        reason = f"It ends at {rule.at}: {rule.rule}."
        yield Destination(Way.ENDS, row, reason, rule.source, parts=parts, tells=rule.tells)


def _by_cause(model: OperatingModel, facts: Facts) -> Iterator[Destination]:
    """The levels that are entered by what the cause is, past the others: their own staff gets it."""
    for level, rule, owner in entered_by_cause(model, facts):
        row = _row_beside(model, facts, rule)
        if owner is None:  # nobody said: whoever answers for the row has it
            yield from (_by_letters(model, one, rule.rule) for one in (row,) if one)
            continue
        way = Way.CASE if owner in model.staff(Side.VENDOR) else Way.STAYS
        reason = f"It is for {level.id}, {level.title}, which is {named([owner])}'s: {rule.rule}."
        yield Destination(way, row, reason, rule.source, parts=Parts(hold=(owner,), answer=(owner,)))


def entered_by_cause(model: OperatingModel, facts: Facts) -> Iterator[tuple[Level, FlowRule, Party | None]]:
    """The levels that a ticket goes to by what its cause was found to be, each with the rule that says so and who staffs it."""
    for level in (level for level in model.levels if Entry.CAUSE in level.entry):
        for rule in (rule for rule in model.flow if rule.at == level.id and _found_out(model, rule.when, facts)):
            yield level, rule, owner_of(model, level, facts)


_HOW_TO_JOIN = f"What was found is named by `{SIGN} {Topic.JOIN.value} NUMBER FINDINGS` in an internal note."


def _joins(model: OperatingModel, facts: Facts) -> Iterator[Destination]:
    """Work that is under way already: nothing is opened for it, and whoever has the ticket goes on answering for it."""
    named_by = f" {_HOW_TO_JOIN}" if comparing(model) else ""
    for rule, owner in _flow(model, facts, Then.JOINS):
        reason = f"It joins what is under way already, and {named([owner])} goes on answering for it: {rule.rule}.{named_by}"
        parts = Parts(hold=(owner,), answer=(owner,))
        yield Destination(Way.STAYS, _row_beside(model, facts, rule), reason, rule.source, parts=parts)


def _by_clause(model: OperatingModel, facts: Facts) -> Iterator[Destination]:
    """The prose that says what a ticket is about, once a person found out what it is."""
    for clause in (one for one in model.clauses if one.leads_to and _found_out(model, one.when, facts)):
        found = _by_letters(model, case_of(model, clause.leads_to), f"{clause.when} ({clause.clause})")
        yield replace(found, clause=f"{case_of(model, clause.leads_to).source}; {clause.source}")


def kind_found_out(model: OperatingModel, facts: Facts) -> Facts:
    """What kind of record a ticket is by what a person found out."""
    held = [
        one.record_type.value
        for one in model.clauses
        if one.record_type is not RecordType.ANY and _found_out(model, one.when, facts)
    ]
    return {"record_type": frozenset(held)} if held else {}


def _by_facts(model: OperatingModel, facts: Facts) -> Iterator[Destination]:
    """What follows from what is known of the ticket, without a word of the mapping."""
    for rule, _ in _flow(model, facts, Then.HANDS_OVER):
        if f"{rule.at}-{rule.to}" == hand_over(model, facts):
            row = model.row(Gate.WORK)
            reason = f"It is handed over from {rule.at} to {rule.to}: {rule.rule}."
            yield Destination(Way.CASE, row, reason, rule.source, parts=parts_of(row))
    for task in _topics(model):
        if _found_out(model, task.when, facts):
            yield _by_letters(model, task, str(task.when))


def _flow(model: OperatingModel, facts: Facts, then: Then) -> Iterator[tuple[FlowRule, Party]]:
    """The rules of the flow at the levels before the vendor that hold by what somebody found out, with who staffs the level."""
    owners = {level.id: owner_of(model, level, facts) for level in model.levels}
    for rule in model.flow:
        owner = owners.get(rule.at)
        if owner in model.staff(Side.CUSTOMER) and rule.then is then and _found_out(model, rule.when, facts):
            yield rule, owner


def _found_out(model: OperatingModel, when: When, facts: Facts) -> bool:
    """Whether it holds, and rests on what is known of this very ticket."""
    return when.holds(facts) and any(model.conditions[name].given_by.of_the_ticket for name in when.needs)


def exit_questions(model: OperatingModel, level: str, facts: Facts) -> dict[str, str]:
    """What a level is asked before it hands over, and nobody found out: in words, the same with the line that answers it."""
    rules = (rule for rule in model.flow if rule.at == level and rule.asked)
    return {
        (words := model.conditions[name].means): _with_line(model, name, words)
        for rule in rules
        for name in _open(model, rule, facts)
    }


def findings_of(model: OperatingModel, level: str, facts: Facts) -> dict[str, str]:
    """The same of what the level is to find out to hand over at all."""
    rules = (rule for rule in model.flow if rule.at == level and rule.then is Then.STAYS)
    return {rule.rule: _with_line(model, name, rule.rule) for rule in rules for name in _open(model, rule, facts)}


def _open(model: OperatingModel, rule: FlowRule, facts: Facts) -> list[str]:
    """What a person could say of what the rule asks, and nobody did."""
    return [name for name in rule.when.unanswered(facts) if model.conditions[name].given_by is GivenBy.PERSON]


def _with_line(model: OperatingModel, name: str, words: str) -> str:
    values = " or ".join(model.conditions[name].values)
    return f"{words} (`{SIGN} {Topic.FACT.value} {name} {values}` in an internal note)"


def _row_beside(model: OperatingModel, facts: Facts, rule: FlowRule) -> Task | None:
    """The row that a rule of the flow belongs to: one that asks the same, else one that holds by what was found out."""
    rows = [task for task in _topics(model) if _found_out(model, task.when, facts)]
    same = [task for task in rows if task.when.needs.keys() & rule.when.needs.keys()]
    return next(iter([*same, *rows]), None)


# --- what the mapping says --------------------------------------------------------------------------------------


def _topics(model: OperatingModel) -> list[Task]:
    return model.of_kind(Kind.TOPIC)


def _of_task(model: OperatingModel, facts: Facts, about: About, doubts: list[str]) -> Destination | None:
    row = next((task for task in _topics(model) if task.id == about.task), None)
    if row is None:
        return None
    if not row.when.holds(facts):
        return _lacking(row, facts, doubts)
    return _by_letters(model, row, about.because)


def _by_letters(model: OperatingModel, row: Task, because: str) -> Destination:
    letters = model.letters(model.staff(Side.VENDOR), row)
    said, parts = f"{because}, so this is {row.called}", parts_of(row)
    if Letter.R in letters:
        joint = Letter.R in model.letters(model.staff(Side.CUSTOMER), row)
        share = "works on it too" if joint else "does the work"
        return Destination(Way.CASE, row, f"{capital(said)}: the vendor {share}.", parts=parts)
    asks = tuple(topic for letter, topic in ((Letter.C, Topic.CONSULT), (Letter.S, Topic.SUPPORT)) if letter in letters)
    vendors = {
        (): "has no part in it",
        (Topic.CONSULT,): "is asked where somebody decides so",
        (Topic.SUPPORT,): "helps when asked",
    }
    part = vendors.get(asks, "helps and advises when asked")
    users = str(toward_users(model, row))
    reason = f"{capital(said)}: it stays with {named(parts.hold)}, the vendor {part}.{f' {capital(users)}.' if users else ''}"
    return Destination(Way.STAYS, row, reason, asks=asks, parts=parts, tells=_addressed(model, row))


def _addressed(model: OperatingModel, row: Task) -> str:
    """The role to which the flow addresses what such a row is about."""
    beside = (rule.tells for rule in model.flow if rule.tells and rule.when.needs.keys() & row.when.needs.keys())
    return next(beside, "")


def _lacking(row: Task, facts: Facts, doubts: list[str]) -> Destination | None:
    """A row that does not apply here. What only had to be bought is said; else the next row is asked."""
    failing = [name for name, values in row.when.needs.items() if facts.get(name, frozenset()).isdisjoint(values)]
    if failing == ["purchased"]:
        wanted = " or ".join(row.when.needs["purchased"])
        known = "it was not" if "purchased" in facts else "nobody said that it was"
        reason = f"This is {row.called}, which the vendor does where {wanted} was purchased; {known}."
        return Destination(Way.NOT_BOUGHT, row, reason)
    doubts += [f"{row.short} applies with {row.when}; nobody said {name}" for name in row.when.unanswered(facts)]
    return None


def _of_system(model: OperatingModel, facts: Facts, about: About) -> Destination | None:
    system = next((one for one in model.systems if one.id == about.system and one.when.holds(facts)), None)
    if system is None:
        return None
    if system.managed_by in model.staff(Side.VENDOR):
        work = model.row(Gate.WORK)
        return Destination(Way.CASE, work, _whose(system, about, "the vendor manages it"), system.source, parts=parts_of(work))
    owner = system.managed_by
    return Destination(
        Way.STAYS, None, _whose(system, about, f"{named([owner])} manages it"), system.source, parts=Parts((owner,), (owner,))
    )


def _whose(system: System, about: About, who: str) -> str:
    return f"{capital(about.because)}, so this is on the system {system.title!r}: {who}."


def owner_of(model: OperatingModel, level: Level, facts: Facts) -> Party | None:
    """Who staffs a level here; None where nobody said."""
    for owner in level.owner:
        if owner.when.holds(facts):
            named = str(model.setting(owner.setting)) if owner.setting else ""
            return owner.party or (Party(named) if named else None)
    return None


def hand_over(model: OperatingModel, facts: Facts) -> str:
    """The step by which a ticket comes to the vendor, such as L1-L2; "" where the levels do not say."""
    last = last_step(model, facts)
    return f"{last[0].id}-{last[1]}" if last else ""


def last_step(model: OperatingModel, facts: Facts) -> tuple[Level, str] | None:
    """The level that hands over to the vendor, and the vendor's level to which it does; None where the levels do not say."""
    sides = {level.id: _side(model, owner_of(model, level, facts)) for level in model.levels}
    steps = ((level, to) for level in model.levels for to in level.next)
    return next(((one, to) for one, to in steps if sides.get(one.id) is Side.CUSTOMER and sides.get(to) is Side.VENDOR), None)


def _side(model: OperatingModel, party: Party | None) -> Side | None:
    return model.seats.get(party) if party else None

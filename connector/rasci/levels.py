"""The hand-overs within the customer's system, from one of its levels to the next: what the next one asks for, and whose word counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from connector.rasci.duties import FlowRule, Then
from connector.rasci.installation import Installation, role_of
from connector.rasci.intake import Submission, authorised, profile, statements, wanted, without
from connector.rasci.ladder import Gate, Level, Need
from connector.rasci.parts import named
from connector.rasci.replies import Topic
from connector.rasci.routing import exit_questions, findings_of, owner_of
from connector.rasci.table import OperatingModel
from connector.words import Facts, Handed, Party, Reply, Ruling, Side, Verdict


@dataclass(frozen=True)
class Received:
    """A ticket that a level of the customer's side has from the one before, with what it came without."""

    level: Level
    giver: Level
    owner: Party | None  # who staffs the giver's level here; None where nobody said
    rule: FlowRule | None  # by which it is handed over, where that holds
    items: tuple[str, ...]  # ids of what the hand-over lists
    absent: tuple[str, ...]  # those of them that are not there
    must: tuple[str, ...]  # what the model makes mandatory and is not there: the level itself says whether it goes on without
    asked: tuple[str, ...]  # what else is asked for and not there, as people are asked
    lacks: tuple[str, ...]  # the same in short
    leaving: tuple[str, ...] = ()  # what the level itself is asked before it hands over

    @property
    def step(self) -> str:
        return f"{self.giver.id}-{self.level.id}"

    @property
    def from_whom(self) -> str:
        """``L1 (the partner)``."""
        return f"{self.giver.id} ({named([self.owner])})" if self.owner else self.giver.id

    def handed(self, at: float) -> Handed:
        return Handed(self.step, at, self.items, self.absent)


def level_of(model: OperatingModel, name: str) -> Level | None:
    return next((level for level in model.levels if level.id == name), None)


def giver_of(model: OperatingModel, name: str) -> Level | None:
    """The level that hands over to this one; None where what comes here is reported here."""
    return next((level for level in model.levels if name in level.next), None)


def received(model: OperatingModel, installation: Installation, submission: Submission, name: str) -> Received | None:
    """What a level has from the one before; None where no other handed it over. Nothing is refused: it is there already."""
    level, giver = level_of(model, name), giver_of(model, name)
    if level is None or giver is None:
        return None
    if reports_to(model, installation, submission.reporter) == name and giver.id not in (submission.been or ()):
        return None
    items = profile(model, submission, f"{giver.id}-{level.id}")
    absent = [
        item for item in without(submission, items, list(statements(installation, submission))) if item.need is not Need.OPTIONAL
    ]
    asked = [item for item in absent if item.need is Need.ASKED]
    findings = findings_of(model, giver.id, submission.facts)
    return Received(
        level,
        giver,
        owner_of(model, giver, submission.facts),
        _rule(model, giver, level, submission.facts),
        items=tuple(item.id for item in items),
        absent=tuple(item.id for item in absent),
        must=tuple(wanted(item) for item in absent if item.need is Need.MANDATORY),
        asked=(*findings.values(), *map(wanted, asked)),
        lacks=(*findings, *(item.title for item in asked)),
        leaving=tuple(exit_questions(model, level.id, submission.facts).values()),
    )


def reports_to(model: OperatingModel, installation: Installation, login: str) -> str:
    """The level to which this person brings what they report, past those before it; "" where there is no such way."""
    person = installation.person(login) if login else None
    role = role_of(model, person) if person else None
    return role.reports_to if role else ""


def _rule(model: OperatingModel, giver: Level, level: Level, facts: Facts) -> FlowRule | None:
    over = (rule for rule in model.flow if (rule.at, rule.then, rule.to) == (giver.id, Then.HANDS_OVER, level.id))
    return next((rule for rule in over if rule.when.holds(facts)), None)


def stays_with(model: OperatingModel, facts: Facts, level: Level, found: Received | None) -> tuple[Ruling, Party]:
    """Why a ticket that a level has and nobody handed to the vendor stays there, and the party that is to do something about it."""
    row, rule = model.row(Gate.SUBMIT), found.rule if found else None
    lacks = bool(found and (found.must or found.asked))
    party = (found.owner if found and lacks else owner_of(model, level, facts)) or Party.CUSTOMER
    letters = ",".join(row.letters(party))
    clause = "; ".join(dict.fromkeys([row.source, level.source, *([rule.source] if rule else [])]))
    return Ruling(Verdict.HOLD, row.id, row.title, letters, clause, _reason(model, facts, level, found)), party


def _reason(model: OperatingModel, facts: Facts, level: Level, found: Received | None) -> str:
    said = [f"It is with {level.id}, {level.title}, and was not handed over to the vendor."]
    if found and found.rule:
        said.append(f"It came there by this rule: {found.rule.rule}.")
    if found and found.must:
        said.append(f"{level.id} waits for what {found.from_whom} owes, unless it goes on without: {'; '.join(found.must)}.")
    if found and found.lacks:
        said.append(f"Asked of {found.from_whom}: {'; '.join(found.lacks)}.")
    if leaving := exit_questions(model, level.id, facts):
        said.append(f"Before it goes on, {level.id} is asked: {'; '.join(leaving)}.")
    return " ".join(said)


def handed_to(model: OperatingModel, name: str) -> bool:
    """Whether a level of the customer's side gets what another one hands over: only then is there anything to be known of its tickets."""
    level = level_of(model, name)
    owners = [owner.party for owner in level.owner if owner.party] if level else []
    return giver_of(model, name) is not None and any(model.seats.get(owner) is Side.CUSTOMER for owner in owners)


# --- whose word counts --------------------------------------------------------------------------------------------


def heeded(model: OperatingModel, installation: Installation, reply: Reply, *, levels: bool) -> bool:
    """Whether a person's word counts. It does from whoever may submit.

    :param levels: the levels of the customer's side are told apart: then the level before counts in what is its own to find out
        and to state, and whoever speaks to users in what they say of a solution.
    """
    if authorised(model, installation, reply.by):
        return True
    person = installation.person(reply.by)
    role = role_of(model, person) if person else None
    if not levels or role is None or not role.when.holds(installation.known):
        return False
    match reply.topic:
        case Topic.FACT:
            return reply.text.split(" ")[0].casefold() in _findable(model, role.levels)
        case Topic.STATEMENT | Topic.CONSENT:
            return any(level.id in role.levels and level.next for level in model.levels)
        case Topic.ACCEPT | Topic.REFUSE | Topic.CONFIRM:
            return authorised(model, installation, reply.by, Gate.SPEAK)
        case _:
            return False


def _findable(model: OperatingModel, levels: tuple[str, ...]) -> set[str]:
    return {name for rule in model.flow if rule.at in levels for name in rule.when.needs}

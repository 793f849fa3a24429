"""What is true of one installation, and no operating model can know: facts, figures, and the persons who may act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from connector.rasci.conditions import When
from connector.rasci.consistency import Finding, hand_overs
from connector.rasci.duties import Call
from connector.rasci.ladder import Certificate, EvidenceItem, Form, Gate, Need, RecordType, Role
from connector.rasci.meaning import Basis, State
from connector.rasci.model import text_of
from connector.rasci.parts import parts_of
from connector.rasci.settings import NOT_GIVEN, SCHEMA
from connector.rasci.shape import read
from connector.rasci.source import ModelError, Places, Reader, hint
from connector.rasci.table import Kind, Letter, OperatingModel, Setting, given_settings
from connector.words import Facts, Party


@dataclass(frozen=True, kw_only=True)
class Person:
    """One entry of the roster: who may act for a party, and how the other side knows this person."""

    name: Annotated[str, "as people know it"]
    email: Annotated[str, "as the vendor was given it"]
    phone: Annotated[str, "as the vendor was given it"]
    login: Annotated[str, "in the customer's system, as its history and notes show it"]
    party: Annotated[Party, "whose staff"] = Party.CUSTOMER
    role: Annotated[str, "id of a role of the operating model"] = ""
    portal_user: Annotated[str, "the person's own identity in the vendor's portal"] = ""
    known_to_vendor: Annotated[
        date | None,
        "when the vendor confirmed that it knows this person; without it nothing is submitted where the model asks for it",
    ] = None
    trained: Annotated[date | None, "when the person was trained last"] = None
    certified_until: Annotated[date | None, "until when the certificate for the person's level holds"] = None


@dataclass(frozen=True, kw_only=True)
class OwnItem:
    """One thing that is asked for here besides what the document names, such as what the vendor's guideline lists."""

    id: Annotated[str, "one word in lower case; statements and the mapping's `evidence` name it"]
    title: Annotated[str, "as people are asked for it"]
    hand_over: Annotated[str, "from one level to the next, such as L1-L2"]
    need: Annotated[Need, "mandatory: the hand-over waits for it (a P1 never does); asked: it goes without"] = Need.ASKED
    by: Annotated[tuple[Form, ...], "any of these shows that it is there"] = (Form.STATEMENT, Form.TEXT)
    record_type: Annotated[RecordType, "for which records"] = RecordType.ANY
    not_for: Annotated[tuple[str, ...], "topics (ids of rows) that go without it"] = ()
    source: Annotated[str, "where it stands, such as the page of the guideline"] = "ours"

    def item(self) -> EvidenceItem:
        """As the model's own items are."""
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        return EvidenceItem(**own, basis=Basis.OURS, why="this installation asks for it", means="asked for", state=State.TODAY)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Immutable; made by :func:`load`."""

    facts: Annotated[When, "conditions of the operating model that hold here, such as deployment: cloud"] = field(default=When())
    settings: Annotated[Mapping[str, Setting], "figures and choices, over those of the operating model"] = field(
        default_factory=dict, metadata={"read": given_settings, "schema": SCHEMA}
    )
    p1_number: Annotated[str, "the vendor's number for urgent calls"] = ""
    on_call: Annotated[str, "the customer's own number around the clock, where the contract asks for one"] = ""
    backup: Annotated[date | None, "when the configuration was backed up last"] = None
    evidence: Annotated[tuple[OwnItem, ...], "what a hand-over is to carry here besides what the model lists"] = ()
    recordings: Annotated[
        tuple[str, ...], "names of files that are recordings of somebody's screen, such as *.mp4: they go with a noted consent"
    ] = ()
    roster: Annotated[tuple[Person, ...], "the persons who may act; left out: nobody is asked who they are"] = ()
    roster_ticket: Annotated[
        str, "number of the customer's ticket by whose case the vendor hears who may submit, and each change of it"
    ] = ""

    @property
    def known(self) -> Facts:
        return {name: frozenset(values) for name, values in self.facts.needs.items()}

    def person(self, login: str) -> Person | None:
        """Who has this login in the customer's system; some of its lists show names instead."""
        wanted = login.strip().casefold()
        return next((one for one in self.roster if wanted in (one.login.casefold(), one.name.casefold())), None)


def load(path: Path | str, model: OperatingModel | None) -> Installation:
    """The installation in a file (UTF-8 YAML), for one model. Raises ModelError with all problems found.

    :param model: None where it cannot be used itself: the file is then judged by its form alone.
    """
    reader = Reader(str(path))
    root = reader.parse(text_of(path))
    found: Installation = read(reader, root, Installation)
    places = Places(str(path), root)
    against = _contradictions(found, model) if model else ()
    problems = [*reader.problems, *(places.problem(*one) for one in against)]
    if problems:
        raise ModelError(problems)
    return found


def under(model: OperatingModel, installation: Installation) -> OperatingModel:
    """The model with the figures of the installation, and with the evidence that is asked for there."""
    own = tuple(one.item() for one in installation.evidence)
    return replace(model, settings={**model.settings, **installation.settings}, evidence=(*model.evidence, *own))


def role_of(model: OperatingModel, person: Person) -> Role | None:
    info = model.parties.get(person.party)
    return next((role for role in info.roles if role.id == person.role), None) if info else None


def to_be_known(model: OperatingModel, installation: Installation) -> tuple[Person, ...]:
    """Whom the vendor has to know before they may submit (000 and 002: customer's summary, bullet 3; 001: bullet 4)."""
    return tuple(person for person in installation.roster if _announced(role_of(model, person)))


def _announced(role: Role | None) -> bool:
    return role is not None and role.announced and Gate.SUBMIT in role.may


# --- what keeps a file from being used ------------------------------------------------------------------------


def _contradictions(found: Installation, model: OperatingModel) -> Iterator[Finding]:
    yield from _facts(found, model)
    yield from _own_items(found, model)
    seen = Counter(person.login.casefold() for person in found.roster)
    for number, person in enumerate(found.roster):
        key = f"roster[{number}]"
        if person.party not in model.parties:
            yield f"{key}.party", f"the model has no party {person.party.value}", hint(person.party.value, list(model.parties))
            continue
        roles = [role.id for role in model.parties[person.party].roles]
        if person.role and person.role not in roles:
            remedy = hint(person.role, roles) if roles else "leave it out: the model names no roles for this party"
            yield f"{key}.role", f"{person.role!r} is no role of {person.party.value}", remedy
        if person.login and seen[person.login.casefold()] > 1:
            yield f"{key}.login", f"{person.login!r} stands here twice", "give each person a login of their own"


def _facts(found: Installation, model: OperatingModel) -> Iterator[Finding]:
    ours = {name: one for name, one in model.conditions.items() if not one.given_by.of_the_ticket}
    for name, values in found.facts.needs.items():
        key = f"facts.{name}"
        if name not in ours:
            remedy = hint(name, list(ours)) if ours else "leave it out"
            yield key, f"{name} is nothing that an installation says under this model", remedy
            continue
        for value in (value for value in values if value not in ours[name].values):
            yield key, f"{name} is never {value!r}", hint(value, ours[name].values)


def _own_items(found: Installation, model: OperatingModel) -> Iterator[Finding]:
    taken = Counter([*(item.id for item in model.evidence), *(one.id for one in found.evidence)])
    topics = [row.id for row in model.of_kind(Kind.TOPIC)]
    for number, one in enumerate(found.evidence):
        key = f"evidence[{number}]"
        if one.id != one.id.casefold() or len(one.id.split()) > 1:
            yield f"{key}.id", f"no statement could name {one.id!r}", "write one word in lower case, such as call-id"
        if one.id and taken[one.id] > 1:
            yield (
                f"{key}.id",
                f"there is an item {one.id!r} already",
                "give it an id of its own; `connector models show` lists the model's",
            )
        if one.hand_over and one.hand_over not in hand_overs(model):
            yield f"{key}.hand_over", f"{one.hand_over!r} is no hand-over of the levels", hint(one.hand_over, hand_overs(model))
        for name in (name for name in one.not_for if name not in topics):
            yield f"{key}.not_for", f"{name!r} is no topic of the model", hint(name, topics)


# --- states of affairs: findings, never a reason to stop -------------------------------------------------------


def findings(found: Installation, model: OperatingModel, today: date) -> Iterator[Finding]:
    """What the model asks of the installation and is not so; rows of kind `standing`, and what nobody has answered."""
    for name, condition in model.conditions.items():
        if not condition.given_by.of_the_ticket and name not in found.known:
            values = ", ".join(condition.values)
            yield (
                f"facts.{name}",
                f"nobody said {condition.means}: what depends on it does not apply",
                f"name it: one of {values}",
            )
    yield from _figures(found, model, today)
    if not found.roster:
        yield "roster", "nobody is asked who submits a case, confirms or answers", "name the persons who may"
        return
    yield from _roles(found, model)
    yield from _untold(found, model)
    for number, person in enumerate(found.roster):
        yield from ((f"roster[{number}]", *one) for one in _person(person, role_of(model, person), model, today))


def _roles(found: Installation, model: OperatingModel) -> Iterator[Finding]:
    for party, info in model.parties.items():
        for role in info.roles:
            count = sum(person.party is party and person.role == role.id for person in found.roster)
            if count < role.at_least:
                message = f"{count} of at least {role.at_least} persons have the role {role.id} ({role.title}; {role.source})"
                yield "roster", message + _standing(model, party), "train and enter one more; what is submitted meanwhile goes on"


def _untold(found: Installation, model: OperatingModel) -> Iterator[Finding]:
    source = next((role.source for one in to_be_known(model, found) if (role := role_of(model, one))), "")
    if source and not found.roster_ticket:
        message = f"the vendor is told of no change of the roster by itself ({source})"
        yield "roster_ticket", message, "name the ticket by whose case it is to be told; until then tell the vendor yourself"


def _person(person: Person, role: Role | None, model: OperatingModel, today: date) -> Iterator[tuple[str, str]]:
    yield from _training(person, role, model, today)
    name = person.name
    if role and role.certificate is Certificate.REQUIRED and not certified(person, today):
        yield (
            f"{name} has no certificate that holds today ({_asked_by(model, 'certified-staff', role.source)}){_standing(model, person.party)}",
            "enter `certified_until:`; until then nothing of theirs is submitted",
        )
    if _announced(role) and person.known_to_vendor is None:
        yield (
            f"the vendor has not confirmed that it knows {name}",
            "tell the vendor e-mail and phone, then enter `known_to_vendor:`",
        )
    if role and Gate.SUBMIT in role.may and role.registered and not person.portal_user:
        yield f"{name} has no identity in the vendor's portal ({role.source})", "enter `portal_user:`"


def _training(person: Person, role: Role | None, model: OperatingModel, today: date) -> Iterator[tuple[str, str]]:
    source = _asked_by(model, "trained-staff", role.source if role else "")
    if role and role.trained and person.trained is None:
        yield f"{person.name} has no date of training ({source}){_standing(model, person.party)}", "enter `trained:`"
    oldest = model.setting("training.max_age")
    if isinstance(oldest, int) and person.trained and (today - person.trained).days > oldest:
        yield (
            f"{person.name} was trained more than {oldest} days ago ({source or 'setting training.max_age'})",
            "repeat the training, or change training.max_age",
        )


def _standing(model: OperatingModel, party: Party) -> str:
    """The row on the party's staff, where the model has one, and who has which part in it."""
    rows = (row for row in model.tasks if row.kind is Kind.STANDING and row.state is not State.DOC_ONLY)
    return next((f"; row {row.number}: {parts_of(row)}" for row in rows if Letter.R in row.letters(party)), "")


def certified(person: Person, today: date) -> bool:
    return person.certified_until is not None and person.certified_until >= today


def _asked_by(model: OperatingModel, standing: str, otherwise: str) -> str:
    """The row of the table that asks for a state of affairs, as people look it up; another clause where the model has no such row."""
    row = next((task for task in model.tasks if task.id == standing and Kind.STANDING in (task.kind, *task.also)), None)
    return f"row {row.number}, {row.title!r}" if row else otherwise


def _figures(found: Installation, model: OperatingModel, today: date) -> Iterator[Finding]:
    oldest = model.setting("backup.max_age")
    if isinstance(oldest, int) and (found.backup is None or (today - found.backup).days > oldest):
        clause = _asked_by(model, "configure-tenant", "setting backup.max_age")
        message = f"the configuration was not backed up within {oldest} days ({clause})"
        yield "backup", message, "make a backup and enter its date"
    if "premium_plus" in found.known.get("plan", ()) and not found.on_call:
        yield "on_call", "the contract asks for the customer's own number around the clock, and none is given", "enter `on_call:`"
    if "unsupported" in found.known.get("version", ()):
        clause = _asked_by(model, "upgrades", "condition version")
        yield (
            "facts.version",
            f"the installed version is no longer supported ({clause})",
            "plan the upgrade, then change this fact",
        )
    if not found.p1_number and any(call.owed is not Call.NONE and _applies(call.when, found) for call in model.duties.p1_call):
        message = "the vendor's number for urgent calls is not given: the reminder of a P1 call cannot name it"
        yield "p1_number", message, "enter `p1_number:`"
    for party in (party for party in model.parties if f"calendars.{party.value}" in model.settings):
        if model.setting(f"calendars.{party.value}") == NOT_GIVEN:
            yield (
                f"settings.calendars.{party.value}",
                f"the office hours of the {party.value} are not given, so days are counted Monday to Friday in UTC",
                "enter them, such as `{value: Europe/Amsterdam Mo-Fr 08:00-17:00, source: ours}`",
            )


def _applies(when: When, found: Installation) -> bool:
    return when.holds({**found.known, "priority": frozenset({"p1"})})

"""A loaded mapping: the one place where the native words of the two systems meet. Pure; it never asks a system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from adapters.base import Attachment, Comment, Snapshot, Uses
from connector.mapping.answers import Answers
from connector.mapping.channels import Channels
from connector.mapping.conditions import Condition
from connector.mapping.creation import Creation, CreationRules
from connector.mapping.levels import Levels
from connector.mapping.notes import HEAD
from connector.mapping.results import Carry, Intake, Route, Translation
from connector.mapping.stages import Stages
from connector.mapping.status import StatusUnit
from connector.mapping.supply import Supply
from connector.mapping.templates import Template
from connector.mapping.text import clean
from connector.mapping.units import FieldPriority, Normal, Normals, PriorityUnit, Unit, agree, as_is, nothing
from connector.phrases.language import Language
from connector.words import About, Facts, Native, Phase, Side, TicketView

_SHORT = 200  # characters of a value that is worth remembering

__all__ = ["Creation", "TicketMapping"]

AS_IS: Normals = {Side.CUSTOMER: as_is, Side.VENDOR: as_is}
OWN = {"$number": "number", "$url": "url", "$ref": "ref"}
"""What every ticket has besides its fields, by the name that a unit uses."""
OWN_PHASE = "$phase"
MIDDLE = 3
RECORD_TYPE, PRIORITY, P1, LOWER = "record_type", "priority", "p1", "lower"
"""Conditions of the operating model that every mapping answers, and the values of the priority."""


_THEIR_WORDS = {"cases", "question", "text", "line", "stage", "to", "who", "roster", "item", "people", "new", "gone"}
_VALUES = {"kept", "lost", "sent", "number", "url", "side", "winner"}
NOT_OURS = frozenset(_THEIR_WORDS | _VALUES)
"""Values of notes that are not the connector's own sentences, or that the templates themselves put into words."""


@dataclass(frozen=True)
class TicketMapping:
    """One mapping, bound to two adapters by :meth:`bind`. Native dicts map native field names to native values."""

    name: str
    version: str  # 12 hex digits; the same for the same content, whatever its comments and layout
    comment_after_close: str  # hold or send
    record_type: str
    take: Condition
    assignee_field: str  # the customer's field with the login of the assignee; "" where none is named
    caller_field: str  # the customer's field with the login of the end user; "" where none is named
    auto_close: str  # the login under which a job of the ITSM closes tickets by itself; "" where none is named
    levels: Levels  # which level of the customer's side has a ticket; empty: they are not told apart
    status: StatusUnit
    others: Mapping[str, Unit]
    channels: Channels
    creations: CreationRules
    stages: Stages
    answers: Answers
    supply: Supply
    notes: Mapping[str, Template]
    language: Language  # of the notes, and of what explain tells
    normals: Normals

    def bind(self, customer: Normal, vendor: Normal) -> TicketMapping:
        """The same mapping with the adapters' ``normal(field, value)``; without it values are compared as they stand."""
        return replace(self, normals={Side.CUSTOMER: _remembered(customer), Side.VENDOR: _remembered(vendor)})

    # --- what it is ---

    @property
    def units(self) -> tuple[str, ...]:
        return (self.status.name, *self.others)

    def unit(self, name: str) -> Unit:
        return self.status if name == self.status.name else self.others[name]

    def owner(self, unit: str) -> Side:
        """Whose value wins when both sides changed it."""
        return self.unit(unit).owner

    def carries(self, unit: str, source: Side) -> bool:
        return source in self.unit(unit).sources

    def reads(self, side: Side) -> frozenset[str]:
        """The native fields to ask for."""
        names = {name for unit in self.units for name in self.unit(unit).reads(side) if not name.startswith("$")}
        if side is Side.CUSTOMER:
            names |= (
                self.take.fields()
                | self.creations.reads
                | self.answers.reads
                | ({self.assignee_field, self.caller_field, self.levels.field} - {""})
            )
        else:
            names |= self.supply.reads | ({self.stages.field} - {""})
        return frozenset(names)

    def uses(self, side: Side) -> Uses:
        """What the adapter is to prove before the first pass."""
        write: set[str] = set()
        choices: dict[str, frozenset[str]] = {}
        for name in self.units:
            write |= self.unit(name).writes(side)
            for field_name, values in self.unit(name).choices(side).items():
                choices[field_name] = choices.get(field_name, frozenset()) | values
        creates = frozenset(self.supply.ticket) if side is Side.CUSTOMER else frozenset()
        return Uses(self.reads(side), frozenset(write), choices, creates)

    # --- which tickets, and whose ---

    def intake(self, snapshot: Snapshot) -> Intake:
        taken, reason = self.take.check(snapshot)
        return Intake(taken, reason, self.record_type)

    @property
    def trigger_fields(self) -> frozenset[str]:
        """The fields of the ticket itself by which it is handed over; of ``assignment_group.name``, ``assignment_group``."""
        return frozenset(name.split(".", 1)[0] for name in self.take.fields())

    def assignee(self, snapshot: Snapshot) -> str:
        """The login of the person who has the customer's ticket; "" where nobody has it, or no field is named for it."""
        return snapshot.fields.get(self.assignee_field, "").strip()

    def caller(self, snapshot: Snapshot) -> str:
        """The login of the end user who reported it; "" where no field is named for it."""
        return snapshot.fields.get(self.caller_field, "").strip()

    # --- what the operating model asks ---

    @property
    def classifies(self) -> bool:
        """Whether the mapping says what a ticket is about."""
        return bool(self.answers.topics)

    def about(self, snapshot: Snapshot) -> tuple[About, ...]:
        """Every answer to what the customer's ticket is about, most specific first: by system, by service, by category."""
        return self.answers.about(snapshot)

    def facts(self, snapshot: Snapshot) -> Facts:
        """What holds for the customer's ticket. The record type is always told, by ``intake`` where no row holds.

        The priority is told by the ticket's own, ``p1`` or ``lower``, unless the mapping has rows for it: then they alone say it.
        """
        usual = {RECORD_TYPE: self.record_type}
        if PRIORITY not in self.answers.facts:
            usual[PRIORITY] = P1 if self.priority(Side.CUSTOMER, snapshot) == 1 else LOWER
        return {name: frozenset({value}) for name, value in {**usual, **self.answers.holding(snapshot)}.items()}

    @property
    def looked_for(self) -> frozenset[str]:
        """The items of evidence that have a sign."""
        return frozenset(self.answers.signs)

    def evidence(self, snapshot: Snapshot) -> Mapping[str, str]:
        """The items of evidence that are there, each with where it was found, in words. Their quality nobody has judged."""
        return self.answers.evidence(snapshot)

    # --- a ticket in neutral words ---

    def shows_case(self, ticket: Snapshot) -> bool:
        """Whether a customer's ticket bears what only a case says of itself, like its number."""
        units = self.view(Side.CUSTOMER, ticket).units
        return any(any(units.get(unit, {}).values()) for unit in self.units if not self.carries(unit, Side.CUSTOMER))

    def names_ticket(self, case: Snapshot) -> str:
        """The number of the customer's ticket that a case of ours bears; "" where the mapping writes it nowhere."""
        units = self.view(Side.VENDOR, case).units
        named = (units.get(unit, {}) for unit in self.units if list(self.unit(unit).reads(Side.CUSTOMER)) == ["$number"])
        return next((number for native in named for number in native.values() if number), "")

    def view(self, side: Side, snapshot: Snapshot) -> TicketView:
        """The ticket by units. A unit of which a field is missing is absent, and ``unmapped`` says so."""
        units: dict[str, Native] = {}
        odd: dict[str, str] = {}
        for name in self.units:
            native = {
                field: value for field in self.unit(name).reads(side) if (value := self._field(side, snapshot, field)) is not None
            }
            missing = [field for field in self.unit(name).reads(side) if field not in native]
            if missing:
                odd[name] = f"the field {missing[0]} is not readable on the {side} side"
                continue
            units[name] = native
            answer = self.translate(name, side, native, None, {})
            if answer.carry is Carry.UNMAPPED:
                odd[name] = answer.reason
        status = units.get(self.status.name)
        phase = self.phase(side, status) if status is not None else None
        return TicketView(side, snapshot.ref, snapshot.number, phase, units, odd, self.priority(side, snapshot))

    def _field(self, side: Side, snapshot: Snapshot, name: str) -> str | None:
        if name in OWN:
            return str(getattr(snapshot, OWN[name]))
        if name == OWN_PHASE:
            phase = self.phase(side, snapshot.fields)
            return "" if phase is None else phase.value
        return snapshot.fields.get(name)

    def stage(self, case: Snapshot) -> str:
        """The stage of the vendor's work as it names it; "" where there is none, or no field is named for it."""
        return case.fields.get(self.stages.field, "").strip()

    def unreleased(self, case: Snapshot) -> bool:
        """Whether the vendor's work has a stage, and it is none at which it is released."""
        normal, name, stage = self.normals[Side.VENDOR], self.stages.field, self.stage(case)
        return bool(stage) and normal(name, stage) not in {normal(name, one) for one in self.stages.released}

    def phase(self, side: Side, native: Native) -> Phase | None:
        """The phase that a native status says; None where it says nothing about the case, or is not mapped."""
        return self.status.phase(side, native, self.normals)

    def notifies(self, native: Native) -> bool:
        """Whether this customer status mails the caller or starts an automatic close."""
        return self.status.notifies(native, self.normals[Side.CUSTOMER])

    def priority(self, side: Side, snapshot: Snapshot) -> int:
        """1 (most urgent) to 5, for the order of work; 3 where it is not known."""
        unit = self.others.get("priority")
        return unit.rank(side, snapshot.fields, self.normals) if isinstance(unit, PriorityUnit | FieldPriority) else MIDDLE

    # --- values of one unit ---

    def translate(
        self,
        unit: str,
        source: Side,
        native: Native,
        target_now: Native | None,
        views: Mapping[Side, TicketView],  # noqa: ARG002 - a unit's own fields say all that it carries
    ) -> Translation:
        """What a value of the source is for the other side.

        :param target_now: the other side's present value, which may already do or be worth keeping; None: no ticket yet.
        """
        if not self.carries(unit, source):
            return nothing(f"{unit} is not carried from the {source} to the {source.other}")
        return self.unit(unit).translate(source, native, target_now, self.normals)

    def same(self, unit: str, customer: Native, vendor: Native) -> bool:
        """Whether the two sides agree (D2): either direction's translation gives the other's value, or the phases are equal."""
        return self.unit(unit).same(customer, vendor, self.normals)

    def equal(self, unit: str, side: Side, a: Native, b: Native) -> bool:  # noqa: ARG002 - asked by unit, decided by field
        """Whether two values of one side are the same; only fields in both count, as a written value may have fewer."""
        return agree(a, b, self.normals[side])

    # --- texts and files ---

    def route_comment(self, source: Side, comment: Comment) -> Route:
        return self.channels.comment(source, comment)

    def route_file(self, source: Side, attachment: Attachment, position: int) -> Route:
        """``position`` counts the ticket's files from 0, oldest first."""
        return self.channels.file(source, attachment, position)

    def render_comment(self, source: Side, comment: Comment, views: Mapping[Side, TicketView]) -> str:
        """The copy's final plain text: a head with the author, then the text; never empty."""
        view = views.get(source)
        return self.channels.render(source, comment, view.number if view else "")

    def note(self, template: str, **values: object) -> str:
        """A note of ours to people, from the mapping's own or the packaged templates, safe to show on either side.

        :param values: a list or tuple becomes lines, one for each.
        :raises KeyError: there is no such template.
        """
        said = {name: self._said(name, value) for name, value in values.items()}
        text = self.notes[template].render({name: _told(value) for name, value in said.items()})
        return self.channels.safe(Side.CUSTOMER, clean(text)).strip()

    def _said(self, name: str, value: object) -> object:
        """A value in the language of the notes; what persons wrote and systems show stays as it is."""
        if name in NOT_OURS:
            return value
        if isinstance(value, (list, tuple)):
            return [self.language(str(one)) for one in value]
        return self.language(value) if isinstance(value, str) else value

    def phrase(self, template: str, **values: object) -> str:
        """The same within a text that is ours as a whole: without the words by which a note begins."""
        return self.note(template, **values).removeprefix(HEAD)

    def creation(self, views: TicketView | Mapping[Side, TicketView], snapshot: Snapshot) -> Creation:
        """What the vendor's new case is made of, from the customer's ticket."""
        view = views if isinstance(views, TicketView) else views[Side.CUSTOMER]
        units: dict[str, Native] = {}
        odd: dict[str, str] = {}
        for name in self.units:
            if not self.carries(name, Side.CUSTOMER):
                continue
            if name not in view.units:
                odd[name] = view.unmapped.get(name, f"{name} is not readable")
                continue
            answer = self.translate(name, Side.CUSTOMER, view.units[name], None, {Side.CUSTOMER: view})
            if answer.carry is Carry.VALUE:
                units[name] = answer.value
            elif answer.carry is Carry.UNMAPPED:
                odd[name] = answer.reason
        units[self.status.name] = self.creations.status
        files = [file for n, file in enumerate(snapshot.attachments) if self.route_file(Side.CUSTOMER, file, n).allowed]
        description, contact = self.creations.texts(snapshot, files)
        return Creation(units, self.channels.safe(Side.VENDOR, description), contact, odd)


def _told(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "\n".join(f"- {one}" for one in value)
    return "" if value is None else str(value)


def _remembered(normal: Normal) -> Normal:
    """The same answers. One pass asks some fifty times, mostly for the few values that states and priorities have."""
    known = lru_cache(4096)(normal)

    def answer(name: str, value: str) -> str:
        return known(name, value) if len(value) <= _SHORT else normal(name, value)

    return answer

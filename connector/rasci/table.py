"""The values of an operating model: who holds which letter on which task. No file is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector.words import Party, Side


class Letter(StrEnum):
    """One letter of a RASCI cell. What each gives a right to stands in docs/operating-models.md."""

    A = "A"  # accountable: the task is done on this party's word
    R = "R"  # responsible: does the work
    S = "S"  # supports when asked
    C = "C"  # is consulted before a decision
    I = "I"  # noqa: E741 - the letter itself; is informed, one way


class Kind(StrEnum):
    """When a task fires. The letters say who acts then."""

    TOPIC = "topic"  # what a ticket can be about
    ACT = "act"  # a permission on something that the connector would do
    DUTY = "duty"  # arises from an event
    STANDING = "standing"  # a state of affairs
    SUPPLY = "supply"  # the vendor starts it


class Deployment(StrEnum):
    ANY = "any"
    CLOUD = "cloud"
    ON_PREMISES = "on_premises"


class Basis(StrEnum):
    """Where a thing comes from."""

    STATED = "stated"  # the source document says it
    INFERRED = "inferred"  # follows from what the document says elsewhere
    OURS = "ours"  # no document says it


class Gate(StrEnum):
    """The three rows that the gate looks up. Each model names one row for each."""

    SPEAK = "speak_to_users"  # speak to the end users and close their tickets
    SUBMIT = "submit"  # cause a case
    WORK = "work_on_case"  # drive a case that is open


class RecordType(StrEnum):
    ANY = "any"
    INCIDENT = "incident"
    REQUEST = "request"
    CHANGE = "change"


class Need(StrEnum):
    MANDATORY = "mandatory"
    ASKED = "asked"


class ClauseState(StrEnum):
    """What becomes of a clause of prose."""

    TODAY = "today"  # the gate acts on it
    LATER = "later"  # it has an executable meaning that the gate does not have yet
    DOC_ONLY = "doc_only"  # no connector can execute it
    EMPTY = "empty_in_source"  # a heading with nothing below it


@dataclass(frozen=True)
class Cell:
    """The letters of one party on one task, in the order of the document."""

    letters: tuple[Letter, ...] = ()
    basis: Basis = Basis.STATED
    why: str = ""  # needed unless the document states the letters


EMPTY_CELL = Cell()


@dataclass(frozen=True)
class Task:
    """One row of the table."""

    id: str
    number: int  # its place in the source document, from 1
    title: str  # in our own words
    kind: Kind
    source: str  # clause of the source document
    cells: Mapping[Party, Cell]
    also: tuple[Kind, ...] = ()  # further kinds: a topic that the vendor may also start
    deployment: Deployment = Deployment.ANY
    basis: Basis = Basis.STATED
    placement: str = "certain"  # "certain", or "inferred from ..." where the source lost its columns
    condition: str = ""  # e.g. "purchased"
    gate: Gate | None = None

    def letters(self, party: Party) -> tuple[Letter, ...]:
        """The party's letters, empty for an empty cell and for a party that the model does not have."""
        return self.cells.get(party, EMPTY_CELL).letters

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "number": self.number,
            "title": self.title,
            "kind": self.kind.value,
            "also": [kind.value for kind in self.also],
            "deployment": self.deployment.value,
            "rasci": {party.value: [letter.value for letter in cell.letters] for party, cell in self.cells.items()},
            "basis": self.basis.value,
            "not_stated": {
                party.value: {"basis": cell.basis.value, "why": cell.why}
                for party, cell in self.cells.items()
                if cell.basis is not Basis.STATED
            },
            "placement": self.placement,
            "condition": self.condition,
            "gate": self.gate.value if self.gate else None,
            "source": self.source,
        }


@dataclass(frozen=True)
class PartyInfo:
    name: str
    aliases: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "aliases": list(self.aliases)}


@dataclass(frozen=True)
class Level:
    """One support level: who staffs it and where it hands over to."""

    id: str
    title: str
    owner: Party
    source: str
    next: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "owner": self.owner.value,
            "next": list(self.next),
            "source": self.source,
        }


@dataclass(frozen=True)
class EvidenceItem:
    """One thing that a hand-over is to carry. Its presence can be checked, never its quality."""

    id: str
    title: str
    hand_over: str  # "L1-L2"
    need: Need
    basis: Basis
    source: str
    record_type: RecordType = RecordType.ANY

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "hand_over": self.hand_over,
            "record_type": self.record_type.value,
            "need": self.need.value,
            "basis": self.basis.value,
            "source": self.source,
        }


@dataclass(frozen=True)
class Clause:
    """One clause of the document's prose, with what it means to a connector."""

    id: str
    clause: str
    state: ClauseState
    means: str = ""
    deployment: Deployment = Deployment.ANY

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "clause": self.clause,
            "state": self.state.value,
            "means": self.means,
            "deployment": self.deployment.value,
        }


@dataclass(frozen=True)
class Setting:
    """A figure or choice. ``source`` is "ours" where no document gives it, else the clause."""

    value: str | int
    source: str = "ours"

    def as_dict(self) -> dict[str, Any]:
        return {"value": self.value, "source": self.source}


@dataclass(frozen=True)
class OperatingModel:
    """Who may do what. Immutable; made by :func:`connector.rasci.model.load`."""

    id: str
    title: str
    source: str  # the document that it encodes
    parties: Mapping[Party, PartyInfo]
    tasks: tuple[Task, ...]
    settings: Mapping[str, Setting]
    legend: Mapping[Letter, str] = field(default_factory=dict)
    seats: Mapping[Party, Side] = field(default_factory=dict)
    levels: tuple[Level, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    clauses: tuple[Clause, ...] = ()

    def row(self, gate: Gate) -> Task:
        """The row that answers for this act. Raises LookupError for a model that ``load`` would refuse."""
        for task in self.tasks:
            if task.gate is gate:
                return task
        raise LookupError(f"operating model {self.id} has no row with gate {gate.value}")

    def setting(self, name: str) -> str | int:
        """Value of a setting by its dotted name. Raises KeyError for a name that is not in ``settings.KNOWN``."""
        return self.settings[name].value

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON values: what ``connector models show NAME --json`` prints."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "legend": {letter.value: text for letter, text in self.legend.items()},
            "parties": {party.value: info.as_dict() for party, info in self.parties.items()},
            "seats": {party.value: side.value for party, side in self.seats.items()},
            "tasks": [task.as_dict() for task in self.tasks],
            "levels": [level.as_dict() for level in self.levels],
            "evidence": [item.as_dict() for item in self.evidence],
            "clauses": [clause.as_dict() for clause in self.clauses],
            "settings": {name: setting.as_dict() for name, setting in self.settings.items()},
        }

"""The values of an operating model: who holds which letter on which task. No file is read here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from connector.rasci.conditions import Condition
from connector.rasci.duties import Duties, FlowRule, System
from connector.rasci.ladder import EvidenceItem, Gate, Level, PartyInfo, RecordType
from connector.rasci.meaning import Basis, Meant
from connector.rasci.settings import KNOWN, SCHEMA
from connector.rasci.shape import Own, plain
from connector.rasci.source import Located, Reader
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


_LETTERS = {"type": "string", "pattern": r"^\s*[RASCI](\s*,\s*[RASCI])*\s*$"}


@dataclass(frozen=True)
class Cell(Own):
    """The letters of one party on one task, in the order of the document: "A,R", or {letters, basis, why}."""

    FIELDS_TOO: ClassVar[bool] = False
    SCHEMA: ClassVar[Mapping[str, Any]] = {
        "anyOf": [
            _LETTERS,
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["letters"],
                "properties": {"letters": _LETTERS, "basis": {"enum": list(Basis)}, "why": {"type": "string"}},
            },
        ]
    }

    letters: Annotated[tuple[Letter, ...], "such as A,R"] = ()
    basis: Annotated[Basis | None, "where it is not the row's: stated, inferred or ours"] = None
    why: Annotated[str, "what the letters rest on, where it is not the row's"] = ""

    @classmethod
    def read(cls, reader: Reader, at: Located) -> Self:
        if not isinstance(at.value, dict):
            return cls(_letters(reader, at))
        found = reader.entries(at, "letters", "basis why")
        basis = reader.choice(found["basis"], Basis, Basis.STATED) if "basis" in found else None
        return cls(_letters(reader, found["letters"]) if "letters" in found else (), basis, reader.text(found.get("why")))


def _letters(reader: Reader, at: Located) -> tuple[Letter, ...]:
    words = [word.strip() for word in reader.text(at).split(",") if word.strip()]
    letters = tuple(reader.word(at, word, Letter, Letter.I) for word in words)
    if len(set(words)) < len(words):
        reader.report(at, "names a letter twice", "write each letter once")
    return letters


EMPTY_CELL = Cell()


@dataclass(frozen=True, kw_only=True)
class Task(Meant):
    """One row of the table."""

    id: Annotated[str, "unique within the model; rulings and the audit name it"]
    number: Annotated[int, "its place in the document, or in this model, from 1"]
    title: Annotated[str, "in our own words"]
    kind: Annotated[Kind, "when it fires"]
    cells: Annotated[Mapping[Party, Cell], "letters by party; a party that is not named has an empty cell"] = field(
        metadata={"key": "rasci"}
    )
    also: Annotated[tuple[Kind, ...], "further kinds: a topic that the vendor may also start"] = ()
    placement: Annotated[str, "certain, or `inferred from` and a document where the source lost its columns"] = "certain"
    gate: Annotated[Gate | None, "the act that this row decides"] = None

    @property
    def deployment(self) -> str:
        """Where it applies: "cloud", "on_premises", whatever else the model tells apart, or "any"."""
        return self.when.value("deployment") or "any"

    @property
    def short(self) -> str:
        """As people look it up."""
        return f"row {self.number}" if self.number else f"the clause {self.title!r}"

    @property
    def called(self) -> str:
        """The same with its title."""
        return f"{self.short}, {self.title!r}" if self.number else self.short

    def letters(self, party: Party) -> tuple[Letter, ...]:
        """The party's letters, empty for an empty cell and for a party that the model does not have."""
        return self.cells.get(party, EMPTY_CELL).letters

    def rests_on(self, party: Party) -> tuple[Basis, str]:
        """Basis of a party's letters and, unless the document states them, what they rest on."""
        cell = self.cells.get(party, EMPTY_CELL)
        return (self.basis, self.why) if cell.basis is None else (cell.basis, cell.why)

    def as_dict(self) -> dict[str, Any]:
        rests = {party: self.rests_on(party) for party in self.cells}
        shown: dict[str, Any] = plain(self)
        return shown | {
            "deployment": self.deployment,
            "rasci": {party.value: [letter.value for letter in cell.letters] for party, cell in self.cells.items()},
            "not_stated": {
                party.value: {"basis": basis.value, "why": why}
                for party, (basis, why) in rests.items()
                if basis is not Basis.STATED
            },
        }


@dataclass(frozen=True, kw_only=True)
class Clause(Meant):
    """One clause of the document's prose, with what it means to a connector.

    A clause may say whose something is for which the table has no row: with letters it is a row like any other, but for its number.
    """

    id: Annotated[str, "unique within the model"]
    clause: Annotated[str, "in our own words"]
    cells: Annotated[Mapping[Party, Cell], "letters by party, where the clause says whose something is and no row does"] = field(
        default_factory=dict, metadata={"key": "rasci"}
    )
    kind: Annotated[Kind, "with letters: topic, what a ticket can be about, or supply, what the vendor starts"] = Kind.TOPIC
    leads_to: Annotated[str, "id of the row that a ticket is about where a person found out what `when` asks"] = ""
    record_type: Annotated[RecordType, "what kind of record the ticket is then, whatever its fields say"] = RecordType.ANY

    @property
    def row(self) -> Task:
        """It as a row; for clauses with letters."""
        return Task(
            id=self.id,
            number=0,
            title=self.clause,
            kind=self.kind,
            cells=self.cells,
            when=self.when,
            state=self.state,
            source=self.source,
        )


@dataclass(frozen=True)
class Setting:
    """A figure or choice. ``source`` is "ours" where no document gives it, else the clause."""

    value: str | int
    source: str = "ours"


def given_settings(reader: Reader, at: Located) -> dict[str, Setting]:
    """The settings that a file gives, by their dotted names."""
    return {name: _setting(reader, name, node) for name, node in reader.entries(at, "", " ".join(KNOWN)).items()}


def _read_settings(reader: Reader, at: Located) -> dict[str, Setting]:
    """Every setting; what the file leaves out has our default."""
    return {name: Setting(known.default) for name, known in KNOWN.items()} | given_settings(reader, at)


def _setting(reader: Reader, name: str, at: Located) -> Setting:
    found = reader.entries(at, "value source")
    known, value = KNOWN.get(name), found.get("value")
    if known is None or value is None:
        return Setting("")
    return Setting(known.read(reader, value), reader.text(found.get("source")))


@dataclass(frozen=True)
class OperatingModel:
    """Who may do what. Immutable; made by :func:`connector.rasci.model.load`."""

    id: Annotated[str, "as the file is called, without .yaml"]
    title: Annotated[str, "in words"]
    source: Annotated[str, "the document that it encodes"]
    parties: Annotated[Mapping[Party, PartyInfo], "who takes part"]
    seats: Annotated[Mapping[Party, Side], "in which system each party works; a party is not a side"]
    levels: Annotated[tuple[Level, ...], "support levels"]
    tasks: Annotated[tuple[Task, ...], "rows of the table"]
    settings: Annotated[Mapping[str, Setting], "figures and choices; what is left out has our default"] = field(
        metadata={"read": _read_settings, "schema": SCHEMA}
    )
    legend: Annotated[Mapping[Letter, str], "what each letter means, as the document says it"] = field(default_factory=dict)
    conditions: Annotated[Mapping[str, Condition], "what `when` may name"] = field(default_factory=dict)
    evidence: Annotated[tuple[EvidenceItem, ...], "what each hand-over is to carry"] = ()
    duties: Annotated[Duties, "what is owed when something happens"] = field(default_factory=Duties)
    systems: Annotated[tuple[System, ...], "who manages which system"] = ()
    flow: Annotated[tuple[FlowRule, ...], "how work flows"] = ()
    clauses: Annotated[tuple[Clause, ...], "the prose of the document, each with what it means"] = ()

    @cached_property
    def rows(self) -> tuple[Task, ...]:
        """The rows of the table, and the clauses that are like one."""
        return (*self.tasks, *(clause.row for clause in self.clauses if clause.cells))

    def of_kind(self, kind: Kind) -> list[Task]:
        """The rows that are of this kind, or of this kind as well."""
        return [row for row in self.rows if kind in (row.kind, *row.also)]

    def row(self, gate: Gate) -> Task:
        """The row that answers for this act. Raises LookupError for a model that ``load`` would refuse."""
        for task in self.tasks:
            if task.gate is gate:
                return task
        raise LookupError(f"operating model {self.id} has no row with gate {gate.value}")

    def setting(self, name: str) -> str | int:
        """Value of a setting by its dotted name. Raises KeyError for a name that is not in ``settings.KNOWN``."""
        return self.settings[name].value

    def letters(self, parties: Iterable[Party], row: Task) -> tuple[Letter, ...]:
        """What any of these parties holds on a row, each letter once, in the order of the document."""
        return tuple(dict.fromkeys(letter for party in parties for letter in row.letters(party)))

    def staff(self, side: Side) -> tuple[Party, ...]:
        """The parties whose people work in this side's system; the end users are nobody's staff."""
        return tuple(party for party, seat in self.seats.items() if seat is side and party is not Party.END_USER)

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON values: what ``connector models show NAME --json`` prints."""
        shown: dict[str, Any] = plain(self)
        beside = [row.as_dict() for row in self.rows if not row.number]
        return shown | {"tasks": [task.as_dict() for task in self.tasks], "rows_of_clauses": beside}

"""The parties, their roles, and the support levels from one to the next with what each hand-over carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from connector.rasci.conditions import ALWAYS, When
from connector.rasci.meaning import Basis, Meant
from connector.rasci.shape import Own
from connector.rasci.source import Located, Reader
from connector.words import Party


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


class Certificate(StrEnum):
    REQUIRED = "required"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, kw_only=True)
class Role(Meant):
    """Some people of a party: who among them may act, and with what training."""

    id: Annotated[str, "unique within the model"]
    title: Annotated[str, "in words"]
    levels: Annotated[tuple[str, ...], "levels that these people staff"] = ()
    may: Annotated[tuple[Gate, ...], "acts that need this role; the party holds R on that row"] = ()
    reports_to: Annotated[str, "the level to which these people bring what they report themselves, past those before it"] = ""
    certificate: Annotated[Certificate, "whether the document asks for one"] = Certificate.NOT_STATED
    trained: Annotated[bool, "whether the document asks for training"] = False
    registered: Annotated[bool, "whether the document asks for an identity of their own in the vendor's portal"] = False
    announced: Annotated[bool, "whether the document asks that the vendor has their e-mail and phone before they may submit"] = (
        False
    )
    at_least: Annotated[int, "how many persons the document asks for; 0: it does not say"] = 0


@dataclass(frozen=True)
class PartyInfo:
    """One party: a name is data, the documents change theirs."""

    name: Annotated[str, "as the document calls it"]
    aliases: Annotated[tuple[str, ...], "other names for the same party"] = ()
    roles: Annotated[tuple[Role, ...], "groups of people within the party"] = ()


class Entry(StrEnum):
    """How work comes to a level."""

    REPORT = "report"  # users report to it
    HAND_OVER = "hand_over"  # another level hands over
    CAUSE = "cause"  # by what the cause is, from whichever level finds it


@dataclass(frozen=True)
class Owner(Own):
    """Who staffs a level: a party (its name alone will do), or what a setting says; always, or under a condition."""

    SCHEMA: ClassVar[Mapping[str, Any]] = {"enum": [party.value for party in Party if party is not Party.CONNECTOR]}

    party: Annotated[Party | None, "the party"] = None
    setting: Annotated[str, "a setting that must be given and names the party, where the document does not"] = ""
    when: Annotated[When, "conditions under which it is the owner"] = ALWAYS
    source: Annotated[str, "the clause, where it is not the level's"] = ""
    basis: Annotated[Basis, "stated, inferred or ours"] = Basis.STATED

    @classmethod
    def read(cls, reader: Reader, at: Located) -> Self | None:
        if isinstance(at.value, dict):
            return None
        return cls(reader.word(at, at.value, Party, Party.CONNECTOR))


@dataclass(frozen=True, kw_only=True)
class Level(Meant):
    """One support level: who staffs it, how work comes in and where it hands over to."""

    id: Annotated[str, "unique within the model, such as L1"]
    title: Annotated[str, "in words"]
    owner: Annotated[tuple[Owner, ...], "who staffs it: a party, or a list with conditions"] = field(metadata={"lone": True})
    entry: Annotated[tuple[Entry, ...], "how work comes in; by itself: the first level by reports, others by hand-over"] = field(
        default=(), metadata={"lone": True}
    )
    causes: Annotated[tuple[str, ...], "what leads here by cause"] = ()
    next: Annotated[tuple[str, ...], "levels that it hands over to"] = ()


class Need(StrEnum):
    MANDATORY = "mandatory"  # the hand-over waits for it (a P1 never)
    ASKED = "asked"  # asked for; the hand-over goes without it
    OPTIONAL = "optional"  # may come along


class Form(StrEnum):
    """In what an item of evidence can be present."""

    STATEMENT = "statement"  # a named person says so
    TEXT = "text"  # words in the ticket
    FIELD = "field"  # a field of the ticket
    FILE = "file"
    LINK = "link"
    RESULT = "result"  # result, environment and date of a test


@dataclass(frozen=True, kw_only=True)
class EvidenceItem(Meant):
    """One thing that a hand-over is to carry. Its presence can be checked, never its quality."""

    id: Annotated[str, "unique within the hand-over and record type"]
    title: Annotated[str, "in words"]
    hand_over: Annotated[str, "from one level to the next, such as L1-L2"]
    need: Annotated[Need, "mandatory: waits for it (a P1 never does); asked: goes without it; optional: may come along"]
    basis: Annotated[Basis, "stated, inferred or ours"]
    by: Annotated[tuple[Form, ...], "any of these shows that it is there"] = (Form.STATEMENT, Form.TEXT)
    record_type: Annotated[RecordType, "for which records"] = RecordType.ANY
    not_for: Annotated[tuple[str, ...], "topics (ids of tasks) that go without it"] = ()

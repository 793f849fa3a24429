"""The product's vocabulary. Every other module speaks in these words; this one imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self

Native = Mapping[str, str]
"""Native field names and values of one unit on one side."""


class Side(StrEnum):
    """One end of a connection. A side is a system; a party is somebody."""

    CUSTOMER = "customer"
    VENDOR = "vendor"

    @property
    def other(self) -> Side:
        return Side.VENDOR if self is Side.CUSTOMER else Side.CUSTOMER


class Party(StrEnum):
    """Who acts. ``CONNECTOR`` acts on nobody's behalf (its own notes)."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    PARTNER = "partner"
    END_USER = "end_user"
    CONNECTOR = "connector"


class Phase(StrEnum):
    """The party-neutral state of a case."""

    NEW = "new"
    WORKING = "working"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_THIRD_PARTY = "waiting_third_party"
    SOLVED = "solved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ENDED = frozenset({Phase.CLOSED, Phase.CANCELLED})


class Audience(StrEnum):
    """Who sees a text. ``PUBLIC`` on the customer side is the end user; on the vendor side the customer."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Act(StrEnum):
    """What a proposed change does."""

    SUBMIT = "submit"  # open a case
    SUPPLY = "supply"  # open a ticket that tells of what the vendor started
    MOVE = "move"  # change the status
    FIELD = "field"  # change any other unit
    COMMENT = "comment"
    FILE = "file"
    NOTE = "note"  # the connector's own word to people


class Verdict(StrEnum):
    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Change:
    """One proposed change, as the rules see it: neutral, with its actor."""

    act: Act
    target: Side  # where it would be written
    actor: Party  # whose change it is
    unit: str = ""
    now: Phase | None = None  # the target's phase before
    to: Phase | None = None  # MOVE: the phase that the target would show after the write
    source: Phase | None = None  # MOVE: the phase that the source shows
    said_to: Audience | None = None  # COMMENT, FILE: who saw it at its origin
    shown_to: Audience | None = None  # COMMENT, FILE, NOTE: who would see the copy
    notifies: bool = False  # the target's native state mails the caller or starts an automatic close
    priority: str = ""
    topic: str = ""  # id of the row that the case is about; "": the row of the gate decides
    channel: str = ""  # COMMENT, FILE: the mapping's rule that lets it pass
    unreleased: bool = False  # MOVE: the vendor's work is at a stage before its release
    by_job: bool = False  # MOVE: the customer's system did it by itself, nobody decided it
    untrained: bool = False  # MOVE: an end by somebody who is not among those who speak to users
    open_desk: bool = False  # NOTE: our account is the portal's customer, and has no place there that the staff alone read
    informs: bool = False  # FIELD: carried to the customer only, as what the case says of itself


@dataclass(frozen=True)
class Ruling:
    """The answer of the rules to one change. Every ruling names what it rests on."""

    verdict: Verdict
    task: str  # id of the row, or of the invariant
    title: str  # the row in words
    letters: str  # the actor's letters there: "A,R", "S,C,I", "" for an empty cell
    clause: str  # where it stands in the source document
    reason: str  # one sentence for a person

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.ALLOW

    def as_dict(self) -> dict[str, str]:
        return {
            "verdict": self.verdict.value,
            "task": self.task,
            "title": self.title,
            "letters": self.letters,
            "clause": self.clause,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class About:
    """One answer to what a ticket is about: a topic row of the operating model, or one of its systems."""

    task: str = ""  # id of the row
    system: str = ""  # id of the system
    because: str = ""  # what in the ticket said so, in words


@dataclass(frozen=True)
class News:
    """What the vendor started, and the customer is told of by a ticket: one for each ``about``."""

    task: str  # id of the row
    what: str  # maintenance, new_versions or alarms
    about: str  # the system or release, as the case names it
    because: str  # what in the case said so, in words


SIGN = "#connector"
"""The word with which a line to the connector begins."""


def to_connector(line: str) -> bool:
    """Whether a line is for the connector, and for nobody else."""
    return line.strip().partition(" ")[0].casefold() == SIGN


@dataclass(frozen=True)
class Reply:
    """A person's word to the connector, for the rules: a line in an internal note of a ticket, or ``connector answer``."""

    topic: str  # see ``rasci/replies.py``
    text: str
    by: str  # login in the customer's system, or the operator's name
    at: float  # when the connector heard it; seconds since the epoch
    item: str = ""  # native id of the note; "" where it was given on the command line


ANSWER, ACCESS = "answer", "access"
"""Why a case waits for the customer."""


@dataclass(frozen=True)
class Course:
    """What has happened to one case so far. Moments in seconds since the epoch; 0.0: not, or not now."""

    born: float = 0.0  # when it was decided that a case is to be opened
    opened: float = 0.0  # when the vendor's portal took it
    p1_since: float = 0.0  # when it became a P1, also where it no longer is one
    p1_now: bool = False
    solved: float = 0.0
    accepted: float = 0.0  # when level 1 resolved its own ticket after that
    ended: float = 0.0
    finished: float = 0.0  # when the customer's own ticket was resolved or closed, whatever the case says
    withdrawn: bool = False  # it ended without a solution, by the customer's own withdrawal
    waiting_since: float = 0.0
    waiting_why: str = ""  # ANSWER, ACCESS or "" for not known
    waited: float = 0.0  # when the wait before this one was over
    held_since: float = 0.0
    held_why: str = ""
    stays: bool = False  # held, and it is the customer's own work: nothing is missing
    vendor_spoke: float = 0.0  # the first answer of a person of the vendor after p1_since
    consulted: float = 0.0
    consult_answered: float = 0.0
    topic: str = ""  # id of the row that it is about, as far as known
    stage: str = ""  # of the vendor's work, as it was told last

    def up_to(self, now: float) -> Self:
        """Without what comes later than ``now``, so that any moment can be looked back at."""
        moments = {one.name: at for one in fields(self) if isinstance(at := getattr(self, one.name), float)}
        later: dict[str, Any] = {name: 0.0 for name, at in moments.items() if at > now}
        return replace(self, **later)


@dataclass(frozen=True)
class Handed:
    """One hand-over from a level to the next, as it was made. ``items``: ids of what the model lists for it."""

    step: str  # such as L1-L2
    at: float  # seconds since the epoch
    items: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # those that were asked for and not there
    waits: tuple[float, ...] = ()  # when the case went to waiting for the customer since, with something missing


Facts = Mapping[str, frozenset[str]]
"""What holds, by the name of a condition of the operating model; a condition that nobody answered is absent."""


@dataclass(frozen=True)
class TicketView:
    """One ticket in neutral words, with each unit's native values beside them."""

    side: Side
    ref: str
    number: str
    phase: Phase | None  # None: a state that says nothing about the case
    units: Mapping[str, Native]  # unit -> native fields as read; a unit whose fields are not readable is absent
    unmapped: Mapping[str, str] = field(default_factory=dict)  # unit -> why its value has no translation
    priority: int = 3  # 1 (most urgent) to 5, for the order of work

    @property
    def title(self) -> str:
        """What status lists show of it; "" where the mapping carries no title, or it cannot be read."""
        return next(iter(self.units.get("title", {}).values()), "")[:200]


class How(StrEnum):
    """Why a unit is written."""

    PROPOSE = "propose"  # the other side's change travels
    PUT_BACK = "put_back"  # a person's value that our write covered is restored (D3)
    UNDO = "undo"  # a value that our own hand provoked is taken back (D8)


@dataclass(frozen=True)
class UnitWrite:
    """One unit of one planned write: made from ``source`` (None: from no side), sets ``target``."""

    unit: str
    source: Native | None
    target: Native
    how: How = How.PROPOSE


@dataclass(frozen=True)
class Effect:
    """One planned write to one side: the creation of a case, some units, a comment, a file or a note."""

    kind: str  # create, fields, comment, file, note
    side: Side
    ref: str | None
    units: tuple[UnitWrite, ...] = ()
    item: str = ""  # key of the origin item: side:ref:id, or note:topic:hash
    ruling: Ruling | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


class Outcome(StrEnum):
    """What became of one write."""

    APPLIED = "applied"
    UNVERIFIED = "unverified"
    DROPPED = "dropped"  # accepted, but the system kept another value
    REFUSED = "refused"
    NOT_APPLIED = "not_applied"
    UNKNOWN = "unknown"

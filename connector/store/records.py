"""What is remembered of a bond: plain values, kept whole in one row and written back in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector.words import Course, Handed, How, Reply, Side

Value = dict[str, str]
"""Native fields and values of one unit, as stored."""


class BondState(StrEnum):
    CANDIDATE = "candidate"  # no case yet: held, refused, not for the vendor, or about to be created
    LINKED = "linked"
    ENDED = "ended"  # all its tickets ended; watched at the slow pace
    JOINED = "joined"  # its tickets follow another bond's case; only its audit is left
    UNLINKED = "unlinked"  # a person ended the exchange: kept as a record; its tickets are free for another link


@dataclass
class Standing:
    """A tolerated inequality of one unit. Leaving this pair of values is itself a change."""

    customer: Value
    vendor: Value
    why: str  # refused, held, dropped, provoked, one_way, unmapped, mapping, restored, linked, unread
    reason: str
    since: float
    ruling: dict[str, str] | None = None
    parked: bool = False  # the system refused it: an operator can retry
    base: dict[Side, Value] = field(default_factory=dict)  # restored: what had been in agreement, to which a retry goes back

    def value(self, side: Side) -> Value:
        """What one side showed; nothing where the field could not be read."""
        return self.customer if side is Side.CUSTOMER else self.vendor


@dataclass
class Unverified:
    """A write whose answer carried no record (D8): the first read begun late enough decides."""

    sent: Value
    prior: Value | None  # None: the ticket was created by this write
    at: float  # our clock when the call ended
    changed: float  # the system's change time in the snapshot that the write was made from
    put_back: bool = False
    agreed: Value | None = None  # see IntentUnit


@dataclass
class PutBack:
    """A person's value that a write of ours covered (D3), to be written once more."""

    want: Value
    over: Value  # what we wrote over it


@dataclass
class UnitState:
    base: dict[Side, Value] = field(default_factory=dict)
    standing: Standing | None = None
    unverified: dict[Side, Unverified] = field(default_factory=dict)
    put_back: dict[Side, PutBack] = field(default_factory=dict)
    restored: dict[Side, list[Value]] = field(default_factory=dict)  # values already put back: once each


@dataclass
class SideState:
    """What is known of one side's ticket. Times in seconds: ``changed`` is the system's, the others ours."""

    ref: str = ""
    number: str = ""
    url: str = ""
    changed: float = 0.0  # newest change time used so far
    version: int = -1  # newest version used so far; -1 where the system has none
    sent: float = 0.0  # when anything was last sent
    comment_sent: float = 0.0  # when a comment of ours was last sent, or may still have been
    status_sent: float = 0.0
    quiet: float = 0.0  # begin of the newest read in which no unit differed from its base
    quiet_changed: float = 0.0  # the system's change time in that read
    mark: str = ""  # of the creation by us, as first read
    seen: float = 0.0  # begin of the read that ``changed`` and ``version`` are from
    status_weighed: float = 0.0  # begin of the newest read whose status was not our own doing; kept only without history
    weighed: int = -1  # version up to which every save was read by a pass, or was ours


@dataclass
class Withheld:
    """A comment or file that is not carried, and why. ``parked``: an operator can release it."""

    reason: str
    parked: bool = False
    at: float = 0.0


@dataclass
class Note:
    """The newest note to people on one topic."""

    side: Side
    text: str
    at: float  # when this text was decided
    written: float = 0.0  # when a note on this topic was last written
    n: int = 1  # how many different texts there were


@dataclass
class Held:
    """Why a whole bond waits for a person of the customer."""

    reason: str
    since: float
    ruling: dict[str, str] | None = None
    stays: bool = False  # it is their own work: nothing is missing, and nobody waits for anything


@dataclass
class Adrift:
    """What we know of a bond is older than what happened: the next pass takes both tickets as they are."""

    since: float  # our clock; what was on its way then must have landed before anything is concluded
    why: str  # restored (our store, from a backup), accepted (a system that went back, by an operator)


@dataclass
class Bond:
    """The durable link of one case with its lead ticket, and with the tickets that follow the same case.

    A follower is remembered like a bond of its own under the same id, so that one code serves both; the vendor's
    side of the lead is the side of all of them.
    """

    id: str
    connection: str
    state: BondState
    born: float
    title: str = ""
    priority: int = 3
    mapping_version: str = ""
    sides: dict[Side, SideState] = field(default_factory=dict)
    units: dict[str, UnitState] = field(default_factory=dict)
    withheld: dict[str, Withheld] = field(default_factory=dict)  # item key ->
    notes: dict[str, Note] = field(default_factory=dict)  # topic ->
    extra_cases: list[str] = field(default_factory=list)  # further cases with our marker: a creation was delivered twice
    tried: dict[str, float] = field(default_factory=dict)  # item key -> when its content could not be read first
    alone: list[str] = field(default_factory=list)  # units to be written one at a time: together they were refused
    held: Held | None = None
    ended_at: float = 0.0
    followers: list[Bond] = field(default_factory=list)  # in the order in which they came
    since: float = 0.0  # when its ticket took its present place, as follower or as lead; 0: it led from the start
    fresh: str = ""  # why the pair is looked at for the first time, without a case having been made of the ticket
    joined: str = ""  # JOINED: the bond that has the tickets now
    adrift: Adrift | None = None
    replies: list[Reply] = field(default_factory=list)  # what people told the connector, in the order in which it was taken
    course: Course = field(default_factory=Course)  # what has happened, as far as duties and clocks ask
    holders: list[tuple[float, str]] = field(default_factory=list)  # on whom it waited, since when: our clock, oldest first
    owed: list[dict[str, Any]] = field(default_factory=list)  # what was owed at the last pass, and is not over
    topic: str = ""  # id of the row of the operating model that the case is about; "": the row of the gate
    level: str = ""  # id of the level of the customer's side that had it last, as far as the mapping tells
    handed: list[Handed] = field(default_factory=list)  # from level to level, oldest first
    supply: str = ""  # name of the news that its ticket only tells of: the vendor started it; "": a ticket led to the case
    beside: list[str] = field(default_factory=list)  # further cases of the same news, by number and title, oldest first
    formerly: list[tuple[str, str]] = field(default_factory=list)  # bonds (ids) and cases (refs) it left: older marks name them
    asked: str = ""  # topic of the reply by which a person involved the vendor in what stays the customer's
    tasks: list[Joined] = field(default_factory=list)  # of the vendor's that its ticket joined, in the order in which it did
    told_roster: dict[str, str] = field(default_factory=dict)  # who may submit, as its case was told last: login -> particulars

    def side(self, side: Side) -> SideState:
        return self.sides.setdefault(side, SideState())

    def unit(self, name: str) -> UnitState:
        return self.units.setdefault(name, UnitState())

    @property
    def parts(self) -> list[Bond]:
        """What is remembered of each of its tickets, and of each task that one of them joined; the lead first."""
        return [part for one in (self, *self.followers) for part in (one, *(task.pair for task in one.tasks))]


@dataclass
class Joined:
    """A task of the vendor's that a ticket joined: chosen findings go there, and what becomes of it is told.

    Ticket and task are remembered like a bond of their own under the same id, so that one code serves both; nothing of
    the two is in step.
    """

    pair: Bond
    by: str  # who joined it first: login, or the operator's name
    replies: list[str] = field(default_factory=list)  # names of the replies about it that were acted on
    before: list[str] = field(default_factory=list)  # ids of the people's comments that were there: no news
    left: bool = False  # a person ended it, or it became part of something that is known anyway


@dataclass
class IntentUnit:
    source: Value | None  # the source side's value that the write was made from
    target: Value  # what is sent
    prior: Value  # what the target side showed before
    how: How = How.PROPOSE
    agreed: Value | None = None  # of a move: the case's status agreed before, since it decides which of two moves wins


@dataclass
class Intent:
    """The durable announcement of one call. While it is open nothing more is sent to what it touches."""

    id: str
    bond: str
    kind: str  # create, fields, comment, file, note
    side: Side  # the side that is written
    ref: str  # "" for a creation
    at: float  # our clock when it was committed
    units: dict[str, IntentUnit] = field(default_factory=dict)
    item: str = ""  # key of the origin item
    marker: str = ""
    text: str = ""  # a comment's final text
    size: int = 0
    sha256: str = ""
    accepted: bool = False  # the system took it and did not say under which id: a read finds it by its marker
    version: int = -1  # of the snapshot that the write was made from
    changed: float = 0.0  # its system change time
    read_at: float = 0.0  # when that read began


@dataclass
class Identity:
    """The known pair of an origin item and our copy of it; without a copy: the item was there before the link, and stays."""

    item: str  # origin key: side:ref:id, or note:topic:hash
    kind: str  # comment, file, note
    side: Side  # the side that holds the copy
    ref: str
    copy: str  # native id of the copy; "" where the item was there before the link
    at: float
    marker: str = ""
    text: str = ""  # hash of the text as sent, to report a copy that differs
    extra: bool = False  # a second copy of the same item, reported, never copied back


@dataclass(frozen=True)
class Claim:
    """The right to work on one bond until ``until``; every commit proves it by its fence."""

    bond: str
    fence: int
    until: float
    attempts: int
    lost: int
    priority: int
    hints: int
    worker: str


@dataclass
class Loaded:
    """A bond with everything a pass needs."""

    bond: Bond
    intents: list[Intent]
    identities: list[Identity]


@dataclass(frozen=True)
class Birth:
    """A ticket that a poll found and no bond knew."""

    bond: Bond
    side: Side
    ref: str
    due: float
    event: dict[str, Any]  # content of its first audit record

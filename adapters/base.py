"""The contract between the connector and one remote system. An adapter author reads nothing else.

An adapter speaks the system's own vocabulary: native field names, native values (always strings, ``""``
for empty), native ids. It knows nothing of mappings, bonds or rules. It is used by several threads at once.

What an adapter promises
- It never guesses. A call that may have taken effect and was not answered is :class:`Unknown`.
- It retries reads a few times by itself, never a write, and nothing that a system answered by asking for fewer calls.
- Every request has a time-out; every body has a bound.
- A field that the system did not return is absent from :attr:`Snapshot.fields` (a right may be missing);
  an empty one is ``""``.
- What was written by the connector's own account says so (``by_us``); nothing else decides that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar

T = TypeVar("T")

Native = Mapping[str, str]
"""Native field names and values of one unit, or of a whole ticket."""


# --- errors: each is named after what the caller must do -------------------------------------------------


class Trouble(Exception):
    """A call that did not end well. ``str()`` is fit for a person: system, what was asked, what came back."""

    busy = False  # the system answered that too much is asked of it: everybody calls less, and not before the time it names
    retry_after: float | None = None  # seconds for which it wants to be spared, where it said so


class NotApplied(Trouble):
    """Nothing was changed: try again later, not before ``retry_after`` seconds where the system said so."""

    def __init__(self, message: str, retry_after: float | None = None, *, outage: bool = True, busy: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.busy = busy
        self.outage = outage  # the system as a whole is out of reach or out of quota, not this ticket


class Unknown(Trouble):
    """A write may or may not have taken effect (now or later): look before anything is sent again.

    A gateway may say so and name a time in one answer (503): then the system is ``busy`` as well.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.busy = retry_after is not None


class Refused(Trouble):
    """The system refused, and will refuse the same again. ``fields`` names the native fields it complained of."""

    def __init__(self, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.fields = tuple(fields)


class Stale(Trouble):
    """Somebody else wrote since the version that the write was made from; nothing was changed: read again."""


class Gone(Trouble):
    """The ticket is not there (deleted, or no longer visible to our account), or became part of another one."""

    def __init__(self, message: str, moved_to: str | None = None) -> None:
        super().__init__(message)
        self.moved_to = moved_to


class Misconfigured(Trouble):
    """Wrong credentials, missing rights, wrong address: no call of this side can work until a person acts."""


# --- what is read ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comment:
    """One comment, journal entry or article. The tuple in a snapshot is oldest first, in the system's order."""

    id: str  # native id; where the system has none: a key of (place, author, hash of text, n-th such)
    place: str  # native channel: comments, work_notes; visible, internal
    author: str  # login or name, as the system gives it
    by_us: bool
    created: str  # system time, ISO 8601 UTC, for people to read; never compared
    text: str  # as stored, without our marker
    format: str = "plain"  # plain, html, servicenow (plain with [code]html[/code]), adf (a document as JSON), wiki (Jira's)
    marker: str = ""  # our marker, where it stands in its own place; counts only if by_us
    author_name: str = ""  # what people call the author, where ``author`` is an id that says nothing to them


@dataclass(frozen=True)
class Attachment:
    id: str
    name: str
    content_type: str
    size: int  # bytes; -1 where unknown until opened
    author: str
    by_us: bool
    created: str
    place: str = ""  # native channel, where files have one
    sha256: str = ""  # hex; "" where the system does not tell
    marker: str = ""


@dataclass(frozen=True)
class Snapshot:
    """One ticket as read, whole. ``read_at`` is our clock at the moment the read *began*."""

    ref: str  # immutable native id
    number: str  # what people call it
    fields: Native
    comments: tuple[Comment, ...]
    attachments: tuple[Attachment, ...]
    changed: float  # the system's own time of the last change, seconds since the epoch; it never falls
    read_at: float  # our clock, seconds since the epoch
    created_by_us: bool
    marker: str = ""  # our marker in its own place
    version: int | None = None  # counts every save, where the system has such a number
    url: str = ""  # where a person sees it
    creator: str = ""  # who created it, as the system names people; "" where it does not say
    stamp: str = ""  # the state that was read, as a poll names it (see Page); "" where it may be part of a later state
    scattered: bool = False  # its parts were read at once: an item that came with ``version`` may be missing


@dataclass(frozen=True)
class Event:
    """One change of one field in a ticket's history, oldest first."""

    field: str
    old: str
    new: str
    author: str
    by_us: bool
    at: float  # system time, seconds since the epoch, as coarse as the system has it
    version: int | None = None  # the version that this change produced, where known


@dataclass(frozen=True)
class Page:
    """Hints: these tickets may have changed. No content, no promise of completeness in one page."""

    refs: tuple[str, ...]
    cursor: str  # opaque; store it with what was done about the refs
    more: bool  # ask again at once
    stamps: Mapping[str, str] = field(default_factory=dict)
    """By ref, what tells this state of a ticket from all others, where that is all the hint is about: the version
    where the system counts one, else a change time of which it is certain that nothing more happened in it."""
    left: int = -1  # how many tickets come after this page, as far as the system tells; -1 where it does not


# --- what is written -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewComment:
    text: str  # plain text, final
    place: str  # native channel
    marker: str
    subject: str = ""  # for systems whose comments have one


@dataclass(frozen=True)
class NewFile:
    name: str
    content_type: str
    size: int
    sha256: str
    place: str
    marker: str


@dataclass(frozen=True)
class Change:
    """All that is to be done to one ticket (``ref`` None: create it), by unit; see :meth:`Adapter.split`."""

    ref: str | None
    units: Mapping[str, Native] = field(default_factory=dict)  # unit name -> native fields to set
    marker: str = ""  # of the ticket, when it is created
    description: str = ""  # the first text of a new ticket, where the system keeps it apart from the fields
    contact: str = ""  # portal identity of the person on whose behalf it is created, where the system has that
    comments: tuple[NewComment, ...] = ()
    files: tuple[NewFile, ...] = ()
    seen: Native = field(default_factory=dict)  # the ticket's fields as this was decided from, for systems that can compare


@dataclass(frozen=True)
class Write:
    """One call that changes one ticket. Exactly one of: creation, units, comment, file."""

    ref: str | None
    units: Mapping[str, Native] = field(default_factory=dict)
    create: Change | None = None
    comment: NewComment | None = None
    file: NewFile | None = None
    seen: Native = field(default_factory=dict)  # as in :class:`Change`

    @property
    def kind(self) -> str:
        """``create``, ``comment``, ``file`` or ``fields``."""
        return "create" if self.create else "comment" if self.comment else "file" if self.file else "fields"

    def fields(self) -> dict[str, str]:
        """All native fields that the write sets."""
        units = self.create.units if self.create else self.units
        return {name: value for unit in units.values() for name, value in unit.items()}


@dataclass(frozen=True)
class Answer:
    """What a system said to a write that it accepted.

    ``fields`` holds the native fields as stored after the write, or None where the answer carries no record
    (then nothing is known until the next read). ``item`` is the native id of a new comment or file, or "".
    """

    ref: str
    number: str = ""
    item: str = ""
    fields: Native | None = None
    version: int | None = None
    changed: float | None = None  # the system's own time of the change


# --- what an adapter can do ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Capabilities:
    """Facts about one system, some learned in :meth:`Adapter.check`. Times in seconds, sizes in bytes."""

    history: bool  # :meth:`Adapter.history` works with our rights
    settle: float  # how long a write whose answer was lost may still land
    read_lag: float  # how long a direct read may lag behind a write
    find_lag: float  # how long :meth:`Adapter.find` may lag behind a creation
    batch: int  # tickets in one list read
    comment_limit: int  # characters
    file_limit: int
    internal_place: str  # the channel that only the system's own staff see
    comment_provokes: Mapping[str, str] = field(default_factory=dict)
    """Without history: the native status that a comment of ours provokes, by the native status before it."""
    comments_come_with_ticket: bool = False  # whoever is shown a ticket is shown its comments: where there is none, there is none
    only_at_creation: frozenset[str] = frozenset()
    """Native fields that our account sets when it opens a ticket, and never after: a portal's form, to its customers."""


@dataclass(frozen=True)
class Uses:
    """What a mapping needs of a system, to be checked before the first pass."""

    read: frozenset[str]
    write: frozenset[str]
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)  # field -> values the mapping names
    creates: frozenset[str] = frozenset()  # fields that a ticket of ours begins with on this side; empty: none is opened here


@dataclass(frozen=True)
class Problem:
    """Something a person must mend: where, what, and how."""

    place: str
    message: str
    remedy: str


def halved(
    ask: Callable[[Sequence[str]], Mapping[str, T]], refs: Sequence[str], alone: Callable[[Exception], bool]
) -> tuple[dict[str, T], dict[str, Exception]]:
    """Ask for many; where that fails, for halves, until the bad ones stand alone: what was found, and what befell those.

    :param alone: whether a failure may be that of single tickets; any other is raised.
    """
    try:
        return dict(ask(refs)), {}
    except Exception as problem:
        if not alone(problem):
            raise
        if len(refs) == 1:
            return {}, {refs[0]: problem}
    half = len(refs) // 2
    found, failed = halved(ask, refs[:half], alone)
    more, others = halved(ask, refs[half:], alone)
    return found | more, failed | others


class Adapter(ABC):
    """One remote system. Reads raise :class:`NotApplied`, :class:`Refused`, :class:`Gone` or :class:`Misconfigured`."""

    name: str
    capabilities: Capabilities

    @abstractmethod
    def check(self, uses: Uses) -> list[Problem]:
        """Prove rights, fields and choices against the live system; learn its capabilities. Changes nothing."""

    @abstractmethod
    def changed_since(self, cursor: str | None) -> Page:
        """Tickets that changed since the cursor (None: from now on, less the configured look-back), with overlap."""

    @abstractmethod
    def cursor_at(self, since: float) -> str:
        """A cursor from which :meth:`changed_since` tells every ticket changed since then (0: every ticket). Asks nothing."""

    @abstractmethod
    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """Name -> native id, for tickets that people name by their number (in either case) or by the native id itself.

        A name that no ticket has, or that can be none, is absent; whether a native id is there, :meth:`read` tells.
        """

    @abstractmethod
    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        """Read tickets directly (never through a search index), all in as few calls as the system allows.

        A ticket that the system left out is absent from the result; a single ref that is not there
        raises :class:`Gone`.
        """

    @abstractmethod
    def find(self, marker: str) -> list[str]:
        """Native ids of tickets *created by our account* with this marker in its place, oldest first."""

    @abstractmethod
    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        """Field changes of these tickets, oldest first, with their authors."""

    def unseen(self, refs: Sequence[str]) -> frozenset[str]:  # noqa: ARG002
        """Which of these tickets have comments that a read does not show: where one is missing, that proves nothing.

        None, where whoever may read a ticket may read its comments.
        """
        return frozenset()

    def split(self, change: Change) -> list[Write]:
        """The fewest calls that bring a change about, in pass order: a creation or the fields, then each file and each comment. Pure.

        Files and comments of a ticket that is to be created carry no ref: it is known from the first answer.
        """
        ref = change.ref
        if ref is None:
            first = [Write(None, create=change)]
        else:
            first = [Write(ref, units=units, seen=change.seen) for units in self.saves(change.units) if units]
        files = [Write(ref, file=file) for file in change.files]
        return [*first, *files, *(Write(ref, comment=comment) for comment in change.comments)]

    def saves(self, units: Mapping[str, Native]) -> Sequence[Mapping[str, Native]]:
        """Which units go in one call: all of them, where the system does not move a ticket by a call of its own."""
        return (units,)

    @abstractmethod
    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:
        """Make one call that changes something. ``content`` is the open file of a file write.

        :param expected: the version that the write was made from; a system that can compare it (or what the write has
            ``seen``) raises :class:`Stale` on a mismatch.
        :raises NotApplied: nothing happened (not connected, 429, 401 that a new token did not cure).
        :raises Unknown: it may have happened.
        :raises Refused: the system said no in its own error shape.
        """

    @abstractmethod
    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        """The content, complete and rewound, in a temporary file; the caller closes it.

        :raises NotApplied: the content came short or not at all.
        """

    def identity(self) -> str:
        """What tells this installation from every other, a copy of it included; "" where the system does not say.

        :raises NotApplied: it is out of reach just now.
        """
        return ""

    def normal(self, field_name: str, value: str) -> str:  # noqa: ARG002 - systems differ by field
        """The form in which two values of a field count as the same here (line ends, blanks, case, length)."""
        return value

    def hasten(self) -> None:  # noqa: B027 - optional
        """From now on a read of few tickets may make its calls at once, from threads of its own."""

    def close(self) -> None:  # noqa: B027 - optional
        """Give back connections."""

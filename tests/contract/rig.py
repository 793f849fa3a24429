"""One simulated system, one adapter and the people around them: what a contract test holds in its hands."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from adapters.base import Adapter, Answer, Change, Comment, Native, NewComment, NewFile, Uses
from connector.sandbox.core import Call, Cast, System, World

MARKER = "k1-0123456789abcdef"


class Clock:
    """Virtual time, shared by the world and the adapter; ``advance`` serves as ``sleep``."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self.now = start

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def begin_a_second(self) -> None:
        """What happens next happens within one second of any system."""
        self.now = float(int(self.now))


class Sandbox(System, Cast, Protocol):
    """A simulated system together with the people in it."""


@dataclass(frozen=True)
class Words:
    """The native words of one system that the suite needs."""

    ticket: Native  # fields by which a person opens a ticket
    title: str  # a field of free text, which we may write; or which people alone may, where ``edits`` says so
    status: str
    moved: str  # a status that a new ticket may be moved to
    public: str  # places of comments
    internal: str
    uses: Uses
    person: str = "anna"
    creation: Native = field(default_factory=dict)  # fields by which we open a ticket; ``ticket`` where empty
    refused: Native = field(default_factory=dict)  # a change that the system refuses in its own error shape
    dropped: Native = field(default_factory=dict)  # a change that the system accepts and does not make
    edits: bool = True  # whether we may change fields of a ticket that is there


@dataclass
class Rig:
    """One world with one system, one adapter, and one ticket (``ref``) that a person opened."""

    world: World
    clock: Clock
    system: Sandbox
    adapter: Adapter
    words: Words
    ref: str = ""
    touched: float = 0.0  # when people last changed it

    def people_open(self, title: str = "Another ticket") -> str:
        return self.system.create(self.words.person, {**self.words.ticket, self.words.title: title})

    def people_say(self, text: str, *, public: bool = True, ref: str = "") -> str:
        return self.system.comment(ref or self.ref, self.words.person, text, public=public)

    def people_rename(self, ref: str, title: str) -> None:
        self.system.edit(ref, self.words.person, {self.words.title: title})

    def stored(self, field_name: str, ref: str = "") -> str:
        return self.system.ticket(ref or self.ref).fields.get(field_name, "")

    def rename(self, title: str) -> Answer:
        """Send one write of the title."""
        return self.send(Change(self.ref, units={"title": {self.words.title: title}}))

    def write(self, words: str) -> Answer:
        """The write on which troubles are tried: of the title, or of a comment where we may change no field."""
        return self.rename(words) if self.words.edits else self.say(words, public=True)

    def written(self) -> str:
        """What the last such write, or a person before it, left."""
        if self.words.edits:
            return self.stored(self.words.title)
        comments = self.system.ticket(self.ref).comments
        return comments[-1].text.partition("\n\n[ref:")[0] if comments else ""

    def say(self, text: str, *, marker: str = MARKER, public: bool = False) -> Answer:
        place = self.words.public if public else self.words.internal
        return self.send(Change(self.ref, comments=(NewComment(text, place, marker, subject="About it"),)))

    def attach(self, data: bytes, name: str = "log.txt", content_type: str = "text/plain") -> Answer:
        digest = hashlib.sha256(data).hexdigest()
        new = NewFile(name, content_type, len(data), digest, self.words.internal, MARKER)
        return self.send(Change(self.ref, files=(new,)), data)

    def open(self, marker: str = MARKER, title: str = "Opened by the connector") -> Answer:
        fields = {**(self.words.creation or self.words.ticket), self.words.title: title}
        return self.send(Change(None, units={"all": fields}, marker=marker, description="How it began"))

    def send(self, change: Change, data: bytes | None = None) -> Answer:
        (write,) = self.adapter.split(change)
        return self.adapter.send(write, None, io.BytesIO(data) if data is not None else None)

    def comments(self, ref: str = "") -> tuple[Comment, ...]:
        """As read once no read can lag any more."""
        self.clock.advance(self.adapter.capabilities.read_lag + 1)
        ref = ref or self.ref
        return self.adapter.read([ref])[ref].comments

    def hints(self, cursor: str | None) -> tuple[set[str], str]:
        """All pages that are there now; ends, however many tickets changed."""
        refs: set[str] = set()
        for _ in range(100):
            page = self.adapter.changed_since(cursor)
            refs |= set(page.refs)
            cursor = page.cursor
            if not page.more:
                return refs, cursor
        pytest.fail("the poll never comes to an end")

    @contextmanager
    def fault(self, name: str, *, times: int = 10_000, writes: bool | None = None) -> Iterator[None]:
        """Let the next calls (of writes, of reads, of both) meet this trouble."""
        left = times

        def choose(call: Call) -> str | None:
            nonlocal left
            if left <= 0 or writes not in (None, call.write):
                return None
            left -= 1
            return name

        self.world.choose_fault = choose
        try:
            yield
        finally:
            self.world.choose_fault = lambda _call: None

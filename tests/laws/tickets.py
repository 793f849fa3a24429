"""A system as one would wish it: it takes every write as it was sent, at once, and remembers who changed what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from adapters.base import Answer, Attachment, Comment, Event, Native, Snapshot
from connector.mapping.mapping import TicketMapping
from connector.mapping.units import PriorityUnit
from connector.words import Side
from tests.laws.world import NUMBERS, PROVOKES, REFS

US, PERSON = "connector", "somebody"


@dataclass
class Ticket:
    """One ticket. ``tells``: the answer to a write shows the record. ``provokes``: a comment of ours moves the status."""

    side: Side
    mapping: TicketMapping
    fields: dict[str, str]
    tells: bool
    provokes: bool = False
    changed: float = 0.0
    version: int = 0
    comments: list[Comment] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def read(self, now: float) -> Snapshot:
        counted = self.version if self.side is Side.CUSTOMER else None
        fields, ref, number = dict(self.fields), REFS[self.side], NUMBERS[self.side]
        comments, files = tuple(self.comments), tuple(self.files)
        return Snapshot(ref, number, fields, comments, files, self.changed, now, created_by_us=False, version=counted)

    def set(self, values: Native, now: float, *, by_us: bool) -> Answer:
        """Change some fields; the customer's instance computes the priority anew."""
        self._saved(now)
        self._change(values, now, by_us=by_us)
        if {"impact", "urgency"} & values.keys():
            self._change(self._computed(), now, by_us=by_us)
        return self.answer()

    def say(self, comment: Comment, now: float) -> Answer:
        self._saved(now)
        said = replace(comment, id=f"c{len(self.comments)}")
        self.comments.append(said)
        state = self.fields.get("State", "")
        if comment.by_us and self.provokes and state in PROVOKES:
            self._change({"State": PROVOKES[state]}, now, by_us=True)
        return self.answer(said.id)

    def attach(self, file: Attachment, now: float) -> Answer:
        self._saved(now)
        put = replace(file, id=f"f{len(self.files)}", sha256=file.sha256 or hashlib.sha256(file.name.encode()).hexdigest())
        self.files.append(put)
        return self.answer(put.id)

    def withdraw(self, now: float, place: str) -> None:
        """A person moves the newest comment to another place."""
        if self.comments and not self.comments[-1].by_us:
            self._saved(now)
            self.comments[-1] = replace(self.comments[-1], place=place)

    def answer(self, item: str = "") -> Answer:
        if not self.tells:
            return Answer(REFS[self.side], item=item)
        counted = self.version if self.side is Side.CUSTOMER else None
        return Answer(REFS[self.side], NUMBERS[self.side], item, dict(self.fields), counted, self.changed)

    def _saved(self, now: float) -> None:
        self.version, self.changed = self.version + 1, now

    def _change(self, values: Native, now: float, *, by_us: bool) -> None:
        author = US if by_us else PERSON
        for name, value in values.items():
            old = self.fields.get(name, "")
            if old != value:
                self.events.append(Event(name, old, value, author, by_us, now, self.version))
            self.fields[name] = value

    def _computed(self) -> dict[str, str]:
        unit = self.mapping.others.get("priority")
        if not isinstance(unit, PriorityUnit):
            return {}
        pair = (self.fields[unit.impact], self.fields[unit.urgency])
        computed = [rule.priority for rule in unit.computed if (rule.impact, rule.urgency) == pair]
        return {unit.priority: computed[0]} if computed else {}

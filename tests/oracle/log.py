"""The log of deeds, ordered by ticket: what stood where when, who wrote it, and what of it only restores something."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from connector.sandbox.core import Deed, World
from connector.sandbox.witness import Books, retold
from tests.oracle.words import CASES, TICKETS

RACE = 30.0
"""Seconds by which a write of ours may be behind what people did: a read's age, a call, its late arrival, a clock's jump."""

Ref = tuple[str, str]
"""A ticket: the name of its system, and its native id."""


@dataclass
class Save:
    """The fields of one ticket that changed together."""

    n: int  # place in the log
    at: float
    ref: Ref
    who: str
    ours: bool
    again: bool  # the world delivered the call a second time
    born: bool  # with it the ticket came to be
    before: Mapping[str, str]
    changed: Mapping[str, str]

    @property
    def after(self) -> dict[str, str]:
        return {**self.before, **self.changed}


@dataclass
class Log:
    """All deeds of a run.

    :ivar texts: comments and files as they were written, by ticket.
    :ivar blind: histories could not be read for a while: what a write of ours covered unread, nobody can name.
    :ivar open_desk: our user can write nothing in the vendor's portal that its staff alone read.
    :ivar restored: when the connector's store went back to a copy, and with it what was known of a write just before.
    """

    deeds: Sequence[Deed]
    numbers: Mapping[Ref, str]
    links: Iterable[tuple[str, str]]  # (incident, case) as the connector reports them
    blind: bool = False
    restored: float = math.inf
    open_desk: bool = False
    saves: dict[Ref, list[Save]] = field(default_factory=dict)
    texts: dict[Ref, list[tuple[int, Deed]]] = field(default_factory=dict)
    gone: dict[Ref, float] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)  # article -> place in the log at which it was first public
    family: dict[Ref, set[Ref]] = field(default_factory=dict)
    chosen: dict[Ref, list[tuple[int, Ref, str]]] = field(default_factory=dict)
    """By a task that a ticket joined: where in the log somebody said so, on which ticket, and what was chosen for it."""

    def __post_init__(self) -> None:
        values: dict[Ref, dict[str, str]] = defaultdict(dict)
        for n, deed in enumerate(self.deeds):
            self._item(n, deed)
        together = groupby(enumerate(self.deeds), lambda one: (one[1].at, one[1].system, one[1].ticket, one[1].who, one[1].again))
        for _, group in together:
            self._save(list(group), values)
        self._relate()

    def _item(self, n: int, deed: Deed) -> None:
        ref = (deed.system, deed.ticket)
        if deed.what in ("comment", "file"):
            self.texts.setdefault(ref, []).append((n, deed))
        if deed.what == "comment" and deed.system == TICKETS and not (deed.ours or deed.public):
            self._join(n, ref, deed.new or "")
        if deed.what in ("comment", "visibility") and deed.public and deed.system == CASES:
            self.shown.setdefault(deed.item, n)
        if deed.what == "delete" and not deed.item:
            self.gone[ref] = deed.at

    def _join(self, n: int, ticket: Ref, note: str) -> None:
        """The lines of a work note that name a task of the vendor's, with what is chosen for it."""
        cases = {number: ref for ref, number in self.numbers.items() if ref[0] == CASES}
        for words in (line.split(maxsplit=3) for line in note.splitlines()):
            if [word.lower() for word in words[:2]] == ["#connector", "join"] and words[2:3] and words[2] in cases:
                self.chosen.setdefault(cases[words[2]], []).append((n, ticket, " ".join(words[3:])))

    def _save(self, group: list[tuple[int, Deed]], values: dict[Ref, dict[str, str]]) -> None:
        changed = {deed.field: deed.new or "" for _, deed in group if deed.what == "field"}
        if not changed:
            return
        n, first = next((n, deed) for n, deed in group if deed.what == "field")
        ref = (first.system, first.ticket)
        born = any(deed.what == "create" for _, deed in group)
        self.saves.setdefault(ref, []).append(
            Save(n, first.at, ref, first.who, first.ours, first.again, born, dict(values[ref]), changed)
        )
        values[ref].update(changed)

    # --- which tickets belong together ---------------------------------------------------------------------------

    def _relate(self) -> None:
        """Tickets of one exchange: linked by the connector's word, by a number that our user wrote, or by a merge."""
        named = {number: ref for ref, number in self.numbers.items()}
        pairs = [((TICKETS, ticket), (CASES, case)) for ticket, case in self.links]
        for deed in self.deeds:
            here = (deed.system, deed.ticket)
            if deed.what == "merge":
                pairs.append((here, (CASES, deed.new or "")))
            elif deed.ours and deed.field in ("correlation_id", "DynamicField_CustomerReference") and deed.new in named:
                pairs.append((here, named[deed.new]))
        for one, other in pairs:
            joined = self.related(one) | self.related(other)
            self.family.update(dict.fromkeys(joined, joined))

    def related(self, ref: Ref) -> set[Ref]:
        """The ticket and all that belong to it."""
        return self.family.get(ref) or {ref}

    def across(self, ref: Ref) -> list[Ref]:
        """Those of them that stand in the other system."""
        return sorted(one for one in self.related(ref) if one[0] != ref[0])

    def joined(self, ticket: Ref, before: int) -> set[Ref]:
        """The tasks that a ticket had joined up to a place in the log, with those that the vendor made of them."""
        named = (task for task, lines in self.chosen.items() if any(n < before and one == ticket for n, one, _ in lines))
        return {related for task in named for related in self.related(task) if related[0] == CASES}

    def only_joined(self, case: Ref) -> bool:
        """Whether tickets joined a case that none of them has."""
        return not self.across(case) and any(one in self.chosen for one in self.related(case))

    def findings(self, task: Ref, before: int) -> list[str]:
        """What was chosen for a task, or for one that became part of it, up to a place in the log."""
        lines = (line for one in self.related(task) for line in self.chosen.get(one, ()))
        return [words for n, _, words in lines if n < before and words]

    # --- what stood where ----------------------------------------------------------------------------------------

    def about(self, ref: Ref, names: Iterable[str], before: int) -> list[Save]:
        """The saves of some fields of a ticket, up to a place in the log."""
        wanted = set(names)
        return [save for save in self.saves.get(ref, ()) if save.n < before and wanted & save.changed.keys()]

    def lately(self, ref: Ref, names: Iterable[str], save: Save) -> list[Save]:
        """The saves after which some fields may have been read for ``save``: the last one of before, and all since."""
        past = self.about(ref, names, save.n)
        recent = [one for one in past if one.at >= save.at - RACE]
        return past[-len(recent) - 1 :] if recent else past[-1:]

    def uncrossed(self, save: Save, names: Iterable[str]) -> list[Save]:
        """The saves of these fields before ``save``, without those of people that it may have crossed."""
        past = self.about(save.ref, names, save.n)
        while past and not past[-1].ours and save.at - past[-1].at <= RACE:
            past.pop()
        return past

    def _displaced(self, past: list[Save]) -> list[Mapping[str, str]]:
        """What our last save may have displaced, as far as anybody knew; where no history tells, also before those that it crossed."""
        mine = past.pop()
        found = [mine.before]
        while self.blind and past and not past[-1].ours and mine.at - past[-1].at <= RACE:
            found.append(past.pop().before)
        return found

    def restores(self, save: Save, names: Iterable[str]) -> bool:
        """Whether a save of ours brings back what our own hand displaced, and nobody changed since."""
        wanted = {name: save.after.get(name, "") for name in names if name in save.changed}
        for past in (self.uncrossed(save, names), self.about(save.ref, names, save.n)):
            while past and past[-1].ours:
                displaced = self._displaced(past)
                if any(all(before.get(name, "") == value for name, value in wanted.items()) for before in displaced):
                    return True
        return False


def read(  # the world, and what nobody could know of it
    world: World,
    customer: Books,
    vendor: Books,
    links: Iterable[tuple[str, str]],
    *,
    blind: bool = False,
    restored: float = math.inf,
    open_desk: bool = False,
) -> Log:
    """The log of a run, with the numbers of all tickets that ever were."""
    sides = ((TICKETS, customer), (CASES, vendor))
    numbers = {(system, ref): number for system, witness in sides for ref, number in witness.numbers().items()}
    return Log(retold(world, customer, vendor), numbers, list(links), blind, restored, open_desk)

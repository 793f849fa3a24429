"""Whether anybody edited the record: every chain and every checkpoint, recomputed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from connector.audit.record import REDACTED, RESTORED, START, Checkpoint, Content, Head, Record, moment


class Reader(Protocol):
    """The whole audit at one moment."""

    def checkpoints(self) -> Iterator[Checkpoint]:
        """By number."""
        ...

    def heads(self) -> Iterator[Head]:
        """One for each bond, in any order."""
        ...

    def records(self) -> Iterator[Record]:
        """Those of one bond together, by number."""
        ...

    def strays(self) -> Iterator[tuple[str, int]]:
        """Contents that no record has: bond and number."""
        ...


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was recorded. ``bond`` is "" for a checkpoint, whose number is ``n``."""

    bond: str
    n: int
    what: str

    def __str__(self) -> str:
        place = f"bond {self.bond} record {self.n}" if self.bond else f"checkpoint {self.n}"
        return f"{place}: {self.what}"


@dataclass
class Report:
    """What a verification found. ``anchor`` is the last checkpoint's: compare it with a copy kept elsewhere."""

    bonds: int = 0
    records: int = 0
    checkpoints: int = 0
    anchor: str = ""
    erased: list[tuple[str, int]] = field(default_factory=list)  # contents erased by a recorded act
    restores: list[dict[str, Any]] = field(default_factory=list)  # of the store from a backup, each once, as recorded
    problems: list[Problem] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        return {
            "verified": self.verified,
            "bonds": self.bonds,
            "records": self.records,
            "checkpoints": self.checkpoints,
            "anchor": self.anchor,
            "erased": [{"bond": bond, "n": n} for bond, n in self.erased],
            "restores": self.restores,
            "problems": [{"bond": p.bond, "n": p.n, "what": p.what} for p in self.problems],
        }


def verify(reader: Reader, anchor: str = "") -> Report:
    """Recompute everything. ``anchor`` (NUMBER:HASH, from the log) must be one of the checkpoints, if given."""
    verifier = Verifier(anchor)
    for checkpoint in reader.checkpoints():
        verifier.checkpoint(checkpoint)
    for head in reader.heads():
        verifier.head(head)
    for record in reader.records():
        verifier.record(record)
    for bond, n in reader.strays():
        verifier.stray(bond, n)
    return verifier.finish()


class Verifier:
    """Takes the audit piece by piece: first all checkpoints, then all heads, then the records, bond by bond."""

    def __init__(self, anchor: str = "") -> None:
        self.report = Report()
        self._anchor = anchor
        self._last: Checkpoint | None = None
        self._sealed: dict[str, int] = {}  # bond -> length that the checkpoints reach
        self._marks: dict[tuple[str, int], tuple[str, int]] = {}  # (bond, length) -> head, and which checkpoint says so
        self._heads: dict[str, Head] = {}
        self._seen: set[str] = set()
        self._chain: _Chain | None = None

    def checkpoint(self, new: Checkpoint) -> None:
        self.report.checkpoints += 1
        if not _sound(new):
            self._wrong("", self._last.n + 1 if self._last else 1, "cannot be read")
            return
        n, previous = (self._last.n + 1, self._last.hash) if self._last else (1, START)
        if new.n != n:
            self._wrong("", n, "is missing")
        elif new.previous != previous:
            self._wrong("", new.n, "does not follow the one before it: one of the two was changed")
        if new.computed() != new.hash:
            self._wrong("", new.n, "was changed: its hash does not fit")
        self._mark(new)
        if (len(self._sealed), sum(self._sealed.values())) != (new.bonds, new.records):
            self._wrong("", new.n, "has totals that its chain does not add up to")
        if self._anchor == new.anchor:
            self._anchor = ""
        self._last = new
        self.report.anchor = new.anchor

    def head(self, head: Head) -> None:
        self.report.bonds += 1
        if not _sound(head):
            self._wrong(str(head.bond), 0, "the bond's row cannot be read")
            return
        if head.bond in self._heads:
            self._wrong(head.bond, head.length, "the bond's row occurs twice")
        self._heads[head.bond] = head
        if head.sealed != self._sealed.get(head.bond, 0):
            self._wrong(head.bond, head.sealed, "the bond's row names another length than the last checkpoint over it")

    def record(self, record: Record) -> None:
        if not _sound(record):
            self.report.records += 1
            self._wrong(str(record.bond), 0, "a record cannot be read")
            return
        if self._chain is None or self._chain.bond != record.bond:
            self._end_chain()
            self._chain = _Chain(record.bond, self.report)
            if record.bond in self._seen:
                self._wrong(record.bond, record.n, "stands apart from the others of its bond")
        self._chain.add(record)
        if record.kind == RESTORED and record.content:
            self._restored(record.content)
        head, checkpoint = self._marks.pop((record.bond, record.n), (record.hash, 0))
        if head != record.hash:
            self._wrong(record.bond, record.n, f"differs from what checkpoint {checkpoint} covers")

    def stray(self, bond: str, n: int) -> None:
        self._wrong(bond, n, "there is a content without a record: inserted, or its record was removed")

    def finish(self) -> Report:
        """The report, when everything was taken."""
        self._end_chain()
        for bond in self._heads.keys() - self._seen:
            self._wrong(bond, 1, "is missing: the bond has no records")
        for (bond, n), (_, checkpoint) in self._marks.items():
            self._wrong(bond, n, f"is missing, and checkpoint {checkpoint} covers it")
        if self._anchor:
            number = self._anchor.partition(":")[0]
            self._wrong(
                "", int(number) if number.isdigit() else 0, f"the anchor {self._anchor} is not in the chain{self._why_lost()}"
            )
        self.report.problems.sort(key=lambda problem: (problem.bond, problem.n))
        return self.report

    def _restored(self, content: Content) -> None:
        try:
            restore = {name: kind(content.event[name]) for name, kind in _RESTORE.items()}
        except (ValueError, TypeError, KeyError):
            return  # its hash does not fit either, and that is reported
        if restore not in self.report.restores:
            self.report.restores.append(restore)

    def _why_lost(self) -> str:
        """Which restore explains that a checkpoint is not here: one from a backup that was made before it."""
        number = self._anchor.partition(":")[0]
        for restore in self.report.restores if number.isdigit() else ():
            last = int(restore["lost"].partition(":")[0] or number)  # where nobody knows how far the lost store had got: any
            if restore["checkpoint"] < int(number) <= last:
                return (
                    f"; a restore explains it: at {moment(restore['at'])} {restore['by']} put back a backup of "
                    f"{moment(restore['backup_at'])}, whose last checkpoint was {restore['checkpoint']}. What was recorded between "
                    "the two stands only in the store that was kept then, and in exports made before"
                )
        return ""

    def _mark(self, checkpoint: Checkpoint) -> None:
        try:
            for bond, length, head in json.loads(checkpoint.heads):
                self._sealed[str(bond)] = int(length)
                self._marks[str(bond), int(length)] = (str(head), checkpoint.n)
        except (ValueError, TypeError):
            self._wrong("", checkpoint.n, "has unreadable contents")

    def _end_chain(self) -> None:
        if self._chain is None:
            return
        bond = self._chain.bond
        self._seen.add(bond)
        self._chain.end(self._heads.get(bond))
        self._chain = None

    def _wrong(self, bond: str, n: int, what: str) -> None:
        self.report.problems.append(Problem(bond, n, what))


class _Chain:
    """The records of one bond, as they come."""

    def __init__(self, bond: str, report: Report) -> None:
        self.bond = bond
        self._report = report
        self._length = 0
        self._head = START
        self._bare: set[int] = set()  # records without a content
        self._redacted: set[int] = set()  # records whose content was erased by a recorded act

    def add(self, record: Record) -> None:
        self._report.records += 1
        if record.n != self._length + 1:
            self._gap(record.n)
        elif record.previous != self._head:
            what = "does not follow the one before it: one of the two was changed"
            self._wrong(record.n, what if record.n > 1 else "names a record before it: it was not the first")
        if record.computed() != record.hash:
            self._wrong(record.n, "was changed: its hash does not fit")
        self._check_content(record)
        self._length, self._head = record.n, record.hash

    def end(self, head: Head | None) -> None:
        for n in sorted(self._bare):
            if n in self._redacted:
                self._report.erased.append((self.bond, n))
            else:
                self._wrong(n, "has lost its content, and no record says that it was erased")
        if head is None:
            self._wrong(self._length, "the bond of this record was removed")
        elif head.length > self._length:
            self._wrong(self._length + 1, f"is missing: the bond's row counts {head.length} records")
        elif head.length < self._length:
            self._wrong(head.length + 1, f"was inserted: the bond's row counts {head.length} records")
        elif head.head != self._head:
            self._wrong(self._length, "is not the one that the bond's row names as its last: one of the two was changed")

    def _gap(self, n: int) -> None:
        if n <= self._length:
            self._wrong(n, "occurs twice or out of order")
        for missing in range(self._length + 1, min(n, self._length + 1000)):
            self._wrong(missing, "is missing")

    def _check_content(self, record: Record) -> None:
        if record.content is None:
            self._bare.add(record.n)
        elif record.content.hash != record.content_hash:
            self._wrong(record.n, "has another content than was recorded")
        elif record.kind == REDACTED:
            self._redacted.add(record.content.event.get("n", 0))

    def _wrong(self, n: int, what: str) -> None:
        self._report.problems.append(Problem(self.bond, n, what))


_RESTORE: dict[str, Callable[[Any], Any]] = {"at": float, "by": str, "backup_at": float, "checkpoint": int, "lost": str}

_KINDS: dict[str, type | tuple[type, ...]] = {
    "n": int,
    "at": (int, float),
    "length": int,
    "sealed": int,
    "bonds": int,
    "records": int,
    "content": (Content, type(None)),
}


def _sound(value: Checkpoint | Head | Record | Content) -> bool:
    """Whether every field is of its kind: SQLite stores anything anywhere, and an export is only text."""
    fields = vars(value)
    content = fields.get("content")
    return all(isinstance(held, _KINDS.get(name, str)) for name, held in fields.items()) and (content is None or _sound(content))

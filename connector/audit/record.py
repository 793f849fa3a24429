"""The shape of the audit: what a record and a checkpoint hold, and how their hashes are made.

One hash chain per bond. A record holds the hash of its content; the content lies beside it with a random salt,
so that it can be erased and what is left tells nothing about it (a bare hash of a short text can be guessed).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
"""The hash that the first record of a chain names as its previous one."""

REDACTED = "redacted"
"""The kind of the record that says that a content was erased; its content names the number in ``n``."""

RESTORED = "restored"
"""The kind of the record that says that the store was put back to a backup, and which."""


@dataclass(frozen=True)
class Content:
    """What a record says: canonical JSON, and the salt that its hash begins with."""

    salt: str
    body: str

    @property
    def hash(self) -> str:
        return _sha256(self.salt + self.body)

    @property
    def event(self) -> dict[str, Any]:
        """The content as it was recorded. Raises ValueError where somebody changed it into something else."""
        return dict(json.loads(self.body))


@dataclass(frozen=True)
class Record:
    """One link of a bond's chain. ``content`` is None where it was erased."""

    bond: str
    n: int  # from 1
    at: float  # seconds since the epoch
    kind: str
    content_hash: str
    previous: str
    hash: str
    content: Content | None = None

    def computed(self) -> str:
        """The hash that the record should have."""
        return _sha256(canonical([self.bond, self.n, self.at, self.kind, self.content_hash, self.previous]))


@dataclass(frozen=True)
class Head:
    """The end of a bond's chain, as the bond's own row holds it."""

    bond: str
    length: int
    head: str
    sealed: int  # the length that the last checkpoint covers


@dataclass(frozen=True)
class Checkpoint:
    """A link of the chain over all chains: the ends of those that grew since the one before, and the totals."""

    n: int  # from 1
    at: float
    bonds: int  # how many bonds there were
    records: int  # how many records they had
    heads: str  # canonical JSON: [[bond, length, head], …] by bond
    previous: str
    hash: str

    def computed(self) -> str:
        return _sha256(canonical([self.n, self.at, self.bonds, self.records, self.heads, self.previous]))

    @property
    def anchor(self) -> str:
        """What to keep elsewhere: number and hash. With it nobody can remove or replace this checkpoint unseen."""
        return f"{self.n}:{self.hash}"


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no blanks, ASCII only. Raises TypeError or ValueError for what JSON lacks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def seal(bond: str, n: int, at: float, event: Mapping[str, Any], previous: str, salt: str | None = None) -> Record:
    """The record number ``n`` of a bond. Its kind is what the event says under ``kind``."""
    content = Content(salt or secrets.token_hex(16), canonical(event))
    draft = Record(bond, n, float(at), str(event.get("kind", "event")), content.hash, previous, "", content)
    return replace(draft, hash=draft.computed())


def seal_checkpoint(last: Checkpoint | None, at: float, grown: Iterable[Head]) -> Checkpoint:
    """The checkpoint after ``last`` over the bonds that grew since."""
    heads = sorted(grown, key=lambda head: head.bond)
    draft = Checkpoint(
        n=last.n + 1 if last else 1,
        at=float(at),
        bonds=(last.bonds if last else 0) + sum(head.sealed == 0 for head in heads),
        records=(last.records if last else 0) + sum(head.length - head.sealed for head in heads),
        heads=canonical([[head.bond, head.length, head.head] for head in heads]),
        previous=last.hash if last else START,
        hash="",
    )
    return replace(draft, hash=draft.computed())


def moment(at: float) -> str:
    """A time in UTC, to the second: ``2026-05-28T20:26:40Z``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

"""Whether a system went back in time, or is another one than it was: judged by what we have already seen of it. Pure.

A ticket's change time and version only grow, its number and the mark of its creation stay, and a comment that we
copied stays there. Where that is not so for one ticket, its bond is held. Where it is so for many, the system itself
was put back to an older state, or its address leads to a copy of it: then nothing more is written until it is as it
was, or an operator accepts it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.base import Capabilities, Gone, Snapshot, Trouble
from connector.audit.record import moment
from connector.store.records import Bond, Identity, Loaded
from connector.sync.connection import Rule, Timing
from connector.words import Side

GONE = "gone"


@dataclass(frozen=True)
class Sign:
    """One ticket that is not what we have already seen of it."""

    kind: str  # went_back, another, copies_missing, gone
    number: str
    knew: str
    there: str

    def reason(self, side: Side) -> str:
        return f"the {side}'s ticket {self.number} is not what it was: we knew {self.knew}; there is {self.there}"

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "number": self.number, "knew": self.knew, "there": self.there}


@dataclass(frozen=True)
class Seen:
    """The newest read of one bond's ticket on one side."""

    bond: str
    at: float  # our clock when it was read
    changed: float  # the newest change time that we knew of before
    sign: Sign | None


def sign_of(loaded: Loaded, side: Side, read: Snapshot | Trouble, ability: Capabilities, timing: Timing) -> Sign | None:
    """What speaks against this read; None also for a bond that takes its tickets as they are."""
    bond = loaded.bond
    known = bond.side(side)
    if bond.adrift or not known.seen:
        return None
    if isinstance(read, Trouble):
        gone = isinstance(read, Gone) and not read.moved_to
        return Sign(GONE, known.number, f"a ticket changed {moment(known.changed)}", "none") if gone else None
    return (
        _another(bond, side, read)
        or _went_back(bond, side, read, ability.read_lag + timing.lease)
        or _copy_missing(loaded.identities, side, read, ability.read_lag + timing.lease)
    )


def _another(bond: Bond, side: Side, read: Snapshot) -> Sign | None:
    """Ids are given again after a restore: the same id, another ticket."""
    known = bond.side(side)
    if known.number and read.number != known.number:
        return Sign("another", known.number, f"number {known.number}", f"number {read.number}")
    foreign = not read.created_by_us or (read.marker and read.marker != known.mark)
    if known.mark and foreign:
        return Sign("another", known.number, "a case that we opened", "a case that we did not open for this ticket")
    return None


def _went_back(bond: Bond, side: Side, read: Snapshot, patience: float) -> Sign | None:
    """Older than what was read or answered before, and not by a lag: that was long enough ago."""
    known = bond.side(side)
    if read.read_at <= max(known.seen, known.sent) + patience:
        return None
    version = -1 if read.version is None else read.version
    if read.changed < known.changed:
        return Sign("went_back", known.number, f"a change at {moment(known.changed)}", f"none since {moment(read.changed)}")
    if 0 <= version < known.version:
        return Sign("went_back", known.number, f"version {known.version}", f"version {version}")
    return None


def _copy_missing(identities: Sequence[Identity], side: Side, read: Snapshot, patience: float) -> Sign | None:
    """The newest comment that we copied there. Older ones may have been removed by people; none at all is a lost right."""
    mine = [i for i in identities if i.side is side and i.ref == read.ref and i.kind == "comment" and i.copy and not i.extra]
    if not mine or not read.comments:
        return None
    newest = max(mine, key=lambda identity: identity.at)
    if newest.at + patience >= read.read_at or any(comment.id == newest.copy for comment in read.comments):
        return None
    return Sign("copies_missing", read.number, f"our copy of a comment, written {moment(newest.at)}", "no such comment")


def verdict(seen: Iterable[Seen], rule: Rule) -> list[Seen]:
    """The signs that the system as a whole went back; none: it did not.

    One that did shows it in every ticket that had changed since, so the newest are asked first: at least ``rule.bonds``
    of them, and more than ``rule.share`` of all that changed as late. Tickets that are merely gone (deleted, hidden)
    speak alone only where they are so many of all that were read.
    """
    ordered = sorted(seen, key=lambda one: (-one.changed, one.bond))
    signs: list[Seen] = []
    for n, one in enumerate(ordered, 1):
        if one.sign:
            signs.append(one)
        back = sum(1 for s in signs if s.sign and s.sign.kind != GONE)
        if len(signs) >= rule.bonds and len(signs) > rule.share * n and (back >= rule.bonds or n == len(ordered)):
            return signs
    return []

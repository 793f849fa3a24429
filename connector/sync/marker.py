"""Markers: the keys by which our own copies are recognised (design D5).

A marker is a keyed hash, so that nobody can make one up, and deterministic, so that it can be computed
again after a crash. It makes an item ours only in its own place and by our own user.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from connector.words import Side


@dataclass(frozen=True)
class MarkerKey:
    id: str  # lower-case letters and digits
    secret: bytes

    def mark(self, *parts: str) -> str:
        """``KEYID-HEX`` over the parts: 80 bits, enough to tell any two items of all time apart."""
        digest = hmac.new(self.secret, "\x1f".join(parts).encode(), hashlib.sha256)
        return f"{self.id}-{digest.hexdigest()[:20]}"

    def case(self, bond: str, lead: str) -> str:
        """The marker of the case that a bond creates."""
        return self.mark(bond, Side.CUSTOMER, lead, "case")

    def ticket(self, bond: str, case: str) -> str:
        """The marker of the customer's ticket that tells of a case."""
        return self.mark(bond, Side.VENDOR, case, "ticket")

    def item(self, bond: str, item: str) -> str:
        """The marker of our copy of one origin item (see :func:`item_key`)."""
        return self.mark(bond, item)


def marker_ref(marker: str) -> str:
    """The name under which a case is known by its marker, beside its native id."""
    return f"marker:{marker}"


def bond_id(connection: str, side: Side, ref: str) -> str:
    """The same ticket always gets the same bond id, so its markers survive a lost store."""
    return "b" + hashlib.sha256(f"{connection}\x1f{side}\x1f{ref}".encode()).hexdigest()[:15]


def item_key(side: Side, ref: str, kind: str, native: str) -> str:
    """Names one origin comment or file for good."""
    return f"{side}:{ref}:{kind}:{native}"


def note_key(topic: str, text: str) -> str:
    """Names one note of ours by its topic and content: each distinct content is written once."""
    return f"note:{topic}:{text_hash(text)}"


def text_hash(text: str) -> str:
    """Hash of a text without regard to line ends and trailing blanks."""
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return hashlib.sha256("\n".join(lines).strip().encode()).hexdigest()[:16]

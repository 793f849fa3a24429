"""What a mapping answers: small values without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from connector.words import Audience, Native


class Carry(StrEnum):
    """What a translation came to."""

    VALUE = "value"  # there is a value for the other side
    NOTHING = "nothing"  # by design this value says nothing to the other side (a state of its own affairs)
    UNMAPPED = "unmapped"  # the mapping lacks it: hold, and say so


@dataclass(frozen=True)
class Translation:
    carry: Carry
    value: Native = field(default_factory=dict)  # native fields to set on the other side, if VALUE
    reason: str = ""  # for a person, unless VALUE


@dataclass(frozen=True)
class Intake:
    """Whether a ticket of the customer is meant for the vendor at all, by the mapping's filter."""

    taken: bool
    reason: str  # which condition decided, in words
    record_type: str = "incident"


@dataclass(frozen=True)
class Route:
    """Where a comment or file may go, or why it stays. The mapping proposes; the rules decide."""

    allowed: bool
    rule: str  # the channel rule of the mapping that decided, e.g. "comments[0]"
    reason: str = ""
    place: str = ""  # native channel on the other side
    said_to: Audience = Audience.INTERNAL  # who saw it at its origin
    shown_to: Audience = Audience.INTERNAL  # who sees the copy

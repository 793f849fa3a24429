"""What is owed when something happens, who manages which system, and how work flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from connector.rasci.meaning import Meant
from connector.words import Party


class Call(StrEnum):
    """Whether a P1 is also to be telephoned."""

    MUST = "must"
    IF_NEEDED = "if_needed"
    NONE = "none"


class Cause(StrEnum):
    """What a P1 was caused by, as far as the documents tell causes apart."""

    VENDOR = "vendor_component"
    OTHER = "other"


RCA_ROWS: Mapping[Cause, str] = {Cause.VENDOR: "rca-vendor-cause", Cause.OTHER: "rca-other-cause"}
"""The row of the table for each half."""


@dataclass(frozen=True, kw_only=True)
class P1Call(Meant):
    owed: Annotated[Call, "must, if_needed (for follow-up), or none (the document has no such duty)"]
    party: Annotated[Party | None, "who calls"] = None


@dataclass(frozen=True, kw_only=True)
class Rca(Meant):
    """One half of the root cause analyses of P1 incidents; what no half covers is for the setting `rca.mixed`."""

    cause: Annotated[Cause, "which causes"]
    party: Annotated[Party, "who owes it"]
    solely: Annotated[bool, "whether the document asks for this cause alone, so that a mixed one is not covered"] = False


@dataclass(frozen=True, kw_only=True)
class Speaks(Meant):
    """Who speaks to the end users."""

    party: Annotated[Party, "which party"]
    level: Annotated[str, "at which level"]


@dataclass(frozen=True)
class Duties:
    p1_call: Annotated[tuple[P1Call, ...], "the call after a P1"] = ()
    rca: Annotated[tuple[Rca, ...], "root cause analyses of a P1; none where the document has none"] = ()
    speaks_to_users: Annotated[tuple[Speaks, ...], "who speaks to the end users"] = ()


@dataclass(frozen=True, kw_only=True)
class System(Meant):
    """A system of the landscape: a ticket on it belongs to whoever manages it."""

    id: Annotated[str, "unique within the model"]
    title: Annotated[str, "in words"]
    managed_by: Annotated[Party, "whose it is"]


class Then(StrEnum):
    """What a rule of the flow leads to."""

    HANDS_OVER = "hands_over"
    STAYS = "stays"  # goes on at this level
    ENDS = "ends"  # ends at this level, with an answer to the user
    COMPARES = "compares"  # looks for the like among what is under way at the other level: what is found is named
    JOINS = "joins"  # becomes a further ticket of something that is under way already
    CLASSIFIES = "classifies"  # this level says of what kind it is, and nobody else does
    FOLLOWS = "follows"  # this level is told of it to the end
    CLOSES = "closes"  # the ticket is closed


@dataclass(frozen=True, kw_only=True)
class FlowRule(Meant):
    """One step of how work flows."""

    id: Annotated[str, "unique within the model"]
    rule: Annotated[str, "in our own words"]
    at: Annotated[str, "the level that acts"]
    then: Annotated[Then, "what it leads to"] = Then.STAYS
    to: Annotated[str, "the level it leads to"] = ""
    asked: Annotated[
        bool, "whether the level is asked for what `when` needs before it hands over, where nobody found it out yet"
    ] = False
    tells: Annotated[str, "id of the role whose people are addressed; the note names those on the roster"] = ""

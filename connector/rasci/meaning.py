"""Where an item of a model comes from, what it means to a connector, how that is proven, and what of it works today."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from connector.rasci.conditions import ALWAYS, When


class Basis(StrEnum):
    """Where a thing comes from."""

    STATED = "stated"  # the source document says it
    INFERRED = "inferred"  # follows from what the document says elsewhere
    OURS = "ours"  # no document says it


class Proof(StrEnum):
    """How it is proven that an item means what it says."""

    BEHAVES = "behaves"  # the engine acts on it
    CHECKED = "checked"  # loading, `models check` or the tests' own copy of the document hold it
    DOCUMENTED = "documented"  # nothing that a connector could execute


class State(StrEnum):
    """What becomes of an item."""

    TODAY = "today"  # it works
    PARTLY = "partly"  # some of it works; `missing` says what does not
    LATER = "later"  # it has an executable meaning that the engine does not have yet
    DOC_ONLY = "doc_only"  # no connector can execute it; `reason` says why
    EMPTY = "empty_in_source"  # a heading with nothing below it


_DOCUMENTED = frozenset({State.DOC_ONLY, State.EMPTY})


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What every item of a model can say about itself."""

    source: Annotated[str, "the clause of the document that it stands on"]
    basis: Annotated[Basis, "stated: the document says it; inferred: it follows from the document; ours: no document says it"] = (
        Basis.STATED
    )
    why: Annotated[str, "what it rests on; needed unless it is stated"] = ""
    when: Annotated[When, "conditions under which it holds"] = ALWAYS
    means: Annotated[str, "what it is to a connector"] = ""
    state: Annotated[State, "what of it works today"] = State.LATER
    proof: Annotated[Proof | None, "how it is proven; what is left out follows from the state"] = None
    missing: Annotated[str, "what does not work yet, where the state is partly"] = ""
    reason: Annotated[str, "why no connector can execute it, where the state is doc_only"] = ""

    def __post_init__(self) -> None:
        if self.proof is None:
            object.__setattr__(self, "proof", Proof.DOCUMENTED if self.state in _DOCUMENTED else Proof.BEHAVES)


def incomplete(item: Meant) -> tuple[str, str] | None:
    """What an item owes about itself, with the remedy."""
    if item.basis is not Basis.STATED and not item.why:
        return f"is {item.basis.value} without a reason", "say in `why:` what it rests on"
    if item.state in (State.TODAY, State.PARTLY) and not item.means:
        return f"is `{item.state.value}` without a meaning", "say in `means:` what is to happen"
    if item.state is State.PARTLY and not item.missing:
        return "is `partly` and does not say what is missing", "say in `missing:` what does not work yet"
    if item.state is State.DOC_ONLY and not item.reason:
        return "is `doc_only` without a reason", "say in `reason:` why no connector can execute it"
    if item.state in _DOCUMENTED and item.proof is not Proof.DOCUMENTED:
        return f"is `{item.state.value}` and yet to be proven", "leave `proof:` out, or give it another state"
    return None

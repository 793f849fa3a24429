"""A simulated system as the judge, the oracle and the people of a simulated run know it.

They all speak of one pair of systems: a customer's desk in the words of ServiceNow (state 3 with hold reason 4, an impact,
a work note), a vendor's portal in those of the OTRS family. These two are witnesses by themselves; a system of another kind
has one beside it that says its deeds in these words and does in its own what people ask for in these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from connector.sandbox.core import Cast, Deed, SimItem, World


class Witness(Cast, Protocol):
    """What the judge asks. Everything in the words of the pair that is judged; the whole truth, no access rules."""

    def retold(self, deeds: Iterable[Deed]) -> Iterable[Deed]:
        """The deeds of a world with its own in these words, in the same order; those of other systems as they are."""
        ...

    def content_type(self, item: SimItem) -> str: ...

    def refuses(self, item: SimItem) -> bool:
        """Whether it takes no such file."""
        ...

    def hampered(self) -> frozenset[str]:
        """The fields that it was told to drop, to hide or to cut."""
        ...

    def hampers_moves(self) -> bool:
        """Whether it was told to refuse moves, or to make some by itself."""
        ...


class Customer(Witness, Protocol):
    """The customer's side before the judge."""

    hidden: set[str]  # native ids of tickets that our account does not see

    def files_of(self, ref: str) -> tuple[SimItem, ...]:
        """The files of a ticket, be it deleted."""
        ...


class Vendor(Witness, Protocol):
    """The vendor's side before the judge."""

    comment_reopens: bool  # a text of ours opens a case that waits or is closed


class Books(Witness, Protocol):
    """What the oracle asks besides."""

    def numbers(self) -> Mapping[str, str]:
        """Native id -> number, of every ticket that ever was."""
        ...

    def content(self, item: SimItem) -> bytes:
        """What is in a file."""
        ...


class Desk(Customer, Books, Protocol):
    """The customer's side in a simulated run. The attributes are rights that are withdrawn for a while."""

    journal_rights: bool
    audit_rights: bool
    read_only: set[str]
    hidden_fields: set[str]

    def delete(self, ref: str) -> None:
        """An administrator deletes a ticket."""
        ...

    def field_name(self, word: str) -> str:
        """What the system itself calls a field of these words."""
        ...

    def account(self, login: str) -> str:
        """What the system itself calls one of its people."""
        ...

    def offer_state(self, state: str) -> None:
        """The customer gives its tickets a further state, of its own."""
        ...

    def state_words(self, fields: Mapping[str, str]) -> str:
        """What people read as the state of a ticket with these values."""
        ...


class Portal(Vendor, Books, Protocol):
    """The vendor's side in a simulated run."""

    history_rights: bool

    def delete(self, ref: str) -> None:
        """An administrator deletes a case."""
        ...

    def account(self, login: str) -> str:
        """What the system itself calls one of the customer's people there."""
        ...

    def comment(self, ref: str, who: str, text: str, *, public: bool, subject: str = "Note") -> str: ...

    def attach(
        self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream", *, public: bool = True
    ) -> str: ...

    def set_visible(self, ref: str, item: str, who: str, visible: bool) -> None:
        """Show a comment to the customer, or hide it."""
        ...

    def merge(self, ref: str, into: str, who: str) -> None:
        """The vendor makes one case part of another."""
        ...


def retold(world: World, *witnesses: Witness) -> list[Deed]:
    """All deeds of a world, each in the words of whoever saw it."""
    deeds: Iterable[Deed] = world.deeds
    for witness in witnesses:
        deeds = witness.retold(deeds)
    return list(deeds)

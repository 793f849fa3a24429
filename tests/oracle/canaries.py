"""Words that must never leave the place where people keep them, and the search for them in everything that we wrote.

Textual and global: it knows no mapping and no ticket, only that a secret stands where it must not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from connector.sandbox.core import Cast, Deed, SimItem, World
from connector.sandbox.witness import Books, retold
from tests.oracle.words import CASES, TICKETS, key

END_USERS_READ = frozenset({"comments", "close_notes", "short_description", "description"})
"""Fields of a ticket that its caller sees."""

NOWHERE = ""


@dataclass(frozen=True)
class Secret:
    """A text, and the system whose internal places it may stand in; :data:`NOWHERE` for neither."""

    text: str
    home: str


@dataclass
class Secrets:
    """What people keep to themselves in one run. ``seed`` keeps those of two runs apart."""

    seed: int
    kept: list[Secret] = field(default_factory=list)

    def new(self, home: str) -> str:
        """A new canary for an internal place of a system; short enough for any field."""
        return self.keep(f"canary{self.seed}x{len(self.kept)}x", home)

    def keep(self, text: str, home: str = NOWHERE) -> str:
        """A further secret, such as what a roster holds of a person: at home in no system unless one is named.

        :raises ValueError: for a text that says too little to be recognised.
        """
        if len(key(text)) < 6:
            message = f"{text!r} is too short: it would be found in innocent texts"
            raise ValueError(message)
        self.kept.append(Secret(text, home))
        return text


def leaks(secrets: Iterable[Secret], world: World, customer: Books, vendor: Books) -> list[str]:
    """Every secret that our user wrote where it must not stand, in sentences."""
    known = {key(secret.text).casefold(): secret for secret in secrets}
    found: list[str] = []
    for system, where, text, public in _written(world, customer, vendor):
        said = key(text).casefold()
        for wanted, secret in known.items():
            if wanted in said and (system != secret.home or public):
                home = secret.home or "the connector's own files"
                found.append(f"leak: {secret.text!r} of {home} stands in {where} of {system}, written by our user")
    return list(dict.fromkeys(found))


Written = tuple[str, str, str, bool]
"""System, place in words, text, and whether more than the system's own staff reads it."""


def _written(world: World, customer: Books, vendor: Books) -> Iterator[Written]:
    """All that our user ever wrote, from the log of deeds, and what the log does not hold: subjects and contents."""
    for deed in retold(world, customer, vendor):
        if deed.ours and deed.new:
            yield deed.system, f"{deed.field or deed.what} of {deed.ticket}", deed.new, _read_by_others(deed)
    for system, cast in ((TICKETS, customer), (CASES, vendor)):
        for item in _ours(cast):
            yield system, f"the subject of {item.kind} {item.id}", item.subject, item.public
            if item.kind == "file":
                yield system, f"the content of file {item.id}", cast.content(item).decode("utf-8", "replace"), item.public


def _read_by_others(deed: Deed) -> bool:
    return deed.field in END_USERS_READ if deed.system == TICKETS and deed.what == "field" else deed.public


def _ours(cast: Cast) -> list[SimItem]:
    return [item for ticket in cast.tickets() for item in (*ticket.comments, *ticket.files) if item.ours]

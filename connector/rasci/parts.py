"""Who has which part in the work of a row: what each letter makes of a party, in words and as parties. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from connector.rasci.ladder import Gate
from connector.rasci.table import Letter, OperatingModel, Task
from connector.words import Party

ACTORS: Mapping[Party, str] = {
    Party.CUSTOMER: "the customer",
    Party.VENDOR: "the vendor",
    Party.PARTNER: "the partner",
    Party.END_USER: "the end user",
    Party.CONNECTOR: "the connector",
}


@dataclass(frozen=True)
class Parts:
    """The parties of a row by their letters."""

    hold: tuple[Party, ...] = ()  # R: they do the work, and the clock runs on them
    answer: tuple[Party, ...] = ()  # A: it is done on their word; what nobody holds returns to them
    help: tuple[Party, ...] = ()  # S: when asked
    asked: tuple[Party, ...] = ()  # C: before a decision
    told: tuple[Party, ...] = ()  # I

    def __str__(self) -> str:
        does = (
            (self.hold, "works on it"),
            (self.answer, "answers for it"),
            (self.help, "helps when asked"),
            (self.asked, "is consulted"),
            (self.told, "is informed"),
        )
        parties = dict.fromkeys(party for some, _ in does for party in some)
        return "; ".join(f"{ACTORS[one]} {' and '.join(words for some, words in does if one in some)}" for one in parties)


NOBODY = Parts()


def capital(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]


def parts_of(row: Task) -> Parts:
    return Parts(*(tuple(party for party in row.cells if one in row.letters(party)) for one in _ORDER))


_ORDER = (Letter.R, Letter.A, Letter.S, Letter.C, Letter.I)


def named(parties: Collection[Party], nobody: str = "nobody") -> str:
    return " and ".join(ACTORS[party] for party in parties) or nobody


@dataclass(frozen=True)
class TowardUsers:
    """What the end users are owed on a row. Their letters never cause a write: it is a duty of the people who speak to them."""

    by: tuple[Party, ...]  # the prime contact
    before: bool = False  # C: asked before it is decided
    after: bool = False  # I: told when it is done

    def __str__(self) -> str:
        owed = [words for so, words in ((self.before, "ask the user before"), (self.after, "tell the user after")) if so]
        return f"{named(self.by)} {'has' if len(self.by) == 1 else 'have'} to {' and '.join(owed)}" if owed else ""


def toward_users(model: OperatingModel, row: Task) -> TowardUsers:
    """What the prime contact owes the end users on a ticket about this row."""
    parts = parts_of(row)
    return TowardUsers(parts_of(model.row(Gate.SPEAK)).hold, Party.END_USER in parts.asked, Party.END_USER in parts.told)

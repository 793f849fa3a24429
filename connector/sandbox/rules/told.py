"""A scene of the rules: people act, and at its end sentences say what stands on both sides, each looked up in the systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.cast import AT_VENDOR, LIMIT, WITH_L1, Case, Scene, Wait
from connector.sandbox.company import Company
from connector.sandbox.core import SimItem, SimTicket
from connector.sandbox.judge_table import Due

LENA, LARS, CARL, VERA = "lena.l1", "lars.l1", "carl.caller", "vera.vendor"
SAM, PETRA, UWE = "sam.desk", "petra.l2", "uwe.l2"

PEOPLE = {
    LENA: "Lena, level 1",
    LARS: "Lars, level 1",
    CARL: "Carl, end user",
    VERA: "Vera, vendor",
    SAM: "Sam, service desk",
    PETRA: "Petra, level 2",
    UWE: "Uwe, level 2",
}

_SAID = {
    "opens": "opens {number}{vendors}: {line}",
    "notes": "writes in an internal note: {line}",
    "writes": "writes in the case: {line}",
}
PATIENCE = 15.0
"""Seconds after which people give up waiting."""
_READING = 0.7
"""Seconds between two acts, so that who watches can read."""


@dataclass(frozen=True)
class Sentence:
    """What is to stand in the end, and whether it does."""

    text: str
    holds: Callable[[], bool]

    def so(self) -> bool:
        try:
            return self.holds()
        except LookupError:  # the ticket or the case is not there
            return False


@dataclass(frozen=True)
class Watch:
    """How a scene reaches who watches it, and what only the connector itself can say.

    :param act: told of every act: who, and what.
    :param rows: the connector's own account of its tickets.
    :param heard: the topics of the lines to it that it has taken from an incident.
    :param findings: what its check finds not to be as the model asks.
    """

    act: Callable[[str, str], None]
    rows: Callable[[], Sequence[Mapping[str, Any]]]
    heard: Callable[[str], Sequence[str]]
    findings: Callable[[], Sequence[str]]


@dataclass
class Told(Case):
    """One incident of such a scene. Its plays act, wait, and say by :meth:`stands` what is to come of it."""

    watch: Watch = field(default_factory=lambda: Watch(lambda _who, _what: None, list, lambda _number: (), list))
    ends: list[Sentence] = field(default_factory=list)

    # -- acts and waits

    def opens(self, text: str, *, who: str = LENA, **fields: str) -> None:
        """Open the incident and hand it to the vendor, without a statement."""
        self.open(text, who=who, statement="", **fields)

    def writes(self, line: str, *, who: str = LENA) -> None:
        """A line to the connector, in an internal note."""
        self.note(f"#connector {line}", who=who)

    def vendor_starts(self, title: str, text: str) -> None:
        """A case that somebody of the vendor opens without being asked."""
        self.stage.vendor.create(VERA, {"Title": title, "Body": text})
        self.watch.act(PEOPLE[VERA], f"opens a case without being asked: {title}")

    def news_of(self, title: str) -> Wait:
        return self.until(f"level 1 is told by a ticket: {title}", lambda: bool(self.told_by(title)))

    def finds(self, title: str) -> None:
        """Level 1 comes upon the ticket."""
        self.watch.act(PEOPLE[LENA], f"finds a new ticket: {self.told_by(title)[0].number}, {title}")

    def told_by(self, title: str) -> list[SimTicket]:
        """The incidents that the connector opened to tell of it, as far as they hold the vendor's words."""
        mine = (one for one in self.stage.customer.tickets() if one.ours and one.fields["short_description"] == title)
        return [one for one in mine if len(one.comments) > 1]

    def news_says(self, *words: str) -> bool:
        """Whether one note in such a ticket has all these words."""
        return any(_one_has(one.comments, words) for one in self.stage.customer.tickets() if one.ours)

    def pause(self) -> Wait:
        return self.think(_READING, _READING)

    def becomes_owed(self, name: str) -> Wait:
        return self.until(f"the connector calls to mind: {name}", lambda: self.owes(name))

    def heard(self, topic: str) -> Wait:
        """The connector has taken a person's line to it."""
        return self.until(f"the connector hears: {topic}", lambda: topic in self.watch.heard(self.number))

    def until(self, what: str, come: Callable[[], bool], limit: float = LIMIT) -> Wait:
        return super().until(what, come, min(limit, PATIENCE))

    def _tell(self, who: str, what: str, about: str = "") -> None:
        line = about.splitlines()[0] if about else ""
        said = _SAID.get(what, f"{what}: {{line}}" if line else what)
        vendors = " and hands it to the vendor" if self.incident.fields["hold_reason"] == AT_VENDOR["hold_reason"] else ""
        self.watch.act(PEOPLE.get(who, who), said.format(number=self.number, line=line, vendors=vendors))

    # -- what stands in the end

    def stands(self, text: str, holds: Callable[[], bool]) -> None:
        self.ends.append(Sentence(text, holds))

    def stands_without_case(self) -> None:
        self.stands("the vendor has no case of it", lambda: not self._cases())

    def stands_with_one_case(self, of: str) -> None:
        """:param of: the login under which the vendor knows who submitted it."""
        self.stands(
            f"the vendor has one case of it, from {of}",
            lambda: [case.fields["CustomerUserID"] for case in self._cases()] == [of],
        )

    def stands_at_home(self) -> None:
        """Neither waiting for the vendor, nor resolved or closed by anybody."""
        state = WITH_L1["state"]
        self.stands("the ticket is In Progress: its own people have it", lambda: self.incident.fields["state"] == state)

    def stands_at_vendors(self) -> None:
        self.stands("the ticket is On Hold, awaiting the vendor", lambda: self.incident.fields["hold_reason"] == "4")

    def says(self, *words: str) -> bool:
        """Whether one internal note of the connector's has all these words."""
        return _one_has(self.incident.comments, words)

    def case_says(self, *words: str) -> bool:
        return _one_has(self.case.comments, words)

    def owes(self, name: str) -> bool:
        """Whether a duty of this name is open, by the connector's own account."""
        rows = (row for row in self.watch.rows() if row["ref"] == self.ref)
        return any(one["id"] == name for row in rows for one in row["owed"])

    def _cases(self) -> list[Any]:
        name = "DynamicField_CustomerReference"
        return [case for case in self.stage.vendor.tickets() if case.fields.get(name) == self.number]


def _one_has(comments: Sequence[SimItem], words: Sequence[str]) -> bool:
    texts = [" ".join(one.text.split()) for one in comments if one.ours]
    return any(all(word in text for word in words) for text in texts)


@dataclass(frozen=True)
class Rule:
    """One scene.

    :param title: for people who have never heard of RASCI.
    :param ticket: the title of its incident.
    :param due: what the judge is to find.
    """

    title: str
    ticket: str
    play: Callable[[Told], Scene]
    due: Due


@dataclass(frozen=True)
class Repertoire:
    """What is played under one operating model. ``people``: who is who, in a sentence."""

    people: str
    company: Company
    rules: Mapping[str, Rule]

"""What the connector decided, from its own record, in words for people who have never heard of RASCI. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]

_LETTERS = {
    "R": "does the work",
    "A": "answers for it",
    "S": "helps when asked",
    "C": "is asked for advice",
    "I": "is told",
}
_PARTIES = {"vendor": "the vendor", "customer": "the customer", "partner": "the partner", "end_user": "the user"}
_DUTIES = ("p1-call", "cause", "rca", "consult")
"""What is told of all that is owed: the rest is routine."""
_QUESTIONS = ("consult", "support")
_ONLY_ASKED = "It is a question that an authorised person decided to ask; the ticket stays where it is."
_STANDS = {
    "open": "Owed from now on by {party}: {what}.",
    "expected": "Expected of {party}: {what}. The document does not demand it.",
    "offered": "Offered to {party}: {what}.",
    "done": "Done: {what}.",
}
_ASKED = re.compile(r" \(asked: [^)]*\)")
_SETTINGS = re.compile(r"; setting [^;]*")


@dataclass(frozen=True)
class Line:
    """One thing that the connector did, and the rule that it rests on ("" where it was told already)."""

    text: str
    rule: str = ""


@dataclass
class Teller:
    """Tells the record of one ticket, entry by entry.

    :param tasks: the rows of the operating model by their ids, as ``models show --json`` has them.
    """

    tasks: Mapping[str, Mapping[str, Any]]
    _told: set[str] = field(default_factory=set)
    asked: bool = False  # a person asked for the vendor's advice or help
    submitted: Event = field(default_factory=dict)  # the ruling on the hand-over

    def tell(self, kind: str, event: Event) -> Iterator[Line]:
        if say := _KINDS.get(kind):
            yield from say(self, event)

    def rule(self, ruling: Event) -> str:
        """Where it stands, and who has which part in that row; each once a ticket."""
        clause, row = _SETTINGS.sub("", ruling["clause"]), self.tasks.get(ruling["task"])
        if row is None or not clause.startswith(row["source"]):
            return self._once(clause)
        parts = self._once(f"{row['source']}: {_parts(row)}")
        beside = self._once(clause.removeprefix(row["source"]).lstrip("; "))
        return "; ".join(filter(None, (parts, beside)))

    def _once(self, text: str) -> str:
        new = text not in self._told
        self._told.add(text)
        return text if new else ""


def _held(teller: Teller, e: Event) -> Iterator[Line]:
    if e["ruling"]:  # else it was taken back
        yield Line(f"Does not send it. {_plain(e['reason'])}", teller.rule(e["ruling"]))


def _classified(teller: Teller, e: Event) -> Iterator[Line]:
    if e["ruling"]["verdict"] == "allow":
        yield Line(_plain(e["ruling"]["reason"]), teller.rule(e["ruling"]))


def _ruled(teller: Teller, e: Event) -> Iterator[Line]:
    if e.get("act") == "submit":
        teller.submitted = e["ruling"]
    elif e.get("unit") == "status" and e.get("source") == "vendor" and e["target"]:
        yield Line(_plain(e["ruling"]["reason"]), teller.rule(e["ruling"]))


def _replied(teller: Teller, e: Event) -> Iterator[Line]:
    if e["topic"] in _QUESTIONS:
        teller.asked = True
    return iter(())


def _created(teller: Teller, e: Event) -> Iterator[Line]:
    why = _ONLY_ASKED if teller.asked else _plain(teller.submitted["reason"])
    case = f"case {e['number']}" if e["number"] else "a case"  # the answer with its number may have been lost
    yield Line(f"Opens {case} at the vendor's. {why}", teller.rule(teller.submitted))


def _duty(teller: Teller, e: Event) -> Iterator[Line]:
    if e["id"] in _DUTIES and e["state"] in _STANDS:
        text = _STANDS[e["state"]].format(party=_PARTIES.get(e["party"], e["party"]), what=e["what"])
        yield Line(text, teller.rule(e["ruling"]) if e["state"] != "done" else "")


def _copied(_: Teller, e: Event) -> Iterator[Line]:
    if e["what"] == "comment":
        yield Line(f"Copies these words into {'an internal note of the ticket' if e['side'] == 'customer' else 'the case'}.")


_KINDS: Mapping[str, Callable[[Teller, Event], Iterator[Line]]] = {
    "held": _held,
    "classified": _classified,
    "ruled": _ruled,
    "replied": _replied,
    "created": _created,
    "duty": _duty,
    "copied": _copied,
}


def _plain(text: str) -> str:
    return _ASKED.sub("", text)


def _parts(task: Mapping[str, Any]) -> str:
    """Who has which part in a row; what the document does not say itself is marked."""
    return ", ".join(_part(task, party, letters) for party, letters in task["rasci"].items())


def _part(task: Mapping[str, Any], party: str, letters: Sequence[str]) -> str:
    read = "" if task["basis"] == "stated" and party not in task["not_stated"] else ", inferred"
    does = [_LETTERS[letter] for letter in _LETTERS if letter in letters]
    return f"{_PARTIES.get(party, party)} {' and '.join(does)} ({','.join(letters)}{read})"

"""The words of a story: native values, items, parties and rulings as a service manager reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from connector.mapping.mapping import TicketMapping
from connector.sync.conflicts import STATUS
from connector.words import Native, Phase, Side

LONGEST = 80
"""Characters of a native value that a sentence shows."""

PHASES = {
    Phase.NEW: "new",
    Phase.WORKING: "in work",
    Phase.WAITING_CUSTOMER: "waiting for the customer",
    Phase.WAITING_THIRD_PARTY: "waiting for a third party",
    Phase.SOLVED: "solved",
    Phase.CLOSED: "closed",
    Phase.CANCELLED: "cancelled",
}
VERDICTS = {"allow": "Allowed", "hold": "Held", "refuse": "Refused"}
_NOUN = {Side.CUSTOMER: "ticket", Side.VENDOR: "case"}
_SIGN = "[Ticket connector] "


def plain(text: object) -> str:
    """One printable line: ticket systems hold line breaks and control characters that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def day_and_time(at: float) -> str:
    """A moment of seconds since the epoch, as people read it within a sentence."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def short(text: object, longest: int = LONGEST) -> str:
    line = plain(text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def named(unit: str) -> str:
    return unit.replace("_", " ")


def sentence(text: str) -> str:
    """With a capital and one full stop."""
    line = plain(text).rstrip(".")
    return f"{line[:1].upper()}{line[1:]}{'' if line.endswith(('?', '!')) else '.'}"


def ruling_in_words(ruling: Mapping[str, str]) -> str:
    """The verdict, the task with the letters that decide it, the clause and the reason.

    ``Allowed: Submit a case to the vendor [customer A,R]; task submitting, RASCI table, row 2. Submitting is …``
    """
    verdict = VERDICTS.get(ruling["verdict"], ruling["verdict"])
    cell = f"{ruling.get('party', '')} {ruling['letters'] or 'no letter'}".strip()
    return plain(f"{verdict}: {ruling['title']} [{cell}]; task {ruling['task']}, {ruling['clause']}. {ruling['reason']}")


@dataclass(frozen=True)
class Words:
    """The words for one bond. Without a mapping (its connection is no longer configured) values stay native."""

    mapping: TicketMapping | None = None
    numbers: Mapping[Side, str] = field(default_factory=dict)

    def about(self, ticket: str) -> Words:
        """The same case's words for another ticket of the customer."""
        return replace(self, numbers={**self.numbers, Side.CUSTOMER: ticket})

    def toward(self, task: str) -> Words:
        """The same ticket's words for a task that it joined."""
        return replace(self, numbers={**self.numbers, Side.VENDOR: task})

    def ticket(self, side: Side) -> str:
        """``ticket INC0010001`` or ``case 2026052810000001``."""
        return f"{_NOUN[side]} {self.numbers.get(side, '')}".strip()

    def phase(self, side: Side, native: Native) -> Phase | None:
        return self.mapping.phase(side, native) if self.mapping else None

    def value(self, unit: str, side: Side, native: Native) -> str:
        """A value as people say it; a status with the phase that the mapping reads it as."""
        if unit != STATUS or self.mapping is None:
            return _said(native)
        states = self.mapping.status.sides[side]
        shown = {name: native[name] for name in states.fields if name in native} or native
        row = states.read(shown, self.mapping.normals[side])
        meaning = PHASES[row.phase] if row and row.phase else (row.because if row else "")
        return f"{_said(shown)} ({plain(meaning)})" if meaning else _said(shown)

    def item(self, key: str) -> str:
        """``comment 17 of the vendor``, from the key of an origin item; a note by its topic."""
        if key.startswith("note:"):
            return f"the note on {plain(key[5:].rpartition(':')[0].partition(':')[0])}"
        side, _, rest = key.partition(":")
        kind, _, native = rest.partition(":")[2].partition(":")
        return plain(f"{kind} {native} of the {side}") if native else plain(key)

    def intent(self, announced: Mapping[str, Any]) -> str:
        """What an announced call was to do."""
        side = Side(announced["side"])
        if announced["what"] == "create":
            return f"the opening of the {_NOUN[side]}"
        if units := announced.get("units"):
            to = ", ".join(f"{named(name)} to {self.value(name, side, unit['target'])}" for name, unit in units.items())
            return f"setting {to} on {self.ticket(side)}"
        return f"{self.item(announced.get('item', ''))} for {self.ticket(side)}"


def note_text(text: str) -> str:
    """A note of ours in short, without the line that it begins with."""
    return short(text.removeprefix(_SIGN), 200)


def _said(native: Native) -> str:
    filled = {name.removeprefix("$"): value for name, value in native.items() if value}
    if len(native) == 1 and filled:
        return f"'{short(next(iter(filled.values())))}'"
    return ", ".join(f"{name} {short(value)}" for name, value in filled.items()) or "nothing"

"""What happened to a ticket and why, in sentences, from its bond and its audit. Pure: reads no system, no store, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.audit.record import Record, moment
from connector.mapping.mapping import TicketMapping
from connector.phrases.language import Language
from connector.store.queries import Work
from connector.store.records import Bond, BondState, Intent, UnitState
from connector.sync.conflicts import STATUS
from connector.sync.handed import told_hand_overs
from connector.sync.story_duties import standing_duties, unconfirmed, waited
from connector.sync.story_joining import told_tasks
from connector.sync.story_language import in_language
from connector.sync.story_memory import Event, Memory, Told, told
from connector.sync.story_sentences import say
from connector.sync.story_words import Words, named, plain, ruling_in_words, sentence
from connector.words import ENDED, Phase, Side

STATES = {
    BondState.CANDIDATE: "no case yet",
    BondState.LINKED: "ticket and case are linked",
    BondState.ENDED: "ticket and case have ended",
    BondState.JOINED: "the ticket goes on with another bond's case",
    BondState.UNLINKED: "an operator ended the exchange",
}
_HOLDERS = {
    Phase.NEW: "the vendor has the case and has not taken it up yet",
    Phase.WORKING: "the vendor has the case and works on it; the connector carries over what either side says",
    Phase.WAITING_CUSTOMER: "the customer has it: the vendor waits for an answer",
    Phase.WAITING_THIRD_PARTY: "the vendor has the case and waits for a third party",
    Phase.SOLVED: "the customer has it: level 1 confirms the solution and closes the ticket, then the case is closed",
    Phase.CLOSED: "the customer has it: the vendor has closed the case, the ticket is the customer's to close",
    Phase.CANCELLED: "the customer has it: the vendor ended the case without a solution",
}
ASKED = "the customer has it and goes on by itself; the vendor was only asked, and its answer will stand in the ticket's notes"
ASKED_DONE = "the customer has it: the vendor, which was only asked, has done with the question"


@dataclass(frozen=True)
class Line:
    """One sentence of the story. ``record``: the number of the audit record that it is told from."""

    at: float
    kind: str
    text: str
    record: int
    ruling: Told | None = None
    quiet: bool = False
    ticket: str = ""  # whose story it is, where several tickets are on the case

    def as_dict(self) -> dict[str, Any]:
        return {
            "at": moment(self.at),
            "kind": self.kind,
            "text": self.text,
            "ruling": _in_words(self.ruling),
            "record": self.record,
        }


@dataclass(frozen=True)
class Story:
    """A bond as a service manager, an admin and an auditor read it. ``due``: seconds since the epoch; None while it is parked."""

    bond: Bond  # of a ticket that follows: its part
    lead: Bond
    words: Words
    parked: str | None
    due: float | None
    open: tuple[str, ...]  # what is under way, in sentences
    lines: tuple[Line, ...]  # oldest first, the quiet ones too
    next: str
    waited: Mapping[str, int]  # seconds, by whom it waited on
    language: Language

    def told(self, *, everything: bool = False) -> list[Line]:
        return [line for line in self.lines if everything or not line.quiet]

    def units(self) -> dict[str, dict[str, str]]:
        """Each unit's present value by side, in words, as far as a pass has seen it; the status first."""
        names = sorted(self.bond.units, key=lambda name: name != STATUS)
        return {name: shown for name in names if (shown := self._present(name))}

    def _present(self, name: str) -> dict[str, str]:
        values = _present(self.bond.units[name])
        return {side.value: self.words.value(name, side, values[side]) for side in Side if values.get(side)}

    def standing(self) -> dict[str, dict[str, Any]]:
        """The tolerated differences, by unit."""
        return {
            name: {
                "why": s.why,
                "reason": plain(s.reason),
                "since": moment(s.since),
                "parked": s.parked,
                "ruling": _in_words(s.ruling),
            }
            for name, unit in self.bond.units.items()
            if (s := unit.standing)
        }

    def withheld(self) -> list[dict[str, Any]]:
        """The comments and files that stay where they are."""
        return [
            {"item": key, "text": self.words.item(key), "reason": plain(w.reason), "parked": w.parked}
            for key, w in self.bond.withheld.items()
        ]

    def _held(self) -> dict[str, Any] | None:
        held = self.bond.held
        return (
            {"reason": plain(held.reason), "since": moment(held.since), "ruling": _in_words(told(held.ruling, Side.CUSTOMER))}
            if held
            else None
        )

    def _follows(self) -> str | None:
        """``CASE/LEAD`` of a ticket that follows."""
        if self.bond is self.lead:
            return None
        return plain(f"{self.lead.side(Side.VENDOR).number}/{self.lead.side(Side.CUSTOMER).number}")

    def as_dict(self, *, everything: bool = False) -> dict[str, Any]:
        """The keys are stable (``explain --json``). Times in UTC, ISO 8601."""
        bond = self.bond
        shown: dict[str, Any] = {
            "bond": bond.id,
            "connection": bond.connection,
            "ticket": self.words.numbers.get(Side.CUSTOMER) or None,
            "case": self.words.numbers.get(Side.VENDOR) or None,
            "title": plain(bond.title),
            "follows": self._follows(),
            "followers": [plain(one.side(Side.CUSTOMER).number) for one in self.lead.followers if one is not bond],
            "state": bond.state.value,
            "state_text": STATES[bond.state],
            "held": self._held(),
            "parked": self.parked,
            "units": self.units(),
            "standing": self.standing(),
            "withheld": self.withheld(),
            "open": list(self.open),
            "owed": standing_duties(bond),
            "level": bond.level or None,
            "hand_overs": told_hand_overs(bond),
            "tasks": told_tasks(bond, self.words),
            "not_confirmed": unconfirmed(bond),
            "waited": dict(self.waited),
            "due": None if self.due is None else moment(self.due),
            "story": [line.as_dict() for line in self.told(everything=everything)],
            "next": self.next,
        }
        return in_language(shown, self.language) | {"language": self.language.name}


def tell(
    bond: Bond,
    records: Iterable[Record],
    *,
    mapping: TicketMapping | None = None,
    intents: Iterable[Intent] = (),
    work: Work | None = None,
    ticket: str = "",
    now: float = 0.0,
) -> Story:
    """The story of one bond.

    :param mapping: says what native statuses mean; without it they are shown as they are.
    :param intents: the bond's open calls.
    :param work: its place in the queue.
    :param ticket: the number or id of the ticket that is asked about, where several are on the case: a follower's own story.
    :param now: seconds since the epoch, up to which it is told for how long it waited on whom.
    """
    told = next((one for one in bond.followers if ticket and ticket in _names(one)), bond)
    words = Words(mapping, {side: plain(known.number) for side, known in bond.sides.items()})
    history = list(records)
    memory = Memory(words.about(_first_lead(history) or words.numbers.get(Side.CUSTOMER, "")))
    lines = [line for record in history for line in _lines(memory, record)]
    if told is not bond:
        words = words.about(plain(told.side(Side.CUSTOMER).number))
        lines = [line for line in lines if line.ticket == words.numbers[Side.CUSTOMER]]
    language = mapping.language if mapping else Language()
    parked = plain(work.parked) if work and work.parked else None
    silent = parked or bond.state in (BondState.JOINED, BondState.UNLINKED)
    due = work.due if work and not silent else None
    calls = [
        intent for intent in intents if told is bond or told.side(Side.CUSTOMER).ref in (intent.ref, *intent.item.split(":"))
    ]
    waits = any(not memory.has_copied(intent.item) for intent in calls)
    under_way = tuple(_open(words, told, calls, memory))
    after = _next(words, told, parked, due, waits=waits)
    return Story(told, bond, words, parked, due, under_way, tuple(lines), after, waited(told, now), language)


def _names(bond: Bond) -> tuple[str, str]:
    known = bond.side(Side.CUSTOMER)
    return known.ref, known.number.lower()


def _first_lead(history: Iterable[Record]) -> str:
    """The ticket that led before any other followed; "" where none did."""
    events = (record.content.event for record in history if record.content is not None)
    return next((plain(event["lead"]) for event in events if event["kind"] == "followed"), "")


def _lines(memory: Memory, record: Record) -> list[Line]:
    if record.content is None:
        text = f"What was recorded here ({named(record.kind)}) has been erased."
        return [Line(record.at, record.kind, text, record.n)]
    event: Event = record.content.event
    ticket = plain(event.get("ticket", ""))
    about = memory.of(ticket).toward(plain(event.get("of_task", "")))
    return [Line(record.at, record.kind, s.text, record.n, s.ruling, s.quiet, ticket) for s in say(about, event)]


def _in_words(ruling: Told | None) -> Told | None:
    """A ruling with its own sentence under ``text``."""
    return {**ruling, "text": ruling_in_words(ruling)} if ruling else None


def _present(unit: UnitState) -> Mapping[Side, Mapping[str, str]]:
    if unit.standing is None:
        return unit.base
    return {side: unit.standing.value(side) for side in Side}


def _open(words: Words, bond: Bond, intents: Iterable[Intent], memory: Memory) -> Iterable[str]:
    for intent in intents:
        announced = memory.announced.get(intent.id)
        if memory.has_copied(intent.item):  # accepted, but the system did not say under which id
            yield sentence(f"the next read of {words.ticket(intent.side)} shows {words.item(intent.item)}")
        else:
            yield sentence(f"not answered yet: {words.intent(announced) if announced else intent.kind}")
    for name, unit in bond.units.items():
        for side in unit.unverified:
            yield sentence(f"the next read of {words.ticket(side)} shows whether {named(name)} was taken")
        for side, back in unit.put_back.items():
            yield sentence(f"{named(name)} of {words.ticket(side)} is to be put back to {words.value(name, side, back.want)}")


# --- what happens next --------------------------------------------------------------------------------------


def _next(words: Words, bond: Bond, parked: str | None, due: float | None, *, waits: bool) -> str:
    """Who has it and what the connector waits for, in one or two sentences."""
    number = words.numbers.get(Side.CUSTOMER) or words.numbers.get(Side.VENDOR) or bond.id
    if parked is not None:
        return (
            f"{sentence(f'it waits for an operator: {parked}')} "
            f"`connector retry {number}` plans it anew, `connector release {number}` lets it go on as it is."
        )
    return f"{sentence(_waits_for(words, bond, waits=waits))}{_look(due)}"


def _waits_for(words: Words, bond: Bond, *, waits: bool) -> str:
    if bond.state is BondState.UNLINKED:
        return "nothing travels any more; `connector link` ties the ticket to a case again"
    if bond.held:
        return f"nothing travels as long as this stands, then it goes on by itself: {plain(bond.held.reason)}"
    if waits:
        return "a call was not answered: the connector looks whether it took effect, and sends nothing there before it knows"
    if bond.state is BondState.JOINED:
        return f"nothing more happens here: bond {bond.joined} has the ticket"
    if bond.state is BondState.CANDIDATE:
        return "the connector decides whether this becomes a case, and opens it"
    if bond.state is BondState.ENDED:
        return "nothing is left to do; whoever opens one of the two again is followed"
    return _holder(words, bond)


def _holder(words: Words, bond: Bond) -> str:
    if bond.supply:
        return "what the vendor writes next is noted in the ticket, which only its own people move and close"
    status = _present(bond.unit(STATUS))
    phases = {side: words.phase(side, value) for side, value in status.items()}
    case, ticket = phases.get(Side.VENDOR), phases.get(Side.CUSTOMER)
    if ticket in ENDED and case not in ENDED:
        return f"the customer has ended {words.ticket(Side.CUSTOMER)}; {words.ticket(Side.VENDOR)} is the vendor's to end"
    if bond.asked and ticket not in ENDED:
        return ASKED_DONE if case in (Phase.SOLVED, Phase.CLOSED, Phase.CANCELLED) else ASKED
    return (
        _HOLDERS.get(case, "the connector waits for a change on either side")
        if case
        else ("the connector waits for a change on either side")
    )


def _look(due: float | None) -> str:
    return "" if due is None else f" Either side's next change is looked at when it comes; both are looked at by {moment(due)}."

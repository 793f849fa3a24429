"""Everything one plan is made from, and what making it brings to light."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.base import Capabilities, Event, Snapshot, Trouble
from connector.mapping.mapping import TicketMapping
from connector.rasci.installation import Installation
from connector.rasci.model import OperatingModel
from connector.store.records import Bond, Identity, Intent, Joined, Note, Standing, UnitState, Value
from connector.store.transaction import Tx
from connector.sync.connection import Timing
from connector.sync.marker import MarkerKey, note_key
from connector.words import ENDED, Native, Ruling, Side, TicketView

LOOKS = 3.0
"""Seconds between the times at which writes that nobody answered for are looked at."""


@dataclass
class Scene:
    """The pass's own copy of a bond, both tickets as read, and the rules. Planning does no I/O.

    A ticket that follows has a scene of its own (see :meth:`beside`): its part of the bond and the same case. So has a task
    that a ticket joined (see :meth:`toward`): the same ticket and another record of the vendor's. What they learn is the bond's. Planning writes what it learns into ``bond`` and ``facts``; the pass commits both together or throws
    both away.
    """

    bond: Bond
    intents: list[Intent]
    identities: list[Identity]
    snapshots: Mapping[Side, Snapshot]
    abilities: Mapping[Side, Capabilities]
    mapping: TicketMapping
    model: OperatingModel
    key: MarkerKey
    timing: Timing
    now: float
    histories: dict[Side, tuple[Event, ...]] = field(default_factory=dict)
    blind: set[Side] = field(default_factory=set)  # the ticket has comments that our account does not see
    hashes: Mapping[str, str] = field(default_factory=dict)  # "side:attachment id" -> sha256, where it had to be read
    views: dict[Side, TicketView] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    found: list[Identity] = field(default_factory=list)  # copies recognised, to be stored
    lost: list[Identity] = field(default_factory=list)  # copies that their system has no more, to be forgotten
    done: list[str] = field(default_factory=list)  # ids of intents whose fate is known, to be closed
    dirty: bool = False  # the bond changed without a fact worth an audit record
    wait_until: float | None = None
    followers: list[Scene] = field(default_factory=list)  # of the tickets that follow, as far as they could be read
    absent: dict[str, Trouble] = field(default_factory=dict)  # those that could not be read: ref -> why
    lead: Scene | None = None  # of a ticket that follows: the scene of the one that leads
    tasks: list[Scene] = field(default_factory=list)  # of the tasks that the ticket joined, as far as they could be read
    tasks_absent: dict[str, Trouble] = field(default_factory=dict)  # those that could not be read: ref -> why
    joins: Scene | None = None  # of a task that a ticket joined: the scene of that ticket
    moving: bool = False  # a write of this pass moves the case
    heir: bool = False  # the lead has ended and another ticket is to lead: its end is not the case's
    taking_up: bool = False  # a bond that was adrift: what is to be said of it now may have been said before
    # change time of the state used before these reads, and the version up to which all saves were known
    before: dict[Side, tuple[float, int]] = field(default_factory=dict)
    troubles: dict[Side, Trouble] = field(default_factory=dict)  # what a plan would need of a side, and could not be read
    weighed: set[tuple[str, Side]] = field(default_factory=set)  # units of which it was asked whom a write of ours covered
    installation: Installation | None = None  # None: nobody is asked who they are, nor what a ticket is about

    def __post_init__(self) -> None:
        self.views = {side: self.mapping.view(side, snapshot) for side, snapshot in self.snapshots.items()}

    def beside(self, follower: Bond, snapshot: Snapshot) -> Scene:
        """The scene of a ticket that follows the same case; it shares what is known of the bond and what is learned."""
        follower.sides[Side.VENDOR] = self.bond.side(Side.VENDOR)
        both = {Side.CUSTOMER: snapshot, Side.VENDOR: self.snapshots[Side.VENDOR]}
        return self._of(follower, both, lead=self)

    def toward(self, task: Joined, snapshot: Snapshot) -> Scene:
        """The scene of a task that this ticket joined: it shows what was said there since, and no files."""
        task.pair.sides[Side.CUSTOMER] = self.bond.side(Side.CUSTOMER)
        since = tuple(comment for comment in snapshot.comments if comment.id not in task.before)
        both = {**self.snapshots, Side.VENDOR: replace(snapshot, comments=since, attachments=())}
        return self._of(task.pair, both, joins=self)

    def _of(
        self, pair: Bond, snapshots: Mapping[Side, Snapshot], *, lead: Scene | None = None, joins: Scene | None = None
    ) -> Scene:
        """The scene of another pair of this bond: what was read and doubted of our own two tickets is not about it."""
        return replace(
            self,
            bond=pair,
            snapshots=snapshots,
            lead=lead,
            joins=joins,
            followers=[],
            tasks=[],
            tasks_absent={},
            absent={},
            histories={},
            blind=set(),
            before={},
            troubles={},
            weighed=set(),
        )

    def show(self, side: Side, snapshot: Snapshot) -> None:
        """From now on this is what a side's ticket looks like."""
        self.snapshots = {**self.snapshots, side: snapshot}
        self.views = {**self.views, side: self.mapping.view(side, snapshot)}

    @property
    def whole(self) -> Bond:
        """The bond with all its tickets."""
        beside = self.lead or self.joins
        return beside.whole if beside else self.bond

    @property
    def parts(self) -> list[Scene]:
        """This scene with those of the tickets that follow, and of the tasks that they joined."""
        return [part for one in (self, *self.followers) for part in (one, *one.tasks)]

    @property
    def topic(self) -> str:
        """Id of the row that the case is about; a joined task is about nothing of the ticket's: the row of the gate decides."""
        return "" if self.joins else self.whole.topic

    @property
    def units(self) -> tuple[str, ...]:
        """What is kept in step: for a ticket that follows, what the case says of itself; nothing for one that only tells of it.

        Nor anything with a task that was joined.
        """
        every, status = self.mapping.units, self.mapping.status.name
        if self.bond.supply or self.joins:
            return ()
        if self.lead is None:
            return every
        return tuple(unit for unit in every if unit == status or not self.mapping.carries(unit, Side.CUSTOMER))

    @property
    def out_of_sight(self) -> str:
        """The numbers of tickets that follow, cannot be read, and had not ended when they were seen last."""
        gone = [one for one in self.bond.followers if one.side(Side.CUSTOMER).ref in self.absent]
        status = self.mapping.status.name
        seen = {one.side(Side.CUSTOMER).number: one.unit(status).base.get(Side.CUSTOMER, {}) for one in gone}
        return ", ".join(number for number, value in seen.items() if self.mapping.phase(Side.CUSTOMER, value) not in ENDED)

    def concerns(self, known: Intent | Identity) -> bool:
        """Whether it lies on one of this scene's two tickets, or opens the case."""
        return known.ref in ("", self.bond.side(known.side).ref)

    @property
    def under_way(self) -> list[Intent]:
        """The open calls on this scene's tickets; those on other tickets of the bond are none of its business."""
        return [intent for intent in self.intents if self.concerns(intent)]

    @property
    def has_news(self) -> bool:
        """Whether something was learned that no transaction holds yet."""
        return bool(self.facts or self.found or self.lost or self.done or self.dirty)

    def tell(self, tx: Tx) -> None:
        """Write what was learned. Changes nothing here: a transaction may be tried again."""
        tx.save(self.whole)
        for done in self.done:
            tx.close_intent(done)
        for identity in self.lost:
            tx.forget(identity)
        for identity in self.found:
            tx.identify(identity)
        for fact in self.facts:
            tx.record(fact)

    def native(self, unit: str, side: Side) -> Value | None:
        value = self.views[side].units.get(unit)
        return None if value is None else dict(value)

    def equal(self, unit: str, side: Side, a: Native, b: Native) -> bool:
        return self.mapping.equal(unit, side, a, b)

    def history(self, side: Side) -> tuple[Event, ...] | None:
        """The side's history where the system gives one and :func:`own_hand.needs_history` asked for it."""
        return self.histories.get(side) if self.abilities[side].history else None

    def sent_window(self, side: Side) -> float:
        """How long after a write of ours a difference may still be our own doing, in seconds."""
        ability = self.abilities[side]
        return 2 * (ability.settle + ability.read_lag) + self.timing.lease

    def unread(self, side: Side, event: Event) -> bool:
        """Whether it came after the newest state of the ticket that was used before these reads."""
        changed, version = self.before.get(side, (math.inf, -1))
        if version >= 0 and event.version is not None:
            return event.version > version
        return event.at > changed

    def doubtful(self, side: Side) -> bool:
        """True until the ticket was once seen quiet long enough after our last write to it."""
        known = self.bond.side(side)
        return known.sent > 0 and known.quiet <= known.sent + self.sent_window(side)

    def settle_intent(self, intent: Intent) -> None:
        """The fate of an intent is known."""
        self.intents[:] = [i for i in self.intents if i.id != intent.id]
        self.done.append(intent.id)

    def identify(self, identity: Identity) -> None:
        self.identities.append(identity)
        self.found.append(identity)

    def busy(self, unit: str) -> bool:
        """An open intent touches the unit: nothing more is sent to it until that is cleared up (D4)."""
        return any(unit in intent.units for intent in self.under_way)

    def wait(self, until: float) -> None:
        if beside := self.lead or self.joins:
            beside.wait(until)
        self.wait_until = until if self.wait_until is None else min(self.wait_until, until)

    def look_again(self, after: float) -> None:
        """See what a write left, soon after this time. Looks of many bonds fall together, so that one read serves them."""
        self.wait(math.ceil(after / LOOKS) * LOOKS)

    def fact(self, event: str, **content: Any) -> None:
        if self.whole.followers:  # whose story it is
            content = {"ticket": self.bond.side(Side.CUSTOMER).number, **content}
        if self.joins:  # and about which record of the vendor's
            content = {"of_task": self.bond.side(Side.VENDOR).number, **content}
        self.facts.append({"kind": event, **content})

    def note(self, topic: str, side: Side, text: str) -> None:
        """Say something to the people of one side, once for each distinct content.

        Of a ticket that follows the vendor is told nothing: the lead's scene says what concerns the case. On a task that was
        joined it is told nothing but a person's findings (``joining.py``).
        """
        if side is Side.VENDOR and (self.lead or self.joins):
            return
        old = self.bond.notes.get(topic)
        if old and old.text == text:
            return
        self.bond.notes[topic] = Note(side, text, self.now, old.written if old else 0.0, old.n + 1 if old else 1)
        self.fact("noted", topic=topic, side=side.value, text=text)

    def note_again(self, topic: str, side: Side, text: str) -> None:
        """Say something that has happened once more, even in the same words as before, be it before a restore of the store."""
        n = sum(1 for known in self.bond.notes if known.startswith(f"{topic}:")) + 1
        while not self.taking_up and self.stands_there(side, note_key(f"{topic}:{n}", _numbered(text, n))):
            n += 1
        self.note(f"{topic}:{n}", side, _numbered(text, n))

    def stands_there(self, side: Side, item: str) -> bool:
        """Whether our copy of an item can be read on a side's ticket, known to the store or not."""
        snapshot, marks = self.snapshots.get(side), self.marks(item)
        return snapshot is not None and any(comment.by_us and comment.marker in marks for comment in snapshot.comments)

    def marks(self, note: str) -> set[str]:
        """What our note bears, be it written for this bond or for one that a ticket of it belonged to before."""
        left = {bond for one in (self.whole, *self.whole.followers) for bond, _ in one.formerly}
        return {self.key.item(bond, note) for bond in left | {self.bond.id}}

    def agree(self, unit: str, state: UnitState, customer: Value, vendor: Value) -> None:
        """Both values stand for the same: they become the base."""
        known = state.base
        if (
            state.standing is None
            and Side.CUSTOMER in known
            and Side.VENDOR in known
            and self.equal(unit, Side.CUSTOMER, known[Side.CUSTOMER], customer)
            and self.equal(unit, Side.VENDOR, known[Side.VENDOR], vendor)
        ):
            return
        state.base = {Side.CUSTOMER: customer, Side.VENDOR: vendor}
        state.standing = None
        state.restored = {}
        self.fact("agreed", unit=unit, customer=customer, vendor=vendor)

    def stand(
        self,
        unit: str,
        why: str,
        reason: str,
        ruling: Ruling | None = None,
        *,
        parked: bool = False,
        by: str = "",
        pair: Mapping[Side, Value] | None = None,
    ) -> None:
        """Tolerate a pair of values (the present one) and say why; recorded once per pair. Moves no base.

        ``by``: the party whose letters the ruling names.
        """
        state = self.bond.unit(unit)
        now = pair or {side: self.native(unit, side) or {} for side in Side}
        customer, vendor = now[Side.CUSTOMER], now[Side.VENDOR]
        old = state.standing
        if old and old.why == why and self.stands(unit, old, customer, vendor):
            return
        words = ruling.as_dict() | ({"party": by} if by else {}) if ruling else None
        state.standing = Standing(customer, vendor, why, reason, self.now, words, parked)
        self.fact("standing", unit=unit, customer=customer, vendor=vendor, why=why, reason=reason, ruling=words)

    def stands(self, unit: str, standing: Standing, customer: Value, vendor: Value) -> bool:
        """True where the standing difference is about just these two values."""
        return self.equal(unit, Side.CUSTOMER, standing.customer, customer) and self.equal(
            unit, Side.VENDOR, standing.vendor, vendor
        )


def _numbered(text: str, n: int) -> str:
    return f"{text}\n(No. {n} of its kind on this ticket.)" if n > 1 else text

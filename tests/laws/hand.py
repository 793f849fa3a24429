"""Passes in memory: the real planning, recognition and closing, with ideal systems in place of calls and a store.

What a pass does between the parts under test follows ``sync/one_pass.py`` and ``sync/deliver.py``. The bond goes
through the store's own documents between two passes, so that what is not stored is not remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adapters.base import Answer, Attachment, Capabilities, Comment
from connector.mapping.mapping import TicketMapping
from connector.rasci.model import OperatingModel
from connector.store import codec
from connector.store.records import Bond, BondState, Identity, Intent, IntentUnit, SideState
from connector.sync import closing, items
from connector.sync.conflicts import STATUS, agreed_status
from connector.sync.deliver import Delivery
from connector.sync.marker import text_hash
from connector.sync.one_pass import _as_answer
from connector.sync.own_hand import needs_history
from connector.sync.plan import make_plan
from connector.sync.recognise import recognise
from connector.words import Effect, How, Side
from tests.laws.scenes import Drawn
from tests.laws.tickets import US, Ticket
from tests.laws.values import BOND
from tests.laws.world import KEY, NUMBERS, REFS, START, TIMING

Lost = Callable[[], str]
"""What becomes of the next call: "" it is answered, "landed" or "missed" it is not."""


def answered() -> str:
    return ""


@dataclass(repr=False)
class Hand:
    """One bond, its two tickets, and the time."""

    mapping: TicketMapping
    model: OperatingModel
    tickets: dict[Side, Ticket]
    abilities: dict[Side, Capabilities]
    now: float = START
    intents: list[Intent] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    calls: int = 0
    log: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return "\n".join(self.log)

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))

    def tell(self, what: str) -> None:
        self.log.append(f"{self.now - START:.1f} {what}")

    def __post_init__(self) -> None:
        bond = Bond(BOND, "acme", BondState.LINKED, START, mapping_version=self.mapping.version)
        bond.sides = {side: SideState(REFS[side], NUMBERS[side]) for side in Side}
        for unit in self.mapping.units:  # the owner's value counts as just changed, so that no difference goes unsaid
            bond.unit(unit).base[self.mapping.owner(unit)] = {}
        self.document = self._written(bond)
        for ticket in self.tickets.values():
            self.tell(f"the {ticket.side}'s ticket: {ticket.fields}, tells {ticket.tells}, provokes {ticket.provokes}")
        self.tell(f"history: {[side.value for side in Side if self.abilities[side].history]}")

    @staticmethod
    def _written(bond: Bond) -> str:
        return str(codec.bond_row(bond, bond.born)["doc"])

    def scene(self) -> Drawn:
        """What a pass begins with: the bond as stored, both tickets as they are now, the histories it asks for."""
        snapshots = {side: ticket.read(self.now) for side, ticket in self.tickets.items()}
        intents = [codec.intent_of(codec.intent_row(intent)["doc"]) for intent in self.intents]
        bond, known = codec.bond_of(self.document), list(self.identities)
        scene = Drawn(bond, intents, known, snapshots, self.abilities, self.mapping, self.model, KEY, TIMING, self.now)
        for side in Side:
            if needs_history(scene, side):
                scene.histories[side] = tuple(self.tickets[side].events)
        return scene

    def recognised(self) -> Drawn:
        """The scene that the plan is made from: open intents whose fate can be seen are closed."""
        scene = self.scene()
        for intent in recognise(scene):
            self._close(scene, intent, _as_answer(scene, intent))
        return scene

    def run(self, people: Callable[[], None] = lambda: None, lost: Lost = answered) -> tuple[Drawn, list[Effect]]:
        """One pass; returns its scene afterwards and what it planned.

        :param people: acts after the tickets were read and before anything is written.
        """
        scene = self.recognised()
        effects = make_plan(scene)
        self.tell(f"a pass over {len(scene.intents)} open intents learns {[fact['kind'] for fact in scene.facts]}")
        people()
        self._deliver(scene, effects, lost)
        if all(w.how is How.PROPOSE for e in effects for w in e.units):
            more = [note for side in Side for note in items.notes(scene, side)]
            self._deliver(scene, more, lost)
        self.document, self.intents, self.identities = self._written(scene.bond), scene.intents, scene.identities
        return scene, effects

    def _deliver(self, scene: Drawn, effects: list[Effect], lost: Lost) -> None:
        silent: set[tuple[Side, str]] = set()
        for effect in effects:
            lane = (effect.side, "item" if effect.kind in ("comment", "file") else effect.kind)
            if lane in silent or (effect.detail.get("closing") and scene.intents):
                continue
            self.now += 0.1
            intent = self._intent(scene, effect)
            fate = lost()
            told = {w.unit: f"{w.how.value} {dict(w.target)}" for w in effect.units} or effect.item
            self.tell(f"   writes {effect.kind} to the {effect.side}: {told} {fate}")
            answer = None if fate == "missed" else self._send(scene, effect, intent)
            if fate or answer is None:
                silent.add(lane)
            elif effect.units:
                self._close(scene, intent, answer)
            else:
                self._identify(scene, effect, intent, answer)

    def _intent(self, scene: Drawn, effect: Effect) -> Intent:
        self.calls += 1
        snapshot, side = scene.snapshots[effect.side], effect.side
        version = -1 if snapshot.version is None else snapshot.version
        intent = Intent(f"{BOND}.{self.calls}", BOND, effect.kind, side, snapshot.ref, self.now, version=version)
        intent.changed, intent.read_at = snapshot.changed, snapshot.read_at
        for w in effect.units:
            source = None if w.source is None else dict(w.source)
            intent.units[w.unit] = IntentUnit(
                source,
                dict(w.target),
                scene.native(w.unit, side) or {},
                w.how,
                agreed_status(scene) if w.unit == STATUS else None,
            )
        known = scene.bond.side(side)
        known.sent = self.now
        if "status" in intent.units:
            known.status_sent = self.now
        if not effect.units:
            known.comment_sent = self.now
            intent.item, intent.marker = effect.item, scene.key.item(BOND, effect.item)
        scene.intents.append(intent)
        return intent

    def _send(self, scene: Drawn, effect: Effect, intent: Intent) -> Answer:
        ticket = self.tickets[effect.side]
        if effect.units:
            return ticket.set({n: v for w in effect.units for n, v in w.target.items()}, self.now, by_us=True)
        if effect.kind == "file":
            item, place = effect.detail["item"], effect.detail["route"].place
            intent.size, intent.sha256 = item.size, item.sha256
            copy = Attachment("", item.name, "", item.size, US, True, "", place, item.sha256, intent.marker)  # noqa: FBT003 - by us
            return ticket.attach(copy, self.now)
        if effect.kind == "note":
            text, place = str(effect.detail["text"]), scene.abilities[effect.side].internal_place
        else:
            text = scene.mapping.render_comment(effect.side.other, effect.detail["item"], scene.views)
            place = effect.detail["route"].place
        intent.text = text_hash(text)
        return ticket.say(Comment("", place, US, True, "", text, marker=intent.marker), self.now)  # noqa: FBT003 - by us

    def _close(self, scene: Drawn, intent: Intent, answer: Answer) -> None:
        values = closing.answered_values(scene, intent, answer)
        events = None
        if values is not None and closing.interleaved(scene, intent, answer, values) and scene.abilities[intent.side].history:
            scene.histories[intent.side] = tuple(self.tickets[intent.side].events)
            events = closing.since(intent, scene.histories[intent.side])
        closing.close_fields(scene, intent, values, events, self.now)
        closing.say_applied(scene, answer, intent.side)
        Delivery._follow_version(scene, intent, answer)
        scene.bond.alone = [u for u in scene.bond.alone if u not in intent.units]
        scene.settle_intent(intent)

    def _identify(self, scene: Drawn, effect: Effect, intent: Intent, answer: Answer) -> None:
        copy = f"file:{answer.item}" if effect.kind == "file" else answer.item
        text = intent.sha256 if effect.kind == "file" else intent.text
        scene.identify(Identity(effect.item, effect.kind, effect.side, intent.ref, copy, self.now, intent.marker, text))
        if effect.kind == "note":
            scene.bond.notes[effect.detail["topic"]].written = self.now
        closing.say_applied(scene, answer, effect.side)
        Delivery._follow_version(scene, intent, answer)
        scene.settle_intent(intent)

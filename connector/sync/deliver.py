"""Carry out one plan: intent, call, close. Thin: every question was decided before, or is asked of pure code.

The intent is committed before the call (that commit is also the lease check); outcome, bases, identity and
audit are committed together after it. No transaction is open during a call (design D4, D6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, BinaryIO, TypeVar

from adapters.base import (
    Adapter,
    Answer,
    Attachment,
    Change,
    Gone,
    Misconfigured,
    NewComment,
    NewFile,
    NotApplied,
    Refused,
    Stale,
    Trouble,
    Unknown,
    Write,
)
from connector.store.records import Claim, Held, Identity, Intent, IntentUnit, Withheld
from connector.store.store import Store
from connector.sync import closing, items
from connector.sync.connection import Clock, Connection
from connector.sync.marker import text_hash
from connector.sync.own_hand import STATUS
from connector.sync.scene import Scene
from connector.words import Effect, Side

T = TypeVar("T")


class Again(Exception):
    """The pass ends here; the bond is due again after ``delay`` seconds."""

    def __init__(self, delay: float, why: str) -> None:
        super().__init__(why)
        self.delay = delay


class SideDown(Exception):
    """One system is out of reach or rejects our account: no bond's fault."""

    def __init__(self, side: Side, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.side = side
        self.trouble = trouble


class Delivery:
    """Delivers the effects of one pass over one bond, under one claim."""

    def __init__(self, connection: Connection, store: Store, clock: Clock, claim: Claim, stopping: Callable[[], bool]) -> None:
        self.connection = connection
        self.store = store
        self.clock = clock
        self.claim = claim
        self.stopping = stopping
        self._n = 0
        self._blocked: set[tuple[Side, str]] = set()
        self._left = False  # something that is not parked did not go: a close waits

    def run(self, scene: Scene, effects: list[Effect]) -> None:
        """Deliver in order. What one refusal or one open question blocks is left out; the rest goes on.

        :raises Again: the pass must start anew (a snapshot too old, something stale).
        :raises SideDown: a system is out of reach; nothing more was sent.
        """
        for effect in effects:
            if self.stopping():
                raise Again(0.0, "stopping")
            if (effect.side, _lane(effect)) in self._blocked or (effect.detail.get("closing") and (scene.intents or self._left)):
                continue
            self._fresh(scene, effect.side)
            if effect.kind == "fields":
                self._fields(scene, effect)
            else:
                self._item(scene, effect)

    def learn(self, scene: Scene) -> None:
        """Commit what was learned and needs no write."""
        if scene.facts or scene.found or scene.done or scene.dirty:
            with self.store.transaction(self.claim) as tx:
                self.flush(tx, scene)

    # --- units -------------------------------------------------------------------------------------------

    def _fields(self, scene: Scene, effect: Effect) -> None:
        snapshot = scene.snapshots[effect.side]
        change = Change(snapshot.ref, {w.unit: w.target for w in effect.units})
        planned = {w.unit: w for w in effect.units}
        for write in self._adapter(effect.side).split(change):
            intent = self._intent(scene, "fields", effect.side)
            for name in write.units:
                unit = planned[name]
                prior = scene.native(name, effect.side) or {}
                source = dict(unit.source) if unit.source is not None else None
                intent.units[name] = IntentUnit(source, dict(unit.target), prior, unit.how)
            if STATUS in intent.units:
                scene.bond.side(effect.side).status_sent = self.clock()
            answer = self._call(scene, intent, write)
            if answer:
                self.close_fields(scene, intent, answer)

    def close_fields(self, scene: Scene, intent: Intent, answer: Answer) -> None:
        """Close a write of units by its answer, reading the history where somebody may have come between."""
        values = closing.answered_values(scene, intent, answer)
        events = None
        if values is not None and closing.interleaved(scene, intent, answer, values):
            read, events = self._events(scene, intent)
            values = values if read else None  # not examined: the next read decides, as for an unanswered write
        outcomes = closing.close_fields(scene, intent, values, events, self.clock())
        closing.say_applied(scene, answer, intent.side)
        self._follow_version(scene, intent, answer)
        scene.bond.alone = [u for u in scene.bond.alone if u not in intent.units]
        with self.store.transaction(self.claim) as tx:
            scene.settle_intent(intent)
            scene.fact(
                "answered",
                intent=intent.id,
                side=intent.side.value,
                outcome={k: v.value for k, v in outcomes.items()},
                values=values,
            )
            self.flush(tx, scene)

    def _events(self, scene: Scene, intent: Intent) -> tuple[bool, list[Any] | None]:
        """(examined, events since the snapshot); a side without history is examined as far as it can be."""
        if not scene.abilities[intent.side].history:
            scene.fact("interleaved", intent=intent.id, reason="somebody else wrote in between; this system shows no history")
            return True, None
        try:
            events = self.ask(intent.side, lambda adapter: adapter.history([intent.ref])).get(intent.ref, ())
        except (Trouble, SideDown):
            return False, None
        scene.histories[intent.side] = tuple(events)
        return True, closing.since(intent, events)

    @staticmethod
    def _follow_version(scene: Scene, intent: Intent, answer: Answer) -> None:
        """Later writes of this pass are made from what our own write left, unless somebody else came between."""
        snapshot = scene.snapshots[intent.side]
        if answer.version is not None and snapshot.version is not None and answer.version <= snapshot.version + 1:
            fields = {**snapshot.fields, **(answer.fields or {})}
            scene.snapshots = {**scene.snapshots, intent.side: replace(snapshot, version=answer.version, fields=fields)}

    # --- comments, files, notes --------------------------------------------------------------------------

    def _item(self, scene: Scene, effect: Effect) -> None:
        intent = self._intent(scene, effect.kind, effect.side)
        intent.item = effect.item
        if effect.ruling:
            scene.fact("ruled", item=effect.item, what=effect.kind, ruling=effect.ruling.as_dict())
        intent.marker = scene.key.item(scene.bond.id, effect.item)
        if effect.kind == "file":
            self._file(scene, effect, intent)
            return
        text, place = self._text(scene, effect)
        intent.text = text_hash(text)
        subject = self._subject(scene, effect)
        write = self._adapter(effect.side).split(Change(intent.ref, comments=(NewComment(text, place, intent.marker, subject),)))[
            0
        ]
        self._send_item(scene, effect, intent, write, None)

    def _text(self, scene: Scene, effect: Effect) -> tuple[str, str]:
        if effect.kind == "note":
            return str(effect.detail["text"]), scene.abilities[effect.side].internal_place
        text = scene.mapping.render_comment(effect.side.other, effect.detail["item"], scene.views)
        return text, effect.detail["route"].place

    @staticmethod
    def _subject(scene: Scene, effect: Effect) -> str:
        source = scene.snapshots.get(effect.side.other)
        return f"{source.number if source else ''} {effect.kind}".strip()

    def _file(self, scene: Scene, effect: Effect, intent: Intent) -> None:
        item: Attachment = effect.detail["item"]
        try:
            source = effect.side.other
            content = self.ask(source, lambda adapter: adapter.open_attachment(scene.snapshots[source].ref, item.id))
        except (NotApplied, Refused, Gone) as trouble:
            self._set_aside(
                scene, effect, f"its content could not be read: {trouble}", parked=not isinstance(trouble, NotApplied)
            )
            return
        with content:
            intent.size, intent.sha256 = measure(content)
            limit = scene.abilities[effect.side].file_limit
            if intent.size > limit:
                self._set_aside(scene, effect, f"{item.name} has {intent.size} bytes; {limit} at most are taken", parked=True)
                return
            new = NewFile(item.name, item.content_type, intent.size, intent.sha256, effect.detail["route"].place, intent.marker)
            write = self._adapter(effect.side).split(Change(intent.ref, files=(new,)))[0]
            self._send_item(scene, effect, intent, write, content)

    def _send_item(self, scene: Scene, effect: Effect, intent: Intent, write: Write, content: BinaryIO | None) -> None:
        if effect.kind != "file":
            scene.bond.side(effect.side).comment_sent = self.clock() + self.connection.timing.call_timeout
        answer = self._call(scene, intent, write, content)
        if not answer:
            return
        copy = f"file:{answer.item}" if effect.kind == "file" else answer.item
        text = intent.sha256 if effect.kind == "file" else intent.text
        identity = Identity(effect.item, effect.kind, effect.side, intent.ref, copy, self.clock(), intent.marker, text)
        known = scene.bond.side(effect.side)
        if effect.kind != "file":
            known.comment_sent = self.clock()
        if effect.kind == "note":
            scene.bond.notes[effect.detail["topic"]].written = self.clock()
        closing.say_applied(scene, answer, effect.side)
        self._follow_version(scene, intent, answer)
        with self.store.transaction(self.claim) as tx:
            if answer.item:
                scene.identify(identity)
                scene.settle_intent(intent)
            else:  # accepted, but nobody said under which id: the next read finds it by its marker
                self._blocked.add((effect.side, _lane(effect)))
                scene.wait(self.clock() + scene.abilities[effect.side].read_lag)
            scene.fact("copied", intent=intent.id, item=effect.item, what=effect.kind, side=effect.side.value, copy=copy)
            self.flush(tx, scene)

    def _set_aside(self, scene: Scene, effect: Effect, reason: str, *, parked: bool) -> None:
        """One item does not go; the others do. Parked: until an operator lets it."""
        if not parked:
            self._left = True
            scene.wait(self.clock() + self.connection.timing.retry)
            return
        scene.bond.withheld[effect.item] = Withheld(reason, parked=True, at=self.clock())
        scene.fact("parked_item", item=effect.item, what=effect.kind, side=effect.side.value, reason=reason)
        if effect.kind != "note":
            item = effect.detail["item"]
            name = item.name if isinstance(item, Attachment) else item.text[:60]
            items.say_withheld(scene, effect.side.other, effect.item, name, reason)
        self.learn(scene)

    # --- the call ----------------------------------------------------------------------------------------

    def _intent(self, scene: Scene, kind: str, side: Side) -> Intent:
        self._n += 1
        snapshot = scene.snapshots[side]
        version = -1 if snapshot.version is None else snapshot.version
        name = f"{scene.bond.id}.{self.claim.fence}.{self._n}"
        return Intent(
            name,
            scene.bond.id,
            kind,
            side,
            snapshot.ref,
            self.clock(),
            version=version,
            changed=snapshot.changed,
            read_at=snapshot.read_at,
        )

    def _call(self, scene: Scene, intent: Intent, write: Write, content: BinaryIO | None = None) -> Answer | None:
        """Announce, call, and settle everything but success. None: no success, and the pass goes on.

        :raises Again, SideDown: the pass ends.
        """
        answer = self.announce_and_send(scene, intent, write, content)
        if answer:
            scene.bond.side(intent.side).sent = self.clock()
        return answer

    def announce_and_send(self, scene: Scene, intent: Intent, write: Write, content: BinaryIO | None = None) -> Answer | None:
        intent.at = self.clock()
        scene.bond.side(intent.side).sent = intent.at
        with self.store.transaction(self.claim) as tx:
            tx.open_intent(intent)
            scene.intents.append(intent)
            scene.fact("announced", intent=intent.id, what=intent.kind, side=intent.side.value, **_announced(intent))
            self.flush(tx, scene)
        if self.clock() - intent.at > self.connection.timing.lease / 3:
            self._not_sent(scene, intent, "too long since the intent was committed")
            raise Again(0.0, "too slow to send under this lease")
        expected = None if intent.version < 0 else intent.version
        try:
            return self._adapter(intent.side).send(write, expected, content)
        except Unknown as trouble:
            self._unknown(scene, intent, trouble)
        except Refused as trouble:
            self._refused(scene, intent, trouble)
        except Stale as trouble:
            self._not_sent(scene, intent, str(trouble))
            raise Again(0.0, str(trouble)) from trouble
        except Gone as trouble:
            self._not_sent(scene, intent, str(trouble))
            self.hold(scene, str(trouble))
            raise Again(self.connection.timing.sweep, str(trouble)) from trouble
        except (NotApplied, Misconfigured) as trouble:
            self._not_sent(scene, intent, str(trouble))
            raise self._down(intent.side, trouble) from trouble
        return None

    def ask(self, side: Side, question: Callable[[Adapter], T]) -> T:
        """Read something during delivery.

        :raises SideDown: the system as a whole is out of reach; other troubles come through.
        """
        try:
            return question(self._adapter(side))
        except (NotApplied, Misconfigured) as trouble:
            if isinstance(trouble, Misconfigured) or trouble.outage:
                raise self._down(side, trouble) from trouble
            raise

    @staticmethod
    def _down(side: Side, trouble: NotApplied | Misconfigured) -> Exception:
        if isinstance(trouble, Misconfigured) or trouble.outage:
            return SideDown(side, trouble)
        return trouble

    def _unknown(self, scene: Scene, intent: Intent, trouble: Unknown) -> None:
        """Nothing is known: the intent stays open, and its lane with it."""
        self._blocked.add((intent.side, "item" if intent.kind in ("comment", "file") else intent.kind))
        scene.fact("unanswered", intent=intent.id, what=intent.kind, side=intent.side.value, reason=str(trouble))
        scene.wait(self.clock() + 1.0)
        self.learn(scene)

    def _not_sent(self, scene: Scene, intent: Intent, reason: str) -> None:
        with self.store.transaction(self.claim) as tx:
            scene.settle_intent(intent)
            scene.fact("not_applied", intent=intent.id, what=intent.kind, side=intent.side.value, reason=reason)
            self.flush(tx, scene)

    def _refused(self, scene: Scene, intent: Intent, trouble: Refused) -> None:
        """Only what was refused parks. Units refused in company are tried again without the named one, or alone."""
        scene.settle_intent(intent)
        scene.fact(
            "refused",
            intent=intent.id,
            what=intent.kind,
            side=intent.side.value,
            reason=str(trouble),
            fields=list(trouble.fields),
        )
        if intent.kind == "fields":
            self._refused_units(scene, intent, trouble)
        elif intent.kind != "create":
            scene.bond.withheld[intent.item] = Withheld(str(trouble), parked=True, at=self.clock())
            if intent.kind != "note":
                items.say_withheld(scene, intent.side.other, intent.item, intent.kind, str(trouble))
        self.learn(scene)

    def _refused_units(self, scene: Scene, intent: Intent, trouble: Refused) -> None:
        named = [n for n, u in intent.units.items() if set(u.target) & set(trouble.fields)]
        guilty = named or (list(intent.units) if len(intent.units) == 1 else [])
        for name in guilty:
            scene.stand(name, "refused_by_system", str(trouble), parked=True)
            text = scene.mapping.note("refused", unit=name, side=intent.side.value, reason=str(trouble))
            scene.note(f"refused:{name}", intent.side.other, text)
        if not guilty:
            scene.bond.alone = sorted({*scene.bond.alone, *intent.units})
        if len(guilty) < len(intent.units):
            scene.wait(self.clock())

    def hold(self, scene: Scene, reason: str, ruling: Mapping[str, str] | None = None) -> None:
        """The bond waits for a person; said once."""
        if scene.bond.held and scene.bond.held.reason == reason:
            return
        scene.bond.held = Held(reason, self.clock(), dict(ruling) if ruling else None)
        scene.fact("held", reason=reason, ruling=dict(ruling) if ruling else None)
        self.learn(scene)

    def _fresh(self, scene: Scene, side: Side) -> None:
        """D3: nothing is sent from an old snapshot."""
        if self.clock() - scene.snapshots[side].read_at > self.connection.timing.max_age:
            raise Again(0.0, "the snapshot has become too old to write from")

    def flush(self, tx: Any, scene: Scene) -> None:
        tx.save(scene.bond)
        for done in scene.done:
            tx.close_intent(done)
        for identity in scene.found:
            tx.identify(identity)
        for fact in scene.facts:
            tx.record(fact)
        scene.done, scene.found, scene.facts, scene.dirty = [], [], [], False

    def _adapter(self, side: Side) -> Adapter:
        return self.connection.adapters[side]


def _lane(effect: Effect) -> str:
    return "item" if effect.kind in ("comment", "file") else effect.kind


def _announced(intent: Intent) -> dict[str, Any]:
    if intent.units:
        return {"units": {name: asdict(unit) for name, unit in intent.units.items()}}
    return {"item": intent.item, "marker": intent.marker, "text": intent.text, "size": intent.size, "sha256": intent.sha256}


def measure(content: BinaryIO) -> tuple[int, str]:
    """Size in bytes and sha256 of an open file, which is rewound."""
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(1 << 16):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return size, digest.hexdigest()

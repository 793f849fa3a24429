"""Carry out one plan, in order. Thin: every question was decided before, or is asked of pure code.

Outcome, bases, identity and audit of a call are committed together after it (design D2, D4): those of a
comment or a file at once, those of fields, which a read recognises by their values, with the next commit.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any, BinaryIO

from adapters.base import Answer, Attachment, Change, Gone, NewComment, NewFile, NotApplied, Refused, Trouble, Write
from connector.store.records import Identity, Intent, IntentUnit, Withheld
from connector.sync import closing, disclosure, items
from connector.sync.call import Again, Caller, SideDown, lane
from connector.sync.conflicts import STATUS, agreed_status
from connector.sync.marker import text_hash
from connector.sync.scene import Scene
from connector.words import Effect, Side

__all__ = ["Again", "Delivery", "SideDown", "measure"]


GIVE_UP = 900.0
"""Seconds for which a file is tried that cannot be read: a lagging replica, a virus scanner, a passing refusal."""


class Delivery(Caller):
    """Delivers the effects of one pass over one bond."""

    def run(self, scene: Scene, effects: list[Effect]) -> None:
        """Deliver in order. What one refusal or one open question blocks is left out; the rest goes on.

        :raises Again: the pass must start anew (a snapshot too old, something stale).
        :raises SideDown: a system is out of reach; nothing more was sent.
        """
        for effect in effects:
            if self.stopping():
                raise Again(0.0, "stopping")
            if (effect.side, effect.ref, lane(effect.kind)) in self._blocked or self._ends_too_early(scene, effect):
                continue
            if _would_cover(scene, effect):
                self._left = True
                continue
            self.fresh(scene, effect.side)
            if effect.kind == "fields":
                self._fields(scene, effect)
            else:
                self._item(scene, effect)

    def _ends_too_early(self, scene: Scene, effect: Effect) -> bool:
        """A move that ends a ticket waits for everything that is not parked (D9)."""
        return bool(effect.detail.get("closing") and (scene.under_way or self._left))

    def _fields(self, scene: Scene, effect: Effect) -> None:
        snapshot = scene.snapshots[effect.side]
        change = Change(snapshot.ref, {w.unit: w.target for w in effect.units}, seen=snapshot.fields)
        planned = {w.unit: w for w in effect.units}
        for write in self._adapter(effect.side).split(change):
            intent = self._intent(scene, "fields", effect.side)
            for name in write.units:
                unit = planned[name]
                prior = scene.native(name, effect.side) or {}
                source = dict(unit.source) if unit.source is not None else None
                intent.units[name] = IntentUnit(
                    source, dict(unit.target), prior, unit.how, agreed_status(scene) if name == STATUS else None
                )
            if STATUS in intent.units:
                scene.bond.side(effect.side).status_sent = self.clock()
            answer = self.announce_and_send(scene, intent, write)
            if answer:
                self.close_fields(scene, intent, answer)

    def close_fields(self, scene: Scene, intent: Intent, answer: Answer) -> None:
        """Close a write of units by its answer, reading the history where somebody may have come between.

        Written with the next commit: of the next intent, or of the end of the turn. A crash until then leaves the
        intent open, and the next pass sees what became of it.
        """
        values = closing.answered_values(scene, intent, answer)
        events = None
        if values is not None and closing.interleaved(scene, intent, answer, values):
            read, events = self._events(scene, intent, answer)
            values = values if read else None  # not examined: the next read decides, as for an unanswered write
        outcomes = closing.close_fields(scene, intent, values, events, self.clock())
        closing.say_applied(scene, answer, intent.side)
        self._follow_version(scene, intent, answer)
        scene.bond.alone = [u for u in scene.bond.alone if u not in intent.units]
        outcome = {name: told.value for name, told in outcomes.items()}
        scene.settle_intent(intent)
        scene.fact("answered", intent=intent.id, side=intent.side.value, outcome=outcome, values=values)

    def _events(self, scene: Scene, intent: Intent, answer: Answer) -> tuple[bool, list[Any] | None]:
        """(examined, events since the snapshot); a side without history is examined as far as it can be."""
        if not self._adapter(intent.side).capabilities.history:  # asked anew: this very write may have proved the right
            scene.fact("interleaved", intent=intent.id, reason="somebody else wrote in between; this system shows no history")
            return True, None
        try:
            events = self.ask(intent.side, lambda adapter: adapter.history([intent.ref])).get(intent.ref, ())
        except (Trouble, SideDown):
            return False, None
        if not closing.reaches(events, answer):
            return False, None
        scene.histories[intent.side] = tuple(events)
        return True, closing.since(intent, events)

    @staticmethod
    def _follow_version(scene: Scene, intent: Intent, answer: Answer) -> None:
        """Later writes of this pass are made from what our own write left, unless somebody else came between."""
        snapshot = scene.snapshots[intent.side]
        if answer.version is not None and snapshot.version is not None and answer.version <= snapshot.version + 1:
            fields = {**snapshot.fields, **(answer.fields or {})}
            scene.show(intent.side, replace(snapshot, version=answer.version, fields=fields))

    def _item(self, scene: Scene, effect: Effect) -> None:
        intent = self._intent(scene, effect.kind, effect.side)
        intent.item = effect.item
        if effect.ruling:
            scene.fact("ruled", item=effect.item, what=effect.kind, by=_author(effect), ruling=effect.ruling.as_dict())
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
            since = scene.bond.tried.setdefault(effect.item, self.clock())
            self._set_aside(scene, effect, f"its content could not be read: {trouble}", parked=self.clock() - since > GIVE_UP)
            return
        scene.bond.tried.pop(effect.item, None)
        with content:
            intent.size, intent.sha256 = measure(content)
            limit = scene.abilities[effect.side].file_limit
            if intent.size > limit:
                self._set_aside(scene, effect, f"{item.name} has {intent.size} bytes; {limit} at most are taken", parked=True)
                return
            if found := disclosure.withheld_for(scene, effect.side, effect.item, content):
                self._park(scene, effect, disclosure.reason(found))
                disclosure.tell(scene, effect.item, item.name, found)
                self.learn(scene)
                return
            new = NewFile(item.name, item.content_type, intent.size, intent.sha256, effect.detail["route"].place, intent.marker)
            write = self._adapter(effect.side).split(Change(intent.ref, files=(new,)))[0]
            self._send_item(scene, effect, intent, write, content)

    def _send_item(self, scene: Scene, effect: Effect, intent: Intent, write: Write, content: BinaryIO | None) -> None:
        answer = self.announce_and_send(scene, intent, write, content)
        if not answer:
            return
        copy = f"file:{answer.item}" if effect.kind == "file" else answer.item
        text = intent.sha256 if effect.kind == "file" else intent.text
        identity = Identity(effect.item, effect.kind, effect.side, intent.ref, copy, self.clock(), intent.marker, text)
        known = scene.bond.side(effect.side)
        known.comment_sent = self.clock()
        if effect.kind == "note":
            scene.bond.notes[effect.detail["topic"]].written = self.clock()
        closing.say_applied(scene, answer, effect.side)
        self._follow_version(scene, intent, answer)
        with self.store.transaction(self.claim) as tx:
            if answer.item:
                scene.identify(identity)
                scene.settle_intent(intent)
            else:  # taken, but nobody said under which id: a read finds it by its marker, and it is never sent again
                intent.accepted = True
                tx.close_intent(intent.id)
                tx.open_intent(intent)
                scene.look_again(self.clock() + scene.abilities[effect.side].read_lag)
            scene.fact("copied", intent=intent.id, item=effect.item, what=effect.kind, side=effect.side.value, copy=copy)
            self.flush(tx, scene)

    def _set_aside(self, scene: Scene, effect: Effect, reason: str, *, parked: bool) -> None:
        """One item does not go; the others do. Parked: until an operator lets it."""
        if not parked:
            self._left = scene.dirty = True
            waited = self.clock() - scene.bond.tried.get(effect.item, self.clock())
            scene.wait(self.clock() + max(self.connection.timing.retry, waited / 2))
            return
        self._park(scene, effect, reason)
        if effect.kind != "note":
            item = effect.detail["item"]
            name = item.name if isinstance(item, Attachment) else item.text[:60]
            items.say_withheld(scene, effect.side.other, effect.item, name, reason)
        self.learn(scene)

    def _park(self, scene: Scene, effect: Effect, reason: str) -> None:
        scene.bond.withheld[effect.item] = Withheld(reason, parked=True, at=self.clock())
        scene.fact("parked_item", item=effect.item, what=effect.kind, side=effect.side.value, reason=reason)


def _would_cover(scene: Scene, effect: Effect) -> bool:
    """A text of ours would move a ticket whose status is on its way, or to be put back: what a person sets there would be lost in it.

    A ticket that follows does not wait for a lead that is held: that may be for long.
    """
    if effect.kind == "fields" or not scene.abilities[effect.side].comment_provokes:
        return False
    whose = scene.whole if effect.side is Side.VENDOR and not scene.whole.held else scene.bond
    return scene.busy(STATUS) or effect.side in whose.unit(STATUS).put_back


def _author(effect: Effect) -> str:
    """Who wrote the origin, as its system names them; "" for our own notes."""
    return effect.detail["item"].author if "item" in effect.detail else ""


def measure(content: BinaryIO) -> tuple[int, str]:
    """Size in bytes and sha256 of an open file, which is rewound."""
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(1 << 16):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return size, digest.hexdigest()

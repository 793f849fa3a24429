"""One call: announced, made, and settled unless it went well.

The intent is committed before the call (that commit is also the lease check). No transaction is open during
a call. What an unsuccessful answer means is decided by its kind alone (design D4, D6, D9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, BinaryIO, TypeVar

from adapters.base import Adapter, Answer, Gone, Misconfigured, NotApplied, Refused, Stale, Trouble, Unknown, Write
from connector.store.records import Claim, Held, Intent, Withheld
from connector.store.store import Store
from connector.store.transaction import Tx
from connector.sync import items
from connector.sync.connection import Clock, Connection
from connector.sync.covering import not_put_back
from connector.sync.gate import Spared
from connector.sync.scene import Scene
from connector.words import How, Side

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


class Caller:
    """Makes the calls of one pass over one bond, under one claim.

    :param stopping: true once the daemon is asked to stop: the call in flight ends, no other begins.
    """

    def __init__(self, connection: Connection, store: Store, clock: Clock, claim: Claim, stopping: Callable[[], bool]) -> None:
        self.connection = connection
        self.store = store
        self.clock = clock
        self.claim = claim
        self.stopping = stopping
        self.refusal = ""  # what the system said to the last call that it refused
        self._n = 0
        self._blocked: set[tuple[Side, str | None, str]] = set()  # lanes with an open question: (side, ref, item or kind)
        self._left = False  # something that is not parked did not go: a close waits

    def learn(self, scene: Scene) -> None:
        """Commit what was learned and needs no write."""
        if scene.has_news:
            with self.store.transaction(self.claim) as tx:
                self.flush(tx, scene)

    def hold(self, scene: Scene, reason: str, ruling: Mapping[str, str] | None = None) -> None:
        """The bond waits for a person; said once."""
        if scene.bond.held and scene.bond.held.reason == reason:
            return
        scene.bond.held = Held(reason, self.clock(), dict(ruling) if ruling else None)
        scene.fact("held", reason=reason, ruling=dict(ruling) if ruling else None)
        self.learn(scene)

    def announce_and_send(self, scene: Scene, intent: Intent, write: Write, content: BinaryIO | None = None) -> Answer | None:
        """Commit the intent, make the call. None: it did not go well, that is recorded, and the pass goes on.

        :raises Again, SideDown: the pass ends here.
        """
        try:
            with self.connection.place(intent.side):  # before the announcement: nothing may wait between it and the call
                if intent.kind != "file" and self._too_old(intent.read_at):
                    raise Again(0.0, "the snapshot has become too old while the call waited for its turn")
                return self._announce_and_send(scene, intent, write, content)
        except Spared as spared:
            raise SideDown(intent.side, spared) from spared

    def _announce_and_send(self, scene: Scene, intent: Intent, write: Write, content: BinaryIO | None) -> Answer | None:
        intent.at = self.clock()
        known = scene.bond.side(intent.side)
        said, known.sent = known.comment_sent, intent.at
        if intent.kind in ("comment", "file", "note"):  # where files live in articles, one may provoke a status as well
            known.comment_sent = intent.at + self.connection.timing.call_timeout
        with self.store.transaction(self.claim) as tx:
            tx.open_intent(intent)
            scene.intents.append(intent)
            scene.fact("announced", intent=intent.id, what=intent.kind, side=intent.side.value, **_announced(intent))
            self.flush(tx, scene)
        if self._too_late(intent):
            known.comment_sent = said
            self._not_sent(scene, intent, "too long since the intent was committed")
            raise Again(0.0, "too slow to send under this lease")
        expected = None if intent.version < 0 else intent.version
        try:
            answer = self._adapter(intent.side).send(write, expected, content)
        except Unknown as trouble:
            self._unknown(scene, intent, trouble)
        except (Refused, Stale, Gone, NotApplied, Misconfigured) as trouble:
            known.comment_sent = said  # nothing has arrived that could have provoked anything
            self._not_taken(scene, intent, trouble)
        else:
            known.sent = self.clock()
            return answer
        return None

    def _not_taken(self, scene: Scene, intent: Intent, trouble: Refused | Stale | Gone | NotApplied | Misconfigured) -> None:
        """The call had no effect.

        :raises Again, SideDown, NotApplied: the pass ends here; only what was refused leaves the rest its turn.
        """
        if isinstance(trouble, Refused):
            self._refused(scene, intent, trouble)
            return
        self._not_sent(scene, intent, str(trouble))
        match trouble:
            case Stale():
                raise Again(0.0, str(trouble)) from trouble
            case Gone():
                self.hold(scene, str(trouble))
                raise Again(self.connection.timing.sweep, str(trouble)) from trouble
            case _:
                raise self._down(intent.side, trouble) from trouble

    def _too_late(self, intent: Intent) -> bool:
        """Whoever takes the bond over counts on every announced call having begun within a third of the lease (D6)."""
        return self.clock() - intent.at > self.connection.timing.lease / 3

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

    def _unknown(self, scene: Scene, intent: Intent, trouble: Unknown) -> None:
        """Nothing is known: the intent stays open, and its lane with it."""
        self._blocked.add((intent.side, intent.ref, lane(intent.kind)))
        scene.bond.side(intent.side).sent = self.clock()
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
        self.refusal = str(trouble)
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
            if intent.units[name].how is How.PUT_BACK:
                not_put_back(scene, name, intent.side, intent.units[name].target, str(trouble))
                continue
            scene.stand(name, "refused_by_system", str(trouble), parked=True)
            text = scene.mapping.note("refused", unit=name, side=intent.side.value, reason=str(trouble))
            scene.note(f"refused:{name}", intent.side.other, text)
        if not guilty:
            scene.bond.alone = sorted({*scene.bond.alone, *intent.units})
        if len(guilty) < len(intent.units):
            scene.wait(self.clock())

    def fresh(self, scene: Scene, side: Side) -> None:
        """Nothing is sent from an old snapshot (D3).

        :raises Again: it is too old.
        """
        if self._too_old(scene.snapshots[side].read_at):
            raise Again(0.0, "the snapshot has become too old to write from")

    def _too_old(self, read_at: float) -> bool:
        return self.clock() - read_at > self.connection.timing.max_age

    @staticmethod
    def flush(tx: Tx, scene: Scene) -> None:
        scene.tell(tx)
        scene.dirty = False
        for told in (scene.done, scene.found, scene.lost, scene.facts):  # shared by the scenes of all its tickets
            told.clear()

    def _adapter(self, side: Side) -> Adapter:
        return self.connection.adapters[side]


def lane(kind: str) -> str:
    """What must stay in order on one ticket: comments and files share a lane, everything else has its own."""
    return "item" if kind in ("comment", "file") else kind


def _announced(intent: Intent) -> dict[str, Any]:
    if intent.units:
        return {"units": {name: asdict(unit) for name, unit in intent.units.items()}}
    return {"item": intent.item, "marker": intent.marker, "text": intent.text, "size": intent.size, "sha256": intent.sha256}

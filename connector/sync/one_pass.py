"""One pass over one bond: recognise our own hand, merge, ask the rules, deliver.

This file is the order of events; each step has its own: ``recognise`` (open intents, stray copies), ``plan``
(the three-way merge), ``deliver`` (intent, call, close), ``birth`` (a ticket becomes a case).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from adapters.base import Answer, Gone, Trouble
from connector.store.records import Bond, BondState, Claim, Held, Intent
from connector.store.store import Store
from connector.store.tables import NEVER
from connector.sync import birth, closing, items, joining, restored, supply
from connector.sync.afresh import begin, new_mapping
from connector.sync.conflicts import STATUS
from connector.sync.connection import Clock, Connection
from connector.sync.deliver import Again, Delivery, measure
from connector.sync.duties import oblige
from connector.sync.farewell import farewell
from connector.sync.following import succeed
from connector.sync.plan import make_plan
from connector.sync.recognise import comments_vanished, recognise, shows, unhashed
from connector.sync.relink import MERGED, relink
from connector.sync.scene import Scene
from connector.sync.speaking import speak_of_urgency
from connector.words import ENDED, Effect, How, Side

MOMENTS = 20
"""Into how many moments the sweep divides its period."""


class Pass:
    """One pass, under one claim.

    :param stopping: true once the daemon is asked to stop.
    """

    def __init__(self, connection: Connection, store: Store, clock: Clock, claim: Claim, stopping: Callable[[], bool]) -> None:
        self.connection = connection
        self.clock = clock
        self.delivery = Delivery(connection, store, clock, claim, stopping)

    def run(self, scene: Scene, troubles: Mapping[Side, Trouble]) -> float:
        """Returns when the bond is due again; what was learned last still stands in the scene, to be written.

        :param troubles: sides whose ticket could not be read; of followers see :attr:`Scene.absent`.
        :raises Again: the pass ended early, on purpose.
        :raises SideDown, adapters.base.Trouble: a system did not answer.
        """
        try:
            return self._run(scene, troubles)
        except Exception:
            if scene.done:  # what was answered before the trouble stays answered
                self.delivery.learn(scene)
            raise

    def _run(self, scene: Scene, troubles: Mapping[Side, Trouble]) -> float:
        scene.now = self.clock()
        if scene.bond.state is BondState.JOINED:
            return NEVER
        if scene.bond.state is BondState.UNLINKED:
            return farewell(self.delivery, scene, troubles)
        if troubles:
            return self._unreadable(scene, troubles)
        if scene.bond.adrift and (early := restored.too_early(scene)):
            return early
        for side in Side:
            self._newer(scene, side)
        if scene.bond.state is BondState.LINKED or scene.bond.state is BondState.ENDED:
            self._linked(scene)
        elif Side.CUSTOMER not in scene.snapshots:
            supply.vendor_opened(self.delivery, scene)
            if scene.bond.side(Side.CUSTOMER).ref:
                return self.clock() + self.connection.adapters[Side.CUSTOMER].capabilities.read_lag
        else:
            birth.candidate(self.delivery, scene)
            if scene.bond.side(Side.VENDOR).ref:
                return self.clock() + self.connection.adapters[Side.VENDOR].capabilities.read_lag
            self._tasks(scene)
        return self._next_due(scene)

    def _linked(self, scene: Scene) -> None:
        if not self._prepare(scene):
            self._followers(scene)
            return
        self._succession(scene)
        effects = make_plan(scene)
        self._describe(scene)
        last = [effect for effect in effects if effect.detail.get("closing")]
        self.delivery.run(scene, [effect for effect in effects if effect not in last])
        self._describe(scene)  # our own write is in no hint: no pass may come for a long time
        ours = any(write.how is not How.PROPOSE for effect in effects for write in effect.units)
        self._followers(scene, may_speak=not ours)
        self.delivery.run(scene, last)
        speak_of_urgency(scene)
        self._notes(scene, effects)
        self._tasks(scene, may_speak=not ours)

    def _prepare(self, scene: Scene) -> bool:
        """Recognise our own hand and what is new of the pair. False: nothing may be concluded from what was read."""
        accepted = scene.bond.adrift is not None and scene.bond.adrift.why == "accepted"
        vanished = "" if accepted else comments_vanished(scene) or restored.elsewhere(scene)
        if vanished:  # nothing is concluded from what we may not see
            self.delivery.hold(scene, vanished)
            return False
        scene.hashes = self._hashes(scene)
        for intent in recognise(scene):
            self.delivery.close_fields(scene, intent, _as_answer(scene, intent))
        _take_up(scene)
        return True

    def _notes(self, scene: Scene, effects: Sequence[Effect]) -> None:
        if all(w.how is How.PROPOSE for e in effects for w in e.units):
            self.delivery.run(scene, [note for side in Side for note in items.notes(scene, side)])
        else:
            scene.wait(self.clock())  # what was left out beside a put-back comes next

    # --- tickets that follow ---

    def _followers(self, scene: Scene, *, may_speak: bool = True) -> None:
        """The tickets that follow, each by itself.

        :param may_speak: false after a put-back: no comment of ours may provoke the case's next change.
        """
        for follower in scene.bond.followers:
            if gone := scene.absent.get(follower.side(Side.CUSTOMER).ref):
                _hold_follower(scene, follower, str(gone))
        for one in scene.followers:
            one.now = self.clock()
            one.snapshots = {**one.snapshots, Side.VENDOR: scene.snapshots[Side.VENDOR]}
            self._follower(one, may_speak=may_speak)
            scene.snapshots = {**scene.snapshots, Side.VENDOR: one.snapshots[Side.VENDOR]}
            scene.dirty = scene.dirty or one.dirty

    def _follower(self, scene: Scene, *, may_speak: bool) -> None:
        self._newer(scene, Side.CUSTOMER)
        if not self._prepare(scene):
            return
        effects = make_plan(scene)
        self._describe(scene)
        if not may_speak:
            scene.wait(self.clock())
        self.delivery.run(scene, [effect for effect in effects if may_speak or effect.side is Side.CUSTOMER])
        self._notes(scene, effects)
        self._tasks(scene, may_speak=all(write.how is How.PROPOSE for effect in effects for write in effect.units))

    # --- tasks that a ticket joined ---

    def _tasks(self, scene: Scene, *, may_speak: bool = True) -> None:
        """What people said of joining, and each task by itself.

        :param may_speak: false after a put-back: no note of ours may provoke the ticket's next change.
        """
        if not may_speak:
            scene.wait(self.clock())
            return
        joining.hear(self.delivery, scene)
        for one in scene.tasks:
            one.now, one.taking_up = self.clock(), scene.taking_up
            one.show(Side.CUSTOMER, scene.snapshots[Side.CUSTOMER])
            self._newer(one, Side.VENDOR)
            joining.attend(self.delivery, one)
            scene.show(Side.CUSTOMER, one.snapshots[Side.CUSTOMER])
            scene.dirty = scene.dirty or one.dirty
        joining.seek(self.delivery, scene)
        self.delivery.run(scene, items.notes(scene, Side.CUSTOMER))

    def _succession(self, scene: Scene) -> None:
        """The lead has ended: the oldest ticket that has not leads from the next pass on.

        :raises Again: another ticket leads.
        """
        if scene.views[Side.CUSTOMER].phase not in ENDED:
            return
        heirs = [one for one in scene.followers if one.views[Side.CUSTOMER].phase not in ENDED]
        if not heirs:
            return
        units = scene.bond.units.values()
        if any(i.kind == "fields" for i in scene.under_way) or any(u.unverified or u.put_back for u in units):
            scene.heir = True  # first it must be known what was written
            return
        heir = heirs[0]
        base = heir.bond.unit(STATUS).base.get(Side.CUSTOMER)
        value = heir.native(STATUS, Side.CUSTOMER)
        moved = bool(base and value is not None and not heir.equal(STATUS, Side.CUSTOMER, base, value))
        number, before = heir.snapshots[Side.CUSTOMER].number, scene.snapshots[Side.CUSTOMER].number
        scene.bond = succeed(scene.bond, heir.bond, heir.units, scene.now, moved=moved)
        scene.fact("leads", ticket=number, before=before)
        self.delivery.learn(scene)
        raise Again(0.0, f"{number} leads from now on")

    # --- what both have ---

    def _newer(self, scene: Scene, side: Side) -> None:
        """Nothing older than what was used before, or than the answer to our last write, is used (D3)."""
        snapshot = scene.snapshots.get(side)
        if snapshot is None:
            return
        known = scene.bond.side(side)
        version = -1 if snapshot.version is None else snapshot.version
        if snapshot.changed < known.changed or (version >= 0 and version < known.version):
            raise Again(1.0, f"the read of the {side}'s ticket is older than one already used")
        if snapshot.scattered and version == known.version:  # saved before the last pass, and so before any part was read
            scene.snapshots = {**scene.snapshots, side: replace(snapshot, scattered=False)}
        scene.before[side] = (known.changed, known.weighed)
        known.changed, known.version, known.weighed, known.seen = snapshot.changed, version, version, snapshot.read_at
        known.number, known.url = snapshot.number, snapshot.url
        known.mark = snapshot.marker if side is Side.VENDOR and snapshot.created_by_us else ""

    def _describe(self, scene: Scene) -> None:
        """What status lists show, kept with the next commit. The most urgent of all open tickets gives the priority."""
        bond, views = scene.bond, scene.views
        others = [one.views[Side.CUSTOMER] for one in scene.followers]
        priority = min([views[Side.CUSTOMER].priority, *(view.priority for view in others if view.phase not in ENDED)])
        ended = all(view.phase in ENDED for view in (*views.values(), *others))
        state = BondState.ENDED if ended and not scene.under_way else BondState.LINKED
        found = (views[Side.CUSTOMER].title, priority, state)
        if found != (bond.title, bond.priority, bond.state):
            bond.ended_at = scene.now if state is BondState.ENDED and bond.state is not state else bond.ended_at
            bond.title, bond.priority, bond.state = found
            scene.dirty = True

    def _hashes(self, scene: Scene) -> dict[str, str]:
        found = {}
        for side, file in unhashed(scene):
            ref, name = scene.snapshots[side].ref, file.id
            with self.delivery.ask(side, lambda adapter, ref=ref, name=name: adapter.open_attachment(ref, name)) as content:  # type: ignore[misc] # mypy: default argument
                found[f"{side}:{file.id}"] = measure(content)[1]
        return found

    def _unreadable(self, scene: Scene, troubles: Mapping[Side, Trouble]) -> float:
        """A ticket that is gone holds its bond and closes nothing; other trouble counts as a failed attempt."""
        for trouble in troubles.values():
            if not isinstance(trouble, Gone):
                raise trouble
        reason = self._gone(scene, troubles)
        if scene.bond.state is BondState.CANDIDATE and (Side.CUSTOMER in troubles or scene.bond.supply):
            if early := restored.too_early(scene):
                return early
            birth.find_case(self.delivery, scene)
        for follower in scene.bond.followers if Side.VENDOR in troubles else ():
            _hold_follower(scene, follower, reason)
        self.delivery.hold(scene, reason)
        if not scene.followers:
            calm = self._sweep(scene.bond)
            return calm if scene.wait_until is None else min(calm, scene.wait_until)
        if not comments_vanished(scene):
            recognise(scene)  # what was sent to the case for the others must not wait for the lead
        self._followers(scene)
        return self._next_due(scene, *scene.followers)

    def _gone(self, scene: Scene, troubles: Mapping[Side, Trouble]) -> str:
        """Why the bond is held; where a merge led to another case, it may go on there (:func:`relink` raises Again)."""
        gone = troubles.get(Side.VENDOR) or troubles[Side.CUSTOMER]
        if not isinstance(gone, Gone) or not gone.moved_to:
            return str(gone)
        reason = str(gone)
        if Side.VENDOR in troubles and scene.bond.state is not BondState.CANDIDATE:
            reason = relink(self.delivery, scene, gone.moved_to) or reason
        return f"{reason}; {MERGED} {gone.moved_to}"

    def _next_due(self, *scenes: Scene) -> float:
        """When to come again: at the sweep, or before where something is not settled on these tickets."""
        first = scenes[0]
        for scene in scenes if len(scenes) > 1 else (first, *first.followers):
            self._unsettled(scene)
        now, calm = self.clock(), self._sweep(first.whole)
        return calm if first.wait_until is None else min(calm, max(first.wait_until, now + 0.05))

    def _unsettled(self, scene: Scene) -> None:
        now = self.clock()
        lag = {side: a.capabilities.read_lag for side, a in self.connection.adapters.items()}
        for unit in (state for name, state in scene.bond.units.items() if name in scene.units):
            for side, write in unit.unverified.items():
                scene.look_again(write.at + lag[side])
            if unit.put_back:
                scene.wait(now)
        for side, snapshot in scene.snapshots.items():
            known = scene.bond.side(side)
            if known.sent >= snapshot.read_at and snapshot.version is None:  # nobody told what our write left there
                scene.look_again(known.sent + lag[side])
            elif scene.abilities[side].comment_provokes and known.comment_sent > known.quiet:  # nor whom a comment covered
                scene.look_again(now + lag[side])
        if scene.under_way and scene.wait_until is None:
            scene.wait(now + 1.0)

    def _sweep(self, bond: Bond) -> float:
        """When the bond is looked at without any hint; those that ended long ago once a day.

        Spread evenly, but over so few moments that many bonds share each read.
        """
        timing, now = self.connection.timing, self.clock()
        over = bond.state is BondState.ENDED and now - bond.ended_at > timing.reopen_window
        period = 86400.0 if over else timing.sweep
        moment = period / MOMENTS
        spread = 0.8 + 0.4 * (int(bond.id[-4:], 16) / 0xFFFF)
        return math.ceil((now + period * spread) / moment) * moment


def _hold_follower(scene: Scene, follower: Bond, reason: str) -> None:
    if follower.held is None or follower.held.reason != reason:
        follower.held = Held(reason, scene.now)
        scene.fact("held", ticket=follower.side(Side.CUSTOMER).number, reason=reason, ruling=None)


def preview(scene: Scene) -> list[Effect]:
    """What a pass over a linked bond would write, for a scene that is thrown away: what landed unanswered counts as closed."""
    for intent in recognise(scene):
        values = closing.answered_values(scene, intent, _as_answer(scene, intent))
        closing.close_fields(scene, intent, values, None, scene.now)
        scene.settle_intent(intent)
    _take_up(scene)
    return make_plan(scene)


def _take_up(scene: Scene) -> None:
    """What is new about the pair itself, before anything is planned: a restore, a new case, another mapping."""
    restored.take_up(scene)
    begin(scene)
    new_mapping(scene)
    if scene.bond.held:
        scene.bond.held = None
        scene.fact("let_go", item="bond")
    oblige(scene)


def _as_answer(scene: Scene, intent: Intent) -> Answer:
    """What a read says of a write that was never answered: as good as an answer where it shows it, and a version orders the saves."""
    snapshot = scene.snapshots[intent.side]
    if snapshot.version is None or not shows(scene, intent):
        return Answer(snapshot.ref, snapshot.number)
    return Answer(snapshot.ref, snapshot.number, "", snapshot.fields, snapshot.version, snapshot.changed)

"""One pass over one bond: recognise our own hand, merge, ask the rules, deliver.

This file is the order of events; each step has its own: ``recognise`` (open intents, stray copies), ``plan``
(the three-way merge), ``deliver`` (intent, call, close), ``birth`` (a ticket becomes a case).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from adapters.base import Answer, Gone, Snapshot, Trouble
from connector.mapping.results import Carry
from connector.store.records import Bond, BondState, Claim, Standing
from connector.store.store import Store
from connector.sync import birth, items
from connector.sync.connection import Clock, Connection
from connector.sync.deliver import Again, Delivery, measure
from connector.sync.farewell import farewell
from connector.sync.plan import make_plan
from connector.sync.recognise import comments_vanished, recognise, unhashed
from connector.sync.scene import Scene
from connector.words import ENDED, How, Side

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

    def run(self, scene: Scene, troubles: Sequence[Trouble] = ()) -> float:
        """Returns when the bond is due again; what was learned last still stands in the scene, to be written.

        :param troubles: tickets of the bond that could not be read.
        :raises Again: the pass ended early, on purpose.
        :raises SideDown, adapters.base.Trouble: a system did not answer.
        """
        try:
            return self._run(scene, troubles)
        except Exception:
            if scene.done:  # what was answered before the trouble stays answered
                self.delivery.learn(scene)
            raise

    def _run(self, scene: Scene, troubles: Sequence[Trouble]) -> float:
        scene.now = self.clock()
        if scene.bond.state is BondState.UNLINKED:
            return farewell(self.delivery, scene, troubles)
        if troubles:
            return self._unreadable(scene, troubles[0])
        self._newer(scene)
        if scene.bond.state is BondState.LINKED or scene.bond.state is BondState.ENDED:
            self._linked(scene)
        elif Side.CUSTOMER not in scene.snapshots:
            birth.vendor_opened(self.delivery, scene)
        else:
            birth.candidate(self.delivery, scene)
            if scene.bond.side(Side.VENDOR).ref:
                return self.clock() + self.connection.adapters[Side.VENDOR].capabilities.read_lag
        return self._next_due(scene)

    def _linked(self, scene: Scene) -> None:
        vanished = comments_vanished(scene)
        if vanished:  # nothing is concluded from what we may not see
            self.delivery.hold(scene, vanished)
            return
        scene.hashes = self._hashes(scene)
        for intent in recognise(scene):
            self.delivery.close_fields(scene, intent, _as_answer(scene.snapshots[intent.side]))
        self._new_mapping(scene)
        if scene.bond.held:
            scene.bond.held = None
            scene.fact("let_go", item="bond")
        effects = make_plan(scene)
        self._describe(scene)
        self.delivery.run(scene, effects)
        if all(w.how is How.PROPOSE for e in effects for w in e.units):
            self.delivery.run(scene, [note for side in Side for note in items.notes(scene, side)])
        else:
            scene.wait(self.clock())  # what was left out beside a put-back comes next

    def _newer(self, scene: Scene) -> None:
        """Nothing older than what was used before, or than the answer to our last write, is used (D3)."""
        for side, snapshot in scene.snapshots.items():
            known = scene.bond.side(side)
            version = -1 if snapshot.version is None else snapshot.version
            if snapshot.changed < known.changed or (version >= 0 and version < known.version):
                raise Again(1.0, f"the read of the {side}'s ticket is older than one already used")
            known.changed, known.version = snapshot.changed, version
            known.number, known.url = snapshot.number, snapshot.url

    def _describe(self, scene: Scene) -> None:
        """What status lists show, kept with the next commit."""
        bond, views = scene.bond, scene.views
        title = next(iter(views[Side.CUSTOMER].units.get("title", {}).values()), "")[:200]
        ended = all(view.phase in ENDED for view in views.values())
        state = BondState.ENDED if ended and not scene.intents else BondState.LINKED
        found = (title, views[Side.CUSTOMER].priority, state)
        if found != (bond.title, bond.priority, bond.state):
            bond.ended_at = scene.now if state is BondState.ENDED and bond.state is not state else bond.ended_at
            bond.title, bond.priority, bond.state = found
            scene.dirty = True

    def _new_mapping(self, scene: Scene) -> None:
        """Under another mapping, differences stand until somebody asks for them to be applied (D10)."""
        bond, version = scene.bond, scene.mapping.version
        if bond.mapping_version == version:
            return
        for unit in scene.mapping.units:
            values = {side: scene.native(unit, side) for side in Side}
            customer, vendor = values[Side.CUSTOMER], values[Side.VENDOR]
            state = bond.unit(unit)
            if customer is None or vendor is None or state.standing or not _would_travel(scene, unit, customer, vendor):
                continue
            state.base = {Side.CUSTOMER: customer, Side.VENDOR: vendor}
            reason = f"the mapping changed from {bond.mapping_version} to {version}: not applied unless asked for"
            state.standing = Standing(customer, vendor, "mapping", reason, scene.now)
        scene.fact("mapping_changed", before=bond.mapping_version, now=version)
        bond.mapping_version = version

    def _hashes(self, scene: Scene) -> dict[str, str]:
        found = {}
        for side, file in unhashed(scene):
            ref, name = scene.snapshots[side].ref, file.id
            with self.delivery.ask(side, lambda adapter, ref=ref, name=name: adapter.open_attachment(ref, name)) as content:  # type: ignore[misc] # mypy: default argument
                found[f"{side}:{file.id}"] = measure(content)[1]
        return found

    def _unreadable(self, scene: Scene, trouble: Trouble) -> float:
        """A ticket that is gone holds its bond and closes nothing; other trouble counts as a failed attempt."""
        if not isinstance(trouble, Gone):
            raise trouble
        reason = str(trouble) + (f"; it became part of {trouble.moved_to}" if trouble.moved_to else "")
        self.delivery.hold(scene, reason)
        return self._sweep(scene.bond)

    def _next_due(self, scene: Scene) -> float:
        now = self.clock()
        lag = {side: a.capabilities.read_lag for side, a in self.connection.adapters.items()}
        for unit in scene.bond.units.values():
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
        if scene.intents and scene.wait_until is None:
            scene.wait(now + 1.0)
        calm = self._sweep(scene.bond)
        return calm if scene.wait_until is None else min(calm, max(scene.wait_until, now + 0.05))

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


def _would_travel(scene: Scene, unit: str, customer: dict[str, str], vendor: dict[str, str]) -> bool:
    """True where the two values differ and neither is of its side's own affairs."""
    values = {Side.CUSTOMER: customer, Side.VENDOR: vendor}
    if scene.mapping.same(unit, customer, vendor):
        return False
    sources = [side for side in Side if scene.mapping.carries(unit, side)]
    carried = [scene.mapping.translate(unit, side, values[side], values[side.other], scene.views).carry for side in sources]
    return Carry.NOTHING not in carried


def _as_answer(snapshot: Snapshot) -> Answer:
    """What a read says of a write that was never answered: as good as an answer where a version orders the saves."""
    if snapshot.version is None:
        return Answer(snapshot.ref, snapshot.number)
    return Answer(snapshot.ref, snapshot.number, "", snapshot.fields, snapshot.version, snapshot.changed)

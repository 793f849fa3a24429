"""One pass: claim, read both sides, recognise our own hand, merge, ask the rules, deliver, done.

This file is the order of events; each step has its own: ``reading`` (many tickets in few calls),
``recognise`` (open intents, stray copies), ``plan`` (the three-way merge), ``deliver`` (intent, call,
close), ``birth`` (a ticket becomes a case). A pass never trusts what woke it: hints only make bonds due.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog

from adapters.base import Answer, Gone, Misconfigured, NotApplied, Problem, Snapshot, Trouble
from connector.mapping.results import Carry
from connector.store.errors import Fenced
from connector.store.records import Bond, BondState, Claim, Loaded, Standing
from connector.store.store import Store
from connector.sync import birth, items, polling
from connector.sync.breaker import Breaker
from connector.sync.connection import Clock, Connection
from connector.sync.deliver import Again, Delivery, SideDown, measure
from connector.sync.marker import MarkerKey
from connector.sync.own_hand import needs_history
from connector.sync.plan import make_plan
from connector.sync.reading import Read, read_all
from connector.sync.recognise import comments_vanished, recognise, unhashed
from connector.sync.scene import Scene
from connector.words import ENDED, How, Side

log = structlog.get_logger()
Reads = dict[Side, dict[str, Read]]


class Reconciler:
    """Reconciles the bonds of one connection. Many threads and processes may work at once: the lease divides them.

    :param parallel: read both sides at once (off in simulation, where order must not depend on threads).
    """

    def __init__(self, connection: Connection, store: Store, clock: Clock, *, parallel: bool = True) -> None:
        self.connection = connection
        self.store = store
        self.clock = clock
        self.breakers = {side: Breaker(clock) for side in Side}
        self.key = MarkerKey(*store.marker_key())
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="read") if parallel else None

    def check(self) -> list[Problem]:
        """What the live systems lack for this mapping."""
        mapping = self.connection.mapping
        return [p for side in Side for p in self.connection.adapters[side].check(mapping.uses(side))]

    def stop(self) -> None:
        """Finish the call in flight, begin no other."""
        self._stop.set()
        if self._pool:
            self._pool.shutdown(wait=False)

    def poll(self, side: Side) -> int:
        """Turn one side's changes into hints and births; returns how many tickets were named."""
        if not self.breakers[side].allows():
            return 0
        try:
            named = polling.poll(self.connection, self.store, self.clock, side)
        except (NotApplied, Misconfigured) as trouble:
            self.breakers[side].trip(trouble)
            raise
        self.breakers[side].reset()
        return named

    def work(self, worker: str, limit: int = 100) -> int:
        """Claim due bonds and reconcile them; returns how many were begun (0: nothing to do now)."""
        if self._stop.is_set() or not all(b.allows() for b in self.breakers.values()):
            return 0
        claims = self.store.claim(self.connection.name, worker, limit, self.connection.timing.lease)
        if not claims:
            return 0
        batch = _Batch(self, claims)
        try:
            batch.read()
        except (NotApplied, Misconfigured) as trouble:
            self.store.unclaim(claims)
            log.warning("side_down", connection=self.connection.name, reason=str(trouble))
            return 0
        except BaseException:
            with suppress(Exception):
                self.store.unclaim(claims)
            raise
        return batch.run()

    # --- one bond ----------------------------------------------------------------------------------------

    def reconcile(self, claim: Claim, scene: Scene, troubles: Sequence[Trouble] = ()) -> float:
        """One pass over one bond; returns when it is due again.

        :param troubles: tickets of the bond that could not be read.
        :raises Again: the pass ended early, on purpose.
        :raises SideDown, adapters.base.Trouble: a system did not answer.
        """
        delivery = Delivery(self.connection, self.store, self.clock, claim, self._stop.is_set)
        scene.now = self.clock()
        if troubles:
            return self._unreadable(delivery, scene, troubles[0])
        self._newer(scene)
        if scene.bond.state is BondState.LINKED or scene.bond.state is BondState.ENDED:
            self._linked(delivery, scene)
        elif Side.CUSTOMER not in scene.snapshots:
            birth.vendor_opened(delivery, scene)
        else:
            birth.candidate(delivery, scene)
            if scene.bond.side(Side.VENDOR).ref:
                return self.clock() + self.connection.adapters[Side.VENDOR].capabilities.read_lag
        return self._next_due(scene)

    def scene(self, loaded: Loaded, snapshots: Mapping[Side, Snapshot]) -> Scene:
        abilities = {side: adapter.capabilities for side, adapter in self.connection.adapters.items()}
        c = self.connection
        return Scene(
            loaded.bond,
            list(loaded.intents),
            list(loaded.identities),
            snapshots,
            abilities,
            c.mapping,
            c.model,
            self.key,
            c.timing,
            self.clock(),
        )

    def _linked(self, delivery: Delivery, scene: Scene) -> None:
        vanished = comments_vanished(scene)
        if vanished:  # nothing is concluded from what we may not see
            delivery.hold(scene, vanished)
            return
        scene.hashes = self._hashes(delivery, scene)
        for intent in recognise(scene):
            delivery.close_fields(scene, intent, _as_answer(scene.snapshots[intent.side]))
        self._new_mapping(scene)
        if scene.bond.held:
            scene.bond.held = None
            scene.fact("let_go", item="bond")
        effects = make_plan(scene)
        self._describe(scene)
        delivery.run(scene, effects)
        if all(w.how is How.PROPOSE for e in effects for w in e.units):
            delivery.run(scene, [note for side in Side for note in items.notes(scene, side)])
        delivery.learn(scene)

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

    def _hashes(self, delivery: Delivery, scene: Scene) -> dict[str, str]:
        found = {}
        for side, file in unhashed(scene):
            ref, name = scene.snapshots[side].ref, file.id
            with delivery.ask(side, lambda adapter, ref=ref, name=name: adapter.open_attachment(ref, name)) as content:  # type: ignore[misc] # mypy: default argument
                found[f"{side}:{file.id}"] = measure(content)[1]
        return found

    def _unreadable(self, delivery: Delivery, scene: Scene, trouble: Trouble) -> float:
        """A ticket that is gone holds its bond and closes nothing; other trouble counts as a failed attempt."""
        if not isinstance(trouble, Gone):
            raise trouble
        reason = str(trouble) + (f"; it became part of {trouble.moved_to}" if trouble.moved_to else "")
        delivery.hold(scene, reason)
        return self.clock() + self._sweep(scene.bond)

    def _next_due(self, scene: Scene) -> float:
        now = self.clock()
        lag = {side: a.capabilities.read_lag for side, a in self.connection.adapters.items()}
        for unit in scene.bond.units.values():
            for side, write in unit.unverified.items():
                scene.wait(write.at + lag[side])
            if unit.put_back:
                scene.wait(now)
        if scene.intents and scene.wait_until is None:
            scene.wait(now + 1.0)
        calm = now + self._sweep(scene.bond)
        return calm if scene.wait_until is None else min(calm, max(scene.wait_until, now + 0.05))

    def _sweep(self, bond: Bond) -> float:
        """Spread evenly, so that the sweep is a trickle; bonds that ended long ago once a day."""
        timing = self.connection.timing
        over = bond.state is BondState.ENDED and self.clock() - bond.ended_at > timing.reopen_window
        spread = 0.8 + 0.4 * (int(bond.id[-4:], 16) / 0xFFFF)
        return (86400.0 if over else timing.sweep) * spread


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


class _Batch:
    """The claims of one turn: read together, then reconciled one by one while the reads are young."""

    def __init__(self, reconciler: Reconciler, claims: list[Claim]) -> None:
        self.r = reconciler
        self.claims = claims
        self.loaded = reconciler.store.load([c.bond for c in claims])
        self.reads: Reads = {}
        self.scenes: dict[str, Scene] = {}
        self._ended: list[tuple[Claim, float]] = []  # passes that went well, and when their bonds are due again
        self.begun = reconciler.clock()

    def read(self) -> None:
        """Both sides at once, then the histories that plans will ask for.

        :raises NotApplied, Misconfigured: a side is out of reach.
        """
        jobs: list[Callable[[], None]] = [lambda side=side: self._read_side(side) for side in Side]  # type: ignore[misc] # mypy: default argument
        self._each(jobs)
        self.scenes = {claim.bond: self._scene(claim) for claim in self.claims}
        jobs = [lambda side=side: self._read_histories(side) for side in Side]  # type: ignore[misc] # mypy: default argument
        self._each(jobs)

    def _each(self, jobs: Iterable[Callable[[], None]]) -> None:
        if self.r._pool is None:  # noqa: SLF001 - the batch is the reconciler's own
            for job in jobs:
                job()
            return
        for future in [self.r._pool.submit(job) for job in jobs]:  # noqa: SLF001
            future.result()

    def _ref(self, claim: Claim, side: Side) -> str:
        known = self.loaded[claim.bond].bond.sides.get(side)
        return known.ref if known else ""

    def _read_side(self, side: Side) -> None:
        refs = [ref for c in self.claims if (ref := self._ref(c, side))]
        try:
            self.reads[side] = read_all(self.r.connection.adapters[side], refs) if refs else {}
        except (NotApplied, Misconfigured) as trouble:
            self.r.breakers[side].trip(trouble)
            raise
        if refs:
            self.r.breakers[side].reset()

    def _read_histories(self, side: Side) -> None:
        """The histories that plans will name people from, in as few calls as the reads."""
        asking = {
            bond: scene for bond, scene in self.scenes.items() if len(scene.snapshots) == len(Side) and needs_history(scene, side)
        }
        if not asking:
            return
        found = self.r.connection.adapters[side].history([scene.snapshots[side].ref for scene in asking.values()])
        for scene in asking.values():
            scene.histories[side] = found.get(scene.snapshots[side].ref, ())

    def _scene(self, claim: Claim) -> Scene:
        snapshots = {side: read for side, read in self._of(claim).items() if isinstance(read, Snapshot)}
        return self.r.scene(self.loaded[claim.bond], snapshots)

    def _of(self, claim: Claim) -> dict[Side, Read]:
        return {side: self.reads[side][ref] for side in Side if (ref := self._ref(claim, side))}

    def run(self) -> int:
        """Reconcile the claimed bonds; those whose reads have become too old go back uncounted."""
        begun = self._begin()
        self.r.store.done_all(self._ended)  # one commit for all that went well; who was fenced meanwhile is left out
        return begun

    def _begin(self) -> int:
        r = self.r
        for n, claim in enumerate(self.claims):
            old = r.clock() - self.begun > r.connection.timing.max_age and n > 0
            if old or r._stop.is_set() or not all(b.allows() for b in r.breakers.values()):  # noqa: SLF001
                r.store.unclaim(self.claims[n:])
                return n
            self._one(claim)
        return len(self.claims)

    def _one(self, claim: Claim) -> None:
        r = self.r
        bound = log.bind(connection=r.connection.name, bond=claim.bond)
        try:
            troubles = [read for read in self._of(claim).values() if isinstance(read, Trouble)]
            self._ended.append((claim, r.reconcile(claim, self.scenes[claim.bond], troubles)))
        except Again as again:
            self._ended.append((claim, r.clock() + again.delay))
        except Fenced:
            bound.info("fenced")
        except birth.Parked as parked:
            with suppress(Fenced):
                r.store.park(claim, str(parked))
        except SideDown as down:
            r.breakers[down.side].trip(down.trouble)
            with suppress(Fenced):
                r.store.fail(claim, 1.0, str(down), counted=False)
        except Trouble as trouble:
            self._fail(claim, str(trouble))
        except Exception as problem:  # noqa: BLE001 - one bond's failure never delays another
            bound.exception("pass_failed")
            self._fail(claim, f"{type(problem).__name__}: {problem}")

    def _fail(self, claim: Claim, reason: str) -> None:
        timing = self.r.connection.timing
        with suppress(Fenced):
            if claim.attempts >= timing.max_attempts:
                self.r.store.park(claim, reason)
            else:
                self.r.store.fail(claim, timing.retry * 2 ** (claim.attempts - 1), reason)

"""The claims of one turn: read together in few calls, reconciled while the reads are young (design D7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from adapters.base import Misconfigured, NotApplied, Snapshot, Trouble
from connector.store.errors import OUT_OF_REACH, Fenced
from connector.store.records import Claim
from connector.store.store import Store
from connector.store.transaction import Tx
from connector.sync import birth
from connector.sync.breaker import Breaker
from connector.sync.connection import Clock, Connection
from connector.sync.deliver import Again, SideDown
from connector.sync.echoes import Echoes
from connector.sync.hands import Hands
from connector.sync.marker import MarkerKey
from connector.sync.one_pass import Pass
from connector.sync.own_hand import needs_history
from connector.sync.reading import Read, read_all
from connector.sync.scene import Scene
from connector.words import Side

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """What every turn of one connection works with."""

    connection: Connection
    store: Store
    clock: Clock
    key: MarkerKey
    breakers: Mapping[Side, Breaker]
    hands: Hands
    echoes: Echoes
    stopping: Callable[[], bool]

    def open(self) -> bool:
        """Whether a pass may begin: nobody asked to stop, and no side is being spared."""
        return not self.stopping() and all(breaker.allows() for breaker in self.breakers.values())


class Batch:
    """Bonds claimed together. Each ends by itself: done, failed, parked, or given back."""

    def __init__(self, desk: Desk, claims: list[Claim]) -> None:
        self._desk = desk
        self._claims = claims
        self._loaded = desk.store.load([c.bond for c in claims])
        self._reads: dict[Side, dict[str, Read]] = {}
        self._scenes: dict[str, Scene] = {}
        self._ended: dict[Claim, Callable[[Tx], None]] = {}  # passes that went well: what is left to write
        self._left: list[Claim] = []  # not begun
        self._begun = desk.clock()

    def read(self) -> None:
        """Both sides at once, then the histories that plans will ask for.

        :raises NotApplied, Misconfigured: a side is out of reach.
        """
        self._desk.hands.reads([partial(self._read_side, side) for side in Side])
        self._scenes = {claim.bond: self._scene(claim) for claim in self._claims}
        self._desk.hands.reads([partial(self._read_histories, side) for side in Side])

    def run(self) -> int:
        """Reconcile the claimed bonds; those whose reads have become too old go back uncounted."""
        self._desk.hands.passes([partial(self._turn, n, claim) for n, claim in enumerate(self._claims)])
        if self._left:
            self._desk.store.unclaim(self._left)
        self._end()
        return len(self._claims) - len(self._left)

    def _end(self) -> None:
        """One commit for all that went well, with what they learned last; who was fenced meanwhile is left out."""
        of = {claim.bond: claim for claim in self._ended}
        for bond, trouble in self._desk.store.transactions(self._ended).items():
            if isinstance(trouble, Fenced):
                log.info("fenced", connection=self._desk.connection.name, bond=bond)
            else:
                log.error("pass_failed", connection=self._desk.connection.name, bond=bond, exc_info=trouble)
                self._fail(of[bond], f"{type(trouble).__name__}: {trouble}")

    # --- reading ---

    def _ref(self, claim: Claim, side: Side) -> str:
        known = self._loaded[claim.bond].bond.sides.get(side)
        return known.ref if known else ""

    def _read_side(self, side: Side) -> None:
        refs = [ref for c in self._claims if (ref := self._ref(c, side))]
        breaker = self._desk.breakers[side]
        try:
            self._reads[side] = read_all(self._desk.connection.adapters[side], refs) if refs else {}
        except (NotApplied, Misconfigured) as trouble:
            breaker.trip(trouble)
            raise
        if refs:
            breaker.reset()

    def _read_histories(self, side: Side) -> None:
        """The histories that plans will name people from, in as few calls as the reads."""
        asking = [scene for scene in self._scenes.values() if len(scene.snapshots) == len(Side) and needs_history(scene, side)]
        if not asking:
            return
        found = self._desk.connection.adapters[side].history([scene.snapshots[side].ref for scene in asking])
        for scene in asking:
            scene.histories[side] = found.get(scene.snapshots[side].ref, ())

    def _scene(self, claim: Claim) -> Scene:
        desk, loaded = self._desk, self._loaded[claim.bond]
        return Scene(
            loaded.bond,
            list(loaded.intents),
            list(loaded.identities),
            {side: read for side, read in self._of(claim).items() if isinstance(read, Snapshot)},
            {side: adapter.capabilities for side, adapter in desk.connection.adapters.items()},
            desk.connection.mapping,
            desk.connection.model,
            desk.key,
            desk.connection.timing,
            desk.clock(),
        )

    def _of(self, claim: Claim) -> dict[Side, Read]:
        return {side: self._reads[side][ref] for side in Side if (ref := self._ref(claim, side))}

    # --- passes ---

    def _turn(self, n: int, claim: Claim) -> None:
        old = n > 0 and self._desk.clock() - self._begun > self._desk.connection.timing.max_age
        if old or not self._desk.open():
            self._left.append(claim)
        else:
            self._one(claim)

    def _one(self, claim: Claim) -> None:
        desk, scene = self._desk, self._scenes[claim.bond]
        try:
            troubles = [read for read in self._of(claim).values() if isinstance(read, Trouble)]
            due = Pass(desk.connection, desk.store, desk.clock, claim, desk.stopping).run(scene, troubles)
            desk.echoes.passed(scene.bond, scene.snapshots, scene.abilities)
            self._ended[claim] = partial(_end, due, scene)
        except Again as again:
            self._ended[claim] = partial(_end, desk.clock() + again.delay, None)
        except Fenced:
            log.info("fenced", connection=desk.connection.name, bond=claim.bond)
        except birth.Parked as parked:
            with suppress(Fenced):
                desk.store.park(claim, str(parked))
        except SideDown as down:
            desk.breakers[down.side].trip(down.trouble)
            with suppress(Fenced):
                desk.store.fail(claim, 1.0, str(down), counted=False)
        except Trouble as trouble:
            self._fail(claim, str(trouble))
        except OUT_OF_REACH:  # no bond's fault: the worker rests, and the lease brings the bond back
            raise
        except Exception as problem:
            log.exception("pass_failed", connection=desk.connection.name, bond=claim.bond)
            self._fail(claim, f"{type(problem).__name__}: {problem}")

    def _fail(self, claim: Claim, reason: str) -> None:
        timing = self._desk.connection.timing
        with suppress(Fenced):
            if claim.attempts >= timing.max_attempts:
                self._desk.store.park(claim, reason)
            else:
                self._desk.store.fail(claim, timing.retry * 2 ** (claim.attempts - 1), reason)


def _end(due: float, learned: Scene | None, tx: Tx) -> None:
    if learned and learned.has_news:
        learned.tell(tx)
    tx.done(due)

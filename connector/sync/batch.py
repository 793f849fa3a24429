"""The claims of one turn: read together in few calls, reconciled while the reads are young (design D7)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from adapters.base import Trouble
from connector.store.errors import OUT_OF_REACH, Fenced
from connector.store.records import Claim
from connector.store.store import Store
from connector.store.transaction import Tx
from connector.sync import birth
from connector.sync.connection import Clock, Connection
from connector.sync.deliver import Again, SideDown
from connector.sync.echoes import Echoes
from connector.sync.gate import Spared
from connector.sync.guard import LOOK, Guard, Signs, as_trouble
from connector.sync.hands import Hands
from connector.sync.limits import Limits
from connector.sync.marker import MarkerKey
from connector.sync.one_pass import Pass
from connector.sync.reading import Read, followers_of, read_all, read_histories, scene_of, tasks_of
from connector.sync.recognise import in_question
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
    limits: Limits
    hands: Hands
    echoes: Echoes
    guard: Guard
    stopping: Callable[[], bool]

    def open(self) -> bool:
        """Whether a pass may begin: nobody asked to stop, and no side is being spared."""
        return not self.stopping() and self.limits.open()


class Batch:
    """Bonds claimed together. Each ends by itself: done, failed, parked, or given back."""

    def __init__(self, desk: Desk, claims: list[Claim]) -> None:
        self._desk = desk
        self._claims = claims
        self._loaded = desk.store.load([c.bond for c in claims])
        self._reads: dict[Side, dict[str, Read]] = {}
        self._scenes: dict[str, Scene] = {}
        self._ended: dict[Claim, Callable[[Tx], None]] = {}  # passes that went well: what is left to write
        self._left: list[Claim] = []  # given back uncounted: not begun, or not to be recorded
        self._signs: Signs = {}  # tickets that are not what they were
        self._begun = desk.clock()

    def read(self) -> None:
        """Both sides at once, then the histories that plans will ask for, and what it means to see no comment.

        A side in trouble first and alone: what the other shows is of no use until that one answers.

        :raises NotApplied, Misconfigured: a side is out of reach.
        """
        shaky = self._desk.limits.shaky()
        for side in shaky:
            self._read_side(side)
        self._desk.hands.reads([partial(self._read_side, side) for side in Side if side not in shaky])
        self._scenes = {claim.bond: self._scene(claim) for claim in self._claims}
        self._desk.hands.reads([partial(read, side) for side in Side for read in (self._read_histories, self._read_unseen)])

    def run(self) -> int:
        """Reconcile the claimed bonds; those whose reads have become too old go back uncounted."""
        self._signs, stopped = self._desk.guard.watch(self._loaded.values(), self._reads)
        if stopped:
            return self._stand_still()
        self._desk.hands.passes([partial(self._turn, n, claim) for n, claim in enumerate(self._claims)])
        self._end()
        if self._left:
            self._desk.store.unclaim(self._left)
        return len(self._claims) - len(self._left)

    def _stand_still(self) -> int:
        """A system is not what it was: nothing is written, and nothing concluded, until it is again."""
        now, calm = self._desk.clock(), self._desk.connection.timing.sweep
        self._desk.store.done_all((c, now + (min(LOOK, calm) if c.bond in self._signs else calm)) for c in self._claims)
        return len(self._claims)

    def _end(self) -> None:
        """One commit for all that went well, with what they learned last; who was fenced meanwhile is left out."""
        of = {claim.bond: claim for claim in self._ended}
        try:
            failed = self._desk.store.transactions(self._ended)
        except OUT_OF_REACH as away:
            log.warning("not_recorded", connection=self._desk.connection.name, reason=str(away.orig))
            self._left += self._ended
            return
        for bond, trouble in failed.items():
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
        if side is Side.CUSTOMER:
            refs += [ref for c in self._claims for ref in followers_of(self._loaded[c.bond].bond)]
        else:
            refs += [ref for c in self._claims for ref in tasks_of(self._loaded[c.bond].bond)]
        self._reads[side] = read_all(self._desk.connection.adapters[side], list(dict.fromkeys(refs))) if refs else {}

    def _read_histories(self, side: Side) -> None:
        read_histories(self._desk.connection, self._scenes.values(), side)

    def _read_unseen(self, side: Side) -> None:
        every = [one for scene in self._scenes.values() for one in scene.parts if side in one.snapshots]
        asking = sorted({one.snapshots[side].ref for one in every if in_question(one, side)})
        unseen = self._desk.connection.adapters[side].unseen(asking) if asking else ()
        for one in every:
            if one.snapshots[side].ref in unseen:
                one.blind.add(side)

    def _scene(self, claim: Claim) -> Scene:
        desk = self._desk
        return scene_of(desk.connection, desk.key, self._loaded[claim.bond], self._reads, desk.clock())

    def _of(self, claim: Claim) -> dict[Side, Read]:
        return {side: self._reads[side][ref] for side in Side if (ref := self._ref(claim, side))}

    # --- passes ---

    def _turn(self, n: int, claim: Claim) -> None:
        with self._desk.limits.turn():
            old = n > 0 and self._desk.clock() - self._begun > self._desk.connection.timing.max_age
            if old or not self._desk.open():
                self._left.append(claim)
            else:
                self._one(claim)

    def _one(self, claim: Claim) -> None:
        desk, scene = self._desk, self._scenes[claim.bond]
        try:
            troubles = {side: read for side, read in self._of(claim).items() if isinstance(read, Trouble)} | scene.troubles
            troubles |= {side: as_trouble(side, sign) for side, sign in self._signs.get(claim.bond, {}).items()}
            due = Pass(desk.connection, desk.store, desk.clock, claim, desk.stopping).run(scene, troubles)
            for one in (scene, *scene.followers):
                desk.echoes.passed(one.bond, one.snapshots, scene.abilities)
            self._ended[claim] = partial(_end, due, scene)
        except Again as again:
            self._ended[claim] = partial(_end, desk.clock() + again.delay, None)
        except Fenced:
            log.info("fenced", connection=desk.connection.name, bond=claim.bond)
        except birth.Parked as parked:
            with suppress(Fenced):
                desk.store.park(claim, str(parked))
        except SideDown as down:
            self._spare(claim, down)
        except Trouble as trouble:
            self._fail(claim, str(trouble))
        except OUT_OF_REACH as trouble:  # what was written stands in an open intent: a later pass finds out
            log.warning("not_recorded", connection=desk.connection.name, bond=claim.bond, reason=str(trouble.orig))
            self._left.append(claim)
        except Exception as problem:
            log.exception("pass_failed", connection=desk.connection.name, bond=claim.bond)
            self._fail(claim, f"{type(problem).__name__}: {problem}")

    def _spare(self, claim: Claim, down: SideDown) -> None:
        """No bond's fault. The one that met the trouble stands back behind its equals, so that it cannot keep meeting it first."""
        if isinstance(down.trouble, Spared):  # not begun, or not to its end: as due as before
            self._left.append(claim)
            return
        with suppress(Fenced):
            self._desk.store.fail(claim, 1.0, str(down), counted=False)

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

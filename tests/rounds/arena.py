"""One world with its daemons: hits them round by round, brings everything to rest, and has it judged."""

from __future__ import annotations

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from connector.sandbox.judge import Finding
from tests.bench.systems import Systems
from tests.process.place import eventually
from tests.rounds.daemons import LEASE, LOST_FOR_GOOD, Daemon, Product, report
from tests.rounds.systems import ANSWERED, APPLIED, ARRIVED, systems

ANNOUNCED, ANYWHERE = "announced", "anywhere"
STEPS = (ANNOUNCED, ARRIVED, APPLIED, ANSWERED, ANYWHERE)
BEYOND = LEASE + LOST_FOR_GOOD + 1.0
"""Seconds of a freeze after which others have done again whatever the frozen one had announced."""

_ALONE = (0.1, 0.6, LEASE + 0.3)
_AMONG_OTHERS = (0.2, 1.0, BEYOND)
_OUTDONE = (0.2, BEYOND)

TICKETS = 40
PACE = 2.0  # deeds of people a second, for each daemon: one that dies after a few writes must not fall behind for ever
_PATIENCE = 3.0  # seconds within which somebody writes


@dataclass
class Score:
    """What was done, and what came of it."""

    hits: Counter[str] = field(default_factory=Counter)  # e.g. "SIGKILL announced"
    beyond: int = 0  # freezes that may double one item each
    told: int = 0  # duplicates that the connector reports
    wrong: list[str] = field(default_factory=list)  # sentences; none means that all is well
    stories: dict[str, str] = field(default_factory=dict)  # ticket -> all that is known of one that something is wrong with
    books: str = ""


@dataclass
class Arena:
    """:param daemons: their number decides what a freeze means: a lone one is waited for, of several the others go on."""

    systems: Systems
    product: Product
    daemons: list[Daemon]
    rng: random.Random
    score: Score = field(default_factory=Score)
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    # --- a round ---

    def round(self) -> None:
        """Hit one daemon, and see to it that it comes back."""
        self.systems.ask("act", PACE * len(self.daemons))
        self.keep(self.rng.uniform(0.0, 0.3))
        step, blow = self.rng.choice(STEPS), self.rng.choice([signal.SIGKILL, signal.SIGSTOP])
        step, victim = self._hit(step, blow)
        self.score.hits[f"{blow.name} {step}"] += 1
        if blow is signal.SIGKILL:
            victim.killed()
        else:
            self._freeze(step, victim)
        if len(self.daemons) == 1:
            self.keep(30, lambda: not victim.wakes and victim.is_ready())

    def _hit(self, step: str, blow: signal.Signals) -> tuple[str, Daemon]:
        """Who was hit, and at which step: a random moment where nobody came to the one that was asked for."""
        victim = None
        if step == ANNOUNCED:
            victim = self.at_announcement(blow)
        elif step != ANYWHERE:
            self.systems.ask("set_trap", step, int(blow), self.rng.randrange(4))
            self.keep(_PATIENCE, lambda: self.systems.ask("sprung") >= 0)
            hit = self.systems.ask("disarm")
            victim = self.daemons[hit] if hit >= 0 else None
        if victim:
            return step, victim
        victim = self.rng.choice([daemon for daemon in self.daemons if not daemon.wakes] or [self._next_awake()])
        victim.process.send_signal(blow)
        return ANYWHERE, victim

    def at_announcement(self, blow: signal.Signals, act: Callable[[], object] = lambda: None) -> Daemon | None:
        """Who was hit between the commit of an intent and its call; None where nobody announced anything.

        :param act: what makes somebody announce something, where people rest.
        """
        trap = self.daemons[0].trap
        written = trap.with_suffix(".new")
        written.write_text(str(int(blow)), encoding="utf-8")
        written.rename(trap)
        act()
        self.keep(_PATIENCE, lambda: not trap.exists())
        try:
            trap.rename(written)
        except FileNotFoundError:
            return next(daemon for daemon in self.daemons if daemon.stepped_in())
        return None

    def _freeze(self, step: str, victim: Daemon) -> None:
        seconds = self.rng.choice(_ALONE if len(self.daemons) == 1 else _OUTDONE if step == ANNOUNCED else _AMONG_OTHERS)
        self.score.beyond += seconds > LOST_FOR_GOOD
        victim.frozen(seconds)

    def _next_awake(self) -> Daemon:
        sleeper = min(self.daemons, key=lambda daemon: daemon.wakes)
        self.keep(BEYOND, lambda: not sleeper.wakes)
        return sleeper

    def keep(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> None:
        """Let time pass, until it is enough; who has been frozen for long enough goes on."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not enough():
            for daemon in self.daemons:
                if daemon.wakes and daemon.wakes <= time.monotonic():
                    daemon.wake()
            time.sleep(0.02)

    # --- the judge ---

    def look(self) -> None:
        """Let everything come to rest, and have it judged."""
        self.systems.ask("act", 0.0)
        self.keep(BEYOND, lambda: not any(daemon.wakes for daemon in self.daemons))
        self.score.wrong += [f"daemon {daemon.number} ended by itself" for daemon in self.daemons if daemon.died()]
        busy = self.product.at_rest()
        account = report(self.product)
        books, findings = self.systems.ask("sentence", account)
        self.score.books = ", ".join(f"{name} {count}" for name, count in books.items() if name != "effects")
        self.score.told = sum(len(row["second_cases"]) + len(row["second_copies"]) for row in account)
        self.score.wrong += [busy] if busy else []
        for finding in (one for one in findings if not _agreed(one)):
            self.score.wrong.append(f"{finding.kind} {finding.ticket}: {finding.text}")
            self.score.stories[finding.ticket] = self._story(finding.ticket)
        if self.score.told > self.score.beyond:
            self.score.wrong.append(f"{self.score.told} duplicates after {self.score.beyond} freezes that excuse one each")
        if not json.loads(self.product.run("audit", "verify", "--json"))["verified"]:
            self.score.wrong.append("the audit does not verify")

    def _story(self, ticket: str) -> str:
        """What the product says of a ticket, and both systems' own books: all that is left once the rounds are over."""
        return "\n".join([self.product.run("explain", ticket), *self.systems.ask("books", ticket)])


def _agreed(finding: Finding) -> bool:
    return finding.kind == "duplicates" and finding.told


@contextmanager
def arena(folder: Path, store: str, daemons: int, seed: int, tickets: int = TICKETS) -> Iterator[Arena]:
    """A world at work, with all daemons ready."""
    with ExitStack() as stack:
        made = stack.enter_context(systems(daemons, tickets, seed))
        product, numbered = Product(folder, store), [Daemon(n, folder, made) for n in range(daemons)]
        for daemon, urls in zip(numbered, made.ask("urls"), strict=True):
            product.configure(daemon, urls)
        product.run("migrate")
        for daemon in numbered:
            daemon.start()
            stack.callback(daemon.end)
        for daemon in numbered:
            assert eventually(daemon.is_ready, 90), daemon.log.read_text(encoding="utf-8")
        yield Arena(made, product, numbered, random.Random(seed))

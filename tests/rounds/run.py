"""Rounds of kill and freeze: ``python -m tests.rounds.run --store sqlite|postgresql --rounds 200 [--seed S]``.

Two simulated systems stay up, with people at work and tens of milliseconds between question and answer. The daemon (one on
SQLite, four on PostgreSQL) is hit once a round, by SIGKILL or SIGSTOP, at a random moment or at a named step of a write. A killed one
is started at once, a frozen one goes on after a while. Every fifty rounds people rest, and the judge looks at the systems' own books:
nothing may be lost, unequal or against the rules, and nothing doubled but by a freeze between announcement and call that outlasts
all that was agreed (docs/limits.md), once a freeze at most, and told. The exit code is 1 where anything else is found.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.real import postgres
from tests.rounds.arena import Arena, Score, arena

EVERY = 50
"""Rounds between two looks of the judge."""

DAEMONS = {"sqlite": 1, "postgresql": 4}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rounds.run")
    parser.add_argument("--store", choices=DAEMONS, default="sqlite")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where logs and store stay; else they are removed")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as any end: no daemon stays behind
    with (
        _folder(options.folder) as folder,
        _store(options.store, folder) as store,
        arena(folder, store, DAEMONS[options.store], seed=options.seed) as made,
    ):
        return _rounds(made, options.rounds, partial(_say, f"{options.store}, seed {options.seed}"))


def _rounds(made: Arena, rounds: int, say: Callable[[str], None]) -> int:
    known = 0
    for n in range(1, rounds + 1):
        made.round()
        if n % EVERY == 0 or n == rounds:
            made.look()
            say(f"{n} of {rounds} rounds, {made.seconds:.0f} s: {_tally(made.score)}")
            for sentence in made.score.wrong[known:]:
                say(sentence)
            known = len(made.score.wrong)
            for ticket in list(made.score.stories):
                say(f"{ticket}\n{made.score.stories.pop(ticket)}")
    say("passed" if not made.score.wrong else f"FAILED, {len(made.score.wrong)} found")
    return bool(made.score.wrong)


def _tally(score: Score) -> str:
    steps = ", ".join(f"{name} {count}" for name, count in sorted(score.hits.items()))
    return f"{steps}; {score.told} duplicates reported; {score.books}"


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    if named:
        named.mkdir(parents=True)  # a new one: a store of earlier rounds knows another world
        yield named.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="connector-rounds-") as made:
        yield Path(made)


@contextmanager
def _store(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/store.db"
        return
    with postgres.server() as url:
        yield url


def _say(who: str, line: str) -> None:
    print(f"{who}: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

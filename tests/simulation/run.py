"""Seeded runs of the whole product: ``python -m tests.simulation.run --seeds 200``.

A failing seed prints its findings and the one line that reproduces it. Totals of steps, acts and injected
faults stand at the end; a fault that never occurred fails a run of 100 seeds or more.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pool
from typing import Any

import structlog

from connector.audit.verify import verify
from connector.sandbox.judge import Sentence, Table, judge
from connector.sandbox.kinds import DESKS, PORTALS, bounds
from connector.sync.report import report
from tests.oracle.canaries import leaks
from tests.oracle.documents import DOCUMENTS, Document
from tests.oracle.log import read
from tests.oracle.oracle import Forbidden, forbidden
from tests.real import postgres
from tests.simulation.play import Play, draw
from tests.simulation.rig import PAIR, Rig
from tests.simulation.schema import drop_all
from tests.simulation.trouble import KINDS, RESTORED

ENOUGH = 100
"""From so many seeds on, every kind of fault must have been injected."""


TOLD = {
    "withdrawn: history rights": "dropped",
    "withdrawn: a read-only field": "dropped",
    "withdrawn: a hidden field": "moved",
    RESTORED: "restored",
}
"""Trouble after which a value may differ as long as the connector says so: without history nobody can tell a person's edit
from a dropped write, what was dropped is not sent again, a field that
nobody could read when its case became another one is taken as it is once it can be, and after a restore no value moves by itself."""


@dataclass
class Result:
    """What one seed came to. ``failures`` are sentences; none means it passed."""

    seed: int
    failures: list[str] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)


def simulate(seed: int, kinds: tuple[str, str] = PAIR, *, loud: bool = False) -> Result:
    """One whole run, judged: zero lost, doubled, unequal; quiet; the audit intact; no write that the operating model forbids,
    and no secret of anybody's where it must not stand.
    """
    rig = Rig(seed, kinds=kinds)
    play = Play(rig, draw(seed), log=print if loud else lambda _line: None)
    play.run()
    met = {"hidden": play.spells.hidden, "blind": rig.blind, "restored": rig.restored}
    table = Table(**bounds(rig.customer_side, rig.vendor_side) | met)
    sentence = judge(rig.world, rig.desk, rig.office, reported(rig), table)
    result = Result(seed, findings(sentence))
    if allowed := {why for kind, why in TOLD.items() if play.met[kind]} & told(rig):
        result.failures = [f for f in result.failures if not f.startswith("unequal")]
        result.totals.update({f"unequal allowed, since told: {why}": 1 for why in allowed})
    if rig.wrote_more(1300.0):
        result.failures.append("never quiet: something was written although nobody did anything")
    rig.store.checkpoint()
    with rig.store.audit() as reader:
        result.failures += [str(problem) for problem in verify(reader).problems]
    result.failures += [str(one) for one in forbidden_writes(rig)]
    secrets = play.people.secrets.kept
    result.failures += leaks(secrets, rig.world, rig.desk, rig.office)
    result.totals.update({"canaries": len(secrets), "our writes": sum(deed.ours for deed in rig.world.deeds)})
    result.totals.update({f"fault {kind}": n for kind, n in (rig.world.injected | play.met).items()})
    result.totals.update({"calls": rig.world.n, "acts": play.plan.people})
    result.totals.update(effects(sentence))
    return result


def forbidden_writes(rig: Rig, document: Document | None = None) -> list[Forbidden]:
    """What the oracle says of all our writes, by the document that the rig's model encodes (or by another one)."""
    links = [(row["ref"], row["case_ref"]) for row in report(rig.store, "acme") if row["ref"] and row["case_ref"]]
    open_desk = not rig.vendor_side.internal
    log = read(rig.world, rig.desk, rig.office, links, blind=rig.blind, restored=rig.restored, open_desk=open_desk)
    return forbidden(log, document or DOCUMENTS[rig.model.id])


def reported(rig: Rig) -> list[dict[str, Any]]:
    """What the connector says, in the world's time: its own clock may be ahead, and may have jumped since."""
    rows = report(rig.store, "acme")
    return [{**row, "since": row["since"] and rig.wall.world(row["since"])} for row in rows]


def told(rig: Rig) -> set[str]:
    """The reasons of all standing differences that the connector reports."""
    return {standing["why"] for row in report(rig.store, "acme") for standing in row["standing"].values()}


def findings(sentence: Sentence) -> list[str]:
    """Everything that the judge found, and sums that do not add up."""
    every = [
        *sentence.lost,
        *sentence.duplicates,
        *sentence.violations,
        *sentence.unequal,
        *sentence.disorder,
        *sentence.unexplained,
    ]
    out = [f"{f.kind} {f.ticket}: {f.text}" for f in every]
    if not out and not sentence.ok:
        out.append(f"the sums do not add up: {sentence.summary()}")
    return out


def effects(sentence: Sentence) -> dict[str, int]:
    return {name: getattr(sentence, name) for name in ("tickets", "bonds", "agree", "held", "parked", "refused")}


def safe(seed: int, run: Callable[[int], Result] = simulate) -> Result:
    """The result of a run, also of one that breaks: that is a finding, not the end of all of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        return run(seed)
    except Exception:  # noqa: BLE001 - whatever it is, the other seeds go on
        return Result(seed, [traceback.format_exc(limit=-4)])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.run")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="one seed, told call by call")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--store",
        default="",
        help="postgresql://…: keep each run's state there instead of in memory; postgresql: on a server of its own",
    )
    parser.add_argument("--itsm", choices=sorted(DESKS), default=PAIR[0])
    parser.add_argument("--portal", choices=sorted(PORTALS), default=PAIR[1])
    options = parser.parse_args(arguments)
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of a seed
        os.execve(  # noqa: S606 - the same program again, with one variable set
            sys.executable, [sys.executable, "-m", "tests.simulation.run", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"}
        )
    with _store(options.store):
        kinds = (options.itsm, options.portal)
        if options.seed is not None:
            return _one(options.seed, kinds)
        return _many(range(options.first, options.first + options.seeds), kinds, options.jobs)


@contextmanager
def _store(named: str) -> Iterator[None]:
    """Where all runs of all processes keep their state, left as empty as it was."""
    with postgres.server() if named == "postgresql" else nullcontext(named) as url:
        if not url:
            yield
            return
        os.environ["SIMULATE_STORE"] = url  # the rig of every process reads it
        try:
            yield
        finally:
            drop_all(url)


def _one(seed: int, kinds: tuple[str, str]) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    result = simulate(seed, kinds, loud=True)
    print(*result.failures or ["passed"], sep="\n")
    return bool(result.failures)


def _many(seeds: range, kinds: tuple[str, str], jobs: int) -> int:
    began, failed, totals = time.monotonic(), 0, Counter[str]()
    with Pool(jobs) as pool:
        for n, result in enumerate(pool.imap_unordered(partial(safe, run=partial(simulate, kinds=kinds)), seeds, chunksize=2), 1):
            totals.update(result.totals)
            failed += bool(result.failures)
            for failure in result.failures:
                print(f"seed {result.seed}: {failure}", flush=True)
            if result.failures:
                pair = "" if kinds == PAIR else f" --itsm {kinds[0]} --portal {kinds[1]}"
                print(f"  reproduce: .venv/bin/python -m tests.simulation.run --seed {result.seed}{pair}", flush=True)
            if n % 50 == 0:
                print(f"{n} of {len(seeds)} seeds, {failed} failed, {time.monotonic() - began:.0f} s", flush=True)
    played = KINDS if kinds == PAIR else [kind for kind in KINDS if not kind.startswith("withdrawn")]
    missing = [kind for kind in played if not totals[f"fault {kind}"]] if len(seeds) >= ENOUGH else []
    print("totals:", ", ".join(f"{name} {n}" for name, n in sorted(totals.items())))
    if missing:
        print("never injected:", ", ".join(missing))
    print(f"{len(seeds) - failed} passed, {failed} failed")
    return bool(failed or missing)


if __name__ == "__main__":
    sys.exit(main())

"""Seeded lives of installations, with faults: ``python -m tests.installed.lives --seeds 200``.

First days as wild as the simulation's (:mod:`tests.simulation.run`), then a rest, then a quiet week in which people answer
for some of what is owed and nothing goes wrong. Judged by the judge, the oracle and the ledger, after the rest and at the end.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
from functools import partial
from multiprocessing import Pool

import structlog

from connector.audit.verify import verify
from connector.sandbox.judge import Table, judge
from tests.installed.ledger import REMINDERS, Ledger
from tests.installed.town import CLOUD, PARTNER, Town, Townspeople, mapping_of
from tests.models.named import installed
from tests.oracle.canaries import leaks
from tests.simulation.play import Play, draw
from tests.simulation.rig import Rig
from tests.simulation.run import TOLD, Result, findings, forbidden_writes, reported, safe, told

HOUR, DAYS = 3600.0, 6


def town_of(seed: int) -> Town:
    """Every fifth seed is a partner's."""
    return PARTNER if seed % 5 == 3 else CLOUD


def live(seed: int, *, loud: bool = False) -> Result:
    """One whole life, judged."""
    town = town_of(seed)
    model, installation = installed(town.model, town.here)
    rig = Rig(seed, mapping=mapping_of(town.model), model=model, installation=installation)
    play = Play(rig, draw(seed), log=print if loud else lambda _line: None, crowd=partial(Townspeople, town=town))
    play.run()
    result = Result(seed)
    result.failures += [f"at rest: {one}" for one in judged(play, town)]
    result.failures += quiet_days(play)
    result.failures += [f"after days: {one}" for one in judged(play, town)]
    rig.store.checkpoint()
    with rig.store.audit() as reader:
        result.failures += [str(problem) for problem in verify(reader).problems]
    _count(result, play, town)
    return result


def judged(play: Play, town: Town) -> list[str]:
    """What all three find."""
    rig, people = play.rig, play.people
    assert isinstance(people, Townspeople)
    ledger = Ledger(town, rig, reported(rig), people.told, play.met)
    asked = frozenset(life.number for life in ledger.lives if ledger.asked(life))
    muted = {life.number for life in ledger.lives for one in life.moments if one.fields.get("subcategory") in town.mute}
    table = Table(causes=asked | muted, hidden=play.spells.hidden, blind=rig.blind, restored=rig.restored, asked=asked)
    sentence = judge(rig.world, rig.servicenow, rig.portal, reported(rig), table)
    found = findings(sentence)
    if {why for kind, why in TOLD.items() if play.met[kind]} & told(rig):
        found = [one for one in found if not one.startswith("unequal")]
    found += ledger.findings()
    found += [str(one) for one in forbidden_writes(rig)]
    return found + leaks(people.secrets.kept, rig.world, rig.servicenow, rig.portal)


def quiet_days(play: Play) -> list[str]:
    """Days without trouble: now and then somebody does something, and between that only what is due is called to mind."""
    rig, found = play.rig, list[str]()
    assert isinstance(play.people, Townspeople)
    for _ in range(DAYS):
        if play.people.rng.random() < 0.7:
            play.people.tidy()
            rig.settle(1300.0, 5.0, 300.0)
        before = len(rig.world.deeds)
        _doze(rig, 24 * HOUR, every=6 * HOUR)
        for deed in rig.world.deeds[before:]:
            reminds = deed.what == "comment" and not deed.public and any(sign in (deed.new or "") for sign in REMINDERS)
            if deed.ours and not reminds:
                found.append(f"never quiet: {deed.what} {deed.field} of {deed.system} {deed.ticket}: {(deed.new or '')[:160]!r}")
    return found


def _doze(rig: Rig, seconds: float, every: float) -> None:
    """Time passes, with a few turns now and then."""
    end = rig.clock.now + seconds
    while rig.clock.now < end:
        rig.clock.advance(every)
        rig.settle(30.0, 10.0)


def _count(result: Result, play: Play, town: Town) -> None:
    rig = play.rig
    notes = [deed.new or "" for deed in rig.world.deeds if deed.ours and deed.what == "comment" and not deed.public]
    words = (
        "is held",
        "does not go to",
        "Still to be done",
        "Overdue since",
        "not understood",
        "not authorised to write",
        "at once",
    )
    result.totals.update({f"note {word!r}": sum(word in note for note in notes) for word in words})
    result.totals.update({f"fault {kind}": n for kind, n in (rig.world.injected | play.met).items()})
    rows = reported(rig)
    result.totals.update({f"owed {one['id']}": 1 for row in rows for one in row["owed"]})
    result.totals.update({f"town {town.model}": 1, "tickets": len(rig.servicenow.tickets()), "cases": len(rig.portal.tickets())})
    result.totals.update(
        {"consulted": sum("Asked by" in (d.new or "") for d in rig.world.deeds if d.ours and d.system == "otrs")}
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.installed.lives")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="one seed, told call by call")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of a seed
        os.execve(  # noqa: S606 - the same program again, with one variable set
            sys.executable, [sys.executable, "-m", "tests.installed.lives", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"}
        )
    if options.seed is not None:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        failures = live(options.seed, loud=True).failures
        print(*failures or ["passed"], sep="\n")
        return bool(failures)
    return _many(range(options.first, options.first + options.seeds), options.jobs)


def _many(seeds: range, jobs: int) -> int:
    began, failed, totals = time.monotonic(), 0, Counter[str]()
    with Pool(jobs) as pool:
        for result in pool.imap_unordered(partial(safe, run=live), seeds, chunksize=2):
            totals.update(result.totals)
            failed += bool(result.failures)
            for failure in result.failures:
                print(f"seed {result.seed}: {failure}", flush=True)
            if result.failures:
                print(f"  reproduce: .venv/bin/python -m tests.installed.lives --seed {result.seed}", flush=True)
    print("totals:", ", ".join(f"{name} {n}" for name, n in sorted(totals.items())))
    print(f"{len(seeds) - failed} passed, {failed} failed, {time.monotonic() - began:.0f} s")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

"""Crash at every point of every scenario: ``python -m tests.crash.run [--scenario NAME] [--point N] [--jobs N]``.

Prints each scenario with its points and deviations, and for a failing point the one line that reproduces it.
Exit 1 at any deviation, or where fewer scenarios or points ran than the whole promises; 2 for an unknown name.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from dataclasses import replace

import structlog

from connector.sandbox.core import World
from connector.sandbox.kinds import DESKS, PORTALS
from tests.crash.fork import Result, explore
from tests.crash.play import deviations, golden, play
from tests.crash.scenarios import SCENARIOS
from tests.crash.stage import Scenario
from tests.simulation.rig import PAIR

LEAST_SCENARIOS = 80
LEAST_POINTS = 5000


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.run")
    parser.add_argument("--scenario", default="", help="one scenario by name; or several: NAME,NAME")
    parser.add_argument("--point", default="", help="one crash, told step by step; N,M: a second one later; 0: none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="children at once")
    parser.add_argument("--stride", type=int, default=1, help="only each so-many-th point, for a quick look")
    parser.add_argument("--every", action="store_true", help="also at steps where a crash leaves the same as at the one before")
    parser.add_argument("--list", action="store_true", help="name the scenarios and what they tell")
    parser.add_argument("--itsm", choices=sorted(DESKS), default=PAIR[0])
    parser.add_argument("--portal", choices=sorted(PORTALS), default=PAIR[1])
    options = parser.parse_args(arguments)
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of a scenario's steps
        os.execve(  # noqa: S606 - the same program again, with one variable set
            sys.executable, [sys.executable, "-m", "tests.crash.run", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"}
        )
    scenarios = _played((options.itsm, options.portal))
    names = options.scenario.split(",") if options.scenario else list(scenarios)
    for unknown in (name for name in names if name not in scenarios):
        parser.error(f"no scenario is called {unknown!r}; --list names them all")
    if options.list:
        for name, one in scenarios.items():
            print(f"{name}: {' '.join((one.script.__doc__ or '').split())}")
        return 0
    if options.point:
        if len(names) != 1:
            parser.error("--point needs one --scenario")
        return _one(scenarios[names[0]], [int(n) for n in options.point.split(",")])
    whole = not options.scenario and options.stride == 1 and scenarios is SCENARIOS
    return _many([scenarios[name] for name in names], options, whole=whole)


def _played(kinds: tuple[str, str]) -> dict[str, Scenario]:
    """Those that can be told of a pair of systems."""
    if kinds == PAIR:
        return SCENARIOS
    portal = PORTALS[kinds[1]](World(lambda: 0.0))
    has = {"merging": portal.merges, "fields": not portal.form}
    return {n: replace(one, kinds=kinds) for n, one in SCENARIOS.items() if one.anywhere and all(has[need] for need in one.needs)}


def _one(scenario: Scenario, points: list[int]) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    wanted = golden(scenario)
    end = play(scenario, points, told=print)
    found = wanted.problems or deviations(scenario, wanted.state, end)
    print(*found or ["as it should be"], sep="\n")
    return bool(found)


def _many(scenarios: list[Scenario], options: argparse.Namespace, *, whole: bool) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began, steps, points, failed = time.monotonic(), 0, 0, 0
    for scenario in scenarios:
        result = explore(scenario, max(1, options.jobs), every=options.every, stride=max(1, options.stride))
        steps += result.steps
        points += result.points
        failed += len(result.deviations)
        _tell(result, options)
    took = time.monotonic() - began
    used = sum(os.times()[:4])  # ours and that of the children that ended
    print(f"{len(scenarios)} scenarios, {steps} steps, {points} points, {failed} deviations, {took:.0f} s, {used:.0f} s of CPU")
    few = whole and (len(scenarios) < LEAST_SCENARIOS or points < LEAST_POINTS)
    if few:
        print(f"too few: {LEAST_SCENARIOS} scenarios and {LEAST_POINTS} points are the least")
    return bool(failed or few)


def _tell(result: Result, options: argparse.Namespace) -> None:
    pair = "" if (options.itsm, options.portal) == PAIR else f" --itsm {options.itsm} --portal {options.portal}"
    print(
        f"{result.scenario:42} {result.steps:5} steps {result.points:5} points {len(result.deviations):4} deviations", flush=True
    )
    for point, found in sorted(result.deviations):
        for line in found:
            print(f"  point {point}: {line}")
        print(f"  reproduce: .venv/bin/python -m tests.crash.run --scenario {result.scenario} --point {point}{pair}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

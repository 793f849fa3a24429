"""Every crash point of one scenario: a play that forks at each step, so that what lies before it is played once."""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import sys
import traceback
from dataclasses import dataclass, field
from typing import NoReturn

from tests.crash.play import deviations, end_of, golden
from tests.crash.stage import Scenario, Stage, Step
from tests.crash.state import State

LIMIT = 120
"""Seconds in which a child must have played to the end."""

_CUT = 20_000  # characters of a child's report, well below what a pipe holds


@dataclass
class Result:
    """What trying all points of a scenario came to. ``deviations``: point (0: no crash) and what was wrong."""

    scenario: str
    steps: int = 0
    points: int = 0  # steps at which a crash was played
    deviations: list[tuple[int, list[str]]] = field(default_factory=list)


def explore(scenario: Scenario, jobs: int, *, every: bool = False, stride: int = 1) -> Result:
    """Try each fresh step of a scenario (or ``every`` one), with at most ``jobs`` children at once.

    :param stride: each ``stride``-th of them only.
    """
    first = golden(scenario)
    result = Result(scenario.name)
    if first.problems:
        result.deviations.append((0, first.problems))
        return result
    gc.freeze()  # what is there by now is not copied because somebody looked at it
    crew = _Crew(jobs, result, every=every, stride=stride)
    stage = Stage(scenario, crew.strike)
    crew.play(stage, first.state)
    if result.steps != first.steps:
        result.deviations.append((0, [f"{first.steps} steps at first, {result.steps} the next time: not deterministic"]))
    return result


class _Crew:
    """The children that play on from a crash while the parent goes on without one."""

    def __init__(self, jobs: int, result: Result, *, every: bool, stride: int) -> None:
        self._jobs = jobs
        self._every = every
        self._stride = stride
        self._met = 0
        self._result = result
        self._waiting = selectors.DefaultSelector()
        self._point = 0  # where this child crashed; 0: the parent
        self._report = -1

    def strike(self, step: Step) -> bool:
        if self._point:
            return False
        self._result.steps = step.n
        if not (step.fresh or self._every):
            return False
        self._met += 1
        if self._met % self._stride:
            return False
        while len(self._waiting.get_map()) >= self._jobs:
            self._reap()
        return self._fork(step.n)

    def play(self, stage: Stage, wanted: State) -> None:
        """Play to the end; a child reports and ends here."""
        try:
            end = end_of(stage)
            found = deviations(stage.scenario, wanted, end)
        except BaseException:
            if not self._point:
                raise
            found = [traceback.format_exc(limit=-6)]
        if self._point:
            self._end(found)
        while self._waiting.get_map():
            self._reap()
        if found:
            self._result.deviations.append((0, found))

    def _fork(self, n: int) -> bool:
        reading, writing = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child:
            os.close(writing)
            self._waiting.register(reading, selectors.EVENT_READ, (n, child))
            return False
        os.close(reading)
        gc.disable()
        signal.alarm(LIMIT)
        self._point, self._report = n, writing
        return True

    def _end(self, found: list[str]) -> NoReturn:
        os.write(self._report, json.dumps([line[: _CUT // len(found)] for line in found]).encode())
        os._exit(0)

    def _reap(self) -> None:
        for key, _ in self._waiting.select():
            point, child = key.data
            self._waiting.unregister(key.fd)
            with os.fdopen(key.fd, "rb") as pipe:
                told = pipe.read()
            os.waitpid(child, 0)
            found = json.loads(told) if told else [f"the child died, or did not end within {LIMIT} s"]
            self._result.points += 1
            if found:
                self._result.deviations.append((point, found))

"""Play one scenario, with crashes at given steps or without, and say what is wrong with its end."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from connector.audit.verify import verify
from connector.sandbox.judge import judge
from connector.sync.report import report
from tests.crash.stage import NeverQuiet, Scenario, Stage, Step
from tests.crash.state import State, differences, state_of
from tests.simulation.rig import START

QUIET = 2000.0  # seconds, in which every bond is swept once


@dataclass
class End:
    """How a play ended. ``problems``: what is wrong with it whatever the golden end is."""

    state: State
    steps: int
    problems: list[str] = field(default_factory=list)


def play(scenario: Scenario, points: Collection[int] = (), told: Callable[[str], None] | None = None) -> End:
    """Play it with a crash at each of these steps, the first being 1.

    :param told: hears of every step.
    """

    def strike(step: Step) -> bool:
        dies = step.n in points
        if told:
            told(f"{step.n:5} {'*' if step.fresh else ' '} {stage.clock.now - START:8.2f} {step.what}{'  CRASH' if dies else ''}")
        return dies

    stage = Stage(scenario, strike)
    return end_of(stage)


def end_of(stage: Stage) -> End:
    """Let a play go on to its end, and judge it."""
    try:
        stage.play()
    except NeverQuiet as never:
        return End(state_of(stage), stage.n, [str(never)])
    problems, written, state = judged(stage), _writes(stage), state_of(stage)
    if _quiet_while(stage) != written:
        problems.append("something was written in a quiet while")
    problems += [f"in a quiet while {change}" for change in differences(state, state_of(stage))]
    return End(state, stage.n, problems)


def judged(stage: Stage) -> list[str]:
    """What the judge, the report and the audit say."""
    rig = stage.rig
    rows = report(rig.store, "acme")
    sentence = judge(rig.world, rig.desk, rig.office, rows, stage.table)
    problems = [f"{finding.kind} {finding.ticket}: {finding.text}" for finding in sentence.findings]
    if not problems and not sentence.ok:
        problems.append(f"the sums do not add up: {sentence.summary()}")
    problems += [f"{row['number'] or row['case']}: {row['open']} announced writes are open" for row in rows if row["open"]]
    rig.store.checkpoint()
    with rig.store.audit() as reader:
        problems += [f"audit: {problem}" for problem in verify(reader).problems]
    return problems


def _quiet_while(stage: Stage) -> int:
    """Long enough for a sweep, while nobody does anything; returns all writes so far."""
    stage.long_while(QUIET)
    return _writes(stage)


def _writes(stage: Stage) -> int:
    return sum(counts["write"] for counts in stage.rig.world.calls.values())


def golden(scenario: Scenario) -> End:
    """The end without a crash. What never came about in it is a problem: the scenario does not tell what it says."""
    stage = Stage(scenario, lambda _step: False)
    end = end_of(stage)
    end.problems += [f"never came: {missed}" for missed in stage.missed]
    return end


def deviations(scenario: Scenario, wanted: State, end: End) -> list[str]:
    """What is wrong with the end of a play with a crash; nothing where it is the golden one, or one that is as right."""
    ways = [wanted, *({**wanted, **also.differs} for also in scenario.also)]
    if any(end.state == way for way in ways):
        return end.problems
    return [*end.problems, *differences(wanted, end.state)]

"""The demo: a play of real daemon, real HTTP and made-up people ends with nothing lost, doubled or done wrongly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from connector.cli.demo_books import close_books
from connector.cli.demo_lab import Pace, laboratory
from connector.cli.demo_rest import await_rest
from connector.sandbox.cast import Case, Director, Stage
from connector.sandbox.judge import Table
from connector.sandbox.judge_table import Due
from connector.sandbox.rules.dialogue_cloud import COMPANY
from connector.sandbox.scenes import SCENES, UNKNOWN_STATE, both_ways, cast, due, solved, statement, stays, unknown_state

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "servicenow-incident-events.csv.gz"
KEYS = {
    "connection", "tickets", "bonds", "agree", "held", "parked", "refused", "lost", "duplicates", "violations",
    "effects", "calls", "seconds", "audit",
}  # fmt: skip
PLAYED = SCENES.keys() - {"form"}
"""Scenes between ServiceNow and OTRS: only a service desk in Jira has a form that is filled in once."""
HEAD = "number,incident_state,sys_updated_by,sys_updated_at,category,subcategory,impact,urgency,priority,assignment_group"


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and last line of ``connector demo``."""
    command = [sys.executable, "-c", "from connector.cli.main import main; main()", "demo", "--once", "--json", *arguments]
    env = {**os.environ, "CONNECTOR_STORE__URL": "sqlite:////nowhere/of-a-real-connector.db"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, cwd=ROOT, env=env)
    assert done.stdout, done.stderr
    line: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return done.returncode, line


def zeros(line: dict[str, Any]) -> dict[str, int]:
    return {name: line[name] for name in ("lost", "duplicates", "violations")}


def test_some_scenes_end_well(tmp_path: Path) -> None:
    with laboratory(1, Pace(poll=0.3), tmp_path, COMPANY) as lab:
        said: list[str] = []
        stage = Stage(lab.world, lab.desk, lab.portal, 1, said.append)
        stage.haste = 4.0
        scenes = (solved, both_ways, unknown_state, stays, statement)
        cases = {scene.__name__: Case(stage, scene.__name__) for scene in scenes}
        director = Director([(scene.__name__, 0.0, scene(cases[scene.__name__])) for scene in scenes])
        while director.turn():
            time.sleep(0.03)
        assert director.stuck == []
        assert await_rest(lab, 20.0)
        rules = {case.number: found for name, case in cases.items() if (found := due(name))}
        books = close_books(lab, Table(window=15.0, due=rules))
        wrong = close_books(lab, Table(window=15.0, due={**rules, cases["solved"].number: Due(case=False)}))
    assert books.problems == []
    assert (books.sentence.tickets, books.sentence.bonds, books.sentence.refused) == (5, 4, 1)
    assert cases["solved"].incident.fields["state"] == "7"
    assert cases["solved"].case.fields["State"] == "closed successful"
    assert not cases["stays"].has_case
    assert any("resolves it" in line for line in said)
    assert ["stays with its own people" in problem for problem in wrong.problems] == [True]


def test_every_seed_plays_every_scene() -> None:
    with laboratory(2, Pace()) as lab:
        stages = [Stage(lab.world, lab.desk, lab.portal, seed, lambda _: None) for seed in (1, 1, 2)]
        plays = [[(name, round(start, 3), case.title) for name, start, case, _ in cast(stage)] for stage in stages]
    assert plays[0] == plays[1]
    assert plays[0] != plays[2]
    assert all({name for name, _, _ in play} == PLAYED for play in plays)


@pytest.mark.slow
def test_a_replay_of_a_small_log(tmp_path: Path) -> None:
    rows = [HEAD]
    for n in range(1, 7):
        state = UNKNOWN_STATE if n == 3 else "Awaiting User Info"
        for minute, now in enumerate(("New", "Active", state, "Resolved", "Closed")):
            rows.append(
                f"INC{n:07d},{now},Updated by {n},1/3/2016 1{n}:{minute:02d},Category 1,Sub {n},2 - Medium,2 - Medium,3 - Moderate,?"
            )
    log = tmp_path / "log.csv"
    log.write_text("\n".join(rows), encoding="utf-8")
    code, line = run("--replay", str(log), "--seed", "1")
    assert (code, line["problems"]) == (0, [])
    assert zeros(line) == {"lost": 0, "duplicates": 0, "violations": 0}
    assert (line["incidents"], line["events"], line["bonds"]) == (6, 30, 6)
    assert line["unknown_states"][0]["number"] == "INC0000003"
    assert UNKNOWN_STATE in line["unknown_states"][0]["held"]
    assert "CC BY 4.0" in line["attribution"]


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    code, line = run("--replay", str(path))
    assert code == 2
    assert "no log of incident events" in line["error"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_the_whole_play(seed: int) -> None:
    code, line = run("--seed", str(seed))
    assert line["problems"] == []
    assert code == 0
    assert line.keys() >= KEYS
    assert zeros(line) == {"lost": 0, "duplicates": 0, "violations": 0}
    assert line["bonds"] + line["refused"] == line["tickets"] == len(PLAYED)
    assert line["agree"] + line["held"] + line["parked"] == line["bonds"]
    assert line["audit"]["verified"]
    assert line["seconds"] < 60


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not SHARED.exists(), reason="the real log is not here")
def test_a_part_of_the_real_log() -> None:
    code, line = run("--replay", str(SHARED), "--limit", "60", "--seed", "1")
    assert (code, line["problems"]) == (0, [])
    assert {ticket["number"] for ticket in line["unknown_states"]} == {"INC0030413"}

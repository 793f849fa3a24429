"""``connector init``: from a few answers to a sync that runs, for every pair of systems to which a mapping is shipped."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from connector.cli.main import app
from connector.daemon.founding import pairs
from connector.sandbox.core import World
from connector.sandbox.kinds import DESKS, PORTALS, SECRET, Simulated
from connector.sandbox.server import Server
from tests.process.place import ROOT, Place, eventually, place

WAITS = {"short_description": "printer on fire", "description": "it burns", "impact": "2", "urgency": "2"}


@dataclass
class Pair:
    """Two simulated systems, served, and what a person would answer about them."""

    names: tuple[str, str]
    desk: Simulated[Any]
    portal: Simulated[Any]
    urls: tuple[str, str]

    def answers(self, side: int) -> dict[str, str]:
        system = (self.desk, self.portal)[side]
        told = {
            key: value for key, value in system.settings.items() if isinstance(value, str)
        }  # what is no text stands in the file later
        return {"url": self.urls[side] + system.path, **told, system.secret: SECRET}


@pytest.fixture(params=pairs(), ids=lambda pair: f"{pair[0]}-{pair[1]}")
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    names = tuple(name.replace("_", "-") for name in request.param)
    world = World(time.time)
    with ExitStack() as stack:
        desk, portal = DESKS[names[0]](world), PORTALS[names[1]](world)
        urls = [stack.enter_context(Server(world, side.served)).url for side in (desk, portal)]
        yield Pair(names, desk, portal, (urls[0], urls[1]))


def init(folder: Path, *options: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["init", str(folder), *options], input=typed)


def given(pair: Pair) -> list[str]:
    """All answers, as options."""
    options = ["--itsm", pair.names[0], "--portal", pair.names[1], "--model", "anywhere365-dialogue-cloud", "--name", "acme"]
    for side, name in enumerate(("customer", "vendor")):
        for key, value in pair.answers(side).items():
            options += [f"--{name}", f"{key}={value}"]
    return options


@pytest.mark.slow
def test_what_was_answered_is_checked_and_syncs(pair: Pair, tmp_path: Path) -> None:
    made = init(tmp_path / "new", *given(pair))
    assert made.exit_code == 0, made.output
    settings = tmp_path / "new" / "connector.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("127.0.0.1:9464", "127.0.0.1:0"), encoding="utf-8")
    checked = CliRunner().invoke(app, ["check", "--config", str(settings)])
    assert checked.exit_code == 0, checked.output
    with place(tmp_path) as here, replace(here, folder=tmp_path / "new").daemon() as daemon:
        daemon.event("ready")
        pair.desk.known.create("lena.l1", {**WAITS, "state": "3", "hold_reason": "4"})
        assert eventually(lambda: any(case.ours for case in pair.portal.known.tickets()), 60)


def test_secrets_are_their_owners_alone_and_stand_in_no_other_file(here: Place, tmp_path: Path) -> None:
    made = init(tmp_path / "new", *_options(here))
    assert made.exit_code == 0, made.output
    secrets = list((tmp_path / "new" / "secrets").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    others = [path for path in (tmp_path / "new").rglob("*") if path.is_file() and path not in secrets]
    assert others
    assert not [path for path in others if "topsecret" in path.read_text(encoding="utf-8")]
    assert "topsecret" not in made.output


def test_what_no_option_says_is_asked(here: Place, tmp_path: Path) -> None:
    typed = ["servicenow", "otrs", "workcube", "acme", here.urls["servicenow"], "connector", "topsecret"]
    typed += [here.urls["otrs"], "connector", "topsecret", "acme", ""]
    made = init(tmp_path / "new", typed="\n".join(typed) + "\n")
    assert made.exit_code == 0, made.output
    text = (tmp_path / "new" / "connector.yaml").read_text(encoding="utf-8")
    assert "operating_model: workcube" in text
    assert 'queue: "Support"' in text
    assert CliRunner().invoke(app, ["check", "--offline", "--config", str(tmp_path / "new" / "connector.yaml")]).exit_code == 0


def test_nothing_that_is_there_is_changed(here: Place, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "mapping.yaml").write_text("mine", encoding="utf-8")
    refused = init(folder, *_options(here))
    assert refused.exit_code == 2
    assert "is there already" in refused.output
    assert [path.name for path in folder.iterdir()] == ["mapping.yaml"]
    assert (folder / "mapping.yaml").read_text(encoding="utf-8") == "mine"


def test_a_shipped_operating_model_that_lies_there_is_left(here: Place, tmp_path: Path) -> None:
    model = tmp_path / "new" / "operating-models" / "anywhere365-wsp.yaml"
    model.parent.mkdir(parents=True)
    model.write_bytes((ROOT / "config" / "operating-models" / model.name).read_bytes())
    made = init(tmp_path / "new", *_options(here))
    assert made.exit_code == 0, made.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--itsm", "remedy"], "none of"),
        (["--model", "mine"], "none of"),
        (["--name", "Acme Inc"], "cannot name a connection"),
        (["--customer", "url"], "KEY=VALUE"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_written(here: Place, tmp_path: Path, options: list[str], words: str) -> None:
    refused = init(tmp_path / "new", *_options(here), *options)
    assert refused.exit_code == 2
    assert words in " ".join(refused.output.split())
    assert not (tmp_path / "new").exists()


def test_with_nobody_to_ask_it_says_which_answer_is_missing(tmp_path: Path) -> None:
    refused = init(tmp_path / "new", "--itsm", "servicenow", "--portal", "otrs", "--model", "workcube", "--name", "acme")
    assert refused.exit_code == 2
    assert "nobody is there to answer" in " ".join(refused.output.split())
    assert not (tmp_path / "new").exists()


def _options(here: Place) -> list[str]:
    options = ["--itsm", "servicenow", "--portal", "otrs", "--model", "anywhere365-wsp", "--name", "acme"]
    for side, url in (("customer", here.urls["servicenow"]), ("vendor", here.urls["otrs"])):
        options += [f"--{side}", f"url={url}", f"--{side}", "user=connector", f"--{side}", "password=topsecret"]
    return [*options, "--vendor", "customer_user=acme", "--vendor", "queue=Support"]

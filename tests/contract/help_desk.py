"""The help desk of docs/bindings.md, its binding as the page has it, and one adapter on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import yaml

from adapters.around import Around
from adapters.base import Uses
from adapters.bound import Bound
from adapters.bound_settings import RestSettings
from connector.sandbox.core import Request, Response, World
from connector.sandbox.rest_portal import RestPortal
from connector.sandbox.transport import InProcess
from tests.contract.rig import Clock, Rig, Words

URL = "http://desk.test"
PAGE = (Path(__file__).parents[2] / "docs/bindings.md").read_text(encoding="utf-8")
TUTORIAL = PAGE.partition("## From nothing")[2].partition("## Every key")[0]
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", TUTORIAL, re.DOTALL)
USES = Uses(frozenset({"subject", "state", "severity"}), frozenset({"subject", "state"}))
WORDS = Words(
    ticket={"subject": "Printer on fire"},
    title="subject",
    status="state",
    moved="open",
    public="public",
    internal="internal",
    uses=USES,
)


def pieces(name: str) -> str:
    """What the page has for one file, in its order."""
    return "".join(text for _, text in BLOCKS if text.startswith(f"# {name}\n"))


def changed(**sections: Any) -> str:
    """The binding of the page with other sections; None takes one out."""
    tree = yaml.safe_load(pieces("help-desk.yaml")) | sections
    return yaml.safe_dump({key: value for key, value in tree.items() if value is not None}, sort_keys=False)


class Desk(Rig):
    system: RestPortal
    adapter: Bound

    def answering(self, change: Callable[[Request, Response], Response]) -> None:
        """Let the portal's answers be changed on their way."""
        inner = self.system.handle

        def handle(request: Request, as_of: float | None = None) -> Response:
            return change(request, inner(request, as_of))

        self.system.handle = handle  # type: ignore[method-assign]  # a proxy between the portal and us


def desk(folder: Path, text: str) -> Desk:
    """A desk with one ticket, bound by this text."""
    (folder / "desk.yaml").write_text(text, encoding="utf-8")
    clock = Clock()
    world = World(clock, seed=5)
    system = RestPortal(world)
    session = requests.Session()
    session.mount(URL, InProcess(world, system))
    settings = RestSettings.model_validate({"binding": str(folder / "desk.yaml"), "url": URL, "token": "connector-key"})
    made = Desk(world, clock, system, Bound(settings, around=Around(session=session, clock=clock, sleep=clock.advance)), WORDS)
    made.ref = made.people_open("The first ticket")
    clock.advance(60)
    return made

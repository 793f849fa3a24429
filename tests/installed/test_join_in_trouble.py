"""Joining where calls get lost, systems are away and the product restarts: each finding and each piece of news once, all the same."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connector.sandbox.core import Call
from tests.installed.house import LENA, VERA, House
from tests.installed.places import OF_WORKCUBE, WORKCUBE
from tests.installed.test_document_004 import NEW_TASK, TESTS

FAULTS = ("refused", "answer_lost", "late", "html_502", "html_502_after", "stale", "truncated", "limited_bare")
OPEN, OVER = ("open", "pending reminder", "pending auto close+"), "closed successful"


@dataclass
class Life:
    """People who join, leave and talk. ``heard``: by ticket, what was said on a task that it had joined for a while."""

    house: House
    rng: random.Random
    trouble: float = 0.08
    findings: dict[str, str] = field(default_factory=dict)  # words -> the task that they were chosen for
    heard: dict[str, set[str]] = field(default_factory=dict)
    joined: dict[str, set[str]] = field(default_factory=dict)
    n: int = 0

    def begin(self) -> None:
        self.house.rig.world.choose_fault = self._fault
        self.tasks = [self.house.portal.create("piet.other", {"Title": f"task {n}", "Body": "off"}) for n in range(3)]
        self.tickets = [self.house.opens(f"ticket {n}", subcategory=name) for n, name in enumerate(["l3-support"] * 2 + [""])]
        self.house.notes(self.tickets[2], f"{NEW_TASK}\n{TESTS}")
        self.house.wait(60.0)

    def _fault(self, _call: Call) -> str | None:
        return self.rng.choice(FAULTS) if self.rng.random() < self.trouble else None

    def number(self, task: str) -> str:
        return self.house.portal.ticket(task).number

    def joins(self) -> None:
        ref, task = self.rng.choice(self.tickets), self.rng.choice(self.tasks)
        self.n += 1
        words = f"finding{self.n}x"
        self.findings[words] = task
        self.house.notes(ref, f"#connector join {self.number(task)} {words}", by=LENA)
        self.settles()
        self.joined.setdefault(ref, set()).add(task)

    def leaves(self) -> None:
        ref = self.rng.choice(self.tickets)
        for task in sorted(self.joined.pop(ref, set())):
            self.house.notes(ref, f"#connector leave {self.number(task)}", by=LENA)
        self.settles()

    def vendor_says(self) -> None:
        task = self.rng.choice(self.tasks)
        self.n += 1
        words = f"news{self.n}x"
        self.house.portal.comment(task, VERA, words, public=True)
        for ref in self.tickets:
            if task in self.joined.get(ref, set()):
                self.heard.setdefault(ref, set()).add(words)
        self.settles() if self.rng.random() < 0.3 else None

    def vendor_moves(self) -> None:
        self.house.portal.edit(self.rng.choice(self.tasks), VERA, {"State": self.rng.choice(OPEN)})

    def restarts(self) -> None:
        self.house.rig.start()

    def settles(self) -> None:
        """Long enough for what was said to be acted on, whatever goes wrong."""
        self.house.wait(400.0)

    def goes_on(self, acts: int) -> None:
        ways = [self.joins, self.vendor_says, self.vendor_says, self.vendor_moves, self.restarts, self.leaves]
        for _ in range(acts):
            self.rng.choice(ways)()
            self.house.wait(self.rng.choice([1.0, 5.0, 20.0]))
        self.trouble = 0.0
        self.house.wait(1200.0)


@pytest.mark.parametrize("seed", range(3))
def test_each_finding_and_each_piece_of_news_comes_once(tmp_path: Path, seed: int) -> None:
    house = House(tmp_path, model="workcube", mapping=OF_WORKCUBE, here=WORKCUBE)
    life = Life(house, random.Random(seed))
    life.begin()
    life.goes_on(25)
    for words, task in life.findings.items():
        found = [item for item in house.portal.ticket(task).comments if item.ours and words in item.text]
        assert len(found) == 1, words
        others = [one for one in house.cases() if one.ref != task]
        assert not any(words in item.text for one in others for item in one.comments)
    for ref in life.tickets:
        told = " ".join(house.told(ref))
        assert [words for words in life.heard.get(ref, set()) if told.count(words) != 1] == []
    assert [house.ticket(ref).fields["state"] for ref in life.tickets] == ["3", "3", "3"]
    house.judged()

"""``connector demo --model NAME``: what an operating model makes of tickets, scene by scene, in plain words."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from connector.cli.demo_books import Books, close_books
from connector.cli.demo_lab import CannotStart, Lab, Pace, model_file
from connector.cli.demo_rest import await_rest
from connector.cli.demo_rules_words import Event, Line, Teller
from connector.cli.demo_screen import CASE_WORDS
from connector.daemon import models as library
from connector.daemon.errors import Unusable
from connector.daemon.standing import standing
from connector.sandbox.cast import Director, Stage
from connector.sandbox.company import Company
from connector.sandbox.judge import Table
from connector.sandbox.rules.repertoire import REPERTOIRES
from connector.sandbox.rules.told import LENA, VERA, Repertoire, Rule, Told, Watch

PACE = Pace(poll=0.2, sweep=60.0, settle=0.5, lag=0.1, note_pause=0.2)

_REST_BY = 15.0  # seconds for the connector to catch up after a scene, at most
_WHO = 17  # columns for who acts


@dataclass(frozen=True)
class Programme:
    """What is played: a model as ``models show --json`` prints it, the scenes that are told of it, and the company."""

    model: Mapping[str, Any]
    repertoire: Repertoire
    company: Company


def programme(name: str) -> Programme:
    """The scenes for a model: by its name, or by the id in its own file, so that an altered model can be tried.

    :raises CannotStart: there is no such model, it cannot be read, or there are no scenes for it.
    """
    known = f"there are scenes for {', '.join(REPERTOIRES)}, and for a file that ends in .yaml and has one of these ids"
    try:
        path = model_file(name)
        model = library.told(str(path))
    except (CannotStart, Unusable) as error:
        raise CannotStart(f"{error}\n{known}") from None
    repertoire = REPERTOIRES.get(model["id"])
    if repertoire is None:
        raise CannotStart(f"no scenes are written for the model {model['id']}\n{known}")
    return Programme(model, repertoire, replace(repertoire.company, model=str(path)))


@dataclass(frozen=True)
class Outcome:
    """How one scene ended.

    :param here: how the ticket stands, ``there``: the vendor's case; in words.
    :param now: what was to stand in the end, and whether it does.
    """

    name: str
    rule: Rule
    told: Told
    stuck: Sequence[str]
    here: str
    there: str
    now: Mapping[str, bool]

    @property
    def wrong(self) -> list[str]:
        failed = [f"{self.name}: it is not so that {text}" for text, so in self.now.items() if not so]
        return [*failed, *(() if self.now or self.stuck else [f"{self.name}: nothing was to stand in the end"])]

    @property
    def came_out(self) -> bool:
        return not self.wrong and not self.stuck

    def as_dict(self) -> dict[str, Any]:
        return {
            "scene": self.name,
            "title": self.rule.title,
            "ticket": self.told.number,
            "case": self.told.case.number if self.told.has_case else None,
            "stands": [self.here, self.there],
            "came_out": self.came_out,
            "now": [{"text": text, "so": so} for text, so in self.now.items()],
        }


def perform(lab: Lab, what: Programme, console: Console, *, quiet: bool) -> Books:
    """Play all scenes, one after the other, and judge the whole."""
    page = Page(console, quiet=quiet)
    page.introduce(what)
    lab.began = time.monotonic()
    rules = what.repertoire.rules.items()
    outcomes = [_Scene(lab, what, name, rule, page).play(n) for n, (name, rule) in enumerate(rules, 1)]
    lab.names = {one.name: one.told.number for one in outcomes}
    books = close_books(
        lab,
        Table(window=15.0, due={one.told.number: one.rule.due for one in outcomes}),
        stuck=[stuck for one in outcomes for stuck in one.stuck],
        wrong=[wrong for one in outcomes for wrong in one.wrong],
        extra={"model": what.model["id"], "scenes": [one.as_dict() for one in outcomes]},
    )
    page.close(outcomes, books)
    return books


def record_of(lab: Lab, number: str) -> Iterator[tuple[str, Event]]:
    """What the connector has recorded of a ticket so far, oldest first: kind and content."""
    for bond in lab.office.store.find_bonds(number):
        for record in lab.office.store.records(bond.id):
            if record.content:
                yield record.kind, record.content.event


class _Scene:
    """One scene, told while it is played: what people do, what the connector decides by which rule, what stands in the end."""

    def __init__(self, lab: Lab, what: Programme, name: str, rule: Rule, page: Page) -> None:
        self._lab, self._name, self._rule, self._page = lab, name, rule, page
        self._teller = Teller({task["id"]: task for task in what.model["tasks"]})
        self._read = 0  # entries of the connector's record that were told
        stage = Stage(lab.world, lab.desk, lab.portal, 1, lambda _act: None)
        stage.agent, stage.engineer = LENA, VERA
        self._told = Told(stage, rule.ticket, watch=Watch(self._act, lab.bonds, self._replies, self._findings))

    def play(self, number: int) -> Outcome:
        self._page.title(f"{number}  {self._rule.title}")
        director = Director([(self._name, 0.0, self._rule.play(self._told))])
        while director.turn():
            self._follow()
            time.sleep(0.03)
        await_rest(self._lab, _REST_BY, self._follow)
        self._follow()
        now = {one.text: one.so() for one in self._told.ends} if not director.stuck else {}
        outcome = Outcome(self._name, self._rule, self._told, tuple(director.stuck), *self._stands(), now)
        self._page.end(outcome)
        return outcome

    def _stands(self) -> tuple[str, str]:
        incident = self._told.incident
        here = f"{incident.number} is {self._lab.customer.state_words(incident.fields)}"
        if not self._told.has_case:
            return here, "the vendor has no case"
        case = self._told.case
        return here, f"the vendor's case {case.number} is {CASE_WORDS.get(case.fields['State'], case.fields['State'])}"

    def _act(self, who: str, what: str) -> None:
        """People act on what they saw: that is told first."""
        self._follow()
        self._page.say(who, what)

    def _follow(self) -> None:
        """Tell what the connector has recorded since."""
        record = list(record_of(self._lab, self._told.number)) if self._told.number else []
        for kind, event in record[self._read :]:
            for line in self._teller.tell(kind, event):
                self._page.decide(line)
        self._read = len(record)

    def _replies(self, number: str) -> list[str]:
        return [reply.topic for bond in self._lab.office.store.find_bonds(number) for reply in bond.replies]

    def _findings(self) -> list[str]:
        return [finding.message for finding in standing(self._lab.configuration)]


class Page:
    """Prints a play, for somebody who reads it from top to bottom.

    :param quiet: nothing is printed (``--json``).
    """

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console, self._quiet = console, quiet

    def introduce(self, what: Programme) -> None:
        self._line(what.model["title"], "bold")
        self._line(f"by the document {what.model['source']}", "dim")
        self._line(what.repertoire.people)
        self._line(
            "The document says for each kind of work who does it (R), answers for it (A), helps (S), is asked for advice (C)"
            " and is told (I). Letters that it does not state itself are marked as inferred."
        )
        self._line(
            "Both ticket systems are simulated and the people follow a script; the connector between them is the real one."
        )

    def title(self, text: str) -> None:
        self._line("")
        self._line(text, "bold")

    def say(self, who: str, what: str) -> None:
        self._row(who, what)

    def decide(self, line: Line) -> None:
        self._row("connector", line.text, "cyan")
        if line.rule:
            self._row("", f"rule: {line.rule}", "dim")

    def end(self, outcome: Outcome) -> None:
        ends = [(("yes", text) if so else ("NO", text)) for text, so in outcome.now.items()]
        self._row("in the end", f"{outcome.here}; {outcome.there}")
        for so, text in [*ends, *(("NO", stuck) for stuck in outcome.stuck)]:
            self._row("", f"{so:<3} {text}", "bold red" if so == "NO" else "green")

    def close(self, outcomes: Sequence[Outcome], books: Books) -> None:
        came = sum(one.came_out for one in outcomes)
        self._line("")
        self._line(f"{came} of {len(outcomes)} scenes came out as they should, in {books.seconds:.0f} s.", "bold")
        for problem in books.problems:
            self._row("problem", problem, "bold red")
        if not books.problems:
            self._line(
                "A judge that knows the two systems and the rules, and nothing of the connector, found:"
                " nothing lost, nothing doubled, nothing done wrongly."
            )

    def _row(self, who: str, text: str, style: str = "") -> None:
        grid = Grid.grid(padding=(0, 1))
        grid.add_column(width=_WHO)
        grid.add_column()
        grid.add_row(Text(who, style if who == "connector" else ""), Text(text, style))
        self._print(grid)

    def _line(self, text: str, style: str = "") -> None:
        self._print(Text(text, style))

    def _print(self, what: Grid | Text) -> None:
        if not self._quiet:
            self._console.print(what)

"""``connector demo``: see it work. Two simulated systems, the real daemon, people who act, faults, and a judge."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from connector.cli import demo_replay, demo_rules, show
from connector.cli.demo_books import Books, close_books
from connector.cli.demo_lab import CannotStart, Lab, Pace, Pair, laboratory, model_file, new_seed
from connector.cli.demo_rest import await_rest
from connector.cli.demo_rules import Page, record_of
from connector.cli.demo_rules_words import Teller
from connector.cli.demo_screen import Screen, summary
from connector.daemon.explain import stories
from connector.daemon.models import told
from connector.sandbox.cast import Case, Director, Stage
from connector.sandbox.judge import Table
from connector.sandbox.kinds import DESKS, PORTALS, bounds
from connector.sandbox.rules.dialogue_cloud import COMPANY
from connector.sandbox.rules.repertoire import REPERTOIRES
from connector.sandbox.scenes import INTERNAL, cast, due, promised
from connector.settings import SettingsError

PROMISED_RECORDS = (
    "create", "fields_to_customer", "fields_to_vendor", "comment_to_customer", "comment_to_vendor",
    "file_to_customer", "file_to_vendor", "note_to_customer", "note_to_vendor",
)  # fmt: skip
"""Kinds of effect, as the audit counts them, that every play holds."""

INTRODUCTION = (
    "People of a customer hand tickets of their {desk} to a software vendor, whose people work in a portal of their own: {portal}."
    " Both systems are simulated, the people follow a script, and the connector between the two is the real one."
    " A published table (RASCI) says who does which work; the connector keeps to it.\n"
)

INTERESTING = ("in_the_middle", "form")
"""The scenes of which the first that was played is explained at the end."""

RULES = (
    ("stays", "A ticket that is the customer's own stays, although it was handed to the vendor.", ("held",)),
    (
        "statement",
        "One without a reason waits for a line of an authorised person, then goes by itself.",
        ("held", "replied", "created"),
    ),
    ("solved", "The vendor's \"solved\" closes nothing: the customer's people ask the caller, then close it.", ("ruled",)),
)
"""Scenes that show a rule, in words, and the kinds of decision that show it."""

_GENTLE = ("answer_lost", "html_502", "html_502_after", "limited", "late", "truncated", "html_200")
_REDRAW = 0.25  # seconds between two pictures
_REST_BY = 30.0  # seconds for the connector to catch up, at most


def demo(  # noqa: PLR0913 - one parameter an option
    *,
    replay: Annotated[
        Path | None, typer.Option(help="Events of real incidents (CSV, .gz or plain).", exists=True, dir_okay=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="How many incidents of the file; 0: all.", min=0)] = 0,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE", help="Tell what an operating model makes of tickets, scene by scene.", show_default=False
        ),
    ] = None,
    itsm: Annotated[str, typer.Option(help=f"The customer's system: {', '.join(DESKS)}.")] = "servicenow",
    portal: Annotated[str, typer.Option(help=f"The vendor's portal: {', '.join(PORTALS)}.")] = "otrs",
    seed: Annotated[int, typer.Option(help="The same seed, the same play; 0: any.", min=0)] = 0,
    once: Annotated[bool, typer.Option("--once", help="End after the summary.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep store, settings and log in this folder.", file_okay=False)] = None,
    json: show.JsonOption = False,
) -> None:
    """Play a dozen incidents, the rules of a model, or real incidents between two simulated systems, and judge what came of it.

    Exit code 1 where anything was lost, doubled, done wrongly, or did not happen.
    """
    seed = seed or new_seed()
    try:
        pair = _pair(itsm, portal)
        _one_of(replay, model, pair)
        if replay:
            fine = demo_replay.play(replay, limit, seed, keep, json=json)
        elif model:
            fine = _tell_rules(model, seed, keep, once=once, json=json)
        else:
            fine = _play(seed, keep, pair, once=once, json=json)
    except (CannotStart, SettingsError, ValueError) as error:
        if json:
            show.emit({"ok": False, "error": str(error)})
        else:
            show.err.print(f"[bold red]error[/] {escape(str(error))}")
        raise typer.Exit(show.UNUSABLE) from None
    if not fine:
        raise typer.Exit(show.FOUND_PROBLEMS)


def _pair(itsm: str, portal: str) -> Pair:
    for option, name, known in (("itsm", itsm, DESKS), ("portal", portal, PORTALS)):
        if name not in known:
            raise CannotStart(f"--{option} {name}: there is no such simulated system; take one of {', '.join(known)}")
    return Pair(itsm, portal)


def _one_of(replay: Path | None, model: str | None, pair: Pair) -> None:
    if replay and model:
        raise CannotStart("--replay and --model are two plays: name one of them")
    if (replay or model) and pair != Pair():
        raise CannotStart("--replay and --model are played between ServiceNow and an OTRS portal: leave out --itsm and --portal")


def _play(seed: int, keep: Path | None, pair: Pair, *, once: bool, json: bool) -> bool:
    console = Console()
    with laboratory(seed, Pace(), keep, COMPANY, pair) as lab:
        if not json:
            console.print(INTRODUCTION.format(desk=lab.desk.title, portal=lab.portal.title), highlight=False)
        books = _perform(lab, seed, console, quiet=json)
        if json:
            show.emit(books.as_dict())
        else:
            _tell(console, lab, books, seed, keep)
        if not once:
            _stay_open(console, lab, quiet=json)
    return not books.problems


def _tell_rules(model: str, seed: int, keep: Path | None, *, once: bool, json: bool) -> bool:
    console, what = Console(), demo_rules.programme(model)
    with laboratory(seed, demo_rules.PACE, keep, what.company) as lab:
        books = demo_rules.perform(lab, what, console, quiet=json)
        if json:
            show.emit(books.as_dict())
        if not once:
            _stay_open(console, lab, quiet=json)
    return not books.problems


def _perform(lab: Lab, seed: int, console: Console, *, quiet: bool) -> Books:
    cases: list[Case] = []
    screen = Screen(console, lab, cases, quiet=quiet)
    stage = Stage(lab.world, lab.desk, lab.portal, seed, screen.say)
    stage.chance, stage.sprinkled = 0.02, tuple(stage.rng.sample(_GENTLE, 4))
    scenes = cast(stage)
    cases += [case for _, _, case, _ in scenes]
    director = Director([(name, start, scene) for name, start, _, scene in scenes])
    lab.began = time.monotonic()
    with screen:
        _run(director, screen)
        stage.calm()
        screen.say("everybody has finished; the connector catches up")
        await_rest(lab, _REST_BY, screen.show)
    lab.names = {name: case.number for name, _, case, _ in scenes}
    rules = {number: found for name, number in lab.names.items() if (found := due(name))}
    table = Table(**bounds(lab.desk, lab.portal), window=15.0, canaries=INTERNAL, effects=promised(lab.portal), due=rules)
    return close_books(lab, table, promised=PROMISED_RECORDS, stuck=director.stuck)


def _run(director: Director, screen: Screen) -> None:
    shown = 0.0
    while director.turn():
        if time.monotonic() - shown > _REDRAW:
            screen.show()
            shown = time.monotonic()
        time.sleep(0.03)


def _tell(console: Console, lab: Lab, books: Books, seed: int, keep: Path | None) -> None:
    console.print()
    summary(console, books)
    _rules_at_work(console, lab)
    number = next(lab.names[scene] for scene in INTERESTING if scene in lab.names)
    console.print(f"\n[bold]What the connector says of {number}[/]")
    for sentence in _story(lab, number):
        console.print(f"  {sentence}", markup=False, highlight=False)
    console.print(f"\nseed {seed}: connector demo --seed {seed} plays the same again", highlight=False)
    if keep:
        others = ", ".join(sorted(lab.names.values()))
        console.print(f"connector explain {number} --config {lab.settings_path}   (or any of {others})", highlight=False)
    else:
        console.print("connector demo --keep FOLDER keeps store and log, for connector explain INC...", highlight=False)


def _rules_at_work(console: Console, lab: Lab) -> None:
    """For people who have never heard of RASCI: what the connector decided, by which rule."""
    rows = {task["id"]: task for task in told(str(model_file(COMPANY.model)))["tasks"]}
    page = Page(console, quiet=False)
    page.title("Three rules at work")
    for scene, title, kinds in RULES:
        console.print(f"{title} ({lab.names[scene]})", highlight=False)
        _decided(lab, lab.names[scene], Teller(rows), kinds, page)
    models = ", ".join(REPERTOIRES)
    console.print(f"connector demo --model NAME tells the rules of one model: {models}", highlight=False)


def _decided(lab: Lab, number: str, teller: Teller, kinds: Sequence[str], page: Page) -> None:
    for kind, event in record_of(lab, number):
        if kind == "replied" and kind in kinds:
            page.say(event["by"], f"writes in an internal note: #connector {event['topic']} {event['text']}")
        for line in teller.tell(kind, event) if kind in kinds or event.get("act") == "submit" else ():
            page.decide(line)


def _story(lab: Lab, number: str) -> Sequence[str]:
    """Three to five sentences: the turns of the story, without what is routine."""
    story = stories(lab.configuration, lab.office.store, number)[0]
    lines = [line["text"] for line in story["story"]]
    return [*lines[:1], *lines[-3:], story["next"]] if len(lines) > 4 else [*lines, story["next"]]  # noqa: PLR2004 - five in all


def _stay_open(console: Console, lab: Lab, *, quiet: bool) -> None:
    """Both systems and the daemon go on, so that people may play with them."""
    if not quiet:
        console.print("\nBoth systems and the daemon go on; Ctrl-C ends it.", highlight=False)
        for name, url in lab.urls.items():
            console.print(f"  {name:<10} {url}", highlight=False)
        console.print(f"  health     http://127.0.0.1:{lab.health}/readyz", highlight=False)
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return

"""``connector init``: a few questions, and a configuration that ``connector check`` accepts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.prompt import Prompt

from connector.cli import show
from connector.daemon import founding
from connector.daemon.errors import Unusable
from connector.daemon.founding import Founding, Question
from connector.daemon.models import listed
from connector.daemon.standing import standing

_SIDES = {"customer": "the customer's system", "vendor": "the vendor's portal"}


def init(
    folder: Annotated[Path, typer.Argument(help="Where the files are written; nothing that is there is changed.")] = Path(
        "config"
    ),
    *,
    itsm: Annotated[str, typer.Option(help="The customer's system.")] = "",
    portal: Annotated[str, typer.Option(help="The vendor's portal.")] = "",
    model: Annotated[str, typer.Option(help="The operating model.")] = "",
    name: Annotated[str, typer.Option(help="What the connection is called.")] = "",
    customer: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="An answer for the customer's system.")] = None,
    vendor: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="An answer for the vendor's portal.")] = None,
) -> None:
    """Ask for systems, operating model and log-ins, and write settings, mapping and model. What an option says is not asked."""
    with show.reported():
        systems, model = _systems(itsm, portal), _model(model)
        name = name or _ask("What is the connection called?", default="main")
        given = {"customer": _pairs(customer), "vendor": _pairs(vendor)}
        plan = Founding(name, systems, {side: _answers(side, systems[side], given[side]) for side in _SIDES}, model)
        written = founding.found(folder, plan)
    for path in written:
        show.out.print(f"written  {path}", markup=False, highlight=False)
    settings = folder / founding.SETTINGS
    findings = standing(show.settings(settings))
    show.out.print(f"\nNext: connector check --config {settings}", markup=False, highlight=False)
    show.out.print(
        "It asks both systems whether the account may do what the mapping needs, and changes nothing.", highlight=False
    )
    show.out.print(f"Then: connector run --config {settings}", markup=False, highlight=False)
    if findings:
        show.out.print(f"{len(findings)} things the operating model asks for are not said here yet: check lists them.")


def _systems(itsm: str, portal: str) -> dict[str, str]:
    """The two adapters; the portal is asked among those to which a mapping is shipped."""
    pairs = founding.pairs()
    desk = _choice("Which system has the customer?", itsm, sorted({one for one, _ in pairs}), founding.title)
    return {
        "customer": desk,
        "vendor": _choice("Which portal has the vendor?", portal, [b for a, b in pairs if a == desk], founding.title),
    }


def _model(named: str) -> str:
    titles = {one["name"]: one["title"] for one in listed() if not one["problems"]}
    return _choice("Which operating model holds?", named, sorted(titles), lambda one: titles[one])


def _choice(question: str, given: str, known: Sequence[str], title: Callable[[str], str]) -> str:
    """One of what is known: as given, else by its name or its number in the list."""
    if not given:
        show.out.print(f"\n{question}", highlight=False)
        for number, one in enumerate(known, 1):
            show.out.print(f"  {number}  {one:<34} {title(one)}", markup=False, highlight=False)
        given = _ask("Name or number", default=known[0])
    if given.isdecimal() and 0 < int(given) <= len(known):
        return known[int(given) - 1]
    if given.replace("-", "_") in known:
        return given.replace("-", "_")
    if given in known:
        return given
    raise Unusable(f"{given!r} is none of {', '.join(known)}")


def _pairs(given: Sequence[str] | None) -> dict[str, str]:
    pairs = [one.partition("=") for one in given or ()]
    if wrong := [key for key, equals, _ in pairs if not equals]:
        raise Unusable(f"{wrong[0]!r} is no answer: write KEY=VALUE")
    return {key: value for key, _, value in pairs}


def _answers(side: str, system: str, given: dict[str, str]) -> dict[str, str]:
    asked = founding.questions(system)
    if [one for one in asked if one.key not in given]:
        show.out.print(f"\n{founding.title(system)}, {_SIDES[side]}", highlight=False)
    answers = {one.key: given[one.key] if one.key in given else _asked(one) for one in asked}
    return {**{key: value for key, value in answers.items() if value}, **given}


def _asked(one: Question) -> str:
    return _ask(one.key if one.text == one.key else f"{one.key}: {one.text}", default=one.default, secret=one.secret)


def _ask(question: str, *, default: str = "", secret: bool = False) -> str:
    """:raises Unusable: there is nobody to ask, and no answer that fits without asking."""
    try:
        if default and not secret:
            return Prompt.ask(question, default=default, console=show.out)
        return Prompt.ask(question, password=secret and sys.stdin.isatty(), console=show.out)
    except EOFError:
        if default:
            return default
        raise Unusable(f"nobody is there to answer {question!r}: give it as an option") from None

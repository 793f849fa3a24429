"""Reading what holds templates: the creation of a case and the notes to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from connector.mapping.creation import OWN_NAMES, CreationRules
from connector.mapping.notes import DEFAULT, HEAD, PACKAGED
from connector.mapping.source import Item, Reader
from connector.mapping.status import StatusUnit
from connector.mapping.templates import LISTS, Template, TemplateProblem, compiled
from connector.mapping.units import as_is
from connector.words import Phase, Side


def read_template(reader: Reader, item: Item, known: Iterable[str] | None) -> Template:
    """A checked template; an empty one where it is not accepted."""
    try:
        return compiled(reader.text(item), known)
    except TemplateProblem as problem:
        reader.wrong(item, f"{problem.message} (line {problem.line} of the template)", problem.remedy)
        return compiled("")


def read_creation(reader: Reader, item: Item, status: StatusUnit) -> CreationRules:
    parts = reader.table(item, ("status", "description"), ("contact", "names"))
    names = (
        {name: reader.text(value, empty=False) for name, value in reader.entries(parts["names"]).items()}
        if "names" in parts
        else {}
    )
    description = read_template(reader, parts["description"], None) if "description" in parts else compiled("")
    contact = read_template(reader, parts["contact"], None) if "contact" in parts else compiled("")
    for name in names:
        if name in OWN_NAMES or name in LISTS:
            reader.wrong(parts["names"], f"{name!r} is already a name of the ticket itself", "choose another")
        elif name not in description.variables | contact.variables:
            reader.wrong(parts["names"], f"the name {name!r} is used by no template", "remove it, or use it")
    native = {}
    if "status" in parts:
        native = {name: reader.text(value) for name, value in reader.entries(parts["status"]).items()}
        _check_status(reader, parts["status"], native, status)
    return CreationRules(native, description, contact, names)


def _check_status(reader: Reader, item: Item, native: dict[str, str], status: StatusUnit) -> None:
    """A case that begins in a state of no phase, or ended, would never start."""
    row = status.sides[Side.VENDOR].read(native, as_is)
    if row is None or row.phase not in (Phase.NEW, Phase.WORKING):
        reader.wrong(
            item, "a new case must begin in a state that status.vendor.read knows as new or working", "name such a state"
        )


@cache
def _packaged(language: str) -> Mapping[str, Template]:
    return {name: compiled(HEAD + text) for name, text in PACKAGED[language].items()}


def read_notes(reader: Reader, item: Item, language: Item | None) -> dict[str, Template]:
    """The packaged notes of the language, and the mapping's own in their place: they may use the same names."""
    notes = dict(_packaged(reader.choice(language, PACKAGED) if language else DEFAULT))
    for name, value in reader.entries(item).items():
        if reader.known(value, name, notes, "note"):
            notes[name] = read_template(reader, value, notes[name].variables)
    return notes

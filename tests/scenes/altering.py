"""A model with one thing in it altered: each cell, and each other item on which something rests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connector.rasci.conditions import ALWAYS, GivenBy
from connector.rasci.duties import Then
from connector.rasci.ladder import Certificate, Gate, Need, RecordType
from connector.rasci.table import Cell, Kind, Letter, OperatingModel
from connector.words import Party


@dataclass(frozen=True)
class Altered:
    what: str  # what was altered, such as "entry-points vendor A,R"
    how: str  # what it is now
    model: OperatingModel


def cells(model: OperatingModel) -> Iterator[Altered]:
    """Each filled cell emptied, without each of its letters, and with each letter replaced by each other."""
    for number, task in enumerate(model.tasks):
        for party in task.cells:
            name = f"{task.id} {party.value}"
            for letters in _others(task.letters(party)):
                row = replace(task, cells={**task.cells, party: Cell(letters)})
                yield Altered(name, ",".join(letters) or "empty", _with(model, "tasks", number, row))


def _others(letters: tuple[Letter, ...]) -> list[tuple[Letter, ...]]:
    spare = [letter for letter in Letter if letter not in letters]
    without = [tuple(one for one in letters if one is not gone) for gone in letters]
    swapped = [tuple(new if one is gone else one for one in letters) for gone in letters for new in spare]
    alone = [(letter,) for letter in Letter if (letter,) != letters]
    return list(dict.fromkeys([(), *without, *swapped, *alone]))


def put_in(model: OperatingModel) -> Iterator[Altered]:
    """Each empty cell with each letter."""
    for number, task in enumerate(model.tasks):
        for party in (party for party in model.parties if not task.letters(party)):
            for letter in Letter:
                row = replace(task, cells={**task.cells, party: Cell((letter,))})
                yield Altered(f"{task.id} {party.value}", letter.value, _with(model, "tasks", number, row))


def _with(model: OperatingModel, section: str, number: int, *items: Any) -> OperatingModel:
    """With the item at this place replaced, or left out."""
    old: Sequence[Any] = getattr(model, section)
    changed: dict[str, Any] = {section: (*old[:number], *items, *old[number + 1 :])}
    return replace(model, **changed)


# --- what is no cell -----------------------------------------------------------------------------------------------


def others(model: OperatingModel) -> Iterator[Altered]:
    yield from _seats(model)
    yield from _systems(model)
    yield from _levels(model)
    yield from _evidence(model)
    yield from _flow(model)
    yield from _roles(model)
    yield from _conditions(model)
    yield from _clauses(model)


def _clauses(model: OperatingModel) -> Iterator[Altered]:
    """The prose that is like a row, or that leads to one."""
    for number, clause in enumerate(model.clauses):
        name = f"clauses.{clause.id}"
        changes: list[tuple[str, str, Any]] = []
        for party, cell in clause.cells.items():
            cells = [{**clause.cells, party: Cell(letters)} for letters in _others(cell.letters)]
            changes += [(party.value, ",".join(one[party].letters) or "empty", {"cells": one}) for one in cells]
        if clause.leads_to:
            rows = [row.id for row in model.of_kind(Kind.TOPIC) if row.id != clause.leads_to]
            changes += [("leads_to", row or "nothing", {"leads_to": row}) for row in ("", *rows)]
            kinds = [kind for kind in RecordType if kind is not clause.record_type]
            changes += [("record_type", kind.value, {"record_type": kind}) for kind in kinds]
        if changes:
            yield Altered(name, "left out", _with(model, "clauses", number))
            changes += [("when", "always", {"when": ALWAYS})] if clause.when.needs else []
            changes += [
                ("kind", kind.value, {"kind": kind})
                for kind in (Kind.TOPIC, Kind.SUPPLY)
                if clause.cells and kind is not clause.kind
            ]
        for field, how, change in changes:
            yield Altered(f"{name} {field}", how, _with(model, "clauses", number, replace(clause, **change)))


def _seats(model: OperatingModel) -> Iterator[Altered]:
    for party, side in model.seats.items():
        if party is not Party.END_USER:
            yield Altered(f"seats.{party.value}", side.other.value, replace(model, seats={**model.seats, party: side.other}))


def _systems(model: OperatingModel) -> Iterator[Altered]:
    for number, system in enumerate(model.systems):
        name = f"systems.{system.id}"
        yield Altered(name, "left out", _with(model, "systems", number))
        for party in (one for one in (Party.VENDOR, Party.CUSTOMER) if one is not system.managed_by):
            yield Altered(f"{name} managed_by", party.value, _with(model, "systems", number, replace(system, managed_by=party)))
        if system.when.needs:
            yield Altered(f"{name} when", "always", _with(model, "systems", number, replace(system, when=ALWAYS)))


def _levels(model: OperatingModel) -> Iterator[Altered]:
    for number, level in enumerate(model.levels):
        name = f"levels.{level.id}"
        if level.next:
            yield Altered(f"{name} next", "none", _with(model, "levels", number, replace(level, next=())))
        for place, owner in enumerate(level.owner):
            for party in (one for one in model.parties if one not in (Party.END_USER, owner.party)):
                owners = (*level.owner[:place], replace(owner, party=party, setting=""), *level.owner[place + 1 :])
                yield Altered(f"{name} owner {place}", party.value, _with(model, "levels", number, replace(level, owner=owners)))
        if level.entry:
            yield Altered(f"{name} entry", "by itself", _with(model, "levels", number, replace(level, entry=())))


def _evidence(model: OperatingModel) -> Iterator[Altered]:
    known = model.conditions["record_type"].values if "record_type" in model.conditions else ()
    kinds = [RecordType(kind) for kind in ("any", *known)] if known else []
    steps = [f"{level.id}-{to}" for level in model.levels for to in level.next]
    for number, item in enumerate(model.evidence):
        name = f"evidence.{item.hand_over}.{item.id}"
        yield Altered(name, "left out", _with(model, "evidence", number))
        changes: list[tuple[str, Any]] = [("need", need) for need in Need if need is not item.need]
        changes += [("hand_over", step) for step in steps if step != item.hand_over]
        changes += [("record_type", kind) for kind in kinds if kind is not item.record_type]
        changes += [("not_for", ())] if item.not_for else []
        for field, value in changes:
            change: dict[str, Any] = {field: value}
            yield Altered(f"{name} {field}", str(value), _with(model, "evidence", number, replace(item, **change)))


def _flow(model: OperatingModel) -> Iterator[Altered]:
    """Where the flow goes by what was found out; the other rules say what rows, levels and duties say as well."""
    for number, rule in enumerate(model.flow):
        found_out = any(model.conditions[name].given_by in (GivenBy.PERSON, GivenBy.TICKET) for name in rule.when.needs)
        if not found_out and rule.then is not Then.COMPARES:
            continue
        name = f"flow.{rule.id}"
        yield Altered(name, "left out", _with(model, "flow", number))
        if rule.then is not Then.STAYS:
            yield Altered(f"{name} then", "stays", _with(model, "flow", number, replace(rule, then=Then.STAYS)))
        if rule.asked:
            yield Altered(f"{name} asked", "no", _with(model, "flow", number, replace(rule, asked=False)))
        for condition in rule.when.needs:
            needs = {key: values for key, values in rule.when.needs.items() if key != condition}
            yield Altered(
                f"{name} when {condition}", "not asked", _with(model, "flow", number, replace(rule, when=type(rule.when)(needs)))
            )


def _roles(model: OperatingModel) -> Iterator[Altered]:
    """An act is given only to a party that holds R there; what the vendor knows of a person is asked of those who submit."""
    for party, info in model.parties.items():
        for number, role in enumerate(info.roles):
            acts = [act for act in (Gate.SUBMIT, Gate.SPEAK) if Letter.R in model.row(act).letters(party)]
            changes: list[tuple[str, Any]] = [("may", tuple(one for one in role.may if one is not act)) for act in role.may]
            changes += [("may", (*role.may, act)) for act in acts if act not in role.may]
            flags = ("trained", "registered", "announced") if Gate.SUBMIT in role.may else ("trained",)
            changes += [(flag, not getattr(role, flag)) for flag in flags]
            changes += [("when", ALWAYS)] if role.when.needs else []
            changes += [("reports_to", "")] if role.reports_to else []
            changes += [("at_least", 0 if role.at_least else 2)]
            changes += [("certificate", next(one for one in Certificate if one is not role.certificate))]
            for field, value in changes:
                change: dict[str, Any] = {field: value}
                roles = (*info.roles[:number], replace(role, **change), *info.roles[number + 1 :])
                altered = replace(model, parties={**model.parties, party: replace(info, roles=roles)})
                yield Altered(f"roles.{role.id} {field}", str(value), altered)


def _conditions(model: OperatingModel) -> Iterator[Altered]:
    """The conditions of a row, each dropped: where it is run, what was purchased, what was found out."""
    for number, task in enumerate(model.tasks):
        for condition in task.when.needs:
            needs = {key: values for key, values in task.when.needs.items() if key != condition}
            yield Altered(
                f"{task.id} when {condition}",
                "not asked",
                _with(model, "tasks", number, replace(task, when=type(task.when)(needs))),
            )

"""What contradicts itself in a model: a file that says so is refused. Each finding: key, message, remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from connector.rasci.conditions import When
from connector.rasci.ladder import Gate, Owner, Role
from connector.rasci.meaning import Basis, Meant, incomplete
from connector.rasci.settings import KNOWN
from connector.rasci.source import hint
from connector.rasci.table import Kind, Letter, OperatingModel, Task
from connector.words import Party

Finding = tuple[str, str, str]


def contradictions(model: OperatingModel) -> Iterator[Finding]:
    """All that is wrong with it as it stands, whatever installation uses it."""
    yield from _parties(model)
    yield from _tasks(model)
    yield from _levels(model)
    yield from _addressed(model)
    yield from _twice(model)
    yield from _meanings(model)
    yield from _conditions(model)


def items(model: OperatingModel) -> Iterator[tuple[str, Meant]]:
    """Everything that stands on a clause, with its key."""
    for name, info in model.parties.items():
        yield from _keyed(f"parties.{name.value}.roles", info.roles)
    yield from _keyed("tasks", model.tasks)
    yield from _keyed("levels", model.levels)
    yield from _keyed("evidence", model.evidence)
    yield from _keyed("duties.p1_call", model.duties.p1_call)
    yield from _keyed("duties.rca", model.duties.rca)
    yield from _keyed("duties.speaks_to_users", model.duties.speaks_to_users)
    yield from _keyed("systems", model.systems)
    yield from _keyed("flow", model.flow)
    yield from _keyed("clauses", model.clauses)


def _keyed(key: str, of: Iterable[Meant]) -> Iterator[tuple[str, Meant]]:
    return ((f"{key}[{number}]", one) for number, one in enumerate(of))


def owners(model: OperatingModel) -> Iterator[tuple[str, Owner]]:
    """Every owner of a level, with its key."""
    for number, level in enumerate(model.levels):
        yield from ((f"levels[{number}].owner[{place}]", owner) for place, owner in enumerate(level.owner))


def hand_overs(model: OperatingModel) -> list[str]:
    return [f"{level.id}-{target}" for level in model.levels for target in level.next]


# --- parties ---


def _parties(model: OperatingModel) -> Iterator[Finding]:
    if Party.CONNECTOR in model.parties:
        yield "parties.connector", "is nobody's party", "leave it out: the connector holds no letters"
    for party in (party for party in model.parties if party not in model.seats):
        yield "seats", f"says nothing of {party.value}", "say in which system this party works: customer or vendor"
    for key, named in _named(model):
        if named is not None and named not in model.parties:
            remedy = "add it to `parties`, or leave it out"
            yield key, f"{named.value!r} is not among the parties of this model", remedy


def _named(model: OperatingModel) -> Iterator[tuple[str, Party | None]]:
    yield from ((f"seats.{party.value}", party) for party in model.seats)
    for number, task in enumerate(model.tasks):
        yield from ((f"tasks[{number}].rasci.{party.value}", party) for party in task.cells)
    for number, clause in enumerate(model.clauses):
        yield from ((f"clauses[{number}].rasci.{party.value}", party) for party in clause.cells)
    yield from ((key, owner.party) for key, owner in owners(model))
    for key, one in items(model):
        for name in ("party", "managed_by"):
            yield f"{key}.{name}", getattr(one, name, None)


# --- tasks ---


def _tasks(model: OperatingModel) -> Iterator[Finding]:
    for number, task in enumerate(model.tasks):
        yield from _letters(f"tasks[{number}]", task)
        if task.placement and task.placement != "certain" and not task.placement.startswith("inferred from "):
            remedy = "write `certain`, or `inferred from` and the document"
            yield f"tasks[{number}].placement", f"{task.placement!r} is not known", remedy
    yield from _lettered(model)
    for gate in Gate:
        rows = [number for number, task in enumerate(model.tasks) if task.gate is gate]
        if not rows:
            yield "tasks", f"no row has `gate: {gate.value}`", "give it to the row that decides this act"
        for number in rows[1:]:
            yield f"tasks[{number}]", f"is a second row with `gate: {gate.value}`", "leave it on one row"


def _lettered(model: OperatingModel) -> Iterator[Finding]:
    """The clauses that are like a row."""
    ids, topics = {task.id for task in model.tasks}, [row.id for row in model.of_kind(Kind.TOPIC)]
    for number, clause in enumerate(model.clauses):
        key = f"clauses[{number}]"
        if clause.cells:
            yield from _letters(key, clause.row)
        if clause.cells and clause.id in ids:
            yield key, f"{clause.id!r} is a row of the table as well", "give the clause another id: mappings name both by it"
        if clause.leads_to and clause.leads_to not in topics:
            yield f"{key}.leads_to", f"{clause.leads_to!r} is no topic here", hint(clause.leads_to, topics)
        if clause.kind not in (Kind.TOPIC, Kind.SUPPLY):
            yield f"{key}.kind", f"a clause is never of kind {clause.kind.value}", "leave it out, or write `supply`"


def _letters(key: str, task: Task) -> Iterator[Finding]:
    count = Counter(letter for cell in task.cells.values() for letter in set(cell.letters))
    if count[Letter.A] != 1:
        yield f"{key}.rasci", f"has {count[Letter.A]} times A", "exactly one party is accountable"
    if not count[Letter.R]:
        yield f"{key}.rasci", "has no R", "at least one party does the work"
    for party in task.cells:
        basis, why = task.rests_on(party)
        if basis is not Basis.STATED and not why:
            yield f"{key}.rasci.{party.value}", f"is {basis.value} without a reason", "say in `why:` what the letters rest on"


# --- levels ---


def _levels(model: OperatingModel) -> Iterator[Finding]:
    known = {level.id for level in model.levels}
    for number, level in enumerate(model.levels):
        for name in (name for name in level.next if name not in known):
            yield f"levels[{number}]", f"hands over to {name!r}, which is no level here", "name a level of this list"
    for key, name in _level_names(model):
        if name and name not in known:
            yield key, f"{name!r} is no level here", hint(name, sorted(known))
    steps = hand_overs(model)
    for number, item in enumerate(model.evidence):
        if item.hand_over and item.hand_over not in steps:
            remedy = f"use one of: {', '.join(steps)}"
            yield f"evidence[{number}]", f"{item.hand_over!r} is no hand-over of the levels", remedy
        topics = [row.id for row in model.of_kind(Kind.TOPIC)]
        for name in (name for name in item.not_for if name not in topics):
            yield f"evidence[{number}].not_for", f"{name!r} is no topic here", hint(name, topics)
    for key, owner in owners(model):
        if owner.setting and owner.setting not in KNOWN:
            yield f"{key}.setting", f"{owner.setting!r} is not known", hint(owner.setting, list(KNOWN))


def _addressed(model: OperatingModel) -> Iterator[Finding]:
    roles = [role.id for _, role in _roles(model)]
    for number, rule in enumerate(model.flow):
        if rule.tells and rule.tells not in roles:
            yield f"flow[{number}].tells", f"{rule.tells!r} is no role here", hint(rule.tells, roles)


def _level_names(model: OperatingModel) -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(model.flow):
        yield f"flow[{number}].at", rule.at
        yield f"flow[{number}].to", rule.to
    for number, one in enumerate(model.duties.speaks_to_users):
        yield f"duties.speaks_to_users[{number}].level", one.level
    for party, role in _roles(model):
        yield f"{party}.reports_to", role.reports_to
        yield from ((f"{party}.levels[{place}]", name) for place, name in enumerate(role.levels))


def _roles(model: OperatingModel) -> Iterator[tuple[str, Role]]:
    for party, info in model.parties.items():
        yield from ((f"parties.{party.value}.roles[{number}]", role) for number, role in enumerate(info.roles))


# --- what every item says of itself ---


def _twice(model: OperatingModel) -> Iterator[Finding]:
    lists: list[tuple[str, Sequence[Any], str]] = [
        ("tasks", [task.id for task in model.tasks], "id"),
        ("tasks", [task.number for task in model.tasks], "number"),
        ("levels", [level.id for level in model.levels], "id"),
        ("evidence", [(item.id, item.hand_over, item.record_type) for item in model.evidence], "id"),
        ("systems", [system.id for system in model.systems], "id"),
        ("flow", [rule.id for rule in model.flow], "id"),
        ("clauses", [clause.id for clause in model.clauses], "id"),
    ]
    for key, ids, what in lists:
        for number, one in enumerate(ids):
            if one and one in ids[:number]:
                yield f"{key}[{number}]", f"has the same {what} as one before it", f"give each its own {what}"
    seen: set[str] = set()
    for key, role in _roles(model):
        if role.id and role.id in seen:
            yield key, "has the same id as one before it", "give each its own id"
        seen.add(role.id)


def _meanings(model: OperatingModel) -> Iterator[Finding]:
    for key, item in items(model):
        found = incomplete(item)
        if found:
            yield key, *found


# --- conditions ---


def _conditions(model: OperatingModel) -> Iterator[Finding]:
    own = ((f"{key}.when", item.when) for key, item in items(model))
    of_owners = ((f"{key}.when", owner.when) for key, owner in owners(model))
    for key, when in chain(own, of_owners):
        yield from _unknown(model, key, when)


def _unknown(model: OperatingModel, key: str, when: When) -> Iterator[Finding]:
    names: Mapping[str, Any] = model.conditions
    for name, values in when.needs.items():
        if name not in names:
            remedy = hint(name, list(names)) if names else "declare it below `conditions:`"
            yield f"{key}.{name}", f"the condition {name!r} is not known", remedy
            continue
        for value in (value for value in values if value not in names[name].values):
            yield f"{key}.{name}", f"{name} is never {value!r}", hint(value, names[name].values)

"""What ``models check`` finds in a model that can be loaded: what would never happen, and what nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from connector.rasci.conditions import every_case
from connector.rasci.consistency import Finding, items, owners
from connector.rasci.duties import RCA_ROWS, Call, Then
from connector.rasci.ladder import Entry, Gate, Level
from connector.rasci.settings import KNOWN, NOT_GIVEN
from connector.rasci.table import Letter, OperatingModel, Task
from connector.words import Party, Phase, Side


def review(model: OperatingModel) -> Iterator[Finding]:
    """Findings with key, message and remedy; none keeps the model from being loaded."""
    yield from _phases(model)
    yield from _reach(model)
    yield from _owners(model)
    yield from _evidence(model)
    yield from _who_acts(model)
    yield from _duties(model)
    yield from _unused_conditions(model)


# --- phases: what the letters of the gate rows let happen ---


def _phases(model: OperatingModel) -> Iterator[Finding]:
    """Each phase that no party's letters lead to, by the same letters as the gate looks up (judge.py, moves.py)."""
    rows = {task.gate: (number, task) for number, task in enumerate(model.tasks) if task.gate}
    vendor, customer = model.staff(Side.VENDOR), model.staff(Side.CUSTOMER)
    needs = (
        (Gate.SUBMIT, customer, {Letter.R}, Phase.NEW, "submits a case"),
        (Gate.WORK, vendor, {Letter.R}, Phase.WORKING, "works on a case"),
        (Gate.WORK, vendor, {Letter.A, Letter.R}, Phase.SOLVED, "may declare a case solved"),
        (Gate.SPEAK, customer, {Letter.A}, Phase.CLOSED, "closes a ticket"),
    )
    for gate, staff, letters, phase, does in needs:
        number, task = rows[gate]
        if not any(letters <= set(task.letters(party)) for party in staff):
            named = " and ".join(sorted(letters))
            yield (
                f"tasks[{number}].rasci",
                f"the phase {phase.value} cannot be reached: nobody {does}",
                f"give {named} to a party that works in the system of this side (`seats`)",
            )
    if not _answers(rows[Gate.WORK][1], rows[Gate.SUBMIT][1], customer):
        message = "the phase waiting_customer cannot be left: nobody of the customer's side may answer"
        yield f"tasks[{rows[Gate.WORK][0]}].rasci", message, "give S to the party that is to answer"


def _answers(work: Task, submit: Task, staff: tuple[Party, ...]) -> bool:
    return any({Letter.S, Letter.R} & set(work.letters(party)) or Letter.R in submit.letters(party) for party in staff)


# --- levels ---


def entry(level: Level, first: bool) -> tuple[Entry, ...]:
    """How work comes to a level; what the file leaves out is so by itself."""
    return level.entry or ((Entry.REPORT,) if first else (Entry.HAND_OVER,))


def _reach(model: OperatingModel) -> Iterator[Finding]:
    begun = [level.id for number, level in enumerate(model.levels) if {Entry.REPORT, Entry.CAUSE} & set(entry(level, not number))]
    reached, following = set(begun), {level.id: level.next for level in model.levels}
    while begun:
        new = set(following[begun.pop()]) - reached
        reached |= new
        begun += sorted(new)
    for number, level in enumerate(model.levels):
        if level.id not in reached:
            remedy = "name it in `next` of another level, or give it `entry: report` or `entry: cause`"
            yield f"levels[{number}]", f"no hand-over leads to level {level.id}", remedy
        if Entry.CAUSE in level.entry and not level.causes:
            yield f"levels[{number}]", f"level {level.id} is entered by cause, and no cause is named", "list them below `causes:`"
    steps = {(level.id, target) for level in model.levels for target in level.next}
    for number, rule in enumerate(model.flow):
        if rule.then is Then.HANDS_OVER and (rule.at, rule.to) not in steps:
            yield (
                f"flow[{number}]",
                f"hands over from {rule.at} to {rule.to or 'no level'}, which the levels do not",
                "mend `to:`, or `next:` of the level",
            )


def _owners(model: OperatingModel) -> Iterator[Finding]:
    for number, level in enumerate(model.levels):
        if not level.owner:
            yield f"levels[{number}].owner", f"level {level.id} has no owner", "name the party that staffs it"
            continue
        names = {name for owner in level.owner for name in owner.when.needs}
        for case in every_case(model.conditions, names):
            found = sum(owner.when.holds(case) for owner in level.owner)
            if found != 1:
                shown = ", ".join(f"{name} {' '.join(values)}" for name, values in case.items()) or "always"
                yield (
                    f"levels[{number}].owner",
                    f"level {level.id} has {found} owners ({shown})",
                    "let exactly one owner hold in each case",
                )
    for key, owner in owners(model):
        if owner.setting and model.setting(owner.setting) == NOT_GIVEN:
            yield (
                key,
                f"the document does not name who staffs this level, and the setting {owner.setting} is not given",
                f"write `{owner.setting}: {{value: {KNOWN[owner.setting].choices[0]}, source: ours}}` below `settings:`, with the party that does",
            )
        if not owner.setting and owner.party is None:
            yield key, "names neither a party nor a setting", "name the party that staffs it"


# --- evidence, roles, duties, conditions ---


def _evidence(model: OperatingModel) -> Iterator[Finding]:
    record_types = set(model.conditions["record_type"].values) if "record_type" in model.conditions else None
    for number, item in enumerate(model.evidence):
        if not item.by:
            yield f"evidence[{number}].by", f"nothing can satisfy {item.id}: no form is named", "name at least one, such as text"
        if record_types is not None and item.record_type.value not in {"any", *record_types}:
            message = f"nothing can satisfy {item.id}: no {item.record_type.value} ever comes"
            yield f"evidence[{number}].record_type", message, f"use any, or one of: {', '.join(sorted(record_types))}"


def _who_acts(model: OperatingModel) -> Iterator[Finding]:
    """A role that may act needs the letter on that row, and who speaks to users needs it too."""
    for party, info in model.parties.items():
        for number, role in enumerate(info.roles):
            for gate in (gate for gate in role.may if Letter.R not in model.row(gate).letters(party)):
                key = f"parties.{party.value}.roles[{number}].may"
                yield key, _no_r(model, gate, party), "give the party R there, or leave this act out"
    for number, one in enumerate(model.duties.speaks_to_users):
        if Letter.R not in model.row(Gate.SPEAK).letters(one.party):
            key = f"duties.speaks_to_users[{number}]"
            yield key, _no_r(model, Gate.SPEAK, one.party), "give the party R there, or leave it out here"
    spoken = {one.party for one in model.duties.speaks_to_users}
    for party in (party for party in model.parties if Letter.R in model.row(Gate.SPEAK).letters(party)):
        if spoken and party not in spoken:
            message = f"{party.value} holds R on {model.row(Gate.SPEAK).id} and is not among those who speak to users"
            yield "duties.speaks_to_users", message, "add it, with its level"


def _no_r(model: OperatingModel, gate: Gate, party: Party) -> str:
    return f"{party.value} does not hold R on the row of {gate.value} ({model.row(gate).id})"


def _duties(model: OperatingModel) -> Iterator[Finding]:
    for number, call in enumerate(model.duties.p1_call):
        if call.owed is not Call.NONE and call.party is None:
            yield f"duties.p1_call[{number}]", "a call is owed by nobody", "add `party:`"
    rows = {task.id: task for task in model.tasks}
    for number, rca in enumerate(model.duties.rca):
        row = rows.get(RCA_ROWS[rca.cause])
        if row and not {Letter.A, Letter.R} <= set(row.letters(rca.party)):
            message = f"{rca.party.value} owes it here and does not hold A and R on {row.id}"
            yield f"duties.rca[{number}].party", message, "let both name the same party"


def _unused_conditions(model: OperatingModel) -> Iterator[Finding]:
    """The kind of record is a condition that profiles use by a key of their own."""
    used = {"record_type"} | {name for _, item in items(model) for name in item.when.needs}
    used |= {name for _, owner in owners(model) for name in owner.when.needs}
    for name in (name for name in model.conditions if name not in used):
        yield f"conditions.{name}", f"nothing depends on {name}", "leave it out, or name it in a `when:`"

"""The gate: whether one proposed change may be written, by whose right, and where that stands.

Order of the rules: the closing invariant before everything, then the rule of the act. What no rule provides for
is refused, naming the cell that would have had to allow it.
"""

from __future__ import annotations

from collections.abc import Callable

from connector.rasci.duties import FlowRule, Then
from connector.rasci.hearing import OWN_VALUE, SUBMITTER, Hearing
from connector.rasci.ladder import Gate
from connector.rasci.moves import judge_move
from connector.rasci.parts import ACTORS, capital
from connector.rasci.table import Kind, Letter, OperatingModel
from connector.rasci.texts import judge_text
from connector.words import ENDED, Act, Change, Party, Ruling, Verdict

CLOSING_INVARIANT = "closing-invariant"
"""Task id of the rule that no model can change."""

CLASS = "class"
"""Name of the unit of the mapping, where it has one, that says what kind of problem a case is."""

PRIORITY = "priority"
"""Name of the unit that impact, urgency and priority make up."""

TOLD = {Letter.S: "helps with it", Letter.I: "is informed"}
"""What a letter makes of the party that is told of what the vendor started."""

_NEVER_CLOSES = frozenset({Party.VENDOR, Party.PARTNER, Party.CONNECTOR})


def judge(model: OperatingModel, change: Change) -> Ruling:
    """The ruling on one change. Every change gets one; it names task, letters, clause and a reason for a person.

    A restored value (put back or undone) is judged as the change of the party whose value it is: ``actor`` is
    then the party at home on ``target``.
    """
    hearing = Hearing(model, change)
    return _closing_invariant(hearing) or _RULES[change.act](hearing)


def withdraws(ruling: Ruling) -> bool:
    """Whether the refusal is to be followed by a withdrawal note to the vendor (setting ``customer_close_unsolved``)."""
    return ruling.verdict is Verdict.REFUSE and ruling.task.endswith("/customer_close_unsolved")


def _closing_invariant(hearing: Hearing) -> Ruling | None:
    change = hearing.change
    if change.act is not Act.MOVE or not hearing.to_customer or change.actor not in _NEVER_CLOSES:
        return None
    if change.to not in ENDED and not change.notifies:
        return None
    row = hearing.model.row(Gate.SPEAK)
    effect = (
        f"make the customer's ticket {change.to.value}" if change.to in ENDED else "mail the caller or start an automatic close"
    )
    return Ruling(
        verdict=Verdict.REFUSE,
        task=CLOSING_INVARIANT,
        title="Only the customer's staff ends the customer's ticket and tells the caller",
        letters=",".join(hearing.letters(Gate.SPEAK)),
        clause=f"closing invariant (not configurable), after {row.source}",
        reason=f"This change of {hearing.actor} would {effect}; only the customer's own staff may do that.",
    )


def _submit(hearing: Hearing) -> Ruling:
    if hearing.change.actor is Party.END_USER and not hearing.letters(Gate.SUBMIT):
        row = hearing.model.row(Gate.SUBMIT)
        whose = " or ".join(ACTORS[party] for party in row.cells if Letter.R in row.letters(party)) or "nobody"
        reason = f"Held for level 1: by row {row.number} an authorised person of {whose} submits, not the end user."
        return hearing.hold(Gate.SUBMIT, reason)
    if not hearing.has(Gate.SUBMIT, Letter.R):
        return hearing.lacking(Gate.SUBMIT, "R", "open a case")
    if hearing.to_customer:
        return hearing.refuse(Gate.SUBMIT, "A case is submitted to the vendor; this row opens nothing in the customer's system.")
    return hearing.allow(Gate.SUBMIT, f"Submitting a case is for {hearing.actor} to do.")


def _supply(hearing: Hearing) -> Ruling:
    """The vendor opens nothing for the customer, but it may start what is its own to do; then the customer is told."""
    row = hearing.row(Gate.WORK)
    if Kind.SUPPLY not in (row.kind, *row.also):
        return hearing.refuse(Gate.WORK, f"{capital(row.called)}, is nothing that the vendor starts.")
    if not hearing.has(Gate.WORK, Letter.R):
        return hearing.lacking(Gate.WORK, "R", "start it")
    told = hearing.received(TOLD)
    if not told:
        return hearing.refuse(Gate.WORK, f"By {row.short} the customer has no part in it and is not told.")
    return hearing.allow(Gate.WORK, f"{capital(hearing.actor)} starts it, and the customer is told by one ticket.", told)


def _field(hearing: Hearing) -> Ruling:
    unit = hearing.change.unit or "a field"
    if hearing.at_home:
        return hearing.allow(
            Gate.WORK, f"This restores a value that {hearing.actor} set for {unit} in its own system.", OWN_VALUE
        )
    if not hearing.has(Gate.WORK, Letter.A, Letter.R, Letter.S):
        if hearing.change.informs:
            return hearing.allow(Gate.WORK, f"Who submitted the case is shown its {unit}.", SUBMITTER)
        return hearing.lacking(Gate.WORK, "A, R or S", f"change {unit} of a case")
    if hearing.change.unit == PRIORITY:
        return _priority(hearing)
    if hearing.change.unit == CLASS and (step := _classifying(hearing.model)):
        return _class(hearing, step)
    return hearing.allow(
        Gate.WORK, f"Both sides keep an open case up to date; where they differ, the field owner of {unit} decides."
    )


def _classifying(model: OperatingModel) -> FlowRule | None:
    return next((rule for rule in model.flow if rule.then is Then.CLASSIFIES), None)


def _class(hearing: Hearing, step: FlowRule) -> Ruling:
    """The level that classifies says what kind of problem it is; what anybody else makes of it stays on its own side."""
    owners = {owner.party for level in hearing.model.levels if level.id == step.at for owner in level.owner}
    if hearing.change.actor in owners:
        return hearing.allow(Gate.WORK, f"Saying of what class it is, is for {hearing.actor} at level {step.at}.", step.source)
    return hearing.refuse(Gate.WORK, f"Level {step.at} says of what class it is; {hearing.actor} does not.", step.source)


def _priority(hearing: Hearing) -> Ruling:
    model = hearing.model
    if model.setting("priority.authority") == hearing.change.actor.value:
        return hearing.allow(Gate.WORK, f"The priority is for {hearing.actor} to set.", hearing.by_setting("priority.authority"))
    if model.setting("priority.after_vendor_change") == "apply":
        return hearing.allow(
            Gate.WORK, f"A priority changed by {hearing.actor} is applied.", hearing.by_setting("priority.after_vendor_change")
        )
    clause = hearing.by_setting("priority.after_vendor_change")
    reason = f"The new priority of {hearing.actor} is shown as a proposal and stays on its own side; a person decides."
    return hearing.hold(Gate.WORK, reason, clause)


_RULES: dict[Act, Callable[[Hearing], Ruling]] = {
    Act.SUBMIT: _submit,
    Act.SUPPLY: _supply,
    Act.MOVE: judge_move,
    Act.FIELD: _field,
    Act.COMMENT: judge_text,
    Act.FILE: judge_text,
    Act.NOTE: judge_text,
}

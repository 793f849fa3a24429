"""A call joins work of the vendor's that is under way already: by which rule, and by whose right. Pure."""

from __future__ import annotations

from connector.rasci.duties import FlowRule, Then
from connector.rasci.installation import Installation
from connector.rasci.ladder import Gate
from connector.rasci.table import OperatingModel
from connector.words import Facts, Party, Reply, Ruling, Side, Verdict


def joining(model: OperatingModel) -> FlowRule | None:
    """The rule by which a ticket joins a task of the vendor's; None where the model knows none."""
    return next((rule for rule in model.flow if rule.then is Then.JOINS), None)


def comparing(model: OperatingModel) -> FlowRule | None:
    """The rule by which somebody looks for such a task: what was found is to be named."""
    rule = joining(model)
    return next(
        (one for one in model.flow if rule and one.then is Then.COMPARES and (one.at, one.to) == (rule.at, rule.to)), None
    )


def found_by_joining(model: OperatingModel) -> Facts:
    """What somebody found out who joined a task, by the model's own conditions."""
    rule = joining(model)
    return {name: frozenset(values[:1]) for name, values in rule.when.needs.items()} if rule else {}


def right_to_join(model: OperatingModel, installation: Installation | None, rule: FlowRule, reply: Reply) -> tuple[Ruling, Party]:
    """The ruling that lets a person's findings go into a task, and the party whose letters on the vendor's work it names."""
    person = installation.person(reply.by) if installation else None
    party = person.party if person else next(iter(model.staff(Side.CUSTOMER)), Party.CUSTOMER)
    row = model.row(Gate.WORK)
    letters = ",".join(row.letters(party))
    who = person.name if person else reply.by
    return Ruling(Verdict.ALLOW, row.id, row.title, letters, rule.source, f"{who} joins it: {rule.rule}."), party

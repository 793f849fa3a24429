"""Reading a condition: the intake filter, and what topics, facts and evidence ask."""

from __future__ import annotations

from connector.mapping.conditions import OPERATORS, All, AnyOf, ChangedWithin, Condition, Not, Test
from connector.mapping.source import Item, Reader

GROUPS = ("all", "any", "not")
DEPTH = 8


def read_condition(reader: Reader, item: Item, depth: int = 0) -> Condition:
    """A condition on a customer's ticket; one that always holds where it is not accepted."""
    entries = reader.entries(item)
    if depth > DEPTH:
        reader.wrong(item, "the conditions are nested too deeply", f"use at most {DEPTH} levels")
        return All(())
    if "field" in entries:
        return _test(reader, item)
    if set(entries) == {"changed_within_days"}:
        return ChangedWithin(reader.number(entries["changed_within_days"]))
    if len(entries) != 1 or not set(entries) <= set(GROUPS):
        reader.wrong(
            item, "this is no condition", "write {field: NAME, is: VALUE}, {changed_within_days: N}, or one of all, any, not"
        )
        return All(())
    ((group, below),) = entries.items()
    if group == "not":
        return Not(read_condition(reader, below, depth + 1))
    parts = tuple(read_condition(reader, one, depth + 1) for one in reader.items(below))
    if not parts:
        reader.wrong(below, f"{group!r} holds no condition", "add at least one")
    return All(parts) if group == "all" else AnyOf(parts)


def _test(reader: Reader, item: Item) -> Condition:
    parts = dict(reader.table(item, ("field",), OPERATORS))
    name = reader.text(parts.pop("field"), empty=False)
    if len(parts) != 1:
        if len(parts) != len(reader.entries(item)) - 1:
            return All(())  # the unknown operator was reported
        reader.wrong(item, f"a condition on {name!r} needs exactly one operator", f"one of {', '.join(OPERATORS)}")
        return All(())
    ((operator, value),) = parts.items()
    if operator in ("empty", "not_empty"):
        if not reader.truth(value):
            reader.wrong(value, f"'{operator}: no' says the opposite of its name", "use the other operator, with 'yes'")
        return Test(name, operator)
    values = reader.texts(value)
    if not values or (operator not in ("is", "is_not") and "" in values):
        reader.wrong(value, f"{operator!r} needs a value", "name one, or use empty / not_empty")
    if operator in ("is", "is_not") and len(values) > 1:
        reader.wrong(value, f"{operator!r} takes one value", "use in / not_in for several")
    return Test(name, operator, values)

"""Rows that remember what they were, and tables with the indexes that a long replay needs."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence

from connector.sandbox.servicenow_query import Clause, Condition, Group, Query, Values, holds


class Row:
    """One record. ``values`` is its present state; older states are rebuilt from what each change replaced."""

    __slots__ = ("_undo", "born", "gone", "values")

    def __init__(self, values: dict[str, str], born: float = 0.0) -> None:
        self.values = values
        self.born = born
        self.gone: float | None = None
        self._undo: tuple[tuple[float, Values], ...] = ()

    def change(self, new: Mapping[str, str], at: float) -> None:
        """Take new values of some fields at a world time; the present mapping stays as it is for its readers."""
        self._undo += ((at, {name: self.values.get(name, "") for name in new}),)
        self.values = {**self.values, **new}

    def at(self, as_of: float | None) -> Values | None:
        """The values at a world time (None: now), or None where the row did not exist then."""
        if as_of is None:
            return None if self.gone is not None else self.values
        if self.born > as_of or (self.gone is not None and self.gone <= as_of):
            return None
        if not self._undo or self._undo[-1][0] <= as_of:
            return self.values
        out = dict(self.values)
        for at, replaced in reversed(self._undo):
            if at > as_of:
                out.update(replaced)
        return out


class Table:
    """Rows by ``sys_id``, by the values of never changing key fields, and by the times of their changes."""

    def __init__(self, *keys: str) -> None:
        self.rows: dict[str, Row] = {}
        self._keys: dict[str, dict[str, list[Row]]] = {key: {} for key in keys}
        # every time a row ever had, so that an old state is found as well as the present one
        self._times: dict[str, list[tuple[str, str]]] = {"sys_updated_on": [], "sys_created_on": []}

    def add(self, row: Row) -> Row:
        self.rows[row.values["sys_id"]] = row
        for key, index in self._keys.items():
            index.setdefault(row.values[key], []).append(row)
        for name in self._times:
            self._stamp(row, name)
        return row

    def change(self, row: Row, new: Mapping[str, str], at: float) -> None:
        row.change(new, at)
        if "sys_updated_on" in new:
            self._stamp(row, "sys_updated_on")

    def _stamp(self, row: Row, name: str) -> None:
        if value := row.values.get(name):
            insort(self._times[name], (value, row.values["sys_id"]))

    def get(self, sys_id: str, as_of: float | None = None) -> Values | None:
        row = self.rows.get(sys_id)
        return row.at(as_of) if row else None

    def by(self, key: str, value: str) -> list[Row]:
        """The rows, gone ones too, with this value of a key field, oldest first."""
        return self._keys[key].get(value, [])

    def search(self, query: Query, as_of: float | None = None) -> list[Values]:
        found: dict[str, Values] = {}
        for group in query.groups:
            for row in self._candidates(group):
                values = row.at(as_of)
                if values is not None and holds(group, values):
                    found[values["sys_id"]] = values
        return query.sort(list(found.values()))

    def _candidates(self, group: Group) -> Iterable[Row]:
        """The shortest list of rows that holds every match of this group."""
        lists = [rows for clause in group if (rows := self._indexed(clause)) is not None]
        if not lists:
            return self.rows.values()
        return min(lists, key=len)

    def _indexed(self, clause: Clause) -> Sequence[Row] | None:
        if len(clause) != 1:
            return None
        condition = clause[0]
        if condition.path in self._times:
            return self._in_time(condition)
        wanted = {"=": [condition.operand], "IN": condition.operand.split(",")}.get(condition.op)
        if wanted is None:
            return None
        if condition.path == "sys_id":
            return [self.rows[sys_id] for sys_id in dict.fromkeys(wanted) if sys_id in self.rows]
        index = self._keys.get(condition.path)
        return None if index is None else [row for value in dict.fromkeys(wanted) for row in index.get(value, ())]

    def _in_time(self, condition: Condition) -> Sequence[Row] | None:
        times = self._times[condition.path]
        if condition.op not in (">", ">=", "=", "BETWEEN"):
            return None
        low, _, high = condition.operand.partition("@")
        start = bisect_left(times, (low,))
        end = len(times) if condition.op in (">", ">=") else bisect_left(times, (high or low, "~"))
        return [self.rows[sys_id] for sys_id in dict.fromkeys(sys_id for _, sys_id in times[start:end])]

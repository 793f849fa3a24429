"""Statements of the hot path: written in SQLAlchemy Core like all others, compiled once, sent as text from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.sql.expression import ClauseElement

Values = Mapping[str, Any]
"""Parameters by name: text and numbers only, which both drivers take and give as they are."""


class Prepared:
    """One statement, the same for both engines.

    SQLAlchemy caches what it compiles, but to look it up it walks the whole statement and coerces every value: several
    times what SQLite takes to run it.

    :param columns: of an INSERT or UPDATE, those that are set from parameters of their names (INSERT: else all).
    """

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, tuple[str, Callable[[Values], Any]]] = {}

    def run(self, connection: Connection, values: Values) -> CursorResult[Any]:
        """Execute it once. Every parameter that the statement leaves open must be in ``values`` (KeyError)."""
        text, arranged = self._for(connection)
        return connection.exec_driver_sql(text, arranged(values))

    def each(self, connection: Connection, rows: Sequence[Values]) -> int:
        """Execute it for every row, and say how many rows of the table that touched in all."""
        if not rows:
            return 0
        text, arranged = self._for(connection)
        return connection.exec_driver_sql(text, [arranged(values) for values in rows]).rowcount

    def _for(self, connection: Connection) -> tuple[str, Callable[[Values], Any]]:
        dialect = connection.dialect
        if dialect.name not in self._compiled:
            compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
            constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
            self._compiled[dialect.name] = str(compiled), _arranged(constants, compiled.positiontup)
        return self._compiled[dialect.name]


def _arranged(constants: Values, order: Sequence[str] | None) -> Callable[[Values], Any]:
    """What brings parameters into the shape that the driver wants: by name (no ``order``) or in their places."""
    if order is None:
        return lambda values: {**constants, **values}
    if len(order) == 1:
        return lambda values: ({**constants, **values}[order[0]],)
    in_place = itemgetter(*order)
    return lambda values: in_place({**constants, **values})

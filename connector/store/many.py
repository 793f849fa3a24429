"""One statement for many rows, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.abc import Params, Query


class Cursor(psycopg.Cursor[Any]):
    """A cursor for one statement, which sends all rows of an ``executemany`` in one message.

    Then the server waits for the next message as after any statement, for no longer than its
    ``idle_in_transaction_session_timeout``. The driver's own way ends with a Flush behind the Sync: every message that the
    server reads stops that clock, and what follows a Sync alone starts it again. Whoever froze or was cut off just then
    kept his locks from all others for as long as that lasted.
    """

    _touched: int | None = None

    def executemany(self, query: Query, params_seq: Iterable[Params], *, returning: bool = False) -> None:  # noqa: ARG002 - as the driver's
        """What the statements return is not kept; ``rowcount`` is that of all."""
        bound = psycopg.ClientCursor(self.connection)
        self.execute("; ".join(bound.mogrify(query, row) for row in params_seq).encode(), prepare=False)
        touched = super().rowcount
        while self.nextset():
            touched += super().rowcount
        self._touched = touched

    @property
    def rowcount(self) -> int:
        return super().rowcount if self._touched is None else self._touched

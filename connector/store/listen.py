"""Hints that reach every process at once: PostgreSQL's NOTIFY, heard by one thread on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

PATIENCE = 0.5
"""Seconds after which a listener looks whether it should end."""

AGAIN = 2.0
"""Seconds between two attempts to reach a server that is away."""

log = structlog.get_logger()


class Listener:
    """Calls ``wake`` at every notice, from a thread of its own, until ``close``.

    A notice may be missed while the server is out of reach, so whoever listens also looks by itself now and
    then; ``wake`` is called once whenever the connection stands (again).
    """

    def __init__(self, engine: Engine, channel: str, wake: Callable[[], None]) -> None:
        self._engine = engine
        self._channel = channel
        self._wake = wake
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listen", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(10 * PATIENCE)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._listen()
            except (psycopg.Error, SQLAlchemyError) as error:
                log.warning("listening_interrupted", reason=str(error), again_s=AGAIN)
                self._over.wait(AGAIN)

    def _listen(self) -> None:
        with _connection(self._engine) as connection:
            connection.execute(f"LISTEN {self._channel}".encode())
            self._wake()
            while not self._over.is_set():
                for _ in connection.notifies(timeout=PATIENCE, stop_after=1):
                    self._wake()


def _connection(engine: Engine) -> psycopg.Connection[object]:
    """One outside the pool, made as the pool makes them."""
    pooled = engine.raw_connection()
    own = pooled.driver_connection
    pooled.detach()
    if not isinstance(own, psycopg.Connection):
        raise TypeError(f"{type(own).__name__} cannot listen")
    own.autocommit = True  # a notice arrives between transactions only
    return own

"""Proves the remote systems of a connection: the same check before the daemon begins and for ``connector check``."""

from __future__ import annotations

from adapters.base import Problem, Trouble
from connector.daemon import logs
from connector.sync.connection import Connection
from connector.words import Side


def live(connection: Connection) -> list[Problem]:
    """What both systems lack for this connection; a system that does not answer is a problem too."""
    return [problem for side in Side for problem in _side(connection, side)]


def _side(connection: Connection, side: Side) -> list[Problem]:
    place = f"{connection.name}.{side}"
    try:
        found = connection.adapters[side].check(connection.mapping.uses(side))
    except Trouble as error:
        return [Problem(place, str(error), "check address, account and network; it is tried again by itself")]
    except Exception as error:  # noqa: BLE001 - a check ends with an answer, whatever a system sent
        logs.get().exception("check_crashed", connection=connection.name, side=side.value)
        return [Problem(place, f"the check failed: {type(error).__name__}: {error}", "see the log; please report it")]
    return [Problem(f"{place} {problem.place}", problem.message, problem.remedy) for problem in found]

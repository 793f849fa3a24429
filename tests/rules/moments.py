"""The worst moments: a worker that stands still around a commit, a process that dies after one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
from sqlalchemy import event

from tests.simulation.play import Crash
from tests.simulation.trouble_desk import Desk


def stand_still(desk: Desk, seconds: float, *, announced: bool) -> None:
    """Once, our worker stands still around the announcement of its next call, while another one takes the bond over.

    :param announced: after the intent was committed, else just before.
    """
    seen: list[str] = []

    def look() -> None:
        seen.append(_who_looks())
        here = seen[-3:-1] == ["_announce_and_send", "transaction"] if announced else seen[-1] == "_announce_and_send"
        if here:
            desk.rig.clock.on_look = lambda: None
            desk.rig.clock.advance(seconds)
            mine, desk.rig.worker = desk.rig.worker, "other"
            desk.rig.turn()
            desk.rig.worker = mine

    desk.rig.clock.on_look = look


def _who_looks() -> str:
    frame: FrameType | None = sys._getframe(2)
    while frame and frame.f_code.co_name == "__call__":  # one clock asks the other
        frame = frame.f_back
    return frame.f_code.co_name if frame else ""


@contextmanager
def dying_after_commit(desk: Desk, number: int) -> Iterator[None]:
    """The process dies when it looks at the clock after that commit from now on (1: the next); it is back a minute later.

    Only commits that changed something count.
    """
    changed, done = [False], [0]

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        changed[0] |= statement.startswith(("INSERT", "UPDATE", "DELETE"))

    def count(_connection: object) -> None:
        done[0] += changed[0]
        changed[0] = False

    def die() -> None:
        if done[0] >= number:
            raise Crash

    engine = desk.rig.store.db.engine
    event.listen(engine, "after_cursor_execute", note)
    event.listen(engine, "commit", count)
    desk.rig.clock.on_look = die
    try:
        with pytest.raises(Crash):
            yield
    finally:
        event.remove(engine, "after_cursor_execute", note)
        event.remove(engine, "commit", count)
        desk.rig.clock.on_look = lambda: None
    desk.rig.clock.advance(60)
    desk.restart()

"""The simulation's own time: what it gets wrong would be taken for a fault of the product, or hide one."""

from __future__ import annotations

from tests.simulation.play import Play, draw
from tests.simulation.rig import Rig


def test_what_was_delayed_arrives_when_its_time_has_come_and_not_when_somebody_looks() -> None:
    rig = Rig(1)
    play = Play(rig, draw(1))
    landed: list[float] = []
    rig.world.later(lambda: landed.append(rig.clock.now))
    began = rig.clock.now
    play.wait(45.0)
    assert rig.clock.now == began + 45.0
    (at,) = landed
    assert at - began <= rig.world.late_after[1] + 1.0

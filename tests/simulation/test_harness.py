"""The simulation's own time: what it gets wrong would be taken for a fault of the product, or hide one."""

from __future__ import annotations

from tests.simulation.play import Play, draw
from tests.simulation.rig import START, Rig


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


def test_a_clock_that_jumped_is_read_in_the_worlds_time() -> None:
    rig = Rig(1)
    rig.wall.ahead = -40.0
    seen = []
    for jump in (0.0, 5.0, -3.0, 8.0):
        rig.wall.jump(jump)
        rig.clock.advance(10.0)
        seen.append((rig.wall(), rig.clock.now))
        rig.clock.advance(10.0)
    assert [rig.wall.world(shown) for shown, _ in seen] == [world for _, world in seen]
    assert rig.wall.world(START - 40.0) == START

"""The last word on two tickets whose exchange a person ended."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.base import Gone, Trouble
from connector.store.tables import NEVER
from connector.sync import items
from connector.sync.deliver import Delivery
from connector.sync.linking import FAREWELL
from connector.sync.recognise import recognise
from connector.sync.scene import Scene
from connector.words import Side


def farewell(delivery: Delivery, scene: Scene, troubles: Mapping[Side, Trouble]) -> float:
    """Write what is left of the last notes, and nothing else; returns when the bond is due again.

    A ticket that is gone needs no note. Raises what :meth:`Delivery.run` raises, and other troubles with a read.
    """
    for trouble in troubles.values():
        if not isinstance(trouble, Gone):
            raise trouble
    recognise(scene)
    for side in Side:
        if side in scene.snapshots:
            delivery.run(scene, [e for e in items.notes(scene, side) if str(e.detail["topic"]).startswith(FAREWELL)])
    return NEVER if scene.wait_until is None else scene.wait_until

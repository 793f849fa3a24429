"""A task that was only joined gets what somebody chose for it, and the oracle finds out a product that gives it more (004, step 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from connector.sync import items, joining
from connector.sync.scene import Scene
from connector.words import Effect, Side
from tests.installed.house import LENA, VERA
from tests.installed.places import WorkcubeHouse
from tests.simulation.run import forbidden_writes


def life() -> Iterator[str]:
    """A ticket joins a task; people say and attach this and that. What the oracle says of all that we wrote."""
    house = WorkcubeHouse()
    task = house.portal.create("piet.other", {"Title": "totals", "Body": "off by one"})
    number = house.portal.ticket(task).number
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.customer.comment(ref, LENA, "dear caller, we look at it", public=True)
    house.customer.attach(ref, LENA, "sum.log", b"7")
    house.notes(ref, f"[vendor] of another matter\n#connector join {number} only with a tax of 7")
    house.wait()
    house.portal.comment(task, VERA, "mended in 8.2", public=True)
    house.portal.comment(task, VERA, "of the trade", public=False)
    house.portal.edit(task, VERA, {"State": "closed successful"})
    house.wait(60.0)
    assert "only with a tax of 7" in str([item.text for item in house.portal.ticket(task).comments if item.ours])
    assert "mended in 8.2" in str(house.told(ref))
    return (str(one) for one in forbidden_writes(house.rig))


def test_what_the_product_does_is_allowed() -> None:
    assert list(life()) == []


def _also(more: Callable[[Scene], list[Effect]]) -> Any:
    own = joining.effects
    return patch.object(joining, "effects", lambda scene: [*more(scene), *own(scene)])


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        (lambda scene: items.comments(scene, Side.VENDOR), "only chosen findings"),
        (lambda scene: items.files(scene, Side.VENDOR), "only chosen findings"),
    ],
    ids=["comments", "files"],
)
def test_whatever_else_goes_there_is_found_out(more: Callable[[Scene], list[Effect]], rule: str) -> None:
    with _also(more):
        found = list(life())
    assert any(f"forbidden ({rule})" in one for one in found)

"""Every scene, under the model of its document, ends as the document says."""

from __future__ import annotations

import pytest

from tests.models.named import shipped
from tests.scenes import dialogue_cloud, implementation, partner, workcube, wsp
from tests.scenes.asking import Scene

SCENES: dict[str, list[Scene]] = {
    "anywhere365-wsp": wsp.SCENES,
    "anywherenow-implementation": implementation.SCENES,
    "anywhere365-dialogue-cloud": dialogue_cloud.SCENES,
    "anywhere365-partner-on-premises": partner.SCENES,
    "workcube": workcube.SCENES,
}


@pytest.mark.parametrize(
    ("model", "scene"), [pytest.param(model, one, id=f"{model}: {one.name}") for model, of in SCENES.items() for one in of]
)
def test_it_ends_as_the_document_says(model: str, scene: Scene) -> None:
    assert scene.asked(shipped(model)) == scene.answer


@pytest.mark.parametrize("model", SCENES)
def test_no_scene_is_told_twice(model: str) -> None:
    names = [scene.name for scene in SCENES[model]]
    assert sorted(names) == sorted(set(names))

"""A program: says in one line for each drawn scene what was planned for it, as two hashes. See ``test_hash_seed``."""

from __future__ import annotations

import hashlib
import sys

from hypothesis import given

from connector.sync.plan import make_plan
from connector.sync.scene import Scene
from tests.laws.scenes import fresh, wild
from tests.laws.world import LAW


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


@LAW
@given(wild())
def say(scene: Scene) -> None:
    drawn = _hash(f"{scene!r} {scene.mapping.comment_after_close} {scene.model.settings} {scene.abilities}")
    scene = fresh(scene)
    effects = make_plan(scene)
    sys.stdout.write(f"{drawn} {_hash(f'{effects} {scene.facts} {scene.bond} {scene.wait_until}')}\n")


if __name__ == "__main__":
    say()

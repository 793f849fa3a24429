"""Three ways to break the engine, for tests only: a judge that finds nothing in them would prove nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any, BinaryIO
from unittest.mock import patch

from adapters.base import Adapter, Answer, Snapshot, Write
from connector.store.records import Intent
from connector.sync.deliver import Delivery
from connector.sync.scene import Scene
from connector.words import Change, Ruling, Verdict


def echo_off() -> AbstractContextManager[Any]:
    """Our own texts count as somebody's: they travel back."""
    from connector.sync import batch, reading  # noqa: PLC0415 - broken only here

    def deaf(adapter: Adapter, refs: Sequence[str]) -> dict[str, Any]:
        found = whole(adapter, refs)
        return {ref: _nobody(s) if isinstance(s, Snapshot) else s for ref, s in found.items()}

    whole = reading.read_all
    return patch.object(batch, "read_all", deaf)


def _nobody(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, comments=tuple(replace(c, by_us=False, marker="") for c in snapshot.comments))


@contextmanager
def gate_off() -> Any:
    """Every change is allowed."""

    def yes(_model: object, _change: Change) -> Ruling:
        return Ruling(Verdict.ALLOW, "none", "the gate is off", "", "nowhere", "broken on purpose")

    with ExitStack() as stack:
        for module in ("plan", "items", "birth"):
            stack.enter_context(patch(f"connector.sync.{module}.judge", yes))
        yield


class _Early(Delivery):
    """Moves the bases when the intent is announced instead of when the call is answered."""

    def announce_and_send(self, scene: Scene, intent: Intent, write: Write, content: BinaryIO | None = None) -> Answer | None:
        for name, unit in intent.units.items():
            state = scene.bond.unit(name)
            state.base[intent.side] = unit.target
            if unit.source is not None:
                state.base[intent.side.other] = unit.source
        return super().announce_and_send(scene, intent, write, content)


def base_early() -> AbstractContextManager[Any]:
    return patch("connector.sync.one_pass.Delivery", _Early)


SWITCHES: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "echo rule off": echo_off,
    "gate off": gate_off,
    "base moved early": base_early,
}

"""Every scenario by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.crash.stage import Also, CrashRig, Scenario, Script, Stage

SCENARIOS: dict[str, Scenario] = {}


def scenario(
    *,
    rig: type[CrashRig] = CrashRig,
    replicas: int = 1,
    also: tuple[Also, ...] = (),
    anywhere: bool = False,
    needs: tuple[str, ...] = (),
) -> Callable[[Callable[[Stage], Script]], Callable[[Stage], Script]]:
    """Register a script under its function's name. The parameters are those of :class:`Scenario`."""

    def register(script: Callable[[Stage], Script]) -> Callable[[Stage], Script]:
        name = script.__name__
        if name in SCENARIOS:
            raise ValueError(f"two scenarios are called {name}")
        SCENARIOS[name] = Scenario(name, script, rig, replicas, also, anywhere, frozenset(needs))
        return script

    return register

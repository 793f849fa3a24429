"""What the list of safety rules is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.rules.switches import Switch


@dataclass(frozen=True)
class Rule:
    """One safety rule. ``given``: the values with which the test is called, those that are classes made anew."""

    switch: Callable[[], Switch]
    says: str
    place: str
    test: Callable[..., None]
    given: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        return self.switch.__name__


@dataclass(frozen=True)
class Chapter:
    title: str
    rules: tuple[Rule, ...]

"""An adapter behind the gate of its system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, TypeVar

from adapters.base import Adapter, Answer, Change, Event, Native, Page, Problem, Snapshot, Trouble, Uses, Write
from connector.sync.gate import Gate

T = TypeVar("T")


class Limited(Adapter):
    """The same adapter; each of its calls waits for a place, and its outcome sets the pace of the next ones.

    Every call may raise :class:`connector.sync.gate.Spared` instead of being made.
    """

    def __init__(self, adapter: Adapter, gate: Gate) -> None:
        self._adapter = adapter
        self._gate = gate

    def __getattr__(self, name: str) -> Any:
        """What is no call: name, capabilities (they are learned, so they are asked for each time)."""
        return getattr(self._adapter, name)

    def check(self, uses: Uses) -> list[Problem]:
        return self._call(lambda: self._adapter.check(uses))

    def changed_since(self, cursor: str | None) -> Page:
        return self._call(lambda: self._adapter.changed_since(cursor))

    def read(self, refs: Sequence[str]) -> dict[str, Snapshot]:
        return self._call(lambda: self._adapter.read(refs))

    def find(self, marker: str) -> list[str]:
        return self._call(lambda: self._adapter.find(marker))

    def history(self, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        return self._call(lambda: self._adapter.history(refs))

    def send(self, write: Write, expected: int | None = None, content: BinaryIO | None = None) -> Answer:
        return self._call(lambda: self._adapter.send(write, expected, content))

    def open_attachment(self, ref: str, attachment: str) -> BinaryIO:
        return self._call(lambda: self._adapter.open_attachment(ref, attachment))

    def unseen(self, refs: Sequence[str]) -> frozenset[str]:
        return self._call(lambda: self._adapter.unseen(refs))

    def identity(self) -> str:
        return self._call(self._adapter.identity)

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        return self._call(lambda: self._adapter.resolve(names))

    def cursor_at(self, since: float) -> str:
        return self._adapter.cursor_at(since)

    def split(self, change: Change) -> list[Write]:
        return self._adapter.split(change)

    def saves(self, units: Mapping[str, Native]) -> Sequence[Mapping[str, Native]]:
        return self._adapter.saves(units)

    def normal(self, field_name: str, value: str) -> str:
        return self._adapter.normal(field_name, value)

    def hasten(self) -> None:
        self._adapter.hasten()

    def close(self) -> None:
        self._adapter.close()

    def _call(self, call: Callable[[], T]) -> T:
        with self._gate.place() as epoch:
            try:
                answer = call()
            except Trouble as trouble:
                self._gate.note(epoch, trouble)
                raise
            self._gate.note(epoch, None)
            return answer

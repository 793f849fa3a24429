"""The status unit: native states are read as phases, and phases are written as native states, by two tables a side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.mapping.results import Carry, Translation
from connector.mapping.units import Normal, Normals, either_way, nothing, unmapped
from connector.words import Native, Phase, Side


@dataclass(frozen=True)
class When:
    """Native values by field: all fields must hold one of their values."""

    allowed: Mapping[str, frozenset[str]]

    def matches(self, native: Native, normal: Normal) -> bool:
        return all(
            normal(name, native.get(name, "")) in {normal(name, value) for value in values}
            for name, values in self.allowed.items()
        )

    def covers(self, other: When) -> bool:
        """Whether whatever matches ``other`` matches this too."""
        return all(name in other.allowed and other.allowed[name] <= values for name, values in self.allowed.items())


@dataclass(frozen=True)
class Read:
    """One row: what a native state says. No phase and no ``unmapped``: it says nothing about the case."""

    when: When
    phase: Phase | None
    because: str
    unmapped: bool = False


@dataclass(frozen=True)
class Write:
    """What a phase of the other side does here: set ``value``, unless one of ``keep`` stands; without a value, nothing."""

    value: Native | None
    keep: tuple[When, ...] = ()
    because: str = ""
    unmapped: bool = False


@dataclass(frozen=True)
class States:
    """One side's status."""

    fields: tuple[str, ...]
    reads: tuple[Read, ...]
    writes: Mapping[Phase, Write]

    def read(self, native: Native, normal: Normal) -> Read | None:
        return next((row for row in self.reads if row.when.matches(native, normal)), None)

    def written(self) -> frozenset[str]:
        return frozenset(name for write in self.writes.values() for name in write.value or ())

    def choices(self) -> dict[str, frozenset[str]]:
        """The values that the tables name, of the fields that are read; an empty one is no choice."""
        found: dict[str, set[str]] = {name: set() for name in self.fields}
        for row in self.reads:
            for name, values in row.when.allowed.items():
                found[name] |= values
        for write in self.writes.values():
            for name, value in (write.value or {}).items():
                found.get(name, set()).add(value)
        return {name: frozenset(values - {""}) for name, values in found.items()}


@dataclass(frozen=True)
class StatusUnit:
    owner: Side
    sides: Mapping[Side, States]
    notifying: tuple[When, ...]  # customer states that mail the caller or start an automatic close
    place: str
    sources: frozenset[Side] = frozenset(Side)
    name: str = "status"

    def reads(self, side: Side) -> tuple[str, ...]:
        return self.sides[side].fields

    def writes(self, side: Side) -> frozenset[str]:
        return self.sides[side].written() if side.other in self.sources else frozenset()

    def choices(self, side: Side) -> Mapping[str, frozenset[str]]:
        return self.sides[side].choices()

    def phase(self, side: Side, native: Native, normals: Normals) -> Phase | None:
        row = self.sides[side].read(native, normals[side])
        return row.phase if row else None

    def translate(self, source: Side, native: Native, target_now: Native | None, normals: Normals) -> Translation:
        row = self.sides[source].read(native, normals[source])
        if row is None or row.unmapped:
            return unmapped(self._unknown(source, native, row))
        if row.phase is None:
            return nothing(row.because or f"{_said(native)} says nothing to the {source.other}")
        return self._write(source.other, row.phase, target_now, normals)

    def _unknown(self, side: Side, native: Native, row: Read | None) -> str:
        if row and row.because:
            return row.because
        return f"{_said(native)} has no row in {self.place}.{side}.read"

    def _write(self, target: Side, phase: Phase, target_now: Native | None, normals: Normals) -> Translation:
        write = self.sides[target].writes[phase]
        if write.unmapped:
            return unmapped(write.because or f"phase {phase} has no state in {self.place}.{target}.write")
        if write.value is None:
            return nothing(write.because or f"phase {phase} changes nothing on the {target} side")
        if target_now is not None and any(when.matches(target_now, normals[target]) for when in write.keep):
            return nothing(
                f"{_said(target_now)} stays as it is when the {target.other} is at {phase} ({self.place}.{target}.write)"
            )
        return Translation(Carry.VALUE, write.value)

    def same(self, customer: Native, vendor: Native, normals: Normals) -> bool:
        mine, theirs = self.phase(Side.CUSTOMER, customer, normals), self.phase(Side.VENDOR, vendor, normals)
        if mine is not None and mine is theirs:
            return True
        if (mine, theirs) == (Phase.WORKING, Phase.NEW):  # handed over and not taken up yet: the vendor has it in both
            return True
        return either_way(self, customer, vendor, normals)

    def notifies(self, native: Native, normal: Normal) -> bool:
        return any(when.matches(native, normal) for when in self.notifying)


def _said(native: Native) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in native.items())

"""Processes as the kernel sees them: processor time and memory, asked from outside."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu(pid: int) -> float:
    """Seconds of processor time of all threads so far; the kernel counts in steps of 10 ms."""
    user, system, _, _ = _times(pid)
    return user + system


def family_cpu(pid: int) -> float:
    """Seconds of a process and all its children, those that have ended included."""
    return sum(_times(pid)) + sum(cpu(child) for child in _children(pid))


def memory(pid: int, which: str = "VmHWM") -> float:
    """MB: the most so far (``VmHWM``) or now (``VmRSS``)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(which)


def machine_cpu() -> float:
    """Seconds of all processors, whoever took them: what is more than the parts is somebody else's work."""
    fields = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()
    user, nice, system, _idle, _waiting, *interrupts = (int(field) for field in fields[1:8])
    return (user + nice + system + sum(interrupts)) * _TICK


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


class Meter:
    """How many processors each part kept busy between ``start`` and ``stop``.

    :param parts: what tells the processor seconds of a part so far, by name.
    """

    def __init__(self, parts: Mapping[str, Callable[[], float]]) -> None:
        self._parts = parts
        self._before: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._seconds = 0.0

    def start(self) -> None:
        self._seconds = -time.monotonic()
        self._before = {name: used() for name, used in self._parts.items()}

    def stop(self) -> None:
        self._seconds += time.monotonic()
        self._used = {name: used() - self._before[name] for name, used in self._parts.items()}

    def shares(self) -> dict[str, float]:
        return {name: used / self._seconds for name, used in self._used.items()}


def _times(pid: int) -> tuple[float, float, float, float]:
    """User, system, and both of the children that have ended."""
    user, system, users, systems = (int(field) * _TICK for field in _fields(pid)[11:15])
    return user, system, users, systems


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_fields(int(entry.name))[1])
            except OSError:  # it ended meanwhile
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def _fields(pid: int) -> list[str]:
    # After the name, which may hold blanks and brackets of its own.
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()

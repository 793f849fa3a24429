"""Programs that others wrote: where ``.ci/real`` puts them, and a server that runs as long as a block lasts."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

_START_BY = 30.0  # seconds


class NotInstalled(Exception):
    """``str()`` says what is missing."""


def home_of(variable: str, name: str) -> Path:
    """Where a program lies: where the variable says, else in the cache; it need not be there."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get(variable) or Path(cache) / "ticket-connector" / name)


@contextmanager
def serving(line: Sequence[str], answers_at: str, log: Path, surroundings: Mapping[str, str] | None = None) -> Iterator[None]:
    """The server that this line starts, for as long as the block lasts.

    :raises TimeoutError: it ended, or does not answer; with the end of its log.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            line, stdout=out, stderr=out, start_new_session=True, env={**os.environ, **(surroundings or {})}
        )
        try:
            _wait(answers_at, process, log)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_BY
    while True:
        try:
            requests.get(url, timeout=10)
        except requests.ConnectionError:
            if time.monotonic() > until or process.poll() is not None:
                raise TimeoutError(f"{url} does not answer: {log.read_text()[-2000:]}") from None
            time.sleep(0.1)
        else:
            return

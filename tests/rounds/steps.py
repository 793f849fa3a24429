"""The daemon, which can be hit at the one moment that nobody outside sees: its intent is committed, its call not yet begun.

Started as ``python -m tests.rounds.steps FILE`` and the product's own arguments; nothing of the product is changed. Python
itself tells of every ``http.client.send`` before the first byte goes. Once FILE is there, which holds the number of a signal,
the next write of any process that watches it takes it, as FILE.PID, and sends the signal to that process.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

from connector.cli.main import main

_WRITE = re.compile(
    rb"^(PATCH|PUT|DELETE) |^POST /api/now/|^SOAPAction: [^\r]*Ticket(Create|Update)\b", re.MULTILINE | re.IGNORECASE
)


def _watch(file: Path) -> None:
    taken = file.with_suffix(f".{os.getpid()}")

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event == "http.client.send" and file.exists() and isinstance(args[1], bytes) and _WRITE.search(args[1]):
            _hit(file, taken)

    sys.addaudithook(hook)


def _hit(file: Path, taken: Path) -> None:
    try:
        signal = int(file.read_text(encoding="utf-8"))
        file.rename(taken)  # from now on the other end may remove it
    except FileNotFoundError:  # another call was a moment earlier
        return
    os.kill(os.getpid(), signal)
    time.sleep(0.01)  # the signal reaches every thread before this one goes on


if __name__ == "__main__":
    _watch(Path(sys.argv.pop(1)))
    main()

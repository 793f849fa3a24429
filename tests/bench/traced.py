"""The daemon with a count of what it asks of SQLite: a trace in the driver, nothing of the product changed.

Started as ``python -m tests.bench.traced FILE`` and the product's own arguments. At SIGUSR1 it writes the counts so far
to the file, by the first word of each statement.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from connector.cli.main import main

_counts: Counter[str] = Counter()


class _Traced(sqlite3.Connection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_trace_callback(_count)


def _count(statement: str) -> None:
    words = statement.split(None, 2)
    _counts[" ".join(words[:2]) if words[0] == "BEGIN" else words[0]] += 1


def _tell(file: Path) -> None:
    whole = file.with_suffix(".new")
    whole.write_text(json.dumps(_counts), encoding="utf-8")
    whole.rename(file)


def _start(file: Path) -> None:
    real = sqlite3.dbapi2.connect
    sqlite3.dbapi2.connect = lambda *args, **kwargs: real(*args, **{"factory": _Traced, **kwargs})
    signal.signal(signal.SIGUSR1, lambda *_: _tell(file))
    main()


if __name__ == "__main__":
    _start(Path(sys.argv.pop(1)))

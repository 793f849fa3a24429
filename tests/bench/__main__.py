"""``python -m tests.bench [NAME…] [--quick] [--json FILE] [--markdown FILE]``: measure, and print one table.

Nothing fails by time: the exit code is 1 only where something could not be measured.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.bench import burst, database, idle, kernel, latency, memory, replicas, sweep, webhook
from tests.bench.lab import Lab
from tests.bench.table import Line, show, to_json, to_markdown

SCENARIOS: dict[str, Callable[[Lab], Iterator[Line]]] = {
    "burst": burst.lines,
    "latency": latency.lines,
    "webhook": webhook.lines,
    "sweep": sweep.lines,
    "idle": idle.lines,
    "memory": memory.lines,
    "database": database.lines,
    "replicas": replicas.lines,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the product beside a bare minimum.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which scenarios; all where none is named: {', '.join(SCENARIOS)}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer bonds: shows that all works, the figures say little")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there as docs/measurements.md has it")
    told = parser.parse_args()
    unknown = set(told.names) - set(SCENARIOS)
    if unknown:
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends with us
    found, failed = _measure(told.names or list(SCENARIOS), quick=told.quick)
    machine = f"{kernel.cores()} cores"
    show(found, f"{machine}{', quick' if told.quick else ''}")
    if told.json:
        told.json.write_text(to_json(found, machine), encoding="utf-8")
    if told.markdown:
        told.markdown.write_text(to_markdown(found), encoding="utf-8")
    return 1 if failed else 0


def _measure(names: list[str], *, quick: bool) -> tuple[list[Line], list[str]]:
    found: list[Line] = []
    failed = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="connector-bench-")))
        lab = Lab(folder, stack, quick=quick)
        for name in names:
            began = time.monotonic()
            try:
                for line in SCENARIOS[name](lab):
                    found.append(line)
                    _progress(f"{name}: {line.what}: {line.measured:.3g} {line.unit}")
            except Exception:  # noqa: BLE001 - one scenario that cannot be measured does not keep the others
                traceback.print_exc()
                failed.append(name)
            _progress(f"{name}: {'FAILED' if name in failed else 'done'} after {time.monotonic() - began:.0f} s")
    return found, failed


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())

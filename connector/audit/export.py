"""The audit as JSON Lines, for an auditor to keep and to verify without the connector's database.

The first line says what the file is; then come the checkpoints, the ends of the chains, the records with their
contents, and contents without a record if there are any: the order in which they are verified.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from typing import Any, TextIO

from connector.audit.record import Checkpoint, Content, Head, Record
from connector.audit.verify import Problem, Reader, Report, Verifier

FORMAT = 1


def export(reader: Reader, out: TextIO, at: float) -> int:
    """Write everything to ``out``, line by line, and return the number of lines. ``at``: now, in seconds."""
    header = {"type": "export", "format": FORMAT, "at": at}
    count = 0
    for line in chain([header], _lines(reader)):
        out.write(json.dumps(line, default=_strange) + "\n")
        count += 1
    return count


def verify_export(lines: Iterable[str], anchor: str = "") -> Report:
    """Verify an export line by line, as ``verify`` does a store. A line that cannot be read is a problem of its own."""
    verifier = Verifier(anchor)
    unreadable = []
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            _take(verifier, json.loads(line), first=number == 1)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            unreadable.append(Problem("", 0, f"line {number} of the export cannot be read: {error!r}"))
    if not number:
        unreadable.append(Problem("", 0, "the export is empty"))
    report = verifier.finish()
    report.problems[:0] = unreadable
    return report


def _lines(reader: Reader) -> Iterator[dict[str, Any]]:
    yield from ({"type": "checkpoint", **asdict(checkpoint)} for checkpoint in reader.checkpoints())
    yield from ({"type": "head", **asdict(head)} for head in reader.heads())
    yield from ({"type": "record", **asdict(record)} for record in reader.records())
    yield from ({"type": "stray", "bond": bond, "n": n} for bond, n in reader.strays())


def _strange(value: object) -> dict[str, str]:
    """What SQLite held in a column of text, JSON cannot say: it stays something that no reader takes for text."""
    return {"unreadable": repr(value)}


def _take(verifier: Verifier, line: dict[str, Any], *, first: bool) -> None:
    what = line.pop("type")
    if first != (what == "export"):
        raise ValueError("the first line, and no other, says what the file is")
    if first and line["format"] != FORMAT:
        raise ValueError(f"format {line['format']} is unknown")
    if not first:
        _TAKERS[what](verifier, line)


def _take_record(verifier: Verifier, line: dict[str, Any]) -> None:
    content = line.pop("content")
    verifier.record(Record(**line, content=None if content is None else Content(**content)))


_TAKERS: dict[str, Callable[[Verifier, dict[str, Any]], None]] = {
    "checkpoint": lambda verifier, line: verifier.checkpoint(Checkpoint(**line)),
    "head": lambda verifier, line: verifier.head(Head(**line)),
    "record": _take_record,
    "stray": lambda verifier, line: verifier.stray(line["bond"], line["n"]),
}

"""Tasks of the vendor's that an incident joined: what people chose by a line for such a task may stand there once, and nothing else.

A line is ``#connector join NUMBER words`` in a work note; who may write one the scenario knows, not the judge.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from connector.sandbox.core import Deed
from connector.sandbox.judge_docket import Court
from connector.sandbox.judge_table import Finding
from connector.sandbox.judge_text import squeeze

_PARTS = 3  # #connector, join, the task's number; then the words


def joined(court: Court) -> dict[str, list[str]]:
    """By the ref of a task, what people wrote for it."""
    numbers = {case.number: case.ref for case in court.cases.values()}
    found: dict[str, list[str]] = defaultdict(list)
    for (system, _), deeds in court.deeds.items():
        for deed in deeds if system == court.table.customer else ():
            for number, words in _lines(deed):
                if number in numbers:
                    found[numbers[number]].append(words)
    for ref in list(found):
        for later in _became(court, ref):
            found[later] = found[later] + found[ref]
    return found


def _lines(deed: Deed) -> Iterator[tuple[str, str]]:
    if deed.ours or deed.what != "comment" or deed.public:
        return
    for line in (deed.new or "").splitlines():
        words = line.split(maxsplit=_PARTS)
        if len(words) >= _PARTS and [word.casefold() for word in words[:2]] == ["#connector", "join"]:
            yield words[2].rstrip(":,;."), squeeze("".join(words[_PARTS:]))


def _became(court: Court, ref: str) -> list[str]:
    found = [ref]
    for one in found:
        found += [deed.new for deed in court.case_deeds(one) if deed.what == "merge" and deed.new and deed.new not in found]
    return found[1:]


def judge_joined(court: Court, own: Iterable[str]) -> Iterator[Finding]:
    """:param own: refs of the cases that incidents have: what we write there is judged with them."""
    chosen, cases = joined(court), set(own)
    for ref, words in chosen.items():
        mine = [deed for deed in court.case_deeds(ref) if deed.ours and not deed.again]
        number = court.cases[ref].number if ref in court.cases else ref
        for deed in mine if ref not in cases else ():
            if deed.what != "comment" or deed.public or not any(one and one in squeeze(deed.new or "") for one in words):
                yield Finding("violations", number, f"our user did a {deed.what} on a task that was only joined: {deed.new!r}")
        yield from _twice(number, mine, words)
    for row in court.rows:
        yield from _lost(court, row)


def _twice(number: str, mine: list[Deed], words: list[str]) -> Iterator[Finding]:
    wanted = Counter(word for word in words if word)
    for text in wanted:
        there = sum(text in squeeze(deed.new or "") for deed in mine if deed.what == "comment")
        longer = sum(count for other, count in wanted.items() if text in other)  # a word within another finding
        if there > longer:
            yield Finding("duplicates", number, f"a finding stands {there} times on a joined task: {text[:40]!r}")


def _lost(court: Court, row: Any) -> Iterator[Finding]:
    """What the connector says it passed on to a task that is still there."""
    for task in row.get("tasks", ()):
        ref = str(task["ref"])
        there = [
            d for part in court.parts(ref) for d in court.case_deeds(part) if d.ours and d.what == "comment" and not d.public
        ]
        if ref in court.cases and len(there) < task["findings"] - task["waiting"]:
            yield Finding(
                "lost", str(row["number"]), f"{task['findings']} findings are said to be on {task['task']}: {len(there)} are"
            )

"""How long a person's edit takes to the other side, at random moments between the polls."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator

from tests.bench.burst import OTHER, wait_for
from tests.bench.lab import Lab, Linked
from tests.bench.systems import Systems
from tests.bench.table import Line

POLL_S = 1.0
SERVER_S = 0.02
FROM = {"servicenow": "the customer", "otrs": "the vendor"}


def lines(lab: Lab) -> Iterator[Line]:
    linked, edits = lab.linked, lab.size(200, 20)
    linked.product.configure(poll_s=POLL_S)
    linked.systems.ask("latency", SERVER_S)
    with linked.product.daemon():
        time.sleep(2)
        taken = _edit(linked, edits, within=edits * 0.2)
        linked.product.quiet(linked.bonds)
    linked.product.configure(poll_s=linked.poll_s)
    linked.systems.ask("latency", 0.0)
    for system, seconds in taken.items():
        ordered = sorted(seconds)
        note = f"{edits} edits, server at {SERVER_S * 1000:g} ms; bare: the time between polls"
        for name, value in (("p50", statistics.median(ordered)), ("p99", ordered[int(0.99 * (edits - 1))])):
            yield Line("latency", f"{name} of an edit of {FROM[system]}", value, "s", POLL_S, note=note)


def _edit(linked: Linked, count: int, within: float) -> dict[str, list[float]]:
    """Edit ``count`` tickets of each side at random moments; seconds until each title stood on the other side."""
    chance, begin = random.Random(1), time.time()
    # The customer edits the first tickets and the vendor the last: no bond twice.
    places = {"servicenow": range(count), "otrs": range(linked.bonds - count, linked.bonds)}
    plan = sorted((chance.uniform(0, within), system, n) for system, numbers in places.items() for n in numbers)
    edited: dict[str, dict[str, float]] = {system: {} for system in places}
    for at, system, n in plan:
        time.sleep(max(0.0, begin + at - time.time()))
        word = f"Edit {begin} {n}"
        edited[system][f"{word} on line {n}"] = linked.systems.ask("edit", system, n, word)
    return {system: _taken(linked.systems, OTHER[system], f"Edit {begin}", begin, titles) for system, titles in edited.items()}


def _taken(systems: Systems, system: str, word: str, since: float, titles: dict[str, float]) -> list[float]:
    wait_for(systems, system, word, since, len(titles))
    newest_first: list[tuple[float, str]] = systems.ask("arrivals", system, since)
    arrived = {value: at for at, value in newest_first}  # the first arrival of each stays
    return [arrived[title] - at for title, at in titles.items()]

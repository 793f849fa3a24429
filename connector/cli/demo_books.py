"""What came of a play: the judge's counts, the audit's, and whether all of it is as it should be."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connector.cli.demo_lab import CONNECTION, Lab
from connector.sandbox.judge import Finding, Sentence, Table, judge

_ZERO = ("lost", "duplicates", "violations")
_ITEMS = ("comment", "file", "note")


@dataclass(frozen=True)
class Books:
    """The result of a play.

    :param promised: kinds of effect that the play holds, as :func:`effects` names them.
    :param stuck: what people waited for in vain.
    :param wrong: what was to stand in the end, and does not.
    :param extra: further counts for the line of JSON.
    """

    lab: Lab
    sentence: Sentence
    effects: dict[str, int]
    audit: dict[str, Any]
    errors: list[str]
    seconds: float
    promised: Sequence[str] = ()
    stuck: Sequence[str] = ()
    wrong: Sequence[str] = ()
    extra: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The line for machines; its keys are stable."""
        counts = self.sentence.summary()
        names = ("tickets", "bonds", "agree", "held", "parked", "refused", *_ZERO)
        return {
            "connection": CONNECTION,
            **{name: counts[name] for name in names},
            "effects": self.effects,
            "calls": self.calls,
            "seconds": round(self.seconds, 1),
            "audit": {"records": self.audit["records"], "verified": self.audit["verified"]},
            "faults": dict(sorted(self.lab.world.injected.items())),
            "problems": self.problems,
            **(self.extra or {}),
        }

    @property
    def calls(self) -> dict[str, dict[str, int]]:
        made, none = self.lab.world.calls, {"read": 0, "write": 0}
        return {"customer": made.get(self.lab.desk.served.name, none), "vendor": made.get(self.lab.portal.served.name, none)}

    @property
    def problems(self) -> list[str]:
        """Everything because of which the play did not show what it should; one sentence each."""
        s = self.sentence
        found = [describe(finding) for finding in s.findings]
        if s.bonds + s.refused != s.tickets:
            found.append(f"{s.bonds} bonds and {s.refused} refused tickets are not {s.tickets} tickets")
        if s.agree + s.held + s.parked != s.bonds:
            found.append(f"{s.agree} in agreement, {s.held} held and {s.parked} parked are not {s.bonds} bonds")
        found += [f"no {kind.replace('_', ' ')} ever happened" for kind in self.promised if not self.effects.get(kind)]
        found += [f"a person waited in vain: {what}" for what in self.stuck]
        found += self.wrong
        found += [f"unforeseen error in the daemon: {error[:2000]}" for error in self.errors]
        if not self.audit["verified"]:
            found.append(f"the audit does not verify: {self.audit['problems'][:3]}")
        return found


def describe(finding: Finding) -> str:
    return f"{finding.kind}: {finding.ticket}: {finding.text}" if finding.ticket else f"{finding.kind}: {finding.text}"


def close_books(
    lab: Lab,
    table: Table,
    *,
    promised: Sequence[str] = (),
    stuck: Sequence[str] = (),
    wrong: Sequence[str] = (),
    extra: dict[str, Any] | None = None,
) -> Books:
    """Judge a play that is over."""
    with lab.world.lock:
        sentence = judge(lab.world, lab.customer, lab.vendor, lab.bonds(), table)
    found, audit, seconds = effects(lab), lab.office.verify(), time.monotonic() - lab.began
    return Books(lab, sentence, found, audit, lab.errors(), seconds, promised, stuck, wrong, extra)


def effects(lab: Lab) -> dict[str, int]:
    """What was delivered, counted from the audit: ``create``, and ``KIND_to_SIDE`` for fields, comments, files and notes.

    A copy whose answer was lost counts when it is recognised, and once where it was both answered and recognised.
    """
    seen: Counter[str] = Counter()
    items: set[tuple[str, str]] = set()
    with lab.office.store.audit() as reader:
        for record in reader.records():
            event = record.content.event if record.content else {}
            match record.kind:
                case "created":
                    seen["create"] += 1
                case "answered":
                    seen[f"fields_to_{event['side']}"] += 1
                case "copied" | "recognised" if (record.bond, event["item"]) not in items:
                    items.add((record.bond, event["item"]))
                    seen[f"{_kind(event['item'])}_to_{event['side']}"] += 1
    return dict(sorted(seen.items()))


def _kind(item: str) -> str:
    """The kind of an item by its key: ``SIDE:TICKET:KIND:ID``, or ``note:TOPIC:HASH``."""
    return next(part for part in item.split(":") if part in _ITEMS)

"""How a play ended, in plain values that a crash must not change: no times, no native ids, no markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from connector.sandbox.core import SimItem, SimTicket
from connector.sync.report import report
from tests.crash.stage import Stage

State = dict[str, Any]
"""Path, such as ``A.incident.fields``, and what is there."""

NOTE = "[Ticket connector]"  # how our own words begin
_INCIDENT = ("short_description", "description", "state", "hold_reason", "impact", "urgency", "priority", "assignment_group",
             "category", "close_code", "close_notes", "correlation_id", "correlation_display", "active")  # fmt: skip
_CASE = ("Title", "State", "Priority", "Queue", "CustomerUserID", "Owner", "Type", "DynamicField_CustomerReference")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\dZ?| UTC)?")
_REF = re.compile(r"\[ref:[^\]]*\]")
_ITEM = re.compile(r"(customer|vendor):(\w+):(comment|file):([\w:]+)")
_COPY = re.compile(r"the copy is \S+ there")


class _Names:
    """Symbolic names for what systems number by themselves."""

    def __init__(self, stage: Stage) -> None:
        self._of: dict[str, str] = {}
        self._items: dict[tuple[str, str, str], str] = {}
        for n, incident in enumerate(stage.customer.tickets()):
            name = chr(ord("A") + n)
            self._of |= {incident.number: f"{{{name}}}", incident.ref: f"{{{name}.ref}}"}
            self._of |= {case.number: f"{{{name}.case{m or ''}}}" for m, case in enumerate(stage.cases(incident.number))}
            self._keep("customer", incident)
        for n, case in enumerate(t for t in stage.portal.tickets() if not t.ours):
            self._of[case.number] = f"{{V{n}}}"
        for case in stage.portal.tickets():
            self._keep("vendor", case)

    def _keep(self, side: str, ticket: SimTicket) -> None:
        for item in (*ticket.comments, *ticket.files):
            self._items[side, item.kind, item.id] = " ".join(item.text.split())[:40]

    def plain(self, text: str) -> str:
        out = _ITEM.sub(lambda m: f"{m[1]} {m[3]} <{self._items.get((m[1], m[3], m[4]), '?')}>", text)
        out = _COPY.sub("the copy is there", _REF.sub("[ref]", _TIME.sub("<time>", out)))
        for number, name in self._of.items():
            out = out.replace(number, name)
        return out


def state_of(stage: Stage) -> State:
    """Both systems and the connector's report."""
    names, out = _Names(stage), State()
    rows = {row["ref"] or row["case_ref"]: row for row in report(stage.rig.store, "acme")}
    for n, incident in enumerate(stage.customer.tickets()):
        place = chr(ord("A") + n)
        out |= _ticket(f"{place}.incident", names, incident, _INCIDENT)
        for m, case in enumerate(stage.cases(incident.number)):
            out |= _ticket(f"{place}.case{m or ''}", names, case, _CASE)
        out |= _reported(f"{place}.report", names, rows.pop(incident.ref, None))
    for n, case in enumerate(t for t in stage.portal.tickets() if not t.ours):
        out |= _ticket(f"V{n}.case", names, case, _CASE)
        out |= _reported(f"V{n}.report", names, rows.pop(case.ref, None))
    for n, row in enumerate(rows.values()):  # of tickets that are gone
        out |= _reported(f"gone{n}.report", names, row)
    return out


def differences(golden: State, found: State) -> Iterable[str]:
    """What differs, path by path."""
    for path in sorted({*golden, *found}):
        if golden.get(path) != found.get(path):
            yield f"{path}: {found.get(path)!r} instead of {golden.get(path)!r}"


def _ticket(place: str, names: _Names, ticket: SimTicket, fields: Iterable[str]) -> State:
    """Copies and people's words in the order in which they stand, our own notes in any."""
    said = [item for item in ticket.comments if item.ours and not _note(item)]
    theirs = [item for item in ticket.comments if not item.ours]
    notes = [item for item in ticket.comments if item.ours and _note(item)]
    return {
        f"{place}.fields": {name: names.plain(ticket.fields.get(name, "")) for name in fields},
        f"{place}.copies": [_item(names, item) for item in said],
        f"{place}.people": [_item(names, item) for item in theirs],
        f"{place}.notes": sorted(_item(names, item) for item in notes),
        f"{place}.files": sorted(
            (item.who, item.text, item.sha256, item.size, item.public, item.deleted) for item in ticket.files
        ),
    }


def _note(item: SimItem) -> bool:
    return item.text.startswith(NOTE)


def _item(names: _Names, item: SimItem) -> tuple[str, str, str, bool]:
    return item.who, names.plain(item.subject), names.plain(item.text), item.public


def _reported(place: str, names: _Names, row: Mapping[str, Any] | None) -> State:
    if row is None:
        return {place: None}
    kept = ("state", "held", "parked", "case", "follows", "title", "priority", "open", "unverified")
    standing = {
        unit: (s["why"], names.plain(s["reason"]), _values(names, s["customer"]), _values(names, s["vendor"]), s["parked"])
        for unit, s in row["standing"].items()
    }
    withheld = sorted((names.plain(w["item"]), names.plain(w["reason"]), w["parked"]) for w in row["withheld"])
    return {
        place: {name: names.plain(str(row[name])) for name in kept},
        f"{place}.standing": standing,
        f"{place}.withheld": withheld,
        f"{place}.second_cases": len(row["second_cases"]),
    }


def _values(names: _Names, value: Mapping[str, str]) -> dict[str, str]:
    return {name: names.plain(text) for name, text in value.items()}

"""Bonds and audit chains by hand, for the tests of the story."""

from __future__ import annotations

from typing import Any

from connector.audit.record import Record, seal
from connector.mapping.mapping import TicketMapping
from connector.store.records import Bond, BondState
from connector.sync.story import Story, tell
from connector.words import Side
from tests.simulation.rig import START

RULING = {
    "verdict": "allow",
    "task": "l2-3-support",
    "title": "Level 2 and 3 support",
    "letters": "A,R",
    "clause": "document 002, row 3",
    "reason": "The vendor says how it stands.",
}
ITEM, FILE = "vendor:1:comment:7", "customer:r1:file:3:1"
BACK = {"how": "propose", "source": {"State": "pending reminder"}, "prior": {"state": "3"}, "target": {"state": "2"}}
TITLE = {"how": "propose", "source": {"short_description": "A"}, "prior": {"Title": "B"}, "target": {"Title": "A"}}


def bond_of(state: BondState = BondState.LINKED) -> Bond:
    bond = Bond("b1", "acme", state, START, title="Printer on fire")
    bond.side(Side.CUSTOMER).number, bond.side(Side.VENDOR).number = "INC1", "2026"
    return bond


def chain(*events: dict[str, Any]) -> list[Record]:
    records: list[Record] = []
    for n, event in enumerate(events, 1):
        records.append(seal("b1", n, START + n, event, records[-1].hash if records else "0"))
    return records


def story_of(mapping: TicketMapping | None, *events: dict[str, Any], **more: Any) -> Story:
    return tell(more.pop("bond", None) or bond_of(), chain(*events), mapping=mapping, **more)


def announced(intent: str = "i1", **more: Any) -> dict[str, Any]:
    return {"kind": "announced", "intent": intent, "what": "fields", "side": "customer", "units": {"status": BACK}, **more}


def comment(intent: str = "i2") -> dict[str, Any]:
    return {"kind": "announced", "intent": intent, "what": "comment", "side": "customer", "item": ITEM}

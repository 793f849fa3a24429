"""Documents and columns: how bonds, intents and identities lie in their rows."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from connector.store.records import Bond, Identity, Intent
from connector.words import Side

_bond = TypeAdapter(Bond)
_intent = TypeAdapter(Intent)
_identity = TypeAdapter(Identity)


def bond_row(bond: Bond, now: float) -> dict[str, Any]:
    """The columns of a bond that its audit chain does not own."""
    return {
        "id": bond.id,
        "connection": bond.connection,
        "state": bond.state.value,
        "priority": bond.priority,
        "title": storable(bond.title),
        "customer_number": _number(bond, Side.CUSTOMER),
        "vendor_number": _number(bond, Side.VENDOR),
        "held": storable(bond.held.reason) if bond.held else None,
        "born": bond.born,
        "changed": now,
        "doc": _text(_bond, bond),
    }


def bond_of(doc: str) -> Bond:
    return _bond.validate_python(json.loads(doc))


def intent_row(intent: Intent) -> dict[str, Any]:
    return {"id": intent.id, "bond": intent.bond, "at": intent.at, "doc": _text(_intent, intent)}


def intent_of(doc: str) -> Intent:
    return _intent.validate_python(json.loads(doc))


def identity_row(bond: str, identity: Identity) -> dict[str, Any]:
    return {
        "bond": bond,
        "item": identity.item,
        "side": identity.side.value,
        "ref": identity.ref,
        "spare": identity.copy if identity.extra else "",
        "copy": identity.copy,
        "at": identity.at,
        "doc": _text(_identity, identity),
    }


def identity_of(doc: str) -> Identity:
    return _identity.validate_python(json.loads(doc))


def storable(text: str) -> str:
    """``text`` without what a text column cannot hold: NUL (PostgreSQL) and lone surrogates (both)."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _text(adapter: TypeAdapter[Any], value: object) -> str:
    # ASCII with escapes: a remote system's NUL or lone surrogate comes back as it was, on every engine.
    return json.dumps(adapter.dump_python(value), separators=(",", ":"))


def _number(bond: Bond, side: Side) -> str:
    return storable(bond.sides[side].number) if side in bond.sides else ""

"""Documents and columns: how bonds, intents and identities lie in their rows."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from connector.store.records import Bond, Identity, Intent
from connector.words import Side

T = TypeVar("T")

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
    return _read(_bond, doc)


def intent_row(intent: Intent) -> dict[str, Any]:
    return {"id": intent.id, "bond": intent.bond, "at": intent.at, "doc": _text(_intent, intent)}


def intent_of(doc: str) -> Intent:
    return _read(_intent, doc)


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
    return _read(_identity, doc)


def storable(text: str) -> str:
    """``text`` without what a text column cannot hold: NUL (PostgreSQL) and lone surrogates (both)."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _text(adapter: TypeAdapter[T], value: T) -> str:
    # NUL is escaped, so a remote system's comes back as it was, on every engine.
    try:
        return adapter.dump_json(value).decode()
    except PydanticSerializationError:  # a lone surrogate, which pydantic's fast writer and reader do not know
        return json.dumps(adapter.dump_python(value), separators=(",", ":"))


def _read(adapter: TypeAdapter[T], doc: str) -> T:
    try:
        return adapter.validate_json(doc)
    except ValidationError:  # as above
        return adapter.validate_python(json.loads(doc))


def _number(bond: Bond, side: Side) -> str:
    return storable(bond.sides[side].number) if side in bond.sides else ""

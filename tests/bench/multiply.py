"""Many bonds out of a few real ones: their rows again, under ids and tickets of their own."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert, select

from connector.audit.record import START
from connector.store.codec import bond_row, identity_row
from connector.store.records import Loaded
from connector.store.store import Store
from connector.store.tables import bond, bond_ref, identity, work
from connector.words import Side
from tests.bench.product import Product

_CHUNK = 2000
_BOND, _CUSTOMER, _VENDOR = "{bond}", "{customer}", "{vendor}"  # stand in a template's rows for what a copy has of its own
_PLACES = {Side.CUSTOMER: _CUSTOMER, Side.VENDOR: _VENDOR}
Rows = dict[str, list[dict[str, Any]]]


def multiply(product: Product, copies: int) -> None:
    """Add ``copies`` linked bonds, due by the sweep in half an hour to two hours. No daemon runs on the store.

    Their tickets exist nowhere, so that none of them may become due while it is measured. They have no audit records:
    nothing that is measured on copies reads those.
    """
    store = Store.open(product.store, durable=False)
    try:
        with store.db.read() as connection:
            refs = connection.execute(select(bond_ref.c.bond).distinct().limit(20)).scalars().all()
            pace = dict(connection.execute(select(work).where(work.c.bond == refs[0])).one()._mapping)
        templates = [_template(loaded, pace) for loaded in store.load(refs).values()]
        tables = {table.name: table for table in (bond, bond_ref, work, identity)}
        for first in range(0, copies, _CHUNK):
            chunk = list(_copies(templates, first, min(first + _CHUNK, copies), copies))
            with store.db.write() as connection:
                for name, table in tables.items():
                    if rows := [row for copy in chunk for row in copy[name]]:
                        connection.execute(insert(table), rows)
    finally:
        store.close()


def _template(loaded: Loaded, pace: dict[str, Any]) -> Rows:
    """The rows of one bond, with places instead of its ids."""
    known, now = loaded.bond, time.time()
    refs = {known.sides[side].ref: place for side, place in _PLACES.items()}
    known.id = _BOND
    for side, place in _PLACES.items():
        known.side(side).ref = place
    identities = []
    for one in loaded.identities:
        one.ref = refs[one.ref]
        one.item = ":".join(refs.get(part, part) for part in one.item.split(":"))
        identities.append(identity_row(_BOND, one))
    places = [
        {"connection": known.connection, "side": side.value, "ref": place, "bond": _BOND} for side, place in _PLACES.items()
    ]
    return {
        "bond": [bond_row(known, now) | {"length": 0, "head": START, "sealed": 0}],
        "bond_ref": places,
        "work": [pace | {"bond": _BOND, "due": 0.0}],
        "identity": identities,
    }


def _copies(templates: list[Rows], first: int, end: int, of: int) -> Iterator[Rows]:
    begin = time.time() + 1800
    for n in range(first, end):
        hexes = hashlib.sha256(str(n).encode()).hexdigest()
        own = {_BOND: "c" + hexes[:15], _CUSTOMER: hexes[:32], _VENDOR: str(10_000_000 + n)}
        rows = {name: [_own(row, own) for row in rows] for name, rows in templates[n % len(templates)].items()}
        rows["work"][0]["due"] = begin + 5400 * n / of
        yield rows


def _own(row: dict[str, Any], own: dict[str, str]) -> dict[str, Any]:
    out = dict(row)
    for column, value in row.items():
        if isinstance(value, str):
            for place, name in own.items():
                value = value.replace(place, name)  # noqa: PLW2901 - step by step
            out[column] = value
    return out

"""The stories of a ticket, from the store and the configured mappings. Asks no system."""

from __future__ import annotations

from typing import Any

from connector.daemon.errors import NoSuchTicket
from connector.settings import Configuration
from connector.store.store import Store
from connector.sync.story import tell


def stories(configuration: Configuration, store: Store, ticket: str, *, everything: bool = False) -> list[dict[str, Any]]:
    """As ``explain --json`` shows them: one for each bond that has this number, ref or id; more than one where two connections use the same numbers.

    :raises NoSuchTicket: no bond has it.
    """
    mappings = {one.name: one.mapping for one in configuration.connections}
    bonds = store.find_bonds(ticket)
    if not bonds:
        raise NoSuchTicket(
            f"no ticket or case {ticket!r} is known; `connector status --json` lists those that are, "
            "and a new one appears with the next poll if it is meant for the vendor"
        )
    loaded = store.load([bond.id for bond in bonds])
    return [
        tell(
            one.bond,
            store.records(one.bond.id),
            mapping=mappings.get(one.bond.connection),
            intents=one.intents,
            work=store.work_of(one.bond.id),
            ticket=ticket.strip().lower(),
            now=store.clock(),
        ).as_dict(everything=everything)
        for one in loaded.values()
    ]

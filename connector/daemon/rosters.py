"""The ticket of each installation by whose case the vendor hears who may submit."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.base import Problem
from connector.daemon.standing import located
from connector.settings import Configuration, Configured
from connector.store.records import Bond, BondState
from connector.store.store import Store
from connector.words import Side


def told_by(connection: Configured, store: Store) -> list[Bond]:
    """Its bond, which has a case."""
    number = connection.installation.roster_ticket.strip() if connection.installation else ""
    return [
        bond
        for bond in (store.find_bonds(number) if number else ())
        if bond.connection == connection.name
        and bond.state in (BondState.LINKED, BondState.ENDED)
        and bond.side(Side.CUSTOMER).number.casefold() == number.casefold()
    ]


def untold(configuration: Configuration, store: Store) -> Iterator[Problem]:
    """Where no change of the roster would reach the vendor, since its ticket has no case that goes on."""
    for one in configuration.connections:
        if one.installation is None or not one.installation.roster_ticket or one.settings.installation is None:
            continue
        bonds, number = told_by(one, store), one.installation.roster_ticket
        if any(bond.state is BondState.LINKED for bond in bonds):
            continue
        ended = f"the case of ticket {number} has ended" if bonds else f"ticket {number} leads no case of {one.name}"
        message = f"{ended}: the vendor is told of no change of the roster"
        remedy = "hand the ticket over to the vendor, or name one whose case is open; until then tell the vendor yourself"
        yield from located(configuration.path.parent / one.settings.installation, [("roster_ticket", message, remedy)])


def look_at_them(configuration: Configuration, store: Store) -> None:
    """A roster changes with its file, while the daemon does not run: its tickets are due at once."""
    bonds = [bond.id for connection in configuration.connections for bond in told_by(connection, store)]
    store.mark_due(bonds, store.clock())

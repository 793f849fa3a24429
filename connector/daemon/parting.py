"""An operator ends an exchange, or lets travel what was there before a link. Asks no system: the daemon does the rest."""

from __future__ import annotations

from collections.abc import Callable

from connector.audit.record import moment
from connector.daemon.errors import NoSuchTicket, NotDone
from connector.store.records import Bond, BondState, Loaded
from connector.store.store import Store
from connector.sync import linking
from connector.sync.connection import Connection
from connector.sync.recognise import certain_after
from connector.words import Side

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


class Parting:
    """Ends exchanges, and lets the past of linked tickets travel. Asks no system."""

    def __init__(self, connection: Connection, store: Store) -> None:
        self._connection = connection
        self._store = store

    def linked(self, ticket: str) -> Bond:
        """The exchange that a ticket or case is in.

        :raises NoSuchTicket: it is in none.
        """
        found = [bond for bond in self._store.find_bonds(ticket) if bond.connection == self._connection.name]
        for bond in found:
            if bond.state in (BondState.LINKED, BondState.ENDED):
                return bond
        state = f"it is {found[0].state.value}" if found else "it is not known"
        raise NoSuchTicket(f"{ticket} is linked with nothing ({state}); connector explain tells its story")

    def named(self, ticket: str) -> dict[str, str]:
        """The numbers of both, for people. Raises as :meth:`linked` does."""
        bond = self.linked(ticket)
        numbers = {side: bond.side(side).number or bond.side(side).ref for side in Side}
        return {"ticket": numbers[Side.CUSTOMER], "case": numbers[Side.VENDOR]}

    def unlink(self, ticket: str, by: str) -> Bond:
        """End the exchange of a ticket; the daemon writes the last note on each side.

        :raises NoSuchTicket: it is in none.
        :raises NotDone: a call is not answered yet.
        """
        bond = self.linked(ticket)
        with self._store.operator_transaction(bond.id) as tx:
            loaded = tx.load()
            if loaded.intents:
                raise NotDone(self._open(ticket, loaded))
            if loaded.bond.followers:
                others = len(loaded.bond.followers)
                raise NotDone(f"{others} more tickets are on this case, and an exchange ends for one alone: end the others first")
            event = linking.part(loaded.bond, self._connection.mapping, by, self._store.clock())
            tx.release()
            tx.save(loaded.bond)
            tx.record(event)
        return loaded.bond

    def _open(self, ticket: str, loaded: Loaded) -> str:
        adapters, timing = self._connection.adapters, self._connection.timing
        clear = max(certain_after(intent, adapters[intent.side].capabilities, timing) for intent in loaded.intents)
        return (
            f"{len(loaded.intents)} calls about {ticket} are not answered yet; nothing was unlinked. Their fate is known by {moment(clear)}"
            " at the latest, as long as the daemon runs: try again then"
        )

    def let_history_go(
        self, by: str, progress: Progress = lambda _done, _total: None, *, dry_run: bool = False
    ) -> tuple[int, int]:
        """Let the comments and files travel that were there before the link; returns how many bonds and items.

        One commit a bond: what was interrupted goes on where it stopped.
        """
        waiting = [bond for bond in self._store.with_history(self._connection.name) if self._exchanged(bond)]
        items = 0
        for done, bond in enumerate(waiting, 1):
            items += self._held_back(bond) if dry_run else self._let_go(bond, by)
            progress(done, len(waiting))
        return len(waiting), items

    def _exchanged(self, bond: str) -> bool:
        return self._store.load([bond])[bond].bond.state in (BondState.LINKED, BondState.ENDED)

    def _held_back(self, bond: str) -> int:
        return sum(not identity.copy for identity in self._store.load([bond])[bond].identities)

    def _let_go(self, bond: str, by: str) -> int:
        with self._store.operator_transaction(bond) as tx:
            items = tx.forget_before()
            if items:
                tx.record({"kind": "history_let_go", "by": by, "items": items})
        return items

"""An operator ends an exchange, or lets travel what was there before a link. Asks no system: the daemon does the rest."""

from __future__ import annotations

from connector.audit.record import moment
from connector.daemon.errors import NoSuchTicket, NotDone
from connector.daemon.progress import Progress
from connector.store.joint import Joint
from connector.store.queries import number_ref
from connector.store.records import Birth, Bond, BondState, Loaded
from connector.store.store import Store
from connector.store.transaction import Tx
from connector.sync import linking
from connector.sync.connection import Connection
from connector.sync.marker import bond_id
from connector.sync.recognise import certain_after
from connector.words import Side


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
        sides = {Side.CUSTOMER: one_of(bond, ticket).side(Side.CUSTOMER), Side.VENDOR: bond.side(Side.VENDOR)}
        numbers = {side: known.number or known.ref for side, known in sides.items()}
        return {"ticket": numbers[Side.CUSTOMER], "case": numbers[Side.VENDOR]}

    def unlink(self, ticket: str, by: str) -> Bond:
        """End the exchange of a ticket; the daemon writes the last note on each side. Returns the bond that ended.

        A ticket that follows the case of another ends its exchange alone, in a bond of its own.

        :raises NoSuchTicket: it is in none.
        :raises NotDone: a call is not answered yet, or others follow the case that it leads.
        """
        name = self.linked(ticket).id
        return self._store.jointly(lambda joint: self._unlink(joint, name, ticket, by))

    def _unlink(self, joint: Joint, name: str, ticket: str, by: str) -> Bond:
        tx = joint.of(name)
        loaded = tx.load()
        bond = loaded.bond
        if loaded.intents:
            raise NotDone(self._open(ticket, loaded))
        one = one_of(bond, ticket)
        if one is not bond:
            return self._unlink_follower(joint, loaded, one, by)
        if bond.followers:
            raise NotDone(_leads(bond))
        event = linking.part(bond, self._connection.mapping, by, self._store.clock())
        tx.release()
        tx.save(bond)
        tx.record(event)
        return bond

    def _unlink_follower(self, joint: Joint, loaded: Loaded, follower: Bond, by: str) -> Bond:
        """The ticket needs a bond that has it, or it would be taken for a new one."""
        bond, known = loaded.bond, follower.side(Side.CUSTOMER)
        tx, now = joint.of(bond.id), self._store.clock()
        for name in (known.ref, number_ref(known.number)):
            tx.unlink(Side.CUSTOMER, name)
        own = self._own(joint, bond, follower, now)
        ended = own.load().bond
        event = linking.part_follower(bond, follower, ended, self._connection.mapping, by, now)
        for identity in loaded.identities:
            if known.ref == identity.ref or identity.item.startswith(f"{Side.CUSTOMER}:{known.ref}:"):
                own.identify(identity)
        for part, kind in ((own, "unlinked"), (tx, "parted")):
            part.record({"kind": kind, **event})
        own.save(ended)
        tx.save(bond)
        return ended

    @staticmethod
    def _own(joint: Joint, bond: Bond, follower: Bond, now: float) -> Tx:
        """A bond for one exchange that ends. Its id is free, whatever the ticket was before it followed."""
        known = follower.side(Side.CUSTOMER)
        name = bond_id(bond.connection, Side.CUSTOMER, f"{known.ref} {bond.side(Side.VENDOR).ref} {now!r}")
        event = {
            "kind": "born",
            "side": Side.CUSTOMER.value,
            "ref": known.ref,
            "number": known.number,
            "intake": f"it followed a case, in bond {bond.id}",
        }
        return joint.bear(Birth(Bond(name, bond.connection, BondState.UNLINKED, now), Side.CUSTOMER, known.ref, now, event))

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


def one_of(bond: Bond, ticket: str) -> Bond:
    """The part of the bond that is about this ticket: one that follows, else the lead."""
    name = ticket.strip().lower()
    for one in bond.followers:
        known = one.side(Side.CUSTOMER)
        if name in {known.ref.lower(), known.number.lower()}:
            return one
    return bond


def _leads(bond: Bond) -> str:
    numbers = [one.side(Side.CUSTOMER).number or one.side(Side.CUSTOMER).ref for one in bond.followers]
    follow = f"{', '.join(numbers)} {'follow' if len(numbers) > 1 else 'follows'}"
    lead, case = bond.side(Side.CUSTOMER).number, bond.side(Side.VENDOR).number
    return f"{lead} leads {case}, and {follow} it: the lead's exchange ends last; end the others first: connector unlink {numbers[0]}"

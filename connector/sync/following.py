"""Several tickets of the customer on one case: who joins, who leads next, and where a bond goes whose case was merged.

Only the lead's fields and moves drive the case. A ticket joins by an operator's word or because the vendor made one
case of two. Nothing that has a copy is copied again: what is known of copies and of calls under way comes along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from adapters.base import Snapshot
from connector.store.queries import number_ref
from connector.store.records import Bond, BondState, Identity, Intent, Loaded, Note, SideState, UnitState, Withheld
from connector.store.store import Store
from connector.store.tables import NEVER
from connector.store.transaction import Tx
from connector.sync.afresh import FOLLOWS, LEADS, MOVED
from connector.words import Side

T = TypeVar("T")


class CannotFollow(Exception):
    """A ticket cannot follow this case; ``str()`` says why and what helps."""


# --- joining ----------------------------------------------------------------------------------------------------


def follow(tx: Tx, ticket: Snapshot, at: float, *, by: str) -> None:
    """Let a ticket that no bond has follow the case of the transaction's bond, from its next pass on.

    :raises CannotFollow: the bond has no case.
    :raises AlreadyBonded: a bond has the ticket; see :func:`join`.
    """
    bond = tx.load().bond
    _need_case(bond)
    tx.link(Side.CUSTOMER, ticket.ref)
    follower = Bond(bond.id, bond.connection, BondState.LINKED, at)
    known = follower.side(Side.CUSTOMER)
    known.ref, known.number, known.url = ticket.ref, ticket.number, ticket.url
    _receive(tx, bond, [follower], at, {"by": by})
    tx.save(bond)


def join(store: Store, candidate: str, into: str, *, by: str) -> None:
    """Let the ticket of a bond without a case follow the case of another bond; the first one ends.

    :param candidate, into: ids of bonds.
    :raises CannotFollow: it has a case of its own, or may be getting one just now; or the other has none.
    """
    with store.operator_transactions(candidate, into) as (leaving, tx):
        join_within(leaving, tx, store.clock(), by=by)


def join_within(leaving: Tx, tx: Tx, at: float, *, by: str) -> None:
    """:func:`join`, in a transaction that is open on both bonds."""
    old, new = leaving.load(), tx.load()
    if old.bond.state is not BondState.CANDIDATE or not old.bond.side(Side.CUSTOMER).ref:
        number = old.bond.side(Side.CUSTOMER).number or old.bond.id
        raise CannotFollow(f"{number} has the case {old.bond.side(Side.VENDOR).number or 'of another ticket'} already")
    if any(intent.kind == "create" for intent in old.intents):
        raise CannotFollow("a case is just being opened for it, and nobody has answered yet: try again in some minutes")
    dissolve(leaving, old, tx, new, at, {"by": by})


def merged(store: Store, bond: str, into: str, case: Snapshot) -> bool:
    """The vendor merged a bond's own case into ``case``, which another bond has: its tickets follow there.

    False: the other bond has no ticket of the customer (the vendor opened the case), and gives it to this one; the
    next pass moves there.

    :raises CannotFollow: the two are no longer what they were when this was found out.
    """
    with store.operator_transactions(bond, into) as (ours, theirs):
        old, new = ours.load(), theirs.load()
        if old.bond.state is BondState.JOINED or new.bond.side(Side.VENDOR).ref != case.ref:
            raise CannotFollow("the two cases changed meanwhile")
        why = {"reason": f"the vendor merged case {old.bond.side(Side.VENDOR).number} into {new.bond.side(Side.VENDOR).number}"}
        if new.bond.side(Side.CUSTOMER).ref:
            old.identities = arrived(old.identities, old.bond.side(Side.VENDOR).ref, case)
            dissolve(ours, old, theirs, new, store.clock(), why)
            return True
        theirs.hand_over(ours)
        _close_down(theirs, new.bond, old.bond, why)
        return False


def tell_beside(store: Store, bond: str, into: str, title: str) -> None:
    """A case that the vendor opened is news of which another bond's ticket tells already: it is noted there, and its bond ends.

    :raises CannotFollow: it has a ticket of its own by now.
    """
    with store.operator_transactions(bond, into) as (leaving, tx):
        old, new = leaving.load(), tx.load()
        if old.bond.state is not BondState.CANDIDATE or old.intents or not new.bond.supply:
            raise CannotFollow("the two bonds changed meanwhile")
        leaving.hand_over(tx)
        new.bond.beside.append(title)
        tx.save(new.bond)
        tx.record({"kind": "beside", "case": old.bond.side(Side.VENDOR).number, "title": title})
        _close_down(leaving, old.bond, new.bond, {"reason": f"{new.bond.side(Side.CUSTOMER).number} tells of it"})


def make_way(store: Store, bond: str, name: str) -> None:
    """What comes from now on is told by another ticket than this bond's."""
    with store.operator_transaction(bond) as tx:
        tx.unlink(Side.CUSTOMER, name)


def dissolve(leaving: Tx, old: Loaded, tx: Tx, new: Loaded, at: float, why: dict[str, str]) -> None:
    """All tickets of one bond follow the case of another; what is known of them comes along.

    :raises CannotFollow: the other bond has no case.
    """
    _need_case(new.bond)
    before, case = old.bond.side(Side.VENDOR), new.bond.side(Side.VENDOR)
    taken = {(i.item, i.side, i.ref) for i in new.identities if not i.extra}
    for identity in (_identity_at(i, before.ref, case.ref) for i in old.identities):
        tx.identify(replace(identity, extra=identity.extra or (identity.item, identity.side, identity.ref) in taken))
    for intent in old.intents:
        leaving.close_intent(intent.id)
    for intent in intents_at(old.intents, before.ref, case.ref):
        tx.open_intent(replace(intent, bond=new.bond.id))
    leaving.hand_over(tx)
    if before.number:
        tx.link(Side.VENDOR, number_ref(before.number))
    new.bond.notes = {**_notes(old.bond, Side.VENDOR), **new.bond.notes}
    new.bond.extra_cases += old.bond.extra_cases
    for one in (old.bond, *old.bond.followers):
        one.withheld = _withheld_at(one.withheld, before.ref, case.ref)
        one.adrift = one.adrift or old.bond.adrift
        one.formerly = [*one.formerly, (old.bond.id, before.ref)]
    _receive(tx, new.bond, [old.bond, *old.bond.followers], at, why)
    tx.save(new.bond)
    _close_down(leaving, old.bond, new.bond, why)


def _need_case(bond: Bond) -> None:
    if bond.state in (BondState.CANDIDATE, BondState.JOINED):
        raise CannotFollow(f"{bond.side(Side.CUSTOMER).number or bond.id} has no case that could be followed")


def _receive(tx: Tx, bond: Bond, tickets: Iterable[Bond], at: float, why: dict[str, str]) -> None:
    lead = bond.side(Side.CUSTOMER)
    tx.link(Side.CUSTOMER, number_ref(lead.number))
    for one in tickets:
        known = one.side(Side.CUSTOMER)
        tx.link(Side.CUSTOMER, number_ref(known.number))
        bond.followers.append(_follower(one, bond.id, at, FOLLOWS))
        tx.record({"kind": "followed", "ticket": known.number, "ref": known.ref, "lead": lead.number, **why})


def _follower(one: Bond, bond: str, at: float, fresh: str) -> Bond:
    """What is remembered of a ticket that follows."""
    return replace(
        one,
        id=bond,
        state=BondState.LINKED,
        since=at,
        fresh=fresh,
        units=_owed(one),
        notes=_notes(one, Side.CUSTOMER),
        tried={},
        alone=[],
        held=None,
        extra_cases=[],
        followers=[],
        tasks=[replace(task, pair=replace(task.pair, id=bond)) for task in one.tasks],
    )


def _owed(one: Bond) -> dict[str, UnitState]:
    """What our own hand may owe the ticket's people, whichever case it is with: a value to be put back, a write nobody verified."""
    kept = {
        name: UnitState(
            unverified=_customers(state.unverified), put_back=_customers(state.put_back), restored=_customers(state.restored)
        )
        for name, state in one.units.items()
    }
    return {name: state for name, state in kept.items() if state.unverified or state.put_back}


def _customers(by_side: Mapping[Side, T]) -> dict[Side, T]:
    return {side: known for side, known in by_side.items() if side is Side.CUSTOMER}


def _close_down(leaving: Tx, old: Bond, into: Bond, why: dict[str, str]) -> None:
    """Only the audit is left of a bond."""
    numbers = {side: SideState(number=old.side(side).number) for side in Side}
    leaving.save(Bond(old.id, old.connection, BondState.JOINED, old.born, old.title, old.priority, sides=numbers, joined=into.id))
    lead, case = into.side(Side.CUSTOMER).number, into.side(Side.VENDOR).number
    leaving.record({"kind": "joined", "bond": into.id, "lead": lead, "case": case, **why})
    leaving.release()
    leaving.done(NEVER)


def _notes(bond: Bond, side: Side) -> dict[str, Note]:
    return {topic: note for topic, note in bond.notes.items() if note.side is side}


# --- who leads --------------------------------------------------------------------------------------------------


def succeed(bond: Bond, heir: Bond, received: Collection[str], at: float, *, moved: bool) -> Bond:
    """The bond with another lead; the one before follows from now on.

    :param received: the units of a ticket that follows.
    :param moved: the heir's status changed just now, as nobody has seen yet: it is the new lead's first move.
    """
    before = _follower(bond, bond.id, at, "")
    before.units = {name: state for name, state in bond.units.items() if name in received}
    return replace(
        heir,
        born=bond.born,
        since=at,
        fresh=LEADS,
        units={name: state for name, state in heir.units.items() if moved},
        notes={**heir.notes, **_notes(bond, Side.VENDOR)},
        extra_cases=bond.extra_cases,
        followers=[*(one for one in bond.followers if one is not heir), before],
    )


# --- another case -----------------------------------------------------------------------------------------------


def arrived(identities: Iterable[Identity], before: str, case: Snapshot) -> list[Identity]:
    """The identities without those of copies that the merge left behind: written in its very moment, into the shell.

    :param case: read late enough after the merge that what it does not show is not there.
    """
    there = {item.id for item in case.comments} | {f"file:{file.id}" for file in case.attachments}
    return [one for one in identities if one.side is Side.CUSTOMER or one.ref != before or one.copy in there]


def move(bond: Bond, case: Snapshot, at: float) -> None:
    """The same bond goes on with another case, into which the vendor merged its own."""
    before, known = bond.side(Side.VENDOR).ref, SideState(case.ref, case.number, case.url)
    for one in (bond, *bond.followers):
        one.sides[Side.VENDOR] = known
        one.units, one.alone, one.tried, one.held = _owed(one), [], {}, None
        one.fresh, one.since = MOVED, at
        one.withheld = _withheld_at(one.withheld, before, case.ref)
        one.formerly = [*one.formerly, (bond.id, before)]
    bond.state = BondState.LINKED


def identities_at(identities: Iterable[Identity], before: str, after: str) -> list[Identity]:
    """Those that have another name since the case's items lie in another case; native ids of items stay."""
    return [new for one in identities if (new := _identity_at(one, before, after)) != one]


def intents_at(intents: Iterable[Intent], before: str, after: str) -> list[Intent]:
    """The calls that go on where the case's items lie now: whose copies are to be looked for there, and whose fate the ticket shows.

    What such a write to the ticket was made from is no base of the other case.
    """
    found = []
    for one in intents:
        if one.kind in ("comment", "file", "note"):
            found.append(_intent_at(one, before, after))
        elif one.kind == "fields" and one.side is Side.CUSTOMER:
            found.append(replace(one, units={name: replace(unit, source=None) for name, unit in one.units.items()}))
    return found


def _identity_at(one: Identity, before: str, after: str) -> Identity:
    ref = after if one.side is Side.VENDOR and one.ref == before else one.ref
    return replace(one, ref=ref, item=_key_at(one.item, before, after))


def _intent_at(one: Intent, before: str, after: str) -> Intent:
    ref = after if one.side is Side.VENDOR and one.ref == before else one.ref
    return replace(one, ref=ref, item=_key_at(one.item, before, after))


def _withheld_at(withheld: dict[str, Withheld], before: str, after: str) -> dict[str, Withheld]:
    return {_key_at(key, before, after): held for key, held in withheld.items()}


def _key_at(key: str, before: str, after: str) -> str:
    """An item's key (see ``marker.item_key``) where its ticket's items lie now."""
    old = f"{Side.VENDOR}:{before}:"
    return f"{Side.VENDOR}:{after}:{key.removeprefix(old)}" if before and key.startswith(old) else key

"""``connector answer``: an operator types what a person says, as if it stood in the ticket. The next pass acts on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.daemon.errors import NotDone, Unusable
from connector.daemon.parting import one_of
from connector.rasci.levels import heeded
from connector.rasci.replies import Topic
from connector.rasci.table import OperatingModel
from connector.rasci.usable import objection
from connector.settings import Configuration, Configured
from connector.store.records import Bond, BondState
from connector.store.store import Store
from connector.words import Reply, Side


@dataclass(frozen=True)
class Answer:
    """What a person says about a ticket. ``by``: login or name on the roster; without a roster whoever the operator names."""

    ticket: str
    topic: str
    text: str
    by: str


def answer(store: Store, configuration: Configuration, bonds: list[Bond], said: Answer) -> dict[str, Any]:
    """Keep it with the ticket, and have that looked at now.

    :param bonds: those that the ticket was found in.
    :raises Unusable: the topic is not known, its text says too little, or the person may not answer.
    :raises NotDone: several tickets have this number, or its exchange is over.
    """
    _check_topic(said.topic)
    bond = _only(bonds, said.ticket)
    connection = next((one for one in configuration.connections if one.name == bond.connection), None)
    if connection is None:
        raise NotDone(
            f"the connection {bond.connection} of {said.ticket} is not in the settings: add it, or use those that have it"
        )
    _check_text(said, connection.model)
    reply = Reply(said.topic, said.text, _speaker(connection, said), store.clock())
    ticket = _keep(store, bond.id, said.ticket, reply)
    return {
        "ok": True,
        "bond": bond.id,
        "ticket": ticket,
        "topic": reply.topic,
        "text": reply.text,
        "by": reply.by,
        "heeded": connection.installation is not None,
    }


def _keep(store: Store, bond_id: str, name: str, reply: Reply) -> str:
    """Append it in one transaction, which also makes a pass due; returns the ticket's number."""
    with store.operator_transaction(bond_id) as tx:
        bond = tx.load().bond
        one = one_of(bond, name)
        number = one.side(Side.CUSTOMER).number
        one.replies.append(reply)
        whose = {"ticket": number} if bond.followers else {}
        tx.save(bond)
        tx.record({"kind": "replied", **whose, "topic": reply.topic, "text": reply.text, "by": reply.by, "via": "command"})
    return number


def _only(bonds: list[Bond], ticket: str) -> Bond:
    if len(bonds) > 1:
        named = ", ".join(f"{bond.id} ({bond.connection})" for bond in bonds)
        raise NotDone(f"{ticket} is the number of several tickets: name the bond that is meant, one of {named}")
    if bonds[0].state in (BondState.JOINED, BondState.UNLINKED):
        raise NotDone(
            f"the exchange of {ticket} is over ({bonds[0].state.value}): nothing would come of it; see connector explain"
        )
    return bonds[0]


def _check_topic(topic: str) -> None:
    if topic not in set(Topic):
        raise Unusable(f"there is no topic {topic!r}: name one of {', '.join(Topic)}; docs/replies.md explains them")


def _check_text(said: Answer, model: OperatingModel) -> None:
    wrong = objection(Reply(said.topic, said.text, said.by, 0.0), model)
    if wrong:
        raise Unusable(wrong)


def _speaker(connection: Configured, said: Answer) -> str:
    """Whose word it is, by the login where there is a roster."""
    here, by = connection.installation, said.by
    if here is None or not here.roster:
        return by
    person = here.person(by)
    if person is None:
        known = ", ".join(one.login for one in here.roster)
        raise Unusable(
            f"{by!r} is not on the roster of {connection.name}: name by --by whose word it is, login or name; it has {known}"
        )
    reply = Reply(said.topic, said.text, person.login, 0.0)
    if not heeded(connection.model, here, reply, levels=bool(connection.mapping.levels)):
        raise Unusable(
            f"{person.name} is on the roster of {connection.name}, but not among those who submit and answer there:"
            " somebody who is has to say it"
        )
    return person.login

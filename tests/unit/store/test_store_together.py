"""Many bonds in one transaction: one commit, yet each bond stands or falls alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from connector.store.errors import AlreadyBonded, Fenced
from connector.store.records import Claim
from connector.store.store import Store
from connector.store.transaction import Tx
from connector.words import Side
from tests.unit.store.helpers import NOW, Clock, Crash, a_bond, an_identity, an_intent, bear, commits, statements

Act = Callable[[Tx], None]


def claims_of(store: Store, *names: str) -> list[Claim]:
    bear(store, *names)
    return store.claim("c", "w", len(names), 60.0)


def kinds(store: Store, bond: str) -> list[str]:
    return [record.kind for record in store.records(bond)]


def settle(tx: Tx) -> None:
    bond = tx.load().bond
    bond.title = f"settled {tx.bond}"
    tx.save(bond)
    tx.identify(an_identity(item=f"customer:ref-{tx.bond}:1"))
    tx.record({"kind": "copied"})
    tx.record({"kind": "answered"})


def settle_and_end(tx: Tx) -> None:
    settle(tx)
    tx.done(NOW + 500)


def test_all_are_kept_with_one_commit(store: Store) -> None:
    claims = claims_of(store, "a", "b", "c")
    with commits(store) as seen:
        assert store.transactions(dict.fromkeys(claims, settle)) == {}
    assert len(seen) == 1
    for name, loaded in store.load(["a", "b", "c"]).items():
        assert loaded.bond.title == f"settled {name}"
        assert [known.item for known in loaded.identities] == [f"customer:ref-{name}:1"]
        assert kinds(store, name) == ["born", "copied", "answered"]


def test_chains_go_on_whichever_way_they_grow(store: Store) -> None:
    claims = claims_of(store, "a", "b")
    for _ in range(2):
        assert store.transactions(dict.fromkeys(claims, settle)) == {}
        with store.transaction(claims[0]) as tx:
            tx.record({"kind": "alone"})
    for name in ("a", "b"):
        chain = store.records(name)
        assert [record.previous for record in chain[1:]] == [record.hash for record in chain[:-1]]
        assert all(record.hash == record.computed() for record in chain)


def test_a_pass_ends_with_its_transaction(store: Store, clock: Clock) -> None:
    first, second, third = claims_of(store, "a", "b", "c")
    clock.now += 30
    store.mark_due([second.bond], NOW + 100)
    assert store.transactions({first: settle_and_end, second: settle_and_end, third: settle}) == {}
    ended, hinted, held = (store.work_of(claim.bond) for claim in (first, second, third))
    assert ended is not None
    assert hinted is not None
    assert held is not None
    assert (ended.owner, ended.due, ended.attempts) == (None, NOW + 500, 0)
    assert (hinted.owner, hinted.due) == (None, NOW + 100)
    assert (held.owner, held.until) == ("w", NOW + 90)
    with store.transaction(third) as tx:
        tx.done(NOW + 7)
    alone = store.work_of(third.bond)
    assert alone is not None
    assert (alone.owner, alone.until, alone.due) == (None, 0.0, NOW + 7)


def test_a_bond_that_was_taken_over_is_left_out(store: Store) -> None:
    first, second = claims_of(store, "a", "b")
    with store.operator_transaction(first.bond) as tx:
        tx.record({"kind": "by_hand"})
    left_out = store.transactions({first: settle_and_end, second: settle_and_end})
    assert {bond: type(error) for bond, error in left_out.items()} == {first.bond: Fenced}
    assert kinds(store, first.bond) == ["born", "by_hand"]
    assert kinds(store, second.bond) == ["born", "copied", "answered"]


def fail(tx: Tx) -> None:
    settle_and_end(tx)
    tx.open_intent(an_intent(tx.bond))
    raise ValueError("a fault of this bond alone")


def take_the_others_ticket(tx: Tx) -> None:
    tx.record({"kind": "linked"})
    tx.link(Side.CUSTOMER, "ref-a")


@pytest.mark.parametrize(("act", "error"), [(fail, ValueError), (take_the_others_ticket, AlreadyBonded)])
def test_an_act_that_fails_takes_no_other_with_it(store: Store, act: Act, error: type[Exception]) -> None:
    first, faulty, third = sorted(claims_of(store, "a", "b", "c"), key=lambda claim: claim.bond)
    left_out = store.transactions({first: settle_and_end, faulty: act, third: settle_and_end})
    assert {bond: type(why) for bond, why in left_out.items()} == {"b": error}
    untouched = store.load(["b"])["b"]
    assert (untouched.bond, untouched.intents, untouched.identities) == (a_bond("b"), [], [])
    assert [len(kinds(store, name)) for name in ("a", "b", "c")] == [3, 1, 3]
    with store.transaction(faulty) as tx:
        tx.record({"kind": "still ours"})


@pytest.mark.parametrize("failure", [Crash(), OperationalError("the disk is full", {}, Exception())])
def test_what_is_no_bonds_fault_leaves_nothing(store: Store, failure: BaseException) -> None:
    claims = claims_of(store, "a", "b")
    acts: dict[Claim, Act] = dict.fromkeys(claims, settle_and_end)

    def break_down(_: Tx) -> None:
        raise failure

    with pytest.raises(type(failure)):
        store.transactions(acts | {claims[1]: break_down})
    assert kinds(store, "a") == kinds(store, "b") == ["born"]
    assert store.transactions(acts) == {}


def test_a_bond_parked_in_company_keeps_no_lease(store: Store) -> None:
    first, second = claims_of(store, "a", "b")
    assert store.transactions({first: lambda tx: tx.park("refused"), second: settle}) == {}
    work = store.work_of(first.bond)
    assert work is not None
    assert (work.owner, work.until, work.parked) == (None, 0.0, "refused")


def test_a_hundred_are_kept_in_few_statements(store: Store) -> None:
    claims = claims_of(store, *(f"b{n:03}" for n in range(100)))

    def learn(tx: Tx) -> None:
        tx.save(a_bond(tx.bond, priority=2))
        tx.record({"kind": "learned"})
        tx.done(NOW + 500)

    with statements(store) as sent:
        assert store.transactions(dict.fromkeys(claims, learn)) == {}
    assert len(sent) <= 7
    with statements(store) as sent:
        assert store.transactions({}) == {}
    assert sent == []

"""What a transaction keeps, and what it keeps out."""

from __future__ import annotations

import pytest

from connector.store.errors import AlreadyBonded, Fenced, StoreError
from connector.store.records import (
    Bond,
    BondState,
    Claim,
    Held,
    Note,
    PutBack,
    SideState,
    Standing,
    UnitState,
    Unverified,
    Withheld,
)
from connector.store.store import Store
from connector.words import How, Side
from tests.unit.store.helpers import NOW, Clock, Crash, a_bond, an_identity, an_intent, bear, claim_one, statements


def test_a_bond_comes_back_as_it_was_saved(store: Store) -> None:
    bear(store, "a")
    bond = a_bond("a", priority=2)
    bond.state, bond.title, bond.mapping_version, bond.ended_at = BondState.LINKED, "Ünïcode \ud83d \x00", "v7", 3.5
    bond.sides[Side.VENDOR] = SideState("77", "2024077", "https://portal.example/77", 1.25, 4, 2.0, 3.0, 4.0, 5.0, 6.0)
    bond.units["impact"] = UnitState(
        base={Side.CUSTOMER: {"impact": "1"}},
        standing=Standing({"impact": "1"}, {"sev": "2"}, "held", "waits", NOW, {"task": "t"}),
        unverified={Side.VENDOR: Unverified({"sev": "1"}, None, NOW, 1.5, put_back=True)},
        put_back={Side.VENDOR: PutBack({"sev": "1"}, {"sev": "2"})},
        restored={Side.VENDOR: [{"sev": "3"}]},
    )
    bond.withheld["vendor:77:1"] = Withheld("channel", parked=True, at=NOW)
    bond.notes["p1"] = Note(Side.CUSTOMER, "call them", NOW, 2)
    bond.held = Held("roster", NOW, {"task": "t"})
    with store.transaction(claim_one(store)) as tx:
        tx.save(bond)
    assert store.load(["a"])["a"].bond == bond


def test_intents_and_identities_come_back(store: Store) -> None:
    bear(store, "a")
    later, first = an_intent("a", "i2", NOW + 1), an_intent("a", "i3", NOW)
    first.units["impact"].how = How.PUT_BACK
    with store.transaction(claim_one(store)) as tx:
        tx.open_intent(later)
        tx.open_intent(first)
        tx.identify(an_identity())
        assert tx.load().intents == [first, later]
    loaded = store.load(["a", "unknown"])
    assert list(loaded) == ["a"]
    assert loaded["a"].intents == [first, later]
    assert loaded["a"].identities == [an_identity()]


def test_a_closed_intent_is_gone_and_cannot_be_closed_again(store: Store) -> None:
    bear(store, "a")
    claim = claim_one(store)
    with store.transaction(claim) as tx:
        tx.open_intent(an_intent("a"))
    with store.transaction(claim) as tx:
        tx.close_intent("i1")
    assert store.load(["a"])["a"].intents == []
    with pytest.raises(StoreError, match="not open"), store.transaction(claim) as tx:
        tx.close_intent("i1")


def do_everything_and_crash(store: Store, claim: Claim, bond: Bond, failure: type[BaseException]) -> None:
    with store.transaction(claim) as tx:
        tx.save(bond)
        tx.open_intent(an_intent("a"))
        tx.identify(an_identity())
        tx.link(Side.VENDOR, "77")
        tx.record({"kind": "x"})
        tx.park("never")
        raise failure


@pytest.mark.parametrize("failure", [ValueError, Crash, KeyboardInterrupt])
def test_a_crash_leaves_nothing(store: Store, clock: Clock, failure: type[BaseException]) -> None:
    bear(store, "a")
    claim = claim_one(store)
    bond = a_bond("a")
    bond.title = "never"
    clock.now += 10
    with pytest.raises(failure):
        do_everything_and_crash(store, claim, bond, failure)
    loaded = store.load(["a"])["a"]
    assert (loaded.bond, loaded.intents, loaded.identities) == (a_bond("a"), [], [])
    assert store.known("c", Side.VENDOR, ["77"]) == {}
    assert [record.kind for record in store.records("a")] == ["born"]
    assert store.parked() == []
    work = store.work_of("a")
    assert work is not None
    assert work.until == NOW + 60
    with store.transaction(claim) as tx:
        tx.record({"kind": "after"})
    assert len(store.records("a")) == 2


def open_a_case(store: Store, claim: Claim) -> None:
    with store.transaction(claim) as tx:
        tx.open_intent(an_intent(claim.bond))
        tx.link(Side.VENDOR, "77")


def test_a_case_belongs_to_one_bond(store: Store) -> None:
    bear(store, "a", "b")
    first, second = store.claim("c", "w", 2, 60.0)
    with store.transaction(first) as tx:
        tx.link(Side.VENDOR, "77")
        tx.link(Side.VENDOR, "77")
    with pytest.raises(AlreadyBonded) as refused:
        open_a_case(store, second)
    assert refused.value.bond == first.bond
    assert store.load([second.bond])[second.bond].intents == []
    assert store.known("c", Side.VENDOR, ["77"]) == {"77": first.bond}
    with store.operator_transaction(first.bond) as tx:
        tx.unlink(Side.VENDOR, "77")
    with store.transaction(second) as tx:
        tx.link(Side.VENDOR, "77")
    assert store.known("c", Side.VENDOR, ["77"]) == {"77": second.bond}


def test_an_item_has_one_copy_in_a_ticket(store: Store) -> None:
    bear(store, "a")
    claim = claim_one(store)
    with store.transaction(claim) as tx:
        tx.identify(an_identity(copy=""))  # its native id is not known yet
        tx.identify(an_identity(copy="9"))
        tx.identify(an_identity(copy="9"))
        tx.identify(an_identity(copy="10", extra=True))
    with pytest.raises(StoreError, match="another copy"), store.transaction(claim) as tx:
        tx.identify(an_identity(copy="11"))
    known = [(identity.copy, identity.extra) for identity in store.load(["a"])["a"].identities]
    assert sorted(known) == [("10", True), ("9", False)]


def test_an_operator_fences_the_worker_and_makes_a_pass_due(store: Store) -> None:
    bear(store, "a")
    claim = claim_one(store)
    with store.operator_transaction("a") as tx:
        bond = tx.load().bond
        bond.title = "by hand"
        tx.save(bond)
        tx.record({"kind": "answered", "by": "Ada"})
    with pytest.raises(Fenced), store.transaction(claim) as tx:
        tx.save(a_bond("a"))
    assert store.load(["a"])["a"].bond.title == "by hand"
    assert claim_one(store, "next").attempts == 1
    with pytest.raises(StoreError, match="no bond"), store.operator_transaction("unknown"):
        pass


def test_a_transaction_is_about_its_own_bond(store: Store) -> None:
    bear(store, "a", "b")
    with pytest.raises(StoreError, match="bond b in the transaction"), store.operator_transaction("a") as tx:
        tx.save(a_bond("b"))
    with pytest.raises(StoreError, match="intent of bond b"), store.operator_transaction("a") as tx:
        tx.open_intent(an_intent("b"))


def test_a_transaction_within_a_transaction_is_refused_and_harms_nothing(store: Store) -> None:
    bear(store, "a", "b")
    with store.operator_transaction("a") as tx:
        with pytest.raises(StoreError, match="already"):
            store.mark_due(["b"], NOW)
        tx.record({"kind": "x"})
    assert len(store.records("a")) == 2


def test_a_saved_priority_orders_the_queue(store: Store) -> None:
    bear(store, "a", "b", priority=4)
    with store.operator_transaction("b") as tx:
        tx.save(a_bond("b", priority=2))
    assert [claim.bond for claim in store.claim("c", "w", 2, 60.0)] == ["b", "a"]


def test_commits_are_cheap(store: Store) -> None:
    bear(store, "a")
    claim = claim_one(store)
    with statements(store) as sent, store.transaction(claim) as tx:
        tx.save(a_bond("a"))
        tx.open_intent(an_intent("a"))
    assert len(sent) <= 4
    with statements(store) as sent, store.transaction(claim) as tx:
        tx.save(a_bond("a"))
        tx.close_intent("i1")
        tx.identify(an_identity())
        tx.link(Side.VENDOR, "77")
        tx.record({"kind": "sent"})
        tx.record({"kind": "linked"})
    assert len(sent) <= 7


def test_the_chain_is_continued_by_every_transaction(store: Store, clock: Clock) -> None:
    bear(store, "a")
    claim = claim_one(store)
    with store.transaction(claim) as tx:
        assert [tx.record({"kind": "x"}), tx.record({"kind": "y", "text": "ü\x00\ud800"})] == [2, 3]
    clock.now += 1
    with store.transaction(claim) as tx:
        assert tx.record({"no": "kind"}) == 4
    records = store.records("a")
    assert [(record.n, record.kind, record.at) for record in records] == [
        (1, "born", NOW),
        (2, "x", NOW),
        (3, "y", NOW),
        (4, "event", NOW + 1),
    ]
    assert [record.previous for record in records[1:]] == [record.hash for record in records[:-1]]
    assert records[2].content is not None
    assert records[2].content.event == {"kind": "y", "text": "ü\x00\ud800"}


def test_a_copy_can_be_forgotten_and_identified_anew(store: Store) -> None:
    bear(store, "a")
    with store.operator_transaction("a") as tx:
        tx.identify(an_identity(copy="9"))
        tx.identify(an_identity(copy="10", extra=True))
    with store.operator_transaction("a") as tx:
        tx.forget(an_identity(copy="9"))
        tx.identify(an_identity(copy="11"))
    assert sorted(i.copy for i in store.load(["a"])["a"].identities) == ["10", "11"]


def test_facts_are_read_together_and_changed_alone(store: Store) -> None:
    store.set_fact("one", "1")
    assert store.change_fact("one", lambda old: f"{old}+") == "1+"
    assert store.change_fact("new", repr) == "None"
    assert store.facts(["one", "new", "other"]) == {"one": "1+", "new": "None"}

"""Acts on several bonds at once, and how far a backfill is."""

from __future__ import annotations

import pytest

from connector.store.backfilled import Progress
from connector.store.errors import AlreadyBonded, Fenced, StoreError
from connector.store.joint import Joint
from connector.store.store import Store
from connector.words import Side
from tests.unit.store.helpers import NOW, Clock, Crash, a_birth, an_identity, bear, claim_one


def test_a_ticket_moves_from_bond_to_bond_in_one_commit(store: Store) -> None:
    bear(store, "a", "b")

    def move(joint: Joint) -> str | None:
        joint.of("a").unlink(Side.CUSTOMER, "ref-a")
        joint.of("b").link(Side.CUSTOMER, "ref-a")
        joint.of("b").record({"kind": "linked"})
        return joint.holder("c", Side.CUSTOMER, "ref-a")

    assert store.jointly(move) == "b"
    assert store.known("c", Side.CUSTOMER, ["ref-a", "ref-b"]) == {"ref-a": "b", "ref-b": "b"}
    assert [record.kind for record in store.records("b")] == ["born", "linked"]


def test_all_of_it_or_nothing(store: Store) -> None:
    bear(store, "a", "b")

    def dying(joint: Joint) -> None:
        joint.bear(a_birth("new"))
        joint.of("a").unlink(Side.CUSTOMER, "ref-a")
        joint.of("b").record({"kind": "linked"})
        raise Crash

    with pytest.raises(Crash):
        store.jointly(dying)
    assert [bond.id for bond in store.bonds()] == ["a", "b"]
    assert store.known("c", Side.CUSTOMER, ["ref-a"]) == {"ref-a": "a"}
    assert len(store.records("b")) == 1
    with pytest.raises(AlreadyBonded):
        store.jointly(lambda joint: joint.of("b").link(Side.CUSTOMER, "ref-a"))
    with pytest.raises(StoreError, match="there is no bond"):
        store.jointly(lambda joint: joint.of("nobody"))


def test_who_works_on_one_of_them_is_fenced_off_and_a_pass_is_due(store: Store, clock: Clock) -> None:
    bear(store, "a", due=NOW)
    claim = claim_one(store)

    def act(joint: Joint) -> None:
        joint.bear(a_birth("new", due=NOW + 50)).record({"kind": "linked"})
        joint.of("a").record({"kind": "gave_way"})

    store.jointly(act)
    with pytest.raises(Fenced), store.transaction(claim) as tx:
        tx.record({"kind": "noted"})
    assert {c.bond for c in store.claim("c", "w")} == {"a", "new"}


def test_what_was_there_before_is_forgotten_and_copies_are_not(store: Store) -> None:
    bear(store, "a", "b")
    with store.operator_transaction("a") as tx:
        tx.identify(an_identity("customer:ref-a:comment:1", ""))
        tx.identify(an_identity("customer:ref-a:comment:2", ""))
        tx.identify(an_identity("customer:ref-a:comment:3", "99"))
    assert store.with_history("c") == ["a"]
    assert store.with_history("other") == []
    with store.operator_transaction("a") as tx:
        assert tx.forget_before() == 2
    assert [one.copy for one in store.load(["a"])["a"].identities] == ["99"]
    assert store.with_history("c") == []


def test_a_page_of_a_backfill_and_how_far_it_came_are_one_commit(store: Store) -> None:
    bear(store, "a")
    store.advance("c", Side.CUSTOMER, "the poll's")
    assert store.backfilled("c") is None
    progress = Progress(0.0, None, "cursor", taken=2, refused={"too old": 3}, unread={"r9": "no right"})
    store.take_in("c", [a_birth("a"), a_birth("b")], progress)
    assert store.backfilled("c") == progress
    assert store.backfilled("other") is None
    assert [bond.id for bond in store.bonds()] == ["a", "b"]
    assert store.cursor("c", Side.CUSTOMER) == "the poll's"
    store.take_in("c", [], Progress(0.0, None, "end", done=True))
    assert store.backfilled("c") == Progress(0.0, None, "end", done=True)

"""Bonds with followers: remembered whole, found by every number, joined in one transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.store.codec import bond_of, bond_row
from connector.store.errors import StoreError
from connector.store.queries import number_ref
from connector.store.records import BondState, Held
from connector.store.store import Store
from connector.store.tables import NEVER
from connector.words import Side
from tests.unit.store.helpers import NOW, a_bond, bear


def test_a_bond_is_remembered_with_its_followers() -> None:
    bond = a_bond("a")
    bond.followers = [replace(a_bond("b"), id="a", held=Held("gone", NOW), fresh="follows", since=NOW)]
    assert bond_of(str(bond_row(bond, NOW)["doc"])) == bond


def test_a_bond_of_before_there_were_followers_is_read() -> None:
    doc = '{"id":"a","connection":"c","state":"linked","born":1.0,"sides":{"customer":{"ref":"r"}}}'
    assert bond_of(doc).followers == []
    assert (bond_of(doc).since, bond_of(doc).fresh, bond_of(doc).joined) == (0.0, "", "")


def test_one_bond_hands_its_tickets_over_to_another(store: Store) -> None:
    bear(store, "a", "b")
    with store.operator_transactions("b", "a") as (leaving, tx):
        leaving.hand_over(tx)
        tx.link(Side.CUSTOMER, number_ref("INC-b"))
        ended = replace(leaving.load().bond, state=BondState.JOINED, joined="a")
        leaving.save(ended)
        leaving.record({"kind": "joined", "bond": "a"})
        leaving.done(NEVER)
    assert store.known("c", Side.CUSTOMER, ["ref-a", "ref-b"]) == {"ref-a": "a", "ref-b": "a"}
    for text in ("inc-B", "ref-b", "INC-A"):
        assert [found.id for found in store.find_bonds(text)] == ["a"], text
    assert [found.id for found in store.find_bonds("b")] == ["b"], "by its own name its audit is found"
    assert (store.tally("c").bonds, len(store.claim("c", "w"))) == (1, 1)


def test_both_bonds_or_none(store: Store) -> None:
    bear(store, "a", "b")

    def fail() -> None:
        with store.operator_transactions("b", "a") as (leaving, tx):
            leaving.hand_over(tx)
            raise StoreError("the power is out")

    with pytest.raises(StoreError, match="power"):
        fail()
    assert store.known("c", Side.CUSTOMER, ["ref-b"]) == {"ref-b": "b"}


def test_whoever_works_on_either_bond_is_fenced_off(store: Store) -> None:
    bear(store, "a", "b")
    claims = store.claim("c", "w")
    with store.operator_transactions("a", "b"):
        pass
    assert store.renew(claims, 60.0) == set()

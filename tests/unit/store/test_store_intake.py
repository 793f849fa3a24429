"""Polling, births, facts and what people ask of the store."""

from __future__ import annotations

import threading

import pytest

from connector.store.records import BondState, Held
from connector.store.store import Store
from connector.words import Side
from tests.unit.store.conftest import Engine
from tests.unit.store.helpers import NOW, Clock, a_birth, a_bond, bear, claim_one


def test_a_page_is_taken_in_once(store: Store) -> None:
    assert store.cursor("c", Side.CUSTOMER) is None
    page = [a_birth("a"), a_birth("b")]
    assert store.advance("c", Side.CUSTOMER, "p1", page) == ["a", "b"]
    assert store.cursor("c", Side.CUSTOMER) == "p1"
    assert store.advance("c", Side.CUSTOMER, "p2", page) == []
    assert store.cursor("c", Side.CUSTOMER) == "p2"
    assert store.cursor("c", Side.VENDOR) is None
    assert store.known("c", Side.CUSTOMER, ["ref-a", "ref-b", "ref-x"]) == {"ref-a": "a", "ref-b": "b"}
    assert [bond.id for bond in store.bonds()] == ["a", "b"]


def test_a_ticket_twice_on_a_page_is_born_once(store: Store) -> None:
    twin = a_birth("a")
    twin.bond.id = "z"
    assert len(store.advance("c", Side.CUSTOMER, None, [a_birth("a"), twin])) == 1
    assert len(store.bonds()) == 1


def test_a_page_makes_known_tickets_due(store: Store) -> None:
    bear(store, "a", "b", "c", due=NOW + 1000)
    twin = a_birth("b")
    twin.bond.id = "new"
    store.advance("c", Side.CUSTOMER, "p1", [twin], due=["a", "a"])
    assert {claim.bond for claim in store.claim("c", "w", 9, 60.0)} == {"a", "b"}


def test_a_page_that_fails_moves_no_cursor(store: Store) -> None:
    bad = a_birth("b")
    bad.event["value"] = object()
    with pytest.raises(TypeError):
        store.advance("c", Side.CUSTOMER, "p1", [a_birth("a"), bad])
    assert store.cursor("c", Side.CUSTOMER) is None
    assert store.bonds() == []


def test_what_is_remembered_of_a_page_stands_or_falls_with_it(store: Store) -> None:
    bad = a_birth("b")
    bad.event["value"] = object()
    with pytest.raises(TypeError):
        store.advance("c", Side.CUSTOMER, "p1", [bad], facts={"kept": "nobody"})
    assert store.fact("kept") is None
    store.advance("c", Side.CUSTOMER, "p1", [a_birth("a")], facts={"kept": "somebody"})
    assert store.fact("kept") == "somebody"


def test_two_polls_at_once_bear_one_bond_a_ticket(store: Store) -> None:
    start = threading.Barrier(2)
    born: list[str] = []

    def poll(side: str) -> None:
        births = [a_birth(f"{n:03}") for n in range(50)]
        for birth in births:
            birth.bond.id = f"{side}-{birth.bond.id}"
        start.wait()
        for n in range(0, 50, 5):
            born.extend(store.advance("c", Side.CUSTOMER, f"{side}{n}", births[n : n + 5]))

    threads = [threading.Thread(target=poll, args=(side,)) for side in ("x", "y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(born) == 50
    assert {bond.id for bond in store.bonds()} == set(born)


def test_facts_are_kept(store: Store) -> None:
    assert store.fact("installation") is None
    store.set_fact("installation", "one")
    store.set_fact("installation", "two")
    assert store.fact("installation") == "two"


def test_the_marker_key_is_made_once(engine: Engine, clock: Clock) -> None:
    store = engine.open(clock)
    key_id, key = store.marker_key()
    assert store.marker_key() == (key_id, key)
    assert (len(key_id), len(key)) == (4, 32)
    store.close()
    again = engine.open(clock)
    assert (again.marker_key() == (key_id, key)) == bool(engine.url)
    again.close()


def test_bonds_are_found_by_what_people_know(store: Store) -> None:
    bear(store, "a", "b")
    with store.operator_transaction("b") as tx:
        bond = tx.load().bond
        bond.side(Side.VENDOR).number = "2024B"
        tx.save(bond)
        tx.link(Side.VENDOR, "77")
    for text in ("b", "inc-B", " ref-b ", "2024b", "77"):
        assert [found.id for found in store.find_bonds(text)] == ["b"], text
    assert store.find_bonds("INC") == []


def test_bonds_are_listed_by_what_they_are(store: Store) -> None:
    bear(store, "a", "b", "d")
    store.advance("other", Side.CUSTOMER, None, [a_birth("x", "other")])
    bond = a_bond("b")
    bond.state, bond.held = BondState.LINKED, Held("no roster", NOW)
    with store.operator_transaction("b") as tx:
        tx.save(bond)
    assert [found.id for found in store.bonds("c")] == ["a", "b", "d"]
    assert [found.id for found in store.bonds("c", limit=2, after="a")] == ["b", "d"]
    assert [found.id for found in store.bonds(state=BondState.LINKED)] == ["b"]
    assert [found.id for found in store.bonds("c", held=True)] == ["b"]
    assert [found.id for found in store.bonds("c", held=False)] == ["a", "d"]
    tally = store.tally("c")
    assert (tally.bonds, tally.held) == (3, 1)
    assert tally.states == {BondState.CANDIDATE: 2, BondState.LINKED: 1, BondState.ENDED: 0, BondState.UNLINKED: 0}


def test_the_backlog_is_counted(store: Store) -> None:
    empty = store.backlog()
    assert (empty.due, empty.leased, empty.parked, empty.oldest_due) == (0, 0, 0, None)
    bear(store, "old", due=NOW - 9)
    bear(store, "park", "lease", priority=2, due=NOW - 500)
    bear(store, "later", due=NOW + 9)
    store.park(claim_one(store), "why")
    claim_one(store)
    backlog = store.backlog("c")
    assert (backlog.due, backlog.leased, backlog.parked, backlog.oldest_due) == (1, 1, 1, NOW - 9)
    assert store.backlog("other") == empty
    assert store.work_of("unknown") is None

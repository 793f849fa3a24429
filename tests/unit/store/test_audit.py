"""The record of what was done: whoever edits it is found out."""

# ruff: noqa: S608 - the tests are the intruder here: their statements are written by hand

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from connector.audit.export import export, verify_export
from connector.audit.record import START, Checkpoint, Head, Record, seal, seal_checkpoint
from connector.audit.verify import Report, verify
from connector.store.errors import StoreError
from connector.store.store import Store
from tests.unit.store.helpers import NOW, Clock, bear, statements


@pytest.fixture
def audited(store: Store, clock: Clock) -> Store:
    """Three bonds with four records each, two checkpoints, and one record after the last of them."""
    bear(store, "a", "b", "d")
    add(store, "a", "b", "d")
    store.checkpoint()
    clock.now += 60
    add(store, "a", "b", "d")
    add(store, "a", "b", "d")
    store.checkpoint()
    add(store, "d")
    return store


def add(store: Store, *bonds: str) -> None:
    for bond in bonds:
        with store.operator_transaction(bond) as tx:
            tx.record({"kind": "sent", "to": bond})


def verified(store: Store, anchor: str = "") -> Report:
    with store.audit() as reader:
        report = verify(reader, anchor)
    exported = verify_export(lines(store), anchor)
    assert exported == report
    return report


def lines(store: Store) -> list[str]:
    out = io.StringIO()
    with store.audit() as reader:
        count = export(reader, out, NOW)
    written = out.getvalue().splitlines()
    assert len(written) == count
    return written


def tamper(store: Store, *changes: str) -> set[tuple[str, int]]:
    """Change rows behind the store's back, and say where verification points then."""
    with store.db.write() as connection:
        for change in changes:
            assert connection.execute(text(change)).rowcount, change
    return {(problem.bond, problem.n) for problem in verified(store).problems}


def test_an_untouched_record_is_verified(audited: Store) -> None:
    report = verified(audited)
    assert report.problems == []
    assert report.verified
    assert (report.bonds, report.records, report.checkpoints) == (3, 13, 2)
    assert audited.audit_size() == (13, 2)


def test_an_empty_store_is_verified(store: Store) -> None:
    assert store.checkpoint() is None
    assert verified(store).verified


CHANGED = {
    "time of a record": ("UPDATE audit_record SET at = at + 1 WHERE bond = 'a' AND n = 2", ("a", 2)),
    "kind of a record": ("UPDATE audit_record SET kind = 'x' WHERE bond = 'a' AND n = 2", ("a", 2)),
    "content hash": ("UPDATE audit_record SET content_hash = 'x' WHERE bond = 'a' AND n = 2", ("a", 2)),
    "previous hash": ("UPDATE audit_record SET previous = 'x' WHERE bond = 'a' AND n = 2", ("a", 2)),
    "own hash": ("UPDATE audit_record SET hash = 'x' WHERE bond = 'a' AND n = 2", ("a", 2)),
    "first record's previous": ("UPDATE audit_record SET previous = 'x' WHERE bond = 'a' AND n = 1", ("a", 1)),
    "content": ("UPDATE audit_content SET body = '{}' WHERE bond = 'a' AND n = 2", ("a", 2)),
    "salt": ("UPDATE audit_content SET salt = '' WHERE bond = 'a' AND n = 2", ("a", 2)),
    "removed content": ("DELETE FROM audit_content WHERE bond = 'a' AND n = 2", ("a", 2)),
    "removed first record": ("DELETE FROM audit_record WHERE bond = 'a' AND n = 1", ("a", 1)),
    "removed record": ("DELETE FROM audit_record WHERE bond = 'a' AND n = 2", ("a", 2)),
    "removed last record": ("DELETE FROM audit_record WHERE bond = 'd' AND n = 5", ("d", 5)),
    "record of another bond": ("UPDATE audit_record SET bond = 'b', n = 5 WHERE bond = 'd' AND n = 5", ("b", 5)),
    "length": ("UPDATE bond SET length = 3 WHERE id = 'a'", ("a", 4)),
    "longer": ("UPDATE bond SET length = 9 WHERE id = 'a'", ("a", 5)),
    "head": ("UPDATE bond SET head = 'x' WHERE id = 'a'", ("a", 4)),
    "sealed": ("UPDATE bond SET sealed = 5 WHERE id = 'd'", ("d", 5)),
    "checkpoint's time": ("UPDATE audit_checkpoint SET at = at + 1 WHERE n = 1", ("", 1)),
    "checkpoint's bonds": ("UPDATE audit_checkpoint SET bonds = 9 WHERE n = 2", ("", 2)),
    "checkpoint's records": ("UPDATE audit_checkpoint SET records = 9 WHERE n = 2", ("", 2)),
    "checkpoint's heads": ("UPDATE audit_checkpoint SET heads = '[]' WHERE n = 2", ("", 2)),
    "unreadable heads": ("UPDATE audit_checkpoint SET heads = '[1' WHERE n = 2", ("", 2)),
    "checkpoint's previous": ("UPDATE audit_checkpoint SET previous = 'x' WHERE n = 2", ("", 2)),
    "checkpoint's hash": ("UPDATE audit_checkpoint SET hash = 'x' WHERE n = 1", ("", 1)),
    "removed checkpoint": ("DELETE FROM audit_checkpoint WHERE n = 1", ("", 1)),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_change_is_found_and_named(audited: Store, what: str) -> None:
    change, place = CHANGED[what]
    assert place in tamper(audited, change)


def test_a_removed_last_record_is_found_although_the_bond_was_adjusted(audited: Store) -> None:
    third = audited.records("a")[2].hash
    cut = "DELETE FROM audit_record WHERE bond = 'a' AND n = 4"
    assert ("a", 4) in tamper(audited, cut, f"UPDATE bond SET length = 3, head = '{third}', sealed = 3 WHERE id = 'a'")


def test_a_rewritten_chain_is_found_by_its_checkpoints(audited: Store) -> None:
    previous = START
    changes = []
    for record in audited.records("a"):
        forged = seal("a", record.n, record.at, {"kind": record.kind}, previous, "salt")
        assert forged.content is not None
        here = f"WHERE bond = 'a' AND n = {forged.n}"
        fields = f"previous = '{previous}', hash = '{forged.hash}', content_hash = '{forged.content_hash}'"
        changes.append(f"UPDATE audit_record SET {fields} {here}")
        changes.append(f"UPDATE audit_content SET salt = 'salt', body = '{forged.content.body}' {here}")
        previous = forged.hash
    found = tamper(audited, *(c.replace(":", "\\:") for c in changes), f"UPDATE bond SET head = '{previous}' WHERE id = 'a'")
    assert {("a", 2), ("a", 4)} <= found


def test_swapped_records_are_found(audited: Store) -> None:
    swap = "UPDATE audit_record SET n = {} WHERE bond = 'a' AND n = {}"
    found = tamper(audited, swap.format(99, 2), swap.format(2, 3), swap.format(3, 99))
    assert {("a", 2), ("a", 3)} <= found


def test_swapped_contents_are_found(audited: Store) -> None:
    swap = "UPDATE audit_content SET n = {} WHERE bond = 'a' AND n = {}"
    found = tamper(audited, swap.format(99, 2), swap.format(2, 3), swap.format(3, 99))
    assert found == {("a", 2), ("a", 3)}


def test_an_inserted_record_is_found(audited: Store) -> None:
    last = audited.records("a")[-1]
    forged = seal("a", 5, NOW, {"kind": "forged"}, last.hash)
    values = f"'a', 5, {forged.at}, 'forged', '{forged.content_hash}', '{forged.previous}', '{forged.hash}'"
    assert ("a", 5) in tamper(audited, f"INSERT INTO audit_record VALUES ({values})")


def test_an_inserted_content_is_found(audited: Store) -> None:
    assert tamper(audited, "INSERT INTO audit_content VALUES ('a', 77, '', '{}')") == {("a", 77)}


def test_a_removed_bond_is_found(audited: Store) -> None:
    rows = ["DELETE FROM work WHERE bond = 'a'", "DELETE FROM bond_ref WHERE bond = 'a'", "DELETE FROM bond WHERE id = 'a'"]
    assert ("a", 4) in tamper(audited, *rows)
    everything = ["DELETE FROM audit_record WHERE bond = 'a'", "DELETE FROM audit_content WHERE bond = 'a'"]
    assert {("a", 2), ("a", 4)} <= tamper(audited, *everything)


def test_an_inserted_bond_is_found(audited: Store) -> None:
    columns = "connection, state, priority, title, customer_number, vendor_number, held, born, changed, doc, length, head"
    new = f"INSERT INTO bond (id, {columns}, sealed) SELECT 'new', {columns}, 0 FROM bond WHERE id = 'a'"
    assert tamper(audited, new) == {("new", 1)}


def test_a_removed_last_checkpoint_is_found_by_the_copy_kept_elsewhere(audited: Store) -> None:
    newest = audited.checkpoint()
    assert newest is not None
    assert verified(audited, newest.anchor).verified
    assert verified(audited, newest.anchor).anchor == newest.anchor
    forget = "UPDATE bond SET sealed = 4 WHERE id = 'd'"
    assert tamper(audited, "DELETE FROM audit_checkpoint WHERE n = 3", forget) == set()
    (problem,) = verified(audited, newest.anchor).problems
    assert (problem.bond, problem.n) == ("", 3)
    assert "anchor" in str(problem)


def test_a_removed_last_checkpoint_is_found_by_the_bonds_it_covered(audited: Store) -> None:
    assert ("a", 4) in tamper(audited, "DELETE FROM audit_checkpoint WHERE n = 2")


def test_sqlite_garbage_is_named_and_stops_nothing(audited: Store) -> None:
    if not audited.db.is_sqlite:
        pytest.skip("PostgreSQL's columns hold only their own kind")
    found = tamper(
        audited,
        "UPDATE audit_record SET n = 'x' WHERE bond = 'a' AND n = 2",
        "UPDATE audit_checkpoint SET records = 'many' WHERE n = 2",
        "UPDATE audit_content SET body = x'00ff' WHERE bond = 'b' AND n = 1",
    )
    assert {("a", 0), ("a", 2), ("", 2), ("b", 0)} <= found


def test_an_erased_content_is_told_from_a_lost_one(audited: Store) -> None:
    audited.redact("a", 2, by="Ada", reason="named a caller")
    report = verified(audited)
    assert report.verified
    assert report.erased == [("a", 2)]
    assert "named a caller" in json.dumps([record.content.event for record in audited.records("a") if record.content])
    assert not any('"to": "a"' in line and '"n": 2,' in line for line in lines(audited))
    with pytest.raises(StoreError, match="no record 2"):
        audited.redact("a", 2, by="Ada", reason="again")
    with pytest.raises(StoreError, match="stays"):
        audited.redact("a", 5, by="Ada", reason="hide it")
    with pytest.raises(StoreError, match="no record 99"):
        audited.redact("a", 99, by="Ada", reason="nothing there")
    with pytest.raises(StoreError, match="redact alone"), audited.operator_transaction("a") as tx:
        tx.record({"kind": "redacted", "n": 3})
    assert len(audited.records("a")) == 5


def test_a_lost_record_of_an_erasure_leaves_a_lost_content(audited: Store) -> None:
    audited.redact("a", 2, by="Ada", reason="named a caller")
    assert {("a", 2), ("a", 5)} <= tamper(audited, "DELETE FROM audit_content WHERE bond = 'a' AND n = 5")


def test_a_checkpoint_covers_what_grew(audited: Store, clock: Clock) -> None:
    newest = audited.checkpoint()
    assert newest is not None
    assert json.loads(newest.heads) == [["d", 5, audited.records("d")[-1].hash]]
    assert (newest.n, newest.bonds, newest.records) == (3, 3, 13)
    assert audited.checkpoint() == newest
    with statements(audited) as sent:
        audited.checkpoint()
    assert len(sent) == 2


def test_an_export_that_was_cut_or_edited_is_found(audited: Store) -> None:
    whole = lines(audited)
    assert not verify_export(whole[:-1]).verified
    assert not verify_export(whole[1:]).verified
    assert not verify_export([]).verified
    assert not verify_export([*whole, "nonsense"]).verified
    assert not verify_export([*whole, '["record"]']).verified
    assert not verify_export([*whole, whole[-1]]).verified
    assert not verify_export([*whole, whole[5]]).verified
    assert not verify_export([whole[0].replace('"format": 1', '"format": 2'), *whole[1:]]).verified
    assert verify_export(whole).as_dict()["verified"]


@dataclass
class Chains:
    """An audit in memory, to be verified without a store."""

    ends: list[Head] = field(default_factory=list)
    chain: list[Record] = field(default_factory=list)
    sealed: list[Checkpoint] = field(default_factory=list)

    def checkpoints(self) -> Iterator[Checkpoint]:
        return iter(self.sealed)

    def heads(self) -> Iterator[Head]:
        return iter(self.ends)

    def records(self) -> Iterator[Record]:
        return iter(self.chain)

    def strays(self) -> Iterator[tuple[str, int]]:
        return iter(())


def chains(lengths: list[int]) -> Chains:
    made = Chains()
    for number, length in enumerate(lengths):
        head = START
        for n in range(1, length + 1):
            made.chain.append(seal(f"b{number}", n, NOW + n, {"kind": "k", "n": n}, head))
            head = made.chain[-1].hash
        made.ends.append(Head(f"b{number}", length, head, length))
    made.sealed = [seal_checkpoint(None, NOW, [replace(end, sealed=0) for end in made.ends])]
    return made


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.data())
def test_any_single_edit_of_the_records_is_found(lengths: list[int], data: st.DataObject) -> None:
    made = chains(lengths)
    assert verify(made).verified
    before = by_bond(made.chain)
    at = data.draw(st.integers(0, len(made.chain) - 1))
    edited = made.chain[at]
    match data.draw(st.sampled_from(["change", "remove", "repeat", "swap", "erase"])):
        case "change":
            name = data.draw(st.sampled_from(["bond", "n", "at", "kind", "content_hash", "previous", "hash"]))
            old = getattr(edited, name)
            made.chain[at] = replace(edited, **{name: old + ("x" if isinstance(old, str) else 1)})
        case "remove":
            del made.chain[at]
        case "repeat":
            made.chain.insert(data.draw(st.integers(0, len(made.chain))), edited)
        case "swap":
            other = data.draw(st.integers(0, len(made.chain) - 1))
            made.chain[at], made.chain[other] = made.chain[other], made.chain[at]
        case "erase":
            made.chain[at] = replace(edited, content=None)
    harmless = by_bond(made.chain) == before and contiguous(made.chain)
    assert verify(made).verified == harmless


def by_bond(records: list[Record]) -> dict[str, list[Record]]:
    return {bond: [record for record in records if record.bond == bond] for bond in {record.bond for record in records}}


def contiguous(records: list[Record]) -> bool:
    """Whether the records of each bond stand together: the order of whole bonds means nothing."""
    return len(list(groupby(records, key=lambda record: record.bond))) == len(by_bond(records))

"""What linking two tickets comes to, decided without any system."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Attachment, Comment, Snapshot
from connector.mapping.load import load
from connector.store.records import Bond, BondState, Identity, Intent, Loaded
from connector.sync import linking
from connector.sync.differences import Fate, names_the_other
from connector.sync.linking import Pair
from connector.sync.operate import try_again
from connector.words import Side
from tests.simulation.rig import ROOT

MAPPING = load(ROOT / "mappings" / "servicenow-otrs.yaml")
NOW = 1000.0
TICKET = {
    "state": "3",
    "hold_reason": "4",
    "short_description": "fire",
    "impact": "2",
    "urgency": "2",
    "priority": "3",
    "correlation_id": "",
    "correlation_display": "",
}
CASE = {"State": "open", "Title": "fire", "Priority": "3 normal", "DynamicField_CustomerReference": ""}


def comment(name: str, *, by_us: bool = False) -> Comment:
    return Comment(name, "comments", "lena", by_us, "2026-01-01T00:00:00Z", "hello")


def attachment(name: str, *, by_us: bool = False) -> Attachment:
    return Attachment(name, "a.txt", "text/plain", 3, "lena", by_us, "2026-01-01T00:00:00Z")


def snapshot(side: Side, **fields: str) -> Snapshot:
    known = TICKET if side is Side.CUSTOMER else CASE
    ref, number = ("r1", "INC1") if side is Side.CUSTOMER else ("7", "2026")
    items = (comment(f"{side}-c1"), comment(f"{side}-ours", by_us=True)), (attachment(f"{side}-f1"),)
    return Snapshot(ref, number, {**known, **fields}, *items, 900.0, NOW, created_by_us=False)


def a_pair(customer: dict[str, str] | None = None, vendor: dict[str, str] | None = None, **rest: Any) -> Pair:
    read = {Side.CUSTOMER: snapshot(Side.CUSTOMER, **(customer or {})), Side.VENDOR: snapshot(Side.VENDOR, **(vendor or {}))}
    return Pair("acme", read, **rest)


def loaded(state: BondState, *, ref: str = "", case: str = "", name: str = "b1", intents: int = 0) -> Loaded:
    bond = Bond(name, "acme", state, 1.0)
    bond.side(Side.CUSTOMER).ref, bond.side(Side.CUSTOMER).number = ref, f"INC-{ref}" if ref else ""
    bond.side(Side.VENDOR).ref, bond.side(Side.VENDOR).number = case, f"CASE-{case}" if case else ""
    return Loaded(bond, [Intent(f"i{n}", name, "create", Side.VENDOR, "", 1.0) for n in range(intents)], [])


def tied(pair: Pair) -> Bond:
    bond = Bond("b1", "acme", BondState.CANDIDATE, 1.0)
    linking.tie(bond, pair, MAPPING, NOW)
    return bond


# --- objections ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holders", "told"),
    [
        ({}, ()),
        ({Side.CUSTOMER: loaded(BondState.CANDIDATE, ref="r1")}, ()),
        ({Side.VENDOR: loaded(BondState.CANDIDATE, case="7")}, ()),
        ({Side.CUSTOMER: loaded(BondState.UNLINKED, ref="r1", case="8")}, ()),
        ({Side.CUSTOMER: loaded(BondState.LINKED, ref="r1", case="8")}, ("INC1 is linked with CASE-8 already (bond b1)",)),
        ({Side.VENDOR: loaded(BondState.ENDED, ref="r2", case="7")}, ("2026 is linked with INC-r2 already (bond b1)",)),
        ({Side.CUSTOMER: loaded(BondState.CANDIDATE, ref="r1", intents=1)}, ("a call about INC1 is not answered yet (bond b1)",)),
    ],
)
def test_what_stands_in_the_way(holders: dict[Side, Loaded], told: tuple[str, ...]) -> None:
    found = list(linking.objections(a_pair(holders=holders)))
    assert len(found) == len(told)
    assert all(one.message.startswith(wanted) and one.remedy for one, wanted in zip(found, told, strict=True))


def test_a_case_made_for_another_ticket_is_refused_unless_that_exchange_has_ended() -> None:
    maker = loaded(BondState.LINKED, ref="r2", case="6")
    assert "was opened by the connector for INC-r2" in next(linking.objections(a_pair(maker=maker))).message
    over = loaded(BondState.UNLINKED, ref="r2", case="7")
    assert not list(linking.objections(a_pair(maker=over)))
    own = loaded(BondState.CANDIDATE, ref="r1")
    assert not list(linking.objections(a_pair(maker=own, holders={Side.CUSTOMER: own})))


def test_two_that_are_linked_with_each_other_are_no_problem() -> None:
    one = loaded(BondState.LINKED, ref="r1", case="7")
    pair = a_pair(holders={Side.CUSTOMER: one, Side.VENDOR: one})
    assert pair.linked
    assert not list(linking.objections(pair))


# --- what it comes to ---------------------------------------------------------------------------------------


def test_equal_tickets_differ_in_nothing_but_what_names_the_other() -> None:
    found = linking.outlook(a_pair(), MAPPING)
    assert {d.unit for d in found.differences} == {u for u in MAPPING.units if names_the_other(MAPPING, u)}
    assert {d.fate for d in found.differences} == {Fate.WRITTEN}
    assert found.warnings == ()


def test_each_difference_says_what_becomes_of_it() -> None:
    customer = {"short_description": "smoke", "state": "2", "correlation_id": "SAP-4711"}
    found = {d.unit: d for d in linking.outlook(a_pair(customer, {"Priority": "5 very high"}), MAPPING).differences}
    assert found["title"].later == (
        "stays different; the next change on either side travels; connector retry sets case 2026 to 'smoke'"
    )
    assert found["priority"].later.endswith("connector retry sets case 2026 to '3 normal'")
    assert (found["status"].fate, found["status"].later[:5]) == (Fate.OWN_AFFAIR, "stays")
    assert found["case_number"].later == "'2026' is written on ticket INC1 in place of 'SAP-4711'"


def test_what_is_set_with_a_new_case_alone_is_asked_for() -> None:
    once = {Side.VENDOR: frozenset({"Title", "DynamicField_CustomerReference"})}
    found = {d.unit: d for d in linking.outlook(a_pair({"short_description": "smoke"}, {}), MAPPING, once).differences}
    assert found["title"].later == (
        "stays different; the next change on either side travels, but the vendor's people are asked for those of the customer;"
        " connector retry asks them to set case 2026 to 'smoke'"
    )
    assert found["customer_reference"].later == "the vendor's people are asked to set 'INC1' on case 2026"
    assert found["case_number"].later == "'2026' is written on ticket INC1"


def test_a_field_that_cannot_be_read_is_told() -> None:
    pair = a_pair()
    ticket = pair.snapshots[Side.CUSTOMER]
    short = replace(ticket, fields={k: v for k, v in ticket.fields.items() if k != "short_description"})
    found = linking.outlook(replace(pair, snapshots={**pair.snapshots, Side.CUSTOMER: short}), MAPPING).differences
    (title,) = [d for d in found if d.unit == "title"]
    assert (title.fate, "not readable" in title.later) == (Fate.UNREADABLE, True)


@pytest.mark.parametrize(
    ("customer", "vendor", "said"),
    [
        ({"state": "7"}, {}, "INC1 is closed, 2026 is not"),
        ({}, {"State": "closed successful"}, "2026 is closed, INC1 is not"),
        ({"state": "8"}, {"State": "closed unsuccessful"}, "both have ended"),
        ({"state": "2", "hold_reason": ""}, {}, "by the mapping INC1 is not meant for the vendor"),
    ],
)
def test_what_a_person_should_know_before(customer: dict[str, str], vendor: dict[str, str], said: str) -> None:
    (warning,) = linking.outlook(a_pair(customer, vendor), MAPPING).warnings
    assert warning.startswith(said)


STATES = st.sampled_from(["1", "2", "3", "6", "7", "8"])
CASE_STATES = st.sampled_from(["new", "open", "pending reminder", "pending auto close+", "closed successful", "merged", "odd"])
TITLES = st.sampled_from(["fire", "smoke", ""])


@given(STATES, TITLES, CASE_STATES, TITLES)
def test_no_unit_is_due_to_travel_but_what_names_the_other(state: str, title: str, case_state: str, case_title: str) -> None:
    """Law: after a link every base is what is there, and every difference stands, is a side's own affair, or is told as written."""
    pair = a_pair({"state": state, "short_description": title}, {"State": case_state, "Title": case_title})
    bond = tied(pair)
    fates = {d.unit: d.fate for d in linking.outlook(pair, MAPPING).differences}
    for side, read in pair.snapshots.items():
        view = MAPPING.view(side, read)
        for unit in MAPPING.units:
            news = fates.get(unit) is Fate.WRITTEN and side in MAPPING.unit(unit).sources
            assert bond.units[unit].base[side] == ({} if news else dict(view.units[unit]))
    assert {u for u, s in bond.units.items() if s.standing} == {u for u, fate in fates.items() if fate is Fate.STANDS}


def test_retry_lets_the_owners_value_travel() -> None:
    bond = tied(a_pair({"short_description": "smoke"}))
    assert try_again(bond, MAPPING) == ([], ["title"])
    assert bond.units["title"].base[Side.CUSTOMER] == {}


def test_what_people_wrote_before_stays_by_its_id_and_what_has_a_copy_is_left_alone() -> None:
    pair = a_pair()
    copied = Identity("vendor:7:comment:vendor-c1", "comment", Side.CUSTOMER, "r1", "c9", 1.0)
    before = {one.item: (one.side, one.ref, one.copy) for one in linking.there_before(pair, [copied], NOW)}
    assert before == {
        "customer:r1:comment:customer-c1": (Side.VENDOR, "7", ""),
        "customer:r1:file:customer-f1": (Side.VENDOR, "7", ""),
        "vendor:7:file:vendor-f1": (Side.CUSTOMER, "r1", ""),
    }


def test_an_earlier_exchange_of_the_same_two_goes_on_and_another_gets_an_id_of_its_own() -> None:
    pair = a_pair()
    own, pairs = linking.ids(pair)
    same, other = (loaded(BondState.UNLINKED, ref="r1", case=case, name=own) for case in ("7", "8"))
    assert linking.earlier(pair, [other, same]) is same
    assert linking.earlier(pair, [other]) is None
    assert linking.new_id(pair, {}) == own
    assert linking.new_id(pair, {own: other}) == pairs


def test_each_end_is_said_anew_even_in_the_same_words() -> None:
    bond = tied(a_pair())
    linking.part(bond, MAPPING, "olga", NOW)
    linking.part(bond, MAPPING, "olga", NOW)
    assert sorted(bond.notes) == ["unlinked:customer:1", "unlinked:customer:2", "unlinked:vendor:1", "unlinked:vendor:2"]
    assert "exchange with 2026 has ended" in bond.notes["unlinked:customer:1"].text

"""The story of a ticket: calls and their answers are told as one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.audit.record import Record
from connector.mapping.load import load
from connector.mapping.mapping import TicketMapping
from connector.store.queries import Work
from connector.store.records import BondState, Held, Intent, PutBack, Standing, UnitState, Unverified
from connector.sync.story import tell
from connector.words import Side
from tests.simulation.rig import ROOT, START, Rig
from tests.unit.story_help import BACK, ITEM, RULING, announced, bond_of, chain, comment, story_of


@pytest.fixture(scope="module")
def mapping() -> TicketMapping:
    return load(ROOT / "mappings" / "servicenow-otrs.yaml")


# --- one whole story --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    """An incident that becomes a case; both sides act; a lost answer; a close against the rules."""
    rig = Rig(1)
    ticket = rig.servicenow.create(
        "lena.l1", {"short_description": "Dialogue is mute", "impact": "2", "urgency": "2", "state": "3", "hold_reason": "4"}
    )
    rig.settle(20)
    [case] = [t.ref for t in rig.portal.tickets()]
    rig.portal.edit(case, "vera", {"State": "open"})
    rig.settle(20)
    rig.world.choose_fault = lambda call: "answer_lost" if call.write and call.system == "servicenow" else None
    rig.portal.comment(case, "vera", "Which version? The words of this comment are nobody else's business.", public=True)
    rig.settle(4)
    rig.world.choose_fault = lambda _call: None
    rig.settle(60)
    rig.portal.edit(case, "vera", {"State": "pending reminder"})
    rig.settle(20)
    rig.portal.edit(case, "vera", {"Priority": "5 very high"})
    rig.servicenow.attach(ticket, "lena.l1", "bad.exe", b"MZ", "application/x-msdownload")
    rig.settle(20)
    rig.servicenow.edit(ticket, "lena.l1", {"state": "7", "close_code": "Solved (Permanently)", "close_notes": "gone"})
    rig.settle(40)
    return _told(rig, everything=False)


def _told(rig: Rig, *, everything: bool) -> dict[str, Any]:
    [one] = rig.store.load([bond.id for bond in rig.store.bonds()]).values()
    records = rig.store.records(one.bond.id)
    story = tell(one.bond, records, mapping=rig.mapping, intents=one.intents, work=rig.store.work_of(one.bond.id))
    told: dict[str, Any] = json.loads(json.dumps(story.as_dict(everything=everything)))
    return told


def test_the_head_says_how_it_stands(played: dict[str, Any]) -> None:
    assert played["ticket"] == "INC0010001"
    assert played["case"].startswith("2026")
    assert (played["title"], played["state"]) == ("Dialogue is mute", "linked")
    assert played["units"]["status"] == {
        "customer": "state 7 (closed)",
        "vendor": "'pending reminder' (waiting for the customer)",
    }
    assert next(iter(played["units"])) == "status"
    assert {unit: s["why"] for unit, s in played["standing"].items()} == {"status": "refused", "priority": "held"}
    assert [w["reason"] for w in played["withheld"]] == ["files of type .exe are not carried (attachments.refuse_extensions)"]
    assert (played["open"], played["parked"], played["held"]) == ([], None, None)


def test_the_story_tells_each_event_once_with_its_right(played: dict[str, Any]) -> None:
    def one(words: str) -> dict[str, Any]:
        [found] = [line for line in played["story"] if words in line["text"]]
        return dict(found)

    assert played["story"][0]["kind"] == "born"
    assert played["story"][0]["at"] == "2026-05-28T20:26:40Z"
    opened = one("was opened at the vendor's, for ticket INC0010001")
    assert opened["ruling"]["text"].startswith("Allowed: Submit a case to the vendor [customer A,R]; task submitting, ")
    assert "row 2" in opened["ruling"]["clause"]
    assert one("both sides agree")["text"].endswith("has 'open' (in work).")
    back = one("to 'pending reminder' (waiting for the customer); ticket INC0010001 was set to state 2 (In Progress")
    assert back["ruling"]["party"] == "vendor"
    assert one("Status stays different")["ruling"]["verdict"] == "refuse"
    assert one("Priority stays different")["ruling"]["verdict"] == "hold"
    assert [line["at"] for line in played["story"]] == sorted(line["at"] for line in played["story"])
    assert not {"announced", "ruled", "verified"} & {line["kind"] for line in played["story"]}


def test_a_lost_answer_is_told_with_how_it_ended(played: dict[str, Any]) -> None:
    about = [line["kind"] for line in played["story"] if "comment 2 of the vendor" in line["text"].lower()]
    assert about[0] == "unanswered"
    assert about[1:] == ["recognised"]


def test_texts_of_people_are_not_shown(played: dict[str, Any]) -> None:
    assert "nobody else's business" not in json.dumps(played)


def test_next_says_who_has_it_and_when_it_is_looked_at(played: dict[str, Any]) -> None:
    assert played["next"].startswith("The customer has ended ticket INC0010001; case 2026")
    assert played["next"].endswith(f"both are looked at by {played['due']}.")


def test_all_tells_the_bookkeeping_too() -> None:
    rig = Rig(2)
    rig.servicenow.create("lena.l1", {"short_description": "x", "impact": "2", "urgency": "2", "state": "3", "hold_reason": "4"})
    rig.settle(10)
    few, every = ({line["kind"] for line in _told(rig, everything=e)["story"]} for e in (False, True))
    assert {"announced", "ruled", "verified"} <= every - few


# --- what may be missing or strange -----------------------------------------------------------------------


def test_an_erased_content_leaves_its_place_and_the_rest(mapping: TicketMapping) -> None:
    records = chain(announced(), {"kind": "answered", "intent": "i1", "side": "customer", "outcome": {}, "values": None})
    records[0] = Record(**{**vars(records[0]), "content": None})
    first, second = tell(bond_of(), records, mapping=mapping).lines
    assert first.text == "What was recorded here (announced) has been erased."
    assert second.text == "A write to ticket INC1 was answered; what was announced is no longer on record."


def test_kinds_and_shapes_of_other_versions_are_told_as_recorded() -> None:
    lines = story_of(None, {"kind": "split_off", "into": "b2", "n": 3}, {"kind": "born"}).lines
    assert [line.text for line in lines] == ["Split off: into: b2; n: 3.", "Born."]


def test_control_characters_of_tickets_do_not_reach_a_terminal() -> None:
    evil = "\x1b[2J\x07run\nme"
    bond = bond_of()
    bond.title = evil
    event = {"kind": "conflict", "unit": "title", "winner": "customer", "loser": "vendor", "lost": {"Title": evil}, "kept": {}}
    told = story_of(None, event, {"kind": "parked", "reason": evil}, bond=bond).as_dict()
    assert all(text.isprintable() for text in [told["title"], *(line["text"] for line in told["story"])])


def test_without_a_mapping_values_are_native() -> None:
    event = {"kind": "answered", "intent": "i1", "side": "customer", "outcome": {"status": "applied"}, "values": {}}
    story = story_of(None, announced(), event)
    assert story.told()[0].text == "The vendor set case 2026 to 'pending reminder'; ticket INC1 was set to '2'."
    assert story.next == "The connector waits for a change on either side."


def test_a_person_is_named_where_the_record_does(mapping: TicketMapping) -> None:
    ruled = {"kind": "ruled", "item": ITEM, "what": "comment", "by": "vera", "ruling": RULING}
    copied = {"kind": "copied", "intent": "i2", "item": ITEM, "what": "comment", "side": "customer", "copy": ""}
    last = story_of(mapping, ruled, comment(), copied).told()[-1]
    assert last.text == "Comment 7 of the vendor (vera) was carried to ticket INC1."
    assert last.ruling == {**RULING, "party": "vendor"}


@pytest.mark.parametrize(
    ("how", "outcome", "said"),
    [
        ("put_back", "applied", "Status of ticket INC1 was put back to '2'"),
        ("undo", "applied", "Status of ticket INC1 was taken back to '2'"),
        ("propose", "dropped", "Status of ticket INC1 was set to '2', but its system kept '3'."),
    ],
)
def test_other_ends_of_a_write(how: str, outcome: str, said: str) -> None:
    event = announced(units={"status": {**BACK, "how": how}})
    answered = {"kind": "answered", "intent": "i1", "side": "customer", "outcome": {"status": outcome}}
    line = story_of(None, event, {**answered, "values": {"status": {"state": "3"}}}).told()[0]
    assert line.text.startswith(said)


def test_the_end_of_a_difference_is_news_where_plain_agreement_is_not() -> None:
    pair = {"unit": "title", "customer": {"short_description": "A"}, "vendor": {"Title": "A"}}
    stand = {**pair, "kind": "standing", "reason": "held", "ruling": None}
    lines = story_of(None, {"kind": "agreed", **pair}, stand, {"kind": "agreed", **pair}).told()
    assert [line.kind for line in lines] == ["standing", "agreed"]
    assert lines[1].text.startswith("Title: the difference is over")


# --- what happens next ------------------------------------------------------------------------------------


def _work(**more: Any) -> Work:
    base: dict[str, Any] = {
        "due": START,
        "priority": 3,
        "attempts": 0,
        "lost": 0,
        "hints": 0,
        "owner": None,
        "until": 0.0,
        "fence": 1,
    }
    return Work("b1", **{**base, "trouble": None, "parked": None, **more})


def test_next_names_the_operator_and_the_commands() -> None:
    told = story_of(None, work=_work(parked="eight attempts failed")).as_dict()
    assert told["due"] is None
    assert told["next"] == (
        "It waits for an operator: eight attempts failed. "
        "`connector retry INC1` plans it anew, `connector release INC1` lets it go on as it is."
    )


def test_next_of_a_held_a_new_and_an_ended_bond() -> None:
    held = bond_of(BondState.CANDIDATE)
    held.held = Held("Nobody said why.", START)
    assert story_of(None, bond=held).next == "Nothing travels as long as this stands, then it goes on by itself: Nobody said why."
    assert story_of(None, bond=bond_of(BondState.CANDIDATE)).next.startswith("The connector decides whether")
    ended = story_of(None, bond=bond_of(BondState.ENDED), work=_work())
    assert ended.next.startswith("Nothing is left to do")
    assert ended.next.endswith("by 2026-05-28T20:26:40Z.")


@pytest.mark.parametrize(
    ("state", "holder"),
    [
        ("new", "The vendor has the case and has not taken it up"),
        ("open", "The vendor has the case and works on it"),
        ("pending reminder", "The customer has it: the vendor waits for an answer"),
        ("pending auto close+", "The customer has it: level 1 confirms"),
        ("closed successful", "The customer has it: the vendor has closed"),
        ("closed unsuccessful", "The customer has it: the vendor ended"),
        ("merged", "The connector waits for a change on either side"),
    ],
)
def test_who_has_it(state: str, holder: str, mapping: TicketMapping) -> None:
    bond = bond_of()
    bond.unit("status").base = {Side.CUSTOMER: {"state": "2", "hold_reason": ""}, Side.VENDOR: {"State": state}}
    assert story_of(mapping, bond=bond).next.startswith(holder)


def test_what_is_under_way(mapping: TicketMapping) -> None:
    bond = bond_of()
    sent = Unverified({"Title": "A"}, None, START, START)
    back = PutBack({"Title": "C"}, {"Title": "A"})
    bond.units["title"] = UnitState(unverified={Side.VENDOR: sent}, put_back={Side.VENDOR: back})
    bond.units["priority"] = UnitState(standing=Standing({"priority": "1"}, {"Priority": "x"}, "held", "no.", START))
    story = story_of(mapping, comment(), bond=bond, intents=[Intent("i2", "b1", "comment", Side.CUSTOMER, "r1", START)])
    assert story.open == (
        "Not answered yet: comment 7 of the vendor for ticket INC1.",
        "The next read of case 2026 shows whether title was taken.",
        "Title of case 2026 is to be put back to 'C'.",
    )
    assert story.next.startswith("A call was not answered")
    assert story.units()["priority"] == {"customer": "'1'", "vendor": "'x'"}


def test_an_item_that_was_accepted_without_an_id_is_no_open_question() -> None:
    copied = {"kind": "copied", "intent": "i2", "item": ITEM, "what": "comment", "side": "customer", "copy": ""}
    intent = Intent("i2", "b1", "comment", Side.CUSTOMER, "r1", START, item=ITEM)
    story = story_of(None, comment(), copied, intents=[intent])
    assert story.open == ("The next read of ticket INC1 shows comment 7 of the vendor.",)
    assert story.next == "The connector waits for a change on either side."

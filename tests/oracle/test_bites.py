"""The oracle and the canaries find out a product that breaks a rule: each test breaks one, and lets some short lives pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from connector.mapping import load_channels, load_status
from connector.mapping.load import loads
from connector.mapping.mapping import TicketMapping
from connector.rasci import moves
from connector.rasci.hearing import Hearing
from connector.rasci.ladder import Gate
from connector.rasci.table import OperatingModel, Setting
from connector.sandbox.past import give_past
from connector.sync import plan
from connector.sync.scene import Scene
from connector.words import Party, Phase, Ruling, Side, UnitWrite
from tests.models.named import shipped
from tests.oracle.canaries import leaks
from tests.oracle.documents import DOCUMENTS, Document
from tests.rules import switches
from tests.simulation.people import L1, VENDOR, People
from tests.simulation.rig import Rig
from tests.simulation.run import forbidden_writes
from tests.unit.rasci_help import with_cell, with_setting

pytestmark = pytest.mark.slow
MODEL = "anywhere365-dialogue-cloud"
TEXT = (Path(__file__).parents[2] / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
SEEDS = range(4000, 4008)

Switch = AbstractContextManager[Any]


def whole() -> Switch:
    return nullcontext()


def edited(*changes: tuple[str, str]) -> str:
    """The shipped mapping with some of its text replaced."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class Broken:
    """A product with one fault: in its code (``switch``), its mapping, or its model."""

    rule: str
    switch: Callable[[], Switch] = whole
    mapping: str = TEXT
    unchecked: bool = False  # the mapping is one that loading refuses
    model: OperatingModel = field(default_factory=lambda: shipped(MODEL))
    also: tuple[dict[str, str], ...] = ()  # further tickets of level 1


def life(seed: int, broken: Broken, mapping: TicketMapping) -> tuple[Rig, People]:
    """People act one after the other, with time between for the product to follow; nothing else goes wrong."""
    rig = Rig(seed, mapping=mapping, model=broken.model)
    give_past(rig.servicenow)
    rig.engine.check()
    people = People(rig, 0)
    for fields in ({"state": "3", "hold_reason": "4"}, {"state": "3", "hold_reason": "4"}, *broken.also):
        given = {"short_description": "broken", "description": "it is", "impact": "2", "urgency": "2", **fields}
        rig.servicenow.create(L1, given | people.private())
    moves = [people.l1_moves, people.vendor_moves]
    others = [people.l1_comments, people.l1_notes, people.l1_edits, people.l1_prioritises, people.l1_attaches]
    others += [people.vendor_comments, people.vendor_edits, people.vendor_attaches]
    others += [lambda: ends_well(rig, people)] * 2
    with broken.switch():
        rig.settle(10.0, 4.0)
        for _ in range(30):
            people.act(moves * 4 + others)
            rig.settle(40.0, 20.0)
    return rig, people


def ends_well(rig: Rig, people: People) -> None:
    """The vendor solves, level 1 closes, and the vendor takes the case up again."""
    ref = people.case()
    number = rig.portal.ticket(ref).fields["DynamicField_CustomerReference"]
    ticket = next(t.ref for t in rig.servicenow.tickets() if t.number == number)
    rig.servicenow.edit(ticket, L1, {"state": "3", "hold_reason": "4"})
    rig.portal.edit(ref, VENDOR, {"State": "pending auto close+"})
    rig.settle(80.0, 20.0)
    rig.servicenow.edit(ticket, L1, {"state": "7", "close_code": "Solution provided", "close_notes": "done"})
    rig.settle(80.0, 20.0)
    rig.portal.edit(ref, VENDOR, {"State": "pending reminder"})


def lives(broken: Broken) -> Iterator[tuple[Rig, People]]:
    with ExitStack() as stack:
        if broken.unchecked:
            stack.enter_context(patch.object(load_status, "_check_closing", lambda *_a: None))
            stack.enter_context(patch.object(load_channels, "_check_rule", lambda *_a: None))
        mapping = loads(broken.mapping)
    for seed in SEEDS:
        yield life(seed, broken, mapping)


# --- what is broken --------------------------------------------------------------------------------------------


def solved_is_declared() -> Switch:
    def anyhow(hearing: Hearing, meaning: Phase) -> Ruling:
        return hearing.allow(Gate.WORK, f"broken on purpose: {meaning}")

    return patch.object(moves, "_not_to_move", anyhow)


def withdrawal_ends_the_case() -> Switch:
    return patch.object(moves, "_withdrawal", lambda hearing: hearing.allow(Gate.WORK, "broken on purpose"))


def answers_nobody_asked() -> Switch:
    return patch.object(moves, "_answer", lambda hearing: hearing.allow(Gate.WORK, "broken on purpose"))


def priority_is_written_back() -> Switch:
    """Where the vendor's priority is only a proposal, the customer's is set again."""

    def again(scene: Scene, unit: str) -> tuple[Side, UnitWrite] | None:
        decided = merge(scene, unit)
        mine, theirs = scene.native(unit, Side.CUSTOMER), scene.native(unit, Side.VENDOR)
        if decided or unit != "priority" or mine is None or theirs is None or scene.mapping.same(unit, mine, theirs):
            return decided
        target = scene.mapping.translate(unit, Side.CUSTOMER, mine, theirs, scene.views).value
        return Side.VENDOR, UnitWrite(unit, mine, target)

    merge = plan.merge
    return patch.object(plan, "merge", again)


VENDOR_SPEAKS = with_cell(Gate.SPEAK, Party.VENDOR, "R")
NO_KEEP = (
    '      closed: {set: {state: 2, hold_reason: ""}, keep: [{state: 6}]}',
    '      closed: {set: {state: 2, hold_reason: ""}}',
)
NO_KEEP_SOLVED = (
    '      solved: {set: {state: 2, hold_reason: ""}, keep: [{state: 6}]} ',
    '      solved: {set: {state: 2, hold_reason: ""}} ',
)
NO_KEEP_WAITING = (
    '      waiting_customer: {set: {state: 2, hold_reason: ""}, keep: [{state: 6}]}',
    '      waiting_customer: {set: {state: 2, hold_reason: ""}}',
)
CANCELS = ('      cancelled: {set: {state: 2, hold_reason: ""}, keep: [{state: 6}]}', "      cancelled: {set: {state: 8}}")
ELSEWHERE = (NO_KEEP_WAITING[0], "      waiting_customer: {set: {state: 3, hold_reason: 3}}")
TO_COMMENTS = ("- {from: visible, to: work_notes} ", "- {from: visible, to: comments} ")
INTERNAL_TOO = (
    "  to_customer:\n    - {from: visible, to: work_notes} ",
    "  to_customer:\n    - {from: internal, to: work_notes}\n    - {from: visible, to: work_notes} ",
)
ALL_NOTES = ('- {from: work_notes, to: visible, prefix: "[vendor]"} ', "- {from: work_notes, to: visible} ")
ALL_FILES = ("    - {from: visible, to: files}", "    - {from: visible, to: files}\n    - {from: internal, to: files}")
TAKES_ALL = ("          - {field: hold_reason, is: 4} ", "          - {field: state, is_not: 99} ")
BORN_OPEN = ("  status: {State: new} ", "  status: {State: open} ")
CLOSE_NOTES = (
    "  case_line:  ",
    "  notes_of_the_end: {customer: close_notes, vendor: DynamicField_Severity, owner: vendor, direction: to_customer}\n  case_line:  ",
)
CALLER = ("    Category: {{ category }}", "    Caller: {{ caller_id }}")
CALLER_ALWAYS = ("    {{ short_description }}\n", "    {{ short_description }} of {{ caller_id }}\n")

BROKEN = {
    "the vendor's no cancels the ticket": Broken(
        "closing invariant", switches.closing_invariant, edited(CANCELS), unchecked=True
    ),
    "an ended ticket is moved": Broken("ended stays ended", switches.no_move_to_a_closed_ticket),
    "a resolved ticket is moved": Broken("resolved stays resolved", mapping=edited(NO_KEEP, NO_KEEP_SOLVED, NO_KEEP_WAITING)),
    "a ticket goes where no state of its case asks it to": Broken("somebody moved it", mapping=edited(ELSEWHERE)),
    "the customer declares a case solved": Broken("declares nothing solved", solved_is_declared),
    "the customer cancels a case": Broken("cancels nothing", withdrawal_ends_the_case),
    "the customer closes an unsolved case": Broken("only a solved case", withdrawal_ends_the_case),
    "an answer that nobody waits for": Broken("nobody waits for an answer", answers_nobody_asked),
    "the vendor's priority is applied": Broken(
        "priority is a proposal", model=with_setting("priority.after_vendor_change", "apply")
    ),
    "the customer's priority is written back": Broken("never written back", priority_is_written_back),
    "the vendor speaks to end users": Broken(
        "speaks to nobody", mapping=edited(TO_COMMENTS), unchecked=True, model=VENDOR_SPEAKS
    ),
    "the vendor's internal words travel": Broken("meant for the other side", mapping=edited(INTERNAL_TOO)),
    "all work notes travel": Broken("meant for the other side", mapping=edited(ALL_NOTES), unchecked=True),
    "the vendor's internal files travel": Broken("meant for the other side", mapping=edited(ALL_FILES)),
    "tickets of level 1 become cases": Broken(
        "who submits", mapping=edited(TAKES_ALL), also=({"state": "2"}, {"state": "3", "hold_reason": "3"})
    ),
    "a case is born as taken up": Broken("the vendor takes it up", mapping=edited(BORN_OPEN)),
    "the vendor writes the close notes": Broken("only what is carried", mapping=edited(CLOSE_NOTES)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_oracle_finds_out(name: str) -> None:
    broken = BROKEN[name]
    found = (one.rule for rig, _ in lives(broken) for one in forbidden_writes(rig))
    assert any(rule == broken.rule for rule in found), f"{len(SEEDS)} lives, and nobody noticed"


LEAKING = {
    "the vendor's internal words travel": edited(INTERNAL_TOO),
    "all work notes travel": edited(ALL_NOTES),
    "the vendor's internal files travel": edited(ALL_FILES),
    "a private field of the case becomes close notes": edited(CLOSE_NOTES),
    "the new case names the caller": edited(CALLER_ALWAYS),
}


@pytest.mark.parametrize("name", LEAKING)
def test_a_canary_is_found(name: str) -> None:
    found = lives(Broken("", mapping=LEAKING[name], unchecked=True))
    assert any(leaks(people.secrets.kept, rig.world, rig.servicenow, rig.portal) for rig, people in found)


# --- letters: the same life under a document in which one cell is another ---------------------------------------


@cache
def lived() -> tuple[Rig, ...]:
    """A few whole lives under the model as it is."""
    broken = Broken("")
    return tuple(life(seed, broken, loads(TEXT))[0] for seed in SEEDS[:4])


def letters_found(document: Document) -> list[str]:
    return [one.text for rig in lived() for one in forbidden_writes(rig, document) if one.rule == "letters"]


def test_under_the_document_itself_nothing_is_found() -> None:
    assert [str(one) for rig in lived() for one in forbidden_writes(rig)] == []


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([("submit", "customer", "")], "nobody in the customer's system holds R on submitting"),
        ([("submit", "customer", "A")], "nobody in the customer's system holds R on submitting"),
        ([("users", "customer", "")], "nobody in the customer's system holds R on closing"),
        ([("case", "customer", "I")], "nobody in the customer's system holds A, R or S on it"),
        ([("case", "customer", ""), ("submit", "customer", "")], "nobody in the customer's system may"),
        ([("case", "customer", ""), ("submit", "customer", "")], "whose people may not write on the case"),
        ([("case", "vendor", "SCI")], "the vendor does not hold R on the case"),
        ([("case", "vendor", "R")], "gave the ticket back as solved"),
        ([("case", "vendor", "")], "has an empty cell on the case"),
    ],
)
def test_another_letter_in_the_document_turns_the_same_life_red(cells: list[tuple[str, str, str]], words: str) -> None:
    document = DOCUMENTS[MODEL]
    for row, party, letters in cells:
        document = document.with_cell(row, party, letters)
    assert any(words in text for text in letters_found(document))


def test_a_party_seated_elsewhere_has_no_rights_here() -> None:
    document = replace(DOCUMENTS[MODEL], seats={"customer": "vendor", "vendor": "vendor"})
    assert letters_found(document)


def test_a_setting_is_a_model_s_own() -> None:
    """Where the document leaves the vendor's priority to be applied, the oracle lets it; where it does not, it does not."""
    broken = Broken(
        "", model=replace(shipped(MODEL), settings={**shipped(MODEL).settings, "priority.after_vendor_change": Setting("apply")})
    )
    rigs = [life(seed, broken, loads(TEXT))[0] for seed in SEEDS[:4]]
    allowed = replace(DOCUMENTS[MODEL], proposals=False)
    assert any(one.rule == "priority is a proposal" for rig in rigs for one in forbidden_writes(rig))
    assert not any("priority" in one.rule for rig in rigs for one in forbidden_writes(rig, allowed))

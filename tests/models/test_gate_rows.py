"""Under each model the three gate rows rule alike, whoever is seated in the customer's system; and by its letters, not by a side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.rasci.judge import CLOSING_INVARIANT, judge
from connector.rasci.ladder import Gate
from connector.rasci.table import Cell, Letter, OperatingModel
from connector.words import Act, Audience, Change, Party, Phase, Side, Verdict
from tests.models.documents import DOCUMENTS
from tests.models.named import shipped

MODELS = pytest.mark.parametrize("name", [document.model for document in DOCUMENTS])
PARTNER_MODEL = "anywhere365-partner-on-premises"
PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL

ALLOWED = {
    "a case is submitted": Change(Act.SUBMIT, Side.VENDOR, Party.CUSTOMER),
    "the vendor works": Change(Act.MOVE, Side.CUSTOMER, Party.VENDOR, now=Phase.NEW, to=Phase.WORKING, source=Phase.WORKING),
    "the vendor asks": Change(
        Act.MOVE, Side.CUSTOMER, Party.VENDOR, now=Phase.WORKING, to=Phase.WAITING_CUSTOMER, source=Phase.WAITING_CUSTOMER
    ),
    "it is answered": Change(
        Act.MOVE, Side.VENDOR, Party.CUSTOMER, now=Phase.WAITING_CUSTOMER, to=Phase.WORKING, source=Phase.WORKING
    ),
    "the vendor solves": Change(Act.MOVE, Side.CUSTOMER, Party.VENDOR, now=Phase.WORKING, to=Phase.WORKING, source=Phase.SOLVED),
    "what is solved is closed": Change(
        Act.MOVE, Side.VENDOR, Party.CUSTOMER, now=Phase.SOLVED, to=Phase.CLOSED, source=Phase.CLOSED
    ),
    "a comment to the vendor": Change(Act.COMMENT, Side.VENDOR, Party.CUSTOMER, said_to=PUBLIC, shown_to=PUBLIC),
    "a comment to staff": Change(Act.COMMENT, Side.CUSTOMER, Party.VENDOR, said_to=PUBLIC, shown_to=INTERNAL),
    "a field": Change(Act.FIELD, Side.CUSTOMER, Party.VENDOR, "title"),
}

REFUSED = {
    "the vendor submits": Change(Act.SUBMIT, Side.CUSTOMER, Party.VENDOR),
    "the vendor closes": Change(Act.MOVE, Side.CUSTOMER, Party.VENDOR, now=Phase.WORKING, to=Phase.CLOSED, source=Phase.CLOSED),
    "a partner closes from without": Change(
        Act.MOVE, Side.CUSTOMER, Party.PARTNER, now=Phase.WORKING, to=Phase.CLOSED, source=Phase.CLOSED
    ),
    "the vendor speaks to users": Change(Act.COMMENT, Side.CUSTOMER, Party.VENDOR, said_to=PUBLIC, shown_to=PUBLIC),
    "the vendor reopens": Change(Act.MOVE, Side.CUSTOMER, Party.VENDOR, now=Phase.CLOSED, to=Phase.WORKING, source=Phase.WORKING),
}


@MODELS
@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_the_work_goes_on_under_each_model(name: str, change: Change) -> None:
    ruling = judge(shipped(name), change)
    assert ruling.verdict is Verdict.ALLOW, ruling


@MODELS
@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_no_model_allows(name: str, change: Change) -> None:
    assert judge(shipped(name), change).verdict is Verdict.REFUSE


@MODELS
def test_an_end_users_trigger_waits_for_level_1(name: str) -> None:
    ruling = judge(shipped(name), Change(Act.SUBMIT, Side.VENDOR, Party.END_USER))
    assert ruling.verdict is Verdict.HOLD
    whose = "partner" if name in (PARTNER_MODEL, "workcube") else "customer"
    assert f"an authorised person of the {whose} submits" in ruling.reason


def with_seat(model: OperatingModel, party: Party, side: Side) -> OperatingModel:
    return replace(model, seats={**model.seats, party: side})


def test_what_comes_from_a_side_is_ruled_by_the_letters_of_whoever_is_seated_there() -> None:
    model = shipped(PARTNER_MODEL)
    ruling = judge(model, ALLOWED["a case is submitted"])
    assert (ruling.letters, ruling.allowed) == ("A,R", True)
    assert "the partner" in ruling.reason
    elsewhere = judge(with_seat(model, Party.PARTNER, Side.VENDOR), ALLOWED["a case is submitted"])
    assert (elsewhere.letters, elsewhere.verdict) == ("", Verdict.REFUSE)


def test_two_parties_on_one_side_hold_what_either_holds_and_are_named_as_a_side() -> None:
    ruling = judge(shipped("workcube"), ALLOWED["it is answered"])
    assert ruling.letters == "S,I"
    assert "the customer's side" in ruling.reason


def test_the_end_users_letters_never_count_for_the_staff() -> None:
    model = shipped(PARTNER_MODEL)
    tasks = tuple(
        replace(task, cells={Party.END_USER: Cell((Letter.A, Letter.R))}) if task.gate is Gate.SUBMIT else task
        for task in model.tasks
    )
    assert judge(replace(model, tasks=tasks), ALLOWED["a case is submitted"]).verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    ("gate", "party", "change"),
    [
        (Gate.SUBMIT, Party.PARTNER, "a case is submitted"),
        (Gate.WORK, Party.VENDOR, "the vendor works"),
        (Gate.WORK, Party.VENDOR, "the vendor solves"),
        (Gate.SPEAK, Party.PARTNER, "what is solved is closed"),
    ],
)
def test_without_its_letters_the_partner_model_refuses(gate: Gate, party: Party, change: str) -> None:
    model = shipped(PARTNER_MODEL)
    tasks = tuple(replace(task, cells={**task.cells, party: Cell()}) if task.gate is gate else task for task in model.tasks)
    ruling = judge(replace(model, tasks=tasks), ALLOWED[change])
    assert ruling.verdict is Verdict.REFUSE
    assert "empty cell" in ruling.reason


@MODELS
def test_the_closing_invariant_is_the_same_under_each_model(name: str) -> None:
    assert judge(shipped(name), REFUSED["the vendor closes"]).task == CLOSING_INVARIANT

"""What the gate rules, case by case, and what it never does whatever the letters say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rasci.judge import CLOSING_INVARIANT, judge, withdraws
from connector.rasci.model import Gate, Letter, OperatingModel
from connector.words import ENDED, Act, Audience, Change, Party, Phase, Side, Verdict
from tests.unit.rasci_help import MODEL, with_cell, with_cells, with_setting

ALLOW, HOLD, REFUSE = Verdict.ALLOW, Verdict.HOLD, Verdict.REFUSE
CUSTOMER, VENDOR, PARTNER, END_USER, CONNECTOR = Party.CUSTOMER, Party.VENDOR, Party.PARTNER, Party.END_USER, Party.CONNECTOR
NEW, WORKING, SOLVED, CLOSED, CANCELLED = Phase.NEW, Phase.WORKING, Phase.SOLVED, Phase.CLOSED, Phase.CANCELLED
WAITING_C, WAITING_3 = Phase.WAITING_CUSTOMER, Phase.WAITING_THIRD_PARTY
PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL


def submit(actor: Party) -> Change:
    return Change(Act.SUBMIT, Side.VENDOR, actor)


def ticket(source: Phase, to: Phase | None = None, *, by: Party = VENDOR, now: Phase = WORKING, notifies: bool = False) -> Change:
    """A move of the customer's ticket."""
    return Change(Act.MOVE, Side.CUSTOMER, by, "status", now=now, to=to, source=source, notifies=notifies)


def case(source: Phase | None, now: Phase | None, *, by: Party = CUSTOMER, to: Phase | None = None) -> Change:
    """A move of the vendor's case."""
    return Change(Act.MOVE, Side.VENDOR, by, "status", now=now, to=to or source, source=source)


def field(unit: str, by: Party) -> Change:
    return Change(Act.FIELD, Side(by.value).other if by in (CUSTOMER, VENDOR) else Side.VENDOR, by, unit)


def text(
    by: Party, said: Audience | None, shown: Audience | None, channel: str = "", act: Act = Act.COMMENT, to: Side | None = None
) -> Change:
    target = to or (Side.CUSTOMER if by in (VENDOR, CONNECTOR) else Side.VENDOR)
    return Change(act, target, by, act.value, said_to=said, shown_to=shown, channel=channel)


CASES: list[tuple[str, Change, Verdict, str, str, str]] = [
    # in words, change, verdict, task, letters, words of the reason
    ("the customer submits", submit(CUSTOMER), ALLOW, "submitting", "A,R", "Submitting"),
    ("the vendor opens no case for the customer", submit(VENDOR), REFUSE, "submitting", "", "empty cell"),
    ("an end user's trigger waits for level 1", submit(END_USER), HOLD, "submitting", "", "authorised person of the customer"),
    ("a partner is no party here", submit(PARTNER), REFUSE, "submitting", "", "empty cell"),
    (
        "nothing is submitted to the customer",
        Change(Act.SUBMIT, Side.CUSTOMER, CUSTOMER),
        REFUSE,
        "submitting",
        "A,R",
        "opens nothing in the customer's system",
    ),
    ("the vendor works", ticket(WORKING, WORKING, now=NEW), ALLOW, "l2-3-support", "A,R", "Working on the case"),
    ("the vendor asks", ticket(WAITING_C, WAITING_C), ALLOW, "l2-3-support", "A,R", "Working on the case"),
    ("the vendor waits for others", ticket(WAITING_3, WAITING_3), ALLOW, "l2-3-support", "A,R", "Working on the case"),
    ("the vendor solves", ticket(SOLVED, WORKING), ALLOW, "l2-3-support", "A,R", "awaiting confirmation"),
    ("the vendor closes its case", ticket(CLOSED, WAITING_C), ALLOW, "l2-3-support", "A,R", "awaiting confirmation"),
    ("the vendor's solved lands where no phase is", ticket(SOLVED, None), ALLOW, "l2-3-support", "A,R", "awaiting confirmation"),
    ("the vendor rejects", ticket(CANCELLED, WORKING), ALLOW, "l2-3-support", "A,R", "returned to level 1"),
    ("the vendor would close", ticket(CLOSED, CLOSED), REFUSE, CLOSING_INVARIANT, "", "customer's ticket closed"),
    ("the vendor would cancel", ticket(CANCELLED, CANCELLED), REFUSE, CLOSING_INVARIANT, "", "customer's ticket cancelled"),
    ("Resolved mails the caller", ticket(SOLVED, SOLVED, notifies=True), REFUSE, CLOSING_INVARIANT, "", "mail the caller"),
    ("a partner would close", ticket(CLOSED, CLOSED, by=PARTNER), REFUSE, CLOSING_INVARIANT, "", "the partner"),
    ("the connector would close", ticket(CLOSED, CLOSED, by=CONNECTOR), REFUSE, CLOSING_INVARIANT, "", "the connector"),
    ("the connector moves nothing", ticket(WORKING, WORKING, by=CONNECTOR), REFUSE, "l2-3-support", "", "empty cell"),
    ("the vendor reopens nothing", ticket(WORKING, WORKING, now=CLOSED), REFUSE, "prime-contact", "", "only its own staff"),
    ("a person's own close is put back", ticket(CLOSED, CLOSED, by=CUSTOMER), ALLOW, "l2-3-support", "S,C,I", "restores"),
    ("the customer answers", case(WORKING, WAITING_C), ALLOW, "l2-3-support", "S,C,I", "this is the answer"),
    ("the customer refuses the solution", case(WORKING, SOLVED), ALLOW, "l2-3-support", "S,C,I", "not accepted"),
    ("the customer reopens", case(WORKING, CLOSED), ALLOW, "l2-3-support", "S,C,I", "within 14 days"),
    ("nobody asked the customer", case(WORKING, NEW), REFUSE, "l2-3-support", "S,C,I", "nobody waits"),
    ("a rejected case is not moved", case(WORKING, CANCELLED), REFUSE, "l2-3-support", "S,C,I", "nobody waits"),
    ("an unknown state is not moved", case(WORKING, None), REFUSE, "l2-3-support", "S,C,I", "no known state"),
    ("the customer closes what is solved", case(CLOSED, SOLVED), ALLOW, "prime-contact", "A,R", "the case is closed"),
    ("both closed", case(CLOSED, CLOSED), ALLOW, "prime-contact", "A,R", "the case is closed"),
    ("closed before solved", case(CLOSED, WORKING), REFUSE, "l2-3-support/customer_close_unsolved", "S,C,I", "Withdrawal"),
    (
        "an ending by a soft mapping is one",
        case(CLOSED, WAITING_C, to=WORKING),
        REFUSE,
        "l2-3-support/customer_close_unsolved",
        "S,C,I",
        "Withdrawal",
    ),
    ("cancelled by the customer", case(CANCELLED, SOLVED), REFUSE, "l2-3-support/customer_close_unsolved", "S,C,I", "Withdrawal"),
    ("nothing left to withdraw", case(CLOSED, CANCELLED), REFUSE, "l2-3-support", "S,C,I", "cancelled already"),
    ("the customer solves nothing", case(SOLVED, WORKING), REFUSE, "l2-3-support", "S,C,I", "Only the party that works"),
    ("the customer sets no waiting", case(WAITING_3, WORKING), REFUSE, "l2-3-support", "S,C,I", "only by answering"),
    ("the customer sets no new", case(NEW, WORKING), REFUSE, "l2-3-support", "S,C,I", "only by answering"),
    ("a state of its own affairs", case(None, WORKING), REFUSE, "l2-3-support", "S,C,I", "says nothing"),
    ("the caller closes in self-service", case(CLOSED, SOLVED, by=END_USER), HOLD, "prime-contact", "", "level 1 confirms"),
    ("a partner ends nothing", case(CLOSED, SOLVED, by=PARTNER), REFUSE, "prime-contact", "", "empty cell"),
    ("a partner solves nothing", case(SOLVED, WORKING, by=PARTNER), REFUSE, "l2-3-support", "", "empty cell"),
    ("a partner answers nothing", case(WORKING, WAITING_C, by=PARTNER), REFUSE, "l2-3-support", "", "empty cell"),
    ("a vendor's priority is a proposal", field("priority", VENDOR), HOLD, "l2-3-support", "A,R", "proposal"),
    ("the customer's priority travels", field("priority", CUSTOMER), ALLOW, "l2-3-support", "S,C,I", "for the customer to set"),
    ("the vendor's other fields", field("category", VENDOR), ALLOW, "l2-3-support", "A,R", "field owner of category"),
    ("the customer's other fields", field("title", CUSTOMER), ALLOW, "l2-3-support", "S,C,I", "field owner of title"),
    ("an end user changes no case", field("title", END_USER), REFUSE, "l2-3-support", "", "empty cell"),
    (
        "a person's priority is put back",
        Change(Act.FIELD, Side.VENDOR, VENDOR, "priority"),
        ALLOW,
        "l2-3-support",
        "A,R",
        "restores",
    ),
    ("vendor to staff", text(VENDOR, PUBLIC, INTERNAL), ALLOW, "l2-3-support", "A,R", "for the vendor to give"),
    ("vendor's file to staff", text(VENDOR, PUBLIC, INTERNAL, act=Act.FILE), ALLOW, "l2-3-support", "A,R", "A file"),
    ("vendor to end user", text(VENDOR, PUBLIC, PUBLIC, "comments[0]"), REFUSE, "prime-contact", "", "empty cell"),
    (
        "vendor's file to end user",
        text(VENDOR, PUBLIC, PUBLIC, act=Act.FILE),
        REFUSE,
        "prime-contact",
        "",
        "heard by the end user",
    ),
    ("vendor to somebody unknown", text(VENDOR, PUBLIC, None), REFUSE, "prime-contact", "", "empty cell"),
    ("connector for the vendor", text(CONNECTOR, PUBLIC, PUBLIC), REFUSE, "prime-contact", "", "staff only"),
    ("vendor's internal text", text(VENDOR, INTERNAL, INTERNAL), REFUSE, "l2-3-support", "A,R", "channel"),
    ("customer to vendor", text(CUSTOMER, PUBLIC, PUBLIC), ALLOW, "l2-3-support", "S,C,I", "for the customer to give"),
    ("customer's internal text", text(CUSTOMER, INTERNAL, PUBLIC), REFUSE, "l2-3-support", "S,C,I", "channel"),
    ("by the channel", text(CUSTOMER, INTERNAL, PUBLIC, "comments[1]"), ALLOW, "l2-3-support", "S,C,I", "for the customer"),
    ("audience unknown", text(CUSTOMER, None, PUBLIC), REFUSE, "l2-3-support", "S,C,I", "channel"),
    ("an end user's text", text(END_USER, PUBLIC, PUBLIC, "comments[0]"), REFUSE, "l2-3-support", "", "empty cell"),
    ("not copied home", text(CUSTOMER, PUBLIC, PUBLIC, to=Side.CUSTOMER), REFUSE, "l2-3-support", "S,C,I", "came from"),
    ("note to staff", text(CONNECTOR, None, INTERNAL, act=Act.NOTE), ALLOW, "l2-3-support", "", "tells the staff"),
    ("note to end users", text(CONNECTOR, None, PUBLIC, act=Act.NOTE), REFUSE, "prime-contact", "", "staff only"),
    (
        "note to all at the vendor",
        text(CONNECTOR, None, PUBLIC, act=Act.NOTE, to=Side.VENDOR),
        REFUSE,
        "l2-3-support",
        "",
        "staff only",
    ),
    (
        "note where our account is the portal's customer",
        replace(text(CONNECTOR, None, PUBLIC, act=Act.NOTE, to=Side.VENDOR), open_desk=True),
        ALLOW,
        "l2-3-support",
        "",
        "customer's people read it too",
    ),
    (
        "note to end users, whatever the vendor's portal",
        replace(text(CONNECTOR, None, PUBLIC, act=Act.NOTE), open_desk=True),
        REFUSE,
        "prime-contact",
        "",
        "staff only",
    ),
]


@pytest.mark.parametrize(
    ("change", "verdict", "task", "held", "words"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_each_case_gets_its_ruling(change: Change, verdict: Verdict, task: str, held: str, words: str) -> None:
    ruling = judge(MODEL, change)
    assert (ruling.verdict, ruling.task, ruling.letters) == (verdict, task, held), ruling
    assert words in ruling.reason


ALTERED: list[tuple[str, Change, Gate, Party, str, Verdict, str]] = [
    # in words, change that the model allows (or not), cell, its new letters, verdict then, words of the reason
    ("customer without submitting", submit(CUSTOMER), Gate.SUBMIT, CUSTOMER, "", REFUSE, "empty cell"),
    ("accountable alone submits nothing", submit(CUSTOMER), Gate.SUBMIT, CUSTOMER, "A", REFUSE, "holds A there"),
    ("vendor that may submit", submit(VENDOR), Gate.SUBMIT, VENDOR, "R", ALLOW, "for the vendor"),
    ("vendor without R", ticket(WORKING, WORKING), Gate.WORK, VENDOR, "A", REFUSE, "needs R"),
    ("vendor without any letter", ticket(WAITING_C, WAITING_C), Gate.WORK, VENDOR, "", REFUSE, "empty cell"),
    ("vendor with R alone does its part", ticket(SOLVED, WORKING), Gate.WORK, VENDOR, "R,S", ALLOW, "part of the vendor"),
    ("vendor with R alone solves no ticket", ticket(SOLVED, SOLVED), Gate.WORK, VENDOR, "R,S", REFUSE, "needs A and R"),
    ("customer without S answers as submitter", case(WORKING, WAITING_C), Gate.WORK, CUSTOMER, "", ALLOW, "answer"),
    ("customer that does not close", case(CLOSED, SOLVED), Gate.SPEAK, CUSTOMER, "", REFUSE, "empty cell"),
    ("vendor that is only informed", field("category", VENDOR), Gate.WORK, VENDOR, "I", REFUSE, "holds I"),
    ("vendor's priority without letters", field("priority", VENDOR), Gate.WORK, VENDOR, "", REFUSE, "empty cell"),
    ("customer's field without letters", field("title", CUSTOMER), Gate.WORK, CUSTOMER, "C,I", REFUSE, "holds C,I"),
    ("vendor's comment without letters", text(VENDOR, PUBLIC, INTERNAL), Gate.WORK, VENDOR, "", REFUSE, "empty cell"),
    ("a party that speaks to users", text(VENDOR, PUBLIC, PUBLIC), Gate.SPEAK, VENDOR, "R", ALLOW, "for the vendor"),
    ("submitter comments without letters", text(CUSTOMER, PUBLIC, PUBLIC), Gate.WORK, CUSTOMER, "", ALLOW, "Having submitted"),
    ("a partner with letters answers", case(WORKING, WAITING_C, by=PARTNER), Gate.WORK, PARTNER, "S", ALLOW, "answer"),
]


@pytest.mark.parametrize(
    ("change", "gate", "party", "letters", "verdict", "words"), [row[1:] for row in ALTERED], ids=[row[0] for row in ALTERED]
)
def test_another_letter_is_another_ruling(
    change: Change, gate: Gate, party: Party, letters: str, verdict: Verdict, words: str
) -> None:
    before, after = judge(MODEL, change), judge(with_cell(gate, party, letters), change)
    assert after != before
    assert after.verdict is verdict
    assert words in after.reason


def test_without_any_letter_the_customer_has_no_floor_either() -> None:
    stranger = with_cells([(Gate.WORK, CUSTOMER, ""), (Gate.SUBMIT, CUSTOMER, "")])
    for change in (case(WORKING, WAITING_C), text(CUSTOMER, PUBLIC, PUBLIC)):
        ruling = judge(stranger, change)
        assert ruling.verdict is REFUSE
        assert "empty cell" in ruling.reason


@pytest.mark.parametrize(
    ("setting", "value", "change", "verdict"),
    [
        ("priority.after_vendor_change", "apply", field("priority", VENDOR), ALLOW),
        ("priority.authority", "vendor", field("priority", VENDOR), ALLOW),
        ("priority.authority", "vendor", field("priority", CUSTOMER), HOLD),
        ("close_by_caller", "refuse", case(CLOSED, SOLVED, by=END_USER), REFUSE),
    ],
)
def test_a_setting_decides(setting: str, value: str, change: Change, verdict: Verdict) -> None:
    assert judge(MODEL, change).verdict is not verdict
    assert judge(with_setting(setting, value), change).verdict is verdict


def test_the_window_for_reopening_is_said() -> None:
    assert "within 30 days" in judge(with_setting("reopen.window", 30), case(WORKING, CLOSED)).reason


def test_only_a_withdrawal_asks_for_a_note_to_the_vendor() -> None:
    asked = {words for words, change, *_ in CASES if withdraws(judge(MODEL, change))}
    assert asked == {"closed before solved", "an ending by a soft mapping is one", "cancelled by the customer"}


def test_a_ruling_names_the_row_and_the_clause_of_the_document() -> None:
    ruling = judge(MODEL, ticket(CLOSED, CLOSED))
    assert "row 1" in ruling.clause
    assert "including closing" in ruling.clause
    assert "row 2" in judge(MODEL, submit(VENDOR)).reason


phases = st.none() | st.sampled_from(Phase)
changes = st.builds(
    Change,
    act=st.sampled_from(Act),
    target=st.sampled_from(Side),
    actor=st.sampled_from(Party),
    unit=st.sampled_from(["", "priority", "title"]),
    now=phases,
    to=phases,
    source=phases,
    said_to=st.none() | st.sampled_from(Audience),
    shown_to=st.none() | st.sampled_from(Audience),
    notifies=st.booleans(),
    channel=st.sampled_from(["", "comments[0]"]),
)
cells = st.lists(st.sampled_from(Letter), unique=True).map(",".join)
models = st.lists(st.tuples(st.sampled_from(Gate), st.sampled_from(Party), cells)).map(with_cells)


@given(models, changes)
def test_every_change_gets_a_ruling_that_names_what_it_rests_on(model: OperatingModel, change: Change) -> None:
    ruling = judge(model, change)
    assert all([ruling.task, ruling.title, ruling.clause, ruling.reason])
    assert ruling.reason.endswith(".")


@given(
    models,
    changes,
    st.sampled_from([VENDOR, PARTNER, CONNECTOR]),
    st.sampled_from([(phase, notifies) for phase in Phase for notifies in (False, True) if phase in ENDED or notifies]),
)
def test_nothing_but_the_customer_ends_its_ticket_whatever_the_letters_say(
    model: OperatingModel, change: Change, actor: Party, ending: tuple[Phase, bool]
) -> None:
    to, notifies = ending
    move = Change(
        Act.MOVE, Side.CUSTOMER, actor, now=change.now, to=to, source=change.source, notifies=notifies, channel=change.channel
    )
    ruling = judge(model, move)
    assert ruling.verdict is REFUSE
    assert ruling.task == CLOSING_INVARIANT


@given(changes)
def test_no_text_reaches_the_end_user_and_no_internal_text_leaves_without_a_channel(change: Change) -> None:
    if change.act not in (Act.COMMENT, Act.FILE, Act.NOTE) or not judge(MODEL, change).allowed:
        return
    assert change.target is not Side.CUSTOMER or change.shown_to is INTERNAL
    assert change.channel or change.said_to is PUBLIC or change.act is Act.NOTE or change.actor is CONNECTOR

"""What is owed on a case, for the five documents: each expectation is a clause of theirs, or a setting (ours)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rasci.course import OVER
from connector.rasci.model import Basis, OperatingModel, Setting, load
from connector.rasci.owed import Course, Owed, Stand, Told, calendars, next_moment, owed
from connector.words import Facts, Party, Reply
from tests.unit.rasci_help import FILE

WSP, IMPLEMENTATION, CLOUD = "anywhere365-wsp", "anywherenow-implementation", "anywhere365-dialogue-cloud"
PARTNER, WORKCUBE = "anywhere365-partner-on-premises", "workcube"
NAMES = (WSP, IMPLEMENTATION, CLOUD, PARTNER, WORKCUBE)
OURS: Mapping[str, str | int] = {
    f"calendars.{party}": "Europe/Amsterdam Mo-Fr 08:00-17:00" for party in ("customer", "vendor", "partner")
}


def with_settings(model: OperatingModel, given: Mapping[str, str | int]) -> OperatingModel:
    return replace(model, settings={**model.settings, **{name: Setting(value) for name, value in given.items()}})


MODELS = {name: with_settings(load(FILE.with_name(f"{name}.yaml")), OURS) for name in NAMES}
PLUS: Facts = {"plan": frozenset({"premium_plus"})}
OTHER: Facts = {"plan": frozenset({"other"})}
MINUTE, DAY = 60.0, 86400.0


def at(text: str) -> float:
    """A moment by the clock on the wall in Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp()


def wall(*moments: float | None) -> list[str]:
    zone = ZoneInfo("Europe/Amsterdam")
    return [f"{datetime.fromtimestamp(moment, zone):%a %Y-%m-%d %H:%M}" for moment in moments if moment is not None]


SUNDAY = at("2026-03-08 03:00")
MONDAY = at("2026-03-09 10:00")


def found(name: str, course: Course, now: float, *replies: Reply, facts: Facts = PLUS, **given: str | int) -> dict[str, Owed]:
    """What is owed, by id; settings are given with `__` for the dot."""
    model = with_settings(MODELS[name], {key.replace("__", "."): value for key, value in given.items()})
    return {one.id: one for one in owed(model, facts, calendars(model, facts), course, replies, now)}


def said(topic: str, text: str, moment: float) -> Reply:
    return Reply(topic, text, "l.one", moment)


def p1(opened: float = SUNDAY, **more: Any) -> Course:
    return replace(Course(born=opened, opened=opened, p1_since=opened, p1_now=True), **more)


# --- the call after a P1 ---


@pytest.mark.parametrize("name", [WSP, CLOUD])
def test_premium_plus_calls_the_number_after_submitting_a_p1(name: str) -> None:
    """`If Premium Plus support has been purchased; calling the 24x7 support number ... after submitting a Priority 1 case`."""
    call = found(name, p1(), SUNDAY)["p1-call"]
    assert (call.party, call.state, call.since) == (Party.CUSTOMER, Stand.OPEN, SUNDAY)
    assert call.what == "a call to the vendor's 24x7 number"
    assert call.how == "#connector called TIME, PERSON"
    assert call.clause.startswith("customer's summary, bullet 5; setting p1.reminder_every (ours)")
    assert (call.task, call.basis) == ("p1_call", Basis.STATED)
    assert "p1-call" not in found(name, p1(), SUNDAY, facts=OTHER)


@pytest.mark.parametrize("name", [WSP, CLOUD])
def test_a_plan_that_nobody_named_and_a_case_that_is_no_p1_ask_for_no_call(name: str) -> None:
    assert found(name, p1(), SUNDAY, facts={}) == {}
    assert found(name, Course(born=SUNDAY, opened=SUNDAY), SUNDAY) == {}


def test_the_call_is_called_to_mind_at_once_then_every_fifteen_minutes_four_times_then_the_manager_is_told() -> None:
    """Settings p1.reminder_every and p1.reminders (ours)."""
    minutes = {}
    for minute in (0, 14, 15, 46, 59, 60, 600):
        call = found(CLOUD, p1(), SUNDAY + minute * MINUTE)["p1-call"]
        minutes[minute] = ([(one - SUNDAY) / MINUTE for one in call.reminders], call.state)
        assert (call.tells, call.tell_at) == (Told.SERVICE_MANAGER, SUNDAY + 60 * MINUTE)
    assert minutes == {
        0: ([0, 15], Stand.OPEN),
        14: ([0, 15], Stand.OPEN),
        15: ([0, 15, 30], Stand.OPEN),
        46: ([0, 15, 30, 45], Stand.OPEN),
        59: ([0, 15, 30, 45], Stand.OPEN),
        60: ([0, 15, 30, 45], Stand.OVERDUE),
        600: ([0, 15, 30, 45], Stand.OVERDUE),
    }


def test_a_pass_looks_again_when_the_next_reminder_comes() -> None:
    looks = []
    now: float | None = SUNDAY
    while now is not None:
        looks.append((now - SUNDAY) / MINUTE)
        now = next_moment(tuple(found(CLOUD, p1(), now).values()), now)
    assert looks == [0, 15, 30, 45, 60]


def test_the_interval_and_the_number_are_the_settings() -> None:
    call = found(CLOUD, p1(), SUNDAY + DAY, p1__reminder_every=5, p1__reminders=2)["p1-call"]
    assert [(one - SUNDAY) / MINUTE for one in call.reminders] == [0, 5]
    assert call.tell_at == SUNDAY + 10 * MINUTE


def test_a_roster_member_s_word_confirms_the_call() -> None:
    """Setting p1.call_confirmed_by (ours): time, person reached."""
    word = said("called", "03:20, J. Jansen", SUNDAY + 20 * MINUTE)
    call = found(CLOUD, p1(), SUNDAY + DAY, word)["p1-call"]
    assert (call.state, call.by, call.done_at, call.said) == (Stand.DONE, "l.one", word.at, "03:20, J. Jansen")
    assert call.reminders == (SUNDAY, SUNDAY + 15 * MINUTE)
    assert call.tell_at is None
    assert next_moment([call], SUNDAY) is None
    at_a_reminder = replace(word, at=SUNDAY + 15 * MINUTE)
    assert found(CLOUD, p1(), SUNDAY + DAY, at_a_reminder)["p1-call"].reminders == (SUNDAY,)
    before = found(CLOUD, p1(), word.at - 1, word)["p1-call"]
    assert (before.state, before.by) == (Stand.OPEN, "")


def test_a_call_for_an_earlier_p1_confirms_nothing() -> None:
    assert found(CLOUD, p1(), SUNDAY, said("called", "yesterday, J.", SUNDAY - DAY))["p1-call"].state is Stand.OPEN


def test_the_vendor_s_first_answer_ends_the_reminders_and_is_no_confirmation() -> None:
    course = p1(vendor_spoke=SUNDAY + 20 * MINUTE)
    call = found(CLOUD, course, SUNDAY + DAY)["p1-call"]
    assert (call.reminders, call.state, call.tell_at) == ((SUNDAY, SUNDAY + 15 * MINUTE), Stand.OPEN, None)
    late = found(CLOUD, p1(vendor_spoke=SUNDAY + DAY), SUNDAY + 2 * DAY)["p1-call"]
    assert (late.state, late.tell_at) == (Stand.OVERDUE, SUNDAY + 60 * MINUTE)
    assert found(CLOUD, course, SUNDAY + DAY, said("called", "x", SUNDAY + DAY))["p1-call"].state is Stand.DONE


@pytest.mark.parametrize("more", [{"p1_now": False}, {"solved": SUNDAY + 5 * MINUTE}, {"ended": SUNDAY + 5 * MINUTE}])
def test_what_is_no_p1_any_more_or_over_needs_no_call_and_stays_unconfirmed(more: dict[str, Any]) -> None:
    call = found(CLOUD, p1(**more), SUNDAY + DAY)["p1-call"]
    assert (call.state, call.done_at, call.tell_at) == (Stand.MOOT, 0.0, None)
    assert call.reminders in {(), (SUNDAY,)}


def test_a_ticket_that_becomes_a_p1_later_owes_the_call_from_then_on() -> None:
    assert found(CLOUD, p1(p1_since=SUNDAY + DAY), SUNDAY + DAY)["p1-call"].since == SUNDAY + DAY


def test_in_001_the_number_is_offered_and_no_call_is_no_violation() -> None:
    """001, bullet 6: by the portal and, if needed for follow-up, a call; no plan is named."""
    call = found(IMPLEMENTATION, p1(), SUNDAY + 9 * DAY, facts={})["p1-call"]
    assert (call.state, call.reminders, call.due, call.tell_at) == (Stand.OFFERED, (), None, None)
    assert (call.what, call.clause) == (
        "a call to the vendor's 24x7 number, if it is needed for follow-up",
        "bullet 6; setting p1.call_confirmed_by (ours)",
    )
    word = said("called", "04:00, J.", SUNDAY + 60 * MINUTE)
    assert found(IMPLEMENTATION, p1(), SUNDAY + DAY, word, facts={})["p1-call"].state is Stand.DONE


@pytest.mark.parametrize("name", [PARTNER, WORKCUBE])
def test_documents_that_know_no_p1_owe_nothing_for_one(name: str) -> None:
    """003 and 004 state neither a P1 nor a number nor a root cause analysis."""
    lost = Course(born=SUNDAY, p1_since=SUNDAY, p1_now=True)
    assert found(name, lost, SUNDAY + DAY) == {}
    after = p1(solved=SUNDAY + DAY, ended=SUNDAY + 2 * DAY)
    assert found(name, after, SUNDAY + 90 * DAY, said("cause", "vendor", SUNDAY + DAY)) == {}


# --- a portal, or a vendor, that is silent to a P1 ---


def test_after_five_minutes_without_the_portal_people_are_told_to_phone() -> None:
    """Setting p1.on_portal_down (ours): `portal does not answer: phone now`, case number follows."""
    lost = Course(born=SUNDAY, p1_since=SUNDAY, p1_now=True)
    assert set(found(CLOUD, lost, SUNDAY)) == {"portal-silent"}
    silent = found(CLOUD, lost, SUNDAY + 5 * MINUTE)["portal-silent"]
    assert (silent.party, silent.state, silent.due) == (Party.CUSTOMER, Stand.OVERDUE, SUNDAY + 5 * MINUTE)
    assert [(one - SUNDAY) / MINUTE for one in silent.reminders] == [5, 20]
    assert "phone" in silent.what or "call" in silent.what
    assert "setting p1.on_portal_down (ours)" in silent.clause
    once = found(CLOUD, lost, SUNDAY + DAY, facts=OTHER)["portal-silent"]
    assert once.reminders == (SUNDAY + 5 * MINUTE,)
    assert "another way" in once.what
    assert "portal-silent" not in found(CLOUD, replace(lost, opened=SUNDAY + MINUTE), SUNDAY + DAY)


def test_a_call_during_the_silence_counts_for_the_case_that_follows() -> None:
    word = said("called", "03:07, J.", SUNDAY + 7 * MINUTE)
    lost = Course(born=SUNDAY, p1_since=SUNDAY, p1_now=True)
    assert found(CLOUD, lost, SUNDAY + DAY, word)["portal-silent"].reminders == (SUNDAY + 5 * MINUTE,)
    call = found(CLOUD, replace(lost, opened=SUNDAY + DAY), SUNDAY + DAY, word)["p1-call"]
    assert (call.state, call.reminders) == (Stand.DONE, ())


@pytest.mark.parametrize("more", [{"held_since": SUNDAY}, {"p1_now": False}, {"ended": SUNDAY}, {"born": 0.0}])
def test_what_is_not_on_its_way_does_not_wait_for_the_portal(more: dict[str, Any]) -> None:
    lost = replace(Course(born=SUNDAY, p1_since=SUNDAY, p1_now=True), **more)
    assert "portal-silent" not in found(CLOUD, lost, SUNDAY + DAY)


def test_the_watch_for_an_answer_is_off_until_the_contract_s_figure_is_entered() -> None:
    """No document has a response time. On a Sunday the vendor is watched now under Premium Plus, else from Monday."""
    assert "response" not in found(CLOUD, p1(), SUNDAY + DAY)
    plus = found(CLOUD, p1(), SUNDAY + DAY, p1__response_watch=30)["response"]
    assert (plus.due, plus.state) == (SUNDAY + 30 * MINUTE, Stand.OVERDUE)
    assert "Premium Plus" in plus.hours
    basic = found(CLOUD, p1(), SUNDAY + DAY, facts=OTHER, p1__response_watch=30)["response"]
    assert wall(basic.due) == ["Mon 2026-03-09 08:30"]
    spoke = p1(vendor_spoke=SUNDAY + 10 * MINUTE)
    heard = found(CLOUD, spoke, SUNDAY + DAY, p1__response_watch=30)["response"]
    assert (heard.state, heard.done_at, heard.tell_at) == (Stand.DONE, SUNDAY + 10 * MINUTE, None)
    lowered = found(CLOUD, p1(p1_now=False), SUNDAY + DAY, p1__response_watch=30)["response"]
    assert (lowered.state, lowered.tell_at) == (Stand.MOOT, None)


# --- root cause analyses ---

RESTORED = p1(MONDAY - DAY, solved=MONDAY)
VENDOR = said("cause", "vendor", MONDAY + DAY)
OTHERS = said("cause", "other: the trunk", MONDAY + DAY)
MIXED = said("cause", "Mixed", MONDAY + DAY)


@pytest.mark.parametrize("name", [WSP, CLOUD, IMPLEMENTATION])
def test_once_service_is_restored_the_customer_states_the_cause(name: str) -> None:
    """Settings rca.trigger, rca.cause_decided_by and rca.due (ours): owed from solved, ten working days, reminder at half."""
    assert "cause" not in found(name, p1(MONDAY - DAY), MONDAY)
    cause = found(name, RESTORED, MONDAY)["cause"]
    assert (cause.party, cause.state, cause.since) == (Party.CUSTOMER, Stand.OPEN, MONDAY)
    assert wall(cause.due, *cause.reminders) == ["Mon 2026-03-23 10:00", "Mon 2026-03-16 10:00"]
    assert "rca" not in found(name, RESTORED, MONDAY)
    assert (cause.basis, "setting rca.cause_decided_by (ours)" in cause.clause) == (Basis.OURS, True)
    assert "nothing" not in cause.clause
    stated = found(name, RESTORED, MONDAY + 2 * DAY, VENDOR)["cause"]
    assert (stated.state, stated.by) == (Stand.DONE, "l.one")


@pytest.mark.parametrize("name", [WSP, CLOUD])
def test_the_vendor_owes_the_analysis_of_a_p1_that_its_component_alone_caused(name: str) -> None:
    """Row 4, vendor A,R; `solely caused by a malfunction of an Anywhere365 component`."""
    rca = found(name, RESTORED, MONDAY + 2 * DAY, VENDOR, facts=OTHER)["rca"]
    assert (rca.party, rca.task, rca.ground.letters, rca.basis) == (Party.VENDOR, "rca-vendor-cause", "A,R", Basis.STATED)
    assert rca.clause.startswith("RASCI table, row 4")
    assert "vendor's summary, bullet 2" in rca.clause
    assert (rca.state, rca.tells) == (Stand.OPEN, Told.ACCOUNTABLE)
    assert wall(rca.due) == ["Mon 2026-03-23 10:00"]


@pytest.mark.parametrize(("name", "row"), [(WSP, "row 5"), (CLOUD, "row 5"), (IMPLEMENTATION, "bullet 7")])
def test_the_customer_owes_the_analysis_of_other_causes(name: str, row: str) -> None:
    rca = found(name, RESTORED, MONDAY + 2 * DAY, OTHERS)["rca"]
    assert (rca.party, rca.task, rca.ground.letters) == (Party.CUSTOMER, "rca-other-cause", "A,R")
    assert row in rca.clause
    assert rca.basis is (Basis.INFERRED if name == IMPLEMENTATION else Basis.STATED)  # 001 states the duty, not its letters


def test_001_has_only_the_other_half_so_the_vendor_s_is_expected_and_never_demanded() -> None:
    rca = found(IMPLEMENTATION, RESTORED, MONDAY + 90 * DAY, VENDOR)["rca"]
    assert (rca.party, rca.state, rca.basis) == (Party.VENDOR, Stand.EXPECTED, Basis.OURS)
    assert (rca.due, rca.reminders, rca.tell_at) == (None, (), None)


@pytest.mark.parametrize("name", [WSP, CLOUD, IMPLEMENTATION])
def test_a_mixed_cause_is_in_neither_half_and_the_setting_decides(name: str) -> None:
    """Setting rca.mixed (ours): the customer leads, the vendor supports."""
    rca = found(name, RESTORED, MONDAY + 2 * DAY, MIXED)["rca"]
    assert (rca.party, rca.basis) == (Party.CUSTOMER, Basis.OURS)
    assert "setting rca.mixed (ours)" in rca.clause
    assert found(name, RESTORED, MONDAY + 2 * DAY, MIXED, rca__mixed="vendor_leads")["rca"].party is Party.VENDOR


def test_a_document_that_does_not_say_solely_has_the_vendor_owe_a_mixed_cause_too() -> None:
    model = MODELS[CLOUD]
    wide = tuple(replace(half, solely=False) for half in model.duties.rca)
    model = replace(model, duties=replace(model.duties, rca=wide))
    [rca] = [one for one in owed(model, PLUS, {}, RESTORED, [MIXED], MONDAY + 2 * DAY) if one.id == "rca"]
    assert (rca.party, rca.basis) == (Party.VENDOR, Basis.STATED)
    assert "rca.mixed" not in rca.clause


def test_the_last_word_on_the_cause_counts_and_nonsense_does_not() -> None:
    later = said("cause", "other", MONDAY + 3 * DAY)
    assert found(CLOUD, RESTORED, MONDAY + 2 * DAY, VENDOR, later)["rca"].party is Party.VENDOR
    assert found(CLOUD, RESTORED, MONDAY + 4 * DAY, VENDOR, later)["rca"].party is Party.CUSTOMER
    assert found(CLOUD, RESTORED, MONDAY + 4 * DAY, VENDOR, said("cause", "gremlins", later.at))["rca"].party is Party.VENDOR


def test_the_vendor_s_text_fulfils_only_after_the_customer_had_the_draft() -> None:
    """Row 4, customer S,C,I: it sees the draft and gets the result; till then it is shown as owed."""
    done, draft = said("rca", "done", MONDAY + 2 * DAY), said("rca", "draft of the 11th", MONDAY + 3 * DAY)
    too_early = found(CLOUD, RESTORED, MONDAY + 4 * DAY, VENDOR, done, draft)["rca"]
    assert too_early.state is Stand.OPEN
    assert "had the draft" in too_early.what
    assert "first the customer gets the draft" in found(CLOUD, RESTORED, MONDAY + 2 * DAY, VENDOR, done)["rca"].what
    released = said("rca", "done", MONDAY + 4 * DAY)
    rca = found(CLOUD, RESTORED, MONDAY + 90 * DAY, VENDOR, done, draft, released)["rca"]
    assert (rca.state, rca.done_at, rca.tell_at, rca.reminders) == (Stand.DONE, released.at, None, ())


def test_the_customer_s_own_analysis_is_fulfilled_by_its_text_or_link() -> None:
    draft, text = said("rca", "draft", MONDAY + 2 * DAY), said("rca", "https://wiki.customer.example/rca/1", MONDAY + 3 * DAY)
    assert found(CLOUD, RESTORED, MONDAY + 4 * DAY, OTHERS, draft)["rca"].state is Stand.OPEN
    assert found(CLOUD, RESTORED, MONDAY + 4 * DAY, OTHERS, text)["rca"].state is Stand.DONE


def test_an_analysis_is_called_to_mind_once_at_half_and_then_told_to_who_is_accountable() -> None:
    late = found(CLOUD, RESTORED, at("2026-03-23 10:00"), VENDOR, facts=OTHER)["rca"]
    assert late.state is Stand.OVERDUE
    assert wall(*late.reminders, late.tell_at) == ["Mon 2026-03-16 10:00", "Mon 2026-03-23 10:00"]


def test_under_premium_plus_every_day_is_a_working_day_of_the_vendor() -> None:
    assert wall(found(CLOUD, RESTORED, MONDAY + 2 * DAY, VENDOR)["rca"].due) == ["Thu 2026-03-19 10:00"]


def test_which_cases_count_and_from_when_are_settings() -> None:
    lowered = replace(RESTORED, p1_now=False)
    assert "cause" in found(CLOUD, lowered, MONDAY)
    assert "cause" not in found(CLOUD, lowered, MONDAY, rca__p1_basis="at_solution")
    assert "cause" not in found(CLOUD, RESTORED, MONDAY, rca__trigger="closed")
    assert found(CLOUD, replace(RESTORED, ended=MONDAY + DAY), MONDAY + DAY, rca__trigger="closed")["cause"].since == MONDAY + DAY
    assert "cause" not in found(CLOUD, Course(born=SUNDAY, opened=SUNDAY, solved=MONDAY), MONDAY)


def test_a_ticket_closed_past_solved_owes_it_too_and_one_withdrawn_does_not() -> None:
    ended = p1(MONDAY - DAY, ended=MONDAY)
    assert found(CLOUD, ended, MONDAY)["cause"].since == MONDAY
    assert "cause" not in found(CLOUD, replace(ended, withdrawn=True), MONDAY)


# --- what waits for the customer ---


@pytest.mark.parametrize(
    ("name", "party", "clause", "task"),
    [
        (WSP, Party.CUSTOMER, "customer's summary, bullet 7", "timely-support"),
        (CLOUD, Party.CUSTOMER, "customer's summary, bullet 7", "timely-support"),
        (IMPLEMENTATION, Party.CUSTOMER, "bullet 8", "timely-support"),
        (PARTNER, Party.PARTNER, "Level 3", "l3-support"),  # no such clause: S on the row of the case, which helps when asked
        (WORKCUBE, Party.PARTNER, "L3", "l3-support"),
    ],
)
def test_a_question_of_the_vendor_is_to_be_answered(name: str, party: Party, clause: str, task: str) -> None:
    """`Support the resolution of the case in a timely manner`: no time is stated, so none is due; the reminder is ours."""
    waiting = Course(born=SUNDAY, opened=SUNDAY, waiting_since=MONDAY, waiting_why="answer")
    answer = found(name, waiting, MONDAY)["answer"]
    assert (answer.party, answer.task, answer.due, answer.state) == (party, task, None, Stand.OPEN)
    assert answer.clause == f"{clause}; setting answer.reminder (ours)"
    later = found(name, waiting, at("2026-03-20 12:00"))["answer"]
    assert wall(*later.reminders) == ["Wed 2026-03-11 10:00", "Wed 2026-03-18 10:00", "Wed 2026-03-25 10:00"]
    overs: list[dict[str, Any]] = [{"waiting_since": 0.0}, {"solved": MONDAY}, {"ended": MONDAY}]
    for over in overs:
        assert "answer" not in found(name, replace(waiting, **over), MONDAY)


@pytest.mark.parametrize(
    ("name", "clause"), [(WSP, "bullet 8"), (CLOUD, "bullet 8"), (IMPLEMENTATION, "bullet 9"), (WORKCUBE, "L3")]
)
def test_access_that_is_asked_for_is_a_duty_until_somebody_granted_it(name: str, clause: str) -> None:
    waiting = Course(born=SUNDAY, opened=SUNDAY, waiting_since=MONDAY, waiting_why="access")
    assert set(found(name, waiting, MONDAY)) == {"access"}
    access = found(name, waiting, MONDAY)["access"]
    assert clause in access.clause
    assert "never a password" in access.how
    grant = said("access", "A. Admin, until 2026-03-12", MONDAY + DAY)
    granted = found(name, waiting, MONDAY + 9 * DAY, grant)["access"]
    assert (granted.state, granted.said, granted.reminders) == (Stand.DONE, "A. Admin, until 2026-03-12", ())
    assert found(name, waiting, MONDAY, said("access", "of last year", MONDAY - DAY))["access"].state is Stand.OPEN


@pytest.mark.parametrize(
    ("name", "party"),
    [
        (WSP, Party.CUSTOMER),
        (IMPLEMENTATION, Party.CUSTOMER),
        (CLOUD, Party.CUSTOMER),
        (PARTNER, Party.PARTNER),
        (WORKCUBE, Party.PARTNER),
    ],
)
def test_a_solution_that_nobody_answers_is_called_to_mind_and_never_closes(name: str, party: Party) -> None:
    """Setting solved.unanswered (ours): after three working days, then weekly."""
    solved = Course(born=SUNDAY, opened=SUNDAY, solved=MONDAY)
    confirm = found(name, solved, at("2026-03-20 12:00"))["confirm"]
    assert (confirm.party, confirm.state, confirm.due, confirm.tell_at) == (party, Stand.OPEN, None, None)
    assert wall(*confirm.reminders) == ["Thu 2026-03-12 10:00", "Thu 2026-03-19 10:00", "Thu 2026-03-26 10:00"]
    assert "setting solved.unanswered (ours)" in confirm.clause
    for topic in ("accept", "refuse"):
        assert found(name, solved, MONDAY + DAY, said(topic, "", MONDAY + 60))["confirm"].state is Stand.DONE
    assert "confirm" not in found(name, replace(solved, ended=MONDAY + DAY), MONDAY + DAY)


def test_where_several_may_answer_it_is_asked_of_who_is_accountable() -> None:
    """At Workcube level 1 and 2 may both speak to users; level 2 answers for it, in whatever order the seats are written."""
    model = MODELS[WORKCUBE]
    model = replace(model, seats=dict(reversed(list(model.seats.items()))))
    [confirm] = owed(model, PLUS, {}, Course(born=SUNDAY, opened=SUNDAY, solved=MONDAY), [], MONDAY)
    assert confirm.party is Party.PARTNER


def test_what_is_held_is_the_submitter_s_and_after_a_working_day_the_lead_is_told() -> None:
    """Setting hold.limit (ours). A P1 that is held is told to people at once: p1.on_unauthorised (ours)."""
    held_ticket = Course(held_since=MONDAY, held_why="no statement that the vendor's component is the cause")
    held = found(CLOUD, held_ticket, MONDAY)["held"]
    assert (held.party, held.state, held.reminders, held.task) == (Party.CUSTOMER, Stand.OPEN, (), "submitting")
    assert "no statement" in held.what
    assert (held.tells, wall(held.tell_at)) == (Told.LEVEL_1_LEAD, ["Tue 2026-03-10 10:00"])
    assert next_moment([held], MONDAY) == held.tell_at
    assert found(CLOUD, held_ticket, MONDAY + DAY)["held"].state is Stand.OVERDUE
    urgent = found(CLOUD, replace(held_ticket, p1_since=MONDAY, p1_now=True), MONDAY)["held"]
    assert urgent.reminders == (MONDAY,)
    assert "setting p1.on_unauthorised (ours)" in urgent.clause
    assert found(PARTNER, held_ticket, MONDAY)["held"].party is Party.PARTNER


def test_silence_after_the_window_lets_who_asked_go_on_and_is_recorded() -> None:
    """C is asked before a decision; setting consult.window (ours): five working days."""
    asked = Course(born=SUNDAY, opened=SUNDAY, consulted=MONDAY, topic="change-request")
    consult = found(CLOUD, asked, MONDAY, facts=OTHER)["consult"]
    assert (consult.party, consult.state, wall(consult.due)) == (Party.VENDOR, Stand.OPEN, ["Mon 2026-03-16 10:00"])
    assert (consult.task, consult.ground.letters) == ("change-request", "C,S")
    lapsed = found(CLOUD, asked, at("2026-03-16 10:00"), facts=OTHER)["consult"]
    assert (lapsed.state, next_moment([lapsed], MONDAY)) == (Stand.LAPSED, None)
    answered = found(CLOUD, replace(asked, consult_answered=MONDAY + DAY), MONDAY + 30 * DAY, facts=OTHER)["consult"]
    assert (answered.state, answered.done_at, answered.tell_at) == (Stand.DONE, MONDAY + DAY, None)
    unknown = found(CLOUD, replace(asked, topic=""), MONDAY)["consult"]
    assert (unknown.task, unknown.clause, unknown.basis) == ("", "setting consult.window (ours)", Basis.OURS)


def test_days_that_were_counted_without_a_calendar_say_so() -> None:
    held = found(CLOUD, Course(held_since=MONDAY), MONDAY, calendars__customer="")["held"]
    assert held.hours == "Mo-Fr in UTC, assumed: the setting calendars.customer is not given"
    assert "assumed" not in found(CLOUD, Course(held_since=MONDAY), MONDAY)["held"].hours


def test_what_is_owed_can_be_printed() -> None:
    everything = owed(MODELS[CLOUD], PLUS, {}, RESTORED, [VENDOR], MONDAY + DAY)
    shown = json.loads(json.dumps([one.as_dict() for one in everything]))
    assert {"id", "task", "letters", "clause", "basis", "reminders", "state"} <= shown[0].keys()


# --- laws ---

START = MONDAY
moments = st.one_of(st.just(0.0), st.integers(0, 40 * 24).map(lambda hour: START + hour * 3600.0))
courses = st.builds(
    Course,
    born=moments,
    opened=moments,
    p1_since=moments,
    p1_now=st.booleans(),
    solved=moments,
    ended=moments,
    withdrawn=st.booleans(),
    waiting_since=moments,
    waiting_why=st.sampled_from(["", "access", "answer"]),
    held_since=moments,
    vendor_spoke=moments,
    consulted=moments,
    consult_answered=moments,
)
words = st.sampled_from(
    [
        *[("cause", word) for word in ("vendor", "other", "mixed", "?")],
        *[("rca", word) for word in ("draft", "done", "https://x.example")],
        *[(topic, "x") for topic in ("called", "accept", "refuse", "access")],
    ]
)
replies = st.lists(
    st.builds(lambda word, hour: said(word[0], word[1], START + hour * 3600.0), words, st.integers(0, 40 * 24)), max_size=6
)
cases = st.tuples(st.sampled_from(NAMES), courses, replies, st.sampled_from([PLUS, OTHER, {}]))
hours = st.integers(0, 60 * 24)
Drawn = tuple[str, Course, list[Reply], Facts]


def at_hour(case: Drawn, hour: int, *, order: int = 1) -> dict[str, Owed]:
    name, course, said_so, facts = case
    return found(name, course, START + hour * 3600.0, *said_so[::order], facts=facts)


@given(cases, hours)
def test_the_same_is_owed_however_often_and_in_whatever_order_it_is_asked(case: Drawn, hour: int) -> None:
    name, course, said_so, facts = case
    unlike = [one for one in said_so if [other.at for other in said_so].count(one.at) == 1]
    case = (name, course, unlike, facts)
    assert at_hour(case, hour) == at_hour(case, hour) == at_hour(case, hour, order=-1)
    assert list(at_hour(case, hour)) == [one.id for one in at_hour(case, hour).values()]


@given(cases, hours, hours)
def test_time_alone_undoes_nothing_and_moves_no_reminder(case: Drawn, first: int, more: int) -> None:
    """With all that happened by then, a duty done stays done, and the reminders of its index are where they were."""
    now = START + first * 3600.0
    case = (case[0], case[1].up_to(now), [one for one in case[2] if one.at <= now], case[3])
    before, after = at_hour(case, first), at_hour(case, first + more)
    assert before.keys() == after.keys()
    for name, one in before.items():
        later = after[name]
        assert later.reminders[: len(one.reminders)] == one.reminders
        assert (one.state in OVER) <= (later.state is one.state)
        assert one.state is not Stand.OVERDUE or later.state is Stand.OVERDUE
        assert (one.since, one.due, one.tell_at, one.done_at) == (later.since, later.due, later.tell_at, later.done_at)


@given(cases, hours)
def test_there_are_never_more_reminders_than_the_settings_say(case: Drawn, hour: int) -> None:
    now = START + hour * 3600.0
    for one in at_hour(case, hour).values():
        assert list(one.reminders) == sorted(set(one.reminders))
        assert sum(moment > now for moment in one.reminders) <= 1
        assert all(moment >= one.since for moment in one.reminders)
        assert all(moment < one.done_at for moment in one.reminders if one.state is Stand.DONE)
        most = {"p1-call": 4, "portal-silent": 4, "cause": 1, "rca": 1, "held": 1, "consult": 0, "response": 0}
        assert len(one.reminders) <= most.get(one.id, 2 + (now - one.since) / (7 * DAY))
        assert one.clause


@given(cases, hours)
def test_nothing_becomes_different_before_the_next_moment(case: Drawn, hour: int) -> None:
    """A pass that comes only at the next moment misses no reminder and no word to anybody."""
    now = START + hour * 3600.0
    case = (case[0], case[1].up_to(now), [one for one in case[2] if one.at <= now], case[3])
    known = at_hour(case, hour)
    then = next_moment(tuple(known.values()), now)
    for later in at_hour(case, hour + 24 * 30).values():
        if later.state not in OVER:
            passed = [moment for moment in (*later.reminders, later.tell_at) if moment is not None and moment > now]
            assert not passed or (then is not None and then <= min(passed))

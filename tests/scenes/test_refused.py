"""What a service manager would refuse (D1 to D10): the rules do not do it, under any of the models."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.rasci.judge import CLOSING_INVARIANT, judge, withdraws
from connector.rasci.replies import Topic
from connector.rasci.routing import Way, destination
from connector.rasci.table import Cell, Letter
from connector.words import About, Act, Audience, Change, Party, Phase, Reply, Side, Verdict
from tests.models.named import shipped
from tests.scenes.asking import NOW, Handing, Question, facts_of, finds, passes, person, statement, works
from tests.scenes.cast import ANN, CLOUD, INCIDENT, ON_PREMISES, TEAM, VISITOR
from tests.scenes.test_scenes import SCENES

MODELS = pytest.mark.parametrize("name", SCENES)
EDITIONS = ["anywhere365-wsp", "anywhere365-dialogue-cloud"]
WITH_TEAM = ["anywhere365-wsp", "anywhere365-dialogue-cloud", "anywherenow-implementation"]
TOPICS = {name: [task.id for task in shipped(name).tasks] for name in SCENES}
EXPERT = person("Eda", "workdesk-expert", Party.PARTNER, known_to_vendor=None, portal_user="")
ENGINEER = person("Eda", "certified-l2", Party.PARTNER, known_to_vendor=None, portal_user="")


def handed(name: str, *, p1: bool = False) -> Handing:
    """A ticket that somebody who may has handed over, with nothing on it of what the hand-over is to carry."""
    nothing = "attribution details information description test-user-system test-qa test-development"
    roster = {"workcube": (EXPERT,), "anywhere365-partner-on-premises": (ENGINEER,)}.get(name, TEAM)
    task = "l2-3-support" if name in WITH_TEAM else "l3-support"
    return Handing(task, roster, roster[0].login, looked_for=nothing, facts=INCIDENT, p1=p1)


def moved(shows: Phase, source: Phase, *, topic: str = "", notifies: bool = False) -> Change:
    return Change(Act.MOVE, Side.CUSTOMER, Party.VENDOR, "status", Phase.WORKING, shows, source, topic=topic, notifies=notifies)


# --- D1: "solved mails the caller and starts the platform's auto-close job" ------------------------------------------


@MODELS
@pytest.mark.parametrize("source", list(Phase))
def test_d1_no_word_of_the_vendor_mails_the_caller_or_starts_an_automatic_close(name: str, source: Phase) -> None:
    for topic in ("", *TOPICS[name]):
        for shows in Phase:
            ruling = judge(shipped(name), moved(shows, source, topic=topic, notifies=True))
            assert (ruling.verdict, ruling.task) == (Verdict.REFUSE, CLOSING_INVARIANT)


@MODELS
def test_d1_no_word_of_the_vendor_ends_the_ticket_or_reaches_the_caller(name: str) -> None:
    for topic in ("", *TOPICS[name]):
        for shows in (Phase.CLOSED, Phase.CANCELLED):
            assert not judge(shipped(name), moved(shows, shows, topic=topic)).allowed
        text = Change(Act.COMMENT, Side.CUSTOMER, Party.VENDOR, said_to=Audience.PUBLIC, shown_to=Audience.PUBLIC, topic=topic)
        assert not judge(shipped(name), text).allowed


# --- D2: "a P1 held for a missing HAR file, or a daemon that will not start because one of two persons left" -----------


@MODELS
def test_d2_a_p1_goes_with_its_gaps_listed(name: str) -> None:
    held, urgent = handed(name).entered(shipped(name)), handed(name, p1=True).entered(shipped(name))
    assert (held.open, urgent.open) == (False, True)
    assert urgent.missing == held.missing != ()
    assert "gaps listed" in urgent.ruling.reason


@pytest.mark.parametrize("name", WITH_TEAM)
def test_d2_one_of_two_persons_left_is_a_finding_and_stops_nothing(name: str) -> None:
    assert finds("1 of at least 2", [ANN])(shipped(name)) == "found"
    alone = replace(handed(name, p1=True), roster=(ANN,))
    assert passes(alone)(shipped(name)) == "goes"


# --- D3: "consultation cases by themselves" --------------------------------------------------------------------------

STAYING = {
    "anywhere365-wsp": {
        "change-request": (CLOUD, [Topic.CONSULT, Topic.SUPPORT]),
        "configure-tenant": (CLOUD, [Topic.CONSULT]),
        "connections": (CLOUD, [Topic.CONSULT, Topic.SUPPORT]),
        "infrastructure": (ON_PREMISES, [Topic.CONSULT]),
        "upgrades": (ON_PREMISES, [Topic.CONSULT]),
    },
    "anywhere365-dialogue-cloud": {
        "change-request": (CLOUD, [Topic.CONSULT, Topic.SUPPORT]),
        "configure-tenant": (CLOUD, [Topic.CONSULT]),
        "connections": (CLOUD, [Topic.CONSULT, Topic.SUPPORT]),
    },
}


@pytest.mark.parametrize(("name", "topic"), [(name, topic) for name, rows in STAYING.items() for topic in rows])
def test_d3_what_the_vendor_only_advises_on_or_helps_with_is_no_case_by_itself(name: str, topic: str) -> None:
    given, asks = STAYING[name][topic]
    found = destination(shipped(name), facts_of(given), [About(topic, because="it says so")])
    assert (found.way, list(found.asks)) == (Way.STAYS, asks)
    assert found.ruling(shipped(name)).verdict is Verdict.HOLD


# --- D4: "routing by I" ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EDITIONS)
def test_d4_who_is_only_informed_gets_no_case_and_cannot_be_asked(name: str) -> None:
    model = shipped(name)
    told = {Party.VENDOR: Cell((Letter.I,)), Party.CUSTOMER: Cell((Letter.A, Letter.R))}
    tasks = tuple(replace(task, cells=told) if task.id == "connections" else task for task in model.tasks)
    found = destination(replace(model, tasks=tasks), facts_of(CLOUD), [About("connections", because="it says so")])
    assert (found.way, found.asks) == (Way.STAYS, ())


# --- D5: "authorised without saying whose act submits, and all cases from one account" --------------------------------


@pytest.mark.parametrize("name", WITH_TEAM)
def test_d5_a_case_is_the_act_of_a_person_with_an_identity_in_the_portal(name: str) -> None:
    entry = replace(handed(name), said=(statement("Ann"),)).entered(shipped(name))
    assert entry.person == ANN
    assert ANN.portal_user
    assert "Submitted by Ann" in entry.ruling.reason


@pytest.mark.parametrize("name", WITH_TEAM)
@pytest.mark.parametrize("by", ["", "service-account", VISITOR.login])
def test_d5_nobody_else_submits(name: str, by: str) -> None:
    other = replace(handed(name, p1=True), by=by, roster=(*TEAM, VISITOR))
    assert passes(other)(shipped(name)) == "held: not authorised"


# --- D6: "the customer's close closes the case" ----------------------------------------------------------------------


@MODELS
@pytest.mark.parametrize("now", [Phase.NEW, Phase.WORKING, Phase.WAITING_CUSTOMER, Phase.WAITING_THIRD_PARTY])
@pytest.mark.parametrize("how", [Phase.CLOSED, Phase.CANCELLED])
def test_d6_a_case_that_is_not_solved_is_not_closed_with_the_ticket(name: str, now: Phase, how: Phase) -> None:
    for topic in ("", *TOPICS[name]):
        ruling = judge(shipped(name), Change(Act.MOVE, Side.VENDOR, Party.CUSTOMER, "status", now, how, how, topic=topic))
        assert withdraws(ruling)


# --- D7: "a vendor's cancel must land as returned; rejected must say who rejects" --------------------------------------


@MODELS
def test_d7_the_vendors_cancel_returns_the_ticket_and_says_who_rejects(name: str) -> None:
    ruling = judge(shipped(name), moved(Phase.WORKING, Phase.CANCELLED))
    assert ruling.allowed
    assert ruling.reason == "Rejected by the vendor: the ticket is returned to level 1 with the reason."


@MODELS
def test_d7_the_customer_rejects_a_solution_and_is_named(name: str) -> None:
    change = Change(Act.MOVE, Side.VENDOR, Party.CUSTOMER, "status", Phase.SOLVED, Phase.WORKING, Phase.WORKING)
    ruling = judge(shipped(name), change)
    whose = {"workcube": "the customer's side", "anywhere365-partner-on-premises": "the partner"}.get(name, "the customer")
    assert ruling.allowed
    assert ruling.reason == f"The solution is not accepted by {whose}: the case goes on."


# --- D8: "it goes by itself when complete": only if nobody has taken it back, and say so --------------------------------


@MODELS
def test_d8_what_is_held_says_when_it_goes_by_itself(name: str) -> None:
    entry = handed(name).entered(shipped(name))
    assert "then it goes by itself, unless the hand-over was taken back" in entry.ruling.reason


@pytest.mark.parametrize("name", WITH_TEAM)
def test_d8_the_same_hand_over_goes_once_what_is_missing_is_there(name: str) -> None:
    model, before = shipped(name), handed(name)
    assert passes(before)(model) == "held: incomplete"
    assert passes(replace(before, said=(statement("Ben"),)))(model) == "goes"


# --- D9: "one working for vendor, partner level 1, partner level 2" ---------------------------------------------------

HOLDERS: list[tuple[str, Question, str]] = [
    ("anywhere365-wsp", works("l2-3-support", **CLOUD), "the vendor"),
    ("anywhere365-wsp", works("interfacing", **CLOUD), "the vendor and the customer"),
    ("anywhere365-wsp", works("connections", **CLOUD), "the customer"),
    ("workcube", works("l1-support", experts="internal"), "the customer"),
    ("workcube", works("l1-support-by-partner", experts="none"), "the partner"),
    ("workcube", works(call="fault"), "the partner"),
    ("workcube", works("l3-support"), "the vendor"),
    ("anywhere365-partner-on-premises", works("l2-support"), "the partner"),
    ("anywhere365-partner-on-premises", works("l3-support"), "the vendor"),
]


@pytest.mark.parametrize(("name", "question", "holder"), HOLDERS)
def test_d9_who_works_is_said_by_party_and_not_by_side(name: str, question: Question, holder: str) -> None:
    assert question(shipped(name)) == holder


# --- D10: "promise present, never complete and correct" ---------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_TEAM)
def test_d10_a_statement_counts_by_being_there_and_stays_its_authors_word(name: str) -> None:
    entry = replace(handed(name), said=(statement("Ben", "I say so"),)).entered(shipped(name))
    assert entry.open
    assert entry.stated == (Reply(Topic.STATEMENT, "I say so", "Ben", NOW),)


@MODELS
def test_d10_no_word_of_the_gate_vouches_for_quality(name: str) -> None:
    model = shipped(name)
    filled = replace(handed(name), present=" ".join(handed(name).looked_for.split()), said=(statement("Ann"),))
    for handing in (handed(name), handed(name, p1=True), filled):
        reason = handing.entered(model).ruling.reason.casefold()
        assert not any(word in reason for word in ("complete", "correct", "valid"))
    assert "present" in filled.entered(model).ruling.reason

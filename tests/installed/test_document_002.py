"""Document 002 (Dialogue Cloud) in the running engine, row by row; hand-over and duties have files of their own beside this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed import both_editions
from tests.installed.house import CARL, CLOSED, HANDED_OVER, HERE, LARS, LENA, RESOLVED, STATEMENT, TAKEN_BACK, VERA, House
from tests.installed.places import dialogue_cloud, found_amiss, stated
from tests.installed.rows import Handed, hand_over, look

Played = tuple[House, dict[str, str]]
FAULT = {"subcategory": "l2-3-support"}
P1 = {"impact": "1", "urgency": "1", **FAULT}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Played:
    house = dialogue_cloud(tmp_path_factory.mktemp("cloud"))
    return house, hand_over(house, both_editions.ROWS)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return dialogue_cloud(tmp_path)


def texts(house: House, ref: str) -> str:
    return "\n".join(house.told(ref))


@pytest.mark.parametrize("one", both_editions.ROWS, ids=lambda one: one.name)
def test_a_ticket_goes_where_its_row_says(cloud: Played, one: Handed) -> None:
    look(cloud[0], cloud[1][one.name], one)


# --- row 1: prime contact for end users ---


def test_row_1_a_reply_of_the_vendor_reaches_level_1_and_no_caller(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_writes(ref, "Please restart the client.")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    ticket = house.ticket(ref)
    assert any("Please restart the client." in note for note in house.told(ref))
    assert not [comment for comment in ticket.comments if comment.ours and comment.public]
    assert ticket.fields["state"] == "2"
    assert ticket.fields["close_notes"] == ""
    assert house.row(ref)["held"] is None


def test_row_1_and_flow_3_level_1_closes_and_then_the_case_is_closed(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.edits(ref, RESOLVED)
    house.wait()
    assert house.case(ref).fields["State"] == "pending auto close+"
    house.edits(ref, CLOSED)
    house.wait()
    assert house.case(ref).fields["State"] == "closed successful"
    house.judged()


def test_flow_3_a_close_by_the_caller_waits_for_level_1(house: House) -> None:
    """'Trained staff speaks to users and closes': self-service is not trained staff (setting close_by_caller)."""
    ref = stated(house, "Calls drop", caller_id=CARL, **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.edits(ref, CLOSED, by=CARL)
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "pending auto close+"
    assert "#connector confirm" in texts(house, ref)
    held = house.story(ref).standing()["status"]
    assert "Closed by the caller" in held["reason"]
    house.notes(ref, "#connector confirm spoke to Carl")
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "closed successful"
    assert house.story(ref).standing() == {}


def test_flow_3_a_caller_who_closes_what_is_not_solved_withdraws_nothing_before_level_1_confirms(house: House) -> None:
    ref = stated(house, "Calls drop", caller_id=CARL, **FAULT)
    house.vendor_sets(ref, "open")
    house.wait()
    house.edits(ref, CLOSED, by=CARL)
    house.wait(120.0)
    assert not [item for item in house.told_vendor(ref) if "Please stop the work" in item.text]
    house.notes(ref, "#connector confirm he does not need it any more")
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "open"
    assert "Please stop the work" in house.told_vendor(ref)[-1].text


def test_flow_3_the_auto_close_job_counts_as_the_customer_and_is_marked(house: House) -> None:
    """Setting close_by_auto_job: as_customer."""
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.edits(ref, CLOSED, by="system")
    house.wait()
    assert house.case(ref).fields["State"] == "closed successful"
    assert any("a job of the customer's system closed the ticket" in str(line.ruling) for line in house.story(ref).told())


def test_flow_3_or_it_waits_for_level_1_too(tmp_path: Path) -> None:
    """Setting close_by_auto_job: l1_confirms."""
    house = dialogue_cloud(
        tmp_path, HERE.replace("settings:", "settings:\n  close_by_auto_job: {value: l1_confirms, source: ours}")
    )
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.edits(ref, CLOSED, by="system")
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "pending auto close+"
    assert "Closed by a job" in texts(house, ref)


# --- row 2: submitting ---


def test_row_2_the_callers_trigger_is_held_and_that_of_level_1_sends(house: House) -> None:
    ref = house.customer.create(LENA, {"short_description": "Calls drop", "impact": "2", "urgency": "2", **FAULT})
    house.notes(ref, "#connector statement two users on two networks")
    house.edits(ref, HANDED_OVER, by=CARL)
    house.wait()
    assert house.cases() == []
    ruling = house.story(ref)._held()["ruling"]  # type: ignore[index]  # it is held
    assert (ruling["task"], ruling["clause"][:20]) == ("submitting", "RASCI table, row 2 ("[:20])
    house.edits(ref, TAKEN_BACK)
    house.edits(ref, HANDED_OVER)
    house.wait()
    assert len(house.cases()) == 1


def test_row_2_the_vendor_opens_no_ticket_for_the_customer(house: House) -> None:
    house.portal.create(VERA, {"Title": "Upgrade tonight", "State": "open", "Body": "we start at ten"})
    house.wait(120.0)
    assert house.customer.tickets() == []


# --- row 3: level 2 and 3 ---


def test_row_3_the_vendor_asks_and_the_answer_of_level_1_brings_it_back(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "open")
    house.wait()
    house.vendor_writes(ref, "Which version?")
    house.vendor_sets(ref, "pending reminder")
    house.wait()
    assert house.ticket(ref).fields["state"] == "2"
    assert {one["id"] for one in house.row(ref)["owed"]} == {"answer"}
    house.notes(ref, "[vendor] version 8", by=LARS)
    house.edits(ref, HANDED_OVER)
    house.wait()
    assert house.case(ref).fields["State"] == "open"
    assert any("version 8" in item.text for item in house.told_vendor(ref))
    assert not [one for one in house.row(ref)["owed"] if one["state"] == "open"]


def test_row_3_and_the_clause_on_access_a_grant_ends_the_reminders_and_carries_no_password(house: House) -> None:
    """Customer's summary, bullets 7 and 8; setting answer.reminder: two working days."""
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending reminder")
    house.wait(5 * 86_400.0)
    reminded = texts(house, ref).count("an answer to the vendor's question")
    assert reminded == 1
    house.notes(ref, "#connector access Vera may log in to the tenant until Friday, granted by Lars")
    house.wait(14 * 86_400.0)
    assert texts(house, ref).count("an answer to the vendor's question") == reminded
    assert not [one for one in house.row(ref)["owed"] if one["state"] == "open"]


def test_the_clause_on_access_a_line_of_the_vendor_makes_the_wait_one_for_access(house: House) -> None:
    """Customer's summary, bullet 8: 'access to systems and infrastructure when needed'."""
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_writes(ref, "We need to look.\n#connector access the session border controller, read only")
    house.vendor_sets(ref, "pending reminder")
    house.wait(120.0)
    (access,) = house.row(ref)["owed"]
    assert (access["id"], access["party"], access["state"]) == ("access", "customer", "open")
    assert "the session border controller, read only" in access["what"]
    asked = "Still to be done: access for the vendor's engineers: the session border controller, read only"
    assert texts(house, ref).count(asked) == 1
    (shown,) = house.story(ref).as_dict()["owed"]
    assert "Access for the vendor's engineers: the session border controller" in shown["text"]
    house.notes(ref, "#connector access vendor, password: hunter2, until Friday")
    house.wait(120.0)
    assert house.row(ref)["owed"] != []
    house.notes(ref, "#connector access Vera until Friday, granted by Lars")
    house.wait(14 * 86_400.0)
    assert house.row(ref)["owed"] == []
    assert texts(house, ref).count(asked) == 1


def test_the_clause_on_access_the_next_wait_is_a_question_again_and_a_line_alone_is_no_wait(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_writes(ref, "#connector access the tenant, password: hunter2")
    house.wait(120.0)
    assert house.row(ref)["owed"] == []
    house.vendor_sets(ref, "pending reminder")
    house.wait(120.0)
    (access,) = house.row(ref)["owed"]
    assert (access["id"], "hunter2" in access["what"]) == ("access", False)
    house.vendor_sets(ref, "open")
    house.wait(120.0)
    house.vendor_sets(ref, "pending reminder")
    house.wait(120.0)
    assert [one["id"] for one in house.row(ref)["owed"]] == ["answer"]


def test_row_3_accepting_moves_nothing_and_ends_the_reminders(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector accept it works again")
    house.wait()
    assert house.case(ref).fields["State"] == "pending auto close+"
    assert house.ticket(ref).fields["state"] == "2"
    assert "confirm" not in {one["id"] for one in house.row(ref)["owed"] if one["state"] == "open"}


def test_row_3_a_refused_solution_is_told_to_the_vendor_and_giving_it_back_moves_the_case(house: House) -> None:
    """Floor right: either side may always ask and answer. The word itself moves nothing; the ticket's way back does."""
    ref = stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector refuse it drops again after an hour")
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "pending auto close+"
    (word,) = [item.text for item in house.told_vendor(ref) if "does not accept" in item.text]
    assert "Lena Lund" in word
    assert "it drops again after an hour" in word
    house.edits(ref, HANDED_OVER)
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "open"
    house.judged()


# --- rows 4 and 5: root cause analyses ---


def test_row_5_another_cause_is_the_customers_to_analyse(house: House) -> None:
    ref = stated(house, "Nobody can call", **P1)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector cause other our firewall")
    house.wait()
    (analysis,) = [one for one in house.row(ref)["owed"] if one["id"] == "rca"]
    assert (analysis["party"], analysis["task"], analysis["letters"]) == ("customer", "rca-other-cause", "A,R")
    house.notes(ref, "#connector rca KB 4712")
    house.wait()
    assert "rca" not in {one["id"] for one in house.row(ref)["owed"] if one["state"] == "open"}


def cause_stated(house: House, words: str) -> str:
    """A P1 that the vendor solved, and whose cause level 1 named."""
    ref = stated(house, "Nobody can call", **P1)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, f"#connector cause {words}")
    house.wait()
    return ref


def standing(house: House, ref: str) -> dict[str, str]:
    """What is owed, by id: by whom."""
    return {one["id"]: one["party"] for one in house.row(ref)["owed"]}


def test_row_5_the_analysis_that_the_customer_released_comes_to_the_case_once(house: House) -> None:
    ref = cause_stated(house, "other our firewall")
    house.notes(ref, "#connector rca draft half of it")
    house.wait(120.0)
    assert not any("root cause analysis" in item.text for item in house.told_vendor(ref))
    house.notes(ref, "#connector rca KB 4712: the rule of May was wrong")
    house.wait(120.0)
    house.rig.start()
    house.rig.engine.check()
    house.notes(ref, "#connector rca KB 4712 again")
    house.wait(86_400.0)
    (analysis,) = [item for item in house.told_vendor(ref) if "root cause analysis" in item.text]
    assert "KB 4712: the rule of May was wrong" in analysis.text
    assert analysis.public is False  # the vendor's staff reads it
    assert house.case(ref).fields["State"] == "pending auto close+"
    house.judged()


def test_row_5_an_analysis_for_a_case_that_has_ended_opens_nothing_and_level_1_is_told(house: House) -> None:
    ref = cause_stated(house, "other our firewall")
    house.edits(ref, CLOSED)
    house.wait(120.0)
    assert house.case(ref).fields["State"] == "closed successful"
    house.portal.comment_reopens = True
    house.rig.start()
    house.rig.engine.check()
    house.notes(ref, "#connector rca KB 4712")
    house.wait(600.0)
    assert house.case(ref).fields["State"] == "closed successful"
    assert not any("KB 4712" in item.text for item in house.told_vendor(ref))
    assert "Please give it to the vendor in another way" in texts(house, ref)


def test_row_4_the_vendors_own_analysis_is_not_sent_back_to_it(house: House) -> None:
    ref = cause_stated(house, "vendor")
    for words in ("draft as attached", "done KB 4713"):
        house.notes(ref, f"#connector rca {words}")
        house.wait(120.0)
    assert "rca" not in standing(house, ref)
    assert not any("KB 4713" in item.text for item in house.told_vendor(ref))


def test_row_5_an_analysis_of_what_has_no_case_opens_none(house: House) -> None:
    """A P1 on the session border controller is nobody's case."""
    ref = house.opens("sbc: down", impact="1", urgency="1")
    house.wait()
    house.edits(ref, CLOSED)
    house.wait()
    house.notes(ref, "#connector cause other the trunk")
    house.wait()
    house.notes(ref, "#connector rca KB 4714")
    house.wait(600.0)
    assert house.cases() == []


def test_row_4_the_vendor_hears_the_cause_and_objects_until_both_agree(house: House) -> None:
    """Setting rca.cause_decided_by (ours): the customer states, the vendor may object, open until agreed."""
    ref = cause_stated(house, "vendor heap of back-end 3")
    house.wait(120.0)
    (word,) = [item.text for item in house.told_vendor(ref) if "as the cause of this P1" in item.text]
    assert "the vendor's component alone" in word
    assert "heap of back-end 3" not in word
    house.vendor_writes(ref, "We looked.\n#connector object your proxy cut the line")
    house.wait(120.0)
    assert standing(house, ref) == {"cause": "customer", "confirm": "customer"}
    assert "the vendor objects to the cause that was stated: your proxy cut the line" in texts(house, ref)
    assert any("#connector object your proxy cut the line" in item.text for item in house.ticket(ref).comments)  # travels as talk
    house.notes(ref, "#connector cause other our proxy it was")
    house.wait(120.0)
    assert standing(house, ref) == {"rca": "customer", "confirm": "customer"}


def test_row_4_the_same_cause_again_stands_as_disputed_and_the_accountable_decides(house: House) -> None:
    ref = cause_stated(house, "vendor")
    house.vendor_writes(ref, "#connector object your proxy")
    house.wait(120.0)
    house.notes(ref, "#connector cause vendor the proxy was off")
    house.wait(120.0)
    assert standing(house, ref) == {"rca": "vendor", "dispute": "vendor", "confirm": "customer"}
    assert any("a decision on the cause of the P1" in item.text for item in house.told_vendor(ref))
    house.vendor_writes(ref, "#connector object once more")
    house.wait(120.0)
    assert standing(house, ref) == {"rca": "vendor", "dispute": "vendor", "confirm": "customer"}
    house.judged()


@pytest.mark.parametrize("words", ["cause other", "rca done", "accept", "submit now", "fact cause other"])
def test_whatever_else_the_vendor_writes_to_the_connector_is_talk(house: House, words: str) -> None:
    ref = cause_stated(house, "vendor")
    before = standing(house, ref)
    house.vendor_writes(ref, f"#connector {words}")
    house.wait(120.0)
    assert standing(house, ref) == before
    assert not any(
        "told the connector" in line.text and "ase" in line.text and words in line.text for line in house.story(ref).told()
    )


def test_only_a_text_that_the_customer_sees_objects(house: House) -> None:
    ref = cause_stated(house, "vendor")
    house.portal.comment(house.case(ref).ref, VERA, "#connector object the proxy", public=False)
    house.notes(ref, "#connector object we are not sure")
    house.wait(120.0)
    assert "cause" not in standing(house, ref)
    assert "was not understood" in texts(house, ref)


def test_row_4_a_mixed_cause_is_in_neither_half_and_the_setting_is_named(house: House) -> None:
    ref = stated(house, "Nobody can call", **P1)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector cause mixed both ends")
    house.wait()
    (analysis,) = [one for one in house.row(ref)["owed"] if one["id"] == "rca"]
    assert (analysis["party"], analysis["basis"]) == ("customer", "ours")
    assert "rca.mixed" in analysis["clause"]


# --- customer's summary, bullet 9: connection strings, client secrets, API keys ---

SECRET = "k3yk4rd0llar"


def attach(house: House, ref: str, name: str, text: str) -> None:
    house.customer.attach(ref, LENA, name, text.encode(), "text/plain")
    house.wait(120.0)


def files(house: House, ref: str) -> list[str]:
    return [item.text for item in house.case(ref).files]


def test_bullet_9_a_file_with_a_client_secret_stays_and_level_1_is_told_the_line(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    attach(house, ref, "wallboard.json", f'{{\n  "name": "wallboard",\n  "clientSecret": "{SECRET}"\n}}')
    attach(house, ref, "agent.log", "10:14:07 WARN no media for 30 s\n")
    house.wait(3600.0)
    assert files(house, ref) == ["agent.log"]
    (note,) = [note for note in house.told(ref) if "seems to hold a secret" in note]
    assert "wallboard.json - line 3: a client secret" in note
    everything = [
        *house.told(ref),
        *(item.text for item in house.case(ref).comments),
        str(house.story(ref).as_dict()),
        str(house.row(ref)),
    ]
    assert not [text for text in everything if SECRET in text]
    attach(house, ref, "clean.json", '{"name": "wallboard"}')
    assert files(house, ref) == ["agent.log", "clean.json"]
    house.judged("wallboard.json", *(one["item"] for one in house.row(ref)["withheld"]))


def test_bullet_9_an_authorised_person_lets_it_go_and_says_why(house: House) -> None:
    ref = stated(house, "Calls drop", **FAULT)
    house.notes(ref, "#connector submit it is urgent")  # before anybody knew: this is about the ticket
    attach(house, ref, "flow.txt", f"client_secret={SECRET}\n")
    house.notes(ref, "#connector submit let it go", by=CARL)
    house.wait(600.0)
    house.rig.start()
    house.rig.engine.check()
    house.wait(600.0)
    assert files(house, ref) == []
    house.notes(ref, "#connector submit the secret was changed this morning", by=LARS)
    house.wait(600.0)
    assert files(house, ref) == ["flow.txt"]
    attach(house, ref, "next.txt", f"client_secret={SECRET}\n")
    assert files(house, ref) == ["flow.txt"]
    house.judged("next.txt", *(one["item"] for one in house.row(ref)["withheld"]))


def test_bullet_9_a_ticket_goes_though_its_file_stays_and_the_vendors_files_come(house: House) -> None:
    ref = house.opens("Nobody can call", **P1)
    house.customer.attach(ref, LENA, "config.txt", f"api_key: {SECRET}".encode(), "text/plain")
    house.notes(ref, STATEMENT)
    house.wait(120.0)
    assert files(house, ref) == []
    house.portal.attach(house.case(ref).ref, VERA, "answer.txt", f"api_key: {SECRET}".encode())
    house.wait(120.0)
    assert [item.text for item in house.ticket(ref).files if item.ours] == ["answer.txt"]


# --- rows 6, 10, 12: what stays, and is asked about ---


def test_row_6_the_users_letters_are_a_duty_of_level_1_and_write_nothing_to_them(house: House) -> None:
    """C: asked before; I: told after."""
    ref = house.opens("New skill for team 4", subcategory="change-request", caller_id=CARL)
    house.wait()
    house.edits(ref, TAKEN_BACK)
    house.notes(ref, "#connector consult Can a skill have two wallboards?")
    house.wait()
    assert "ask before it is decided" in texts(house, ref)
    assert "tell that it is done" not in texts(house, ref)
    house.edits(ref, RESOLVED)
    house.wait()
    assert texts(house, ref).count("tell that it is done") == 1
    assert not [comment for comment in house.ticket(ref).comments if comment.ours and comment.public]


def test_row_6_a_further_question_goes_to_the_case_that_is_there(house: House) -> None:
    ref = house.opens("New skill for team 4", subcategory="change-request")
    house.wait()
    house.edits(ref, TAKEN_BACK)
    house.notes(ref, "#connector consult Can a skill have two wallboards?")
    house.wait()
    house.notes(ref, "#connector support Please show us how", by=LARS)
    house.wait(120.0)
    assert len(house.cases()) == 1
    asked = [item.text for item in house.told_vendor(ref) if "Lars Lind asks besides: Please show us how" in item.text]
    assert len(asked) == 1
    assert [item for item in house.told_vendor(ref) if "Can a skill have two wallboards?" in item.text] == [
        house.case(ref).comments[0]
    ]


def test_row_6_told_after_where_the_vendor_was_never_asked(house: House) -> None:
    ref = house.opens("New skill for team 4", subcategory="change-request")
    house.wait()
    house.edits(ref, RESOLVED)
    house.wait()
    assert house.cases() == []
    assert texts(house, ref).count("tell that it is done") == 1
    assert "ask before" not in texts(house, ref)


@pytest.mark.parametrize("topic", ["change-request", "configure-tenant"])
def test_rows_6_and_10_level_1_confirms_what_the_users_were_owed(house: House, topic: str) -> None:
    """C,I of the end users: asked before, told after; confirmed by a person's word with some words in it."""
    ref = house.opens("New skill for team 4", subcategory=topic)
    house.wait()
    house.edits(ref, RESOLVED)
    house.wait()
    (shown,) = house.row(ref)["owed"]
    assert (shown["id"], shown["party"]) == ("users", "customer")
    assert "was asked before it was decided, and was told after" in shown["what"]
    house.notes(ref, "#connector confirm")
    house.wait(6 * 86_400.0)
    assert texts(house, ref).count("a word that the end user") == 1
    house.notes(ref, "#connector confirm Carl, by phone on Monday", by=LARS)
    house.wait(20 * 86_400.0)
    assert texts(house, ref).count("a word that the end user") == 1
    house.edits(ref, CLOSED)
    house.wait()
    assert house.row(ref)["owed"] == house.row(ref)["not_confirmed"] == []
    assert any("Carl, by phone on Monday" in line.text and "done: " in line.text.lower() for line in house.story(ref).told())


def test_row_6_closed_without_a_word_it_stays_not_confirmed_until_somebody_says_so(house: House) -> None:
    ref = house.opens("New skill for team 4", subcategory="change-request")
    house.wait()
    house.edits(ref, CLOSED)
    house.wait(30 * 86_400.0)
    assert house.ticket(ref).fields["state"] == "7"
    assert [one["id"] for one in house.row(ref)["not_confirmed"]] == ["users"]
    (told,) = house.story(ref).as_dict()["not_confirmed"]
    assert "A word that the end user was asked before" in told["text"]
    assert "Still to be done" not in texts(house, ref)
    house.notes(ref, "#connector confirm Carl knows since May")
    house.wait(86_400.0)
    assert house.row(ref)["not_confirmed"] == []


@pytest.mark.parametrize("topic", ["connections", "l2-3-support"])
def test_rows_12_and_3_where_the_users_have_no_letter_nothing_is_to_be_confirmed_of_them(house: House, topic: str) -> None:
    ref = house.opens("Trunk", subcategory=topic)
    house.wait()
    house.edits(ref, CLOSED)
    house.wait(86_400.0)
    assert [one for one in house.row(ref)["not_confirmed"] if one["id"] == "users"] == []


@pytest.mark.parametrize(
    ("topic", "word"), [("configure-tenant", "consult"), ("connections", "consult"), ("connections", "support")]
)
def test_rows_10_and_12_an_answer_is_told_once_and_the_vendors_status_is_its_own(house: House, topic: str, word: str) -> None:
    ref = house.opens("Trunk to site B", subcategory=topic)
    house.wait()
    assert house.cases() == []
    house.edits(ref, TAKEN_BACK)
    house.notes(ref, f"#connector {word} How many channels?", by=LARS)
    house.wait()
    number = house.case(ref).number
    assert texts(house, ref).count(f"The vendor was asked by case {number}") == 1
    house.vendor_sets(ref, "open")
    house.wait()
    house.vendor_writes(ref, "Thirty.")
    house.vendor_sets(ref, "pending auto close+")
    house.wait(120.0)
    assert texts(house, ref).count(f"The vendor answered the question of case {number}") == 1
    assert house.ticket(ref).fields["state"] == "2"
    assert house.story(ref).standing() == {}
    assert house.row(ref)["owed"] == []
    assert house.story(ref).as_dict()["waited"].keys() == {"customer"}
    assert house.row(ref)["held"] is None
    assert any("the vendor was only asked" in line.text and line.ruling for line in house.story(ref).told())
    house.judged()


def test_row_12_closing_the_ticket_closes_what_was_answered_and_withdraws_what_was_not(house: House) -> None:
    answered, silent = (house.opens(f"Trunk {n}", subcategory="connections") for n in "ab")
    house.wait()
    for ref in (answered, silent):
        house.notes(ref, "#connector support Which codec?")
    house.wait()
    house.vendor_sets(answered, "pending auto close+")
    house.wait()
    for ref in (answered, silent):
        house.edits(ref, CLOSED)
    house.wait(120.0)
    assert house.case(answered).fields["State"] == "closed successful"
    assert house.case(silent).fields["State"] == "new"
    house.vendor_sets(silent, "open")
    house.wait(180.0)
    assert sum("Please stop the work" in item.text for item in house.told_vendor(silent)) == 1


def test_row_10_a_consultation_that_nobody_answers_lets_level_1_go_on(house: House) -> None:
    """Setting consult.window: five working days of the vendor, around the clock under Premium Plus."""
    ref = house.opens("Queue", subcategory="configure-tenant")
    house.wait()
    house.notes(ref, "#connector consult Which prompt format?")
    house.wait(9 * 86_400.0)
    assert "an answer to the consultation" in texts(house, ref)
    assert any("did not come in time" in line.text for line in house.story(ref).told())


def test_row_10_a_backup_that_is_too_old_is_a_finding_in_002(tmp_path: Path) -> None:
    here = HERE.replace("settings:", "backup: 2026-01-01\nsettings:\n  backup.max_age: {value: 30, source: ours}")
    assert "backup" in found_amiss(tmp_path, "anywhere365-dialogue-cloud", here)


# --- row 13 and the prose ---


def test_row_13_whoever_submitted_is_told_how_its_case_stands_although_it_holds_no_i(house: House) -> None:
    """Floor right: who submitted a case is informed of all on it and may comment."""
    ref = stated(house, "Entry point is down", subcategory="entry-points")
    number = house.case(ref).number
    house.vendor_writes(ref, "We are on it.")
    house.vendor_sets(ref, "open")
    house.wait()
    assert house.ticket(ref).fields["correlation_display"] == f"CASE {number} (working)"
    assert any("We are on it." in note for note in house.told(ref))


def test_a_new_person_submits_once_the_vendor_has_confirmed_to_know_them(tmp_path: Path) -> None:
    """Customer's summary, bullet 3."""
    house = dialogue_cloud(
        tmp_path,
        HERE.replace("portal_user: lena@acme, trained: 2026-01-10, known_to_vendor: 2026-01-12", "portal_user: lena@acme"),
    )
    ref = house.opens("Calls drop", **FAULT)
    house.notes(ref, "#connector statement two users on two networks")
    house.wait()
    assert house.cases() == []
    assert "has not confirmed yet that it knows Lena Lund" in texts(house, ref)


def test_flow_1_without_a_portal_identity_it_is_held(tmp_path: Path) -> None:
    house = dialogue_cloud(tmp_path, HERE.replace("portal_user: lena@acme, ", ""))
    ref = house.opens("Calls drop", **FAULT)
    house.notes(ref, "#connector statement two users on two networks")
    house.wait()
    assert house.cases() == []
    assert "no identity of their own in the vendor's portal" in texts(house, ref)


def test_premium_plus_without_a_number_of_ones_own_on_call_is_a_finding(tmp_path: Path) -> None:
    assert "on_call" in found_amiss(tmp_path, "anywhere365-dialogue-cloud", HERE.replace('on_call: "+31 20 000 00 00"\n', ""))


# --- the form of a word ---


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("cause the weather", "cause begins with one of vendor, other, mixed"),
        ("rca", "rca needs some words"),
        ("called", "when, and who was reached"),
        ("access", "who was given access"),
        ("refuse", "why the solution does not hold"),
        ("fact deployment cloud", "record_type incident or request or change"),
    ],
)
def test_a_word_that_cannot_be_used_is_answered_once_and_counts_for_nothing(cloud: Played, word: str, reason: str) -> None:
    house, refs = cloud
    ref = refs["row 3: l2-3-support"]
    house.notes(ref, f"#connector {word}")
    house.wait(90.0)
    assert texts(house, ref).count(reason) == 1
    assert not [line for line in house.story(ref).told() if line.kind == "replied" and f": {word}" in line.text]


def test_a_password_is_neither_kept_nor_repeated(cloud: Played) -> None:
    house, refs = cloud
    ref = refs["row 13: entry-points"]
    house.notes(ref, "#connector access vendor, password: hunter2, until Friday")
    house.wait(90.0)
    assert "access never carries a password" in texts(house, ref)
    assert "hunter2" not in texts(house, ref)
    assert "hunter2" not in str([line.text for line in house.story(ref).told(everything=True)])

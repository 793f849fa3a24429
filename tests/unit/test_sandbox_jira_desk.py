"""The simulated service desk: what its agents and its customers see and do."""

from __future__ import annotations

from typing import Any

import pytest

from connector.sandbox.jira import CLOUD, DATA_CENTER
from connector.sandbox.jira_data import SEVERITY
from tests.unit.sandbox_jira import XSRF, Web

REQUEST = {
    "serviceDeskId": "1",
    "requestTypeId": "11",
    "requestFieldValues": {"summary": "No mail", "description": "since *noon*"},
}


@pytest.fixture(params=[CLOUD, DATA_CENTER])
def agent(request: pytest.FixtureRequest) -> Web:
    return Web(request.param, service=True)


@pytest.fixture(params=[CLOUD, DATA_CENTER])
def customer(request: pytest.FixtureRequest) -> Web:
    return Web(request.param, customer=True)


def said(web: Web, ref: str, query: str = "") -> list[tuple[str, bool]]:
    page = web.desk("GET", f"request/{ref}/comment?{query}").json()
    return [(comment["body"], comment["public"]) for comment in page["values"]]


def upload(web: Web, *files: tuple[str, bytes]) -> list[str]:
    sent = [("file", one) for one in files]
    answer = web.session.post(f"{web.desk_root}servicedesk/1/attachTemporaryFile", files=sent, headers=XSRF, timeout=5)
    assert answer.status_code == 201, answer.text
    return [one["temporaryAttachmentId"] for one in answer.json()["temporaryAttachments"]]


def test_a_request_is_raised_for_a_customer(agent: Web) -> None:
    carl = agent.system.add_user("carl.caller", kind="customer")
    name = carl.id if agent.system.cloud else carl.login
    made = agent.desk("POST", "request", {**REQUEST, "raiseOnBehalfOf": name}).json()
    ticket = agent.system.ticket(made["issueId"])
    assert (ticket.ours, ticket.fields["reporter"], ticket.fields["description"]) == (True, "carl.caller", "since noon")
    assert made["currentStatus"]["status"] == "Open"
    wrong = agent.desk("POST", "request", {**REQUEST, "raiseOnBehalfOf": "nobody"})
    assert (wrong.status_code, "does not exist" in wrong.json()["errorMessage"]) == (400, True)
    assert agent.desk("POST", "request", {**REQUEST, "requestFieldValues": {"color": "red", "summary": "x"}}).status_code == 400


def test_an_agent_sees_all_comments_and_must_say_who_reads_one(agent: Web) -> None:
    ref = agent.anna()
    for body in ({"body": "to all", "public": True}, {"body": "among us", "public": False}):
        assert agent.desk("POST", f"request/{ref}/comment", body).status_code == 201
    assert agent.desk("POST", f"request/{ref}/comment", {"body": "?"}).status_code == 400
    assert said(agent, ref) == [("to all", True), ("among us", False)]
    assert said(agent, ref, "public=false") == [("among us", False)]
    assert [(c.text, c.public) for c in agent.system.ticket(ref).comments] == [("to all", True), ("among us", False)]
    (_, inner) = agent.get(f"issue/{ref}/comment?expand=properties")["comments"]
    assert inner["properties"] == [{"key": "sd.public.comment", "value": {"internal": True}}]
    if agent.system.cloud:
        assert inner["jsdPublic"] is False


def test_a_person_shows_and_hides_a_comment(agent: Web) -> None:
    ref = agent.anna()
    item = agent.system.comment(ref, "anna", "hm", public=False)
    agent.system.set_visible(ref, item, "anna", visible=True)
    assert said(agent, ref) == [("hm", True)]
    agent.system.set_visible(ref, item, "anna", visible=False)
    assert said(agent, ref) == [("hm", False)]
    shown = [(d.old, d.new, d.public) for d in agent.world.deeds if d.what == "visibility"]
    assert shown == [("0", "1", True), ("1", "0", False)]


def test_a_customer_sees_the_portal_alone(customer: Web) -> None:
    made = customer.desk("POST", "request", REQUEST).json()
    ref = made["issueId"]
    customer.system.comment(ref, "vera.vendor", "we look", public=True)
    customer.system.comment(ref, "vera.vendor", "he is wrong", public=False)
    file = customer.system.attach(ref, "vera.vendor", "inner.txt", b"x")
    assert said(customer, ref) == [("we look", True)]
    assert said(customer, ref, "public=false&internal=true") == []
    inner = customer.system.ticket(ref).comments[1].id
    assert customer.desk("GET", f"request/{ref}/comment/{inner}").status_code == 404
    assert customer.desk("GET", f"request/{ref}/attachment").json()["values"] == []
    assert customer.desk("GET", f"request/{ref}/attachment/{file}").status_code == 404
    assert customer.desk("POST", f"request/{ref}/comment", {"body": "x", "public": False}).status_code == 403
    assert customer.call("GET", f"issue/{ref}").status_code == 404
    assert customer.found("project = SUP") == []
    assert customer.call("GET", "myself").status_code == 200


def test_a_customers_word_ends_the_waiting_for_it(customer: Web) -> None:
    ref = customer.desk("POST", "request", REQUEST).json()["issueId"]
    customer.system.edit(ref, "vera.vendor", {"status": "Waiting for customer"})
    customer.desk("POST", f"request/{ref}/comment", {"body": "here you are", "public": True})
    assert customer.system.ticket(ref).fields["status"] == "In Progress"
    moved = customer.world.deeds[-1]
    assert (moved.who, moved.ours, moved.field) == ("automation", False, "status")


def test_a_customer_has_its_own_transitions(customer: Web) -> None:
    ref = customer.desk("POST", "request", REQUEST).json()["issueId"]
    offered = customer.desk("GET", f"request/{ref}/transition").json()["values"]
    assert [one["name"] for one in offered] == ["Mark as solved"]
    assert customer.desk("POST", f"request/{ref}/transition", {"id": "11"}).status_code == 400
    words = {"id": "91", "additionalComment": {"body": "works again"}}
    assert customer.desk("POST", f"request/{ref}/transition", words).status_code == 204
    ticket = customer.system.ticket(ref)
    assert (ticket.fields["status"], ticket.fields["resolution"], ticket.comments[0].text) == ("Resolved", "Done", "works again")
    history = customer.desk("GET", f"request/{ref}/status").json()["values"]
    assert [one["status"] for one in history] == ["Resolved", "Open"]


def test_files_are_uploaded_first_and_attached_then(customer: Web) -> None:
    ref = customer.desk("POST", "request", REQUEST).json()["issueId"]
    ids = upload(customer, ("a.bin", bytes(range(256))), ("b.txt", b"b"))
    assert customer.system.ticket(ref).files == ()
    body: dict[str, Any] = {"temporaryAttachmentIds": ids, "public": True, "additionalComment": {"body": "two files"}}
    made = customer.desk("POST", f"request/{ref}/attachment", body)
    assert made.status_code == 201, made.text
    ticket = customer.system.ticket(ref)
    assert [(f.text, f.size, f.public, f.ours) for f in ticket.files] == [("a.bin", 256, True, True), ("b.txt", 1, True, True)]
    assert ticket.comments[0].text.startswith("two files")
    shown = customer.desk("GET", f"request/{ref}/attachment").json()["values"]
    assert customer.session.get(shown[0]["_links"]["content"], timeout=5).content == bytes(range(256))
    assert customer.desk("POST", f"request/{ref}/attachment", body).status_code == 400
    late = upload(customer, ("c.txt", b"c"))
    customer.clock.now += 7200
    assert customer.desk("POST", f"request/{ref}/attachment", {**body, "temporaryAttachmentIds": late}).status_code == 400


def test_a_request_shows_what_belongs_to_it_where_that_is_asked_for(customer: Web) -> None:
    ref = customer.desk("POST", "request", REQUEST).json()["issueId"]
    raised = customer.clock.now
    customer.system.inline_parts = 2
    for n in range(3):
        customer.clock.now += 60
        customer.system.comment(ref, "vera.vendor", f"word {n}", public=True)
    (number,) = upload(customer, ("a [1].bin", b"a"))
    customer.desk("POST", f"request/{ref}/attachment", {"temporaryAttachmentIds": [number], "public": True})
    assert {"comments", "attachments"}.isdisjoint(customer.desk("GET", f"request/{ref}").json())
    told = customer.desk("GET", f"request/{ref}?expand=comment,comment.attachment,attachment").json()
    assert [one["body"] for one in told["comments"]["values"]] == ["word 0", "word 1"]
    assert (told["comments"]["isLastPage"], told["attachments"]["isLastPage"]) == (False, True)
    assert told["currentStatus"]["statusDate"]["epochMillis"] == raised * 1000
    last = customer.desk("GET", f"request/{ref}/comment?start=3&expand=attachment").json()["values"][0]
    assert (last["body"], [one["filename"] for one in last["attachments"]["values"]]) == ("[^a [1].bin]", ["a [1].bin"])


def test_a_form_asks_for_what_it_was_given(customer: Web) -> None:
    customer.system.form, customer.system.form_required = ("summary", SEVERITY), frozenset({SEVERITY})
    form = customer.desk("GET", "servicedesk/1/requesttype/11/field").json()["requestTypeFields"]
    assert [(one["fieldId"], one["required"]) for one in form] == [("summary", True), (SEVERITY, True)]
    choices = {one["label"]: one["value"] for one in form[1]["validValues"]}

    def raised(**values: Any) -> Any:
        return customer.desk("POST", "request", {**REQUEST, "requestFieldValues": {"summary": "x", **values}})

    assert raised().status_code == 400
    assert raised(**{SEVERITY: {"id": choices["High"]}, "description": "y"}).status_code == 400
    made = raised(**{SEVERITY: {"id": choices["High"]}}).json()
    assert customer.system.ticket(made["issueId"]).fields[SEVERITY] == "High"


def test_a_customer_may_name_who_takes_part_but_raises_nothing_for_others(customer: Web) -> None:
    carl = customer.system.add_user("carl.caller", kind="customer")
    name = carl.id if customer.system.cloud else carl.login
    assert customer.desk("POST", "request", {**REQUEST, "raiseOnBehalfOf": name}).status_code == 403
    made = customer.desk("POST", "request", {**REQUEST, "requestParticipants": [name]}).json()
    assert customer.system.shared[int(made["issueId"])] == {carl.login}


def test_a_portals_customer_may_be_refused_on_the_platform(customer: Web) -> None:
    customer.system.hides_myself = True
    assert customer.call("GET", "myself").status_code == 403


def test_the_list_of_requests_comes_from_an_index_that_lags(customer: Web) -> None:
    customer.system.search_lag = 60
    customer.desk("POST", "request", REQUEST)
    assert customer.desk("GET", "request").json()["values"] == []
    customer.clock.now += 61
    assert len(customer.desk("GET", "request").json()["values"]) == 1


def test_what_is_not_shared_is_not_seen(customer: Web) -> None:
    theirs = customer.system.create("other.customer", {"summary": "Theirs"})
    mine = customer.desk("POST", "request", REQUEST).json()["issueId"]

    def listed(query: str = "") -> list[str]:
        return [one["issueId"] for one in customer.desk("GET", f"request?{query}").json()["values"]]

    assert listed() == [mine, theirs]
    assert listed("requestOwnership=OWNED_REQUESTS") == [mine]
    assert listed("searchTerm=theirs") == [theirs]
    assert listed("requestStatus=CLOSED_REQUESTS") == []
    customer.system.organization = False
    assert listed() == [mine]
    assert customer.desk("GET", f"request/{theirs}").status_code == 404
    customer.system.share(theirs, customer.system.account.login)
    assert customer.desk("GET", f"request/{theirs}").json()["summary"] == "Theirs"
    assert [one["active"] for one in customer.desk("GET", f"request/{theirs}/participant").json()["values"]] == [True]


def test_approvals_are_left_to_people(agent: Web) -> None:
    assert agent.desk("GET", f"request/{agent.anna()}/approval").json()["values"] == []


def test_the_desk_tells_what_it_offers(agent: Web) -> None:
    (desk,) = agent.desk("GET", "servicedesk").json()["values"]
    assert (desk["id"], desk["projectKey"]) == ("1", "SUP")
    types = agent.desk("GET", "servicedesk/1/requesttype?start=1&limit=1").json()
    assert ([one["id"] for one in types["values"]], types["isLastPage"]) == (["12"], True)
    form = agent.desk("GET", "servicedesk/1/requesttype/11/field").json()["requestTypeFields"]
    assert [one["fieldId"] for one in form if one["required"]] == ["summary"]
    assert agent.desk("GET", "servicedesk/9").status_code == 404

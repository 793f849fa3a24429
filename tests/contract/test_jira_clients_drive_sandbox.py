"""Two clients that others wrote work against the simulated Jira, and every answer to them is as Atlassian describes it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from connector.sandbox.core import World
from connector.sandbox.jira import CLOUD, DATA_CENTER, Jira
from connector.sandbox.server import Server
from tests.contract.openapi import Contracts, Watched, jira_contracts

jira = pytest.importorskip("jira", reason="the client 'jira' is not installed")
atlassian = pytest.importorskip("atlassian", reason="the client 'atlassian-python-api' is not installed")

INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}


@dataclass
class Place:
    system: Jira
    url: str
    contracts: Contracts
    cloud: bool

    @property
    def login(self) -> tuple[str, str]:
        return self.system.account.login, self.system.secrets.token


@pytest.fixture(params=[CLOUD, DATA_CENTER])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cloud = request.param == CLOUD
    contracts = jira_contracts(cloud=cloud)
    world = World(time.time, seed=5)
    system = Jira(world, flavour=request.param, service=True)
    # what these clients send is theirs (they know parameters that no file names); what they get is ours
    with Server(world, Watched(system, contracts, requests=False)) as server:
        yield Place(system, server.url, contracts, cloud)
    assert not contracts.found, "\n".join(contracts.found)
    assert contracts.checked.total() >= 5


def test_the_client_jira_does_its_work(place: Place) -> None:
    client = jira.JIRA(place.url, basic_auth=place.login, max_retries=0)
    made = client.create_issue(project="SUP", summary="Printer on fire", issuetype={"name": "Incident"}, description="It *burns*")
    assert made.key == "SUP-1"
    assert made.fields.status.name == "Open"
    assert made.fields.description == "It *burns*"

    made.update(fields={"summary": "Printer burnt", "labels": ["fire"], "priority": {"name": "High"}})
    found = client.search_issues("project = SUP AND labels = fire", fields="summary,status")
    assert [issue.fields.summary for issue in found] == ["Printer burnt"]

    client.transition_issue(made, "start work")
    client.transition_issue(made, "Resolve", fields={"resolution": {"name": "Done"}}, comment="It is out.")
    client.add_comment(made, "for everybody")
    client.add_comment(made, "for agents", is_internal=True)
    seen = client.issue(made.key)
    assert (seen.fields.status.name, seen.fields.resolution.name) == ("Resolved", "Done")
    assert [comment.body for comment in client.comments(made)] == ["It is out.", "for everybody", "for agents"]

    data = bytes(range(256)) * 40
    client.add_attachment(made, io.BytesIO(data), filename="Übersicht.bin")
    (file,) = client.issue(made.key).fields.attachment
    assert (file.filename, file.get()) == ("Übersicht.bin", data)
    client.close()

    ticket = place.system.ticket(made.id)
    assert (ticket.ours, ticket.fields["priority"], ticket.fields["labels"]) == (True, "High", "fire")
    assert [(c.text, c.public) for c in ticket.comments] == [("It is out.", True), ("for everybody", True), ("for agents", False)]


def test_the_client_jira_reads_what_people_did(place: Place) -> None:
    ref = place.system.create("anna", {"summary": "Anna's", "description": "one\n\ntwo * three", "labels": "b a"})
    place.system.edit(ref, "anna", {"status": "Closed", "customfield_10102": "High"})
    place.system.comment(ref, "anna", "a word", public=True)
    client = jira.JIRA(place.url, basic_auth=place.login, max_retries=0)
    issue = client.issue(ref, expand="changelog")
    assert issue.fields.labels == ["a", "b"]
    assert issue.fields.customfield_10102.value == "High"
    assert issue.fields.reporter.displayName == "Anna"
    moved = [item.toString for entry in issue.changelog.histories for item in entry.items if item.field == "status"]
    assert sorted(moved) == ["Closed", "In Progress", "Resolved"]
    assert {one["name"] for one in client.fields()} >= {"Summary", "Connector Marker"}
    assert [one.name for one in client.priorities()][:2] == ["Highest", "High"]
    assert client.project("SUP").key == "SUP"
    assert {one.name for one in client.resolutions()} >= {"Done"}
    assert client.myself()["displayName"] == "Connector Integration"
    with pytest.raises(jira.JIRAError) as refused:
        issue.update(fields={"no_such": "x"})
    assert "cannot be set" in refused.value.text
    with pytest.raises(jira.JIRAError) as missing:
        client.issue("SUP-99")
    assert missing.value.status_code == 404
    client.close()


def test_the_client_jira_links_and_marks(place: Place) -> None:
    ref = place.system.create("anna", {"summary": "Linked"})
    client = jira.JIRA(place.url, basic_auth=place.login, max_retries=0)
    thing = {"url": "https://vendor.example/1", "title": "Case 1"}
    client.add_simple_link(ref, thing)
    assert [link.object.title for link in client.remote_links(ref)] == ["Case 1"]
    client.add_issue_property(ref, "connector", {"marker": "k1"})
    assert client.issue_property(ref, "connector").value.marker == "k1"
    client.close()
    user, token = place.login
    other = atlassian.Jira(url=place.url, username=user, password=token, cloud=place.cloud)
    for title in ("Case 2", "Case 2, again"):
        other.create_or_update_issue_remote_links(ref, thing["url"], title, global_id="system=vendor&id=2")
    assert [link["object"]["title"] for link in other.get_issue_remote_links(ref)] == ["Case 1", "Case 2, again"]
    other.close()


def test_the_client_atlassian_does_its_work(place: Place) -> None:
    user, token = place.login
    client = atlassian.Jira(url=place.url, username=user, password=token, cloud=place.cloud)
    made = client.issue_create({"project": {"key": "SUP"}, "summary": "Disk full", "issuetype": {"name": "Incident"}})
    key = made["key"]
    client.update_issue_field(key, {"summary": "Disk nearly full", "labels": ["disk"]})
    client.edit_issue(key, {"labels": [{"add": "full"}]})
    search = client.enhanced_jql if place.cloud else client.jql
    found = search("project = SUP AND labels in (disk)", fields=["summary", "labels"])["issues"]
    assert [(one["fields"]["summary"], one["fields"]["labels"]) for one in found] == [("Disk nearly full", ["disk", "full"])]

    client.set_issue_status(key, "In Progress")
    client.set_issue_status(key, "Resolved", fields={"resolution": {"name": "Done"}})
    assert client.get_issue_status(key) == "Resolved"
    client.issue_add_comment(key, "for everybody")
    client.issue_add_comment(key, "for a role", visibility={"type": "role", "value": "Developers"})
    file = io.BytesIO(b"abc" * 1000)
    file.name = "trace.txt"
    client.add_attachment_object(key, file)
    assert [one["filename"] for one in client.get_issue(key)["fields"]["attachment"]] == ["trace.txt"]

    ticket = place.system.ticket(made["id"])
    assert [(c.text, c.public) for c in ticket.comments] == [("for everybody", True), ("for a role", False)]
    assert [(f.text, f.size) for f in ticket.files] == [("trace.txt", 3000)]
    assert ticket.fields["resolution"] == "Done"
    client.close()


def test_the_client_atlassian_works_at_the_service_desk(place: Place) -> None:
    user, token = place.login
    desk = atlassian.ServiceDesk(url=place.url, username=user, password=token, cloud=place.cloud)
    desk.default_headers = {**desk.default_headers}
    (one,) = desk.get_service_desks()
    carl = place.system.add_user("carl.customer", kind="customer")
    on_behalf = carl.id if place.cloud else carl.login
    made = desk.create_customer_request(
        one["id"], "11", {"summary": "No mail", "description": "since *noon*"}, raise_on_behalf_of=on_behalf
    )
    key = made["issueKey"]
    desk.create_request_comment(key, "we look into it", public=True)
    desk.create_request_comment(key, "he forgot his password", public=False)
    assert {(c["body"], c["public"]) for c in desk.get_request_comments(key)} == {
        ("we look into it", True),
        ("he forgot his password", False),
    }
    assert desk.get_customer_request_status(key) == "Open"
    (way,) = [one for one in desk.get_customer_transitions(key)["values"] if one["name"] == "Mark as solved"]
    desk.perform_transition(key, way["id"], comment="solved")
    ticket = place.system.ticket(made["issueId"])
    assert (ticket.fields["status"], ticket.fields["reporter"], ticket.ours) == ("Resolved", "carl.customer", True)
    assert [(c.text, c.public) for c in ticket.comments][-1] == ("solved", True)
    desk.close()

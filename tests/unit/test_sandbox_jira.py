"""The simulated Jira keeps to the real ones' rules: saves, the workflow, comments, files, marks."""

from __future__ import annotations

from typing import Any

import pytest

from connector.sandbox.jira import CLOUD, DATA_CENTER
from connector.sandbox.jira_data import MARKER, SEVERITY
from tests.unit.sandbox_jira import URL, XSRF, Web, doc

NEW = {"project": {"key": "SUP"}, "issuetype": {"name": "Incident"}, "summary": "From outside"}


@pytest.fixture(params=[CLOUD, DATA_CENTER])
def web(request: pytest.FixtureRequest) -> Web:
    return Web(request.param)


@pytest.fixture
def cloud() -> Web:
    return Web()


def rich(web: Web, words: str) -> Any:
    return doc(words) if web.system.cloud else words


# --- creating and editing


def test_a_save_with_a_wrong_field_changes_nothing_and_names_each(web: Web) -> None:
    wrong = {**NEW, "nope": 1, "status": {"name": "Closed"}, "priority": {"name": "Nuclear"}}
    answer = web.call("POST", "issue", {"fields": wrong})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"nope", "status", "priority"}
    assert "cannot be set" in answer.json()["errors"]["status"]
    assert web.system.tickets() == []


def test_screens_and_demands_bind_our_account_only(web: Web) -> None:
    web.system.off_create = {"labels"}
    web.system.off_edit = {SEVERITY}
    web.system.required_create = {MARKER}
    assert set(web.call("POST", "issue", {"fields": {**NEW, "labels": ["x"]}}).json()["errors"]) == {"labels"}
    assert set(web.call("POST", "issue", {"fields": NEW}).json()["errors"]) == {MARKER}
    ref = web.anna(labels="x y")
    web.system.edit(ref, "anna", {SEVERITY: "High"})
    status, words = web.refused("PUT", f"issue/{ref}", {"fields": {SEVERITY: {"value": "Low"}}})
    assert (status, "not on the appropriate screen" in words) == (400, True)
    named = {one.get("fieldId") for one in _fields(web.get("issue/createmeta/SUP/issuetypes/10001"))}
    assert "labels" not in named
    assert "summary" in named


def _fields(page: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = page.get("fields") or page["values"]
    return listed


def test_null_clears_and_absence_keeps(web: Web) -> None:
    ref = web.anna(**{SEVERITY: "High", "labels": "a b", "description": "how"})
    assert web.call("PUT", f"issue/{ref}", {"fields": {SEVERITY: None}}).status_code == 204
    fields = web.system.ticket(ref).fields
    assert (fields[SEVERITY], fields["labels"], fields["description"]) == ("", "a b", "how")
    web.call("PUT", f"issue/{ref}", {"update": {"labels": [{"remove": "a"}, {"add": "c"}]}})
    assert web.system.ticket(ref).fields["labels"] == "b c"
    both = {"fields": {"labels": []}, "update": {"labels": [{"add": "x"}]}}
    assert web.call("PUT", f"issue/{ref}", both).status_code == 400


def test_a_text_must_be_in_the_form_of_its_version(cloud: Web) -> None:
    ref = cloud.anna()
    for wrong in ("plain", {"type": "doc"}, {**doc("x"), "content": [{"type": "text", "text": ""}]}, {**doc(), "version": 2}):
        assert "Atlassian Document" in cloud.refused("PUT", f"issue/{ref}", {"fields": {"description": wrong}})[1]
    cloud.call("PUT", f"issue/{ref}", {"fields": {"description": doc("one", "two")}})
    older = cloud.session.get(f"{URL}/rest/api/2/issue/{ref}", timeout=5).json()
    assert older["fields"]["description"] == "one\n\ntwo"
    assert cloud.get(f"issue/{ref}")["fields"]["description"] == doc("one", "two")
    assert cloud.system.ticket(ref).fields["description"] == "one\n\ntwo"


def test_what_two_write_at_once_is_refused_once(cloud: Web) -> None:
    ref = cloud.anna()
    cloud.system.conflicts = 1
    assert cloud.call("PUT", f"issue/{ref}", {"fields": {"summary": "x"}}).status_code == 409
    assert cloud.system.ticket(ref).fields["summary"] == "Printer on fire"
    answer = cloud.call("PUT", f"issue/{ref}?returnIssue=true", {"fields": {"summary": "x"}})
    assert (answer.status_code, answer.json()["fields"]["summary"]) == (200, "x")


def test_a_mark_is_set_with_the_creation(web: Web) -> None:
    made = web.call("POST", "issue", {"fields": {**NEW, MARKER: "k1-7"}, "properties": [{"key": "connector", "value": {"m": 1}}]})
    key = made.json()["key"]
    assert web.get(f"issue/{key}/properties/connector") == {"key": "connector", "value": {"m": 1}}
    copy = web.system.clone(made.json()["id"], "anna")
    assert web.system.ticket(copy).fields[MARKER] == "k1-7"
    assert web.call("GET", f"issue/{copy}/properties/connector").status_code == 404


def test_marks_and_links_are_no_change_of_the_issue(web: Web) -> None:
    ref = web.anna()
    before = web.system.ticket(ref).fields["updated"]
    web.clock.now += 60
    link = {"globalId": "k=1", "relationship": "handed over", "object": {"url": "http://v.test/1", "title": "Case 1"}}
    codes = [web.call("PUT", f"issue/{ref}/properties/a", 1).status_code for _ in range(2)]
    assert codes == [201, 200]
    first, second = (
        web.call("POST", f"issue/{ref}/remotelink", link),
        web.call(
            "POST", f"issue/{ref}/remotelink", {"globalId": "k=1", "object": {"url": "http://v.test/1", "title": "Case one"}}
        ),
    )
    assert first.json()["id"] == second.json()["id"]
    (one,) = web.get(f"issue/{ref}/remotelink")
    assert (one["object"]["title"], one["relationship"]) == ("Case one", "")
    assert web.system.ticket(ref).fields["updated"] == before


def test_a_moved_issue_keeps_its_id_and_answers_to_both_keys(cloud: Web) -> None:
    ref = cloud.anna()
    cloud.system.move(ref, "anna", "DEV")
    gone, hidden = cloud.anna("gone"), cloud.anna("hidden")
    cloud.system.delete(gone)
    cloud.system.hidden.add(hidden)
    assert [cloud.get(f"issue/{name}")["key"] for name in (ref, "SUP-1", "DEV-1")] == ["DEV-1"] * 3
    asked = {"issueIdsOrKeys": [ref, "SUP-1", gone, hidden, "999"], "fields": ["summary"]}
    answer = cloud.call("POST", "issue/bulkfetch", asked).json()
    assert [(one["id"], one["key"]) for one in answer["issues"]] == [(ref, "DEV-1")]
    assert {one["id"] for one in answer["issueErrors"]} == {gone, hidden, "999"}
    assert cloud.refused("POST", "issue/bulkfetch", {"issueIdsOrKeys": [str(n) for n in range(101)]})[0] == 400


# --- the workflow


def test_a_status_is_reached_by_its_transitions_alone(web: Web) -> None:
    ref = web.anna()
    offered = {one["to"]["name"] for one in web.get(f"issue/{ref}/transitions")["transitions"]}
    assert offered == {"In Progress", "Resolved"}
    assert web.refused("POST", f"issue/{ref}/transitions", {"transition": {"id": "61"}})[0] == 400
    assert web.call("POST", f"issue/{ref}/transitions", {"transition": {"id": 11}}).status_code == 204
    ways = {one["id"]: one for one in web.get(f"issue/{ref}/transitions?expand=transitions.fields")["transitions"]}
    assert ways["61"]["fields"]["resolution"]["required"]
    assert web.refused("POST", f"issue/{ref}/transitions", {"transition": {"id": "61"}}) == (400, "Field Resolution is required.")
    comment = {"comment": [{"add": {"body": rich(web, "It is out.")}}]}
    move = {"transition": {"id": "61"}, "fields": {"resolution": {"name": "Done"}}, "update": comment}
    assert web.call("POST", f"issue/{ref}/transitions", move).status_code == 204
    ticket = web.system.ticket(ref)
    assert (ticket.fields["status"], ticket.fields["resolution"], ticket.comments[0].text) == ("Resolved", "Done", "It is out.")
    assert web.call("POST", f"issue/{ref}/transitions", {"transition": {"id": "81"}}).status_code == 204
    assert web.system.ticket(ref).fields["resolution"] == ""


def test_people_go_the_whole_way_and_each_step_is_a_deed(web: Web) -> None:
    ref = web.anna()
    web.system.edit(ref, "anna", {"status": "Closed"})
    moves = [(d.old, d.new) for d in web.world.deeds if d.field == "status" and d.old]
    assert moves == [("Open", "In Progress"), ("In Progress", "Resolved"), ("Resolved", "Closed")]
    assert web.system.ticket(ref).fields["resolution"] == "Done"
    with pytest.raises(ValueError, match="no such status"):
        web.system.edit(ref, "anna", {"status": "Nirvana"})


def test_conditions_hide_transitions_from_us(web: Web) -> None:
    ref = web.anna()
    web.system.conditions = {"91"}
    web.system.refuse_moves = {("Open", "In Progress")}
    assert web.get(f"issue/{ref}/transitions")["transitions"] == []
    assert web.refused("POST", f"issue/{ref}/transitions", {"transition": {"id": "11"}})[0] == 400
    web.system.edit(ref, "anna", {"status": "In Progress"})
    web.system.required = {"31": (MARKER,)}
    assert "Marker is required" in web.refused("POST", f"issue/{ref}/transitions", {"transition": {"id": "31"}})[1]


# --- comments and files


def test_comments_are_written_edited_deleted_and_limited(web: Web) -> None:
    ref = web.anna()
    made = web.call("POST", f"issue/{ref}/comment", {"body": rich(web, "first")}).json()
    role = {"type": "role", "value": "Developers"}
    web.call("POST", f"issue/{ref}/comment", {"body": rich(web, "second"), "visibility": role})
    web.call("PUT", f"issue/{ref}/comment/{made['id']}", {"body": rich(web, "first, better")})
    assert [(c.text, c.public) for c in web.system.ticket(ref).comments] == [("first, better", True), ("second", False)]
    assert web.call("POST", f"issue/{ref}/comment", {"body": rich(web, "x" * 32768)}).status_code == 400
    assert web.call("POST", f"issue/{ref}/comment", {"body": rich(web, " ")}).status_code == 400
    web.system.comment_limit = 2
    assert web.call("POST", f"issue/{ref}/comment", {"body": rich(web, "third")}).status_code == 413
    assert web.call("DELETE", f"issue/{ref}/comment/{made['id']}").status_code == 204
    assert [c["id"] for c in web.get(f"issue/{ref}/comment")["comments"]] == [web.system.ticket(ref).comments[1].id]


def test_comments_may_be_hidden_and_lists_carry_the_newest_few(cloud: Web) -> None:
    ref = cloud.anna()
    for n in range(5):
        cloud.system.comment(ref, "anna", f"n{n}", public=True)
    cloud.system.inline_comments = 2
    (issue,) = cloud.call("POST", "issue/bulkfetch", {"issueIdsOrKeys": [ref], "fields": ["comment"]}).json()["issues"]
    inline = issue["fields"]["comment"]
    assert ([c["body"] for c in inline["comments"]], inline["total"]) == ([doc("n3"), doc("n4")], 5)
    page = cloud.get(f"issue/{ref}/comment?startAt=1&maxResults=2")
    assert ([c["body"] for c in page["comments"]], page["total"]) == ([doc("n1"), doc("n2")], 5)
    cloud.system.comment_rights = False
    assert cloud.get(f"issue/{ref}/comment")["comments"] == []


def test_files_come_and_go_byte_for_byte(web: Web) -> None:
    ref, data = web.anna(), bytes(range(256)) * 9
    path = f"{web.root}issue/{ref}/attachments"
    sent = {"file": ("Ü b.bin", data, "application/x-b")}
    assert web.session.post(path, files=sent, timeout=5).status_code == 403
    assert web.session.post(path, files={"data": data}, headers=XSRF, timeout=5).status_code == 400
    (made,) = web.session.post(path, files=sent, headers=XSRF, timeout=5).json()
    (file,) = web.system.ticket(ref).files
    assert (file.text, file.size, file.ours, made["filename"]) == ("Ü b.bin", len(data), True, "Ü b.bin")
    assert web.session.get(made["content"], timeout=5).content == data
    web.system.max_attachment = 100
    assert web.get("attachment/meta")["uploadLimit"] == 100
    assert web.session.post(path, files=sent, headers=XSRF, timeout=5).status_code == (413 if web.system.cloud else 404)


def test_cloud_redirects_to_its_media(cloud: Web) -> None:
    ref = cloud.anna()
    file = cloud.system.attach(ref, "anna", "a.txt", b"0123456789")
    answer = cloud.call("GET", f"attachment/content/{file}", allow_redirects=False)
    assert (answer.status_code, answer.content) == (303, b"")
    bare = cloud.session.get(answer.headers["Location"], auth=lambda request: request, timeout=5)
    assert bare.content == b"0123456789"
    part = cloud.call("GET", f"attachment/content/{file}?redirect=false", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert cloud.call("GET", f"attachment/content/{file}?redirect=false", headers={"Range": "bytes=99-"}).status_code == 416


# --- history and older states


def test_history_names_who_changed_what(cloud: Web) -> None:
    ref = cloud.anna()
    cloud.system.edit(ref, "bob", {"priority": "High", "status": "In Progress"})
    cloud.call("PUT", f"issue/{ref}", {"fields": {"summary": "Ours"}})
    changes = [
        (entry["author"]["displayName"], item["fieldId"], item["fromString"], item["toString"])
        for entry in cloud.get(f"issue/{ref}/changelog")["values"]
        for item in entry["items"]
    ]
    assert changes[0][:2] == ("Bob", "priority")
    assert ("Bob", "status", "Open", "In Progress") in changes
    assert changes[-1] == ("Connector Integration", "summary", "Printer on fire", "Ours")
    many = cloud.call("POST", "changelog/bulkfetch", {"issueIdsOrKeys": [ref], "fieldIds": ["summary"]}).json()
    assert [len(one["changeHistories"]) for one in many["issueChangeLogs"]] == [1]
    cloud.system.history_rights = False
    assert cloud.get(f"issue/{ref}/changelog")["values"] == []


def test_a_read_may_be_of_an_older_state(web: Web) -> None:
    ref = web.anna()
    web.clock.now += 10
    web.system.edit(ref, "anna", {"summary": "Later"})
    web.system.comment(ref, "anna", "later", public=True)
    web.world.choose_fault = lambda call: None if call.write else "stale"
    old = web.get(f"issue/{ref}")["fields"]
    assert (old["summary"], old["comment"]["total"]) == ("Printer on fire", 0)
    web.world.stale_by = 1000
    assert web.call("GET", f"issue/{ref}").status_code == 404

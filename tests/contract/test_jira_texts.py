"""Texts, places, files and fields of Jira, and what a check finds there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from adapters.base import Change, NewComment, Refused, Uses
from connector.mapping.text import to_plain
from connector.sandbox.core import Request, Response
from connector.sandbox.jira_data import REFERENCE, SEVERITY, WORKAROUND, Field
from connector.sandbox.transport import InProcess
from tests.contract import suite
from tests.contract.jira_desk import (
    DATA_CENTER,
    FLAVOURS,
    HOST,
    WORDS,
    Desk,
    new_desk,
)


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture(params=FLAVOURS)
def either(request: pytest.FixtureRequest) -> Desk:
    return new_desk(request.param)


# --- texts and places ---
def test_every_comment_comes_however_many_there_are(either: Desk) -> None:
    either.site.inline_comments = 3
    for n in range(7):
        either.people_say(f"Comment {n}")
    assert [c.text for c in either.comments()] == [f"Comment {n}" for n in range(7)]


def test_comments_that_an_issue_does_not_carry_are_asked_for(either: Desk) -> None:
    """A field configuration may hide the field with the comments, but not the comments."""

    def hidden(request: Request, answer: Response) -> Response:
        if answer.status != 200 or b'"comment"' not in answer.body or request.path.endswith("/field"):
            return answer
        body = json.loads(answer.body)
        for issue in body.get("issues", [body]):
            issue["fields"].pop("comment", None)
        return Response(200, answer.headers, json.dumps(body).encode())

    either.people_say("Still there")
    either.answering(hidden)
    either.again()
    assert [comment.text for comment in either.comments()] == ["Still there"]


def test_a_persons_rich_text_keeps_its_original() -> None:
    cloud, centre = new_desk(), new_desk(DATA_CENTER)
    document = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Hot"}]}],
    }
    cloud.site.comment_rich(cloud.ref, "anna", document, public=True)
    centre.site.comment_rich(centre.ref, "anna", "h1. Hot", public=True)
    rich, wiki = cloud.comments()[-1], centre.comments()[-1]
    assert (json.loads(rich.text), rich.format) == (document, "adf")
    assert (wiki.text, wiki.format) == ("h1. Hot", "wiki")
    assert to_plain(rich.text, rich.format) == to_plain(wiki.text, wiki.format) == "Hot"
    assert rich.author != rich.author_name == "Anna"


def test_our_text_stands_there_as_it_was_written(either: Desk) -> None:
    text = "h1. no title\n* no point\n{code}no code{code} [no|link] !no.png! <b> \\\\ C:\\temp\n----\n||no||table||"
    either.say(text, public=True)
    stored = either.site.ticket(either.ref).comments[-1].text
    assert stored.startswith(text)
    assert either.comments()[-1].text == text


def test_a_text_too_long_with_its_escapes_is_refused() -> None:
    desk = new_desk(DATA_CENTER)
    with pytest.raises(Refused, match="32767"):
        desk.say("{" * 20_000)


def test_places_of_a_platform_project_need_a_role(either: Desk) -> None:
    either.say("For the team", public=False)
    assert [c.public for c in either.site.ticket(either.ref).comments] == [False]
    either.again(internal_role="")
    with pytest.raises(Refused, match="internal_role"):
        either.say("For whom?", public=False)
    with pytest.raises(Refused, match="no place"):
        either.send(Change(either.ref, comments=(NewComment("x", "work_notes", suite.MARKER),)))
    assert any("internal_role" in problem.place for problem in either.adapter.check(WORDS.uses))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_places_of_a_service_project_are_its_own(flavour: str) -> None:
    desk = new_desk(flavour, service=True, internal_role="")
    desk.say("For the team", public=False)
    desk.say("For the customer", public=True)
    desk.people_say("A person's note", public=False)
    assert [c.public for c in desk.site.ticket(desk.ref).comments] == [False, True, False]
    assert [c.place for c in desk.comments()] == ["internal", "public", "internal"]


def test_a_file_comes_from_another_host_without_our_log_in(desk: Desk) -> None:
    desk.site.attach(desk.ref, "anna", "dump.bin", b"x" * 3000)
    seen: list[Request] = []

    class Media:
        name = "media"

        def handle(self, request: Request, as_of: float | None = None) -> Response:
            seen.append(request)
            return Response(200, {"Content-Type": "application/octet-stream"}, b"x" * 3000)

        def is_write(self, request: Request) -> bool:
            return False

        def label(self, request: Request) -> str:
            return "GET media"

    def elsewhere(request: Request, answer: Response) -> Response:
        if answer.status != 303:
            return answer
        return Response(303, {"Location": "http://media.test/file"}, b"")

    desk.answering(elsewhere)
    adapter = desk.again()
    adapter._api._http._session.mount("http://media.test", InProcess(desk.world, Media()))
    (file,) = adapter.read([desk.ref])[desk.ref].attachments
    with adapter.open_attachment(desk.ref, file.id) as content:
        assert content.read() == b"x" * 3000
    assert [request.headers.get("authorization") for request in seen] == [None]


def test_a_file_of_another_issue_is_not_opened(either: Desk) -> None:
    other = either.people_open()
    file = either.site.attach(other, "anna", "a.txt", b"abc")
    with pytest.raises(Refused, match="is not on"):
        either.adapter.open_attachment(either.ref, file)


def test_an_empty_file_and_one_with_an_awkward_name_are_written(either: Desk) -> None:
    either.attach(b"", "nothing.txt")
    either.attach(b"abc", 'a "quoted"\r\nname.txt', "not a type")
    assert [(f.text, f.size) for f in either.site.ticket(either.ref).files] == [
        ("nothing.txt", 0), ('a "quoted"name.txt', 3),
    ]  # fmt: skip


# --- fields ---
def test_fields_of_every_kind_are_written_and_read(either: Desk) -> None:
    either.site.add_field(Field("customfield_10200", "Effort", "number"))
    wanted = {
        "summary": "New title", "description": "One\n\n* two\n*three*", "priority": "High", "labels": "b a", SEVERITY: "Critical",
        REFERENCE: "INC1", WORKAROUND: "{none}", "assignee": either.site.add_user("mia").id if either.site.cloud else "mia",
    }  # fmt: skip
    either.site.add_user("mia")
    either.checked()
    either.adapter._fields |= wanted.keys()  # type: ignore[attr-defined]
    either.send(Change(either.ref, units={"all": wanted}))
    read = either.adapter.read([either.ref])[either.ref].fields
    assert {n: either.adapter.normal(n, read[n]) for n in wanted} == {n: either.adapter.normal(n, v) for n, v in wanted.items()}
    assert read["assignee.displayName"] == "Mia"
    either.send(Change(either.ref, units={"all": {SEVERITY: "", REFERENCE: "", "description": "", "labels": "", "assignee": ""}}))
    read = either.adapter.read([either.ref])[either.ref].fields
    assert {read[name] for name in (SEVERITY, REFERENCE, "description", "labels", "assignee")} == {""}


def test_a_value_that_a_field_does_not_have_is_refused_by_name(either: Desk) -> None:
    with pytest.raises(Refused) as caught:
        either.send(Change(either.ref, units={"one": {SEVERITY: "Terrible"}, "two": {"summary": "x"}}))
    assert caught.value.fields == (SEVERITY,)
    with pytest.raises(Refused) as caught:
        either.send(Change(either.ref, units={"one": {"assignee.displayName": "Mia"}}))
    assert caught.value.fields == ("assignee.displayName",)


def test_a_ticket_for_somebody_is_reported_by_them(either: Desk) -> None:
    mia = either.site.add_user("mia")
    contact = mia.id if either.site.cloud else mia.login
    (write,) = either.adapter.split(Change(None, units={"a": {"summary": "For Mia"}}, marker=suite.MARKER, contact=contact))
    ref = either.adapter.send(write).ref
    assert either.stored("reporter", ref) == "mia"
    assert either.adapter.read([ref])[ref].created_by_us


def test_a_history_tells_of_fields_by_their_ids(either: Desk) -> None:
    either.site.edit(either.ref, "anna", {SEVERITY: "High", "priority": "Low"})
    events = either.adapter.history([either.ref])[either.ref]
    assert {(e.field, e.old, e.new) for e in events} >= {(SEVERITY, "", "High"), ("priority", "Medium", "Low")}


# --- what a check finds ---
def problems(desk: Desk, uses: Uses = WORDS.uses, **options: Any) -> str:
    return "\n".join(f"{p.place}: {p.message} -> {p.remedy}" for p in desk.again(**options).check(uses))


def test_a_check_names_what_a_person_must_mend(either: Desk) -> None:
    assert "no project NONE" in problems(either, project="NONE")
    assert "no issue type Bug" in problems(either, issue_type="Bug")
    assert f"Call it {SEVERITY}" in problems(either, replace(WORDS.uses, read=frozenset({"Severity"})))
    choices = {"status": frozenset({"On Hold"}), "priority": frozenset({"Urgent"}), SEVERITY: frozenset({"Terrible"})}
    told = problems(either, replace(WORDS.uses, choices=choices))
    assert "'On Hold'" in told
    assert "'Urgent'" in told
    assert "'Terrible'" in told
    assert "'Limbo'" in problems(either, workflow={"Closed": ("Limbo",)})
    assert "read, not written" in problems(either, replace(WORDS.uses, write=frozenset({"assignee.displayName"})))


def test_a_check_sees_another_deployment_than_the_settings_name() -> None:
    desk = new_desk(DATA_CENTER)
    cloud = {"deploymentType": "Cloud"}
    desk.answering(lambda _request, answer: Response(200, answer.headers, json.dumps(cloud).encode()))
    assert "this is Cloud, the settings say data_center" in problems(desk)


def test_a_check_looks_at_the_screen_for_new_issues(either: Desk) -> None:
    either.site.required_create.add(REFERENCE)
    assert f"needs {REFERENCE}" in problems(either)
    assert problems(either, create={REFERENCE: "none"}) == ""
    either.site.off_create |= {"labels", SEVERITY}
    told = problems(either, replace(WORDS.uses, creates=frozenset({"summary", SEVERITY})))
    assert f"does not show {SEVERITY}" in told
    assert "does not show labels, where our mark stands" in told
    assert "there is no field customfield_9" in problems(either, marker_field="customfield_9")


def test_a_check_learns_the_largest_file(either: Desk) -> None:
    either.site.max_attachment = 1234
    either.checked()
    assert either.adapter.capabilities.file_limit == 1234


def test_an_installation_is_told_from_its_copy(either: Desk) -> None:
    assert either.adapter.identity().startswith(HOST)
